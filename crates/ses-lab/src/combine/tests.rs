//! Pairs of all the scenarios.

use super::*;

fn combined(names: &[&str]) -> Result<World, Incompatible> {
    let texts: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (*name, crate::scenario(name).unwrap()))
        .collect();
    World::combine(&texts)
}

#[test]
fn every_pair_is_a_world_or_has_a_reason() {
    let pairs = pairs().unwrap();
    let mut worlds = 0;
    for Pair {
        one, other, world, ..
    } in &pairs
    {
        match world {
            Ok(world) => {
                worlds += 1;
                assert_eq!(world.healthy, world.causes.is_empty(), "{one} + {other}");
            }
            Err(Incompatible::Malformed(error)) => panic!("{one} + {other}: {error}"),
            Err(_) => {}
        }
    }
    assert!(
        worlds * 5 > pairs.len() * 3,
        "only {worlds} of {} pairs make a world",
        pairs.len()
    );
}

#[test]
fn a_world_with_the_healthy_one_is_itself() {
    for (name, text) in crate::scenarios() {
        let world = World::parse(name, text).unwrap();
        let both = combined(&[name, "healthy-plus-and-slash-password"])
            .unwrap_or_else(|error| panic!("{name}: {error}"));
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
        (
            ["sigv2-password", "password-truncated-or-altered"],
            "same password",
        ),
        (
            ["smtp-credentials-used-for-api", "masked-password-submitted"],
            "files",
        ),
        (["from-address-condition", "healthy-tenant"], "does not cover"),
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
    use sight::Stage;
    let base = base(USUAL_REGION).unwrap();
    let fails = |name: &str| {
        let text = crate::scenario(name).unwrap();
        let world = World::parse(name, text).unwrap();
        let side = Side::new(&base, name, world, text, USUAL_REGION).unwrap();
        sight::Sights::of(&base, &side).stops()
    };
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
