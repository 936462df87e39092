//! What is wrong with a document, and where.

use crate::span::{Position, Span};
use std::fmt;
use std::sync::Arc;

/// All that is wrong with a document.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentErrors {
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) errors: Vec<DocumentError>,
}

impl DocumentErrors {
    /// What the document is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text, which the spans point into.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The errors in the order of the text, at least one.
    #[must_use]
    pub fn errors(&self) -> &[DocumentError] {
        &self.errors
    }

    /// Where an error is.
    #[must_use]
    pub fn position(&self, error: &DocumentError) -> Position {
        error.span.position(&self.text)
    }
}

impl fmt::Display for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(
                f,
                "{line}{}:{}: {}",
                self.name,
                self.position(error),
                error.problem
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for DocumentErrors {
    /// Without the text of the document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentErrors({self})")
    }
}

impl std::error::Error for DocumentErrors {}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct DocumentError {
    /// What is wrong.
    pub problem: Problem,
    /// Where.
    pub span: Span,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// No JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// Longer than any policy may be.
    #[error("{bytes} bytes long: no policy may be longer than {limit}")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Another type than the element takes.
    #[error("{element} must be {expected}, not {found}")]
    WrongType {
        /// The element.
        element: String,
        /// What it takes.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A key that the policy language does not have.
    #[error("unknown element {found:?}{}", hint(.meant.as_deref()))]
    UnknownElement {
        /// The key.
        found: String,
        /// The element that was probably meant.
        meant: Option<String>,
    },
    /// A key that comes twice.
    #[error("{0:?} comes twice in one object")]
    Duplicate(String),
    /// An element and its negation.
    #[error("a statement has either {0} or Not{0}, not both")]
    Both(&'static str),
    /// An element that must be there.
    #[error("{element} is missing")]
    Missing {
        /// The element.
        element: &'static str,
    },
    /// An element without any value.
    #[error("{element} is empty")]
    Empty {
        /// The element.
        element: String,
    },
    /// A `Version` that does not exist.
    #[error("Version must be \"2012-10-17\" or \"2008-10-17\", not {0:?}")]
    BadVersion(String),
    /// An `Effect` that does not exist.
    #[error("Effect must be \"Allow\" or \"Deny\", not {0:?}")]
    BadEffect(String),
    /// An action without its service.
    #[error("an action must be \"*\" or SERVICE:ACTION, not {0:?}")]
    BadAction(String),
    /// A condition operator that does not exist.
    #[error("unknown condition operator {found:?}{}", hint(.meant.as_deref()))]
    UnknownOperator {
        /// The name.
        found: String,
        /// The operator that was probably meant.
        meant: Option<String>,
    },
    /// A kind of principal that does not exist.
    #[error("unknown kind of principal {found:?}{}", hint(.meant.as_deref()))]
    UnknownPrincipal {
        /// The kind.
        found: String,
        /// The kind that was probably meant.
        meant: Option<String>,
    },
    /// A `Principal` string that is not `*`.
    #[error("a principal is \"*\" or an object such as {{\"AWS\": …}}, not {0:?}")]
    BadPrincipal(String),
    /// Two statements with one `Sid`.
    #[error("two statements have the Sid {0:?}")]
    SidTwice(String),
    /// An element that this kind of policy does not have.
    #[error("{layer} has no {element}")]
    NotInLayer {
        /// The kind of policy.
        layer: &'static str,
        /// The element.
        element: &'static str,
    },
    /// An element that this kind of policy must have.
    #[error("{layer} needs {element} in every statement")]
    NeededInLayer {
        /// The kind of policy.
        layer: &'static str,
        /// The element.
        element: &'static str,
    },
}

fn hint(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean {meant:?}?"))
}
