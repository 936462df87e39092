//! Which key gives way, and in which order.

use super::*;
use crate::testimony::{OURS, now};

const ONE: &str = "AKIAONEONEONEONE2222";
const TWO: &str = "AKIATWOTWOTWOTWO2222";

fn key(id: &str, active: bool, used_hours_ago: Option<i64>) -> KeyFacts {
    let hours_ago = |hours: i64| Timestamp::from_second(now().as_second() - hours * 3600).unwrap();
    KeyFacts {
        id: id.into(),
        active,
        created: Some(hours_ago(1000)),
        last_used: used_hours_ago.map(hours_ago),
    }
}

fn place(store: Store, holds: Holds, username: Option<&str>) -> Place {
    Place {
        store,
        region: "eu-west-1".into(),
        holds,
        old: Some("v-1".into()),
        username: username.map(str::to_owned),
    }
}

fn secret() -> Store {
    Store::Secret {
        id: "prod/smtp".into(),
        member: None,
    }
}

fn question(keys: Vec<KeyFacts>) -> Question {
    Question {
        target: Target {
            account: Some(OURS.into()),
            region: "eu-west-1".into(),
        },
        user: "mailer".into(),
        keys,
        key: None,
        places: vec![place(secret(), Holds::Pair, Some(ONE))],
        prove_in: vec!["us-east-1".into(), "eu-west-1".into()],
        quiet_for: 86_400,
        username_by_hand: false,
        symptom_path: None,
        made_at: now(),
        made_by: "test".into(),
    }
}

fn ids(plan: &Plan) -> Vec<&'static str> {
    plan.steps.iter().map(|step| step.action.id()).collect()
}

#[test]
fn every_place_is_tried_and_the_pair_is_proven_before_the_old_key_goes() {
    let plan = draft(&question(vec![key(ONE, true, Some(1))])).unwrap();
    assert_eq!(
        ids(&plan),
        [
            "writable-store",
            "new-access-key",
            "login-proof",
            "stored-pair",
            "login-proof",
            "quiet-key",
            "access-key-status"
        ]
    );
    assert!(plan.is_rotation() && plan.steps.iter().all(|step| step.action.one_way().is_none()));
    let proof = plan.steps[2].action.resource();
    assert!(
        proof.contains("eu-west-1") && proof.contains("us-east-1"),
        "{proof}"
    );
}

#[test]
fn of_two_keys_the_idle_one_makes_place_and_only_by_consent() {
    let plan = draft(&question(vec![
        key(TWO, true, Some(700)),
        key(ONE, true, Some(1)),
    ]))
    .unwrap();
    assert_eq!(
        ids(&plan)[..3],
        ["writable-store", "access-key-deletion", "new-access-key"]
    );
    assert!(plan.steps[1].action.resource().contains(TWO));
    assert!(plan.steps[1].action.one_way().is_some());
    let inactive = draft(&question(vec![key(TWO, false, Some(1)), key(ONE, true, None)])).unwrap();
    assert_eq!(ids(&inactive)[1], "access-key-deletion");
}

#[test]
fn two_keys_in_use_are_left_alone_and_named() {
    let both = vec![key(TWO, true, Some(3)), key(ONE, true, Some(1))];
    let refusal = draft(&question(both)).unwrap_err().to_string();
    assert!(
        refusal.contains(ONE) && refusal.contains(TWO) && refusal.contains("last used"),
        "{refusal}"
    );
    assert!(matches!(
        draft(&question(Vec::new())),
        Err(Refusal::Key(KeyRefusal::None(_)))
    ));
    let named = Question {
        key: Some(TWO.into()),
        ..question(vec![key(ONE, true, None)])
    };
    assert!(matches!(
        draft(&named),
        Err(Refusal::Key(KeyRefusal::NotThere { .. }))
    ));
}

#[test]
fn a_key_that_is_switched_off_already_is_not_waited_for() {
    let plan = draft(&question(vec![key(ONE, false, None)])).unwrap();
    assert_eq!(*ids(&plan).last().unwrap(), "login-proof");
}

#[test]
fn half_a_pair_is_no_pair() {
    let ask = |places, by_hand| {
        draft(&Question {
            places,
            username_by_hand: by_hand,
            ..question(vec![key(ONE, true, None)])
        })
    };
    let parameter = |name: &str| Store::Parameter {
        id: name.into(),
        member: None,
    };
    let password = || place(parameter("/password"), Holds::Password, None);
    let username = || place(parameter("/user"), Holds::Username, Some(ONE));
    assert_eq!(ask(vec![password()], false).unwrap_err(), Refusal::NoUsername);
    assert_eq!(ask(vec![username()], false).unwrap_err(), Refusal::NoPassword);
    assert_eq!(ask(vec![password()], true).unwrap().assumptions.len(), 1);
    let both = ask(vec![username(), password()], false).unwrap();
    assert!(both.assumptions.iter().any(|text| text.contains("kept apart")));
    let twice = ask(vec![password(), password(), username()], false).unwrap_err();
    assert!(matches!(twice, Refusal::Twice(_)));
    let foreign = ask(vec![place(secret(), Holds::Pair, Some(TWO))], false).unwrap_err();
    assert!(matches!(foreign, Refusal::AnotherKey { .. }));
}

#[test]
fn finishing_is_one_step_and_one_way() {
    let rotation = draft(&question(vec![key(ONE, true, None)])).unwrap();
    let plan = finish(&rotation, "mailer", ONE, now(), "test");
    assert_eq!(ids(&plan), ["access-key-deletion"]);
    assert!(plan.steps[0].action.one_way().is_some() && !plan.is_rotation());
}
