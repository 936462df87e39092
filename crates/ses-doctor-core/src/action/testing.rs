//! One action of every kind.

use super::{
    AccessKeyDeletion, AccessKeyStatus, AccountSending, Action, AttachedPolicy, ConfigurationSetSending,
    DefaultVersion, EndpointPolicy, GroupPolicy, Holds, IdentityConfigurationSet, IdentityPolicy, Ingress,
    LocalFile, LoginProof, NewAccessKey, NewKey, OfGroup, OfIdentity, OfUser, PolicyVersion, ProvenLogin,
    QuietKey, Store, StoredPair, TenantResource, TenantSending, UserPolicy, Which, WritableStore,
};

const POLICY: &str = "arn:aws:iam::111122223333:policy/mail";

pub(crate) fn one_of_each() -> Vec<Action> {
    let file = LocalFile {
        path: "/etc/msmtprc".into(),
        before: "aa".repeat(32),
        after: "bb".repeat(32),
    };
    let others = of_ses_and_ec2().into_iter().chain([file.into()]);
    of_iam()
        .into_iter()
        .chain(others)
        .chain(of_a_rotation())
        .collect()
}

fn documents() -> (String, String) {
    (
        r#"{"Statement":[]}"#.to_owned(),
        r#"{"Statement":[{}]}"#.to_owned(),
    )
}

fn of_iam() -> Vec<Action> {
    let (old, new) = documents();
    let user = "mailer".to_owned();
    vec![
        AccessKeyStatus {
            user: user.clone(),
            key: crate::testimony::KEY.into(),
            before: false,
            after: true,
        }
        .into(),
        UserPolicy {
            owner: OfUser { user: user.clone() },
            name: "send".into(),
            before: None,
            after: Some(new.clone()),
        }
        .into(),
        GroupPolicy {
            owner: OfGroup {
                group: "senders".into(),
            },
            name: "send".into(),
            before: Some(old.clone()),
            after: Some(new.clone()),
        }
        .into(),
        AttachedPolicy {
            user,
            policy: POLICY.into(),
            before: false,
            after: true,
        }
        .into(),
        PolicyVersion {
            policy: POLICY.into(),
            document: new.clone(),
            before: false,
            after: true,
            is_history: false,
            version: None,
            in_place_of: None,
        }
        .into(),
        DefaultVersion {
            policy: POLICY.into(),
            before: old.clone(),
            after: new.clone(),
        }
        .into(),
    ]
}

fn of_ses_and_ec2() -> Vec<Action> {
    let (old, new) = documents();
    vec![
        IdentityPolicy {
            owner: OfIdentity {
                identity: "example.com".into(),
            },
            name: "others".into(),
            before: Some(old.clone()),
            after: Some(new.clone()),
        }
        .into(),
        TenantSending {
            tenant: "acme".into(),
            arn: "arn:aws:ses:eu-west-1:111122223333:tenant/acme/tn-1".into(),
            before: "DISABLED".into(),
            after: "ENABLED".into(),
        }
        .into(),
        TenantResource {
            tenant: "acme".into(),
            resource: "arn:aws:ses:eu-west-1:111122223333:identity/example.com".into(),
            before: false,
            after: true,
        }
        .into(),
        AccountSending {
            before: false,
            after: true,
        }
        .into(),
        ConfigurationSetSending {
            name: "default".into(),
            before: false,
            after: true,
        }
        .into(),
        IdentityConfigurationSet {
            identity: "example.com".into(),
            before: Some("events".into()),
            after: None,
            names_nothing: false,
        }
        .into(),
        Ingress {
            group: "sg-1".into(),
            port: 587,
            source: "10.0.0.0/16".into(),
            before: false,
            after: true,
        }
        .into(),
        EndpointPolicy {
            endpoint: "vpce-1".into(),
            before: old,
            after: new,
        }
        .into(),
    ]
}

const OLD_KEY: &str = "AKIAOLDKEYOLDKEY2222";

/// One of every kind that only a rotation has; nothing of it is one-way.
fn of_a_rotation() -> Vec<Action> {
    let user = "mailer".to_owned();
    let store = Store::Secret {
        id: "prod/smtp".into(),
        member: None,
    };
    let region = "eu-west-1".to_owned();
    vec![
        WritableStore {
            store: store.clone(),
            region: region.clone(),
            before: false,
            after: true,
        }
        .into(),
        NewAccessKey {
            user: user.clone(),
            known: vec![OLD_KEY.into()],
            before: NewKey::Absent,
            after: NewKey::Active,
        }
        .into(),
        LoginProof {
            logins: vec![ProvenLogin {
                region: region.clone(),
                kept: Some((store.clone(), Holds::Pair)),
            }],
            before: false,
            after: true,
        }
        .into(),
        StoredPair {
            store,
            holds: Holds::Pair,
            region,
            key: OLD_KEY.into(),
            old: Some("v-1".into()),
            before: Which::Old,
            after: Which::New,
        }
        .into(),
        QuietKey {
            user: user.clone(),
            key: OLD_KEY.into(),
            seconds: 86_400,
            before: false,
            after: true,
        }
        .into(),
        // The way back from a deletion: that one is not one-way, and nobody can go it.
        AccessKeyDeletion {
            user,
            key: OLD_KEY.into(),
            idle_for: None,
            before: false,
            after: true,
        }
        .into(),
    ]
}
