//! What the changes are held against: the key, its user, and everything between them and the message.

use crate::evidence::{Attachment, Evidence, OrganizationPolicies, PasswordSource, TrailEvent};
use crate::permission::{denials, send};
use crate::reading;
use ses_smtp::catalogue::Meaning;
use std::collections::BTreeSet;

/// The names that a change must bear to matter.
#[derive(Debug, Default)]
pub(super) struct Scene<'a> {
    /// The access key of the login.
    pub(super) key: Option<&'a str>,
    /// Its user.
    pub(super) user: Option<String>,
    /// The user's groups.
    pub(super) groups: BTreeSet<&'a str>,
    /// ARNs of the managed policies that reach the user.
    pub(super) policies: BTreeSet<&'a str>,
    /// ARN of the permissions boundary.
    pub(super) boundary: Option<&'a str>,
    /// Names of the documents that refuse the message.
    pub(super) deciding: Vec<String>,
    /// The account's path in its organization.
    pub(super) organization: Option<&'a OrganizationPolicies>,
    /// Sender and recipient.
    pub(super) from: Option<&'a str>,
    /// See `from`.
    pub(super) to: Option<&'a str>,
    /// The configuration set in use.
    pub(super) configuration_set: Option<String>,
    /// The tenant that the client names.
    pub(super) tenant: Option<&'a str>,
    /// VPC endpoints of SES SMTP.
    pub(super) endpoints: BTreeSet<&'a str>,
    /// Their security groups.
    pub(super) security_groups: BTreeSet<&'a str>,
    /// What keeps the pair that was tried.
    pub(super) source: Option<&'a PasswordSource>,
}

impl<'a> Scene<'a> {
    pub(super) fn of(evidence: &'a Evidence) -> Self {
        let key = evidence.access_key_id();
        let owner = key
            .and_then(|key| reading::owner(evidence, key))
            .map(str::to_owned);
        let named = || {
            let arn = send::named_user(evidence)?;
            arn.rsplit_once('/').map(|(_, name)| name.to_owned())
        };
        let documents = evidence.policies.known().map_or(&[][..], Vec::as_slice);
        let symptom = evidence.symptom.known();
        let endpoints = evidence.vpc_endpoints.known().map_or(&[][..], Vec::as_slice);
        let managed = |boundary: bool| {
            let some = documents
                .iter()
                .filter(move |document| (document.attachment == Attachment::Boundary) == boundary);
            some.filter_map(|document| document.arn.as_deref())
        };
        Self {
            key,
            user: owner.or_else(named),
            groups: groups(evidence),
            policies: managed(false).collect(),
            boundary: managed(true)
                .next()
                .or_else(|| evidence.user.known()?.boundary.as_deref()),
            deciding: denials(evidence)
                .into_iter()
                .filter_map(|denial| Some(denial.at?.document))
                .collect(),
            organization: evidence.organization.known(),
            from: symptom.and_then(|symptom| symptom.from.as_deref()),
            to: symptom.and_then(|symptom| symptom.to.as_deref()),
            configuration_set: refused_set(evidence).or_else(|| {
                let (name, _) = reading::configuration_set(evidence)?;
                Some(name.to_owned())
            }),
            tenant: symptom.and_then(|symptom| symptom.tenant.as_deref()),
            endpoints: endpoints.iter().map(|endpoint| endpoint.id.as_str()).collect(),
            security_groups: endpoints
                .iter()
                .flat_map(|endpoint| &endpoint.security_groups)
                .map(|group| group.id.as_str())
                .collect(),
            source: evidence
                .password_source
                .known()
                .filter(|source| !reading::client_has_another(source)),
        }
    }

    /// The event acted upon the key of the login.
    pub(super) fn is_on_key(&self, event: &TrailEvent) -> bool {
        self.key.is_some_and(|key| reading::is_on_key(event, key))
    }

    /// The event acted upon the key's user.
    pub(super) fn is_on_user(&self, event: &TrailEvent) -> bool {
        self.user.is_some() && event.user_name == self.user
    }

    /// The event acted upon a group of the user.
    pub(super) fn is_on_group(&self, event: &TrailEvent) -> bool {
        event
            .parameter("groupName")
            .is_some_and(|group| self.groups.contains(group))
    }

    /// The document that refuses the message bears this name.
    pub(super) fn decides(&self, name: &str) -> bool {
        let last = name.rsplit('/').next().unwrap_or(name);
        let is_word = |document: &String| document.split([' ', ':']).any(|word| word == last);
        !last.is_empty() && self.deciding.iter().any(is_word)
    }
}

/// The configuration set that SES names in its refusal: `Configuration set <NAME> does not exist`.
fn refused_set(evidence: &Evidence) -> Option<String> {
    let of_set = |meaning: &Meaning| {
        matches!(
            meaning,
            Meaning::ConfigurationSetMissing | Meaning::ConfigurationSetPaused
        )
    };
    let text = evidence.refusal_meaning(of_set)?.reply.text();
    let (_, rest) = text.split_once('<')?;
    rest.split_once('>').map(|(name, _)| name.to_owned())
}

/// Groups whose policies were read, those whose history was read, and those that the user was put into.
fn groups(evidence: &Evidence) -> BTreeSet<&str> {
    let documents = evidence.policies.known().into_iter().flatten();
    let of_policies = documents.filter_map(|document| match &document.attachment {
        Attachment::GroupInline(group) | Attachment::GroupManaged(group) => Some(group.as_str()),
        Attachment::UserInline | Attachment::UserManaged | Attachment::Boundary => None,
    });
    let asked = evidence
        .policy_events
        .known()
        .into_iter()
        .flat_map(|history| &history.asked);
    let asked = asked.filter(|name| !name.starts_with("arn:")).map(String::as_str);
    let joined = reading::events(evidence)
        .filter(|(_, event)| event.name == "AddUserToGroup")
        .filter_map(|(_, event)| event.parameter("groupName"));
    of_policies.chain(asked).chain(joined).collect()
}
