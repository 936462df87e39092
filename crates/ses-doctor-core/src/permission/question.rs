//! The whole question to IAM: each authorisation of a message with all layers at once, for whoever wants to see the decision
//! as one, or to ask it again elsewhere.

use super::case::Case;
use super::layer::policies;
use super::message::Authorization;
use super::send::{ACTION, Send, Standing};
use crate::evidence::Evidence;
use iam_eval::simulation::{ContextForm, Simulation};

/// One question of a message.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked.
    pub authorization: Authorization,
    /// The request with its policies.
    pub case: Case,
}

/// The questions of a message, the refused one first.
pub fn questions(evidence: &Evidence, send: &Send) -> Vec<Question> {
    let asked = send.authorizations.iter();
    asked.map(|asked| question(evidence, send, asked)).collect()
}

fn question(evidence: &Evidence, send: &Send, asked: &Authorization) -> Question {
    let request = bare(&send.principal, ACTION, &asked.resource);
    let mut case = Case::new(request, |layer| policies(evidence, layer, &asked.resource));
    case.is_refused = asked.refused;
    Question {
        authorization: asked.clone(),
        case: with_context(case, send),
    }
}

/// A request without policies and context.
pub(super) fn bare(principal: &str, action: &str, resource: &str) -> Simulation {
    Simulation {
        principal: principal.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: None,
        context: ContextForm::default(),
        unknown_context: Vec::new(),
        identity_policies: Vec::new(),
        permissions_boundaries: Vec::new(),
        session_policies: Vec::new(),
        resource_policy: None,
        vpc_endpoint_policies: Vec::new(),
        service_control_policies: Vec::new(),
        resource_control_policies: Vec::new(),
    }
}

/// Every key that SES or IAM fills: with its value where it is known, as unknown where a policy asks for it.
fn with_context(mut case: Case, send: &Send) -> Case {
    let keys = case.keys().into_iter();
    let unknown = keys.filter(|key| send.standing(key) == Standing::Unknown);
    case.simulation.unknown_context = unknown.collect();
    case.simulation.context = send.context.clone().into_iter().collect();
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::layer::Layer;
    use crate::permission::{send, testing::refused_with};
    use iam_eval::Decision;

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*"}}"#;
    const REGIONS: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*",
        "Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}}}]}"#;

    fn decision(evidence: &Evidence) -> (Decision, Vec<Layer>) {
        let send = send::send(evidence).unwrap();
        let question = questions(evidence, &send).swap_remove(0);
        (question.case.answer().unwrap().decision, question.case.unread)
    }

    #[test]
    fn all_layers_decide_together_and_what_is_unread_is_told() {
        let unread = vec![Layer::ServiceControl, Layer::ResourceControl];
        assert_eq!(
            decision(&refused_with(&[("mailer", ALLOW)])),
            (Decision::Undetermined, unread)
        );
        let closed = refused_with(&[("mailer", ALLOW), ("scp", REGIONS)]);
        assert_eq!(decision(&closed), (Decision::ExplicitDeny, Vec::new()));
    }

    #[test]
    fn a_key_that_a_policy_asks_for_is_unknown_and_no_other() {
        let by_address = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*",
            "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#;
        let evidence = refused_with(&[("mailer", by_address)]);
        let send = send::send(&evidence).unwrap();
        let question = questions(&evidence, &send).swap_remove(0);
        assert_eq!(question.case.simulation.unknown_context, ["aws:sourceip"]);
        assert_eq!(decision(&evidence).0, Decision::Undetermined);
    }
}
