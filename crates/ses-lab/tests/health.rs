//! AWS Health and CloudWatch over raw HTTP, in JSON and in the Query protocol; boto3 speaks CBOR to them (`peers/`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod signer;

use serde_json::{Value, json};
use ses_lab::{Lab, Options, World};
use signer::Call;

const WORLD: &str = r#"
title = "t"
story = "s"
causes = []
healthy = true
[client]
region = "eu-west-1"
username = "AKIAADMINKEY23456722"
password = { derive = "eu-west-1", key = "AKIAADMINKEY23456722" }
[operator]
key = "AKIAADMINKEY23456722"
[[health_event]]
service = "SES"
code = "AWS_SES_OPERATIONAL_ISSUE"
region = "eu-west-1"
start = "-2h"
description = "An issue."
[[health_event]]
service = "SES"
code = "AWS_SES_OPERATIONAL_ISSUE"
region = "eu-west-1"
start = "-3d"
end = "-2d"
description = "An old issue."
[[health_event]]
account = "111122223333"
service = "RISK"
code = "AWS_RISK_CREDENTIALS_EXPOSED"
category = "accountNotification"
region = "global"
start = "-1d"
description = "A leak."
entities = ["AKIAADMINKEY23456722"]
[[account]]
id = "111122223333"
[[account.user]]
name = "admin"
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
[[account.ses]]
region = "eu-west-1"
[[account.ses.metric]]
name = "Send"
value = 3.0
until = "-1h"
"#;

async fn lab(world: &str) -> Lab {
    let world = World::parse("test", world).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn health(lab: &Lab, operation: &str, input: &Value) -> (u16, Value) {
    let target = format!("AWSHealth_20160804.{operation}");
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target.as_str()),
    ];
    let body = input.to_string();
    let call = Call {
        service: "health",
        headers: &headers,
        body: &body,
        ..Call::default()
    };
    let (status, body) = call.send(lab).await;
    (
        status,
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")),
    )
}

#[tokio::test]
async fn events_are_filtered_described_and_paged() {
    let lab = lab(WORLD).await;
    let (status, all) = health(&lab, "DescribeEvents", &json!({})).await;
    assert_eq!((status, all["events"].as_array().unwrap().len()), (200, 3));
    let filter =
        json!({ "filter": { "services": ["SES"], "eventStatusCodes": ["open"], "regions": ["eu-west-1"] } });
    let (_, open) = health(&lab, "DescribeEvents", &filter).await;
    assert_eq!(open["events"].as_array().unwrap().len(), 1);
    let arn = &open["events"][0]["arn"];
    let (_, details) = health(
        &lab,
        "DescribeEventDetails",
        &json!({ "eventArns": [arn, "arn:none"] }),
    )
    .await;
    let words = &details["successfulSet"][0]["eventDescription"]["latestDescription"];
    assert_eq!(
        (words, &details["failedSet"][0]["eventArn"]),
        (&json!("An issue."), &json!("arn:none"))
    );
    let (_, first) = health(&lab, "DescribeEvents", &json!({ "maxResults": 2 })).await;
    let next = json!({ "maxResults": 2, "nextToken": first["nextToken"] });
    let (_, rest) = health(&lab, "DescribeEvents", &next).await;
    assert_eq!(
        (rest["events"].as_array().unwrap().len(), rest.get("nextToken")),
        (1, None)
    );
}

#[tokio::test]
async fn a_notice_names_what_it_affects() {
    let lab = lab(WORLD).await;
    let (_, risk) = health(
        &lab,
        "DescribeEvents",
        &json!({ "filter": { "services": ["RISK"] } }),
    )
    .await;
    let notice = &risk["events"][0];
    assert_eq!(notice["eventScopeCode"], "ACCOUNT_SPECIFIC");
    let filter = json!({ "filter": { "eventArns": [notice["arn"]] } });
    let (_, entities) = health(&lab, "DescribeAffectedEntities", &filter).await;
    assert_eq!(entities["entities"][0]["entityValue"], "AKIAADMINKEY23456722");
}

#[tokio::test]
async fn a_basic_plan_has_no_health_api() {
    let basic = WORLD.replace(
        "id = \"111122223333\"\n[[account.user]]",
        "id = \"111122223333\"\nsupport_plan = \"basic\"\n[[account.user]]",
    );
    let (status, error) = health(&lab(&basic).await, "DescribeEvents", &json!({})).await;
    assert_eq!(
        (status, &error["__type"]),
        (400, &json!("SubscriptionRequiredException"))
    );
}

#[tokio::test]
async fn metrics_in_the_query_protocol() {
    let lab = lab(WORLD).await;
    let now = jiff::Timestamp::now();
    let body = format!(
        "Action=GetMetricData&Version=2010-08-01&StartTime={}&EndTime={}&ScanBy=TimestampAscending\
         &MetricDataQueries.member.1.Id=m1&MetricDataQueries.member.1.MetricStat.Period=3600\
         &MetricDataQueries.member.1.MetricStat.Stat=Sum&MetricDataQueries.member.1.MetricStat.Metric.Namespace=AWS%2FSES\
         &MetricDataQueries.member.1.MetricStat.Metric.MetricName=Send",
        now - jiff::SignedDuration::from_hours(5),
        now
    );
    let call = Call {
        service: "monitoring",
        region: "eu-west-1",
        body: &body,
        ..Call::default()
    };
    let (status, xml) = call.send(&lab).await;
    assert_eq!(status, 200, "{xml}");
    assert!(
        xml.contains("<Id>m1</Id>") && xml.contains("<StatusCode>Complete</StatusCode>"),
        "{xml}"
    );
    assert!(
        xml.contains("<member>36</member>"),
        "three in each of twelve periods of five minutes: {xml}"
    );
}
