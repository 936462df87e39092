//! What one plan takes to be applied and undone: the writes of its steps and the looks around them, each on the thing that the
//! step names and on nothing else.

use super::policy::{APPLIER, merged, verification};
use super::{Action, Policy, Scope};
use crate::permissions::{
    DESCRIBE_VPC_ENDPOINTS, GET_ACCESS_KEY_LAST_USED, GET_CALLER_IDENTITY, GET_GROUP, GET_USER_POLICY,
    LIST_ACCESS_KEYS, LIST_ATTACHED_USER_POLICIES, LIST_ENTITIES_FOR_POLICY, LIST_GROUP_POLICIES,
    LIST_GROUPS_FOR_USER, LIST_USER_POLICIES,
};
use ses_doctor_core::action::{self, Store, Whose};
use ses_doctor_core::plan::{PasswordSource, Plan};

/// An action of a plan, with what it is granted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanGrant {
    /// The action.
    pub action: &'static Action,
    /// ARNs, of all steps that take it.
    pub resources: Vec<String>,
}

/// The policies for applying this plan, verifying it and undoing it, and the actions of the first.
pub fn for_plan(plan: &Plan) -> (Vec<Policy>, Vec<PlanGrant>) {
    let nowhere = scope(plan);
    let steps: Vec<(Vec<&'static str>, Scope)> = plan
        .steps
        .iter()
        .map(|step| (names(&step.action), scope_of(&step.action, &nowhere)))
        .collect();
    let caller = Action::named(GET_CALLER_IDENTITY).map(|action| (action, &nowhere));
    let steps = steps.iter().flat_map(|(names, scope)| {
        let actions = names.iter().filter_map(|name| Action::named(name));
        actions.map(move |action| (action, scope))
    });
    let grants: Vec<(&'static Action, &Scope)> = caller.into_iter().chain(steps).collect();
    let own = Policy {
        name: "ses-doctor-apply",
        attach_to: APPLIER,
        document: merged(grants.iter().copied()),
    };
    let mut listed: Vec<PlanGrant> = Vec::new();
    for (action, scope) in grants {
        let resources = scope.resources(action.level);
        match listed.iter_mut().find(|known| known.action == action) {
            Some(known) => {
                known.resources.extend(resources);
                known.resources.sort();
                known.resources.dedup();
            }
            None => listed.push(PlanGrant { action, resources }),
        }
    }
    let mut policies = vec![own];
    policies.extend(verification(&of_the_symptom(plan, nowhere.clone())));
    (policies, listed)
}

/// The step's own actions, and those of what is exported before it and of who else uses the thing.
fn names(action: &action::Action) -> Vec<&'static str> {
    use action::Action;
    const OF_A_USER: &[&str] = &[
        LIST_ACCESS_KEYS,
        LIST_USER_POLICIES,
        GET_USER_POLICY,
        LIST_ATTACHED_USER_POLICIES,
        LIST_GROUPS_FOR_USER,
    ];
    let (described, reach): (&[&str], &[&str]) = match action {
        Action::AccessKeyStatus(_) | Action::AccessKeyDeletion(_) => (OF_A_USER, &[GET_ACCESS_KEY_LAST_USED]),
        Action::UserPolicy(_) | Action::AttachedPolicy(_) | Action::NewAccessKey(_) => (OF_A_USER, &[]),
        Action::GroupPolicy(_) => (&[GET_GROUP, LIST_GROUP_POLICIES], &[]),
        Action::PolicyVersion(_) | Action::DefaultVersion(_) => (&[], &[LIST_ENTITIES_FOR_POLICY]),
        Action::Ingress(_) | Action::EndpointPolicy(_) => (&[], &[DESCRIBE_VPC_ENDPOINTS]),
        Action::AccountSending(_)
        | Action::ConfigurationSetSending(_)
        | Action::IdentityConfigurationSet(_)
        | Action::IdentityPolicy(_)
        | Action::TenantSending(_)
        | Action::TenantResource(_)
        | Action::LocalFile(_)
        | Action::WritableStore(_)
        | Action::LoginProof(_)
        | Action::StoredPair(_)
        | Action::QuietKey(_) => (&[], &[]),
    };
    [action.permissions(), described, reach].concat()
}

/// What holds for all of the plan.
fn scope(plan: &Plan) -> Scope {
    Scope {
        account: plan.target.account.clone(),
        region: Some(plan.target.region.clone()).filter(|region| !region.is_empty()),
        ..Scope::default()
    }
}

/// The same, narrowed to the thing of a step.
fn scope_of(action: &action::Action, of_the_plan: &Scope) -> Scope {
    use action::Action;
    let scope = of_the_plan.clone();
    match action {
        Action::AccessKeyStatus(change) => of_user(scope, &change.user),
        Action::AccessKeyDeletion(change) => of_user(scope, &change.user),
        Action::NewAccessKey(change) => of_user(scope, &change.user),
        Action::QuietKey(gate) => of_user(scope, &gate.user),
        Action::AttachedPolicy(change) => Scope {
            policies: vec![change.policy.clone()],
            ..of_user(scope, &change.user)
        },
        Action::UserPolicy(change) => of_owner(scope, change.whose()),
        Action::GroupPolicy(change) => of_owner(scope, change.whose()),
        Action::IdentityPolicy(change) => of_owner(scope, change.whose()),
        Action::PolicyVersion(change) => of_policy(scope, &change.policy),
        Action::DefaultVersion(change) => of_policy(scope, &change.policy),
        Action::ConfigurationSetSending(change) => Scope {
            configuration_set: Some(change.name.clone()),
            ..scope
        },
        Action::IdentityConfigurationSet(change) => Scope {
            // There and back: whichever of the two is not none.
            configuration_set: change.after.clone().or_else(|| change.before.clone()),
            ..of_owner(scope, Whose::Identity(&change.identity))
        },
        Action::Ingress(change) => Scope {
            security_groups: vec![change.group.clone()],
            ..scope
        },
        Action::EndpointPolicy(change) => Scope {
            vpc_endpoints: vec![change.endpoint.clone()],
            ..scope
        },
        Action::StoredPair(change) => of_store(scope, &change.store, &change.region),
        Action::WritableStore(gate) => of_store(scope, &gate.store, &gate.region),
        Action::AccountSending(_)
        | Action::TenantSending(_)
        | Action::TenantResource(_)
        | Action::LoginProof(_)
        | Action::LocalFile(_) => scope,
    }
}

/// A name alone does not tell the path.
fn anywhere(name: &str) -> Vec<String> {
    vec![name.to_owned(), format!("*/{name}")]
}

fn of_user(scope: Scope, user: &str) -> Scope {
    Scope {
        users: anywhere(user),
        owns_the_key: true,
        ..scope
    }
}

fn of_owner(scope: Scope, whose: Whose<'_>) -> Scope {
    match whose {
        Whose::User(user) => of_user(scope, user),
        Whose::Group(group) => Scope {
            groups: anywhere(group),
            ..scope
        },
        Whose::Identity(identity) => Scope {
            identities: vec![identity.to_owned()],
            ..scope
        },
    }
}

fn of_policy(scope: Scope, arn: &str) -> Scope {
    Scope {
        policies: vec![arn.to_owned()],
        ..scope
    }
}

fn of_store(scope: Scope, store: &Store, region: &str) -> Scope {
    let region = Some(region.to_owned());
    match store {
        Store::Secret { id, .. } => Scope {
            secrets: vec![id.clone()],
            region,
            ..scope
        },
        Store::Parameter { id, .. } => Scope {
            parameters: vec![id.clone()],
            region,
            ..scope
        },
        Store::File { .. } | Store::Stdout => scope,
    }
}

/// What the symptom is about that is tried again.
fn of_the_symptom(plan: &Plan, scope: Scope) -> Scope {
    let Some(path) = &plan.symptom_path else {
        return scope;
    };
    let (mut secrets, mut parameters) = (Vec::new(), Vec::new());
    match &path.password {
        Some(PasswordSource::Secret { name, .. }) => secrets.push(name.clone()),
        Some(PasswordSource::Parameter { name, .. }) => parameters.push(name.clone()),
        Some(PasswordSource::File(_) | PasswordSource::Env(_)) | None => {}
    }
    Scope {
        addresses: [&path.from, &path.to].into_iter().flatten().cloned().collect(),
        configuration_set: path.configuration_set.clone(),
        secrets,
        parameters,
        ..scope
    }
}
