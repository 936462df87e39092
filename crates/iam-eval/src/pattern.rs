//! Patterns: text with `*`, `?` and policy variables, and how they match.

pub(crate) mod glob;
mod syntax;

use self::glob::{Token, glob, wild};
pub(crate) use self::syntax::lower;
use self::syntax::pieces;
use crate::context::{Context, Lookup};
use crate::truth::{Keys, Truth};
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
pub(crate) enum Shape {
    /// The text itself.
    Exact,
    /// The text without the `*` at its end.
    Prefix,
    /// The text without the `*` at its beginning.
    Suffix,
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

    /// The context keys of its variables, in lower case.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(&*variable.key),
            Piece::Literal(_) | Piece::One | Piece::Many => None,
        })
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
        match self.shape {
            Shape::Pieces => Some(glob(&self.pieces, text, &mut 0)),
            shape @ (Shape::Exact | Shape::Prefix | Shape::Suffix | Shape::Wild(_) | Shape::Variables) => {
                shape.matches(self.compared.as_bytes(), text.as_bytes())
            }
        }
    }

    /// What it takes to match it, and what is compared with, if that is all that matters.
    pub(crate) fn plain(&self) -> Option<(Shape, &str)> {
        match self.shape {
            Shape::Exact | Shape::Prefix | Shape::Suffix | Shape::Wild(_) => {
                Some((self.shape, &self.compared))
            }
            Shape::Pieces | Shape::Variables => None,
        }
    }

    fn matches_resolved(&self, text: &str, context: &Context) -> Truth {
        match self.resolve(context) {
            Resolved::Tokens(tokens) => glob(&tokens, text, &mut 0).into(),
            Resolved::Nothing => Truth::False,
            Resolved::Unknown(keys) => Truth::Unknown(keys),
        }
    }

    /// The unknown keys that its meaning depends on, if it does.
    pub(crate) fn unknown_variables(&self, context: &Context) -> Option<Keys> {
        match self.has_variables().then(|| self.resolve(context))? {
            Resolved::Unknown(keys) => Some(keys),
            Resolved::Tokens(_) | Resolved::Nothing => None,
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
            [Piece::Many, Piece::Literal(_)] => Self::Suffix,
            [Piece::Literal(literal), ..] => u32::try_from(literal.len()).map_or(Self::Pieces, Self::Wild),
            _ => Self::Wild(0),
        }
    }

    /// Whether a text matches a pattern of this shape as it is written; none if more must be known than that.
    #[inline]
    pub(crate) fn matches(self, pattern: &[u8], text: &[u8]) -> Option<bool> {
        Some(match self {
            Self::Exact => pattern == text,
            Self::Prefix => pattern
                .split_last()
                .is_some_and(|(_, prefix)| text.starts_with(prefix)),
            Self::Suffix => pattern
                .split_first()
                .is_some_and(|(_, suffix)| text.ends_with(suffix)),
            Self::Wild(literal) => wild(pattern, literal as usize, text, &mut 0),
            Self::Pieces | Self::Variables => return None,
        })
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
    }
}
