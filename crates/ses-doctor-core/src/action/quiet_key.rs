//! A gate: nobody has used a key for a while.

use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// IAM `GetAccessKeyLastUsed`, until the last use is long enough ago. AWS gives no figure for how late a use shows there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietKey {
    /// The user that owns the key.
    pub user: String,
    /// The key id.
    pub key: String,
    /// How long it has to be unused, in seconds.
    pub seconds: u64,
    /// It is known to be quiet now.
    pub before: bool,
    /// It is to be.
    pub after: bool,
}

impl QuietKey {
    /// The time in words.
    pub fn span(&self) -> String {
        span(self.seconds)
    }
}

/// Seconds in the largest whole unit.
pub fn span(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let fits = units
        .iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, name) = fits.copied().unwrap_or((1, "second"));
    match seconds / unit {
        1 => format!("1 {name}"),
        many => format!("{many} {name}s"),
    }
}

impl Change for QuietKey {
    fn resource(&self) -> String {
        format!("the use of the access key {} of the user {}", self.key, self.user)
    }

    fn before(&self) -> State {
        self.state(self.before)
    }

    fn after(&self) -> State {
        self.state(self.after)
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after,
            after: self.before,
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        Call::new("iam", "GetAccessKeyLastUsed").with("AccessKeyId", self.key.as_str())
    }

    fn permissions(&self) -> &'static [&'static str] {
        &["iam:GetAccessKeyLastUsed", "iam:ListAccessKeys"]
    }

    fn is_gate(&self) -> bool {
        true
    }
}

impl QuietKey {
    fn state(&self, quiet: bool) -> State {
        State::Word(match quiet {
            true => format!("quiet for {}", self.span()),
            false => "not known to be quiet".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        let told = [0, 1, 90, 120, 3_600, 86_400, 604_800].map(span);
        let expected = [
            "0 seconds",
            "1 second",
            "90 seconds",
            "2 minutes",
            "1 hour",
            "1 day",
            "7 days",
        ];
        assert_eq!(told, expected);
    }
}
