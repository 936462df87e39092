//! Evidence of whole worlds, each with the cause that a diagnosis has to name first.

use crate::evidence::{
    AccessKey, AccessKeys, Evidence, KeyLastUsed, KeyStatus, OwnPair, RegionLogin, RepairLogin, StoredVersion,
};
use crate::observed::{Observation, Observed};
use crate::testimony::{
    KEY, OURS, accepted, accounts, damaged, event, evidence_of_235, evidence_of_535, health, history, kept,
    kept_login, keys, known, logged, missing, now, password_shape, probe_with_auth, refused_535,
    refused_elsewhere, reply, reported, symptom, username,
};
use ses_smtp::credential::{Damage, Derivation, PasswordShape, UsernameShape};

/// One world for each way of judging, with every read that it takes.
pub(super) fn worlds() -> Vec<(&'static str, Evidence)> {
    let shaped = |name: UsernameShape, password: PasswordShape| {
        let mut evidence = evidence_of_535();
        username(
            &mut evidence,
            name,
            if name == UsernameShape::AccessKeyId {
                KEY
            } else {
                "mailer"
            },
        );
        password_shape(&mut evidence, password);
        evidence
    };
    let mut worlds = vec![
        (
            "raw-secret-key-as-password",
            shaped(UsernameShape::AccessKeyId, PasswordShape::SecretAccessKey),
        ),
        (
            "sigv2-password",
            shaped(UsernameShape::AccessKeyId, PasswordShape::SmtpV2),
        ),
        (
            "temporary-credentials",
            shaped(UsernameShape::TemporaryKeyId, PasswordShape::SmtpV4),
        ),
        (
            "iam-username-as-login",
            shaped(UsernameShape::ConsoleSmtpUserName, PasswordShape::SmtpV4),
        ),
        (
            "from-address-as-login",
            shaped(UsernameShape::EmailAddress, PasswordShape::Other),
        ),
        (
            "mail-manager-credentials",
            shaped(UsernameShape::MailManagerIngressPoint, PasswordShape::Other),
        ),
        (
            "console-or-api-credentials-not-smtp",
            shaped(UsernameShape::Other, PasswordShape::Other),
        ),
        (
            "empty-credentials",
            shaped(UsernameShape::AccessKeyId, PasswordShape::Empty),
        ),
        (
            "masked-password-submitted",
            shaped(UsernameShape::AccessKeyId, PasswordShape::Masked),
        ),
        (
            "password-truncated-or-altered",
            shaped(UsernameShape::AccessKeyId, PasswordShape::TruncatedSmtp),
        ),
    ];
    worlds.extend(worlds_of_damage());
    worlds.extend(worlds_of_keys());
    worlds.extend(worlds_of_keys_that_are_not_there());
    worlds.extend(worlds_of_contradiction());
    worlds.push(("aws-outage", outage()));
    worlds
}

fn worlds_of_damage() -> impl Iterator<Item = (&'static str, Evidence)> {
    let kinds = [
        ("password-whitespace-or-newline", Damage::Newline),
        ("password-url-encoding", Damage::PercentEncoded),
        ("password-shell-or-env-quoting", Damage::Quoted),
        ("base64-error", Damage::Base64Encoded),
        ("password-truncated-or-altered", Damage::LookAlike),
    ];
    kinds.into_iter().map(|(id, damage)| {
        let mended = RepairLogin {
            damage: vec![damage],
            swapped: false,
            outcome: accepted(),
        };
        (
            id,
            Evidence {
                repairs: known(vec![mended]),
                ..damaged(evidence_of_535(), damage)
            },
        )
    })
}

/// After a full set of reads of an active key that every other region refuses too.
fn active() -> Evidence {
    let mut evidence = evidence_of_535();
    accounts(&mut evidence, OURS);
    let user_name = Some("mailer".to_owned());
    evidence.key_last_used = known(KeyLastUsed {
        user_name,
        last_used: None,
        service: None,
        region: None,
    });
    evidence.access_keys = known(keys(KEY, KeyStatus::Active));
    (evidence.key_events, evidence.user_events) = (history(Vec::new()), history(Vec::new()));
    refused_elsewhere(&mut evidence);
    evidence
}

fn listed(status: KeyStatus) -> Observation<AccessKeys> {
    known(keys(KEY, status))
}

