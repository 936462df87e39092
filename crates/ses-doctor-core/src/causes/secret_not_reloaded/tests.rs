use super::*;
use crate::evidence::{AccessKey, AccessKeys, KeyStatus};
use crate::testimony::{
    KEY, asked, denied, event, evidence_of_235, evidence_of_535, found, history, keys, known, now, reported,
};
use jiff::Timestamp;

const NEW: &str = "AKIAI44QH8DHBEXAMPLE";
const DAY: i64 = 24 * 3600;

fn key(id: &str, status: KeyStatus, days: i64) -> AccessKey {
    let created = Some(Timestamp::from_second(now().as_second() - days * DAY).unwrap());
    AccessKey {
        id: id.into(),
        status,
        created,
    }
}

fn two_keys(mut evidence: Evidence, old: (&str, KeyStatus), new: (&str, KeyStatus)) -> Evidence {
    let keys = vec![key(old.0, old.1, 90), key(new.0, new.1, 1)];
    evidence.access_keys = known(AccessKeys {
        user_name: "mailer".into(),
        keys,
    });
    evidence
}

fn rotated() -> Evidence {
    two_keys(
        evidence_of_535(),
        (KEY, KeyStatus::Inactive),
        (NEW, KeyStatus::Active),
    )
}

#[test]
fn a_retired_key_beside_a_newer_one_is_likely_not_reloaded() {
    assert_eq!(found(&check(&rotated())), Some((Certainty::Likely, 0.85)));
}

#[test]
fn the_order_of_a_rotation_is_proof_and_ranks_before_the_inactive_key() {
    let mut evidence = rotated();
    let mut retired = event("UpdateAccessKey", "mailer", Some(KEY), 3 * 3600);
    retired.status = Some("Inactive".into());
    evidence.key_events = history(vec![retired]);
    evidence.user_events = history(vec![event("CreateAccessKey", "mailer", Some(NEW), DAY)]);
    assert_eq!(found(&check(&evidence)), Some((Certainty::Confirmed, REASON)));
    let found: Vec<_> = crate::diagnose(&evidence)
        .findings
        .iter()
        .map(|judged| judged.cause.id)
        .collect();
    assert_eq!(found, ["secret-not-reloaded", "key-inactive"]);
}

#[test]
fn a_key_made_after_the_retirement_is_no_rotation() {
    let mut evidence = evidence_of_535();
    evidence.access_keys = known(keys(NEW, KeyStatus::Inactive));
    evidence.key_events = history(vec![event("DeleteAccessKey", "mailer", Some(KEY), DAY)]);
    evidence.user_events = history(vec![event("CreateAccessKey", "mailer", Some(NEW), 3600)]);
    assert!(matches!(check(&evidence), Verdict::Absent { .. }));
}

#[test]
fn a_single_key_was_not_rotated() {
    let mut evidence = evidence_of_535();
    evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
    assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    evidence.access_keys = known(keys(KEY, KeyStatus::Active));
    assert!(matches!(check(&evidence), Verdict::Absent { .. }));
}

#[test]
fn a_client_refused_while_the_new_pair_works_has_not_reloaded() {
    let mut evidence = two_keys(
        evidence_of_235(),
        (NEW, KeyStatus::Inactive),
        (KEY, KeyStatus::Active),
    );
    assert_eq!(
        check(&evidence),
        Verdict::NotApplicable,
        "nobody reported a refusal"
    );
    reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
    assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.8)));
    evidence.access_keys = known(keys(KEY, KeyStatus::Active));
    assert!(matches!(check(&evidence), Verdict::Absent { .. }));
}

#[test]
fn denied_reads_are_unknown_not_absent() {
    let mut evidence = evidence_of_535();
    evidence.access_keys = denied("iam:ListAccessKeys");
    assert_eq!(
        asked(&check(&evidence)),
        [Need::AccessKeys, Need::Caller, Need::KeyAccount]
    );
    let mut evidence = evidence_of_235();
    reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
    assert_eq!(asked(&check(&evidence)), [Need::AccessKeys]);
}
