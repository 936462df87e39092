//! The policies of `trail athena` and `trail lake`, asked by `iam-eval` for what is really called.

use super::engines::{ATHENA, LAKE};
use super::*;
use crate::query_engine::Engine;
use crate::s3::Listing;
use crate::testing::{Answer, Call, aws};
use iam_eval::{Context, Decision, Layer, PolicyDocument, PolicySet, Request, evaluate};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const STORE: &str = "EXAMPLE1-2345-6789-abcd-EXAMPLE12345";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn place(bucket: &str, path: &str) -> S3Place {
    S3Place {
        bucket: bucket.to_owned(),
        path: path.to_owned(),
    }
}

fn narrow() -> Scope {
    Scope {
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        buckets: vec![place("a-trail", "logs")],
        query: Query {
            workgroup: Some("mail".to_owned()),
            database: Some("security".to_owned()),
            table: Some("ses_doctor_trail".to_owned()),
            store: Some(STORE.to_owned()),
            ..Query::default()
        },
        ..Scope::default()
    }
    .with_results(place("results", "athena/"))
    .unwrap()
}

fn allows(task: Task, scope: &Scope, action: &str, resource: &str) -> bool {
    let mut set = PolicySet::default();
    for policy in policies(task, scope) {
        let document = PolicyDocument::parse(policy.name, &policy.document.to_string()).unwrap();
        set.add(Layer::IdentityPolicy, document).unwrap();
    }
    let request = Request::new(
        "arn:aws:iam::111122223333:user/auditor",
        action,
        resource,
        Context::default(),
    );
    evaluate(&set, &request.unwrap()).decision() == Decision::Allowed
}

fn statement(task: Task, scope: &Scope, sid: &str) -> Value {
    let document = policies(task, scope).remove(0).document;
    let statements = document["Statement"].as_array().unwrap().clone();
    let found = statements.into_iter().find(|one| one["Sid"] == sid);
    found.unwrap_or_else(|| panic!("no statement {sid}: {document:#}"))
}

#[test]
fn everything_is_granted_on_the_thing_that_was_named() {
    let table = json!([
        "arn:aws:glue:eu-west-1:111122223333:catalog",
        "arn:aws:glue:eu-west-1:111122223333:database/security",
        "arn:aws:glue:eu-west-1:111122223333:table/security/ses_doctor_trail",
    ]);
    for (sid, resource) in [
        (
            "StartAndStopQueries",
            json!("arn:aws:athena:eu-west-1:111122223333:workgroup/mail"),
        ),
        (
            "DatabaseOfTheTable",
            json!([
                "arn:aws:glue:eu-west-1:111122223333:catalog",
                "arn:aws:glue:eu-west-1:111122223333:database/security",
                "arn:aws:glue:eu-west-1:111122223333:database/default",
            ]),
        ),
        ("Table", table.clone()),
        ("MakeTheTable", table),
        ("BucketOfTheTrail", json!("arn:aws:s3:::a-trail")),
        (
            "FilesOfTheTrail",
            json!("arn:aws:s3:::a-trail/logs/AWSLogs/*/CloudTrail/*"),
        ),
        ("BucketOfTheResults", json!("arn:aws:s3:::results")),
        ("WriteResults", json!("arn:aws:s3:::results/athena/*")),
    ] {
        assert_eq!(
            statement(Task::Athena, &narrow(), sid)["Resource"],
            resource,
            "{sid}"
        );
    }
    let store = format!("arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/{STORE}");
    for sid in ["StartAndStopQueries", "QueriesOfTheStore"] {
        assert_eq!(statement(Task::Lake, &narrow(), sid)["Resource"], store, "{sid}");
    }
}

#[test]
fn a_prefix_may_end_in_awslogs_and_other_partitions_have_their_own_arns() {
    for path in ["logs/AWSLogs/", "logs/", "logs", "logs/AWSLogs"] {
        let scope = Scope {
            buckets: vec![place("a-trail", path)],
            region: Some("us-gov-west-1".to_owned()),
            ..Scope::default()
        };
        let files = statement(Task::Athena, &scope, "FilesOfTheTrail");
        let expected = "arn:aws-us-gov:s3:::a-trail/logs/AWSLogs/*/CloudTrail/*";
        assert_eq!(files["Resource"], expected, "{path}");
    }
}

