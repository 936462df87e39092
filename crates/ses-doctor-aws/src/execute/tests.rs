//! Every action against the lab: carried out, seen, undone; the world is then what it was.

use super::*;
use crate::lab_tests::{aws, lab_of};
use ses_doctor_core::action::{
    AccessKeyStatus, AccountSending, AttachedPolicy, ConfigurationSetSending, DefaultVersion, EndpointPolicy,
    GroupPolicy, IdentityConfigurationSet, IdentityPolicy, Ingress, OfGroup, OfIdentity, OfUser,
    PolicyVersion, TenantResource, TenantSending, UserPolicy,
};
use ses_lab::World;

const KEY: &str = "AKIAQ3EGP2OYAAAAAAAA";

const WORLD: &str = r#"
title = "t"
story = "s"
causes = []
healthy = true
[client]
region = "eu-west-1"
username = "AKIAADMINKEY23456722"
password = { derive = "eu-west-1", key = "AKIAADMINKEY23456722" }
[operator]
key = "AKIAADMINKEY23456722"
[[account]]
id = "111122223333"
[[account.policy]]
name = "mail"
document = '{"Version":"2012-10-17","Statement":[]}'
version = 2
[[account.ses]]
region = "eu-west-1"
sending_enabled = false
[[account.ses.identity]]
name = "example.com"
configuration_set = "events"
[[account.ses.identity.policy]]
name = "one"
document = '{"Version":"2012-10-17","Statement":[]}'
[[account.ses.configuration_set]]
name = "events"
sending_enabled = false
[[account.ses.tenant]]
name = "acme"
resources = ["identity/example.com"]
customer_status = "DISABLED"
[[account.group]]
name = "senders"
policy = [{ name = "one", document = '{"Version":"2012-10-17","Statement":[]}' }]
[[account.user]]
name = "admin"
[[account.user.policy]]
name = "one"
document = "\n{\"Version\": \"2012-10-17\",\n \"Statement\": []}\n"
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
[[account.user.key]]
id = "AKIAOTHERKEY23456722"
secret = "othersecretothersecretothersecretotherse"
status = "Inactive"
[[account.vpc_endpoint]]
id = "vpce-1"
region = "eu-west-1"
security_groups = ["sg-1"]
policy = "\n{\"Statement\": []}\n"
[[account.security_group]]
id = "sg-1"
ingress = [{ ports = [443, 443], sources = ["10.0.0.0/8"] }]
"#;

const NEW: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"arn:aws:ses:eu-west-1:111122223333:identity/example.com"}]}"#;

fn actions() -> Vec<Action> {
    of_iam().into_iter().chain(of_ses_and_ec2()).collect()
}

