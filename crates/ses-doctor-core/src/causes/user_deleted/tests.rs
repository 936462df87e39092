use super::*;
use crate::Certainty;
use crate::evidence::{KeyStatus, User};
use crate::testimony::{
    KEY, OURS, accounts, asked, denied, event, evidence_of_535, found, history, keys, known, missing,
};

fn gone() -> Evidence {
    let mut evidence = evidence_of_535();
    accounts(&mut evidence, OURS);
    evidence.key_last_used = missing();
    evidence.access_keys = missing();
    evidence.key_events = history(vec![event("DeleteAccessKey", "mailer", Some(KEY), 3660)]);
    evidence.user_events = history(vec![event("DeleteUser", "mailer", None, 3600)]);
    evidence
}

#[test]
fn the_deletion_of_key_and_user_is_proof() {
    assert_eq!(found(&check(&gone())).unwrap().0, Certainty::Confirmed);
    assert_eq!(
        crate::causes::by_id("key-deleted").map(|cause| (cause.check)(&gone())),
        Some(Verdict::NotApplicable)
    );
}

#[test]
fn a_missing_user_of_our_account_is_likely_deleted() {
    let evidence = Evidence {
        user_events: denied("cloudtrail:LookupEvents"),
        user: missing(),
        ..gone()
    };
    assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
    let unknown_to_the_trail = Evidence {
        user_events: history(Vec::new()),
        ..evidence
    };
    assert_eq!(
        found(&check(&unknown_to_the_trail)),
        Some((Certainty::Possible, 0.5))
    );
}

#[test]
fn a_key_made_after_the_deletion_has_another_user() {
    let created = history(vec![event("CreateAccessKey", "mailer", Some(KEY), 60)]);
    let evidence = Evidence {
        key_events: created,
        access_keys: denied("iam:ListAccessKeys"),
        ..gone()
    };
    assert_eq!(found(&check(&evidence)), None);
}

#[test]
fn an_existing_user_or_a_listed_key_rules_it_out() {
    let user = User {
        name: "mailer".into(),
        arn: "arn".into(),
        created: None,
        boundary: None,
    };
    let evidence = Evidence {
        user_events: history(Vec::new()),
        user: known(user),
        ..gone()
    };
    assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    let evidence = Evidence {
        access_keys: known(keys(KEY, KeyStatus::Active)),
        ..gone()
    };
    assert!(matches!(check(&evidence), Verdict::Absent { .. }));
}

#[test]
fn what_was_not_read_is_asked_for() {
    let evidence = Evidence {
        user_events: history(Vec::new()),
        ..gone()
    };
    assert_eq!(asked(&check(&evidence)), [Need::User]);
    let evidence = Evidence {
        user_events: history(Vec::new()),
        key_events: denied("cloudtrail:LookupEvents"),
        ..gone()
    };
    assert_eq!(asked(&check(&evidence)), [Need::KeyEvents]);
    let evidence = Evidence {
        access_keys: denied("iam:ListAccessKeys"),
        ..evidence_of_535()
    };
    assert_eq!(
        asked(&check(&evidence)),
        [Need::AccessKeys, Need::Caller, Need::KeyAccount]
    );
}
