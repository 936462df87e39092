//! The look-ups in the event history: by which attribute, how many, and what is made of pages, throttles and denials.

use crate::subject::Subject;
use crate::testing::{Answer, Call, Calls, KEY, aws, evidence};
use serde_json::{Value, json};
use ses_doctor_core::evidence::{
    Attachment, KeyLastUsed, PolicyDocument, Reported, SesAccount, TrailHistory, VpcEndpoint,
};
use ses_doctor_core::{Evidence, Need, Observation, Observed};

fn known<T>(value: T) -> Observation<T> {
    Observation::new("test", jiff::Timestamp::UNIX_EPOCH, Observed::Known(value))
}

fn event(id: &str, source: &str) -> Value {
    let text = json!({ "requestParameters": { "userName": "mailer", "status": "Inactive" } }).to_string();
    json!({ "EventId": id, "EventName": "UpdateAccessKey", "EventTime": 1.777e9, "EventSource": source,
        "CloudTrailEvent": text })
}

fn page(ids: &[&str], next: Option<&str>) -> Answer {
    let events: Vec<Value> = ids.iter().map(|id| event(id, "ses.amazonaws.com")).collect();
    Answer::ok(json!({ "Events": events, "NextToken": next }).to_string())
}

/// `AttributeKey=AttributeValue` of each look-up, in the order in which they went out.
fn asked(calls: &Calls) -> Vec<String> {
    let lookups = calls
        .all()
        .into_iter()
        .filter(|call| call.action == "LookupEvents");
    lookups
        .map(|call| {
            let body: Value = serde_json::from_str(&call.body).unwrap();
            let attribute = &body["LookupAttributes"][0];
            let text = |key: &str| attribute[key].as_str().unwrap().to_owned();
            format!("{}={}", text("AttributeKey"), text("AttributeValue"))
        })
        .collect()
}