fn worlds_of_keys() -> Vec<(&'static str, Evidence)> {
    let elsewhere = RegionLogin {
        region: "us-east-1".into(),
        outcome: accepted(),
    };
    let fresh = AccessKey {
        id: KEY.into(),
        status: KeyStatus::Active,
        created: Some(now()),
    };
    let fresh = AccessKeys {
        user_name: "mailer".into(),
        keys: vec![fresh],
    };
    let mut retired = event("UpdateAccessKey", "mailer", Some(KEY), 3600);
    retired.status = Some("Inactive".into());
    let created = vec![event(
        "CreateAccessKey",
        "mailer",
        Some("AKIAI44QH8DHBEXAMPLE"),
        86_400,
    )];
    let inactive = Evidence {
        access_keys: listed(KeyStatus::Inactive),
        ..active()
    };
    let rotated = Evidence {
        key_events: history(vec![retired]),
        user_events: history(created),
        ..inactive.clone()
    };
    let kept_elsewhere = Evidence {
        password_source: known(kept(3600, Some(OwnPair::Different))),
        stored_logins: kept_login(StoredVersion::Current, accepted()),
        ..active()
    };
    let broken_by_rotation = Evidence {
        password_source: known(kept(3600, None)),
        stored_logins: kept_login(StoredVersion::Previous, accepted()),
        ..active()
    };
    vec![
        ("secret-not-reloaded", kept_elsewhere),
        ("password-mismatch", broken_by_rotation),
        ("password-mismatch", active()),
        (
            "wrong-region-password",
            Evidence {
                regions: known(vec![elsewhere]),
                ..active()
            },
        ),
        ("key-inactive", inactive),
        ("secret-not-reloaded", rotated),
        (
            "key-expired",
            Evidence {
                access_keys: listed(KeyStatus::Expired),
                ..active()
            },
        ),
        (
            "key-not-propagated",
            Evidence {
                access_keys: known(fresh),
                ..active()
            },
        ),
    ]
}

/// IAM has no such key in the operator's account.
fn unlisted() -> Evidence {
    Evidence {
        key_last_used: missing(),
        access_keys: missing(),
        ..active()
    }
}

fn worlds_of_keys_that_are_not_there() -> Vec<(&'static str, Evidence)> {
    let deletion = || history(vec![event("DeleteAccessKey", "mailer", Some(KEY), 7200)]);
    let deletion_of_user = history(vec![event("DeleteUser", "mailer", None, 7000)]);
    let key_deleted = Evidence {
        key_events: deletion(),
        ..unlisted()
    };
    let user_deleted = Evidence {
        user_events: deletion_of_user,
        ..key_deleted.clone()
    };
    let no_user = KeyLastUsed {
        user_name: None,
        last_used: None,
        service: None,
        region: None,
    };
    let of_root = Evidence {
        key_last_used: known(no_user),
        root_keys_present: known(true),
        ..unlisted()
    };
    let mut theirs = unlisted();
    accounts(&mut theirs, "999988887777");
    vec![
        ("key-deleted", unlisted()),
        ("key-deleted", key_deleted),
        ("user-deleted", user_deleted),
        ("root-access-key", of_root),
        ("key-of-another-account", theirs),
    ]
}

/// SES cannot check the pair for now, and AWS says so.
fn outage() -> Evidence {
    Evidence {
        probe: known(probe_with_auth(reply(454, "Temporary authentication failure"))),
        health_events: known(vec![health("SES", "AWS_SES_OPERATIONAL_ISSUE", "eu-west-1", 60)]),
        ..active()
    }
}

fn worlds_of_contradiction() -> Vec<(&'static str, Evidence)> {
    let mut cached = evidence_of_235();
    reported(&mut cached, 535, "Authentication Credentials Invalid", None);
    let remembered = cached.clone();
    let line = "SASL [CACHED] authentication failed; server h said: 535 Authentication Credentials Invalid";
    logged(&mut cached, line);
    // The password is that of the region that is meant; the secret at hand is another key's.
    let mut other_secret = active();
    if let Observed::Known(credential) = &mut other_secret.credential.observed {
        credential.derivation = Some(Derivation::NoMatch);
    }
    let regions = vec![
        RegionLogin {
            region: "us-west-2".into(),
            outcome: refused_535(),
        },
        RegionLogin {
            region: "us-east-1".into(),
            outcome: accepted(),
        },
    ];
    let mut wrong_host = Evidence {
        regions: known(regions),
        ..active()
    };
    symptom(&mut wrong_host, |symptom| {
        symptom.region = Some("us-east-1".into())
    });
    vec![
        ("stale-credentials-cached", cached),
        ("stale-credentials-cached", remembered),
        ("password-mismatch", other_secret.clone()),
        (
            "wrong-region-password",
            Evidence {
                regions: wrong_host.regions.clone(),
                ..other_secret
            },
        ),
        ("wrong-host-or-region-endpoint", wrong_host),
    ]
}
