use super::*;
use crate::context::Context;
use crate::document::PolicyDocument;
use crate::layer::Layer;
use crate::simulation::Simulation;
use std::fmt::Write as _;

const USER: &str = "arn:aws:iam::111122223333:user/app";
const IDENTITY: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
const CONFIGURATION_SET: &str = "arn:aws:ses:eu-west-1:111122223333:configuration-set/default";

fn request(resource: &str, context: &[(&str, &str)]) -> Request {
    let context = context
        .iter()
        .map(|(key, value)| (*key, vec![(*value).to_owned()]));
    Request::new(
        USER,
        "ses:SendRawEmail",
        resource,
        Context::new(context, []).unwrap(),
    )
    .unwrap()
}

fn set(policies: &[(Layer, &str)]) -> PolicySet {
    let mut set = PolicySet::new();
    for (layer, statements) in policies {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = PolicyDocument::parse(layer.id(), &text).unwrap();
        match layer {
            Layer::ServiceControlPolicy | Layer::ResourceControlPolicy => {
                set.add_level(*layer, "r-root", [document]).unwrap()
            }
            Layer::ResourcePolicy
            | Layer::IdentityPolicy
            | Layer::PermissionsBoundary
            | Layer::SessionPolicy
            | Layer::VpcEndpointPolicy => set.add(*layer, document).unwrap(),
        }
    }
    set
}

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const GET: &str = r#"{"Effect":"Allow","Action":"ses:Get*","Resource":"*"}"#;

fn proposed(policies: &PolicySet, requests: &[Request], conditions: &[Condition]) -> Proposal {
    let Minimum::Proposal(proposal) = minimize(policies, requests, conditions) else {
        panic!("nothing is proposed")
    };
    *proposal
}

#[test]
fn a_missing_allow_is_proposed_with_every_resource_of_the_call_and_proven() {
    let policies = set(&[(Layer::IdentityPolicy, GET), (Layer::PermissionsBoundary, ALL)]);
    let requests = [request(IDENTITY, &[]), request(CONFIGURATION_SET, &[])];
    let proposal = proposed(&policies, &requests, &[]);
    insta::assert_snapshot!(proposal.document.text(), @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AllowSesSendRawEmail",
          "Effect": "Allow",
          "Action": "ses:SendRawEmail",
          "Resource": [
            "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
            "arn:aws:ses:eu-west-1:111122223333:configuration-set/default"
          ]
        }
      ]
    }
    "#);
    assert_eq!(proposal.name, "AllowSesSendRawEmail");
    assert!(proposal.comparison.is_nothing_more());
}

#[test]
fn what_is_allowed_already_is_left_out() {
    let own = format!(r#"{{"Effect":"Allow","Action":"ses:*","Resource":"{IDENTITY}"}}"#);
    let policies = set(&[(Layer::IdentityPolicy, &own)]);
    let requests = [request(IDENTITY, &[]), request(CONFIGURATION_SET, &[])];
    let proposal = proposed(&policies, &requests, &[]);
    assert!(!proposal.document.text().contains(IDENTITY));
    assert!(matches!(
        minimize(&policies, &requests[..1], &[]),
        Minimum::AlreadyAllowed
    ));
}

#[test]
fn a_condition_is_put_on_where_it_is_asked_for_and_must_hold_for_the_call() {
    let policies = set(&[]);
    let condition = |value: &str| Condition {
        key: "ses:FromAddress".to_owned(),
        values: vec![value.to_owned()],
        is_multivalued: false,
    };
    let requests = [request(IDENTITY, &[("ses:FromAddress", "app@example.com")])];
    let proposal = proposed(&policies, &requests, &[condition("app@example.com")]);
    assert!(
        proposal
            .document
            .text()
            .contains(r#""ses:FromAddress": "app@example.com""#)
    );
    let other = minimize(&policies, &requests, &[condition("other@example.com")]);
    assert!(matches!(other, Minimum::Useless(_)), "{other:?}");
}

#[test]
fn wildcards_in_a_name_mean_themselves_in_the_proposal() {
    let policies = set(&[]);
    let requests = [request("arn:aws:s3:::bucket/a*b?c${d}", &[])];
    let proposal = proposed(&policies, &requests, &[]);
    assert!(
        proposal
            .document
            .text()
            .contains("arn:aws:s3:::bucket/a${*}b${?}c${$}{d}")
    );
    assert!(proposal.comparison.is_nothing_more());
}

#[test]
fn a_star_is_never_proposed() {
    let policies = set(&[]);
    let requests = [request("*", &[])];
    assert!(matches!(
        minimize(&policies, &requests, &[]),
        Minimum::OnlyStar { .. }
    ));
}

#[test]
fn an_unknown_key_that_matters_leaves_it_open() {
    let text = format!(
        r#"{{"principal":"{USER}","action":"ses:SendRawEmail","resource":"{IDENTITY}","unknown_context":["aws:SourceIp"],
        "identity_policies":[{{"name":"p","document":{{"Statement":{{"Effect":"Allow","Action":"ses:*","Resource":"*",
        "Condition":{{"IpAddress":{{"aws:SourceIp":"192.0.2.0/24"}}}}}}}}}}]}}"#
    );
    let simulation = Simulation::parse(&text).unwrap();
    let (policies, requests) = (simulation.policies().unwrap(), [simulation.request().unwrap()]);
    let Minimum::Undetermined { missing } = minimize(&policies, &requests, &[]) else {
        panic!("not open")
    };
    assert_eq!(missing, ["aws:SourceIp"]);
}

