//! From a pattern as it is written to its pieces.

use super::{Piece, Syntax, Variable};
use std::borrow::Cow;

/// The pieces of a pattern as it is written.
pub(super) fn pieces(text: &str, syntax: Syntax) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let special = match character {
            '*' if syntax.wildcards => Some((Piece::Many, "*".len())),
            '?' if syntax.wildcards => Some((Piece::One, "?".len())),
            '$' if syntax.variables => variable(rest),
            _ => None,
        };
        let length = special
            .as_ref()
            .map_or(character.len_utf8(), |(_, length)| *length);
        match special {
            Some((Piece::Literal(escaped), _)) => literal.push_str(&escaped),
            // Two stars say no more than one.
            Some((Piece::Many, _)) if literal.is_empty() && pieces.last() == Some(&Piece::Many) => {}
            Some((piece, _)) => {
                flush(&mut literal, &mut pieces);
                pieces.push(piece);
            }
            None => literal.push(character),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    flush(&mut literal, &mut pieces);
    pieces
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal).into()));
    }
}

/// `${key}`, `${key, 'default'}`, `${*}`, `${?}` or `${$}` at the beginning of a text, and its length.
fn variable(text: &str) -> Option<(Piece, usize)> {
    let inner = text.strip_prefix("${")?;
    let escape = ["*", "?", "$"].into_iter().find(|escape| {
        inner
            .strip_prefix(escape)
            .is_some_and(|rest| rest.starts_with('}'))
    });
    if let Some(escape) = escape {
        return Some((Piece::Literal(escape.into()), "${*}".len()));
    }
    // No key holds one of these, so that what is no variable is given up soon.
    let (key, rest) = inner.split_at_checked(inner.find([',', '}', '$', '{', '\''])?)?;
    let key = key.trim();
    let (default, rest) = match rest.strip_prefix(',') {
        Some(rest) => {
            let (default, rest) = rest.trim_start().strip_prefix('\'')?.split_once('\'')?;
            (Some(default.into()), rest.trim_start())
        }
        None => (None, rest),
    };
    let length = text.len() - rest.strip_prefix('}')?.len();
    if key.is_empty() {
        return None;
    }
    let key = lower(key).into();
    Some((Piece::Variable(Variable { key, default }), length))
}

/// Context keys know no case.
pub(crate) fn lower(key: &str) -> Cow<'_, str> {
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}
