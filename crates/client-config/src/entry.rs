//! What every reader gives: a path of names, and a value with the place where it stands.

use crate::told::Told;
use secrecy::zeroize::Zeroizing;
use std::fmt;
use std::ops::Range;

/// How a value is quoted in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// As it is.
    Bare,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
    /// A block: YAML's `|`, a heredoc.
    Block,
}

/// How a value is encoded in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Plain,
    /// Base64, as in the `data` of a Kubernetes Secret.
    Base64,
    /// Percent-encoded, as in a URL.
    Percent,
}

/// A value, decoded, and where it stands. It may be a secret, so it is not shown.
#[derive(Clone, PartialEq)]
pub struct Value {
    text: Zeroizing<String>,
    /// Byte range of the value in the file, without its quotes.
    pub span: Range<usize>,
    /// Its quotes.
    pub quoting: Quoting,
    /// Its encoding.
    pub encoding: Encoding,
    reference: bool,
}

impl Value {
    /// A value that stands in the file as it is.
    pub fn new(text: impl Into<String>, span: Range<usize>, quoting: Quoting) -> Self {
        Self {
            text: Zeroizing::new(text.into()),
            span,
            quoting,
            encoding: Encoding::Plain,
            reference: false,
        }
    }

    /// The name of a variable or a call: another place has the value.
    pub(crate) fn reference(text: impl Into<String>, span: Range<usize>) -> Self {
        Self {
            reference: true,
            ..Self::new(text, span, Quoting::Bare)
        }
    }

    /// The same, with an encoding undone.
    #[must_use]
    pub fn encoded(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The value as the client gets it. Never to be printed as it is.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it tells anything.
    pub fn told(&self) -> Told {
        if self.reference {
            Told::Reference
        } else {
            Told::of(&self.text)
        }
    }

    /// The part of this value at this range of its text, when the text stands in the file as it is.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let verbatim = self.span.len() == self.text.len();
        let span = if verbatim {
            self.span.start + range.start..self.span.start + range.end
        } else {
            self.span.clone()
        };
        Self {
            encoding: self.encoding,
            reference: self.reference,
            ..Self::new(text, span, self.quoting)
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (length, span) = (self.text.chars().count(), &self.span);
        write!(f, "Value({length} characters at {span:?}, {:?})", self.quoting)
    }
}

/// One assignment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The names of the tables, objects and sections around it, and its own name.
    pub(crate) path: Vec<String>,
    /// Where its own name stands.
    pub(crate) name: Range<usize>,
    /// What is assigned.
    pub(crate) value: Value,
}

impl Entry {
    /// Its own name.
    pub(crate) fn key(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The names around it.
    pub(crate) fn scope(&self) -> &[String] {
        self.path.split_last().map_or(&[], |(_, scope)| scope)
    }
}

/// The byte range of `part`, which is a slice of `whole`.
pub(crate) fn span_of(whole: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    if start <= whole.len() && start + part.len() <= whole.len() {
        start..start + part.len()
    } else {
        0..0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_does_not_show_itself() {
        let value = Value::new("BLBM/9hSUELfq8Gw", 4..20, Quoting::Double);
        assert!(!format!("{value:?}").contains("9hSUE"));
    }

    #[test]
    fn a_slice_knows_its_place() {
        let whole = "a=bcd";
        assert_eq!(span_of(whole, whole.get(2..4).unwrap()), 2..4);
        assert_eq!(span_of(whole, "elsewhere, and longer than that"), 0..0);
    }
}
