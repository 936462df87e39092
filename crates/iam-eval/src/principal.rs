//! Who makes a request, and whether a `Principal` element means them (IAM User Guide, "AWS JSON policy elements: Principal"
//! and "NotPrincipal").

use crate::arn::Arn;
use crate::document::{Effect, PrincipalElement, PrincipalPattern};
use crate::span::Spanned;
use std::fmt;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    name: Box<str>,
    account: Option<Box<str>>,
    kind: Kind,
}

/// What kind of principal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A role, without its session.
    Role {
        /// Without its path.
        role: Box<str>,
    },
    /// A session of a role.
    RoleSession {
        /// Without its path, which session ARNs do not show.
        role: Box<str>,
    },
    /// A session made with `GetFederationToken`.
    FederatedUser,
    /// An AWS service, an identity provider, or nobody in particular (`*`).
    Outside,
}

/// How a `Principal` element means the one who asks; it decides how far the grant reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// Not at all.
    No,
    /// By the account: the account may pass the right on, and does so with its identity-based policies.
    ByAccount,
    /// By the role of the session: the boundary and the session policy still limit.
    ByRole,
    /// By user, session or service, or as anyone: the right is theirs at once.
    Directly,
}

/// Neither an ARN of a principal nor a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("principal {0:?} is neither the ARN of a user, role, session or root, nor a service principal")]
pub struct PrincipalError(String);

impl Principal {
    /// From the ARN of a user, role, session or root user, from a service principal (`ses.amazonaws.com`), or `*` for anyone.
    ///
    /// # Errors
    /// If it is none of these.
    pub fn parse(name: &str) -> Result<Self, PrincipalError> {
        let fail = || PrincipalError(name.to_owned());
        let outside = name == "*" || (name.contains('.') && !name.contains(':'));
        if outside {
            return Ok(Self {
                name: name.into(),
                account: None,
                kind: Kind::Outside,
            });
        }
        let arn = Arn::parse(name).ok_or_else(fail)?;
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).into();
        let kind = match (arn.service, arn.resource.split_once('/')) {
            ("iam" | "sts", None) if arn.resource == "root" => Kind::Root,
            ("iam", Some(("user", _))) => Kind::User,
            ("iam", Some(("role", path))) => Kind::Role { role: last(path) },
            ("iam", Some(("oidc-provider" | "saml-provider", _))) => Kind::Outside,
            ("sts", Some(("assumed-role", rest))) => Kind::RoleSession {
                role: rest.split('/').next().unwrap_or(rest).into(),
            },
            ("sts", Some(("federated-user", _))) => Kind::FederatedUser,
            _ => return Err(fail()),
        };
        if arn.account.is_empty() {
            return Err(fail());
        }
        Ok(Self {
            name: name.into(),
            account: (kind != Kind::Outside).then(|| arn.account.into()),
            kind,
        })
    }

    /// As given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account, unless it is a service or anyone.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// SCPs and RCPs do not bind service-linked roles, whose names AWS reserves (AWS Organizations User Guide, "Service
    /// control policies").
    #[must_use]
    pub fn is_service_linked_role(&self) -> bool {
        let prefix = "AWSServiceRoleFor";
        match &self.kind {
            Kind::RoleSession { role } => role.starts_with(prefix),
            Kind::Role { role } => role.starts_with(prefix) && self.name.contains(":role/aws-service-role/"),
            Kind::Root | Kind::User | Kind::FederatedUser | Kind::Outside => false,
        }
    }

    /// How one named principal means this one.
    fn named_by(&self, pattern: &PrincipalPattern) -> Named {
        let yes = |yes| if yes { Named::Directly } else { Named::No };
        match pattern {
            PrincipalPattern::Anyone => Named::Directly,
            PrincipalPattern::Account(account) if self.account() != Some(account) => Named::No,
            PrincipalPattern::Account(_) if self.kind == Kind::Root => Named::Directly,
            PrincipalPattern::Account(_) => Named::ByAccount,
            PrincipalPattern::Arn(arn) if *arn == self.name => match self.kind {
                Kind::Role { .. } => Named::ByRole,
                Kind::Root | Kind::User | Kind::RoleSession { .. } | Kind::FederatedUser | Kind::Outside => {
                    Named::Directly
                }
            },
            PrincipalPattern::Arn(arn) => self.named_by_role(arn),
            PrincipalPattern::Service(name)
            | PrincipalPattern::Federated(name)
            | PrincipalPattern::CanonicalUser(name) => yes(self.kind == Kind::Outside && *name == self.name),
        }
    }

    /// A session is meant by its role's ARN, whose path it does not show.
    fn named_by_role(&self, arn: &str) -> Named {
        let Kind::RoleSession { role } = &self.kind else {
            return Named::No;
        };
        let means = Arn::parse(arn).is_some_and(|arn| {
            arn.service == "iam"
                && self.account() == Some(arn.account)
                && arn.resource.starts_with("role/")
                && arn.resource.rsplit('/').next() == Some(role)
        });
        if means { Named::ByRole } else { Named::No }
    }

    /// Whom a `NotPrincipal` with `Deny` spares: everyone, if anyone is listed. AWS may look for the account first, then for the
    /// role, so that whoever else is to be spared must be listed with their account, and a session with its role.
    fn is_spared_by(&self, listed: &[Spanned<PrincipalPattern>]) -> bool {
        let has = |wanted| {
            listed
                .iter()
                .any(|pattern| self.named_by(&pattern.value) == wanted)
        };
        if listed
            .iter()
            .any(|pattern| pattern.value == PrincipalPattern::Anyone)
        {
            return true;
        }
        match self.kind {
            Kind::RoleSession { .. } | Kind::Role { .. } => has(Named::ByRole) && has(Named::ByAccount),
            Kind::User | Kind::FederatedUser => has(Named::Directly) && has(Named::ByAccount),
            Kind::Root | Kind::Outside => has(Named::Directly),
        }
    }
}

