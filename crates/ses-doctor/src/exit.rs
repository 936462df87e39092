//! Exit codes. They are a contract: scripts and CI rely on them. `--help` lists them.

use ses_doctor_core::Outcome;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: healthy, or the command did what it was asked for.
    Success,
    /// 1: at least one cause is confirmed or likely.
    CauseFound,
    /// 2: wrong usage.
    Usage,
    /// 3: undetermined: evidence was missing, so neither a cause nor health may be claimed.
    Inconclusive,
    /// 4: could not run, or a plan was refused; nothing was changed.
    CouldNotRun,
    /// 5: a plan failed, and what it had done was undone.
    RolledBack,
    /// 6: a plan failed, and what it had done was not undone.
    NotRolledBack,
}

impl Exit {
    /// Every code with its meaning.
    pub(crate) const ALL: &'static [(Self, &'static str)] = &[
        (
            Self::Success,
            "Healthy, or the command did what it was asked for; for `apply`: applied and verified.",
        ),
        (
            Self::CauseFound,
            "At least one cause is confirmed or likely; for `probe`: the endpoint refused, or was not reached; for `policy simulate`: a request is decided otherwise than expected; for `policy compare`: the new policy grants more; for `policy minimize`: no allow of the principal cures the refusal; for `plan`: no step cures it; for `apply`: a cause is left that the plan does not cure.",
        ),
        (
            Self::Usage,
            "Wrong usage: an unknown option, a contradiction, a value that cannot be, a request that is none.",
        ),
        (
            Self::Inconclusive,
            "Undetermined: evidence was missing, so neither a cause nor health may be claimed; for `apply`: applied, and not verified.",
        ),
        (
            Self::CouldNotRun,
            "Could not run: a file that cannot be read or is not what it should be, no password, a port that cannot be bound; a plan that is refused, with nothing changed.",
        ),
        (
            Self::RolledBack,
            "A plan could not be carried out, or did not help, and was rolled back: everything is as it was.",
        ),
        (
            Self::NotRolledBack,
            "A plan could not be carried out, or did not help, and was not rolled back: `runs show` tells what was done.",
        ),
    ];

    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::CauseFound => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::CouldNotRun => 4,
            Self::RolledBack => 5,
            Self::NotRolledBack => 6,
        }
    }
}

/// The list for `--help`.
pub(crate) fn help() -> String {
    let line = |(exit, meaning): &(Exit, &str)| format!("  {}  {meaning}", exit.code());
    let lines: Vec<String> = Exit::ALL.iter().map(line).collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Healthy => Self::Success,
            Outcome::CauseFound => Self::CauseFound,
            Outcome::Inconclusive => Self::Inconclusive,
        }
    }
}
