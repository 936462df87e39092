//! When a need can be collected.

use crate::permissions::actions_of;
use crate::subject::{Owner, Subject};
use ses_doctor_core::{Evidence, Need};

/// Whether [`crate::Aws::collect`] can be called for a need now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Now.
    Ready,
    /// Once this other need has been collected, whatever that gives.
    Waits(Need),
    /// Never with what the person told: the reason.
    Cannot(&'static str),
}

/// When a need can be met by reading AWS.
///
/// A need whose prerequisite was collected in vain is ready too: [`crate::Aws::collect`] then gives the reason without
/// a call, so that it stands in the evidence.
pub fn can_meet(need: Need, evidence: &Evidence) -> Readiness {
    let subject = Subject::of(evidence);
    if let Some(why) = lacking(need, &subject) {
        return Readiness::Cannot(why);
    }
    let wait = match need {
        Need::AccessKeys => (subject.owner == Owner::Unasked).then_some(Need::KeyLastUsed),
        Need::User | Need::Policies | Need::UserEvents => owner_from(&subject),
        Need::ConfigurationSet if subject.configuration_set.is_none() => Some(Need::SenderIdentity),
        _ => None,
    };
    match wait.filter(|other| evidence.is_not_asked(*other)) {
        Some(other) => Readiness::Waits(other),
        None if need == Need::ConfigurationSet && subject.configuration_set.is_none() => {
            Readiness::Cannot("no configuration set is in use, as far as is known")
        }
        None => Readiness::Ready,
    }
}

/// What the person did not tell.
fn lacking(need: Need, subject: &Subject) -> Option<&'static str> {
    const NO_KEY: &str = "the user name of the login is not known, or it is not an access key id";
    let lacks = |absent: bool, why| absent.then_some(why);
    match need {
        Need::KeyAccount
        | Need::KeyLastUsed
        | Need::AccessKeys
        | Need::User
        | Need::Policies
        | Need::KeyEvents
        | Need::UserEvents => lacks(subject.access_key_id.is_none(), NO_KEY),
        Need::SesAccount => no_region(subject),
        Need::SenderIdentity | Need::SenderIdentityElsewhere => no_region(subject).or(lacks(
            subject.from.is_none(),
            "the sender is not known: give --from",
        )),
        Need::RecipientIdentity => no_region(subject).or(lacks(
            subject.to.is_none(),
            "the recipient is not known: give --to",
        )),
        Need::ConfigurationSet => {
            let silent = subject.configuration_set.is_none() && subject.from.is_none();
            no_region(subject).or(lacks(
                silent,
                "neither the configuration set nor the sender is known: give --from",
            ))
        }
        _ => lacks(actions_of(need).is_empty(), "AWS cannot be asked for that"),
    }
}

fn no_region(subject: &Subject) -> Option<&'static str> {
    subject
        .region
        .is_none()
        .then_some("the region is not known: give --region or --host")
}

/// The need that may still tell the owner's name.
fn owner_from(subject: &Subject) -> Option<Need> {
    if subject.user_name.is_some() {
        return None;
    }
    match subject.owner {
        Owner::Unasked => Some(Need::KeyLastUsed),
        Owner::Denied(_) => Some(Need::AccessKeys),
        Owner::NoKey => Some(Need::KeyEvents),
        Owner::User(_) | Owner::NoUser | Owner::Failed(_) => None,
    }
}
