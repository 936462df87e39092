//! Every fix is proven, minimal, and silent where a higher layer denies.

use super::*;
use crate::action::{Action, State};
use crate::evidence::{AccessKeys, Attachment, Caller, KeyStatus, PolicyDocument, SesAccount};
use crate::permission::denials;
use crate::permission::testing::refused_with;
use crate::plan::Risk;
use crate::testimony::{
    KEY, OURS, accounts, denied, evidence_of_235, evidence_of_535, healthy_account, identity, keys, known,
    missing, now, symptom,
};
use std::collections::BTreeSet;

fn plan_with(evidence: &Evidence, wishes: &Wishes) -> Plan {
    let maker = Maker {
        made_at: now(),
        made_by: "test".into(),
        symptom_path: None,
    };
    draft(evidence, wishes, maker)
}

fn plan(evidence: &Evidence) -> Plan {
    plan_with(evidence, &Wishes::default())
}

fn refused(policies: &[(&str, &str)]) -> Evidence {
    let mut evidence = refused_with(policies);
    evidence.organization = match evidence.organization.is_not_asked() {
        true => missing(),
        false => evidence.organization,
    };
    evidence
}

/// The document of the plan's only step, which must be a new inline policy.
fn allow(plan: &Plan) -> String {
    let [step] = plan.steps.as_slice() else {
        panic!("{plan:#?}")
    };
    let Action::UserPolicy(policy) = &step.action else {
        panic!("{step:#?}")
    };
    assert_eq!((policy.owner.user.as_str(), &policy.before), ("mailer", &None));
    assert_eq!(step.proof.len(), 2, "{step:#?}");
    policy.after.clone().unwrap()
}

/// The evidence after the plan's inline policy.
fn applied(mut evidence: Evidence, document: &str) -> Evidence {
    if let crate::Observed::Known(policies) = &mut evidence.policies.observed {
        policies.push(PolicyDocument {
            name: "new".into(),
            arn: None,
            attachment: Attachment::UserInline,
            document: Ok(document.to_owned()),
        });
    }
    evidence
}

#[test]
fn every_fix_is_of_a_cause_and_sorted() {
    let ids: Vec<&str> = FIXES.iter().map(|(id, _)| *id).collect();
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for id in ids {
        assert!(crate::causes::by_id(id).is_some(), "{id}");
    }
}

#[test]
fn a_missing_allow_gets_the_least_that_cures_it() {
    let evidence = refused(&[("mailer", r#"{"Statement":[]}"#)]);
    let plan = plan(&evidence);
    let document = allow(&plan);
    insta::assert_snapshot!(document, @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AllowSendingOverSmtp1",
          "Effect": "Allow",
          "Action": "ses:SendRawEmail",
          "Resource": "arn:aws:ses:eu-west-1:111122223333:identity/example.com"
        }
      ]
    }
    "#);
    assert!(denials(&applied(evidence, &document)).is_empty());
    assert_eq!(plan.saw[0].cause, "missing-send-permission");
    assert!(plan.assumptions.is_empty(), "{:?}", plan.assumptions);
}

#[test]
fn a_second_policy_of_the_same_name_is_never_overwritten() {
    let mut evidence = refused(&[("mailer", r#"{"Statement":[]}"#)]);
    if let crate::Observed::Known(policies) = &mut evidence.policies.observed {
        policies[0].name = "SesDoctorSend".into();
    }
    let Action::UserPolicy(policy) = &plan(&evidence).steps[0].action else {
        panic!()
    };
    assert_eq!(policy.name, "SesDoctorSend2");
}

#[test]
fn a_set_that_lacks_its_allow_too_is_in_the_same_step() {
    let mut evidence = refused(&[("mailer", r#"{"Statement":[]}"#)]);
    let mut sender = identity("eu-west-1", "example.com", true);
    sender.configuration_set = Some("events".into());
    evidence.sender_identity = known(sender);
    evidence.configuration_set = known(crate::evidence::ConfigurationSet {
        name: "events".into(),
        sending_enabled: true,
    });
    let plan = plan(&evidence);
    assert!(allow(&plan).contains("configuration-set/events"));
    assert!(plan.cures("missing-send-permission"));
}

#[test]
fn a_condition_at_fault_is_replaced_and_the_others_are_kept() {
    let by_sender = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*","Condition":{
        "StringEquals":{"ses:FromAddress":"other@example.com"},"Bool":{"aws:SecureTransport":"true"}}}}"#;
    let by_endpoint = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*","Condition":{
        "StringEquals":{"aws:SourceVpce":"vpce-1"}}}}"#;
    let by_version = r#"{"Statement":{"Effect":"Allow","Action":"ses:Send*","Resource":"*","Condition":{
        "StringEquals":{"ses:ApiVersion":"1"}}}}"#;
    for (policy, expected) in [
        (
            by_sender,
            r#"{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"ses:FromAddress":"me@example.com"}}"#,
        ),
        (
            by_endpoint,
            r#"{"StringEquals":{"ses:FromAddress":"me@example.com"}}"#,
        ),
        (by_version, r#"{"StringEquals":{"ses:ApiVersion":"2"}}"#),
    ] {
        let evidence = refused(&[("mailer", policy)]);
        let document = allow(&plan(&evidence));
        let value: serde_json::Value = serde_json::from_str(&document).unwrap();
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!(value["Statement"][0]["Condition"], expected, "{document}");
        assert!(!document.contains("\"*\""), "{document}");
        assert!(denials(&applied(evidence, &document)).is_empty(), "{document}");
    }
}

