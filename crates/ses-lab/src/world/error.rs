//! What is wrong with a world file, and where.

use std::ops::Range;

/// A world file that cannot be used; keeps the source, so that a program can point into it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{name}{}: {message}", position(.text, .span.as_ref()))]
pub struct WorldError {
    /// What is wrong and, where it can be said, what would be right.
    pub message: String,
    /// The bytes of `text` that are wrong.
    pub span: Option<Range<usize>>,
    /// The name of the file or scenario.
    pub name: String,
    /// The whole source.
    pub text: String,
}

fn position(text: &str, span: Option<&Range<usize>>) -> String {
    let Some(before) = span.and_then(|span| text.get(..span.start)) else {
        return String::new();
    };
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!(":{line}:{column}")
}
