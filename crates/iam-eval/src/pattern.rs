//! Patterns: text with `*`, `?` and policy variables, and how they match.

use crate::context::{Context, Lookup};
use crate::truth::{Keys, Truth};
use std::borrow::Cow;
use std::fmt;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Literal(Box<str>),
    /// `?`: any one character.
    One,
    /// `*`: any characters, none too.
    Many,
    /// `${key}`: the value of a context key, taken literally.
    Variable(Variable),
}

/// A policy variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The context key, in lower case.
    pub key: Box<str>,
    /// What stands for it when the request lacks the key.
    pub default: Option<Box<str>>,
}

/// What is special in a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a policy variable (Version 2012-10-17 only; IAM User Guide, "IAM policy elements: Variables and tags").
    pub variables: bool,
}

/// A text to match against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    /// What is compared with: in lower case for actions, so that one look at memory is enough.
    compared: Box<str>,
    shape: Shape,
    pieces: Box<[Piece]>,
}

/// What it takes to match a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The text itself.
    Exact,
    /// The text without the `*` at its end.
    Prefix,
    /// Wildcards in the text, the first after so many bytes.
    Wild(u32),
    /// Piece by piece: something is escaped.
    Pieces,
    /// Piece by piece, with values from the request.
    Variables,
}

impl Pattern {
    /// Reads a pattern.
    #[must_use]
    pub fn new(text: &str, syntax: Syntax) -> Self {
        Self::compared_as(text, text, syntax)
    }

    /// A pattern over action names, which know no case: match it against names in lower case.
    #[must_use]
    pub fn action(text: &str) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        Self::compared_as(text, &text.to_ascii_lowercase(), syntax)
    }

    /// A pattern that is written in one way and means another.
    pub(crate) fn compared_as(text: &str, compared: &str, syntax: Syntax) -> Self {
        let pieces = pieces(compared, syntax);
        Self {
            text: text.into(),
            compared: compared.into(),
            shape: Shape::of(compared, &pieces),
            pieces: pieces.into(),
        }
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether its meaning depends on the request.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.shape == Shape::Variables
    }

    /// Whether a text matches. A variable with an unknown value leaves it open; with one that has no value nothing matches,
    /// and so a negation does (IAM User Guide, "Variables and tags", "Policy variables with no value").
    #[must_use]
    pub fn matches(&self, text: &str, context: &Context) -> Truth {
        match self.matches_plainly(text) {
            Some(matches) => matches.into(),
            None => self.matches_resolved(text, context),
        }
    }

    /// Whether a text matches; none if that depends on the request.
    #[inline]
    pub(crate) fn matches_plainly(&self, text: &str) -> Option<bool> {
        Some(match self.shape {
            Shape::Exact => *self.compared == *text,
            Shape::Prefix => {
                let prefix = self.compared.len() - 1;
                text.as_bytes().get(..prefix) == self.compared.as_bytes().get(..prefix)
            }
            Shape::Wild(literal) => wild(&self.compared, literal as usize, text, &mut 0),
            Shape::Pieces => glob(&self.pieces, text, &mut 0),
            Shape::Variables => return None,
        })
    }

    fn matches_resolved(&self, text: &str, context: &Context) -> Truth {
        match self.resolve(context) {
            Resolved::Tokens(tokens) => glob(&tokens, text, &mut 0).into(),
            Resolved::Nothing => Truth::False,
            Resolved::Unknown(keys) => Truth::Unknown(keys),
        }
    }

    /// The variables replaced by their values.
    pub(crate) fn resolve<'a>(&'a self, context: &'a Context) -> Resolved<'a> {
        let mut tokens = Vec::with_capacity(self.pieces.len());
        let mut unknown = Keys::default();
        let mut nothing = false;
        for piece in &self.pieces {
            tokens.push(match piece {
                Piece::Literal(text) => Token::Literal(text),
                Piece::One => Token::One,
                Piece::Many => Token::Many,
                Piece::Variable(variable) => match variable.value(context) {
                    Lookup::Known([value]) => Token::Literal(value),
                    // Only keys with one value can be variables.
                    Lookup::Known(_) => {
                        nothing = true;
                        continue;
                    }
                    Lookup::Absent => match &variable.default {
                        Some(default) => Token::Literal(default),
                        None => {
                            nothing = true;
                            continue;
                        }
                    },
                    Lookup::Unknown(key) => {
                        unknown.add(key);
                        continue;
                    }
                },
            });
        }
        if nothing {
            Resolved::Nothing
        } else if unknown.is_empty() {
            Resolved::Tokens(tokens)
        } else {
            Resolved::Unknown(unknown)
        }
    }
}

impl Shape {
    fn of(text: &str, pieces: &[Piece]) -> Self {
        if pieces.iter().any(|piece| matches!(piece, Piece::Variable(_))) {
            return Self::Variables;
        }
        let written: usize = pieces.iter().map(Piece::written).sum();
        match pieces {
            _ if written != text.len() => Self::Pieces,
            [] | [Piece::Literal(_)] => Self::Exact,
            [Piece::Many] | [Piece::Literal(_), Piece::Many] => Self::Prefix,
            [Piece::Literal(literal), ..] => u32::try_from(literal.len()).map_or(Self::Pieces, Self::Wild),
            _ => Self::Wild(0),
        }
    }
}

