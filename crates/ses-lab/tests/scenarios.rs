//! Every scenario loads, starts, and refuses or accepts where the facts say.

#![expect(clippy::panic, reason = "a test may fail")]

mod dialogue;

use std::collections::{BTreeMap, BTreeSet};

use dialogue::{Outcome, client_login, send};
use secrecy::ExposeSecret;
use ses_lab::{Lab, Options, World, scenarios};

fn worlds() -> Vec<(&'static str, World)> {
    let parse = |(name, text): &(&'static str, &str)| {
        (
            *name,
            World::parse(name, text).unwrap_or_else(|error| panic!("{error}")),
        )
    };
    scenarios().iter().map(parse).collect()
}

#[test]
fn the_list_of_scenarios_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry
                .unwrap()
                .file_name()
                .to_str()?
                .strip_suffix(".toml")
                .map(str::to_owned)
        })
        .collect();
    let listed: BTreeSet<String> = scenarios().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, listed);
}

#[test]
fn a_scenario_is_named_after_its_first_cause() {
    for (name, world) in worlds() {
        match world.causes.first() {
            // A world whose trouble shows only in an experiment says besides what decides.
            Some(cause) if world.client.experiment => {
                assert!(name.starts_with(&format!("{cause}-")), "{name}")
            }
            Some(cause) => assert_eq!(name, cause),
            None => assert!(name.starts_with("healthy"), "{name} has no cause"),
        }
        assert!(
            !world.story.trim().is_empty() && !world.title.is_empty(),
            "{name}"
        );
    }
}

#[test]
fn every_cause_is_a_near_miss_somewhere_else() {
    let worlds = worlds();
    let near: BTreeSet<&String> = worlds.iter().flat_map(|(_, world)| &world.near_misses).collect();
    let causes: BTreeSet<&String> = worlds.iter().flat_map(|(_, world)| &world.causes).collect();
    let missing: Vec<_> = causes.difference(&near).collect();
    assert!(missing.is_empty(), "never a near miss: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_unique_so_that_they_can_be_searched_for() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, world) in worlds() {
        let secrets = world
            .account
            .iter()
            .flat_map(ses_lab::world::Account::keys)
            .map(|key| key.secret.expose().to_owned());
        for secret in secrets.collect::<Vec<_>>() {
            assert!(
                seen.insert(secret, name).is_none(),
                "{name} has a secret of another scenario"
            );
        }
        let lab = Lab::start(world, Options::default()).await.unwrap();
        let password = lab.client_password().expose_secret().to_owned();
        if password.len() >= 20 && !password.contains("***") {
            let other = seen.insert(password, name);
            assert!(
                other.is_none_or(|other| other == name),
                "{name} shares its password with {other:?}"
            );
        }
        lab.stop().await;
    }
}

/// Worlds in which IAM refuses the message. (The one of another account's identity needs a header that this test's client
/// does not send.)
const PERMISSION: [&str; 13] = [
    "api-version-condition",
    "configuration-set-not-permitted",
    "explicit-deny",
    "from-address-condition",
    "identity-policy-deny",
    "ip-condition",
    "missing-send-permission",
    "permission-boundary",
    "rcp-deny",
    "recipient-not-permitted-in-sandbox",
    "scp-deny",
    "unsupported-condition-key",
    "vpc-endpoint-policy-deny",
];

/// What goes wrong in the client itself: the pair is right, and logs in.
const CLIENT: [&str; 13] = [
    "client-bug",
    "client-config-conflict",
    "client-not-sending-auth",
    "ehlo-name-invalid",
    "envelope-sender-is-login",
    "mailer-dsn-invalid",
    "message-too-large",
    "null-sender",
    "postfix-missing-sasl-package",
    "postfix-relayhost-mismatch",
    "postfix-sasl-map-not-hashed",
    "ses-api-not-smtp",
    "smtp-credentials-used-for-api",
];

/// SES does not know its key yet, and will in a moment: whoever waits finds it healthy.
const HEALED_BY_WAITING: &str = "healthy-new-key";

