//! [`Need::Simulation`](ses_doctor_core::Need::Simulation): what AWS's own policy simulator says of the message, one
//! question for each resource, so that the answers cannot be mixed up.

use super::user_of;
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::SIMULATE_PRINCIPAL_POLICY;
use crate::subject::Subject;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType, ResourceSpecificResult,
    Statement,
};
use futures::future::try_join_all;
use ses_doctor_core::evidence::{EvalDecision, MatchedStatement, SimulatedDecision, Simulation};
use ses_doctor_core::permission::send::{ACTION, Send};

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<Simulation> {
    let Some(send) = &subject.send else {
        let user = user_of(subject)?;
        return Err(Trouble::failed(format!(
            "the account of user {user} is not known"
        )));
    };
    if send.authorizations.is_empty() {
        return Err(Trouble::failed("the sender is not known: give --from"));
    }
    let iam = aws.iam(subject.region.as_deref());
    let questions = send
        .authorizations
        .iter()
        .map(|asked| simulated(&iam, send, &asked.resource));
    Ok(Simulation {
        principal: send.principal.clone(),
        decisions: try_join_all(questions).await?,
    })
}

async fn simulated(iam: &Client, send: &Send, resource: &str) -> Look<SimulatedDecision> {
    let call = iam
        .simulate_principal_policy()
        .policy_source_arn(&send.principal)
        .action_names(ACTION)
        .resource_arns(resource)
        .set_context_entries(Some(context(send)));
    let results = call.into_paginator().items().send();
    let results: Vec<EvaluationResult> = results
        .collect::<Result<_, _>>()
        .await
        .judge(SIMULATE_PRINCIPAL_POLICY)?;
    let result = results.into_iter().next();
    result.map(|result| decision(result, resource)).ok_or_else(|| {
        Trouble::failed(format!(
            "{SIMULATE_PRINCIPAL_POLICY} gave no result for {resource}"
        ))
    })
}

/// The keys that the request to SES has. Those of the principal are left out: IAM knows them itself.
fn context(send: &Send) -> Vec<ContextEntry> {
    let of_request = send.context.iter().filter(|(key, _)| {
        let key = key.to_ascii_lowercase();
        !key.starts_with("aws:principal") && key != "aws:username"
    });
    let entry = |(key, values): (&String, &Vec<String>)| {
        ContextEntry::builder()
            .context_key_name(key)
            .set_context_key_values(Some(values.clone()))
            .context_key_type(kind_of(key))
            .build()
    };
    of_request.map(entry).collect()
}

/// The types of condition keys (Service Authorization Reference of SES; IAM User Guide, "AWS global condition context
/// keys").
fn kind_of(key: &str) -> ContextKeyTypeEnum {
    match key.to_ascii_lowercase().as_str() {
        "ses:recipients" => ContextKeyTypeEnum::StringList,
        "aws:securetransport" | "aws:viaawsservice" => ContextKeyTypeEnum::Boolean,
        "aws:currenttime" => ContextKeyTypeEnum::Date,
        "aws:epochtime" => ContextKeyTypeEnum::Numeric,
        "aws:sourceip" => ContextKeyTypeEnum::Ip,
        _ => ContextKeyTypeEnum::String,
    }
}

/// Where IAM tells of the resource by itself, that counts: only there it names the keys that it lacks.
fn decision(result: EvaluationResult, resource: &str) -> SimulatedDecision {
    let of_resource = result.resource_specific_results.unwrap_or_default();
    let mine = of_resource
        .into_iter()
        .find(|one| one.eval_resource_name == resource);
    let boundary = result.permissions_boundary_decision_detail;
    let organizations = result.organizations_decision_detail;
    let (decision, matched, missing, boundary) = match mine {
        Some(ResourceSpecificResult {
            eval_resource_decision,
            matched_statements,
            missing_context_values,
            permissions_boundary_decision_detail,
            ..
        }) => (
            eval_resource_decision,
            matched_statements.or(result.matched_statements),
            missing_context_values.or(result.missing_context_values),
            permissions_boundary_decision_detail.or(boundary),
        ),
        None => (
            result.eval_decision,
            result.matched_statements,
            result.missing_context_values,
            boundary,
        ),
    };
    SimulatedDecision {
        action: result.eval_action_name,
        resource: resource.to_owned(),
        decision: eval_decision(&decision),
        matched: matched.unwrap_or_default().into_iter().map(statement).collect(),
        missing_context: missing.unwrap_or_default(),
        allowed_by_organizations: organizations.map(|detail| detail.allowed_by_organizations),
        allowed_by_boundary: boundary.map(|detail| detail.allowed_by_permissions_boundary),
    }
}

fn eval_decision(decision: &PolicyEvaluationDecisionType) -> EvalDecision {
    match decision {
        PolicyEvaluationDecisionType::Allowed => EvalDecision::Allowed,
        PolicyEvaluationDecisionType::ExplicitDeny => EvalDecision::ExplicitDeny,
        PolicyEvaluationDecisionType::ImplicitDeny => EvalDecision::ImplicitDeny,
        _ => EvalDecision::Other,
    }
}

fn statement(statement: Statement) -> MatchedStatement {
    let place = |at: i32| u32::try_from(at).ok();
    let start = statement.start_position;
    MatchedStatement {
        policy: statement.source_policy_id.unwrap_or_default(),
        kind: statement.source_policy_type.map(|kind| kind.as_str().to_owned()),
        starts_at: start.and_then(|start| place(start.line).zip(place(start.column))),
    }
}