#[test]
fn an_address_is_added_only_when_it_is_told() {
    let by_address = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*",
        "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#;
    let evidence = refused(&[("mailer", by_address)]);
    let without = plan(&evidence);
    assert!(without.steps.is_empty() && without.requests[0].text.contains("--source-ip"));
    let told = |ip: &str| Wishes {
        source_ip: Some(ip.parse().unwrap()),
        ..Wishes::default()
    };
    assert!(allow(&plan_with(&evidence, &told("203.0.113.7"))).contains("203.0.113.7/32"));
    let inside = plan_with(&evidence, &told("192.0.2.9"));
    assert!(inside.steps.is_empty() && inside.requests[0].text.contains("another address"));
}

const DENY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
    {"Effect":"Deny","Action":"ses:*","Resource":"*"}]}"#;

#[test]
fn below_a_layer_that_denies_no_allow_is_written() {
    for layer in ["boundary", "scp", "rcp", "identity"] {
        let deny = match layer {
            "identity" => {
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"ses:*","Resource":"*"}]}"#
            }
            "rcp" => {
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#
            }
            _ => DENY,
        };
        let plan = plan(&refused(&[("mailer", r#"{"Statement":[]}"#), (layer, deny)]));
        assert!(plan.steps.is_empty(), "{layer}: {plan:#?}");
        assert!(plan.requests.len() >= 2, "{layer}: {plan:#?}");
    }
}

#[test]
fn a_deny_of_the_users_own_is_narrowed_where_nothing_else_gets_through() {
    let own = r#"{"Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"},
        {"Sid":"NoMail","Effect":"Deny","Action":"ses:Send*","Resource":"*"}]}"#;
    let plan = plan(&refused(&[("mailer", own)]));
    let Action::UserPolicy(policy) = &plan.steps[0].action else {
        panic!("{plan:#?}")
    };
    let after: serde_json::Value = serde_json::from_str(policy.after.as_deref().unwrap()).unwrap();
    assert_eq!(
        after["Statement"][1]["NotResource"][0],
        "arn:aws:ses:eu-west-1:111122223333:identity/example.com"
    );
    assert_eq!(
        (plan.steps[0].risk, policy.before.as_deref()),
        (Risk::High, Some(own))
    );
}

#[test]
fn a_deny_whose_narrowing_would_let_more_through_is_left_to_its_owner() {
    // With everything else of SES allowed, whatever else begins with Send would get through as well.
    let deny = r#"{"Statement":{"Effect":"Deny","Action":"ses:Send*","Resource":"*"}}"#;
    let plan = plan(&refused(&[("mailer", EVERYTHING_OF_SES), ("mailer", deny)]));
    assert!(
        plan.steps.is_empty() && plan.requests[0].cause == "explicit-deny",
        "{plan:#?}"
    );
}

const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;
const EVERYTHING_OF_SES: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*"}}"#;

