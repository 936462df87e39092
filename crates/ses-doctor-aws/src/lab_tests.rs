//! Whole collections against the lab: real sockets, signed requests, the answers that AWS's APIs give.

use crate::client::Aws;
use crate::credentials::Operator;
use crate::http;
use crate::readiness::{Readiness, can_meet};
use crate::settings::Settings;
use crate::subject::Subject;
use aws_credential_types::Credentials;
use aws_types::region::Region;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use ses_doctor_core::evidence::{
    Attachment, ControlPolicy, EvalDecision, Evidence, KeyStatus, OrganizationLevel, Reported, Symptom,
};
use ses_doctor_core::{Need, Observation, Observed};
use ses_lab::{Lab, Options, World};
use std::time::{Duration, Instant};

/// The evidence of a scenario, once all that AWS can tell has been collected.
async fn collected(scenario: &str) -> Evidence {
    let lab = lab(scenario, Options::default()).await;
    let evidence = everything(&aws(&lab).await, told(&lab)).await;
    assert_silent(&lab, &evidence);
    evidence
}

async fn lab(scenario: &str, options: Options) -> Lab {
    let world = World::parse(scenario, ses_lab::scenario(scenario).unwrap()).unwrap();
    Lab::start(world, options).await.unwrap()
}

/// A lab of this world.
pub(crate) async fn lab_of(world: World) -> Lab {
    Lab::start(world, Options::default()).await.unwrap()
}

/// AWS as the lab's operator sees it.
pub(crate) async fn aws(lab: &Lab) -> Aws {
    let operator = lab.operator_credentials().unwrap();
    let token = operator
        .session_token
        .map(|token| token.expose_secret().to_owned());
    let secret = operator.secret_key.expose_secret();
    let credentials = Credentials::new(operator.access_key, secret, token, None, "lab");
    let settings = Settings {
        endpoint_url: Some(lab.api_url()),
        session_wait: Duration::from_secs(20),
        ..Settings::default()
    };
    let http = http::client();
    let region = Some(Region::new(lab.world().client.region.clone()));
    Aws::load(
        &settings,
        region,
        http.clone(),
        Operator::fixed(Ok(credentials), http),
    )
    .await
}

pub(crate) fn told(lab: &Lab) -> Evidence {
    let client = &lab.world().client;
    let symptom = Symptom {
        host: format!("email-smtp.{}.amazonaws.com", client.region),
        port: 587,
        from: client.from.clone(),
        to: client.to.clone(),
        configuration_set: client.configuration_set.clone(),
        tenant: client.tenant.clone(),
        reported: client
            .error
            .as_ref()
            .map(|line| Reported::read(line, line.clone())),
        ..Symptom::default()
    };
    let facts = ses_smtp::credential::inspect(&lab.client_username(), &lab.client_password());
    let now = Timestamp::now();
    Evidence {
        symptom: Observation::new("test", now, Observed::Known(symptom)),
        credential: Observation::new("test", now, Observed::Known(facts)),
        ..Evidence::default()
    }
}

/// Collects as the command does: whatever is ready runs at once, until nothing new is.
pub(crate) async fn everything(aws: &Aws, mut evidence: Evidence) -> Evidence {
    loop {
        let asked = |need: &&Need| evidence.is_not_asked(**need);
        let ready = Need::ALL
            .iter()
            .filter(asked)
            .filter(|need| can_meet(**need, &evidence) == Readiness::Ready);
        let subject = Subject::of(&evidence);
        let facts = futures::future::join_all(ready.map(|need| aws.collect(*need, &subject))).await;
        if facts.is_empty() {
            return evidence;
        }
        facts.into_iter().for_each(|fact| evidence.record(fact));
    }
}

/// No secret of the world is in the evidence.
fn assert_silent(lab: &Lab, evidence: &Evidence) {
    let text = serde_json::to_string(evidence).unwrap();
    let operator = lab.operator_credentials().unwrap();
    for secret in [operator.secret_key, lab.client_password()] {
        let secret = secret.expose_secret();
        assert!(secret.is_empty() || !text.contains(secret));
    }
}

fn assert_all_settled(evidence: &Evidence) {
    for need in crate::PERMISSIONS.iter().map(|(need, _)| *need) {
        assert_eq!(evidence.unavailable(need), None, "{need}");
    }
}

