//! Evidence of a refused permission, for the tests of causes.

use super::{Denial, denials};
use crate::evidence::{
    Attachment, ControlPolicy, Evidence, IdentityPolicy, OrganizationLevel, OrganizationPolicies,
    OrganizationTarget, PolicyDocument, TargetKind, User, VpcEndpoint,
};
use crate::testimony::{OURS, accounts, evidence_of_report, identity, known, missing, symptom};

/// SES refused `mailer` to send as me@example.com in eu-west-1, and these policies were read: of the user (`mailer`), its
/// `boundary`, the organisation's `scp` or `rcp`, the `identity`'s own, the VPC `endpoint`'s.
pub(crate) fn refused_with(policies: &[(&str, &str)]) -> Evidence {
    let text = "Access denied: User `arn:aws:iam::111122223333:user/mailer' is not authorized to perform \
                `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";
    let mut evidence = evidence_of_report(554, text, None);
    accounts(&mut evidence, OURS);
    symptom(&mut evidence, |symptom| {
        symptom.from = Some("me@example.com".into());
        symptom.to = Some("you@example.net".into());
    });
    evidence.user = known(User {
        name: "mailer".into(),
        arn: "arn:aws:iam::111122223333:user/mailer".into(),
        created: None,
        boundary: None,
    });
    let of = |place: &str| -> Vec<&str> {
        let those = policies.iter().filter(|(name, _)| *name == place);
        those.map(|(_, text)| *text).collect()
    };
    let mut of_user: Vec<PolicyDocument> = Vec::new();
    of_user.extend(
        of("mailer")
            .iter()
            .map(|text| document(Attachment::UserInline, text)),
    );
    of_user.extend(
        of("boundary")
            .iter()
            .map(|text| document(Attachment::Boundary, text)),
    );
    evidence.policies = known(of_user);
    let mut sender = identity("eu-west-1", "example.com", true);
    let own = |text: &&str| IdentityPolicy {
        name: "only-ours".into(),
        document: (*text).to_owned(),
    };
    sender.policies = of("identity").iter().map(own).collect();
    evidence.sender_identity = known(sender);
    let (scps, rcps) = (of("scp"), of("rcp"));
    if !scps.is_empty() || !rcps.is_empty() {
        evidence.organization = known(organization(&scps, &rcps));
    }
    evidence.vpc_endpoints = match of("endpoint").as_slice() {
        [] => missing(),
        [text, ..] => {
            symptom(&mut evidence, |symptom| {
                ENDPOINT_NAME.clone_into(&mut symptom.host)
            });
            known(vec![endpoint(text)])
        }
    };

    evidence
}

/// The first denial that a cause takes for its own.
pub(crate) fn denied_by(evidence: &Evidence, holds: fn(&Denial) -> bool) -> Option<Denial> {
    denials(evidence).into_iter().find(holds)
}

const ENDPOINT_NAME: &str = "vpce-0123456789abcdef0-abcdefgh.email-smtp.eu-west-1.vpce.amazonaws.com";

/// A VPC endpoint with this policy, through which the client goes.
fn endpoint(policy: &str) -> VpcEndpoint {
    VpcEndpoint {
        id: "vpce-0123456789abcdef0".into(),
        vpc: None,
        state: "available".into(),
        private_dns: true,
        policy: Some(policy.to_owned()),
        subnets: Vec::new(),
        dns_names: vec![ENDPOINT_NAME.into()],
        security_groups: Vec::new(),
    }
}

fn document(attachment: Attachment, text: &str) -> PolicyDocument {
    PolicyDocument {
        name: "policy".into(),
        arn: None,
        attachment,
        document: Ok(text.to_owned()),
    }
}

fn organization(scps: &[&str], rcps: &[&str]) -> OrganizationPolicies {
    let policy = |text: &&str| ControlPolicy {
        id: "p-12345678".into(),
        name: "guardrail".into(),
        aws_managed: false,
        document: Ok((*text).to_owned()),
    };
    OrganizationPolicies {
        organization: "o-exampleorg".into(),
        management_account: "999988887777".into(),
        account: OURS.into(),
        path: vec![OrganizationLevel {
            target: OrganizationTarget {
                id: "r-root".into(),
                kind: TargetKind::Root,
                name: None,
            },
            service_control_policies: Ok(scps.iter().map(policy).collect()),
            resource_control_policies: Ok(rcps.iter().map(policy).collect()),
        }],
    }
}
