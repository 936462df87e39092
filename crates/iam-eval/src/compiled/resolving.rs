//! Patterns with policy variables, matched without memory: the values are put in for one match only.

use super::{Compiled, Part};
use crate::context::{Context, Lookup};
use crate::pattern::glob::{Token, glob};

/// A piece of a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) enum FlatPiece {
    Literal(Part),
    One,
    Many,
    /// Its key, in lower case, and what stands for it when the request lacks the key.
    Variable(Part, Option<Part>),
}

/// A pattern of more pieces is asked as it is written.
pub(super) const MOST_PIECES: usize = 16;

impl Compiled {
    /// Whether a text matches, as [`Pattern::matches`](crate::Pattern::matches) has it; none if a variable's key is unknown.
    pub(super) fn matches_resolved(&self, pieces: Part, text: &str, context: &Context) -> Option<bool> {
        let mut tokens = [Token::Many; MOST_PIECES];
        let pieces = self.pieces.get(pieces.range())?;
        let tokens = tokens.get_mut(..pieces.len())?;
        for (token, piece) in tokens.iter_mut().zip(pieces) {
            *token = match *piece {
                FlatPiece::Literal(text) => Token::Literal(self.text(text)),
                FlatPiece::One => Token::One,
                FlatPiece::Many => Token::Many,
                FlatPiece::Variable(key, default) => match context.lookup(self.text(key)) {
                    Lookup::Known([value]) => Token::Literal(value),
                    Lookup::Absent => match default {
                        Some(default) => Token::Literal(self.text(default)),
                        None => return Some(false),
                    },
                    // Only keys with one value can be variables.
                    Lookup::Known(_) => return Some(false),
                    Lookup::Unknown(_) => return None,
                },
            };
        }
        Some(glob(tokens, text, &mut 0))
    }
}
