use super::health_events::look;
use crate::outcome::{Look, Trouble};
use crate::subject::Subject;
use crate::testing::{Answer, Call, Calls, aws};
use jiff::Timestamp;
use serde_json::{Value, json};
use ses_doctor_core::evidence::{HealthCategory, HealthEvent, HealthStatus};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn days_ago(days: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of our age fit")]
    let now = Timestamp::now().as_second() as f64;
    now - days * 86_400.0
}

fn arn(service: &str, code: &str) -> String {
    format!("arn:aws:health:eu-west-1::event/{service}/{code}/{code}_1")
}

fn event(service: &str, code: &str, category: &str, status: &str, days: f64) -> Value {
    let mut event = json!({
        "arn": arn(service, code),
        "service": service,
        "eventTypeCode": code,
        "eventTypeCategory": category,
        "region": "eu-west-1",
        "startTime": days_ago(days + 0.5),
        "lastUpdatedTime": days_ago(days),
        "statusCode": status,
        "eventScopeCode": "PUBLIC",
    });
    if status == "closed" {
        event["endTime"] = json!(days_ago(days));
    }
    event
}

fn outage() -> Value {
    event("SES", "AWS_SES_OPERATIONAL_ISSUE", "issue", "open", 0.1)
}

fn leak() -> Value {
    event(
        "RISK",
        "AWS_RISK_CREDENTIALS_EXPOSED",
        "accountNotification",
        "open",
        3.0,
    )
}

fn described(call: &Call) -> Answer {
    let question: Value = serde_json::from_str(&call.body).unwrap();
    let details: Vec<Value> = question["eventArns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arn| json!({ "event": { "arn": arn }, "eventDescription": { "latestDescription": format!("about {}", arn.as_str().unwrap()) } }))
        .collect();
    Answer::ok(json!({ "successfulSet": details, "failedSet": [] }).to_string())
}

fn affected(call: &Call) -> Answer {
    let question: Value = serde_json::from_str(&call.body).unwrap();
    let arns = question["filter"]["eventArns"].as_array().unwrap();
    let entities: Vec<Value> = arns
        .iter()
        .map(|arn| json!({ "eventArn": arn, "entityValue": KEY }))
        .collect();
    Answer::ok(json!({ "entities": entities }).to_string())
}

fn world(events: &[Value]) -> impl Fn(&Call) -> Answer + Send + Sync + 'static + use<> {
    let events = json!({ "events": events }).to_string();
    move |call| match call.action.as_str() {
        "DescribeEvents" => Answer::ok(events.clone()),
        "DescribeEventDetails" => described(call),
        "DescribeAffectedEntities" => affected(call),
        other => panic!("unexpected {other}"),
    }
}

