//! IAM: users, access keys, policies, groups. Query protocol; global, recorded in us-east-1.

mod group;
mod key;
mod policy;
mod simulate;
mod user;
mod version;

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{envelope, operation};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::{Live, Shared};
use crate::world::{Account, EventResource, Organization, User};

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

pub(super) const SERVICE: Service = Service {
    signing_name: "iam",
    prefix: "iam",
    source: "iam.amazonaws.com",
    protocol: Protocol::Query(NAMESPACE),
    operation,
    answer,
};

/// A call to IAM with all that its handlers look at.
struct Call<'a> {
    live: &'a mut Live,
    caller: &'a Caller,
    operation: &'a Operation,
    start: jiff::Timestamp,
    organization: Option<&'a Organization>,
    touched: Vec<EventResource>,
}

type Answer = Result<String, ApiError>;

fn answer(shared: &Shared, caller: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    let mut live = shared.live();
    let mut call = Call {
        live: &mut live,
        caller,
        operation,
        start: shared.start,
        organization: shared.world.organization.as_ref(),
        touched: Vec::new(),
    };
    let result = handler(&operation.name)?(&mut call)?;
    Ok(Reply {
        touched: call.touched,
        ..Reply::text(envelope(NAMESPACE, &operation.name, &result))
    })
}

fn handler(name: &str) -> Result<fn(&mut Call<'_>) -> Answer, ApiError> {
    Ok(match name {
        "GetUser" => user::get,
        "ListUsers" => user::list,
        "CreateUser" => user::create,
        "DeleteUser" => user::delete,
        "GetAccountSummary" => user::summary,
        "ListAccessKeys" => key::list,
        "GetAccessKeyLastUsed" => key::last_used,
        "CreateAccessKey" => key::create,
        "UpdateAccessKey" => key::update,
        "DeleteAccessKey" => key::delete,
        "ListUserPolicies" => policy::list_inline,
        "GetUserPolicy" => policy::get_inline,
        "PutUserPolicy" => policy::put_inline,
        "DeleteUserPolicy" => policy::delete_inline,
        "ListAttachedUserPolicies" => policy::list_attached,
        "AttachUserPolicy" => policy::attach,
        "DetachUserPolicy" => policy::detach,
        "GetPolicy" => policy::get,
        "ListEntitiesForPolicy" => policy::entities,
        "GetPolicyVersion" => version::get,
        "ListPolicyVersions" => version::list,
        "CreatePolicyVersion" => version::create,
        "DeletePolicyVersion" => version::delete,
        "SetDefaultPolicyVersion" => version::set_default,
        "SimulatePrincipalPolicy" => simulate::principal_policy,
        "ListGroupsForUser" => group::of_user,
        "GetGroup" => group::get,
        "PutGroupPolicy" => group::put_inline,
        "DeleteGroupPolicy" => group::delete_inline,
        "ListGroupPolicies" => group::list_inline,
        "GetGroupPolicy" => group::get_inline,
        "ListAttachedGroupPolicies" => group::list_attached,
        _ => {
            let message = format!("Could not find operation {name} for version 2010-05-08");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    })
}

impl Call<'_> {
    fn account(&self) -> Result<&Account, ApiError> {
        self.live.account(&self.caller.account).ok_or_else(lost)
    }

    fn account_mut(&mut self) -> Result<&mut Account, ApiError> {
        self.live.account_mut(&self.caller.account).ok_or_else(lost)
    }

    /// The user named by the parameters, or the caller where none is named.
    fn user_name(&self) -> String {
        self.operation
            .parameter("userName")
            .unwrap_or(&self.caller.user)
            .to_owned()
    }

    fn user(&self) -> Result<&User, ApiError> {
        let name = self.user_name();
        self.account()?.user(&name).ok_or_else(|| no_user(&name))
    }

    fn user_mut(&mut self) -> Result<&mut User, ApiError> {
        let name = self.user_name();
        let found = self.account_mut()?.user.iter_mut().find(|user| user.name == name);
        found.ok_or_else(|| no_user(&name))
    }
}

fn lost() -> ApiError {
    ApiError::new(500, "ServiceFailure", "the lab has lost this account")
}

fn no_user(name: &str) -> ApiError {
    ApiError::no_such_entity(format!("The user with name {name} cannot be found."))
}