async fn collected(
    need: Need,
    evidence: Evidence,
    script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (Evidence, Calls) {
    let (aws, calls) = aws(script);
    let mut evidence = evidence;
    let fact = aws.collect(need, &Subject::of_need(need, &evidence)).await;
    evidence.record(fact);
    (evidence, calls)
}

fn history(observation: &Observation<TrailHistory>) -> &TrailHistory {
    observation.known().unwrap()
}

fn ids(history: &TrailHistory) -> Vec<&str> {
    history.events.iter().map(|event| event.id.as_str()).collect()
}

fn with_owner(mut evidence: Evidence) -> Evidence {
    evidence.key_last_used = known(KeyLastUsed {
        user_name: Some("mailer".to_owned()),
        last_used: None,
        service: None,
        region: None,
    });
    evidence
}

#[tokio::test]
async fn the_history_of_the_key_is_read_where_iam_records_it() {
    let (evidence, calls) = collected(Need::KeyEvents, evidence(), |call| match call.nth {
        0 => page(&["e0", "e1"], Some("more")),
        _ => page(&["e1", "e2"], None),
    })
    .await;
    let history = history(&evidence.key_events);
    assert_eq!(ids(history), ["e0", "e1", "e2"], "an event of two pages is one");
    assert_eq!(
        (history.lookups, history.complete, history.region.as_str()),
        (2, true, "us-east-1")
    );
    assert_eq!(calls.all()[0].host, "cloudtrail.us-east-1.amazonaws.com");
    assert_eq!(asked(&calls)[0], format!("ResourceName={KEY}"));
}

#[tokio::test]
async fn a_long_history_is_read_for_three_pages_only_and_says_so() {
    let (evidence, _) = collected(Need::KeyEvents, evidence(), |call| {
        page(&[&format!("e{}", call.nth)], Some("more"))
    })
    .await;
    let history = history(&evidence.key_events);
    assert_eq!(
        (history.lookups, history.complete, history.events.len()),
        (3, false, 3)
    );
}

#[tokio::test]
async fn events_that_cannot_be_read_stay_in_the_history() {
    let (evidence, _) = collected(Need::KeyEvents, evidence(), |_| {
        let bad = json!({ "EventId": "bad", "EventTime": 1.777e9, "CloudTrailEvent": "{not json" });
        Answer::ok(json!({ "Events": [bad] }).to_string())
    })
    .await;
    assert!(!history(&evidence.key_events).events[0].succeeded());
}

#[tokio::test(start_paused = true)]
async fn a_throttle_is_waited_out() {
    let start = tokio::time::Instant::now();
    let (evidence, calls) = collected(Need::KeyEvents, evidence(), |call| match call.nth {
        0 | 1 => Answer::json_error(400, "ThrottlingException", "Rate exceeded"),
        _ => page(&["e"], None),
    })
    .await;
    assert_eq!(ids(history(&evidence.key_events)), ["e"]);
    assert_eq!(calls.actions(), ["LookupEvents"; 3]);
    assert!(start.elapsed().as_secs() >= 3, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_throttle_that_does_not_end_is_a_failure_and_no_empty_history() {
    let (evidence, _) = collected(Need::KeyEvents, evidence(), |_| {
        Answer::json_error(400, "ThrottlingException", "Rate exceeded")
    })
    .await;
    assert!(evidence.key_events.unavailable().is_some());
}

#[tokio::test]
async fn a_denial_stays_one() {
    for need in [Need::KeyEvents, Need::SesEvents] {
        let (evidence, calls) = collected(need, evidence(), |_| {
            Answer::json_error(400, "AccessDeniedException", "not authorized")
        })
        .await;
        assert!(
            evidence
                .unavailable(need)
                .unwrap()
                .contains("cloudtrail:LookupEvents was denied")
        );
        assert_eq!(calls.all().len(), 1, "asked once");
    }
}

#[tokio::test]
async fn without_an_owner_the_users_history_says_why() {
    let (evidence, _) = collected(Need::UserEvents, evidence(), |_| Answer::Never).await;
    assert!(evidence.user_events.unavailable().unwrap().contains("not known"));
}

#[tokio::test(start_paused = true)]
async fn every_collector_draws_from_one_budget() {
    let (aws, calls) = aws(|_| page(&[], None));
    let subject = Subject::of(&with_owner(evidence()));
    let start = tokio::time::Instant::now();
    futures::join!(
        aws.collect(Need::KeyEvents, &subject),
        aws.collect(Need::UserEvents, &subject),
        aws.collect(Need::KeyEvents, &subject),
        aws.collect(Need::SesEvents, &subject),
    );
    assert_eq!(calls.all().len(), 4);
    let took = start.elapsed().as_millis();
    assert!(
        (1050..2000).contains(&took),
        "three at home take one window, not {took} ms"
    );
}

fn policies(evidence: Evidence) -> Evidence {
    let policy = |arn: Option<&str>, attachment| PolicyDocument {
        name: "p".to_owned(),
        arn: arn.map(str::to_owned),
        attachment,
        document: Ok("{}".to_owned()),
    };
    let all = vec![
        policy(None, Attachment::UserInline),
        policy(
            Some("arn:aws:iam::aws:policy/ReadOnlyAccess"),
            Attachment::UserManaged,
        ),
        policy(
            Some("arn:aws:iam::111122223333:policy/mail"),
            Attachment::UserManaged,
        ),
        policy(
            Some("arn:aws:iam::111122223333:policy/mail"),
            Attachment::GroupManaged("web".to_owned()),
        ),
        policy(
            Some("arn:aws:iam::111122223333:policy/bound"),
            Attachment::Boundary,
        ),
    ];
    Evidence {
        policies: known(all),
        ..with_owner(evidence)
    }
}

fn groups(names: &[&str]) -> Answer {
    let members: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                "<member><Path>/</Path><GroupName>{name}</GroupName><GroupId>AGPA</GroupId><Arn>arn</Arn>\
                 <CreateDate>2026-01-01T00:00:00Z</CreateDate></member>"
            )
        })
        .collect();
    Answer::xml(
        "ListGroupsForUser",
        &format!(
            "<Groups>{}</Groups><IsTruncated>false</IsTruncated>",
            members.concat()
        ),
    )
}

