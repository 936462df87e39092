//! The statement that the policy of a VPC endpoint lacks.

use super::request;
use super::statement::{self, Conditions};
use super::{Fix, Wishes};
use crate::action::EndpointPolicy;
use crate::diagnosis::Judged;
use crate::evidence::{Evidence, VpcEndpoint};
use crate::permission::judgement::{Denial, denials};
use crate::permission::{Layer, send};
use crate::plan::{Risk, Step};
use crate::reading;
use iam_eval::compare::{Documents, Hints, compare};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn fix(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    step(evidence, judged).map_or_else(
        |why| request::because(evidence, judged, Layer::VpcEndpoint.owner(), &why).into(),
        Fix::from,
    )
}

fn step(evidence: &Evidence, judged: &Judged) -> Result<Step, String> {
    let send = send::send(evidence).ok_or("it is not known which user sends")?;
    let all = denials(evidence);
    let higher = all
        .iter()
        .find(|denial| denial.explicit || !matches!(denial.layer, Layer::VpcEndpoint | Layer::Identity));
    if let Some(higher) = higher {
        return Err(format!("{} refuse it too", higher.layer.words()));
    }
    let mine: Vec<&Denial> = all.iter().filter(|it| it.layer == Layer::VpcEndpoint).collect();
    if mine.iter().any(|denial| !denial.certain) {
        return Err("whether the client goes through the endpoint is not known".to_owned());
    }
    let [endpoint] = reading::endpoints(evidence)[..] else {
        return Err("which of the endpoints the client goes through is not known".to_owned());
    };
    let before = endpoint
        .policy
        .clone()
        .ok_or("the policy of the endpoint could not be read")?;
    let resources: Vec<String> = mine.iter().map(|it| it.authorization.resource.clone()).collect();
    let statement = statement::allow(
        "AllowSendingOverSmtp",
        Some(&send.principal),
        &resources,
        &Conditions::new(),
    );
    let document: Value = serde_json::from_str(&before).map_err(|_| "the policy is not JSON")?;
    let mut statements = statement::statements(&document);
    statements.push(statement.clone());
    let after = statement::with_statements(&document, statements);
    prove(evidence, endpoint, &after, &statement)?;
    Ok(Step {
        causes: vec![judged.cause.id.to_owned()],
        action: EndpointPolicy {
            endpoint: endpoint.id.clone(),
            before,
            after,
        }
        .into(),
        why: format!("lets {} of this one user through the endpoint", send::ACTION),
        risk: Risk::Medium,
        risk_why: "the policy of the endpoint is a boundary of the network: its owner should know".to_owned(),
        blast_radius: vec![format!(
            "the policy holds for everybody who goes through {}{}; the statement names one user",
            endpoint.id,
            endpoint
                .vpc
                .as_ref()
                .map_or_else(String::new, |vpc| format!(" in {vpc}"))
        )],
        proof: vec![
            "evaluated with it, the endpoint lets every part of the message through".to_owned(),
            format!(
                "compared, the endpoint lets nothing through with it but {} by {} on {}",
                send::ACTION,
                send.principal,
                resources.join(" and ")
            ),
        ],
    })
}

fn prove(evidence: &Evidence, endpoint: &VpcEndpoint, after: &str, added: &Value) -> Result<(), String> {
    let mut changed = evidence.clone();
    if let crate::Observed::Known(endpoints) = &mut changed.vpc_endpoints.observed {
        for known in endpoints.iter_mut().filter(|known| known.id == endpoint.id) {
            known.policy = Some(after.to_owned());
        }
    }
    if denials(&changed)
        .iter()
        .any(|denial| denial.layer == Layer::VpcEndpoint)
    {
        return Err("the endpoint would refuse the message still".to_owned());
    }
    let parse = |text: &str| iam_eval::PolicyDocument::parse("policy", text).ok().map(Arc::new);
    let before = endpoint.policy.as_deref().and_then(parse);
    let asked = parse(&statement::document(std::slice::from_ref(added)));
    let (Some(old), Some(new), Some(intended)) = (before, parse(after), asked) else {
        return Err("the policy of the endpoint is not valid".to_owned());
    };
    let compared = compare(
        Documents {
            old: &[old],
            new: &[new],
            intended: &[intended],
        },
        Hints::default(),
    );
    match compared.is_nothing_more() {
        true => Ok(()),
        false => Err("it could not be proven that nothing else would get through".to_owned()),
    }
}
