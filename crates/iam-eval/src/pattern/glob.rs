//! Matching text against wildcards, in a bounded number of steps and without memory.

use super::Piece;

/// A piece without variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Literal(&'a str),
    One,
    Many,
}

impl From<Token<'_>> for Piece {
    fn from(token: Token<'_>) -> Self {
        match token {
            Token::Literal(text) => Self::Literal(text.into()),
            Token::One => Self::One,
            Token::Many => Self::Many,
        }
    }
}

/// What [`glob`] reads.
pub(crate) trait AsToken {
    fn token(&self) -> Token<'_>;
}

impl AsToken for Token<'_> {
    fn token(&self) -> Token<'_> {
        *self
    }
}

impl AsToken for Piece {
    fn token(&self) -> Token<'_> {
        match self {
            Self::Literal(text) => Token::Literal(text),
            Self::One => Token::One,
            Self::Many => Token::Many,
            // Resolved before; alone it matches nothing but the empty text.
            Self::Variable(_) => Token::Literal(""),
        }
    }
}

/// Whether a text matches. After a mismatch only the last `*` is tried one character further, which is enough: an earlier `*`
/// that took more could only leave less. So at most (pieces × characters) steps, and no memory.
pub(crate) fn glob<T: AsToken>(pieces: &[T], text: &str, steps: &mut u64) -> bool {
    let mut piece = 0;
    let mut rest = text;
    let mut star: Option<(usize, &str)> = None;
    loop {
        *steps += 1;
        let advanced = match pieces.get(piece).map(AsToken::token) {
            None => {
                if rest.is_empty() {
                    return true;
                }
                None
            }
            Some(Token::Many) => {
                if piece + 1 == pieces.len() {
                    return true;
                }
                star = Some((piece + 1, rest));
                Some(rest)
            }
            Some(Token::One) => without_first(rest),
            Some(Token::Literal(literal)) => rest.strip_prefix(literal),
        };
        if let Some(left) = advanced {
            piece += 1;
            rest = left;
            continue;
        }
        let Some((after_star, from)) = star else {
            return false;
        };
        let Some(from) = without_first(from) else {
            return false;
        };
        star = Some((after_star, from));
        piece = after_star;
        rest = from;
    }
}

/// [`glob`] on a pattern as it is written, which begins with `literal` bytes that are no wildcards: the common case, with one
/// look at memory.
pub(super) fn wild(pattern: &[u8], literal: usize, text: &[u8], steps: &mut u64) -> bool {
    if pattern.get(..literal) != text.get(..literal) {
        return false;
    }
    let (mut piece, mut at) = (literal, literal);
    let mut star: Option<(usize, usize)> = None;
    loop {
        *steps += 1;
        match (pattern.get(piece), text.get(at)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                piece += 1;
                if piece == pattern.len() {
                    return true;
                }
                star = Some((piece, at));
                continue;
            }
            (Some(b'?'), Some(byte)) => {
                piece += 1;
                at += width(*byte);
                continue;
            }
            (Some(wanted), Some(byte)) if wanted == byte => {
                piece += 1;
                at += 1;
                continue;
            }
            (None | Some(_), None | Some(_)) => {}
        }
        let Some((after_star, from)) = star else {
            return false;
        };
        let Some(byte) = text.get(from) else {
            return false;
        };
        let from = from + width(*byte);
        star = Some((after_star, from));
        (piece, at) = (after_star, from);
    }
}

/// Bytes of the character that begins with this byte.
fn width(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::Syntax;
    use super::super::syntax::pieces;
    use super::*;
    use proptest::prelude::*;

    const ALL: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    #[test]
    fn stars_without_end_take_no_more_steps_than_pieces_times_characters() {
        let text = "a".repeat(2_000);
        for pattern in [
            "a*".repeat(200) + "b",
            "*a".repeat(200) + "b",
            "*?".repeat(200) + "b",
        ] {
            let bound = 2 * (pattern.len() as u64 + 1) * (text.len() as u64 + 1);
            let mut steps = 0;
            assert!(!glob(&pieces(&pattern, ALL), &text, &mut steps));
            assert!(steps <= bound, "{steps} steps, at most {bound}");
            let mut steps = 0;
            assert!(!wild(pattern.as_bytes(), 0, text.as_bytes(), &mut steps));
            assert!(steps <= bound, "{steps} steps, at most {bound}");
        }
    }

    proptest! {
        #[test]
        fn steps_are_bounded_for_any_pattern(pattern in "[ab*?]{0,40}", text in "[ab]{0,200}") {
            let bound = 2 * (pattern.len() as u64 + 1) * (text.len() as u64 + 1);
            let (mut steps, mut wild_steps) = (0, 0);
            let found = glob(&pieces(&pattern, ALL), &text, &mut steps);
            prop_assert_eq!(found, wild(pattern.as_bytes(), 0, text.as_bytes(), &mut wild_steps));
            prop_assert!(steps <= bound && wild_steps <= bound);
        }
    }
}