/// The evidence after every step that changes an inline policy of the user.
fn carried_out(mut evidence: Evidence, plan: &Plan) -> Evidence {
    let crate::Observed::Known(policies) = &mut evidence.policies.observed else {
        panic!()
    };
    for step in &plan.steps {
        let Action::UserPolicy(change) = &step.action else {
            panic!("{step:#?}")
        };
        policies.retain(|policy| policy.document.as_ref().ok() != change.before.as_ref());
        policies.extend(change.after.clone().map(|after| PolicyDocument {
            name: change.name.clone(),
            arn: None,
            attachment: Attachment::UserInline,
            document: Ok(after),
        }));
    }
    evidence
}

#[test]
fn denies_in_several_policies_and_statements_are_all_narrowed() {
    let several = refused(&[
        ("mailer", EVERYTHING_OF_SES),
        (
            "mailer",
            r#"{"Statement":{"Effect":"Deny","Action":["ses:SendRawEmail","ses:SendEmail"],"Resource":"*"}}"#,
        ),
        (
            "mailer",
            r#"{"Statement":[{"Sid":"A","Effect":"Deny","NotAction":"s3:*","Resource":"*"},
            {"Sid":"B","Effect":"Deny","Action":"ses:*","NotResource":"arn:aws:ses:eu-west-1:111122223333:identity/b.example"}]}"#,
        ),
    ]);
    let plan = plan(&several);
    assert_eq!((plan.steps.len(), plan.requests.len()), (2, 0), "{plan:#?}");
    assert!(denials(&carried_out(several, &plan)).is_empty());
}

#[test]
fn a_deny_of_this_message_alone_goes_as_a_whole() {
    let own = r#"{"Statement":{"Effect":"Deny","Action":"ses:SendRawEmail","Resource":"arn:aws:ses:eu-west-1:111122223333:identity/example.com"}}"#;
    let evidence = refused(&[("mailer", EVERYTHING_OF_SES), ("mailer", own)]);
    let plan = plan(&evidence);
    let Action::UserPolicy(policy) = &plan.steps[0].action else {
        panic!("{plan:#?}")
    };
    assert_eq!((policy.before.as_deref(), &policy.after), (Some(own), &None));
    assert!(denials(&carried_out(evidence, &plan)).is_empty());
}

#[test]
fn a_deny_and_a_missing_allow_are_cured_together() {
    let evidence = refused(&[(
        "mailer",
        r#"{"Statement":{"Effect":"Deny","Action":"ses:SendRawEmail","Resource":"*"}}"#,
    )]);
    let plan = plan(&evidence);
    assert_eq!((plan.steps.len(), plan.requests.len()), (2, 0), "{plan:#?}");
    assert!(denials(&carried_out(evidence, &plan)).is_empty());
}

#[test]
fn a_deny_of_all_but_some_senders_spares_this_one_too_and_no_other() {
    let deny = r#"{"Statement":{"Sid":"Old","Effect":"Deny","Action":"ses:Send*","Resource":"*","Condition":{"StringNotLike":{"ses:FromAddress":"*@old.example"}}}}"#;
    let evidence = refused(&[("mailer", ALLOW), ("mailer", deny)]);
    let plan = plan(&evidence);
    let Action::UserPolicy(policy) = &plan.steps[0].action else {
        panic!("{plan:#?}")
    };
    let after = policy.after.as_deref().unwrap();
    assert!(
        after.contains("*@old.example") && after.contains("\"me@example.com\""),
        "{after}"
    );
    assert!(denials(&carried_out(evidence.clone(), &plan)).is_empty());
    let mut other = evidence;
    crate::testimony::symptom(&mut other, |symptom| {
        symptom.from = Some("else@example.com".into())
    });
    assert!(!denials(&carried_out(other, &plan)).is_empty(), "another sender");
}

#[test]
fn a_deny_of_all_but_some_addresses_wants_to_be_told_the_clients() {
    let deny = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24"]}}}}"#;
    let evidence = refused(&[("mailer", EVERYTHING_OF_SES), ("mailer", deny)]);
    assert!(plan(&evidence).steps.is_empty());
    let wishes = Wishes {
        source_ip: Some("198.51.100.7".parse().unwrap()),
        ..Wishes::default()
    };
    let plan = plan_with(&evidence, &wishes);
    let Action::UserPolicy(policy) = &plan.steps[0].action else {
        panic!("{plan:#?}")
    };
    assert!(
        policy.after.as_deref().unwrap().contains("198.51.100.7/32"),
        "{policy:#?}"
    );
}

