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
        Need::AccessKeys if matches!(subject.owner, Owner::Denied(_)) => None,
        Need::User | Need::Policies | Need::UserEvents if subject.access_key_id.is_none() => {
            subject.user_name.is_none().then_some(Need::Caller)
        }
        Need::AccessKeys | Need::User | Need::Policies | Need::UserEvents => owner_from(&subject),
        Need::ConfigurationSet if subject.configuration_set.is_none() => Some(Need::SenderIdentity),
        Need::Organization if subject.account.is_none() => Some(account_from(&subject, evidence)),
        Need::PolicyEvents => policies_from(&subject, evidence),
        Need::VpcEvents => Some(Need::VpcEndpoints),
        Need::OrganizationEvents => Some(Need::Organization),
        Need::Simulation => message_from(&subject, evidence),
        _ => None,
    };
    match wait.filter(|other| evidence.is_not_asked(*other)) {
        Some(other) => Readiness::Waits(other),
        None if need == Need::ConfigurationSet && subject.configuration_set.is_none() => {
            Readiness::Cannot("no configuration set is in use, as far as is known")
        }
        None if need == Need::VpcEvents && subject.way.is_empty() => {
            Readiness::Cannot("no VPC endpoint is on the way, as far as is known")
        }
        None => Readiness::Ready,
    }
}

