//! Points in time of a world: relative to the start of the lab, or absolute.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// A moment in a world file: `"-3m"`, `"-2d"`, `"now"` (relative to the start of the lab) or RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum When {
    /// So long before the lab was started (negative: after).
    Before(SignedDuration),
    /// A fixed instant.
    At(Timestamp),
}

impl When {
    /// The instant this means for a lab started at `start`.
    pub fn resolve(self, start: Timestamp) -> Timestamp {
        match self {
            Self::Before(ago) => start.checked_sub(ago).unwrap_or(start),
            Self::At(at) => at,
        }
    }

    /// So many days before the start.
    pub(crate) fn days_ago(days: i64) -> Self {
        Self::Before(SignedDuration::from_hours(days * 24))
    }
}

impl TryFrom<String> for When {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "now" {
            return Ok(Self::Before(SignedDuration::ZERO));
        }
        if let Some(ago) = relative(&text) {
            return Ok(Self::Before(ago));
        }
        text.parse().map(Self::At).map_err(|_| {
            format!("`{text}` is not a time: write \"-3m\", \"-2d\", \"now\" or RFC 3339 (units: s m h d w)")
        })
    }
}

fn relative(text: &str) -> Option<SignedDuration> {
    let (sign, rest) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        (None, None) => return None,
    };
    let unit = match rest.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let digits = rest.get(..rest.len().checked_sub(1)?)?;
    let number: u32 = digits.parse().ok()?;
    Some(SignedDuration::from_secs(sign * unit * i64::from(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times_count_back_from_the_start() {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let two_days = When::try_from("-2d".to_owned()).unwrap();
        assert_eq!(two_days.resolve(start).to_string(), "2026-02-27T12:00:00Z");
        let soon = When::try_from("+5s".to_owned()).unwrap();
        assert_eq!(soon.resolve(start).to_string(), "2026-03-01T12:00:05Z");
    }

    #[test]
    fn nonsense_is_refused_with_the_forms_that_work() {
        let error = When::try_from("yesterday".to_owned()).unwrap_err();
        assert!(error.contains("-3m"), "{error}");
        assert!(When::try_from("-".to_owned()).is_err());
        assert!(When::try_from("-5é".to_owned()).is_err());
    }
}
