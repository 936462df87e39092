//! The policies that take part, by layer, ready for many requests.

use crate::compiled::Compiled;
use crate::document::{DocumentErrors, Effect, PolicyDocument};
use crate::layer::Layer;
use crate::pattern::lower;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All policies that take part in a decision. A layer that was never added does not take part.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    groups: Vec<Group>,
    statements: usize,
}

/// Policies of a layer of which one must allow: all identity-based policies are one group, each boundary and each level of
/// SCPs is one of its own.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) layer: Layer,
    /// The root, organizational unit or account that SCPs and RCPs hang on.
    pub(crate) target: Option<Arc<str>>,
    pub(crate) documents: Vec<Arc<PolicyDocument>>,
    /// Their statements, as they are read.
    pub(crate) compiled: Compiled,
    /// It lets everything through that it does not deny.
    pub(crate) lets_through: bool,
}

impl PolicySet {
    /// No policies: everything is denied implicitly.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a policy of a layer. Identity-based policies add up, and session policies do; of boundaries and VPC endpoint
    /// policies each must allow. SCPs and RCPs have levels: see [`Self::add_level`].
    ///
    /// # Errors
    /// If the document cannot be a policy of that kind.
    pub fn add(
        &mut self,
        layer: Layer,
        document: impl Into<Arc<PolicyDocument>>,
    ) -> Result<(), DocumentErrors> {
        let mut document = document.into();
        document.suits(layer)?;
        let identity_based = matches!(layer, Layer::IdentityPolicy | Layer::PermissionsBoundary);
        if identity_based && document.has_incomplete_arns() {
            Arc::make_mut(&mut document).complete_arns();
        }
        self.statements += document.statements.len();
        let adds_up = match layer {
            Layer::IdentityPolicy | Layer::SessionPolicy | Layer::ResourcePolicy => true,
            Layer::PermissionsBoundary
            | Layer::VpcEndpointPolicy
            | Layer::ServiceControlPolicy
            | Layer::ResourceControlPolicy => false,
        };
        if let Some(group) = self
            .groups
            .iter_mut()
            .find(|group| adds_up && group.layer == layer)
        {
            group.compiled.add(&document);
            group.documents.push(document);
        } else {
            self.insert(Group {
                layer,
                target: None,
                compiled: Compiled::of([&*document]),
                documents: vec![document],
                lets_through: false,
            });
        }
        Ok(())
    }

    /// Adds the SCPs or RCPs that hang on one target: the root, an organizational unit or the account. At every level one of
    /// them must allow, so a level without SCPs allows nothing.
    ///
    /// # Errors
    /// If a document cannot be a policy of that kind.
    pub fn add_level<D: Into<Arc<PolicyDocument>>>(
        &mut self,
        layer: Layer,
        target: &str,
        documents: impl IntoIterator<Item = D>,
    ) -> Result<(), DocumentErrors> {
        let documents: Vec<Arc<PolicyDocument>> = documents.into_iter().map(Into::into).collect();
        for document in &documents {
            document.suits(layer)?;
            self.statements += document.statements.len();
        }
        // AWS attaches RCPFullAWSAccess everywhere and lets nobody detach it, so RCPs without any Allow were given without it
        // (AWS Organizations User Guide, "RCP evaluation").
        let mut statements = documents.iter().flat_map(|document| &document.statements);
        let denies_only = statements.all(|statement| statement.effect.value == Effect::Deny);
        self.insert(Group {
            layer,
            target: Some(target.into()),
            lets_through: layer == Layer::ResourceControlPolicy && denies_only,
            compiled: Compiled::of(documents.iter().map(|document| &**document)),
            documents,
        });
        Ok(())
    }

    /// Behind what is there of its layer, so that groups stay in the order of the layers.
    fn insert(&mut self, group: Group) {
        let at = self.groups.partition_point(|other| other.layer <= group.layer);
        self.groups.insert(at, group);
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Whether a layer takes part.
    #[must_use]
    pub fn has(&self, layer: Layer) -> bool {
        self.groups.iter().any(|group| group.layer == layer)
    }

    /// The context keys that the decision may depend on, as they are first written; each once, though keys know no case.
    #[must_use]
    pub fn context_keys(&self) -> Vec<&str> {
        let documents = self.groups.iter().flat_map(|group| &group.documents);
        let mut by_key = BTreeMap::new();
        for key in documents.flat_map(|document| document.context_keys()) {
            by_key.entry(lower(key)).or_insert(key);
        }
        by_key.into_values().collect()
    }

    /// Statements in all documents.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.statements
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::decision::Decision;
    use crate::evaluate::evaluate;
    use crate::request::Request;

    #[test]
    fn identity_based_policies_alone_may_leave_the_end_of_an_arn_away() {
        let document = |effect: &str, resource: &str| {
            let text = format!(
                r#"{{"Statement": {{"Effect": "{effect}", "Action": "*", "Resource": "{resource}"}}}}"#
            );
            PolicyDocument::parse("policy", &text).unwrap()
        };
        let identity = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
        let request = Request::new(
            "arn:aws:iam::111122223333:user/app",
            "ses:SendRawEmail",
            identity,
            Context::default(),
        );
        let mut policies = PolicySet::new();
        policies
            .add(Layer::IdentityPolicy, document("Allow", "arn:aws:ses"))
            .unwrap();
        policies
            .add(Layer::SessionPolicy, document("Allow", "*"))
            .unwrap();
        assert_eq!(
            evaluate(&policies, request.as_ref().unwrap()).decision(),
            Decision::Allowed
        );
        policies
            .add(Layer::SessionPolicy, document("Deny", "arn:aws:ses"))
            .unwrap();
        assert_eq!(
            evaluate(&policies, request.as_ref().unwrap()).decision(),
            Decision::Allowed
        );
    }
}