#[test]
fn an_endpoint_gets_the_statement_that_it_lacks() {
    let allow = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;
    let api = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ses:SendEmail","Resource":"*"}]}"#;
    let plan = plan(&refused(&[("mailer", allow), ("endpoint", api)]));
    let Action::EndpointPolicy(change) = &plan.steps[0].action else {
        panic!("{plan:#?}")
    };
    assert!(
        change.after.contains("arn:aws:iam::111122223333:user/mailer"),
        "{}",
        change.after
    );
    assert!(State::Document(change.before.clone()).agrees_with(&State::Document(api.into())));
}

fn inactive() -> Evidence {
    let mut evidence = evidence_of_535();
    accounts(&mut evidence, OURS);
    evidence.access_keys = known(AccessKeys {
        user_name: "mailer".into(),
        ..keys(KEY, KeyStatus::Inactive)
    });
    evidence.policies = known(Vec::new());
    evidence
}

#[test]
fn a_key_is_revived_only_where_no_leak_is_known_and_that_was_looked_up() {
    let mut evidence = inactive();
    let Action::AccessKeyStatus(change) = &plan(&evidence).steps[0].action else {
        panic!()
    };
    assert_eq!(
        (change.key.as_str(), change.before, change.after),
        (KEY, false, true)
    );
    evidence.policies = denied("iam:ListAttachedUserPolicies");
    assert!(plan(&evidence).steps.is_empty());
    evidence.policies = known(vec![PolicyDocument {
        name: "AWSCompromisedKeyQuarantineV3".into(),
        arn: Some("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3".into()),
        attachment: Attachment::UserManaged,
        document: Ok("{}".into()),
    }]);
    assert!(plan(&evidence).steps.is_empty());
}

#[test]
fn credentials_of_another_account_plan_nothing() {
    let mut evidence = inactive();
    evidence.caller = known(Caller {
        account: "999988887777".into(),
        arn: "arn:aws:iam::999988887777:user/op".into(),
    });
    let plan = plan(&evidence);
    assert!(
        plan.steps.is_empty() && plan.requests[0].to.contains(OURS),
        "{plan:#?}"
    );
}

#[test]
fn the_switch_for_sending_is_switched_on() {
    let mut evidence = evidence_of_235();
    accounts(&mut evidence, OURS);
    evidence.ses_account = known(SesAccount {
        sending_enabled: false,
        ..healthy_account()
    });
    let plan = plan(&evidence);
    assert_eq!(plan.steps[0].action.after(), State::Switch(true));
    assert_eq!(plan.target.region, "eu-west-1");
}

#[test]
fn a_default_set_that_is_gone_is_taken_away_and_one_that_the_client_names_is_not() {
    let mut evidence = evidence_of_235();
    accounts(&mut evidence, OURS);
    let mut sender = identity("eu-west-1", "example.com", true);
    sender.configuration_set = Some("gone".into());
    evidence.sender_identity = known(sender);
    evidence.configuration_set = missing();
    assert_eq!(
        plan(&evidence).steps[0].action.before(),
        State::Word("gone".into())
    );
    symptom(&mut evidence, |symptom| {
        symptom.configuration_set = Some("gone".into())
    });
    let plan = plan(&evidence);
    assert!(plan.steps.is_empty() && plan.requests[0].text.contains("X-SES-CONFIGURATION-SET"));
}

#[test]
fn a_request_names_who_what_and_the_evidence() {
    let allow = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;
    let plan = plan(&refused(&[("mailer", allow), ("scp", DENY)]));
    let request = &plan.requests[0];
    assert_eq!(request.to, "an administrator of the organization");
    for part in [
        "user/mailer",
        "organizations.path",
        "What is asked for",
        "eu-west-1",
    ] {
        assert!(request.text.contains(part), "{}", request.text);
    }
}

#[test]
fn health_plans_nothing() {
    let plan = plan(&evidence_of_235());
    assert!(plan.steps.is_empty() && plan.requests.is_empty() && plan.saw.is_empty());
}
