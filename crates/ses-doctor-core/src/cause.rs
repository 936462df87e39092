//! One entry of the catalogue: plain data and two plain functions.

use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;

/// The part of the catalogue that a cause belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The pair of user name and password.
    Credentials,
    /// What IAM allows the key's user to send.
    Permission,
    /// The SES account, its identities and limits.
    Account,
    /// The way to the endpoint.
    Transport,
    /// The mail client and its settings.
    Client,
}

impl Group {
    /// The heading in the catalogue.
    pub fn title(self) -> &'static str {
        match self {
            Self::Credentials => "Credentials",
            Self::Permission => "Permission",
            Self::Account => "Account",
            Self::Transport => "Transport",
            Self::Client => "Client",
        }
    }
}

/// A cause of a refused login or message. It judges evidence and never errs: what it cannot tell is
/// [`Verdict::Unknown`].
#[derive(Debug, Clone, Copy)]
pub struct Cause {
    /// Kebab-case and eternal.
    pub id: &'static str,
    /// Its group.
    pub group: Group,
    /// What is wrong, in one line without a full stop.
    pub title: &'static str,
    /// The one check that settles it, for somebody who has nothing but a log: what to look at, and what it means.
    pub next_check: &'static str,
    /// The evidence that it judges.
    pub reads: &'static [Need],
    /// Markdown under the four headings of [`DOC_HEADINGS`].
    pub docs: &'static str,
    /// Judges the evidence.
    pub check: fn(&Evidence) -> Verdict,
    /// What to do, once it is found.
    pub remedy: fn(&Evidence) -> Remedy,
}

/// The headings that the documentation of every cause has, in this order.
pub const DOC_HEADINGS: [&str; 4] = [
    "## What you see",
    "## Why it happens",
    "## How it is proven",
    "## What to do",
];

/// What puts it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// The smallest sufficient change, in one sentence.
    pub summary: String,
    /// The way there.
    pub steps: Vec<Step>,
}

/// One step of a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub text: String,
    /// The exact command, when there is one. It never holds a secret.
    pub command: Option<String>,
}

impl Remedy {
    /// A remedy without steps yet.
    pub fn new(summary: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            steps: Vec::new(),
        }
    }

    /// Adds a step in words.
    #[must_use]
    pub fn step(mut self, text: impl Into<String>) -> Self {
        self.steps.push(Step {
            text: text.into(),
            command: None,
        });
        self
    }

    /// Adds a step with its command.
    #[must_use]
    pub fn command(mut self, text: impl Into<String>, command: impl Into<String>) -> Self {
        self.steps.push(Step {
            text: text.into(),
            command: Some(command.into()),
        });
        self
    }
}