impl Piece {
    /// Bytes that it takes to write it, if nothing in it needs an escape.
    fn written(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::One | Self::Many => 1,
            Self::Variable(_) => 0,
        }
    }
}

impl Variable {
    fn value<'a>(&self, context: &'a Context) -> Lookup<'a> {
        context.lookup(&self.key)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A pattern in the light of one request.
#[derive(Debug)]
pub(crate) enum Resolved<'a> {
    Tokens(Vec<Token<'a>>),
    /// A variable has no value.
    Nothing,
    Unknown(Keys),
}

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
fn wild(pattern: &str, literal: usize, text: &str, steps: &mut u64) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
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

fn pieces(text: &str, syntax: Syntax) -> Vec<Piece> {
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
    let (inside, _) = inner.split_once('}')?;
    let (inside, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, _)) => {
            let (_, quoted) = inner.split_once(',')?;
            let (value, after) = quoted.trim_start().strip_prefix('\'')?.split_once('\'')?;
            let after = after.trim_start();
            let length = text.len() - after.strip_prefix('}')?.len();
            return Some((variable_piece(key, Some(value))?, length));
        }
    };
    let length = "${}".len() + inside.len();
    if matches!(inside, "*" | "?" | "$") {
        return Some((Piece::Literal(inside.into()), length));
    }
    Some((variable_piece(inside, default)?, length))
}

fn variable_piece(key: &str, default: Option<&str>) -> Option<Piece> {
    let key = key.trim();
    let valid = !key.is_empty() && !key.contains(['$', '{', '\'']);
    valid.then(|| {
        Piece::Variable(Variable {
            key: lower(key).into(),
            default: default.map(Into::into),
        })
    })
}

/// Context keys know no case.
pub(crate) fn lower(key: &str) -> Cow<'_, str> {
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    fn context() -> Context {
        let known = [
            ("aws:username", vec!["a*b".to_owned()]),
            ("aws:TagKeys", vec!["x".to_owned(), "y".to_owned()]),
        ];
        Context::new(known, ["ses:FromAddress"]).unwrap()
    }

    #[test]
    fn wildcards_and_variables_match() {
        for (pattern, text, truth) in [
            ("a*c", "abbbc", Truth::True),
            ("a*c", "abbbd", Truth::False),
            ("a?c", "aéc", Truth::True),
            ("a?c", "ac", Truth::False),
            ("*", "", Truth::True),
            ("", "", Truth::True),
            ("${aws:UserName}-*", "a*b-1", Truth::True),
            ("${aws:username}-*", "aXb-1", Truth::False),
            ("${aws:userid}", "", Truth::False),
            ("${aws:userid, 'no one'}!", "no one!", Truth::True),
            ("${aws:userid, '}'}", "}", Truth::True),
            ("${aws:username, 'x'}", "x", Truth::False),
            ("${aws:TagKeys}", "x", Truth::False),
            ("a${*}${?}${$}b", "a*?$b", Truth::True),
            ("a${*}b", "axb", Truth::False),
            ("${ses:FromAddress}", "x", Truth::Unknown(Keys::one(0))),
            ("${ses:FromAddress}${aws:userid}", "x", Truth::False),
            ("${}", "${}", Truth::True),
            ("${aws:username", "${aws:username", Truth::True),
            ("$*", "$x", Truth::True),
        ] {
            let found = Pattern::new(pattern, ALL).matches(text, &context());
            assert_eq!(found, truth, "{pattern} {text}");
        }
    }

    #[test]
    fn without_the_syntax_everything_is_literal() {
        let plain = Syntax {
            wildcards: false,
            variables: false,
        };
        let pattern = Pattern::new("${aws:username}*?", plain);
        assert_eq!(pattern.pieces(), [Piece::Literal("${aws:username}*?".into())]);
    }

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
            assert!(!wild(&pattern, 0, &text, &mut steps));
            assert!(steps <= bound, "{steps} steps, at most {bound}");
        }
    }

    /// The definition itself, as slow as it is.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], _) => {
                naive(rest, text) || text.split_first().is_some_and(|(_, left)| naive(pattern, left))
            }
            (['?', rest @ ..], [_, left @ ..]) => naive(rest, left),
            ([one, rest @ ..], [other, left @ ..]) => one == other && naive(rest, left),
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_the_definition_says(pattern in "[ab*?é:]{0,10}", text in "[abé:]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = naive(&chars(&pattern), &chars(&text));
            let found = Pattern::new(&pattern, ALL).matches(&text, &Context::default());
            prop_assert_eq!(found, Truth::from(expected));
        }

        #[test]
        fn steps_are_bounded_for_any_pattern(pattern in "[ab*?]{0,40}", text in "[ab]{0,200}") {
            let bound = 2 * (pattern.len() as u64 + 1) * (text.len() as u64 + 1);
            let (mut steps, mut wild_steps) = (0, 0);
            let found = glob(&pieces(&pattern, ALL), &text, &mut steps);
            prop_assert_eq!(found, wild(&pattern, 0, &text, &mut wild_steps));
            prop_assert!(steps <= bound && wild_steps <= bound);
        }
    }
}
