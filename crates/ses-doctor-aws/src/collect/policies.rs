//! [`Need::Policies`](ses_doctor_core::Need::Policies): every identity policy that applies to the user, and the
//! permissions boundary.
//!
//! Whatever part could not be read stands in the list with the reason, so that nobody takes the rest for the whole.

use super::document::decode;
use super::{user, user_of};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{
    GET_GROUP_POLICY, GET_POLICY, GET_POLICY_VERSION, GET_USER_POLICY, LIST_ATTACHED_GROUP_POLICIES,
    LIST_ATTACHED_USER_POLICIES, LIST_GROUP_POLICIES, LIST_GROUPS_FOR_USER, LIST_USER_POLICIES,
};
use crate::subject::Subject;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::AttachedPolicy;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
use ses_doctor_core::evidence::{Attachment, PolicyDocument};

const AT_A_TIME: usize = 8;

type Part = Look<Vec<PolicyDocument>>;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Part {
    let reader = Reader {
        aws,
        iam: &aws.iam(subject.region.as_deref()),
    };
    let user = user_of(subject)?;
    let (inline, attached, groups, boundary) = futures::join!(
        reader.user_inline(user),
        reader.user_attached(user),
        reader.groups(user),
        reader.boundary(user),
    );
    reader.whole([
        ("(inline policies)", Attachment::UserInline, inline),
        ("(attached policies)", Attachment::UserManaged, attached),
        (
            "(policies of groups)",
            Attachment::GroupManaged(Attachment::UNREAD_GROUP.to_owned()),
            groups,
        ),
        ("(permissions boundary)", Attachment::Boundary, boundary),
    ])
}

/// The names of the user's groups.
pub(super) async fn groups(aws: &Aws, subject: &Subject) -> Look<Vec<String>> {
    names_of_groups(&aws.iam(subject.region.as_deref()), user_of(subject)?).await
}

async fn names_of_groups(iam: &Client, user: &str) -> Look<Vec<String>> {
    let groups = iam.list_groups_for_user().user_name(user).into_paginator();
    let groups: Vec<_> = groups
        .items()
        .send()
        .collect::<Result<_, _>>()
        .await
        .judge(LIST_GROUPS_FOR_USER)?;
    Ok(groups.into_iter().map(|group| group.group_name).collect())
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    aws: &'a Aws,
    iam: &'a Client,
}

impl<'a> Reader<'a> {
    /// The parts together. That the user does not exist, or that nothing at all could be read, is the answer to all.
    fn whole<const N: usize>(self, parts: [(&str, Attachment, Part); N]) -> Part {
        let troubles: Vec<&Trouble> = parts
            .iter()
            .filter_map(|(_, _, part)| part.as_ref().err())
            .collect();
        let nothing = troubles.len() == N;
        let missing = troubles.iter().find(|trouble| ***trouble == Trouble::Missing);
        if let Some(trouble) = missing.or(troubles.first().filter(|_| nothing)) {
            return Err((*trouble).clone());
        }
        Ok(parts
            .into_iter()
            .flat_map(|(name, place, part)| self.or_gap(name, place, part))
            .collect())
    }

    /// A part, or an entry that says why it is not there.
    fn or_gap(self, name: &str, attachment: Attachment, part: Part) -> Vec<PolicyDocument> {
        part.unwrap_or_else(|trouble| vec![self.entry(name, None, attachment, Err(trouble))])
    }

    fn entry(
        self,
        name: &str,
        arn: Option<String>,
        attachment: Attachment,
        document: Look<String>,
    ) -> PolicyDocument {
        let document = document.map_err(|trouble| self.aws.clean(&trouble.reason()));
        let document = document.and_then(|text| decode(&text));
        PolicyDocument {
            name: name.to_owned(),
            arn,
            attachment,
            document,
        }
    }

    async fn user_inline(self, user: &str) -> Part {
        let names = self
            .iam
            .list_user_policies()
            .user_name(user)
            .into_paginator()
            .items()
            .send();
        let names: Vec<String> = names.collect::<Result<_, _>>().await.judge(LIST_USER_POLICIES)?;
        Ok(self
            .each(names, |name| self.user_policy(user, name).boxed())
            .await)
    }

