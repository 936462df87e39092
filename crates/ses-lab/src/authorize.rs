//! Whether a user may send, decided by `iam-eval` over every layer of policies that the world has for it.

use std::collections::BTreeMap;

use iam_eval::{Context, Decision, Evaluation, Layer, PolicyDocument, PolicySet, Request, evaluate};

use crate::world::{Account, InlinePolicy, Organization, PolicyType, User, managed};

/// The policies that bear upon a user, layer by layer.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    set: PolicySet,
}

/// One question: may this action be done to this resource?
#[derive(Clone, Debug)]
pub(crate) struct Question<'a> {
    /// ARN of the user.
    pub(crate) principal: &'a str,
    /// As `ses:SendRawEmail`.
    pub(crate) action: &'a str,
    /// ARN of the resource.
    pub(crate) resource: &'a str,
    /// Condition keys and their values.
    pub(crate) context: &'a BTreeMap<String, Vec<String>>,
}

impl Policies {
    /// The user's own policies, those of its groups, and its boundary.
    pub(crate) fn of_user(account: &Account, user: &User) -> Self {
        let mut policies = Self::default();
        for (name, text) in documents(account, user) {
            policies.add(Layer::IdentityPolicy, &name, &text);
        }
        if let Some(arn) = &user.boundary {
            // A boundary that is gone allows nothing.
            let text = managed_document(account, arn).unwrap_or_else(|| NOTHING.to_owned());
            policies.add(Layer::PermissionsBoundary, arn, &text);
        }
        policies
    }

    /// Adds one more; a document that is none, which `validate` refuses, does not take part.
    pub(crate) fn add(&mut self, layer: Layer, name: &str, text: &str) {
        if let Ok(document) = PolicyDocument::parse(name, text) {
            let added = self.set.add(layer, document);
            debug_assert!(added.is_ok(), "{name} does not suit {layer}");
        }
    }

    /// Adds the control policies on the way from the root of the organization to the account. That RCPs cover SES is
    /// unsourced; a world that has one for SES shows what it would look like.
    pub(crate) fn add_organization(&mut self, organization: &Organization, account: &str) {
        self.add_service_control(organization, account);
        self.add_control(
            organization,
            account,
            PolicyType::ResourceControlPolicy,
            Layer::ResourceControlPolicy,
        );
    }

    /// Adds the SCPs alone, for the simulator, which knows no RCP.
    pub(crate) fn add_service_control(&mut self, organization: &Organization, account: &str) {
        self.add_control(
            organization,
            account,
            PolicyType::ServiceControlPolicy,
            Layer::ServiceControlPolicy,
        );
    }

    fn add_control(&mut self, organization: &Organization, account: &str, kind: PolicyType, layer: Layer) {
        if account == organization.management_account {
            return;
        }
        for target in organization.path(account) {
            let attached = organization.attached(target, kind);
            let documents: Vec<PolicyDocument> = attached
                .iter()
                .filter_map(|policy| PolicyDocument::parse(policy.name, policy.document).ok())
                .collect();
            // A type that is switched off has nothing attached, and takes no part.
            if !attached.is_empty() {
                let added = self.set.add_level(layer, target.name(), documents);
                debug_assert!(
                    added.is_ok(),
                    "a policy at {} does not suit {layer}",
                    target.name()
                );
            }
        }
    }

    /// Whether they allow it.
    pub(crate) fn allow(&self, question: &Question<'_>) -> bool {
        self.answered(question, |evaluation| evaluation.decision()) == Some(Decision::Allowed)
    }

    /// What `read` sees in the evaluation; `None` for a question that is none.
    pub(crate) fn answered<T>(
        &self,
        question: &Question<'_>,
        read: impl FnOnce(&Evaluation<'_>) -> T,
    ) -> Option<T> {
        let known = question.context.iter();
        let context = Context::new(known.map(|(key, values)| (key.as_str(), values.clone())), []).ok()?;
        let request = Request::new(question.principal, question.action, question.resource, context).ok()?;
        Some(read(&evaluate(&self.set, &request)))
    }
}

const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// Names and texts of the user's identity policies.
fn documents(account: &Account, user: &User) -> Vec<(String, String)> {
    let groups = || {
        account
            .group
            .iter()
            .filter(|group| user.groups.contains(&group.name))
    };
    let inline = user.policy.iter().chain(groups().flat_map(|group| &group.policy));
    let attached = user
        .attached
        .iter()
        .chain(groups().flat_map(|group| &group.attached));
    let named = |policy: &InlinePolicy| (policy.name.clone(), policy.document.clone());
    let managed = |arn: &String| Some((arn.clone(), managed_document(account, arn)?));
    inline.map(named).chain(attached.filter_map(managed)).collect()
}

fn managed_document(account: &Account, arn: &str) -> Option<String> {
    let own = account
        .policy
        .iter()
        .find(|policy| arn == format!("arn:aws:iam::{}:policy/{}", account.id, policy.name));
    let aws = || managed::by_arn(arn).map(|policy| policy.document.to_owned());
    own.map(|policy| policy.document.clone()).or_else(aws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_caps_what_the_policies_allow() {
        let mut policies = Policies::default();
        let allow = r#"{"Statement":{"Effect":"Allow","Action":"ses:Send*","Resource":"*"}}"#;
        policies.add(Layer::IdentityPolicy, "send", allow);
        let question = Question {
            principal: "arn:aws:iam::111122223333:user/app",
            action: "ses:SendRawEmail",
            resource: "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
            context: &BTreeMap::new(),
        };
        assert!(policies.allow(&question));
        policies.add(Layer::PermissionsBoundary, "boundary", NOTHING);
        assert!(!policies.allow(&question));
    }
}