fn of_iam() -> Vec<Action> {
    let (user, policy) = (
        "admin".to_owned(),
        "arn:aws:iam::111122223333:policy/mail".to_owned(),
    );
    vec![
        AccessKeyStatus {
            user: user.clone(),
            key: "AKIAOTHERKEY23456722".into(),
            before: false,
            after: true,
        }
        .into(),
        UserPolicy {
            owner: OfUser { user: user.clone() },
            name: "new".into(),
            before: None,
            after: Some(NEW.into()),
        }
        .into(),
        UserPolicy {
            owner: OfUser { user: user.clone() },
            name: "one".into(),
            before: Some("\n{\"Version\": \"2012-10-17\",\n \"Statement\": []}\n".into()),
            after: Some(NEW.into()),
        }
        .into(),
        AttachedPolicy {
            user,
            policy: "arn:aws:iam::aws:policy/SecurityAudit".into(),
            before: false,
            after: true,
        }
        .into(),
        GroupPolicy {
            owner: OfGroup {
                group: "senders".into(),
            },
            name: "new".into(),
            before: None,
            after: Some(NEW.into()),
        }
        .into(),
        GroupPolicy {
            owner: OfGroup {
                group: "senders".into(),
            },
            name: "one".into(),
            before: Some(r#"{"Version":"2012-10-17","Statement":[]}"#.into()),
            after: Some(NEW.into()),
        }
        .into(),
        PolicyVersion {
            policy: policy.clone(),
            document: NEW.into(),
            before: false,
            after: true,
            is_history: false,
            version: None,
            in_place_of: None,
        }
        .into(),
        DefaultVersion {
            policy,
            before: r#"{"Version":"2012-10-17","Statement":[]}"#.into(),
            after: NEW.into(),
        }
        .into(),
    ]
}

fn of_ses_and_ec2() -> Vec<Action> {
    let ingress = |source: &str| Ingress {
        group: "sg-1".into(),
        port: 587,
        source: source.into(),
        before: false,
        after: true,
    };
    vec![
        AccountSending {
            before: false,
            after: true,
        }
        .into(),
        ConfigurationSetSending {
            name: "events".into(),
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
        IdentityPolicy {
            owner: OfIdentity {
                identity: "example.com".into(),
            },
            name: "new".into(),
            before: None,
            after: Some(NEW.into()),
        }
        .into(),
        IdentityPolicy {
            owner: OfIdentity {
                identity: "example.com".into(),
            },
            name: "one".into(),
            before: Some(r#"{"Version":"2012-10-17","Statement":[]}"#.into()),
            after: Some(NEW.into()),
        }
        .into(),
        TenantResource {
            tenant: "acme".into(),
            resource: "arn:aws:ses:eu-west-1:111122223333:configuration-set/events".into(),
            before: false,
            after: true,
        }
        .into(),
        ingress("10.1.0.0/16").into(),
        ingress("fd00::/8").into(),
        ingress("sg-2").into(),
        EndpointPolicy {
            endpoint: "vpce-1".into(),
            before: "\n{\"Statement\": []}\n".into(),
            after: NEW.into(),
        }
        .into(),
    ]
}

#[tokio::test]
async fn every_action_and_then_its_inverse_leaves_the_world_as_it_was() {
    let lab = lab_of(World::parse("test", WORLD).unwrap()).await;
    let aws = aws(&lab).await;
    let tenant = aws
        .ses("eu-west-1")
        .get_tenant()
        .tenant_name("acme")
        .send()
        .await
        .unwrap()
        .tenant
        .unwrap();
    let switch = TenantSending {
        tenant: "acme".into(),
        arn: tenant.tenant_arn.unwrap(),
        before: "DISABLED".into(),
        after: "ENABLED".into(),
    };
    let actuator = AwsActuator::new(aws, "eu-west-1");
    let before = lab.configuration();
    let mut undo = Vec::new();
    for action in actions().into_iter().chain([switch.into()]) {
        assert_eq!(
            actuator.read(&action).await.unwrap(),
            action.before(),
            "{action:?}"
        );
        let (earlier, described) = (lab.configuration(), actuator.describe(&action).await.unwrap());
        assert!(described.is_object(), "{described}");
        actuator.act(&action).await.unwrap();
        assert_ne!(lab.configuration(), earlier, "{action:?}");
        assert_eq!(
            actuator.read(&action).await.unwrap(),
            action.after(),
            "{action:?}"
        );
        undo.push(action.inverse());
    }
    for action in undo.into_iter().rev() {
        actuator.act(&action).await.unwrap();
        assert_eq!(
            actuator.read(&action).await.unwrap(),
            action.after(),
            "{action:?}"
        );
    }
    assert_eq!(lab.configuration(), before);
}

#[tokio::test]
async fn a_refusal_is_no_and_a_failure_is_unclear() {
    let world = format!(
        "{WORLD}\n[faults]\ndenied = [\"iam:PutUserPolicy\"]\nerror_5xx = {{ \"ses:PutAccountSendingAttributes\" = 50 }}"
    );
    let lab = lab_of(World::parse("test", &world).unwrap()).await;
    let actuator = AwsActuator::new(aws(&lab).await, "eu-west-1");
    let all = actions();
    let denied = actuator.act(&all[1]).await.unwrap_err();
    assert!(matches!(denied, CallError::Refused { .. }), "{denied}");
    let switch = all
        .iter()
        .find(|action| action.id() == "account-sending")
        .unwrap();
    let failed = actuator.act(switch).await.unwrap_err();
    assert!(matches!(failed, CallError::Unclear(_)), "{failed}");
}

#[tokio::test]
async fn a_thing_that_is_gone_is_absent_or_unreadable_and_never_as_planned() {
    let lab = lab_of(World::parse("test", WORLD).unwrap()).await;
    let actuator = AwsActuator::new(aws(&lab).await, "eu-west-1");
    let gone: Action = AccessKeyStatus {
        user: "nobody".into(),
        key: KEY.into(),
        before: false,
        after: true,
    }
    .into();
    assert_eq!(actuator.read(&gone).await, Ok(State::Absent));
    let group: Action = Ingress {
        group: "sg-9".into(),
        port: 587,
        source: "10.0.0.0/8".into(),
        before: false,
        after: true,
    }
    .into();
    assert!(actuator.read(&group).await.is_err());
    assert_eq!(actuator.account().await.as_deref(), Ok("111122223333"));
}
