//! Policies that are known by a name and belong to one owner: the inline policies of users and groups, and the policies of
//! SES identities (sending authorization). They are one shape; whose they are is data.

use super::state::document;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// A policy that is made, rewritten or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPolicy<Owner> {
    /// Whose policy it is.
    #[serde(flatten)]
    pub owner: Owner,
    /// The policy's name.
    pub name: String,
    /// The document that is there; `None` when there is no such policy.
    pub before: Option<String>,
    /// The document that is to be there.
    pub after: Option<String>,
}

/// An inline policy of a user: it reaches this one user only.
pub type UserPolicy = NamedPolicy<OfUser>;

/// An inline policy of a group: it reaches every user of the group.
pub type GroupPolicy = NamedPolicy<OfGroup>;

/// A policy of an SES identity, which SES calls an email identity policy.
pub type IdentityPolicy = NamedPolicy<OfIdentity>;

/// A user as the owner of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfUser {
    /// The user's name.
    pub user: String,
}

/// A group as the owner of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfGroup {
    /// The group's name.
    pub group: String,
}

/// An SES identity as the owner of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfIdentity {
    /// An address or a domain.
    pub identity: String,
}

/// Whose policy it is, of all owners that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// A user's.
    User(&'a str),
    /// A group's.
    Group(&'a str),
    /// An SES identity's.
    Identity(&'a str),
}

/// An owner of policies.
pub trait PolicyOwner: Clone {
    /// Which one.
    fn whose(&self) -> Whose<'_>;
}

impl PolicyOwner for OfUser {
    fn whose(&self) -> Whose<'_> {
        Whose::User(&self.user)
    }
}

impl PolicyOwner for OfGroup {
    fn whose(&self) -> Whose<'_> {
        Whose::Group(&self.group)
    }
}

impl PolicyOwner for OfIdentity {
    fn whose(&self) -> Whose<'_> {
        Whose::Identity(&self.identity)
    }
}

impl<Owner: PolicyOwner> NamedPolicy<Owner> {
    /// Whose policy it is.
    pub fn whose(&self) -> Whose<'_> {
        self.owner.whose()
    }
}

/// What the API calls a kind of owner, and what is done to its policies.
struct Terms {
    service: &'static str,
    owner: &'static str,
    document: &'static str,
    make: &'static str,
    rewrite: &'static str,
    remove: &'static str,
    /// What it takes to rewrite one, there and back.
    to_rewrite: &'static [&'static str],
    /// What it takes to make one or to take it away, there and back.
    to_make: &'static [&'static str],
}

const OF_USERS: Terms = Terms {
    service: "iam",
    owner: "UserName",
    document: "PolicyDocument",
    make: "PutUserPolicy",
    rewrite: "PutUserPolicy",
    remove: "DeleteUserPolicy",
    to_rewrite: &["iam:PutUserPolicy", "iam:GetUserPolicy"],
    to_make: &["iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:GetUserPolicy"],
};

const OF_GROUPS: Terms = Terms {
    service: "iam",
    owner: "GroupName",
    document: "PolicyDocument",
    make: "PutGroupPolicy",
    rewrite: "PutGroupPolicy",
    remove: "DeleteGroupPolicy",
    to_rewrite: &["iam:PutGroupPolicy", "iam:GetGroupPolicy", "iam:GetGroup"],
    to_make: &[
        "iam:PutGroupPolicy",
        "iam:DeleteGroupPolicy",
        "iam:GetGroupPolicy",
        "iam:GetGroup",
    ],
};

const OF_IDENTITIES: Terms = Terms {
    service: "sesv2",
    owner: "EmailIdentity",
    document: "Policy",
    make: "CreateEmailIdentityPolicy",
    rewrite: "UpdateEmailIdentityPolicy",
    remove: "DeleteEmailIdentityPolicy",
    to_rewrite: &["ses:UpdateEmailIdentityPolicy", "ses:GetEmailIdentityPolicies"],
    to_make: &[
        "ses:CreateEmailIdentityPolicy",
        "ses:DeleteEmailIdentityPolicy",
        "ses:GetEmailIdentityPolicies",
    ],
};

impl<'a> Whose<'a> {
    fn terms(self) -> &'static Terms {
        match self {
            Self::User(_) => &OF_USERS,
            Self::Group(_) => &OF_GROUPS,
            Self::Identity(_) => &OF_IDENTITIES,
        }
    }

    fn name(self) -> &'a str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Identity(name) => name,
        }
    }
}

impl<Owner: PolicyOwner> Change for NamedPolicy<Owner>
where
    Action: From<Self>,
{
    fn resource(&self) -> String {
        let name = &self.name;
        match self.whose() {
            Whose::User(user) => format!("the inline policy {name} of the user {user}"),
            Whose::Group(group) => format!("the inline policy {name} of the group {group}"),
            Whose::Identity(identity) => format!("the policy {name} of the identity {identity}"),
        }
    }

    fn before(&self) -> State {
        document(self.before.as_ref())
    }

    fn after(&self) -> State {
        document(self.after.as_ref())
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        let terms = self.whose().terms();
        let call = |operation| {
            Call::new(terms.service, operation)
                .with(terms.owner, self.whose().name())
                .with("PolicyName", self.name.as_str())
        };
        match (&self.before, &self.after) {
            (None, Some(document)) => call(terms.make).with(terms.document, document.as_str()),
            (Some(_), Some(document)) => call(terms.rewrite).with(terms.document, document.as_str()),
            (_, None) => call(terms.remove),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        let terms = self.whose().terms();
        match (&self.before, &self.after) {
            (Some(_), Some(_)) => terms.to_rewrite,
            (None, _) | (_, None) => terms.to_make,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plan_file_names_kind_and_owner_as_ever() {
        let kept = [
            json!({"kind": "user-policy", "user": "mailer", "name": "send", "before": null, "after": "{}"}),
            json!({"kind": "group-policy", "group": "senders", "name": "send", "before": "{}", "after": null}),
            json!({"kind": "identity-policy", "identity": "example.com", "name": "own", "before": "{}", "after": "{} "}),
        ];
        for kept in kept {
            let action: Action = serde_json::from_value(kept.clone()).unwrap();
            assert_eq!(serde_json::to_value(&action).unwrap(), kept);
            assert_eq!(kept["kind"], action.id());
        }
    }

    #[test]
    fn an_owner_of_another_kind_is_no_owner() {
        let mixed =
            json!({"kind": "user-policy", "group": "senders", "name": "send", "before": null, "after": "{}"});
        assert!(serde_json::from_value::<Action>(mixed).is_err());
    }
}
