//! What the operator may do, where the world gives policies for it: each call is put to `iam-eval` with the resource that
//! AWS's Service Authorization Reference names for its action.

use std::collections::BTreeMap;

use iam_eval::Layer;

use crate::authorize::{Policies, Question};
use crate::state::Live;
use crate::world::{Organization, World};

use super::Operation;
use super::request::Caller;

/// Whether the policies allow the call; without policies, everything is.
pub(crate) fn may(world: &World, live: &Live, caller: &Caller, prefix: &str, operation: &Operation) -> bool {
    let own = world
        .operator
        .as_ref()
        .filter(|operator| operator.key == caller.key);
    let (Some(_), Some(documents)) = (own, &live.operator_policies) else {
        return true;
    };
    let mut policies = Policies::default();
    for (number, text) in documents.iter().enumerate() {
        policies.add(Layer::IdentityPolicy, &format!("operator policy {number}"), text);
    }
    policies.allow(&Question {
        principal: &caller.arn,
        action: &format!("{prefix}:{}", operation.name),
        resource: &resource(world, live, caller, prefix, operation),
        context: &BTreeMap::new(),
    })
}

fn resource(world: &World, live: &Live, caller: &Caller, prefix: &str, operation: &Operation) -> String {
    let found = match prefix {
        "iam" => iam(live, caller, operation),
        "ses" => ses(caller, operation),
        "ec2" => ec2(caller, operation),
        "secretsmanager" => super::secretsmanager::arn_of(live, caller, operation),
        "ssm" => super::ssm::arn_of(live, caller, operation),
        "organizations" => world
            .organization
            .as_ref()
            .and_then(|organization| organizations(organization, operation))
            // Whom the organization lets in is its own affair; here the operator's policies are asked, as in one account.
            .map(|arn| own(&arn, world, caller)),
        _ => None,
    };
    found.unwrap_or_else(|| "*".to_owned())
}

fn own(arn: &str, world: &World, caller: &Caller) -> String {
    match &world.organization {
        Some(organization) => arn.replacen(&organization.management_account, &caller.account, 1),
        None => arn.to_owned(),
    }
}

fn iam(live: &Live, caller: &Caller, operation: &Operation) -> Option<String> {
    let account = &caller.account;
    let arn = |kind: &str, name: &str| format!("arn:aws:iam::{account}:{kind}/{name}");
    let user = |name: &str| {
        let known = live.account(account).and_then(|account| account.user(name));
        let path = known.map_or("/", |user| &user.path);
        format!("arn:aws:iam::{account}:user{path}{name}")
    };
    if operation.name == "GetAccessKeyLastUsed" {
        // Which user AWS takes for a key that is nobody's is unsourced.
        let owner = operation
            .parameter("accessKeyId")
            .and_then(|key| live.holder(key));
        let name = owner.and_then(|holder| holder.user).map(|user| user.name.clone());
        return Some(user(name.as_deref().unwrap_or("nobody")));
    }
    let named = |name: &str| operation.parameter(name).map(str::to_owned);
    if matches!(operation.name.as_str(), "AttachUserPolicy" | "DetachUserPolicy") {
        return named("userName").map(|name| user(&name));
    }
    named("policyArn")
        .or_else(|| named("policySourceArn"))
        .or_else(|| named("groupName").map(|name| arn("group", &name)))
        .or_else(|| named("userName").map(|name| user(&name)))
}

fn ses(caller: &Caller, operation: &Operation) -> Option<String> {
    let arn =
        |kind: &str, name: &str| format!("arn:aws:ses:{}:{}:{kind}/{name}", caller.region, caller.account);
    let identity = operation
        .parameter("emailIdentity")
        .map(|name| arn("identity", name));
    identity.or_else(|| {
        operation
            .parameter("configurationSetName")
            .map(|name| arn("configuration-set", name))
    })
}

/// Reads of EC2 have no resource.
fn ec2(caller: &Caller, operation: &Operation) -> Option<String> {
    let (kind, id) = match operation.name.as_str() {
        "AuthorizeSecurityGroupIngress" | "RevokeSecurityGroupIngress" => ("security-group", "groupId"),
        "ModifyVpcEndpoint" => ("vpc-endpoint", "vpcEndpointId"),
        _ => return None,
    };
    let id = operation.parameter(id)?;
    Some(format!(
        "arn:aws:ec2:{}:{}:{kind}/{id}",
        caller.region, caller.account
    ))
}

fn organizations(organization: &Organization, operation: &Operation) -> Option<String> {
    let of_target = |id: &str| {
        let kind = match id.split('-').next() {
            Some("r") => "root",
            Some("ou") => "ou",
            _ => "account",
        };
        organization.arn(&format!("{kind}/{}/{id}", organization.id()))
    };
    let named = |name: &str| operation.parameter(name);
    let target = named("TargetId")
        .or_else(|| named("ChildId"))
        .or_else(|| named("AccountId"))
        .or_else(|| named("OrganizationalUnitId"));
    let policy = || {
        organization
            .policy(named("PolicyId")?)
            .map(|policy| organization.arn_of(&policy))
    };
    target.map(of_target).or_else(policy)
}
