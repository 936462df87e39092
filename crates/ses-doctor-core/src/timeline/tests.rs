//! What holds for every timeline.

use super::*;
use crate::evidence::{KeyStatus, LogTime, LoggedFailures, StoredVersion, TrailEvent, TrailHistory};
use crate::need::Need;
use crate::observed::Observed;
use crate::testimony::{
    KEY, OURS, accepted, accounts, denied, event, evidence_of_235, evidence_of_535, healthy_account, history,
    kept, kept_login, keys, known, now,
};
use crate::{Fact, diagnose};
use jiff::SignedDuration;
use proptest::prelude::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

fn status(status: &str, id: &str, age: i64) -> TrailEvent {
    TrailEvent {
        id: id.to_owned(),
        status: Some(status.to_owned()),
        ..event("UpdateAccessKey", "mailer", Some(KEY), age)
    }
}

fn inactive(events: Vec<TrailEvent>) -> Evidence {
    let mut evidence = evidence_of_535();
    accounts(&mut evidence, OURS);
    evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
    evidence.key_events = history(events);
    evidence.user_events = history(Vec::new());
    evidence
}

fn logged(evidence: &mut Evidence, first: i64, last_sent: Option<i64>) {
    let time = |age: i64| LogTime {
        at: now() - SignedDuration::from_secs(age),
        assumed_zone: None,
    };
    evidence.client_log = known(LoggedFailures {
        count: 7,
        first: Some(time(first)),
        last: Some(time(10)),
        last_login: None,
        last_sent: last_sent.map(time),
    });
}

fn timeline(evidence: &Evidence) -> Timeline {
    Timeline::of(evidence, &diagnose(evidence))
}

fn blamed(evidence: &Evidence) -> Option<String> {
    timeline(evidence)
        .suspects
        .first()
        .map(|suspect| suspect.event.clone())
}

