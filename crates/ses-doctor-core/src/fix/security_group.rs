//! The inbound rule that the security group of a VPC endpoint lacks.

use super::{Fix, Wishes, request};
use crate::action::Ingress;
use crate::diagnosis::Judged;
use crate::evidence::{Evidence, SecurityGroup};
use crate::plan::{Risk, Step};
use crate::reading;

pub(super) fn fix(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Fix {
    step(evidence, judged, wishes).map_or_else(
        |why| request::because(evidence, judged, "the owner of the VPC endpoint", &why).into(),
        Fix::from,
    )
}

fn step(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Result<Step, String> {
    let source = wishes.client_source.clone().ok_or(
        "where the client is, as the security group sees it, is not known; give its address range or its own security group \
         with --client-source",
    )?;
    let [endpoint] = reading::endpoints(evidence)[..] else {
        return Err("which of the endpoints the client goes through is not known".to_owned());
    };
    let group = endpoint
        .security_groups
        .first()
        .ok_or("the endpoint has no security group")?;
    let port = evidence.symptom.known().map_or(587, |symptom| symptom.port);
    if is_let_in(group, port, &source) {
        return Err(format!("{source} is let in already"));
    }
    Ok(Step {
        causes: vec![judged.cause.id.to_owned()],
        action: Ingress {
            group: group.id.clone(),
            port,
            source: source.clone(),
            before: false,
            after: true,
        }
        .into(),
        why: format!("lets {source} in on TCP port {port}"),
        risk: Risk::Medium,
        risk_why: "whoever is in that range reaches the endpoint; it still asks everybody for a login"
            .to_owned(),
        blast_radius: vec![format!(
            "everything that the group {} is attached to, which may be more than {}",
            group.id, endpoint.id
        )],
        proof: vec![format!("no rule of {} lets {source} in on this port", group.id)],
    })
}

fn is_let_in(group: &SecurityGroup, port: u16, source: &str) -> bool {
    let rules = group.ingress.iter().flatten();
    let mut admitting = rules.filter(|rule| rule.admits(port));
    admitting.any(|rule| rule.sources.iter().any(|known| known == source))
}
