//! The policies of the evidence, by the layer in which IAM applies them.

use super::message::stands_for;
use super::send::part_of_arn;
use crate::evidence::{Attachment, Evidence, Identity, PolicyDocument};
use crate::need::Need;
use crate::observed::{Observation, Observed};
use crate::reading;

/// A layer of policies. A call must get through each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Policies of the user and of its groups.
    Identity,
    /// The permissions boundary of the user.
    Boundary,
    /// Service control policies of the organisation, level by level.
    ServiceControl,
    /// Resource control policies of the organisation, level by level.
    ResourceControl,
    /// Sending authorization policies of the SES identity.
    SendingAuthorization,
    /// The policy of a VPC endpoint for SES's SMTP service.
    VpcEndpoint,
}

impl Layer {
    /// Every layer, in the order in which a denial is worth telling.
    pub const ALL: [Self; 6] = [
        Self::ResourceControl,
        Self::ServiceControl,
        Self::VpcEndpoint,
        Self::SendingAuthorization,
        Self::Boundary,
        Self::Identity,
    ];

    /// The evidence that shows its policies.
    pub fn need(self) -> Need {
        match self {
            Self::Identity | Self::Boundary => Need::Policies,
            Self::ServiceControl | Self::ResourceControl => Need::Organization,
            Self::SendingAuthorization => Need::SenderIdentity,
            Self::VpcEndpoint => Need::VpcEndpoints,
        }
    }

    /// In words, for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Identity => "the policies of the user",
            Self::Boundary => "the statements of the permissions boundary",
            Self::ServiceControl => "the service control policies",
            Self::ResourceControl => "the resource control policies",
            Self::SendingAuthorization => "the policies of the SES identity",
            Self::VpcEndpoint => "the statements of the VPC endpoint's policy",
        }
    }

    /// Who can change it.
    pub fn owner(self) -> &'static str {
        match self {
            Self::Identity => "whoever administers IAM in the account",
            Self::Boundary => "the owner of the permissions boundary",
            Self::ServiceControl | Self::ResourceControl => "an administrator of the organisation",
            Self::SendingAuthorization => "the owner of the SES identity",
            Self::VpcEndpoint => "the owner of the VPC endpoint",
        }
    }
}

/// One policy document of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name, with the place where it hangs: `group web/no-mail`.
    pub name: String,
    /// The level of the organisation or the endpoint that it belongs to; documents of one target are one set.
    pub target: String,
    /// JSON text.
    pub text: String,
}

impl Document {
    fn without_denies(self) -> Self {
        let Ok(mut policy) = serde_json::from_str::<serde_json::Value>(&self.text) else {
            return self;
        };
        let denies = |statement: &serde_json::Value| statement.get("Effect") == Some(&"Deny".into());
        let Some(statements) = policy.get_mut("Statement").and_then(|it| it.as_array_mut()) else {
            return self;
        };
        statements.retain(|statement| !denies(statement));
        Self {
            text: policy.to_string(),
            ..self
        }
    }
}

/// What is known of a layer's policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policies {
    /// There is no such layer for this call.
    NotThere,
    /// All of it.
    Whole(Vec<Document>),
    /// Some of it could not be read: a deny among the rest counts, the lack of an allow does not.
    Part(Vec<Document>),
    /// Nothing of it was read.
    Unread,
}

impl Policies {
    /// The same without the statements that deny; documents that are no JSON stay as they are.
    pub(crate) fn without_denies(self) -> Self {
        let strip = |documents: Vec<Document>| documents.into_iter().map(Document::without_denies).collect();
        match self {
            Self::Whole(documents) => Self::Whole(strip(documents)),
            Self::Part(documents) => Self::Part(strip(documents)),
            Self::NotThere => Self::NotThere,
            Self::Unread => Self::Unread,
        }
    }

    /// A layer without a single document takes no part. (Not so the user's own: without them nothing is allowed.)
    fn unless_empty(self) -> Self {
        let empty = matches!(&self, Self::Whole(documents) if documents.is_empty());
        if empty { Self::NotThere } else { self }
    }
}

/// The policies of a layer that bear upon `resource`.
pub fn policies(evidence: &Evidence, layer: Layer, resource: &str) -> Policies {
    match layer {
        Layer::Identity => of_user(evidence, |attachment| *attachment != Attachment::Boundary),
        Layer::Boundary => of_user(evidence, |attachment| *attachment == Attachment::Boundary).unless_empty(),
        Layer::SendingAuthorization => of_identity(evidence, resource),
        Layer::ServiceControl | Layer::ResourceControl => of_organisation(evidence, layer),
        Layer::VpcEndpoint => of_endpoints(evidence),
    }
}

fn of_user(evidence: &Evidence, belongs: impl Fn(&Attachment) -> bool) -> Policies {
    match &evidence.policies.observed {
        Observed::Known(policies) => gather(
            policies
                .iter()
                .filter(|policy| belongs(&policy.attachment))
                .map(of_policy),
        ),
        Observed::Missing | Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => {
            Policies::Unread
        }
    }
}