    async fn user_policy(self, user: &str, name: String) -> PolicyDocument {
        let answer = self
            .iam
            .get_user_policy()
            .user_name(user)
            .policy_name(&name)
            .send()
            .await;
        let document = answer.judge(GET_USER_POLICY).map(|answer| answer.policy_document);
        self.entry(&name, None, Attachment::UserInline, document)
    }

    async fn user_attached(self, user: &str) -> Part {
        let policies = self
            .iam
            .list_attached_user_policies()
            .user_name(user)
            .into_paginator()
            .items()
            .send();
        let policies: Vec<_> = policies
            .collect::<Result<_, _>>()
            .await
            .judge(LIST_ATTACHED_USER_POLICIES)?;
        Ok(self
            .each(policies, |policy| {
                self.attached(policy, Attachment::UserManaged).boxed()
            })
            .await)
    }

    async fn groups(self, user: &str) -> Part {
        let groups = names_of_groups(self.iam, user).await?;
        let policies = self.each(groups, |group| self.group(group).boxed()).await;
        Ok(policies.into_iter().flatten().collect())
    }

    async fn group(self, group: String) -> Vec<PolicyDocument> {
        let (inline, attached) = futures::join!(self.group_inline(&group), self.group_attached(&group));
        let inline = self.or_gap(
            "(inline policies)",
            Attachment::GroupInline(group.clone()),
            inline,
        );
        let attached = self.or_gap("(attached policies)", Attachment::GroupManaged(group), attached);
        inline.into_iter().chain(attached).collect()
    }

    async fn group_inline(self, group: &str) -> Part {
        let names = self
            .iam
            .list_group_policies()
            .group_name(group)
            .into_paginator()
            .items()
            .send();
        let names: Vec<String> = names.collect::<Result<_, _>>().await.judge(LIST_GROUP_POLICIES)?;
        Ok(self
            .each(names, |name| self.group_policy(group, name).boxed())
            .await)
    }

    async fn group_policy(self, group: &str, name: String) -> PolicyDocument {
        let answer = self
            .iam
            .get_group_policy()
            .group_name(group)
            .policy_name(&name)
            .send()
            .await;
        let document = answer
            .judge(GET_GROUP_POLICY)
            .map(|answer| answer.policy_document);
        self.entry(&name, None, Attachment::GroupInline(group.to_owned()), document)
    }

    async fn group_attached(self, group: &str) -> Part {
        let policies = self
            .iam
            .list_attached_group_policies()
            .group_name(group)
            .into_paginator()
            .items()
            .send();
        let policies: Vec<_> = policies
            .collect::<Result<_, _>>()
            .await
            .judge(LIST_ATTACHED_GROUP_POLICIES)?;
        let place = || Attachment::GroupManaged(group.to_owned());
        Ok(self
            .each(policies, |policy| self.attached(policy, place()).boxed())
            .await)
    }

    async fn boundary(self, user: &str) -> Part {
        let Some(arn) = user::of_name(self.iam, user).await?.boundary else {
            return Ok(Vec::new());
        };
        let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
        Ok(vec![self.managed(name, arn, Attachment::Boundary).await])
    }

    async fn attached(self, policy: AttachedPolicy, attachment: Attachment) -> PolicyDocument {
        let arn = policy.policy_arn.unwrap_or_default();
        self.managed(policy.policy_name.unwrap_or_default(), arn, attachment)
            .await
    }

    async fn managed(self, name: String, arn: String, attachment: Attachment) -> PolicyDocument {
        let document = self.default_version(&arn).await;
        self.entry(&name, Some(arn), attachment, document)
    }

    async fn default_version(self, arn: &str) -> Look<String> {
        let answer = self
            .iam
            .get_policy()
            .policy_arn(arn)
            .send()
            .await
            .judge(GET_POLICY)?;
        let version = answer.policy.and_then(|policy| policy.default_version_id);
        let version = version.ok_or_else(|| Trouble::failed("iam:GetPolicy named no default version"))?;
        let answer = self
            .iam
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version)
            .send()
            .await;
        let document = answer
            .judge(GET_POLICY_VERSION)?
            .policy_version
            .and_then(|version| version.document);
        document.ok_or_else(|| Trouble::failed("iam:GetPolicyVersion gave no document"))
    }

    /// Reads each one, some at a time, in the order of the list.
    async fn each<I, T>(self, list: Vec<I>, read: impl Fn(I) -> BoxFuture<'a, T>) -> Vec<T> {
        stream::iter(list).map(read).buffered(AT_A_TIME).collect().await
    }
}
