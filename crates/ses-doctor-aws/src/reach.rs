//! Whom a change reaches, as AWS tells at this moment: who else uses the key, policy, group or endpoint, and when last.

use crate::collect::vpc_endpoints::EC2;
use crate::execute::AwsActuator;
use crate::execute::group::users;
use crate::outcome::{Judge, Look};
use crate::permissions::{
    DESCRIBE_VPC_ENDPOINTS, GET_ACCESS_KEY_LAST_USED, GET_ACCOUNT, GET_GROUP, LIST_ENTITIES_FOR_POLICY,
};
use crate::rotation::user_keys;
use aws_sdk_iam::Client;
use ses_doctor_core::action::{Action, NewAccessKey, NewKey};

/// Names that one line shows.
const SHOWN: usize = 12;

impl AwsActuator {
    /// In lines. What could not be read is a line, too: it never looks as if nobody were there.
    pub async fn reach(&self, action: &Action) -> Vec<String> {
        let Some((what, look)) = self.asked(action) else {
            return Vec::new();
        };
        match self.aws().within(what, look).await {
            Ok(lines) => lines,
            Err(trouble) => {
                let why = self.aws().clean(&trouble.reason());
                vec![format!("who else uses it could not be read: {why}")]
            }
        }
    }

    /// The look for an action; `None` where the action itself tells whom it reaches.
    fn asked<'a>(&'a self, action: &'a Action) -> Option<(&'static str, Lines<'a>)> {
        let iam = || self.aws().iam(Some(self.region()));
        Some(match action {
            Action::AccessKeyStatus(change) => {
                (GET_ACCESS_KEY_LAST_USED, Box::pin(last_use(iam(), &change.key)))
            }
            Action::AccessKeyDeletion(change) => {
                (GET_ACCESS_KEY_LAST_USED, Box::pin(last_use(iam(), &change.key)))
            }
            Action::NewAccessKey(change) if change.before != NewKey::Absent => {
                (GET_ACCESS_KEY_LAST_USED, Box::pin(taken_up(iam(), change)))
            }
            Action::PolicyVersion(change) => (
                LIST_ENTITIES_FOR_POLICY,
                Box::pin(entities(iam(), &change.policy)),
            ),
            Action::DefaultVersion(change) => (
                LIST_ENTITIES_FOR_POLICY,
                Box::pin(entities(iam(), &change.policy)),
            ),
            Action::GroupPolicy(change) => (GET_GROUP, Box::pin(members(iam(), &change.owner.group))),
            Action::AccountSending(_) => (GET_ACCOUNT, Box::pin(self.sent())),
            Action::Ingress(change) => (
                DESCRIBE_VPC_ENDPOINTS,
                Box::pin(self.endpoints("securityGroups", "groupId", &change.group)),
            ),
            Action::EndpointPolicy(change) => (DESCRIBE_VPC_ENDPOINTS, Box::pin(self.vpc(&change.endpoint))),
            Action::UserPolicy(_)
            | Action::AttachedPolicy(_)
            | Action::ConfigurationSetSending(_)
            | Action::IdentityPolicy(_)
            | Action::TenantSending(_)
            | Action::TenantResource(_)
            | Action::IdentityConfigurationSet(_)
            | Action::LocalFile(_)
            | Action::WritableStore(_)
            | Action::NewAccessKey(_)
            | Action::LoginProof(_)
            | Action::StoredPair(_)
            | Action::QuietKey(_) => return None,
        })
    }

    async fn sent(&self) -> Look<Vec<String>> {
        let ses = self.aws().ses(self.region());
        let quota = ses.get_account().send().await.judge(GET_ACCOUNT)?.send_quota;
        let told = quota.map(|quota| {
            format!(
                "{} messages in the last 24 hours, as SES counts",
                quota.sent_last24_hours
            )
        });
        Ok(told.into_iter().collect())
    }

    /// The VPC endpoints whose `list` names this.
    async fn endpoints(&self, list: &str, field: &str, name: &str) -> Look<Vec<String>> {
        let ec2 = self.aws().signed(EC2, self.region());
        let answer = ec2.call(DESCRIBE_VPC_ENDPOINTS, &[]).await?;
        let with_it = answer.items("vpcEndpointSet").filter(|endpoint| {
            endpoint
                .items("groupSet")
                .chain(endpoint.items(list))
                .any(|it| it.text_of(field).as_deref() == Some(name))
        });
        let ids: Vec<String> = with_it
            .filter_map(|endpoint| endpoint.text_of("vpcEndpointId"))
            .collect();
        Ok(vec![format!(
            "everything behind {name}; VPC endpoints of SES with it: {}",
            listed(&ids)
        )])
    }

    async fn vpc(&self, id: &str) -> Look<Vec<String>> {
        let ec2 = self.aws().signed(EC2, self.region());
        let answer = ec2
            .call(DESCRIBE_VPC_ENDPOINTS, &[("VpcEndpointId.1", id)])
            .await?;
        let endpoint = answer.items("vpcEndpointSet").next();
        let vpc = endpoint.and_then(|endpoint| endpoint.text_of("vpcId"));
        Ok(vpc
            .map(|vpc| format!("every client in {vpc} that goes through {id}"))
            .into_iter()
            .collect())
    }
}

