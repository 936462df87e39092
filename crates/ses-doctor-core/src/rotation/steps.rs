//! The steps of a rotation, in the order in which they may be done.

use super::keys::{Choice, idleness, words};
use super::{Place, Question};
use crate::action::{
    AccessKeyDeletion, AccessKeyStatus, Action, Holds, LoginProof, NewAccessKey, NewKey, ProvenLogin,
    QuietKey, StoredPair, Which, WritableStore, span,
};
use crate::plan::{Risk, Step};

pub(super) fn steps(question: &Question, choice: &Choice) -> Vec<Step> {
    let mut steps: Vec<Step> = question
        .places
        .iter()
        .map(|place| writable(question, place))
        .collect();
    steps.extend(make_place(question, choice));
    steps.push(make_key(question, choice));
    steps.push(prove_before(question));
    steps.extend(question.places.iter().map(|place| store(place, choice)));
    steps.extend(prove_after(question));
    if choice.old.active {
        steps.push(wait(question, choice));
        steps.push(switch_off(question, choice));
    }
    steps
}

fn step(action: impl Into<Action>, why: impl Into<String>, risk: Risk, risk_why: &str) -> Step {
    Step {
        causes: Vec::new(),
        action: action.into(),
        why: why.into(),
        risk,
        risk_why: risk_why.to_owned(),
        blast_radius: Vec::new(),
        proof: Vec::new(),
    }
}

fn writable(question: &Question, place: &Place) -> Step {
    let action = WritableStore {
        store: place.store.clone(),
        region: question.target.region.clone(),
        before: false,
        after: true,
    };
    step(
        action,
        "no key is made whose secret this place would not take",
        Risk::Low,
        "it changes nothing",
    )
}

/// The idle key gives its place.
fn make_place(question: &Question, choice: &Choice) -> Option<Step> {
    let idle = choice.idle.as_ref()?;
    let action = AccessKeyDeletion {
        user: question.user.clone(),
        key: idle.id.clone(),
        idle_for: Some(question.quiet_for),
        before: true,
        after: false,
    };
    let why = format!(
        "a user has at most two access keys, and the new one needs a place: {}",
        idleness(idle, question.quiet_for)
    );
    let mut step = step(
        action,
        why,
        Risk::Medium,
        "whoever uses it after all is refused for good",
    );
    step.blast_radius = vec![format!("every program that uses the access key {}", idle.id)];
    Some(step)
}

fn make_key(question: &Question, choice: &Choice) -> Step {
    let action = NewAccessKey {
        user: question.user.clone(),
        known: question.keys.iter().map(|key| key.id.clone()).collect(),
        before: NewKey::Absent,
        after: NewKey::Active,
    };
    let why = format!(
        "takes the place of {}; the old one works on until nobody uses it",
        words(&choice.old)
    );
    let mut step = step(
        action,
        why,
        Risk::Low,
        "until it is stored, its secret lies in the folder of the run, readable by its owner only",
    );
    step.blast_radius = vec![format!(
        "nobody yet: the key has the permissions of the user {}",
        question.user
    )];
    step
}

/// The regions of the places and those that were named, each once.
fn regions(question: &Question) -> Vec<String> {
    let of_places = question.places.iter().map(|place| &place.region);
    let mut regions: Vec<String> = Vec::new();
    for region in of_places.chain(&question.prove_in) {
        if !regions.contains(region) {
            regions.push(region.clone());
        }
    }
    regions
}

fn prove_before(question: &Question) -> Step {
    let logins = regions(question)
        .into_iter()
        .map(|region| ProvenLogin { region, kept: None })
        .collect();
    let action = LoginProof {
        logins,
        before: false,
        after: true,
    };
    step(
        action,
        "only a pair that logs in is stored; a new key may be unknown to SES for a few minutes, which is waited for",
        Risk::Low,
        "it changes nothing",
    )
}

fn store(place: &Place, choice: &Choice) -> Step {
    let action = StoredPair {
        store: place.store.clone(),
        holds: place.holds,
        region: place.region.clone(),
        key: choice.old.id.clone(),
        old: place.old.clone(),
        before: Which::Old,
        after: Which::New,
    };
    let mut step = step(
        action,
        "clients find the new pair here; whatever else stands here stays as it is",
        Risk::Medium,
        "clients that took up the old pair go on with it: it works until the old key is switched off",
    );
    let readers = format!("every program that reads {}", place.store.words());
    step.blast_radius = [Some(readers), place.store.afterwards()]
        .into_iter()
        .flatten()
        .collect();
    step
}

/// Once more, with what the places really hold. A place that cannot be read back has no part in it.
fn prove_after(question: &Question) -> Option<Step> {
    let readable = question
        .places
        .iter()
        .filter(|place| place.store.is_readable() && place.holds != Holds::Username);
    let logins: Vec<ProvenLogin> = readable
        .map(|place| ProvenLogin {
            region: place.region.clone(),
            kept: Some((place.store.clone(), place.holds)),
        })
        .collect();
    if logins.is_empty() {
        return None;
    }
    let action = LoginProof {
        logins,
        before: false,
        after: true,
    };
    Some(step(
        action,
        "what clients will read is what logs in; after that, the copy of the secret in the folder of the run is destroyed",
        Risk::Low,
        "it changes nothing",
    ))
}

fn wait(question: &Question, choice: &Choice) -> Step {
    let action = QuietKey {
        user: question.user.clone(),
        key: choice.old.id.clone(),
        seconds: question.quiet_for,
        before: false,
        after: true,
    };
    step(
        action,
        format!(
            "a client that still uses the old key shows by its use; {} without any, and there is none",
            span(question.quiet_for)
        ),
        Risk::Low,
        "it changes nothing; AWS gives no figure for how late a use shows, and a client that sends more rarely than this does \
         not show at all",
    )
}

fn switch_off(question: &Question, choice: &Choice) -> Step {
    let action = AccessKeyStatus {
        user: question.user.clone(),
        key: choice.old.id.clone(),
        before: true,
        after: false,
    };
    let mut step = step(
        action,
        "the old key is replaced; switched off it can be switched on again, should somebody miss it",
        Risk::Medium,
        "a client that uses it after all is refused until it takes up the new pair",
    );
    step.blast_radius = vec![format!(
        "every program that uses the access key {}",
        choice.old.id
    )];
    step
}