/// What the client of a scenario gets at its own host and port.
fn expected(name: &str) -> Option<Outcome> {
    use Outcome::{Accepted, Refused, Unreachable};
    let refused = |text: &str| Some(Refused(text.to_owned()));
    match name {
        "sigv2-password" => refused("535 Signature Version 2 is deprecated"),
        "account-not-subscribed" => refused("535 Account not subscribed to SES"),
        "aws-outage" => refused("454 Temporary authentication failure"),
        "connection-limit" => refused("421 Too many concurrent SMTP connections"),
        "port-blocked" | "security-group-blocks-endpoint" => Some(Unreachable),
        "dns-failure" | "region-without-smtp" => Some(Unreachable),
        // Transport trouble that this test's client does not have, or tells in its own words.
        "tls-version-too-old"
        | "starttls-not-used"
        | "tls-wrapper-mismatch"
        | "auth-mechanism-unsupported"
        | "wrong-host-or-region-endpoint"
        | "api-endpoint-as-smtp-host"
        | "not-ses"
        | "mail-manager-endpoint"
        | "tls-ca-missing"
        | "tls-intercepted"
        | "certificate-name-mismatch" => None,
        "stale-credentials-cached"
        | "idle-timeout"
        | "identity-not-verified"
        | "identity-in-another-region"
        | "sandbox-recipient"
        | "account-paused"
        | "sending-disabled"
        | "configuration-set-missing"
        | "configuration-set-paused"
        | "tenant-missing"
        | "tenant-paused"
        | "tenant-resource-missing"
        | "mail-from-domain-invalid"
        | "rate-throttled"
        | "daily-quota" => Some(Accepted),
        "quarantine-policy" | "cross-account-identity-header" => Some(Accepted),
        client if CLIENT.contains(&client) => Some(Accepted),
        permission if PERMISSION.contains(&permission) => Some(Accepted),
        HEALED_BY_WAITING => refused("535 Authentication Credentials Invalid"),
        healthy if healthy.starts_with("healthy") => Some(Accepted),
        _ => refused("535 Authentication Credentials Invalid"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_end_as_the_facts_say() {
    let mut surprises = Vec::new();
    for (name, world) in worlds() {
        // Where only an experiment shows the trouble, one login with PLAIN at the first address is in order.
        let in_order = world.client.experiment.then_some(Outcome::Accepted);
        let Some(expected) = in_order.or_else(|| expected(name)) else {
            continue;
        };
        let lab = Lab::start(world, Options::default()).await.unwrap();
        let outcome = client_login(&lab).await;
        let as_expected = match (&outcome, &expected) {
            (Outcome::Refused(said), Outcome::Refused(start)) => said.starts_with(start),
            _ => outcome == expected,
        };
        if !as_expected {
            surprises.push(format!("{name}: {outcome:?} instead of {expected:?}"));
        }
        lab.stop().await;
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn account_causes_refuse_only_at_the_end_of_data() {
    let refusals = [
        (
            "identity-not-verified",
            "554 Message rejected: Email address is not verified.",
        ),
        (
            "identity-in-another-region",
            "554 Message rejected: Email address is not verified.",
        ),
        (
            "sandbox-recipient",
            "554 Message rejected: Email address is not verified.",
        ),
        (
            "account-paused",
            "554 Message rejected: Sending paused for this account.",
        ),
        (
            "sending-disabled",
            "554 Message rejected: Sending paused for this account.",
        ),
        (
            "configuration-set-missing",
            "554 Message rejected: Configuration set <",
        ),
        (
            "configuration-set-paused",
            "554 Message rejected: Sending is paused for configuration set <",
        ),
        (
            "tenant-paused",
            "554 Message rejected: Sending is paused for tenant <",
        ),
        ("tenant-missing", "554 Message rejected: Tenant <"),
        (
            "tenant-resource-missing",
            "554 Message rejected: configuration-set/estates-bounces is not associated",
        ),
        ("mail-from-domain-invalid", "554 MAIL FROM domain not verified"),
        (
            "daily-quota",
            "454 Throttling failure: Daily message quota exceeded",
        ),
    ];
    let denied = PERMISSION.map(|name| (name, "554 Access denied: User `arn:aws:iam::"));
    for (name, start) in refusals.into_iter().chain(denied) {
        let world = World::parse(name, ses_lab::scenario(name).unwrap()).unwrap();
        let logged = world.client.error.clone().unwrap_or_default();
        let lab = Lab::start(world, Options::default()).await.unwrap();
        let said = send(&lab).await;
        assert!(said.starts_with(start), "{name}: {said}");
        let words = said.get(4..).unwrap_or_default();
        assert!(
            logged.contains(words),
            "{name}: the client logged {logged:?}, the world says {said:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn healthy_worlds_take_the_message() {
    let healthy = worlds()
        .into_iter()
        .filter(|(name, world)| world.healthy && *name != HEALED_BY_WAITING);
    for (name, world) in healthy {
        let lab = Lab::start(world, Options::default()).await.unwrap();
        let said = send(&lab).await;
        assert!(said.starts_with("250 Ok "), "{name}: {said}");
        assert_eq!(lab.messages().len(), 1, "{name}");
    }
}