#[test]
fn nothing_is_granted_on_a_bare_star() {
    for (task, scope) in [
        (Task::Athena, Scope::default()),
        (Task::Athena, narrow()),
        (Task::Lake, Scope::default()),
        (Task::Lake, narrow()),
    ] {
        let text = policies(task, &scope).remove(0).document.to_string();
        assert!(!text.contains("\"*\""), "{text}");
        assert!(task.actions().iter().all(|action| !action.name.contains('*')));
    }
}

#[test]
fn keys_are_granted_once_they_are_named() {
    let text = |scope: &Scope| {
        let of = |task| policies(task, scope).remove(0).document.to_string();
        format!("{}{}", of(Task::Athena), of(Task::Lake))
    };
    assert!(!text(&narrow()).contains("kms:"), "{}", text(&narrow()));
    let mut told = narrow();
    told.query.trail_keys = vec![KEY.to_owned()];
    assert!(allows(Task::Athena, &told, "kms:Decrypt", KEY));
    assert!(!allows(Task::Athena, &told, "kms:GenerateDataKey", KEY));
    told.query.results_keys = vec![KEY.to_owned()];
    assert!(allows(Task::Athena, &told, "kms:GenerateDataKey", KEY));
    assert!(!allows(Task::Lake, &told, "kms:Decrypt", KEY));
    told.query.store_keys = vec![KEY.to_owned()];
    assert!(
        allows(Task::Lake, &told, "kms:Decrypt", KEY)
            && allows(Task::Lake, &told, "kms:GenerateDataKey", KEY)
    );
}

#[test]
fn a_table_that_is_there_may_not_be_made() {
    let mut there = narrow();
    there.query.existing_table = true;
    let table = "arn:aws:glue:eu-west-1:111122223333:table/security/ses_doctor_trail";
    assert!(allows(Task::Athena, &narrow(), "glue:CreateTable", table));
    assert!(!allows(Task::Athena, &there, "glue:CreateTable", table));
    assert!(allows(Task::Athena, &there, "glue:GetTable", table));
}

#[test]
fn results_may_not_lie_where_the_trail_delivers() {
    let beside = |path: &str| {
        let scope = Scope {
            buckets: vec![place("a-trail", "logs/")],
            ..Scope::default()
        };
        scope.with_results(place("a-trail", path))
    };
    for reaching in [
        "",
        "logs",
        "logs/",
        "logs/AWSLogs/",
        "logs/AWSLogs/111122223333/x",
    ] {
        assert_eq!(beside(reaching), Err(ResultsInTrail), "{reaching}");
    }
    for apart in ["athena/", "logs-of-athena", "logs/athena/"] {
        assert!(beside(apart).is_ok(), "{apart}");
    }
}

#[test]
fn an_action_stands_once_for_each_thing() {
    for list in [ATHENA, LAKE] {
        let pairs: BTreeSet<String> = list
            .iter()
            .map(|action| format!("{} {:?}", action.name, action.level))
            .collect();
        assert_eq!(pairs.len(), list.len());
    }
}

#[test]
fn what_is_left_broad_is_told_until_it_is_narrowed() {
    let options =
        |task, scope: &Scope| -> Vec<&str> { narrower(task, scope).iter().map(|one| one.option).collect() };
    let nothing = Scope::default();
    assert_eq!(
        options(Task::Athena, &nothing),
        ["--account", "--region", "--bucket", "--results"]
    );
    assert_eq!(
        options(Task::Lake, &nothing),
        ["--account", "--region", "--store"]
    );
    assert_eq!(options(Task::Scan, &nothing), ["--account", "--bucket"]);
    assert_eq!(options(Task::Compare, &nothing), [""; 0]);
    assert_eq!(options(Task::Athena, &narrow()), [""; 0]);
    assert_eq!(options(Task::Lake, &narrow()), [""; 0]);
}

