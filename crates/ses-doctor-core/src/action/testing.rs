//! One action of every kind.

use super::{
    AccessKeyStatus, AccountSending, Action, AttachedPolicy, ConfigurationSetSending, DefaultVersion,
    EndpointPolicy, GroupPolicy, IdentityConfigurationSet, Ingress, LocalFile, PolicyVersion, TenantResource,
    TenantSending, UserPolicy,
};

const POLICY: &str = "arn:aws:iam::111122223333:policy/mail";

pub(crate) fn one_of_each() -> Vec<Action> {
    let file = LocalFile {
        path: "/etc/msmtprc".into(),
        before: "aa".repeat(32),
        after: "bb".repeat(32),
    };
    let others = of_ses_and_ec2().into_iter().chain([file.into()]);
    of_iam().into_iter().chain(others).collect()
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
            user: user.clone(),
            name: "send".into(),
            before: None,
            after: Some(new.clone()),
        }
        .into(),
        GroupPolicy {
            group: "senders".into(),
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
