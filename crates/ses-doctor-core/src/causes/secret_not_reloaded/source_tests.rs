//! What the secret that the client reads tells.

use super::*;
use crate::testimony::{
    accepted, asked, denied, evidence_of_235, evidence_of_535, found, kept, kept_login, known, refused_535,
    reported,
};

const DAY: i64 = 24 * 3600;

fn refused_beside(own_pair: OwnPair) -> Evidence {
    let mut evidence = evidence_of_535();
    evidence.password_source = known(kept(DAY, Some(own_pair)));
    evidence
}

#[test]
fn a_kept_pair_that_logs_in_where_the_clients_does_not_is_proof() {
    for own_pair in [OwnPair::Different, OwnPair::Previous] {
        let mut evidence = refused_beside(own_pair);
        assert!(crate::needs(&evidence).contains(&Need::StoredLogins));
        evidence.stored_logins = kept_login(StoredVersion::Current, accepted());
        assert_eq!(found(&check(&evidence)), Some((Certainty::Confirmed, REASON)));
        assert!(remedy(&evidence).summary.contains("prod/smtp"));
    }
}

#[test]
fn until_it_is_tried_the_version_before_is_likely_and_another_pair_asks_for_the_login() {
    assert_eq!(
        found(&check(&refused_beside(OwnPair::Previous))),
        Some((Certainty::Likely, 0.9))
    );
    assert_eq!(
        asked(&check(&refused_beside(OwnPair::Different))),
        [Need::StoredLogins]
    );
}

#[test]
fn a_kept_pair_that_is_refused_too_or_that_is_the_clients_own_tells_nothing() {
    let mut evidence = refused_beside(OwnPair::Different);
    evidence.stored_logins = kept_login(StoredVersion::Current, refused_535());
    assert_eq!(found(&check(&evidence)), None);
    for own_pair in [OwnPair::Same, OwnPair::SameOnceMended] {
        let evidence = refused_beside(own_pair);
        assert_eq!(found(&check(&evidence)), None);
        assert!(!asked(&check(&evidence)).contains(&Need::StoredLogins));
    }
}

#[test]
fn a_client_that_was_refused_before_the_kept_pair_worked_may_have_read_the_old_one() {
    let told = |age: i64| {
        let mut evidence = evidence_of_235();
        reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
        evidence.password_source = known(kept(age, None));
        evidence
    };
    assert_eq!(found(&check(&told(DAY))), Some((Certainty::Likely, 0.85)));
    assert!(matches!(check(&told(90 * DAY)), Verdict::Absent { .. }));
    let mut undated = told(DAY);
    if let crate::Observed::Known(source) = &mut undated.password_source.observed {
        source.written = None;
    }
    assert_eq!(asked(&check(&undated)), [Need::PasswordSource]);
}

#[test]
fn a_secret_that_could_not_be_read_changes_nothing() {
    let mut evidence = evidence_of_535();
    let without = check(&evidence);
    evidence.password_source = denied("secretsmanager:GetSecretValue");
    assert_eq!(check(&evidence), without);
}
