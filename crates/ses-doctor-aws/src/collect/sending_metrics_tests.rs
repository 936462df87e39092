use super::sending_metrics::look;
use crate::outcome::{Look, Trouble};
use crate::subject::Subject;
use crate::testing::{Answer, Call, Calls, aws};
use serde_json::{Value, json};
use ses_doctor_core::evidence::SendingMetrics;

async fn looked(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (Look<SendingMetrics>, Calls) {
    let (aws, calls) = aws(script);
    let subject = Subject {
        region: Some("eu-west-1".to_owned()),
        ..Subject::default()
    };
    (look(&aws, &subject).await, calls)
}

fn question(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}

/// CloudWatch of an account that sends three messages in every period until an hour before the end.
fn steady(call: &Call) -> Answer {
    let asked = question(call);
    let seconds = |name: &str| asked[name].as_i64().unwrap();
    let results: Vec<Value> = asked["MetricDataQueries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|query| {
            let stat = &query["MetricStat"];
            let step = usize::try_from(stat["Period"].as_i64().unwrap()).unwrap();
            let times: Vec<i64> = (seconds("StartTime")..seconds("EndTime") - 3600).step_by(step).collect();
            let sends = stat["Metric"]["MetricName"] == "Send";
            let (times, values) = match sends {
                true => (times.clone(), vec![3.0; times.len()]),
                false => (Vec::new(), Vec::new()),
            };
            json!({ "Id": query["Id"], "Label": "x", "Timestamps": times, "Values": values, "StatusCode": "Complete" })
        })
        .collect();
    Answer::ok(json!({ "MetricDataResults": results, "Messages": [] }).to_string())
}

fn send(status: &str, times: &[i64], next: Option<&str>) -> Answer {
    let result = json!({
        "Id": "m0",
        "Label": "Send",
        "Timestamps": times,
        "Values": vec![1.0; times.len()],
        "StatusCode": status,
    });
    Answer::ok(json!({ "MetricDataResults": [result], "NextToken": next }).to_string())
}

#[tokio::test]
async fn one_call_brings_two_weeks_of_every_metric_and_tells_the_end_of_sending() {
    let (found, calls) = looked(steady).await;
    let found = found.unwrap();
    let names: Vec<&str> = found.series.iter().map(|series| series.metric.as_str()).collect();
    let all = [
        "Send",
        "Delivery",
        "Bounce",
        "Complaint",
        "Reject",
        "Reputation.BounceRate",
        "Reputation.ComplaintRate",
    ];
    assert_eq!(names, all);
    let hours = found.until.duration_since(found.from).as_hours();
    assert_eq!(hours, 14 * 24);
    let onset = found.onset().unwrap();
    assert_eq!(found.until.duration_since(onset.since).as_mins(), 60);
    let calls = calls.all();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!(call.host, "monitoring.eu-west-1.amazonaws.com");
    assert!(call.authorization.contains("/eu-west-1/monitoring/aws4_request"));
    assert_eq!(call.content_type, "application/x-amz-json-1.0");
    assert_eq!(
        question(call)["MetricDataQueries"][0]["MetricStat"]["Metric"]["Namespace"],
        "AWS/SES"
    );
}

#[tokio::test]
async fn an_account_without_any_metric_has_empty_series() {
    let (found, _) = looked(|_| Answer::ok("{\"MetricDataResults\":[]}")).await;
    let found = found.unwrap();
    assert!(found.series.iter().all(|series| series.values.is_empty()) && found.onset().is_none());
}

#[tokio::test]
async fn pages_are_put_together_and_a_series_cut_short_is_no_silence() {
    let now = jiff::Timestamp::now().as_second();
    let (found, calls) = looked(move |call| match call.nth {
        0 => send("PartialData", &[now - 7200], Some("next")),
        _ => send("Complete", &[now - 3600], None),
    })
    .await;
    assert!((found.unwrap().series("Send").unwrap().sum() - 2.0).abs() < f64::EPSILON);
    assert_eq!(question(&calls.all()[1])["NextToken"], "next");
    let (cut, _) = looked(move |_| send("PartialData", &[now - 7200], None)).await;
    assert!(matches!(cut, Err(Trouble::Failed { why }) if why.contains("parts of the series")));
    let (endless, _) = looked(move |_| send("PartialData", &[now], Some("next"))).await;
    assert!(matches!(endless, Err(Trouble::Failed { why }) if why.contains("no end")));
}

#[tokio::test]
async fn a_metric_that_cannot_be_read_fails_the_look() {
    for status in ["Forbidden", "InternalError"] {
        let (found, _) = looked(move |_| send(status, &[], None)).await;
        assert!(matches!(found, Err(Trouble::Failed { why }) if why.contains("could not read Send")));
    }
}

#[tokio::test]
async fn a_denial_stays_a_denial() {
    let (found, _) = looked(|_| Answer::json_error(400, "AccessDenied", "no")).await;
    let (action, message) = ("cloudwatch:GetMetricData".to_owned(), "no".to_owned());
    assert_eq!(found, Err(Trouble::Denied { action, message }));
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out() {
    let throttled = || Answer::json_error(400, "Throttling", "Rate exceeded");
    let (found, calls) = looked(move |call| if call.nth < 2 { throttled() } else { steady(call) }).await;
    assert!(found.is_ok());
    assert_eq!(calls.all().len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_none_never_reads_as_silence() {
    for body in ["", "<a/>", "[]", "{}", "{\"MetricDataResults\":{}}"] {
        let (found, _) = looked(move |_| Answer::ok(body)).await;
        assert!(matches!(found, Err(Trouble::Failed { .. })), "{body}");
    }
    let strange = json!({ "MetricDataResults": [
        3,
        { "Id": "m99999999999999999999" },
        { "Id": "m0", "Timestamps": ["x", 1e300, -1e300, null], "Values": [1, 2, 3] },
    ] });
    let (found, _) = looked(move |_| Answer::ok(strange.to_string())).await;
    assert!(found.unwrap().series("Send").unwrap().values.is_empty());
}
