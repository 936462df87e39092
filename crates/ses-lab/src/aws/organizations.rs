//! Organizations: where an account stands, and the SCPs and RCPs on the way. JSON; global, recorded in us-east-1.

use serde_json::{Map, Value, json};

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{decode_marker, encode_marker};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::Shared;
use crate::world::organization::{Organization, Policy, PolicyType, Target};

/// Entries on one page, at most and by default (botocore model: `MaxResults` is 1 to 20).
const PAGE: usize = 20;

pub(super) const SERVICE: Service = Service {
    signing_name: "organizations",
    prefix: "organizations",
    source: "organizations.amazonaws.com",
    protocol: Protocol::Json,
    operation,
    answer,
};

fn operation(request: &Request) -> Option<Operation> {
    let name = request.header("x-amz-target")?.rsplit('.').next()?.to_owned();
    Some(Operation {
        name,
        parameters: request.json(),
        resources: Vec::new(),
    })
}

fn answer(shared: &Shared, caller: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    let world = shared.world.organization.as_ref();
    let organization = world
        .filter(|organization| organization.has(&caller.account))
        .ok_or_else(|| {
            refused(
                "AWSOrganizationsNotInUseException",
                "Your account is not a member of an organization.",
            )
        })?;
    let whole = operation.name == "DescribeOrganization";
    if !whole && !organization.may_read(&caller.account) {
        let message = "You don't have permissions to access this resource.";
        return Err(trouble(SERVICE.protocol, Trouble::Denied, message));
    }
    let call = Call {
        organization,
        parameters: &operation.parameters,
    };
    let value = match operation.name.as_str() {
        "DescribeOrganization" => call.describe(),
        "ListParents" => call.parents()?,
        "ListPoliciesForTarget" => call.policies()?,
        "DescribePolicy" => call.policy()?,
        "DescribeOrganizationalUnit" => call.unit()?,
        "DescribeAccount" => call.account(shared)?,
        other => {
            let message = format!("the lab has no operation {other} in Organizations");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(Reply::json(&value))
}

fn refused(code: &'static str, message: &str) -> ApiError {
    ApiError::new(400, code, message)
}

/// A call with what it reads.
#[derive(Clone, Copy)]
struct Call<'a> {
    organization: &'a Organization,
    parameters: &'a Map<String, Value>,
}

impl<'a> Call<'a> {
    fn parameter(self, name: &str) -> Result<&'a str, ApiError> {
        let value = self.parameters.get(name).and_then(Value::as_str);
        value.ok_or_else(|| {
            refused(
                "InvalidInputException",
                &format!("You specified an invalid value for {name}."),
            )
        })
    }

    /// The target that a parameter names, or the error for what is not there.
    fn target(self, name: &str, code: &'static str) -> Result<Target<'a>, ApiError> {
        let found = self.organization.target(self.parameter(name)?);
        found.ok_or_else(|| refused(code, "You specified a target that doesn't exist."))
    }

    fn arn(self, rest: &str) -> String {
        self.organization.arn(rest)
    }

    fn describe(self) -> Value {
        let (id, account) = (self.organization.id(), &self.organization.management_account);
        json!({ "Organization": {
            "Id": id,
            "Arn": self.arn(&format!("organization/{id}")),
            "FeatureSet": "ALL",
            "MasterAccountArn": self.arn(&format!("account/{id}/{account}")),
            "MasterAccountId": account,
            "MasterAccountEmail": "organization@management.example",
        } })
    }

    fn parents(self) -> Result<Value, ApiError> {
        let child = self.target("ChildId", "ChildNotFoundException")?;
        let parent = self
            .organization
            .parent(child)
            .ok_or_else(|| refused("InvalidInputException", "You specified a root as a child."))?;
        let kind = match parent {
            Target::Root => "ROOT",
            Target::Unit(_) | Target::Account(_) => "ORGANIZATIONAL_UNIT",
        };
        Ok(json!({ "Parents": [{ "Id": self.organization.id_of(parent), "Type": kind }] }))
    }

    fn policies(self) -> Result<Value, ApiError> {
        let target = self.target("TargetId", "TargetNotFoundException")?;
        let filter = self.parameter("Filter")?;
        let kind = PolicyType::ALL.into_iter().find(|kind| kind.word() == filter);
        let attached = kind.map(|kind| self.organization.attached(target, kind));
        let shown: Vec<Value> = attached.iter().flatten().map(|it| self.summary(it)).collect();
        self.page("Policies", &shown)
    }

    /// One page of a list, with `NextToken`.
    fn page(self, name: &str, items: &[Value]) -> Result<Value, ApiError> {
        let invalid = |what| refused("InvalidInputException", what);
        let start = match self.parameters.get("NextToken").and_then(Value::as_str) {
            None => 0,
            Some(token) => {
                decode_marker(token).ok_or_else(|| invalid("You specified an invalid NextToken."))?
            }
        };
        let size = match self.parameters.get("MaxResults") {
            None => PAGE,
            Some(size) => size
                .as_u64()
                .and_then(|size| usize::try_from(size).ok())
                .filter(|size| (1..=PAGE).contains(size))
                .ok_or_else(|| invalid("You specified an invalid MaxResults."))?,
        };
        let shown: Vec<Value> = items.iter().skip(start).take(size).cloned().collect();
        let mut page = Map::from_iter([(name.to_owned(), Value::Array(shown))]);
        let next = start.saturating_add(size);
        if next < items.len() {
            page.insert("NextToken".to_owned(), json!(encode_marker(next)));
        }
        Ok(Value::Object(page))
    }

    fn summary(self, policy: &Policy<'_>) -> Value {
        json!({
            "Id": policy.id,
            "Arn": self.organization.arn_of(policy),
            "Name": policy.name,
            "Description": "",
            "Type": policy.kind.word(),
            "AwsManaged": policy.aws_managed,
        })
    }

    fn policy(self) -> Result<Value, ApiError> {
        let found = self.organization.policy(self.parameter("PolicyId")?);
        let policy = found.ok_or_else(|| {
            refused(
                "PolicyNotFoundException",
                "You specified a policy that doesn't exist.",
            )
        })?;
        Ok(json!({ "Policy": { "PolicySummary": self.summary(&policy), "Content": policy.document } }))
    }

    fn unit(self) -> Result<Value, ApiError> {
        const NO_UNIT: &str = "OrganizationalUnitNotFoundException";
        let target = self.target("OrganizationalUnitId", NO_UNIT)?;
        let Target::Unit(name) = target else {
            return Err(refused(
                NO_UNIT,
                "You specified an organizational unit that doesn't exist.",
            ));
        };
        let id = self.organization.id_of(target);
        Ok(json!({ "OrganizationalUnit": {
            "Id": id,
            "Arn": self.arn(&format!("ou/{}/{id}", self.organization.id())),
            "Name": name,
        } }))
    }

    fn account(self, shared: &Shared) -> Result<Value, ApiError> {
        let id = self.parameter("AccountId")?;
        let path = self.organization.path(id);
        if path.is_empty() {
            return Err(refused(
                "AccountNotFoundException",
                "You specified an account that doesn't exist.",
            ));
        }
        let steps = path.iter().map(|target| self.organization.id_of(*target));
        let path: Vec<String> = std::iter::once(self.organization.id()).chain(steps).collect();
        let mut account = json!({
            "Id": id,
            "Arn": self.arn(&format!("account/{}/{id}", self.organization.id())),
            "State": "ACTIVE",
            "JoinedMethod": "CREATED",
            "Paths": [format!("{}/", path.join("/"))],
        });
        let name = shared.live().account(id).and_then(|account| account.name.clone());
        if let (Some(name), Some(fields)) = (name, account.as_object_mut()) {
            fields.insert("Name".to_owned(), json!(name));
        }
        Ok(json!({ "Account": account }))
    }
}
