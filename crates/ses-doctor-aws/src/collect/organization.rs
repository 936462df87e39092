//! [`Need::Organization`](ses_doctor_core::Need::Organization): the way from the organization's root to the account, and
//! the SCPs and RCPs attached along it.
//!
//! Only the management account and delegated administrators may read most of it (Organizations API reference); any
//! member may call `DescribeOrganization`, which tells whom to ask.

mod way;

use super::{caller, told};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{
    DESCRIBE_ORGANIZATION, DESCRIBE_ORGANIZATIONAL_UNIT, DESCRIBE_POLICY, LIST_POLICIES_FOR_TARGET,
};
use crate::subject::Subject;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::{PolicySummary, PolicyType};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
use ses_doctor_core::evidence::{
    ControlPolicy, OrganizationLevel, OrganizationPolicies, OrganizationTarget, TargetKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// The service throttles early; retries do the rest.
const AT_A_TIME: usize = 6;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<OrganizationPolicies> {
    let account = told(subject.account.as_ref(), "the account of the access key")?;
    let reader = Reader {
        aws,
        client: &aws.organizations(subject.region.as_deref()),
    };
    let (organization, path) = futures::join!(reader.organization(), reader.path(account));
    let organization = match organization {
        Err(Trouble::Missing) => return Err(not_a_member(aws, subject, account).await),
        organization => organization?,
    };
    let path = match path {
        Err(_) if organization.management_account == account => Vec::new(),
        Err(Trouble::Denied { action, message }) => return Err(organization.denied(action, &message)),
        path => path?,
    };
    Ok(OrganizationPolicies {
        organization: organization.id,
        management_account: organization.management_account,
        account: account.to_owned(),
        path,
    })
}

/// That the operator's account is in no organization tells of the key's account only if both are the same.
async fn not_a_member(aws: &Aws, subject: &Subject, account: &str) -> Trouble {
    match caller::look(aws, subject).await {
        Ok(caller) if caller.account == account => Trouble::Missing,
        Ok(caller) => Trouble::failed(format!(
            "account {} of the operator is in no organization, so that the one of account {account} cannot be asked",
            caller.account
        )),
        Err(trouble) => trouble,
    }
}

struct Organization {
    id: String,
    management_account: String,
}

impl Organization {
    /// A denial, with those who may read what was denied.
    fn denied(&self, action: String, message: &str) -> Trouble {
        let Self {
            id,
            management_account,
        } = self;
        let message = format!(
            "{message} (account {management_account} manages organization {id}: it may read this, or delegate it)"
        );
        Trouble::Denied { action, message }
    }
}

/// An attached policy without its document.
struct Attached {
    id: String,
    name: String,
    aws_managed: bool,
}

/// A level before the documents are read.
struct Bare {
    target: OrganizationTarget,
    service: Look<Vec<Attached>>,
    resource: Look<Vec<Attached>>,
}

/// Texts by policy id.
type Documents = BTreeMap<String, Result<String, String>>;

#[derive(Clone, Copy)]
struct Reader<'a> {
    aws: &'a Aws,
    client: &'a Client,
}

impl<'a> Reader<'a> {
    async fn organization(self) -> Look<Organization> {
        let answer = self.client.describe_organization().send().await;
        let organization = answer.judge(DESCRIBE_ORGANIZATION)?.organization;
        let told = organization.and_then(|found| found.id.zip(found.master_account_id));
        let (id, management_account) = told
            .ok_or_else(|| Trouble::failed(format!("{DESCRIBE_ORGANIZATION} named no management account")))?;
        Ok(Organization {
            id,
            management_account,
        })
    }