impl PrincipalElement {
    /// How the element means a principal. `bounded` is whether the principal has a permissions boundary: AWS documents that a
    /// `NotPrincipal` with `Deny` then spares nobody.
    #[must_use]
    pub fn means(&self, principal: &Principal, effect: Effect, bounded: bool) -> Named {
        let listed = self.principals.iter();
        let named = listed
            .map(|pattern| principal.named_by(&pattern.value))
            .max()
            .unwrap_or(Named::No);
        if !self.negated {
            return named;
        }
        let spared = match effect {
            Effect::Deny => !bounded && principal.is_spared_by(&self.principals),
            Effect::Allow => named != Named::No,
        };
        if spared { Named::No } else { Named::Directly }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PolicyDocument;

    #[test]
    fn a_denying_not_principal_spares_whom_it_lists_with_their_account_and_everyone_if_it_lists_anyone() {
        let user = Principal::parse("arn:aws:iam::111122223333:user/app").unwrap();
        for (listed, bounded, named) in [
            (r#""*""#, false, Named::No),
            (r#""*""#, true, Named::Directly),
            (
                r#"{"AWS": "arn:aws:iam::111122223333:user/app"}"#,
                false,
                Named::Directly,
            ),
            (
                r#"{"AWS": ["arn:aws:iam::111122223333:user/app", "111122223333"]}"#,
                false,
                Named::No,
            ),
            (
                r#"{"AWS": ["arn:aws:iam::111122223333:user/app", "111122223333"]}"#,
                true,
                Named::Directly,
            ),
        ] {
            let text = format!(
                r#"{{"Statement": {{"Effect": "Deny", "NotPrincipal": {listed}, "Action": "*", "Resource": "*"}}}}"#
            );
            let document = PolicyDocument::parse("policy", &text).unwrap();
            let element = document.statements[0].principal.as_ref().unwrap();
            assert_eq!(
                element.means(&user, Effect::Deny, bounded),
                named,
                "{listed}, bounded: {bounded}"
            );
        }
    }
}
