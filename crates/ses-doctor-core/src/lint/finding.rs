//! One fault, its place and its repair.

use super::Document;
use crate::verdict::Certainty;
use client_config::Position;
use std::ops::Range;

/// A fault in a file.
#[derive(Debug, Clone)]
pub struct Finding {
    /// An id of the catalogue.
    pub cause: &'static str,
    /// How sure.
    pub certainty: Certainty,
    /// The index of the file.
    pub file: usize,
    /// The bytes that are wrong.
    pub span: Range<usize>,
    /// Where they begin.
    pub position: Position,
    /// What is wrong, in one or two sentences that hold no secret.
    pub message: String,
    /// What puts it right.
    pub fix: Option<Fix>,
    /// Of two findings of equal certainty, the heavier one is named first.
    pub(super) weight: u8,
}

/// What puts a fault right.
#[derive(Debug, Clone)]
pub struct Fix {
    /// In words, without a secret.
    pub what: String,
    /// The change of the text, when it is mechanical.
    pub edits: Vec<Edit>,
}

/// A piece of text to be put in the place of another. It may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The index of the file.
    pub file: usize,
    /// What is replaced; an empty range inserts.
    pub span: Range<usize>,
    /// The new text.
    pub text: String,
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Edit({} bytes at {:?} of file {})",
            self.text.len(),
            self.span,
            self.file
        )
    }
}

impl Finding {
    pub(super) fn new(
        cause: &'static str,
        certainty: Certainty,
        documents: &[Document],
        file: usize,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let position = documents
            .get(file)
            .map_or(Position { line: 1, column: 1 }, |document| {
                document.position(span.start)
            });
        Self {
            cause,
            certainty,
            file,
            span: span.clone(),
            position,
            message: message.into(),
            fix: None,
            weight: 5,
        }
    }

    /// Adds what to do, for a person.
    pub(super) fn advice(mut self, what: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            what: what.into(),
            edits: Vec::new(),
        });
        self
    }

    /// Adds a mechanical repair.
    pub(super) fn repair(mut self, what: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix {
            what: what.into(),
            edits,
        });
        self
    }

    /// Moves it before (above 5) or behind (below 5) others of the same certainty.
    pub(super) fn weighing(mut self, weight: u8) -> Self {
        self.weight = weight;
        self
    }
}
