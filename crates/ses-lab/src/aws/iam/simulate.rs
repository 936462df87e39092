//! `SimulatePrincipalPolicy`: the policies of a user, its groups, its boundary and the SCPs, decided by `iam-eval`.
//!
//! AWS's simulator knows no RCP, no policy of an SES identity and no VPC endpoint policy; neither does this one. What
//! the ids of source policies look like is unsourced.

use std::collections::{BTreeMap, BTreeSet};

use iam_eval::{Decision, Effect, GroupTrace, Layer, Outcome, StatementTrace};

use super::{Answer, Call};
use crate::authorize::{Policies, Question};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag, wrap};
use crate::world::{Account, User};

pub(super) fn principal_policy(call: &mut Call<'_>) -> Answer {
    let principal = call.operation.required("policySourceArn")?;
    let account = call.account()?;
    let user = named(account, principal)?;
    let actions = numbered(call, "actionNames.member");
    let mut resources = numbered(call, "resourceArns.member");
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let context = context(call);
    let mut policies = Policies::of_user(account, user);
    if let Some(organization) = call.organization {
        policies.add_service_control(organization, &account.id);
    }
    let mut results = Vec::new();
    for action in &actions {
        for resource in &resources {
            let question = Question {
                principal,
                action,
                resource,
                context: &context,
            };
            results.push(result(user, &policies, &question)?);
        }
    }
    page(call.operation, "EvaluationResults", &results)
}

fn named<'a>(account: &'a Account, arn: &str) -> Result<&'a User, ApiError> {
    let prefix = format!("arn:aws:iam::{}:user", account.id);
    let found = arn.strip_prefix(&prefix).and_then(|rest| {
        let is = |user: &&User| rest == format!("{}{}", user.path, user.name);
        account.user.iter().find(is)
    });
    found.ok_or_else(|| ApiError::no_such_entity(format!("The user with name {arn} cannot be found.")))
}

/// The values of `name.1`, `name.2` and so on.
fn numbered(call: &Call<'_>, name: &str) -> Vec<String> {
    let value = |n: usize| {
        call.operation
            .parameter(&format!("{name}.{n}"))
            .map(str::to_owned)
    };
    (1..).map_while(value).collect()
}

fn context(call: &Call<'_>) -> BTreeMap<String, Vec<String>> {
    let entry = |n: usize| {
        let entry = format!("contextEntries.member.{n}");
        let key = call.operation.parameter(&format!("{entry}.ContextKeyName"))?;
        Some((
            key.to_owned(),
            numbered(call, &format!("{entry}.ContextKeyValues.member")),
        ))
    };
    (1..).map_while(entry).collect()
}

fn result(user: &User, policies: &Policies, question: &Question<'_>) -> Answer {
    let invalid = || {
        ApiError::new(
            400,
            "InvalidInput",
            "Invalid request: an action, an ARN or a context key",
        )
    };
    let answered = policies.answered(question, |evaluation| {
        let trace = evaluation.trace();
        let decision = evaluation.decision();
        [
            tag("EvalActionName", question.action),
            tag("EvalResourceName", question.resource),
            tag("EvalDecision", word(decision)),
            wrap("MatchedStatements", &matched(user, &trace, decision)),
            wrap("MissingContextValues", &missing(&trace, question)),
            detail(
                &trace,
                Layer::ServiceControlPolicy,
                "OrganizationsDecisionDetail",
                "AllowedByOrganizations",
            ),
            detail(
                &trace,
                Layer::PermissionsBoundary,
                "PermissionsBoundaryDecisionDetail",
                "AllowedByPermissionsBoundary",
            ),
        ]
        .concat()
    });
    answered.ok_or_else(invalid)
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        Decision::ImplicitDeny | Decision::Undetermined => "implicitDeny",
    }
}

fn statements<'a, 'b>(group: &'b GroupTrace<'a>) -> impl Iterator<Item = &'b StatementTrace<'a>> {
    group.documents.iter().flat_map(|document| &document.statements)
}

/// The statements that allow or deny, of the user's own policies.
fn matched(user: &User, trace: &[GroupTrace<'_>], decision: Decision) -> String {
    let effect = match decision {
        Decision::Allowed => Effect::Allow,
        Decision::ExplicitDeny => Effect::Deny,
        Decision::ImplicitDeny | Decision::Undetermined => return String::new(),
    };
    let own = trace.iter().filter(|group| group.layer == Layer::IdentityPolicy);
    let documents = own.flat_map(|group| &group.documents);
    let members = documents.flat_map(|document| {
        let name = document.document.name();
        let text = document.document.text();
        let deciding = document
            .statements
            .iter()
            .filter(move |one| one.outcome == Outcome::Matched && one.statement.effect.value == effect);
        deciding.map(move |one| {
            let place = |label: &str, byte| {
                let at = iam_eval::Position::of(text, byte);
                let inner = [
                    tag("Line", &at.line.to_string()),
                    tag("Column", &at.column.to_string()),
                ];
                wrap(label, &inner.concat())
            };
            let inner = [
                tag("SourcePolicyId", name.rsplit('/').next().unwrap_or(name)),
                tag("SourcePolicyType", kind(user, name)),
                place("StartPosition", one.statement.span.start()),
                place("EndPosition", one.statement.span.end()),
            ];
            wrap("member", &inner.concat())
        })
    });
    members.collect()
}

fn kind(user: &User, name: &str) -> &'static str {
    match name {
        name if name.starts_with("arn:aws:iam::aws:") => "aws-managed",
        name if name.starts_with("arn:") => "user-managed",
        name if user.policy.iter().any(|policy| policy.name == name) => "user",
        _ => "group",
    }
}

/// Condition keys of all statements that the question does not give.
fn missing(trace: &[GroupTrace<'_>], question: &Question<'_>) -> String {
    let conditions = trace
        .iter()
        .flat_map(statements)
        .flat_map(|one| &one.statement.conditions);
    let keys: BTreeSet<&str> = conditions.map(|condition| condition.key.value.as_str()).collect();
    let given = |key: &str| {
        question
            .context
            .keys()
            .any(|known| known.eq_ignore_ascii_case(key))
    };
    let missing = keys.into_iter().filter(|key| !given(key));
    missing.map(|key| tag("member", key)).collect()
}

/// Whether a layer lets it through, where there is one: each of its groups allows, and none of its statements denies.
fn detail(trace: &[GroupTrace<'_>], layer: Layer, name: &str, field: &str) -> String {
    let groups: Vec<_> = trace
        .iter()
        .filter(|group| group.layer == layer && group.binds)
        .collect();
    if groups.is_empty() {
        return String::new();
    }
    let denies = |one: &&StatementTrace<'_>| {
        one.outcome == Outcome::Matched && one.statement.effect.value == Effect::Deny
    };
    let denied = groups
        .iter()
        .any(|group| statements(group).any(|one| denies(&one)));
    let allowed = !denied && groups.iter().all(|group| group.allows == Outcome::Matched);
    wrap(name, &tag(field, &allowed.to_string()))
}
