//! What the fuzz target of AWS Health's answers does with its input. A test of `ses-doctor-aws` runs the same function over the seeds
//! and over changed ones, so that they cannot rot.

use serde_json::Value;
use ses_doctor_aws::health_events as read;

/// Three answers, divided by zero bytes: the events, their details, what they affect. What is no JSON is an answer that was lost.
pub(crate) fn health_events(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let mut answer = || -> Value {
        let part = parts.next().unwrap_or_default();
        serde_json::from_slice(part).unwrap_or_default()
    };
    let (events, details, entities) = (answer(), answer(), answer());
    let told = events.get("events").and_then(Value::as_array).map(Vec::len);
    let Ok(found) = read(
        &events,
        details.clone(),
        entities.clone(),
        jiff::Timestamp::UNIX_EPOCH,
    ) else {
        return;
    };
    // Whatever is not a list of events says nothing of AWS, and above all not that all is well.
    assert!(told.is_some_and(|told| found.len() <= told.min(10)));
    let (texts, things) = (details.to_string(), entities.to_string());
    let mut was_open = true;
    for event in found {
        assert!(!event.arn.is_empty());
        assert!(was_open || !event.is_open(), "what is open comes first");
        was_open = event.is_open();
        // Nothing is told that was not answered.
        if let Ok(text) = event.description {
            assert!(texts.contains(&Value::from(text).to_string()));
        }
        for thing in event.entities.unwrap_or_default() {
            assert!(things.contains(&Value::from(thing).to_string()));
        }
    }
}
