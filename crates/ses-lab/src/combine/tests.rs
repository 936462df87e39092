//! Pairs of all the scenarios.

use super::*;

/// Every scenario, told of the same people; read once, since there are thousands of pairs.
fn sides(base: &Side) -> Vec<Side> {
    let read = |(name, text): &(&str, &str)| {
        Side::new(base, name, World::parse(name, text).unwrap(), text, USUAL_REGION)
    };
    crate::scenarios()
        .iter()
        .map(|scenario| read(scenario).unwrap())
        .collect()
}

fn combined(names: &[&str]) -> Result<World, Incompatible> {
    let texts: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (*name, crate::scenario(name).unwrap()))
        .collect();
    World::combine(&texts)
}

#[test]
fn every_pair_is_a_world_or_has_a_reason() {
    let base = base(USUAL_REGION).unwrap();
    let sides = sides(&base);
    let mut worlds = 0;
    for (at, one) in sides.iter().enumerate() {
        for other in &sides[at + 1..] {
            let name = format!("{} + {}", one.name, other.name);
            let text = match merged(&base, one.clone(), other.clone()) {
                Ok(text) => text,
                Err(Incompatible::Malformed(error)) => panic!("{name}: {error}"),
                Err(_) => continue,
            };
            worlds += 1;
            let world: World = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(world.healthy, world.causes.is_empty(), "{name}");
        }
    }
    let pairs = sides.len() * (sides.len() - 1) / 2;
    assert!(
        worlds * 4 > pairs * 3,
        "only {worlds} of {pairs} pairs make a world"
    );
}

#[test]
fn a_world_with_the_healthy_one_is_itself() {
    for (name, text) in crate::scenarios() {
        let world = World::parse(name, text).unwrap();
        let both = combined(&[name, "healthy"]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(both.causes, world.causes, "{name}");
        assert_eq!(
            both.client.error.is_some(),
            world.client.error.is_some(),
            "{name}"
        );
    }
}

#[test]
fn both_troubles_are_there_and_the_line_is_of_the_first_that_the_client_meets() {
    for names in [
        ["account-paused", "key-inactive"],
        ["key-inactive", "account-paused"],
    ] {
        let world = combined(&names).unwrap();
        assert_eq!(world.causes, ["key-inactive", "account-paused"]);
        assert!(world.client.error.unwrap().contains("535"));
        let account = &world.account[0];
        let user = account.user.iter().find(|user| user.name == names::USER).unwrap();
        assert_eq!(user.key[0].status, crate::world::KeyStatus::Inactive);
        assert_eq!(
            account.ses(&world.client.region).enforcement_status,
            crate::world::Enforcement::Shutdown
        );
        assert!(
            user.policy
                .iter()
                .any(|policy| policy.document.contains("SendRawEmail"))
        );
    }
}

#[test]
fn what_only_the_line_shows_keeps_it() {
    let world = combined(&["dns-failure", "message-too-large"]).unwrap();
    assert!(world.client.error.unwrap().contains("552"));
    assert!(!world.dns.is_empty());
}

#[test]
fn a_lack_is_not_healed_by_the_other_worlds_allow() {
    let world = combined(&["missing-send-permission", "wrong-region-password"]).unwrap();
    let policies = world.account[0].user.iter().flat_map(|user| &user.policy);
    assert!(policies.clone().count() > 0);
    assert!(world.account[0].group.is_empty());
    assert!(
        policies
            .into_iter()
            .all(|policy| !policy.document.contains("ses:SendRawEmail"))
    );
}

#[test]
fn three_are_wrong_at_once() {
    let world = combined(&[
        "account-paused",
        "explicit-deny",
        "password-whitespace-or-newline",
    ])
    .unwrap();
    assert_eq!(world.causes[0], "password-whitespace-or-newline");
    assert_eq!(world.causes.len(), 3);
}

#[test]
fn what_cannot_be_has_its_reason() {
    let why = |names: [&str; 2]| combined(&names).unwrap_err().to_string();
    let cases = [
        (["key-inactive", "key-expired"], "both change"),
        (["dns-failure", "certificate-name-mismatch"], "an earlier step"),
        (["message-too-large", "null-sender"], "there is one"),
        (["key-inactive", "wrong-region-password"], "otherwise right"),
        (["ip-condition", "unsupported-condition-key"], "allows add up"),
        (
            ["wrong-host-or-region-endpoint", "tls-intercepted"],
            "another host",
        ),
    ];
    for (names, reason) in cases {
        assert!(why(names).contains(reason), "{names:?}: {}", why(names));
    }
    assert!(World::combine(&[]).is_err());
    assert!(matches!(
        World::combine(&[("x", "no world")]),
        Err(Incompatible::Malformed(_))
    ));
}

#[test]
fn the_step_that_fails_is_told() {
    let fails = |name: &str| World::fails_at(name, crate::scenario(name).unwrap()).unwrap();
    let stages = [
        ("dns-failure", Some(Stage::Resolve)),
        ("port-blocked", Some(Stage::Connect)),
        ("tls-ca-missing", Some(Stage::Tls)),
        ("auth-mechanism-unsupported", Some(Stage::Ehlo)),
        ("key-inactive", Some(Stage::Login)),
        ("scp-deny", Some(Stage::Message)),
        ("message-too-large", None),
        ("healthy-vpc-endpoint", None),
    ];
    for (name, stage) in stages {
        assert_eq!(fails(name), stage, "{name}");
    }
}
