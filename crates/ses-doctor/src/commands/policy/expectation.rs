//! `--expect` of `policy simulate`, and how the command ends.

use crate::args::Expected;
use crate::commands::Console;
use crate::exit::Exit;
use iam_eval::Decision;

/// What became of all requests so far.
#[derive(Debug, Default)]
pub(super) struct Sum {
    /// A request was none.
    pub(super) bad: bool,
    unexpected: bool,
    /// What is expected may be, or not.
    pub(super) open: bool,
}

impl Sum {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self { bad: true, .. } => Exit::Usage,
            Self { unexpected: true, .. } => Exit::CauseFound,
            Self { open: true, .. } => Exit::Inconclusive,
            Self { .. } => Exit::Success,
        }
    }

    /// Holds a decision, and those that are left of an undetermined one, against what is expected.
    pub(super) fn compare(
        &mut self,
        expected: Expected,
        decision: Decision,
        possible: &[Decision],
        place: &str,
        console: &Console<'_>,
    ) {
        if expected.is(decision) {
            return;
        }
        let may_be = possible.iter().any(|possible| expected.is(*possible));
        if may_be {
            self.open = true;
        } else {
            self.unexpected = true;
        }
        if !console.quiet {
            anstream::eprintln!("{place}: expected {}, found {decision}", expected.name());
        }
    }
}

impl Expected {
    fn is(self, decision: Decision) -> bool {
        match self {
            Self::Allowed => decision == Decision::Allowed,
            Self::Denied => matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny),
            Self::ExplicitDeny => decision == Decision::ExplicitDeny,
            Self::ImplicitDeny => decision == Decision::ImplicitDeny,
            Self::Undetermined => decision == Decision::Undetermined,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "a denial",
            Self::ExplicitDeny => "explicit-deny",
            Self::ImplicitDeny => "implicit-deny",
            Self::Undetermined => "undetermined",
        }
    }
}