#[tokio::test]
async fn an_inactive_key_its_owner_policies_and_history() {
    let evidence = collected("key-inactive").await;
    assert_all_settled(&evidence);
    let keys = evidence.access_keys.known().unwrap();
    assert_eq!(
        (keys.user_name.as_str(), keys.keys[0].status),
        ("store-mailer", KeyStatus::Inactive)
    );
    let policy = &evidence.policies.known().unwrap()[0];
    assert_eq!(
        (policy.name.as_str(), &policy.attachment),
        ("AmazonSesSendingAccess", &Attachment::UserInline)
    );
    assert!(policy.document.as_ref().unwrap().contains("ses:SendRawEmail"));
    let event = &evidence.key_events.known().unwrap().events[0];
    assert_eq!(
        (event.name.as_str(), event.status.as_deref()),
        ("UpdateAccessKey", Some("Inactive"))
    );
    assert_eq!(event.user_name.as_deref(), Some("store-mailer"));
    assert_eq!(event.source_ip.as_deref(), Some("203.0.113.41"));
    assert!(event.actor.as_deref().unwrap().ends_with("user/key-janitor"));
    assert!(evidence.caller.known().unwrap().arn.ends_with("user/oncall"));
    assert_eq!(evidence.key_account.known().unwrap(), "590318847726");
    assert!(evidence.ses_account.known().unwrap().production_access);
    assert_eq!(
        evidence.sender_identity.known().unwrap().name,
        "ridgeway-books.example"
    );
    assert_eq!(evidence.root_keys_present.known(), Some(&false));
}

#[tokio::test]
async fn the_user_of_a_deleted_key_is_found_through_its_history() {
    let evidence = collected("key-deleted").await;
    assert!(evidence.key_last_used.is_missing());
    assert_eq!(evidence.user.known().unwrap().name, "erp-mailer");
    assert!(evidence.access_keys.known().unwrap().keys.is_empty());
    let evidence = collected("user-deleted").await;
    assert!(
        evidence.user.is_missing() && evidence.policies.is_missing() && evidence.access_keys.is_missing()
    );
    assert!(
        evidence
            .user_events
            .known()
            .unwrap()
            .events
            .iter()
            .any(|event| event.name == "DeleteUser")
    );
}

#[tokio::test]
async fn a_key_of_another_account_is_told_by_its_account() {
    let evidence = collected("key-of-another-account").await;
    assert_eq!(evidence.key_account.known().unwrap(), "973016482255");
    assert_eq!(evidence.caller.known().unwrap().account, "264190753382");
    assert!(evidence.access_keys.known().is_none());
}

#[tokio::test]
async fn an_expired_status_and_a_root_key_are_told() {
    let keys = collected("key-expired").await.access_keys;
    assert_eq!(keys.known().unwrap().keys[0].status, KeyStatus::Expired);
    let evidence = collected("root-access-key").await;
    assert_eq!(evidence.root_keys_present.known(), Some(&true));
    assert!(
        !evidence.access_keys.is_settled(),
        "a root key is not a deleted key"
    );
}

#[tokio::test]
async fn an_identity_elsewhere_and_a_lost_configuration_set_are_told() {
    let elsewhere = collected("identity-in-another-region")
        .await
        .sender_identity_elsewhere;
    let there = elsewhere
        .known()
        .unwrap()
        .iter()
        .find(|one| one.region == "eu-west-1")
        .unwrap();
    assert_eq!(
        there.identity.as_ref().unwrap().as_ref().unwrap().name,
        "verbatim-legal.example"
    );
    assert!(
        collected("configuration-set-missing")
            .await
            .configuration_set
            .is_missing()
    );
}

#[tokio::test]
async fn the_control_policies_on_the_way_to_the_account_are_told() {
    let evidence = collected("healthy-organization").await;
    let organization = evidence.organization.known().unwrap();
    assert!(!organization.is_management_account());
    let levels: Vec<(Option<&str>, Vec<&str>, Vec<&str>)> = organization.path.iter().map(level).collect();
    let (full, rcp) = ("FullAWSAccess", "RCPFullAWSAccess");
    let expected = [
        (None, vec![full, "NobodyLeaves"], vec![rcp]),
        (Some("Workloads"), vec![full], vec![rcp, "OwnBucketsOnly"]),
        (Some("Production"), vec!["PermittedServices"], vec![rcp]),
        (Some("ticketing"), vec![full], vec![rcp]),
    ];
    assert_eq!(levels, expected);
    let policy = &evidence.sender_identity.known().unwrap().policies[0];
    assert!(policy.name == "PartnerMaySend" && policy.document.contains("ses:SendRawEmail"));
    assert!(collected("healthy").await.organization.is_missing());
}