/// What the person did not tell.
fn lacking(need: Need, subject: &Subject) -> Option<&'static str> {
    const NO_KEY: &str = "the user name of the login is not known, or it is not an access key id";
    let lacks = |absent: bool, why| absent.then_some(why);
    match need {
        Need::User | Need::Policies | Need::PolicyEvents => lacks(
            subject.access_key_id.is_none() && subject.named_user.is_none(),
            NO_KEY,
        ),
        Need::UserEvents => lacks(
            subject.access_key_id.is_none() && subject.named_user.is_none(),
            NO_KEY,
        ),
        Need::KeyAccount | Need::KeyLastUsed | Need::AccessKeys | Need::KeyEvents => {
            lacks(subject.access_key_id.is_none(), NO_KEY)
        }
        Need::SesAccount
        | Need::VpcEndpoints
        | Need::HealthEvents
        | Need::SendingMetrics
        | Need::SesEvents
        | Need::VpcEvents => no_region(subject),
        Need::Simulation => no_region(subject).or(lacks(
            subject.send.is_none() && subject.access_key_id.is_none(),
            NO_KEY,
        )),
        Need::SenderIdentity | Need::SenderIdentityElsewhere => no_region(subject).or(lacks(
            subject.from.is_none(),
            "the sender is not known: give --from",
        )),
        Need::RecipientIdentity => no_region(subject).or(lacks(
            subject.to.is_none(),
            "the recipient is not known: give --to",
        )),
        Need::Tenant => no_region(subject).or(lacks(
            subject.tenant.is_none(),
            "no tenant is in use, as far as is known: give --tenant",
        )),
        Need::ConfigurationSet => {
            let silent = subject.configuration_set.is_none() && subject.from.is_none();
            no_region(subject).or(lacks(
                silent,
                "neither the configuration set nor the sender is known: give --from",
            ))
        }
        Need::SecretEvents => lacks(
            subject.source.is_none(),
            "nothing that keeps the password was named, or it could not be read",
        ),
        Need::PasswordSource => Some("it is read before everything else, where it was named"),
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

/// What reaches the user is known from its policies; those wait for its name.
fn policies_from(subject: &Subject, evidence: &Evidence) -> Option<Need> {
    let owner = match subject.access_key_id {
        Some(_) => owner_from(subject),
        None => subject.user_name.is_none().then_some(Need::Caller),
    };
    let untold = owner.filter(|need| evidence.is_not_asked(*need));
    untold.or(Some(Need::Policies))
}

/// The need that may still tell the account.
fn account_from(subject: &Subject, evidence: &Evidence) -> Need {
    if subject.access_key_id.is_some() && evidence.key_account.is_not_asked() {
        Need::KeyAccount
    } else {
        Need::Caller
    }
}

/// The need that may still tell who sends the message, or what of it IAM is asked about.
fn message_from(subject: &Subject, evidence: &Evidence) -> Option<Need> {
    let of_sender = subject.from.is_some().then_some(Need::SenderIdentity);
    let of_user = subject.send.is_none().then_some(Need::User);
    let all = of_sender.into_iter().chain([Need::SesAccount]).chain(of_user);
    all.into_iter().find(|need| evidence.is_not_asked(*need))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::evidence;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use ses_doctor_core::evidence::{
        Caller, Identity, KeyLastUsed, Reported, Symptom, TrailEvent, TrailHistory,
    };
    use ses_doctor_core::{Fact, Observation, Observed};
    use ses_smtp::reply::Reply;

    fn now<T>(observed: Observed<T>) -> Observation<T> {
        Observation::new("test", Timestamp::UNIX_EPOCH, observed)
    }

    fn owned_by(user: Option<&str>) -> Observation<KeyLastUsed> {
        let user_name = user.map(str::to_owned);
        now(Observed::Known(KeyLastUsed {
            user_name,
            last_used: None,
            service: None,
            region: None,
        }))
    }

    fn denied<T>() -> Observation<T> {
        now(Observed::Denied {
            action: "iam:X".to_owned(),
            message: "no".to_owned(),
        })
    }

    #[test]
    fn what_hangs_on_the_owner_waits_for_it() {
        let mut evidence = evidence();
        let of_owner = [Need::AccessKeys, Need::User, Need::Policies, Need::UserEvents];
        for need in of_owner {
            assert_eq!(
                can_meet(need, &evidence),
                Readiness::Waits(Need::KeyLastUsed),
                "{need}"
            );
        }
        evidence.key_last_used = owned_by(Some("mailer"));
        for need in of_owner {
            assert_eq!(can_meet(need, &evidence), Readiness::Ready, "{need}");
        }
    }

    #[test]
    fn without_a_key_the_user_that_was_named_is_read_if_it_is_of_the_operators_account() {
        let mut evidence = Evidence::default();
        let symptom = Symptom {
            principal: Some("arn:aws:iam::111122223333:user/team/app".to_owned()),
            ..Symptom::default()
        };
        evidence.symptom = now(Observed::Known(symptom));
        assert_eq!(
            can_meet(Need::Policies, &evidence),
            Readiness::Waits(Need::Caller)
        );
        for (account, user) in [("111122223333", Some("app")), ("999988887777", None)] {
            evidence.caller = now(Observed::Known(Caller {
                account: account.to_owned(),
                arn: format!("arn:aws:iam::{account}:user/oncall"),
            }));
            assert_eq!(can_meet(Need::Policies, &evidence), Readiness::Ready);
            assert_eq!(Subject::of(&evidence).user_name.as_deref(), user);
        }
    }

    #[test]
    fn the_history_of_policies_waits_until_it_is_known_which_reach_the_user() {
        let mut evidence = evidence();
        let readiness = |evidence: &Evidence| can_meet(Need::PolicyEvents, evidence);
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::KeyLastUsed));
        evidence.key_last_used = owned_by(Some("mailer"));
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::Policies));
        evidence.policies = denied();
        assert_eq!(
            readiness(&evidence),
            Readiness::Ready,
            "the groups may be told all the same"
        );
    }

    #[test]
    fn a_denied_owner_is_searched_for_among_the_keys() {
        let mut evidence = evidence();
        evidence.key_last_used = denied();
        assert_eq!(can_meet(Need::AccessKeys, &evidence), Readiness::Ready);
        assert_eq!(
            can_meet(Need::User, &evidence),
            Readiness::Waits(Need::AccessKeys)
        );
        evidence.access_keys = denied();
        assert_eq!(
            can_meet(Need::User, &evidence),
            Readiness::Ready,
            "ready to say why not"
        );
    }

    #[test]
    fn the_owner_of_a_deleted_key_is_told_by_its_history() {
        let mut evidence = evidence();
        evidence.key_last_used = now(Observed::Missing);
        for need in [Need::AccessKeys, Need::User] {
            assert_eq!(
                can_meet(need, &evidence),
                Readiness::Waits(Need::KeyEvents),
                "{need}"
            );
        }
        let events = vec![event("later", Some("AccessDenied")), event("mailer", None)];
        evidence.key_events = now(Observed::Known(TrailHistory::whole("us-east-1", events)));
        assert_eq!(can_meet(Need::UserEvents, &evidence), Readiness::Ready);
        assert_eq!(
            Subject::of(&evidence).user_name.as_deref(),
            Some("mailer"),
            "failed calls prove nothing"
        );
    }

    fn event(user: &str, error: Option<&str>) -> TrailEvent {
        TrailEvent {
            id: "e".to_owned(),
            name: "DeleteAccessKey".to_owned(),
            error_code: error.map(str::to_owned),
            user_name: Some(user.to_owned()),
            ..TrailEvent::default()
        }
    }

    #[test]
    fn the_configuration_set_is_the_named_one_else_the_identitys() {
        let mut evidence = evidence();
        assert_eq!(
            can_meet(Need::ConfigurationSet, &evidence),
            Readiness::Waits(Need::SenderIdentity)
        );
        evidence.sender_identity = now(Observed::Known(identity(None)));
        assert!(matches!(
            can_meet(Need::ConfigurationSet, &evidence),
            Readiness::Cannot(_)
        ));
        evidence.sender_identity = now(Observed::Known(identity(Some("tracking"))));
        assert_eq!(can_meet(Need::ConfigurationSet, &evidence), Readiness::Ready);
    }

    fn identity(set: Option<&str>) -> Identity {
        Identity {
            region: "eu-west-1".to_owned(),
            name: "example.com".to_owned(),
            verified_for_sending: true,
            verification_status: None,
            dkim_status: None,
            dkim_signing: None,
            mail_from_domain: None,
            mail_from_status: None,
            behavior_on_mx_failure: None,
            configuration_set: set.map(str::to_owned),
            policies: Vec::new(),
        }
    }

    #[test]
    fn the_organization_waits_for_nothing_but_the_account() {
        let mut evidence = evidence();
        let readiness = |evidence: &Evidence| can_meet(Need::Organization, evidence);
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::KeyAccount));
        let told = Evidence {
            key_account: now(Observed::Known("111122223333".to_owned())),
            ..evidence.clone()
        };
        assert_eq!(readiness(&told), Readiness::Ready);
        evidence.key_account = denied();
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::Caller));
        evidence.caller = denied();
        assert_eq!(readiness(&evidence), Readiness::Ready, "ready to say why not");
        assert_eq!(
            readiness(&Evidence::default()),
            Readiness::Waits(Need::Caller),
            "without a key, the operator's own account"
        );
    }

    #[test]
    fn the_simulation_waits_for_what_the_message_is_made_of() {
        let mut evidence = evidence();
        let readiness = |evidence: &Evidence| can_meet(Need::Simulation, evidence);
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::SenderIdentity));
        evidence.sender_identity = now(Observed::Known(identity(None)));
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::SesAccount));
        evidence.ses_account = denied();
        assert_eq!(readiness(&evidence), Readiness::Waits(Need::User));
        evidence.key_last_used = owned_by(Some("mailer"));
        evidence.key_account = now(Observed::Known("111122223333".to_owned()));
        assert_eq!(readiness(&evidence), Readiness::Ready);
        let principal = Subject::of(&evidence).send.map(|send| send.principal);
        assert_eq!(
            principal.as_deref(),
            Some("arn:aws:iam::111122223333:user/mailer")
        );
        assert!(matches!(readiness(&Evidence::default()), Readiness::Cannot(_)));
    }

    #[test]
    fn a_refusal_of_ses_names_the_account() {
        let mut evidence = evidence();
        let text = "Access denied: User `arn:aws:iam::444455556666:user/app' is not authorized to perform \
                    `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:444455556666:identity/example.com'";
        if let Observed::Known(symptom) = &mut evidence.symptom.observed {
            let reply = Reply {
                code: 554,
                lines: vec![text.to_owned()],
            };
            symptom.reported = Some(Reported::of_reply(reply, format!("554 {text}")));
        }
        assert_eq!(
            Subject::of(&evidence).account.as_deref(),
            Some("444455556666"),
            "before anybody is asked"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_waited_for_is_named_in_advance(state in proptest::collection::vec(0..3_u8, Need::ALL.len())) {
            let mut evidence = evidence();
            for (need, state) in Need::ALL.iter().zip(state).filter(|(_, state)| *state > 0) {
                let told = matches!(need, Need::Symptom | Need::Credential);
                if state == 1 && !told {
                    evidence.record(Fact::failed(*need, "test", Timestamp::UNIX_EPOCH, "no"));
                } else if *need == Need::KeyLastUsed {
                    evidence.key_last_used = denied();
                }
            }
            for need in Need::ALL {
                if let Readiness::Waits(other) = can_meet(*need, &evidence) {
                    prop_assert!(need.follows().contains(&other), "{need} waits for {other}");
                }
            }
        }
    }

    #[test]
    fn what_the_person_did_not_tell_cannot_be_asked_for() {
        let empty = Evidence::default();
        for need in [
            Need::KeyLastUsed,
            Need::User,
            Need::SesAccount,
            Need::SenderIdentity,
            Need::Probe,
        ] {
            assert!(matches!(can_meet(need, &empty), Readiness::Cannot(_)), "{need}");
        }
        assert_eq!(can_meet(Need::Caller, &empty), Readiness::Ready);
        assert_eq!(can_meet(Need::AccountSummary, &empty), Readiness::Ready);
    }
}