    async fn path(self, account: &str) -> Look<Vec<OrganizationLevel>> {
        let targets = self.targets(account).await?;
        let levels = self.each(targets, |target| self.level(target).boxed()).await;
        let lists = || levels.iter().flat_map(|level| [&level.service, &level.resource]);
        if let Some(Err(trouble)) = lists().next()
            && lists().all(Result::is_err)
        {
            return Err(trouble.clone());
        }
        let ids: BTreeSet<String> = lists()
            .flatten()
            .flatten()
            .map(|policy| policy.id.clone())
            .collect();
        let documents = self.each(ids, |id| self.document(id).boxed()).await;
        let documents = documents.into_iter().collect();
        Ok(levels
            .into_iter()
            .map(|level| self.whole(level, &documents))
            .collect())
    }

    async fn level(self, mut target: OrganizationTarget) -> Bare {
        let id = &target.id;
        let (name, service, resource) = futures::join!(
            self.name(&target),
            self.attached(id, PolicyType::ServiceControlPolicy),
            self.attached(id, PolicyType::ResourceControlPolicy),
        );
        target.name = target.name.or(name);
        Bare {
            target,
            service,
            resource,
        }
    }

    /// The name of a unit. Nothing hangs on it, so a denial costs nothing but the name.
    async fn name(self, target: &OrganizationTarget) -> Option<String> {
        if target.kind != TargetKind::OrganizationalUnit {
            return None;
        }
        let call = self.client.describe_organizational_unit();
        let answer = call.organizational_unit_id(&target.id).send().await;
        let unit = answer
            .judge(DESCRIBE_ORGANIZATIONAL_UNIT)
            .ok()?
            .organizational_unit;
        unit?.name
    }

    async fn attached(self, target: &str, kind: PolicyType) -> Look<Vec<Attached>> {
        let call = self
            .client
            .list_policies_for_target()
            .target_id(target)
            .filter(kind);
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.judge(LIST_POLICIES_FOR_TARGET)?;
            found.extend(page.policies.unwrap_or_default().into_iter().filter_map(attached));
        }
        Ok(found)
    }

    async fn document(self, id: String) -> (String, Result<String, String>) {
        let answer = self.client.describe_policy().policy_id(&id).send().await;
        let policy = answer.judge(DESCRIBE_POLICY).map(|answer| answer.policy);
        let content = policy.and_then(|policy| {
            let content = policy.and_then(|policy| policy.content);
            content.ok_or_else(|| Trouble::failed(format!("{DESCRIBE_POLICY} gave no content of {id}")))
        });
        (id, content.map_err(|trouble| self.reason(&trouble)))
    }

    fn whole(self, level: Bare, documents: &Documents) -> OrganizationLevel {
        let read = |list: Look<Vec<Attached>>| {
            let list = list.map_err(|trouble| self.reason(&trouble))?;
            Ok(list
                .into_iter()
                .map(|policy| with_document(policy, documents))
                .collect())
        };
        OrganizationLevel {
            target: level.target,
            service_control_policies: read(level.service),
            resource_control_policies: read(level.resource),
        }
    }

    /// Reads each one, some at a time, in the order of the list.
    async fn each<I, T>(
        self,
        list: impl IntoIterator<Item = I>,
        read: impl Fn(I) -> BoxFuture<'a, T>,
    ) -> Vec<T> {
        let reads: Vec<_> = list.into_iter().map(read).collect();
        stream::iter(reads).buffered(AT_A_TIME).collect().await
    }

    fn reason(self, trouble: &Trouble) -> String {
        self.aws.clean(&trouble.reason())
    }
}

fn attached(summary: PolicySummary) -> Option<Attached> {
    let id = summary.id?;
    Some(Attached {
        name: summary.name.unwrap_or_else(|| id.clone()),
        id,
        aws_managed: summary.aws_managed,
    })
}

fn with_document(policy: Attached, documents: &Documents) -> ControlPolicy {
    let document = documents.get(&policy.id).cloned();
    ControlPolicy {
        document: document.unwrap_or_else(|| Err("it was not read".to_owned())),
        id: policy.id,
        name: policy.name,
        aws_managed: policy.aws_managed,
    }
}