#[tokio::test(start_paused = true)]
async fn each_policy_and_group_that_reaches_the_user_is_looked_up_once_and_those_of_aws_not_at_all() {
    let (evidence, calls) = collected(Need::PolicyEvents, policies(evidence()), |call| {
        match call.action.as_str() {
            "ListGroupsForUser" => groups(&["web", "emptied"]),
            _ => page(&[], None),
        }
    })
    .await;
    assert_eq!(
        asked(&calls),
        [
            "ResourceName=arn:aws:iam::111122223333:policy/bound",
            "ResourceName=arn:aws:iam::111122223333:policy/mail",
            "ResourceName=web",
            "ResourceName=emptied",
        ]
    );
    let history = history(&evidence.policy_events);
    assert!(history.complete && history.lookups == 4 && history.asked.contains(&"emptied".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn groups_that_could_not_be_listed_leave_the_history_incomplete() {
    let (evidence, _) = collected(Need::PolicyEvents, policies(evidence()), |call| {
        match call.action.as_str() {
            "ListGroupsForUser" => Answer::Http(
                403,
                "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>".to_owned(),
            ),
            _ => page(&[], None),
        }
    })
    .await;
    assert!(!history(&evidence.policy_events).complete);
}

#[tokio::test]
async fn a_user_with_nothing_but_its_own_policies_takes_no_look_up() {
    let mut bare = with_owner(evidence());
    bare.policies = known(Vec::new());
    let (evidence, calls) = collected(Need::PolicyEvents, bare, |_| groups(&[])).await;
    let history = history(&evidence.policy_events);
    assert!(history.complete && history.lookups == 0 && asked(&calls).is_empty());
}

/// Sending is switched off, and SES says so.
fn switched_off() -> Evidence {
    let mut evidence = evidence();
    evidence.ses_account = known(SesAccount {
        region: "eu-west-1".to_owned(),
        production_access: true,
        sending_enabled: false,
        enforcement_status: Some("HEALTHY".to_owned()),
        max_24_hour_send: None,
        max_send_rate: None,
        sent_last_24_hours: None,
    });
    if let Observed::Known(symptom) = &mut evidence.symptom.observed {
        let line = "554 Message rejected: Sending paused for this account.";
        symptom.reported = Some(Reported::read(line, line.to_owned()));
    }
    evidence
}

#[tokio::test]
async fn one_page_of_all_that_ses_recorded_is_enough_where_it_is_not_crowded() {
    let (evidence, calls) = collected(Need::SesEvents, switched_off(), |_| page(&["off"], None)).await;
    assert_eq!(asked(&calls), ["EventSource=ses.amazonaws.com"]);
    assert_eq!(calls.all()[0].host, "cloudtrail.eu-west-1.amazonaws.com");
    assert!(history(&evidence.ses_events).complete);
}

#[tokio::test(start_paused = true)]
async fn a_crowded_page_is_followed_by_the_names_of_the_changes_that_matter() {
    let (evidence, calls) = collected(Need::SesEvents, switched_off(), |call| match call.nth {
        0 => page(&["read-1", "read-2"], Some("more")),
        1 => page(&["off"], None),
        _ => Answer::ok(json!({ "Events": [event("of-another-service", "iam.amazonaws.com")] }).to_string()),
    })
    .await;
    assert_eq!(
        asked(&calls),
        [
            "EventSource=ses.amazonaws.com",
            "EventName=PutAccountSendingAttributes",
            "EventName=UpdateAccountSendingEnabled"
        ]
    );
    let history = history(&evidence.ses_events);
    assert_eq!((history.lookups, history.complete), (3, true));
    let mut ids = ids(history);
    ids.sort_unstable();
    assert_eq!(ids, ["off", "read-1", "read-2"]);
}

#[tokio::test]
async fn an_endpoint_is_looked_up_by_its_own_id() {
    let mut evidence = evidence();
    let vpce = "vpce-0d52be6083f1a7c49";
    if let Observed::Known(symptom) = &mut evidence.symptom.observed {
        symptom.host = format!("{vpce}-m4x8r2td.email-smtp.eu-west-1.vpce.amazonaws.com");
    }
    evidence.vpc_endpoints = known(vec![VpcEndpoint {
        id: vpce.to_owned(),
        ..serde_json::from_value(
            json!({ "id": "", "vpc": null, "state": "available", "private_dns": false,
            "policy": null, "subnets": [], "security_groups": [],
            "dns_names": [format!("{vpce}-m4x8r2td.email-smtp.eu-west-1.vpce.amazonaws.com")] }),
        )
        .unwrap()
    }]);
    let (evidence, calls) = collected(Need::VpcEvents, evidence, |_| page(&[], None)).await;
    assert_eq!(asked(&calls), [format!("ResourceName={vpce}")]);
    assert!(history(&evidence.vpc_events).complete);
}

fn with_kept(mut evidence: Evidence, keeper: &str) -> Evidence {
    let source = json!({ "keeper": keeper, "name": "prod/smtp", "region": "eu-central-1", "version": "v-2",
        "written": "2026-05-01T10:00:00Z", "changed": null, "written_by": null, "rotated": null,
        "rotation_enabled": null, "previous": null, "pending": null, "unread": null, "own_pair": null,
        "holds": evidence.credential.known().unwrap() });
    evidence.password_source = known(serde_json::from_value(source).unwrap());
    evidence
}

fn write(id: &str, parameters: &Value) -> Value {
    let text = json!({ "eventSource": "secretsmanager.amazonaws.com", "requestParameters": parameters });
    json!({ "EventId": id, "EventName": "PutSecretValue", "EventTime": 1.777e9,
        "EventSource": "secretsmanager.amazonaws.com", "CloudTrailEvent": text.to_string() })
}

#[tokio::test(start_paused = true)]
async fn the_writes_of_a_secret_are_looked_up_by_name_in_its_own_region() {
    let events = [
        write(
            "ours",
            &json!({ "secretId": "prod/smtp", "clientRequestToken": "v-2" }),
        ),
        write(
            "another",
            &json!({ "secretId": "prod/db", "clientRequestToken": "v-9" }),
        ),
    ];
    let evidence = with_kept(evidence(), "secrets-manager");
    let (evidence, calls) = collected(Need::SecretEvents, evidence, move |call| match call.nth {
        0 => Answer::ok(json!({ "Events": events }).to_string()),
        _ => page(&[], None),
    })
    .await;
    let history = history(&evidence.secret_events);
    assert_eq!((ids(history), history.lookups), (vec!["ours"], 2));
    assert_eq!(history.region, "eu-central-1");
    assert_eq!(
        asked(&calls),
        ["EventName=PutSecretValue", "EventName=UpdateSecretVersionStage"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_that_the_usual_calls_did_not_make_is_looked_for_once_more() {
    let evidence = with_kept(evidence(), "secrets-manager");
    let (_, calls) = collected(Need::SecretEvents, evidence, |_| page(&[], None)).await;
    assert_eq!(asked(&calls).last().unwrap(), "EventName=UpdateSecret");
}

#[tokio::test]
async fn the_writes_of_a_parameter_have_one_name() {
    let evidence = with_kept(evidence(), "parameter-store");
    let (_, calls) = collected(Need::SecretEvents, evidence, |_| page(&[], None)).await;
    assert_eq!(asked(&calls), ["EventName=PutParameter"]);
}