/// What stands in the way, one a line.
fn blocked(policies: &PolicySet, requests: &[Request]) -> String {
    let Minimum::Blocked(blockers) = minimize(policies, requests, &[]) else {
        panic!("not blocked")
    };
    let mut text = String::new();
    for blocker in blockers {
        let how = match &blocker.cause {
            Cause::Denies { document, index, .. } => format!("{}:{index} denies", document.name()),
            Cause::DeniesUnseen => "denies unseen".to_owned(),
            Cause::DoesNotAllow { nearest } => format!("does not allow, {} near", nearest.len()),
        };
        writeln!(
            text,
            "{} {how}\n  owner: {}\n  ask: {}",
            blocker.layer,
            blocker.owner(),
            blocker.ask()
        )
        .unwrap();
    }
    text
}

#[test]
fn layers_above_and_denials_are_named_with_owner_and_change() {
    let deny = r#"{"Effect":"Deny","Action":"ses:Send*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24"]}}}"#;
    let other = r#"{"Effect":"Allow","Action":"ses:*","Resource":"arn:aws:ses:us-east-1:*:*"}"#;
    let all_and_deny = format!("{ALL},{deny}");
    let policies = set(&[
        (Layer::ServiceControlPolicy, &all_and_deny),
        (Layer::PermissionsBoundary, other),
        (
            Layer::VpcEndpointPolicy,
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#,
        ),
        (
            Layer::IdentityPolicy,
            r#"{"Effect":"Deny","NotAction":"ses:Get*","Resource":"*"}"#,
        ),
    ]);
    insta::assert_snapshot!(blocked(
        &policies,
        &[request(IDENTITY, &[("aws:SourceIp", "203.0.113.7")])]
    ));
}

#[test]
fn across_accounts_the_owner_of_the_resource_is_asked_even_without_a_policy() {
    let foreign = "arn:aws:ses:eu-west-1:444455556666:identity/example.org";
    let text = blocked(&set(&[(Layer::IdentityPolicy, ALL)]), &[request(foreign, &[])]);
    assert!(
        text.contains("resource-policy does not allow") && text.contains("account 444455556666"),
        "{text}"
    );
}

#[test]
fn what_the_principals_own_statement_ties_the_call_to_is_held_with_the_calls_value() {
    let tied = r#"{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*","Condition":{"StringLike":{"ses:FromAddress":"*@a.example"},
        "IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"StringEquals":{"aws:SourceVpce":"vpce-1"}}}"#;
    let policies = set(&[(Layer::IdentityPolicy, tied)]);
    let requests = [request(
        IDENTITY,
        &[
            ("ses:FromAddress", "app@example.com"),
            ("aws:SourceIp", "198.51.100.7"),
        ],
    )];
    let proposal = proposed(&policies, &requests, &[]);
    insta::assert_snapshot!(proposal.document.text());
    let held: Vec<&str> = proposal
        .held
        .iter()
        .map(|condition| condition.key.as_str())
        .collect();
    assert_eq!(held, ["ses:FromAddress", "aws:SourceIp"]);
    assert_eq!(proposal.past, ["aws:SourceVpce"]);
    assert!(proposal.comparison.is_nothing_more());
}

#[test]
fn a_condition_that_was_asked_for_is_the_only_one() {
    let tied = r#"{"Effect":"Allow","Action":"ses:*","Resource":"*","Condition":{"StringEquals":{"ses:FromAddress":"x@a.example"}}}"#;
    let policies = set(&[(Layer::IdentityPolicy, tied)]);
    let requests = [request(
        IDENTITY,
        &[("ses:FromAddress", "app@example.com"), ("ses:ApiVersion", "2")],
    )];
    let asked = Condition {
        key: "ses:ApiVersion".to_owned(),
        values: vec!["2".to_owned()],
        is_multivalued: false,
    };
    let proposal = proposed(&policies, &requests, std::slice::from_ref(&asked));
    assert!(proposal.held.is_empty() && proposal.past.is_empty());
    assert!(proposal.document.text().contains("ses:ApiVersion"));
}