async fn looked_in(
    region: &str,
    script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (Look<Vec<HealthEvent>>, Calls) {
    let (aws, calls) = aws(script);
    let subject = Subject {
        region: Some(region.to_owned()),
        ..Subject::default()
    };
    (look(&aws, &subject).await, calls)
}

async fn looked(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (Look<Vec<HealthEvent>>, Calls) {
    looked_in("eu-west-1", script).await
}

#[tokio::test]
async fn an_issue_comes_with_its_words_and_a_notice_with_what_it_affects() {
    let (found, calls) = looked(world(&[leak(), outage()])).await;
    let found = found.unwrap();
    let issue = &found[0];
    assert_eq!(
        (issue.category, issue.status),
        (HealthCategory::Issue, HealthStatus::Open)
    );
    assert_eq!(issue.description, Ok(format!("about {}", issue.arn)));
    assert!(issue.start.is_some() && issue.updated.is_some() && issue.end.is_none());
    assert_eq!(issue.entities, Ok(Vec::new()));
    let notice = &found[1];
    assert_eq!(notice.service, "RISK");
    assert!(notice.names(KEY));
    let mut actions = calls.actions();
    actions.sort_unstable();
    assert_eq!(
        actions,
        [
            "DescribeAffectedEntities",
            "DescribeEventDetails",
            "DescribeEvents"
        ]
    );
    let question = &calls.all()[0];
    for word in [
        "\"SES\"",
        "\"RISK\"",
        "\"eu-west-1\"",
        "\"us-east-1\"",
        "\"global\"",
        "\"open\"",
        "\"closed\"",
    ] {
        assert!(question.body.contains(word), "{word} in {}", question.body);
    }
}

#[tokio::test]
async fn no_event_is_one_call_and_an_empty_list() {
    let (found, calls) = looked(world(&[])).await;
    assert_eq!(found, Ok(Vec::new()));
    assert_eq!(calls.actions(), ["DescribeEvents"]);
}

#[tokio::test]
async fn the_partitions_endpoint_is_called_in_json_1_1() {
    for (region, host) in [
        ("eu-west-1", "health.us-east-1.amazonaws.com"),
        ("us-gov-east-1", "health.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "health.cn-northwest-1.amazonaws.com.cn"),
    ] {
        let (_, calls) = looked_in(region, world(&[])).await;
        let call = calls.all().remove(0);
        assert_eq!(call.host, host);
        let signed_for = host.split('.').nth(1).unwrap();
        let scope = format!("/{signed_for}/health/aws4_request");
        assert!(call.authorization.contains(&scope), "{}", call.authorization);
        assert_eq!(call.content_type, "application/x-amz-json-1.1");
        assert!(call.user_agent.contains("api/health"), "{}", call.user_agent);
    }
}

#[tokio::test]
async fn what_ended_long_ago_is_left_out_and_the_open_comes_first() {
    let closed = |code, days| event("SES", code, "issue", "closed", days);
    let old_but_open = event("SES", "AWS_SES_OLD", "issue", "open", 60.0);
    let all = [closed("AWS_SES_A", 2.0), closed("AWS_SES_B", 40.0), old_but_open];
    let (found, _) = looked(world(&all)).await;
    let codes: Vec<String> = found.unwrap().into_iter().map(|event| event.code).collect();
    assert_eq!(codes, ["AWS_SES_OLD", "AWS_SES_A"]);
}

#[tokio::test]
async fn every_page_is_read_and_pages_without_end_are_a_failure() {
    let page = |nth: usize, more: bool| {
        let code = format!("AWS_SES_{nth}");
        let events = [event("SES", &code, "issue", "open", 1.0)];
        Answer::ok(json!({ "events": events, "nextToken": more.then_some("next") }).to_string())
    };
    let (found, calls) = looked(move |call| match call.action.as_str() {
        "DescribeEvents" => page(call.nth, call.nth == 0),
        _ => described(call),
    })
    .await;
    assert_eq!(found.unwrap().len(), 2);
    assert!(calls.all()[1].body.contains("\"nextToken\":\"next\""));
    let (endless, _) = looked(move |call| page(call.nth, true)).await;
    assert!(matches!(endless, Err(Trouble::Failed { why }) if why.contains("no end")));
}

#[tokio::test]
async fn without_a_support_plan_it_is_a_refusal_that_says_so() {
    let (found, calls) = looked(|_| Answer::json_error(400, "SubscriptionRequiredException", "")).await;
    assert!(
        matches!(found, Err(Trouble::Refused { why, .. }) if why.contains("support plan does not include"))
    );
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn denied_events_are_denied_and_denied_words_stand_in_their_place() {
    let (found, _) = looked(|_| Answer::json_error(400, "AccessDeniedException", "no")).await;
    let (action, message) = ("health:DescribeEvents".to_owned(), "no".to_owned());
    assert_eq!(found, Err(Trouble::Denied { action, message }));
    let whole = world(&[leak()]);
    let (found, _) = looked(move |call| match call.action.as_str() {
        "DescribeEvents" => whole(call),
        _ => Answer::json_error(400, "AccessDeniedException", "no"),
    })
    .await;
    let notice = found.unwrap().remove(0);
    let why = notice.description.unwrap_err();
    assert!(why.starts_with("health:DescribeEventDetails was denied"), "{why}");
    let why = notice.entities.unwrap_err();
    assert!(
        why.starts_with("health:DescribeAffectedEntities was denied"),
        "{why}"
    );
}

#[tokio::test]
async fn an_event_that_health_does_not_describe_has_its_reason() {
    let events = world(&[outage()]);
    let failed = json!({ "eventArn": outage()["arn"], "errorMessage": "no longer available" });
    let details = json!({ "successfulSet": [], "failedSet": [failed] }).to_string();
    let (found, _) = looked(move |call| match call.action.as_str() {
        "DescribeEvents" => events(call),
        _ => Answer::ok(details.clone()),
    })
    .await;
    let why = found.unwrap()[0].description.clone().unwrap_err();
    assert!(why.ends_with("no longer available"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_and_in_the_end_is_a_failure() {
    let throttled = || Answer::json_error(400, "ThrottlingException", "Rate exceeded");
    let (found, calls) = looked(move |call| match call.nth {
        0 | 1 => throttled(),
        _ => Answer::ok("{\"events\":[]}"),
    })
    .await;
    assert_eq!((found, calls.all().len()), (Ok(Vec::new()), 3));
    let (found, _) = looked(move |_| throttled()).await;
    assert!(matches!(found, Err(Trouble::Failed { why }) if why.contains("still throttled")));
}

#[tokio::test]
async fn an_answer_that_is_none_never_reads_as_no_events() {
    for body in [
        "",
        "<html>",
        "[]",
        "null",
        "{}",
        "{\"events\":null}",
        "{\"events\":7}",
        "{\"events\":[",
        // Which event that is cannot be told, so that the others are not all.
        "{\"events\":[{\"arn\":\"a\"},{}]}",
        "{\"events\":[{\"arn\":1}]}",
        "{\"events\":[7]}",
        "\u{0}",
    ] {
        let (found, _) = looked(move |_| Answer::ok(body)).await;
        assert!(matches!(found, Err(Trouble::Failed { .. })), "{body} {found:?}");
    }
    let strange = json!({ "events": [{ "arn": "a", "startTime": 1e300, "statusCode": [] }] });
    let (found, _) = looked(move |call| match call.action.as_str() {
        "DescribeEvents" => Answer::ok(strange.to_string()),
        _ => Answer::ok("{\"successfulSet\":[{\"event\":{}},3]}"),
    })
    .await;
    let found = found.unwrap();
    assert_eq!(
        (found.len(), found[0].start, found[0].status),
        (1, None, HealthStatus::Other)
    );
}