#[tokio::test]
async fn the_vpc_endpoint_its_policy_and_its_security_group_are_told() {
    let evidence = collected("healthy-vpc-endpoint").await;
    let endpoint = &evidence.vpc_endpoints.known().unwrap()[0];
    assert_eq!(
        endpoint.dns_names,
        ["vpce-0f3a91c47d52be608-k7q2m9xw.email-smtp.us-west-2.vpce.amazonaws.com"]
    );
    assert!(endpoint.policy.as_ref().unwrap().contains("user/ledger-smtp"));
    let rules = endpoint.security_groups[0].ingress.as_ref().unwrap();
    assert!(rules[0].admits(587) && !rules[0].admits(465));
    assert!(collected("healthy").await.vpc_endpoints.is_missing());
}

#[tokio::test]
async fn the_simulator_gives_its_opinion() {
    let simulation = collected("healthy-organization").await.simulation;
    let simulation = simulation.known().unwrap();
    assert!(simulation.principal.ends_with("user/ticket-smtp"));
    let [sender] = simulation.decisions.as_slice() else {
        panic!("{simulation:?}")
    };
    assert!(sender.resource.ends_with("identity/fjordlinje.example"));
    assert_eq!(sender.decision, EvalDecision::Allowed);
    assert_eq!(
        (sender.allowed_by_organizations, sender.allowed_by_boundary),
        (Some(true), None)
    );
    assert_eq!(sender.matched[0].policy, "AmazonSesSendingAccess");
}

#[tokio::test]
async fn a_quarantine_policy_is_told_with_what_it_denies() {
    let evidence = collected("quarantine-policy").await;
    let policies = evidence.policies.known().unwrap();
    let quarantine = policies
        .iter()
        .find(|policy| policy.name.starts_with("AWSCompromisedKeyQuarantine"))
        .unwrap();
    let document = quarantine.document.as_ref().unwrap();
    assert!(document.contains("iam:CreateAccessKey") && !document.contains("ses:Send"));
}

fn level(level: &OrganizationLevel) -> (Option<&str>, Vec<&str>, Vec<&str>) {
    (
        level.target.name.as_deref(),
        whole(&level.service_control_policies),
        whole(&level.resource_control_policies),
    )
}

/// The names of policies that are all there with their documents.
fn whole(policies: &Result<Vec<ControlPolicy>, String>) -> Vec<&str> {
    let policies = policies.as_ref().unwrap();
    assert!(policies.iter().all(|policy| policy.document.is_ok()));
    policies.iter().map(|policy| policy.name.as_str()).collect()
}

#[tokio::test]
async fn denied_reads_are_denied_each_with_its_action() {
    let evidence = collected("healthy-denied-reads").await;
    assert!(evidence.caller.known().is_some());
    for (need, actions) in crate::PERMISSIONS {
        let denied = |action: &&str| {
            evidence
                .unavailable(*need)
                .is_some_and(|why| why.contains(*action))
        };
        let waits = can_meet(*need, &evidence) != Readiness::Ready;
        let settled = evidence.is_settled(*need);
        let of_owner = evidence
            .unavailable(*need)
            .is_some_and(|why| why.contains("iam:GetAccessKeyLastUsed was denied"));
        assert!(
            settled || waits || of_owner || actions.iter().any(denied),
            "{need}"
        );
        assert!(
            !settled
                || matches!(
                    need,
                    Need::Caller | Need::KeyAccount | Need::SenderIdentityElsewhere
                ),
            "{need}"
        );
    }
}

#[tokio::test]
async fn what_does_not_depend_on_each_other_runs_at_once() {
    let latency = Duration::from_millis(200);
    let lab = lab("key-inactive", Options::with_latency(latency)).await;
    let aws = aws(&lab).await;
    let begun = Instant::now();
    everything(&aws, told(&lab)).await;
    // Key, then owner; in the policies the list, then the document; elsewhere 18 regions, 8 at a time. The history of
    // us-east-1 is asked four times, of which two wait for their turn.
    assert!(
        begun.elapsed() < latency * 6 + Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn wrong_credentials_of_the_operator_say_so() {
    let lab = lab("key-inactive", Options::default()).await;
    let operator = lab.operator_credentials().unwrap();
    for (key, words) in [
        (operator.access_key.as_str(), "signature"),
        ("AKIANOBODY0000000001", "does not accept"),
    ] {
        let settings = Settings {
            endpoint_url: Some(lab.api_url()),
            ..Settings::default()
        };
        let (http, canary) = (http::client(), crate::testing::CANARY);
        let fixed = Operator::fixed(Ok(Credentials::new(key, canary, None, None, "lab")), http.clone());
        let aws = Aws::load(&settings, Some(Region::new("us-east-1")), http, fixed).await;
        let mut evidence = told(&lab);
        evidence.record(aws.collect(Need::KeyLastUsed, &Subject::of(&evidence)).await);
        let why = evidence.unavailable(Need::KeyLastUsed).unwrap();
        assert!(why.contains(words) && !why.contains(canary), "{why}");
    }
}
