//! What is asked: who does what to which resource, in which context.

use crate::arn::Arn;
use crate::context::Context;
use crate::principal::{Principal, PrincipalError};

/// A request to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    principal: Principal,
    action: Box<str>,
    /// Actions know no case.
    action_lower: Box<str>,
    resource: Box<str>,
    resource_account: Option<Box<str>>,
    context: Context,
}

/// What makes a request none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Nobody who could ask.
    #[error(transparent)]
    Principal(#[from] PrincipalError),
    /// Not one action of one service.
    #[error("action {0:?} is not SERVICE:ACTION, without wildcards")]
    Action(String),
    /// Not one resource.
    #[error("resource {0:?} is neither an ARN without wildcards nor \"*\"")]
    Resource(String),
}

impl Request {
    /// A request. `resource` is an ARN, or `*` for an action that knows no resources.
    ///
    /// # Errors
    /// If a part cannot be what it should be.
    pub fn new(
        principal: &str,
        action: &str,
        resource: &str,
        context: Context,
    ) -> Result<Self, RequestError> {
        let named = action
            .split_once(':')
            .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
        if !named || action.contains(['*', '?']) {
            return Err(RequestError::Action(action.to_owned()));
        }
        if resource != "*" && Arn::parse(resource).is_none() {
            return Err(RequestError::Resource(resource.to_owned()));
        }
        Ok(Self {
            principal: Principal::parse(principal)?,
            action: action.into(),
            action_lower: action.to_ascii_lowercase().into(),
            resource: resource.into(),
            resource_account: None,
            context,
        })
    }

    /// The account that owns the resource, where its ARN does not say.
    #[must_use]
    pub fn owned_by(mut self, account: &str) -> Self {
        self.resource_account = Some(account.into());
        self
    }

    /// Who asks.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What is asked for, as given.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    pub(crate) fn action_lower(&self) -> &str {
        &self.action_lower
    }

    /// What it is asked for.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// In which context.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The account of the resource: as told, else as in its ARN, else the principal's.
    #[must_use]
    pub fn resource_account(&self) -> Option<&str> {
        let in_arn = || Arn::parse(&self.resource).map(|arn| arn.account);
        self.resource_account
            .as_deref()
            .or_else(|| in_arn().filter(|account| !account.is_empty() && *account != "aws"))
            .or_else(|| self.principal.account())
    }

    /// Whether the resource belongs to another account than the principal.
    #[must_use]
    pub fn is_cross_account(&self) -> bool {
        self.principal
            .account()
            .is_some_and(|account| self.resource_account() != Some(account))
    }
}
