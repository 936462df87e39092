//! Narrowing the denies in policies of the user, where it is proven that nothing but this message gets through. In an inline policy of
//! the user's own, other statements take the place of each (see [`left_of`](super::left_of)); in one that reaches others, see
//! [`shared_deny`](super::shared_deny). A deny of any other layer is its owner's to change.

use super::left_of::Spared;
use super::narrowed::{Narrowed, narrow};
use super::{Fix, Wishes, request, send_policy, statement};
use crate::diagnosis::Judged;
use crate::evidence::Evidence;
use crate::permission::Layer;
use crate::permission::judgement::{Denial, TurnsOn};
use crate::permission::layer::{self, Policies};
use crate::permission::send::{self, Send};
use crate::plan::{Risk, Step};
use iam_eval::compare::{Documents, Hints, compare};
use std::sync::Arc;

pub(super) fn fix(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Fix {
    match narrowing(evidence, judged, wishes) {
        Ok(fix) => fix,
        Err(why) => request::because(evidence, judged, Layer::Identity.owner(), &why).into(),
    }
}

/// Statements that may stand in the way of one message; each takes a round.
const ROUNDS: usize = 16;

fn narrowing(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Result<Fix, String> {
    let send = send_policy::message(evidence, wishes).ok_or("it is not known which user sends")?;
    let mut changed = evidence.clone();
    let mut narrowed: Vec<Narrowed> = Vec::new();
    let mut resources: Vec<String> = Vec::new();
    let mut spared: Option<Spared> = None;
    for _ in 0..ROUNDS {
        let all = denials(&changed, &send)?;
        let Some(first) = all.first() else {
            break;
        };
        for denial in &all {
            if !resources.contains(&denial.authorization.resource) {
                resources.push(denial.authorization.resource.clone());
            }
        }
        let sparing = sparing(first, evidence, wishes)?;
        narrow(
            &mut changed,
            &mut narrowed,
            first,
            (&send, &resources, sparing.as_ref()),
        )?;
        spared = spared.or(sparing);
    }
    if !denials(&changed, &send)?.is_empty() {
        return Err("the message would be refused still".to_owned());
    }
    prove(evidence, &changed, &resources, spared.as_ref())?;
    let proof = proof(
        &resources,
        spared.as_ref(),
        narrowed.iter().any(Narrowed::reaches_others),
    );
    let mut fix = Fix {
        steps: steps(narrowed, judged, &send, &proof)?,
        ..Fix::default()
    };
    if !send_policy::denials(&changed, &send).is_empty() {
        let allow = send_policy::besides(&changed, judged, wishes)?;
        fix.steps.extend(allow.steps);
        fix.assumptions.extend(allow.assumptions);
    }
    Ok(fix)
}

fn steps(
    narrowed: Vec<Narrowed>,
    judged: &Judged,
    send: &Send,
    proof: &[String],
) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for narrowed in narrowed {
        let (actions, reach) = narrowed.actions(&send.principal)?;
        steps.extend(actions.into_iter().map(|action| {
            Step {
                causes: vec![judged.cause.id.to_owned()],
                action,
                why: "takes the resources of this message, and nothing else, out of the deny for this user"
                    .to_owned(),
                risk: Risk::High,
                risk_why: "somebody wrote the deny, perhaps for exactly this user: ask them first".to_owned(),
                blast_radius: vec![reach.clone()],
                proof: proof.to_vec(),
            }
        }));
    }
    Ok(steps)
}

/// The denies of the user's policies. What lacks an allow besides comes later; any other layer is nobody's to change.
fn denials(evidence: &Evidence, send: &Send) -> Result<Vec<Denial>, String> {
    let all = send_policy::denials(evidence, send);
    if all.iter().any(|denial| denial.layer != Layer::Identity) {
        return Err("another layer refuses the message too, or may".to_owned());
    }
    let (denies, missing): (Vec<_>, Vec<_>) = all.into_iter().partition(|denial| denial.explicit);
    match missing.iter().all(|denial| denial.certain) {
        true => Ok(denies),
        false => Err("whether it is allowed otherwise is not known here".to_owned()),
    }
}

/// Whom a deny is to spare, where it keeps certain senders or addresses out: this one, and no other.
fn sparing(denial: &Denial, evidence: &Evidence, wishes: &Wishes) -> Result<Option<Spared>, String> {
    match &denial.turns_on {
        None | Some(TurnsOn::Other(_)) => Ok(None),
        Some(TurnsOn::SourceIp) => {
            let ip = wishes.source_ip.ok_or(send_policy::NO_SOURCE_IP)?;
            let length = if ip.is_ipv4() { 32 } else { 128 };
            Ok(Some(Spared {
                key: "aws:SourceIp",
                value: format!("{ip}/{length}"),
            }))
        }
        Some(TurnsOn::Address(keys))
            if keys.iter().all(|key| key.eq_ignore_ascii_case("ses:FromAddress")) =>
        {
            let from = evidence
                .symptom
                .known()
                .and_then(|symptom| symptom.from.as_deref());
            let from = from
                .map(crate::reading::bare)
                .filter(|from| !from.contains(['*', '?', '$']));
            Ok(Some(Spared {
                key: "ses:FromAddress",
                value: from.ok_or("the sender is not known; give it with --from")?,
            }))
        }
        Some(turns_on @ (TurnsOn::Address(_) | TurnsOn::ApiVersion | TurnsOn::Unsupported(_))) => {
            Err(format!(
                "the deny turns on {}: whether it is meant is for whoever wrote it to say",
                turns_on.words()
            ))
        }
    }
}

fn proof(resources: &[String], spared: Option<&Spared>, others: bool) -> Vec<String> {
    let only = spared.map_or_else(String::new, |spared| {
        format!(", where {} is {}", spared.key, spared.value)
    });
    let mut proof = vec![
        "evaluated with it, no deny in a layer that could be read keeps the message out".to_owned(),
        format!(
            "compared, the user's policies grant nothing with it but {} on {}{only}",
            send::ACTION,
            resources.join(" and ")
        ),
    ];
    if others {
        proof.push("compared, nobody but this user gets anything that the policy denied before".to_owned());
    }
    proof
}

fn prove(
    evidence: &Evidence,
    changed: &Evidence,
    resources: &[String],
    spared: Option<&Spared>,
) -> Result<(), String> {
    let parse = |name: &str, text: &str| iam_eval::PolicyDocument::parse(name, text).ok().map(Arc::new);
    let parsed = |evidence: &Evidence| match layer::policies(evidence, Layer::Identity, "*") {
        Policies::Whole(documents) => documents.iter().map(|it| parse(&it.name, &it.text)).collect(),
        Policies::NotThere | Policies::Part(_) | Policies::Unread => None,
    };
    let both: (Option<Vec<_>>, Option<Vec<_>>) = (parsed(evidence), parsed(changed));
    let (Some(old), Some(new)) = both else {
        return Err("not all policies of the user could be read".to_owned());
    };
    let mut conditions = statement::Conditions::new();
    if let Some(spared) = spared {
        let is_address = spared.key == "aws:SourceIp";
        let operator = if is_address { "IpAddress" } else { "StringEquals" };
        statement::require(&mut conditions, operator, spared.key, &spared.value);
    }
    let asked = statement::allow("Asked", None, resources, &conditions);
    let intended: Vec<_> = parse("asked", &statement::document(&[asked]))
        .into_iter()
        .collect();
    let documents = Documents {
        old: &old,
        new: &new,
        intended: &intended,
    };
    match compare(documents, Hints::default()).is_nothing_more() {
        true => Ok(()),
        false => {
            Err("more than this message would get through, or it could not be proven otherwise".to_owned())
        }
    }
}