#[test]
fn the_last_such_change_before_the_first_failure_is_named_with_its_reasons() {
    let mut evidence = inactive(vec![
        status("Inactive", "the-one", 5 * HOUR),
        status("Active", "before", 8 * HOUR),
        status("Inactive", "long-before", 9 * HOUR),
    ]);
    logged(&mut evidence, 5 * HOUR - 3 * MINUTE, Some(5 * HOUR + MINUTE));
    let timeline = timeline(&evidence);
    let suspect = &timeline.suspects[0];
    assert_eq!(
        (suspect.event.as_str(), suspect.cause),
        ("the-one", "key-inactive")
    );
    assert_eq!(suspect.certainty, Certainty::Confirmed);
    insta::assert_snapshot!(suspect.why.join("\n"), @r"
    it set the key to Inactive: that is the cause that was found
    it is the last such change before the first failure in the log, which came 3 min later
    mail was last taken 1 min before it
    ");
}

#[test]
fn a_change_after_the_first_failure_is_never_blamed() {
    let mut evidence = inactive(vec![status("Inactive", "late", HOUR)]);
    logged(&mut evidence, 2 * HOUR, None);
    let timeline = timeline(&evidence);
    assert_eq!(timeline.suspects, []);
    assert_eq!(timeline.unexplained[0].why, Silence::NoneFits);
    let late = timeline.entries.iter().find(|entry| entry.id == "late").unwrap();
    assert_eq!(late.mark, Mark::TooLate);
}

#[test]
fn a_refused_call_changed_nothing() {
    let mut refused = status("Inactive", "refused", HOUR);
    refused.error_code = Some("AccessDenied".to_owned());
    let evidence = inactive(vec![refused]);
    assert_eq!(blamed(&evidence), None);
    let entries = timeline(&evidence).entries;
    assert_eq!(
        entries.iter().find(|entry| entry.id == "refused").unwrap().mark,
        Mark::Refused
    );
}

#[test]
fn what_was_taken_back_is_not_at_fault() {
    let off = status("Inactive", "off", 3 * HOUR);
    let on = status("Active", "on", 2 * HOUR);
    assert_eq!(blamed(&inactive(vec![on.clone(), off.clone()])), None);
    let again = status("Inactive", "again", HOUR);
    assert_eq!(blamed(&inactive(vec![on, again, off])).as_deref(), Some("again"));
}

#[test]
fn to_switch_off_what_is_off_changes_nothing() {
    let events = vec![
        status("Inactive", "again", HOUR),
        status("Inactive", "first", 3 * HOUR),
    ];
    assert_eq!(blamed(&inactive(events)).as_deref(), Some("first"));
}

#[test]
fn mail_that_was_taken_later_clears_a_change() {
    let mut evidence = inactive(vec![status("Inactive", "harmless", 3 * HOUR)]);
    logged(&mut evidence, HOUR, Some(2 * HOUR));
    assert_eq!(blamed(&evidence), None);
}

#[test]
fn a_zone_that_nobody_told_makes_it_less_sure() {
    let mut evidence = inactive(vec![status("Inactive", "off", 5 * HOUR)]);
    logged(&mut evidence, 4 * HOUR, None);
    if let Observed::Known(log) = &mut evidence.client_log.observed {
        log.first.as_mut().unwrap().assumed_zone = Some("Europe/Berlin".to_owned());
    }
    let suspect = timeline(&evidence).suspects.remove(0);
    assert_eq!(suspect.certainty, Certainty::Likely);
    assert!(
        suspect.why.iter().any(|why| why.contains("Europe/Berlin")),
        "{:?}",
        suspect.why
    );
}

#[test]
fn why_nothing_is_blamed_is_told() {
    let why = |evidence: &Evidence| timeline(evidence).unexplained[0].why;
    assert_eq!(why(&inactive(Vec::new())), Silence::NoneFits);
    let unread = Evidence {
        user_events: denied("cloudtrail:LookupEvents"),
        ..inactive(Vec::new())
    };
    assert_eq!(why(&unread), Silence::Unread);
    let cut = Evidence {
        key_events: known(TrailHistory {
            complete: false,
            ..TrailHistory::whole("us-east-1", Vec::new())
        }),
        ..inactive(Vec::new())
    };
    assert_eq!(why(&cut), Silence::CutShort);
    let mut theirs = inactive(Vec::new());
    accounts(&mut theirs, "999988887777");
    assert_eq!(why(&theirs), Silence::OtherAccount);
    let mut old = inactive(Vec::new());
    logged(&mut old, 91 * 24 * HOUR, None);
    assert_eq!(why(&old), Silence::TooOld);
}

#[test]
fn a_cause_that_no_change_of_aws_makes_says_so() {
    let mut evidence = evidence_of_535();
    evidence.regions = known(vec![crate::evidence::RegionLogin {
        region: "us-east-1".into(),
        outcome: crate::testimony::accepted(),
    }]);
    let unexplained = timeline(&evidence).unexplained;
    assert_eq!(unexplained[0].why, Silence::NotRecorded);
}

#[test]
fn the_switch_of_the_account_is_found_in_its_own_history() {
    let mut evidence = evidence_of_235();
    let mut account = healthy_account();
    account.sending_enabled = false;
    evidence.ses_account = known(account);
    let switch = |id: &str, on: &str, age| TrailEvent {
        id: id.to_owned(),
        parameters: [("sendingEnabled".to_owned(), on.to_owned())].into(),
        ..event("PutAccountSendingAttributes", "x", None, age)
    };
    evidence.ses_events = history(vec![switch("off", "false", HOUR), switch("on", "true", 2 * HOUR)]);
    assert_eq!(blamed(&evidence).as_deref(), Some("off"));
}

#[test]
fn an_event_of_two_histories_is_one_entry() {
    let off = status("Inactive", "off", HOUR);
    let mut evidence = inactive(vec![off.clone()]);
    evidence.user_events = history(vec![off]);
    let entries = timeline(&evidence).entries;
    let changes: Vec<Need> = entries
        .iter()
        .filter(|entry| entry.id == "off")
        .map(|entry| entry.need)
        .collect();
    assert_eq!(changes, [Need::KeyEvents]);
}

#[test]
fn spans_are_told_as_people_tell_them() {
    let ago = |seconds| span(now(), now() - SignedDuration::from_secs(seconds));
    let told = [5, 59, 60, 3599, 3600, 3900, 47 * HOUR, 90 * 24 * HOUR].map(ago);
    assert_eq!(
        told,
        [
            "5 s",
            "59 s",
            "1 min",
            "59 min",
            "1 h",
            "1 h 5 min",
            "47 h",
            "90 days"
        ]
    );
}

fn some_changes() -> impl Strategy<Value = Vec<TrailEvent>> {
    let change = (0_usize..6, 0_i64..10 * HOUR, any::<bool>()).prop_map(|(kind, age, refused)| {
        let name = [
            "UpdateAccessKey",
            "UpdateAccessKey",
            "DeleteAccessKey",
            "PutUserPolicy",
            "DeleteUser",
            "CreateAccessKey",
        ];
        let state = (kind < 2).then(|| if kind == 0 { "Inactive" } else { "Active" }.to_owned());
        TrailEvent {
            id: format!("{kind}-{age}-{refused}"),
            status: state,
            error_code: refused.then(|| "AccessDenied".to_owned()),
            ..event(name[kind], "mailer", Some(KEY), age)
        }
    });
    proptest::collection::vec(change, 0..12)
}

proptest! {
    #[test]
    fn the_order_in_which_evidence_came_does_not_matter(events in some_changes(), turn in 0_usize..12, first in 0_i64..10 * HOUR) {
        let mut turned = events.clone();
        turned.reverse();
        turned.rotate_left(turn.min(events.len()));
        let (mut one, mut other) = (inactive(events), inactive(turned));
        logged(&mut one, first, None);
        logged(&mut other, first, None);
        prop_assert_eq!(timeline(&one), timeline(&other));
    }

    #[test]
    fn nothing_later_than_the_first_failure_and_nothing_refused_is_blamed(events in some_changes(), first in 0_i64..10 * HOUR) {
        let mut evidence = inactive(events.clone());
        logged(&mut evidence, first, None);
        let failed = now() - SignedDuration::from_secs(first);
        for suspect in timeline(&evidence).suspects {
            let blamed = events.iter().find(|event| event.id == suspect.event).unwrap();
            prop_assert!(blamed.at <= failed && blamed.succeeded(), "{:?}", blamed);
            prop_assert!(suspect.confidence > 0.0 && suspect.confidence < 1.0);
        }
    }

    #[test]
    fn a_later_change_of_something_else_moves_no_blame(events in some_changes(), age in 0_i64..10 * HOUR) {
        let evidence = inactive(events.clone());
        let mut more = events;
        more.push(TrailEvent { id: "unrelated".to_owned(), ..event("PutUserPolicy", "mailer", None, age) });
        prop_assert_eq!(blamed(&evidence), blamed(&inactive(more)));
    }

    #[test]
    fn what_could_not_be_read_is_never_an_argument(events in some_changes(), taken in proptest::collection::vec(any::<bool>(), Need::ALL.len())) {
        let whole = inactive(events);
        let mut less = whole.clone();
        for (need, _) in Need::ALL.iter().zip(&taken).filter(|(_, taken)| **taken) {
            less.record(Fact::failed(*need, "test", now(), "taken away"));
        }
        let timeline = timeline(&less);
        let known: Vec<String> = super::blame::events(&less).iter().map(|(_, event)| event.id.clone()).collect();
        for suspect in &timeline.suspects {
            prop_assert!(known.contains(&suspect.event));
        }
        let silent_and_sure = timeline.unexplained.iter().any(|none| none.why == Silence::NoneFits);
        let unread = less.key_events.known().is_none() || less.user_events.known().is_none();
        let of_key = timeline.unexplained.iter().any(|none| none.cause == "key-inactive");
        prop_assert!(!(silent_and_sure && unread && of_key));
    }
}

#[test]
fn who_wrote_a_wrong_pair_into_the_secret_is_named() {
    let mut evidence = evidence_of_535();
    evidence.password_source = known(kept(HOUR, None));
    evidence.access_keys = known(keys(KEY, KeyStatus::Active));
    evidence.stored_logins = kept_login(StoredVersion::Previous, accepted());
    let written = |name: &str, id: &str, parameters: &[(&str, &str)], age| {
        let mut event = event(name, "rotator", None, age);
        event.id = id.to_owned();
        event.source = "secretsmanager.amazonaws.com".to_owned();
        event.parameters = parameters
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        event
    };
    let of = [("secretId", "prod/smtp")];
    let current = [of[0], ("versionStage", "AWSCURRENT"), ("moveToVersionId", "v-2")];
    evidence.secret_events = history(vec![
        written("UpdateSecretVersionStage", "moved", &current, HOUR),
        written(
            "PutSecretValue",
            "put",
            &[of[0], ("clientRequestToken", "v-2")],
            HOUR + 60,
        ),
        written(
            "PutSecretValue",
            "of another secret",
            &[("secretId", "prod/db")],
            HOUR / 2,
        ),
    ]);
    assert_eq!(blamed(&evidence).as_deref(), Some("moved"));
    let why = &timeline(&evidence).suspects[0].why;
    assert_eq!(
        why[0],
        "it made another version of the secret prod/smtp the current one: that is the cause that was found"
    );
    evidence.password_source = known(kept(HOUR, Some(crate::evidence::OwnPair::Different)));
    assert_eq!(
        blamed(&evidence),
        None,
        "the client has another pair than what was written"
    );
}
