//! `tls-wrapper-mismatch`

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::verdict::Verdict;

/// The catalogue entry.
pub const CAUSE: Cause = Cause { id: "tls-wrapper-mismatch", group: Group::Transport, title: "", reads: &[], docs: "", check, remedy };

fn check(_evidence: &Evidence) -> Verdict {
    Verdict::NotApplicable
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("")
}
