//! Whether a person is at it. What a program begins, it begins again; the circuit breaker counts that and nothing else.

use crate::env::is_ci;
use ses_doctor_core::automatic::Automatic;
use std::io::{IsTerminal, stderr, stdin};

/// What is told of it.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct AttendanceArgs {
    /// Count this run as an automatic one; so is any run with CI set, or with no terminal at standard input or standard error
    #[arg(
        long,
        env = "SES_DOCTOR_AUTOMATIC",
        help_heading = "Guards",
        conflicts_with = "attended"
    )]
    automatic: bool,
    /// A person is at it, though no terminal shows that
    #[arg(long, help_heading = "Guards")]
    attended: bool,
}

impl AttendanceArgs {
    /// By what the run is known to be automatic; `None` where a person is at it.
    pub(crate) fn automatic(self) -> Option<Automatic> {
        self.judge(is_ci(), stdin().is_terminal() || stderr().is_terminal())
    }

    fn judge(self, is_ci: bool, has_terminal: bool) -> Option<Automatic> {
        match (self.automatic, self.attended) {
            (true, _) => Some(Automatic::Told),
            (false, true) => None,
            (false, false) if is_ci => Some(Automatic::Ci),
            (false, false) => (!has_terminal).then_some(Automatic::NoTerminal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_at_it_where_one_could_be_or_says_so() {
        let of = |automatic, attended| AttendanceArgs { automatic, attended };
        assert_eq!(of(false, false).judge(false, true), None);
        assert_eq!(of(false, false).judge(false, false), Some(Automatic::NoTerminal));
        assert_eq!(of(false, false).judge(true, true), Some(Automatic::Ci));
        assert_eq!(of(false, true).judge(true, false), None);
        assert_eq!(of(true, false).judge(false, true), Some(Automatic::Told));
    }
}