type Lines<'a> = std::pin::Pin<Box<dyn Future<Output = Look<Vec<String>>> + Send + 'a>>;

async fn last_use(iam: Client, key: &str) -> Look<Vec<String>> {
    let call = iam.get_access_key_last_used().access_key_id(key);
    let used = call
        .send()
        .await
        .judge(GET_ACCESS_KEY_LAST_USED)?
        .access_key_last_used;
    let line = used.and_then(|used| {
        let at = used.last_used_date?;
        let at = jiff::Timestamp::new(at.secs(), 0).ok()?;
        Some(format!(
            "last used at {at}, service {}, region {}",
            used.service_name, used.region
        ))
    });
    Ok(vec![
        line.unwrap_or_else(|| "IAM knows of no use of the key".to_owned()),
    ])
}

/// Who has taken up the pair of a new key that is to go.
async fn taken_up(iam: Client, change: &NewAccessKey) -> Look<Vec<String>> {
    let mut lines = Vec::new();
    for key in user_keys(&iam, &change.user).await? {
        if change.known.contains(&key.id) {
            continue;
        }
        let id = key.id;
        let (_, used) = crate::rotation::last_use(&iam, &id).await?;
        lines.push(match used {
            Some(at) => format!(
                "the new key {id} was last used at {at} (logins of the rotation itself may count): a client that has taken up its pair \
                 cannot log in any more until it reads the old one again"
            ),
            None => format!("IAM knows of no use of the new key {id}; a use shows there late"),
        });
    }
    Ok(lines)
}

async fn members(iam: Client, group: &str) -> Look<Vec<String>> {
    let users = users(&iam, group).await?;
    Ok(vec![format!("users of the group {group}: {}", listed(&users))])
}

/// Users, groups and roles to which a managed policy is attached, also as a permissions boundary.
async fn entities(iam: Client, policy: &str) -> Look<Vec<String>> {
    let (mut users, mut groups, mut roles) = (Vec::new(), Vec::new(), Vec::new());
    let mut pages = iam
        .list_entities_for_policy()
        .policy_arn(policy)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.judge(LIST_ENTITIES_FOR_POLICY)?;
        users.extend(
            page.policy_users
                .into_iter()
                .flatten()
                .filter_map(|it| it.user_name),
        );
        groups.extend(
            page.policy_groups
                .into_iter()
                .flatten()
                .filter_map(|it| it.group_name),
        );
        roles.extend(
            page.policy_roles
                .into_iter()
                .flatten()
                .filter_map(|it| it.role_name),
        );
    }
    let all = [("users", users), ("groups", groups), ("roles", roles)];
    let some = all.iter().filter(|(_, names)| !names.is_empty());
    let lines: Vec<String> = some
        .map(|(kind, names)| format!("{kind} that have it: {}", listed(names)))
        .collect();
    Ok(match lines.is_empty() {
        true => vec!["it is attached to nobody".to_owned()],
        false => lines,
    })
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "none".to_owned(),
        all if all > SHOWN => format!("{shown} and {} more", all - SHOWN),
        _ => shown,
    }
}
