//! A new credential without downtime: which key gives way, and the plan that leads there.
//!
//! The order is what makes it safe. Every place is tried before the key is made; the new pair logs in before it is stored,
//! and again as it is stored; the old key is switched off only when nobody has used it for the chosen time; and it is
//! deleted by a plan of its own, later.

mod keys;
mod steps;

pub use keys::{KeyFacts, KeyRefusal};

use crate::action::{AccessKeyDeletion, Holds, Store};
use crate::plan::{Plan, Risk, Step, SymptomPath, Target};
use jiff::Timestamp;

/// A place for the new pair, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub store: Store,
    /// The region whose password it keeps.
    pub region: String,
    /// What it keeps.
    pub holds: Holds,
    /// Its content now: id or number of the version, SHA-256 of the file; `None` where there is none.
    pub old: Option<String>,
    /// The user name that it names now, where it names one.
    pub username: Option<String>,
}

/// What a rotation is planned from.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where it applies.
    pub target: Target,
    /// The user whose key is replaced.
    pub user: String,
    /// Its keys.
    pub keys: Vec<KeyFacts>,
    /// The key that is to give way, where the person names it.
    pub key: Option<String>,
    /// The places.
    pub places: Vec<Place>,
    /// The regions in which the new pair has to log in, beside those of the places.
    pub prove_in: Vec<String>,
    /// How long the old key has to be unused before it is switched off, in seconds.
    pub quiet_for: u64,
    /// The user name is changed by hand where no place keeps it.
    pub username_by_hand: bool,
    /// How the endpoint is reached.
    pub symptom_path: Option<SymptomPath>,
    /// When the plan is made.
    pub made_at: Timestamp,
    /// By which program.
    pub made_by: String,
}

/// Why there is no plan. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be told which key gives way.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The new user name, which is the new key's id, would be nowhere.
    #[error(
        "no place takes the new user name, which changes with the key: clients would log in with the old user name and the \
         new password"
    )]
    NoUsername,
    /// No place takes the new password.
    #[error("no place takes the new password")]
    NoPassword,
    /// A place keeps the pair of another key.
    #[error("{place} names the user name {named}, not the key {key} that is to be replaced")]
    AnotherKey {
        /// The place.
        place: String,
        /// The user name in it.
        named: String,
        /// The key that gives way.
        key: String,
    },
    /// The same place was named twice.
    #[error("{0} is named twice")]
    Twice(String),
}

/// Plans a rotation.
///
/// # Errors
/// When it cannot be told which key gives way, or the new pair would not be whole anywhere.
pub fn draft(question: &Question) -> Result<Plan, Refusal> {
    let choice = keys::choose(question)?;
    check_places(question, &choice.old.id)?;
    Ok(Plan {
        made_at: question.made_at,
        made_by: question.made_by.clone(),
        target: question.target.clone(),
        saw: Vec::new(),
        steps: steps::steps(question, &choice),
        requests: Vec::new(),
        assumptions: assumptions(question),
        symptom_path: question.symptom_path.clone(),
        undoes: None,
        rehearses: None,
    })
}

/// The plan that deletes the key that a rotation has switched off.
pub fn finish(rotation: &Plan, user: &str, key: &str, made_at: Timestamp, made_by: &str) -> Plan {
    Plan {
        made_at,
        made_by: made_by.to_owned(),
        target: rotation.target.clone(),
        saw: Vec::new(),
        steps: vec![Step {
            causes: Vec::new(),
            action: AccessKeyDeletion {
                user: user.to_owned(),
                key: key.to_owned(),
                idle_for: None,
                before: true,
                after: false,
            }
            .into(),
            why:
                "the key was replaced and has been switched off since; it takes one of the user's two places"
                    .to_owned(),
            risk: Risk::Medium,
            risk_why: "whoever still has its pair can only be helped with the new one".to_owned(),
            blast_radius: vec![format!("every program that uses the access key {key}")],
            proof: Vec::new(),
        }],
        requests: Vec::new(),
        assumptions: Vec::new(),
        symptom_path: None,
        undoes: None,
        rehearses: None,
    }
}

fn check_places(question: &Question, old: &str) -> Result<(), Refusal> {
    let places = &question.places;
    for (at, place) in places.iter().enumerate() {
        let earlier = places.iter().take(at);
        if earlier.into_iter().any(|other| other.store == place.store) {
            return Err(Refusal::Twice(place.store.words()));
        }
        if let Some(named) = place.username.as_ref().filter(|named| *named != old) {
            return Err(Refusal::AnotherKey {
                place: place.store.words(),
                named: named.clone(),
                key: old.to_owned(),
            });
        }
    }
    let keeps = |wanted: Holds| {
        let mut all = places.iter();
        all.any(|place| place.holds == wanted || place.holds == Holds::Pair)
    };
    if !keeps(Holds::Password) {
        return Err(Refusal::NoPassword);
    }
    if !keeps(Holds::Username) && !question.username_by_hand {
        return Err(Refusal::NoUsername);
    }
    Ok(())
}

fn assumptions(question: &Question) -> Vec<String> {
    let mut all = Vec::new();
    let halves = |wanted| {
        question
            .places
            .iter()
            .filter(|place| place.holds == wanted)
            .count()
    };
    if halves(Holds::Password) > 0 && halves(Holds::Username) > 0 {
        all.push(
            "user name and password are kept apart and cannot be written at the same instant: a client that reads them in \
             between has halves that do not belong together, and has to read them again"
                .to_owned(),
        );
    }
    if question.username_by_hand {
        all.push(
            "the new user name, which is the new key's id, is given to the clients by hand; until then they log in with \
             halves that do not belong together"
                .to_owned(),
        );
    }
    all
}

#[cfg(test)]
mod tests;
