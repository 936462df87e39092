//! Cedar's authoriser on the rules of `bench/iam/send.json`: decisions a second in one thread, each with the policies
//! that decided (Cedar's diagnostics), for as many seconds as told.
//!
//! `cedar-decisions REQUEST.json SECONDS`

use std::time::{Duration, Instant};

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{Value, json};

const POLICIES: &str = include_str!("../send.cedar");
const ENTITIES: &str = r#"[
    { "uid": { "type": "User", "id": "app" }, "attrs": {}, "parents": [] },
    { "uid": { "type": "Identity", "id": "example.com" }, "attrs": {}, "parents": [] },
    { "uid": { "type": "Action", "id": "ses:SendRawEmail" }, "attrs": {}, "parents": [{ "type": "Action", "id": "ses:*" }] },
    { "uid": { "type": "Action", "id": "ses:*" }, "attrs": {}, "parents": [] }
]"#;

/// The request of the file, as far as the rules look at it.
fn request(context: &Value) -> Request {
    let uid = |text: &str| text.parse::<EntityUid>().expect("an entity");
    let context = json!({
        "fromAddress": context["ses:FromAddress"],
        "sourceIp": { "__extn": { "fn": "ip", "arg": context["aws:SourceIp"] } },
        "region": context["aws:RequestedRegion"],
        "secureTransport": context["aws:SecureTransport"] == "true",
    });
    let context = Context::from_json_value(context, None).expect("a context");
    let (user, send, identity) = (
        uid(r#"User::"app""#),
        uid(r#"Action::"ses:SendRawEmail""#),
        uid(r#"Identity::"example.com""#),
    );
    Request::new(user, send, identity, context, None).expect("a request")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let file: Value =
        serde_json::from_str(&std::fs::read_to_string(&arguments[1]).expect("a file")).expect("JSON");
    let seconds = Duration::from_secs_f64(arguments[2].parse().expect("seconds"));

    let request = request(&file["context"]);
    let policies: PolicySet = POLICIES.parse().expect("policies");
    let entities = Entities::from_json_str(ENTITIES, None).expect("entities");
    let authorizer = Authorizer::new();
    let decision = authorizer
        .is_authorized(&request, &policies, &entities)
        .decision();

    let (started, before, mut decisions) = (Instant::now(), on_processor(), 0_u32);
    loop {
        for _ in 0..100 {
            let response = authorizer.is_authorized(&request, &policies, &entities);
            assert_eq!(response.decision(), decision);
            decisions += 1;
        }
        if started.elapsed() >= seconds {
            break;
        }
    }
    let per_second = f64::from(decisions) / (on_processor() - before);
    let decision = if decision == Decision::Allow {
        "allowed"
    } else {
        "implicit-deny"
    };
    println!("{}", json!({ "decision": decision, "per_second": per_second }));
}

/// Seconds that this thread has had the processor.
fn on_processor() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    told.split(' ')
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok())
        .expect("a number")
        / 1e9
}