fn bucket() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a-trail", "b-trail", "results"]).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    "(|a/|b|AWSLogs|AWSLogs/){0,3}"
}

proptest! {
    /// Whatever the places: either they are refused, or no file of the trail can be written over.
    #[test]
    fn the_right_to_write_results_never_reaches_the_trail(
        trail in bucket(), prefix in path(), results in bucket(), folder in path(), named in any::<bool>()
    ) {
        let scope = Scope { buckets: vec![place(&trail, &prefix)], ..Scope::default() };
        let scope = match named {
            true => scope.with_results(place(&results, &folder)),
            false => Ok(scope),
        };
        if let Ok(scope) = scope {
            let above = prefix.trim_end_matches('/');
            let above = above.strip_suffix("AWSLogs").unwrap_or(above).trim_end_matches('/');
            let root = if above.is_empty() { String::new() } else { format!("{above}/") };
            let file = format!("arn:aws:s3:::{trail}/{root}AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/02/f.json.gz");
            prop_assert!(allows(Task::Athena, &scope, "s3:GetObject", &file), "{file}");
            prop_assert!(!allows(Task::Athena, &scope, "s3:PutObject", &file), "{file}");
        }
    }
}

/// What IAM is asked for a call, read off the request alone.
fn asked(call: &Call, workgroup: &str) -> (String, String) {
    let here = "eu-west-1:111122223333";
    let name = call.host.split('.').next().unwrap_or_default();
    match name {
        "athena" => (
            format!("athena:{}", call.action),
            format!("arn:aws:athena:{here}:workgroup/{workgroup}"),
        ),
        "cloudtrail" => (
            format!("cloudtrail:{}", call.action),
            format!("arn:aws:cloudtrail:{here}:eventdatastore/{STORE}"),
        ),
        _ => {
            assert!(
                call.host.contains("s3") && call.action.starts_with("GET /"),
                "{call:?}"
            );
            ("s3:ListBucket".to_owned(), "arn:aws:s3:::a-trail".to_owned())
        }
    }
}

#[tokio::test]
async fn every_call_is_allowed_and_every_own_action_is_called() {
    let (aws, calls) = aws(|call| match call.action.as_str() {
        "StartQueryExecution" => Answer::ok(r#"{"QueryExecutionId":"q"}"#),
        "StartQuery" => Answer::ok(r#"{"QueryId":"q"}"#),
        "GetQueryExecution" => Answer::ok(r#"{"QueryExecution":{"Status":{"State":"RUNNING"}}}"#),
        "DescribeQuery" => Answer::ok(r#"{"QueryStatus":"RUNNING"}"#),
        _ => Answer::ok("{}"),
    });
    let athena = Engine::Athena {
        workgroup: "mail".to_owned(),
        database: "security".to_owned(),
        output: None,
    };
    for (task, engine) in [(Task::Athena, athena), (Task::Lake, Engine::Lake)] {
        let before = calls.all().len();
        let _ = aws.start_query(&engine, "eu-west-1", "SELECT 1").await;
        let _ = aws.query_state(&engine, "eu-west-1", "q").await;
        let _ = aws.query_page(&engine, "eu-west-1", "q", None).await;
        let _ = aws.stop_query(&engine, "eu-west-1", "q").await;
        if task == Task::Athena {
            let _ = aws.bucket("a-trail").list(Listing::default()).await;
        }
        let made = calls.all().split_off(before);
        let asked: Vec<(String, String)> = made.iter().map(|call| asked(call, "mail")).collect();
        for (action, resource) in &asked {
            assert!(
                allows(task, &narrow(), action, resource),
                "{action} on {resource}"
            );
        }
        let called: BTreeSet<&str> = asked.iter().map(|(action, _)| action.as_str()).collect();
        let own = |action: &&&Action| !matches!(action.calls, Calls::OnBehalf(_));
        let granted: BTreeSet<&str> = task
            .actions()
            .iter()
            .filter(own)
            .map(|action| action.name)
            .collect();
        assert_eq!(called, granted);
    }
}