fn of_policy(policy: &PolicyDocument) -> Option<Document> {
    let place = match &policy.attachment {
        Attachment::UserInline => "inline policy ".to_owned(),
        Attachment::UserManaged => "attached policy ".to_owned(),
        Attachment::GroupInline(group) => format!("inline policy of the group {group}: "),
        Attachment::GroupManaged(group) => format!("policy attached to the group {group}: "),
        Attachment::Boundary => "permissions boundary ".to_owned(),
    };
    let text = policy.document.as_ref().ok()?;
    Some(Document {
        name: format!("{place}{}", policy.name),
        target: String::new(),
        text: text.clone(),
    })
}

/// Every part of the user's policies could be read.
pub(crate) fn is_whole(policies: &[PolicyDocument]) -> bool {
    policies.iter().all(|policy| policy.document.is_ok())
}

/// The documents, or those of them that could be read.
fn gather(documents: impl Iterator<Item = Option<Document>>) -> Policies {
    let all: Vec<Option<Document>> = documents.collect();
    let whole = all.iter().all(Option::is_some);
    let read = all.into_iter().flatten().collect();
    match whole {
        true => Policies::Whole(read),
        false => Policies::Part(read),
    }
}

/// The sending authorization policies of the identity that `resource` names: the sender's, or in the sandbox the recipient's.
/// Those of any other identity nobody has read.
fn of_identity(evidence: &Evidence, resource: &str) -> Policies {
    let Some((_, named)) = resource.rsplit_once(":identity/") else {
        return Policies::NotThere;
    };
    let read = [&evidence.sender_identity, &evidence.recipient_identity];
    let region = part_of_arn(resource, 3);
    let is_this = |identity: &&Identity| {
        identity.name.eq_ignore_ascii_case(named) && region == Some(identity.region.as_str())
    };
    if let Some(identity) = read.into_iter().filter_map(|it| it.known()).find(is_this) {
        let policies = identity.policies.iter();
        let documents = policies.map(|policy| Document {
            name: format!("the policy {} of the identity {}", policy.name, identity.name),
            target: String::new(),
            text: policy.document.clone(),
        });
        return Policies::Whole(documents.collect()).unless_empty();
    }
    let symptom = evidence.symptom.known();
    let is_missing = |identity: &Observation<Identity>, address: Option<&str>| {
        identity.is_missing() && address.is_some_and(|address| stands_for(named, &reading::bare(address)))
    };
    let sender = symptom.and_then(|symptom| symptom.from.as_deref());
    let recipient = symptom.and_then(|symptom| symptom.to.as_deref());
    // What SES does not have, has no policies.
    let nobody =
        is_missing(&evidence.sender_identity, sender) || is_missing(&evidence.recipient_identity, recipient);
    match nobody {
        true => Policies::NotThere,
        false => Policies::Unread,
    }
}

fn of_organisation(evidence: &Evidence, layer: Layer) -> Policies {
    let organization = match &evidence.organization.observed {
        Observed::Known(organization) if organization.is_management_account() => return Policies::NotThere,
        Observed::Known(organization) => organization,
        Observed::Missing => return Policies::NotThere,
        Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => return Policies::Unread,
    };
    let documents = organization.path.iter().flat_map(|level| {
        let of_type = match layer {
            Layer::ResourceControl => &level.resource_control_policies,
            Layer::Identity
            | Layer::Boundary
            | Layer::ServiceControl
            | Layer::SendingAuthorization
            | Layer::VpcEndpoint => &level.service_control_policies,
        };
        let target = level.target.name.as_ref().unwrap_or(&level.target.id);
        match of_type {
            Err(_) => vec![None],
            Ok(policies) => policies
                .iter()
                .map(|policy| {
                    Some(Document {
                        name: format!("{} at {target}", policy.name),
                        target: level.target.id.clone(),
                        text: policy.document.as_ref().ok()?.clone(),
                    })
                })
                .collect(),
        }
    });
    gather(documents).unless_empty()
}

/// The policies of the endpoints that the client may go through: it is one of them that must let the message pass.
fn of_endpoints(evidence: &Evidence) -> Policies {
    match &evidence.vpc_endpoints.observed {
        Observed::Known(_) => {
            let endpoints = reading::endpoints(evidence).into_iter();
            let documents = endpoints.map(|endpoint| {
                Some(Document {
                    name: format!("policy of {}", endpoint.id),
                    target: endpoint.id.clone(),
                    text: endpoint.policy.clone()?,
                })
            });
            gather(documents).unless_empty()
        }
        Observed::Missing => Policies::NotThere,
        // Whether the client goes through an endpoint is as little known as what its policy says.
        Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => Policies::Unread,
    }
}

impl Layer {
    /// Its name in the engine.
    pub(crate) fn of_iam(self) -> iam_eval::Layer {
        match self {
            Self::Identity => iam_eval::Layer::IdentityPolicy,
            Self::Boundary => iam_eval::Layer::PermissionsBoundary,
            Self::ServiceControl => iam_eval::Layer::ServiceControlPolicy,
            Self::ResourceControl => iam_eval::Layer::ResourceControlPolicy,
            Self::SendingAuthorization => iam_eval::Layer::ResourcePolicy,
            Self::VpcEndpoint => iam_eval::Layer::VpcEndpointPolicy,
        }
    }
}
