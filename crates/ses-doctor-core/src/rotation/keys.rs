//! Which of a user's keys gives way, and whether there is a place for another. A user has at most two (IAM user guide,
//! "IAM and AWS STS quotas"; not adjustable).

use super::Question;
use crate::action::span;
use jiff::Timestamp;

const QUOTA: usize = 2;

/// A key of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its id.
    pub id: String,
    /// It works.
    pub active: bool,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last used; `None`: never, as far as AWS knows.
    pub last_used: Option<Timestamp>,
}

/// Why it cannot be told which key gives way, or none can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// The user has none.
    #[error("the user {0} has no access key that could be replaced")]
    None(String),
    /// The user has not the one that was named.
    #[error("the user {user} has no access key {key}")]
    NotThere {
        /// The user.
        user: String,
        /// The key.
        key: String,
    },
    /// Both places are taken, and nothing shows that either key is idle.
    #[error("the user {user} has two access keys, and neither is idle: {keys}")]
    BothInUse {
        /// The user.
        user: String,
        /// Both, in words.
        keys: String,
    },
}

/// The key that gives way, and the idle one that has to make place before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) old: KeyFacts,
    pub(super) idle: Option<KeyFacts>,
}

/// The key that was named gives way, else the one that works and was used last. Of two, the other one has to be idle.
pub(super) fn choose(question: &Question) -> Result<Choice, KeyRefusal> {
    let keys = &question.keys;
    let old = match &question.key {
        Some(named) => keys
            .iter()
            .find(|key| key.id == *named)
            .ok_or_else(|| KeyRefusal::NotThere {
                user: question.user.clone(),
                key: named.clone(),
            })?,
        None => keys
            .iter()
            .max_by_key(|key| (key.active, key.last_used, key.created))
            .ok_or_else(|| KeyRefusal::None(question.user.clone()))?,
    };
    let other = keys.iter().find(|key| key.id != old.id);
    let idle = match other.filter(|_| keys.len() >= QUOTA) {
        None => None,
        Some(other) if is_idle(other, question) => Some(other.clone()),
        Some(_) => {
            return Err(KeyRefusal::BothInUse {
                user: question.user.clone(),
                keys: keys.iter().map(words).collect::<Vec<_>>().join(", and "),
            });
        }
    };
    Ok(Choice {
        old: old.clone(),
        idle,
    })
}

/// Unused for as long as the old key has to be before it is switched off; one that was never used counts from its making.
fn is_idle(key: &KeyFacts, question: &Question) -> bool {
    let since = key.last_used.or(key.created);
    !key.active
        || since.is_some_and(|since| {
            let idle = question.made_at.duration_since(since).as_secs();
            u64::try_from(idle).is_ok_and(|idle| idle >= question.quiet_for)
        })
}

/// A key with its use, in words.
pub(super) fn words(key: &KeyFacts) -> String {
    let status = if key.active { "active" } else { "inactive" };
    match (key.last_used, key.created) {
        (Some(used), _) => format!("{} ({status}, last used {})", key.id, minute(used)),
        (None, Some(created)) => format!("{} ({status}, made {} and never used)", key.id, minute(created)),
        (None, None) => format!("{} ({status}, never used)", key.id),
    }
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Why an idle key may go.
pub(super) fn idleness(key: &KeyFacts, quiet_for: u64) -> String {
    let unused = format!("unused for {}", span(quiet_for));
    match key.active {
        true => format!("{} is idle ({unused})", words(key)),
        false => format!("{} is switched off", words(key)),
    }
}
