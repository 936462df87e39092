//! What everything that a plan touches looked like before its first change.

use crate::execute::Actuator;
use jiff::Timestamp;
use serde_json::{Value, json};
use ses_doctor_core::plan::Checked;

/// Describes every thing of the plan, each once. What cannot be described is there with the reason: the state that the
/// plan goes back to stands in the plan itself, and was checked.
pub async fn snapshot<A: Actuator>(checked: &Checked, actuator: &A) -> Value {
    let mut things: Vec<Value> = Vec::new();
    let steps = checked.plan().steps.iter().filter(|step| !step.action.is_gate());
    for step in steps {
        let described = match actuator.describe(&step.action).await {
            Ok(value) => value,
            Err(why) => json!({ "unavailable": why }),
        };
        let thing = json!({
            "resource": step.action.resource(),
            "state": step.action.before(),
            "described": described,
        });
        if !things.contains(&thing) {
            things.push(thing);
        }
    }
    json!({
        "ses_doctor_snapshot": 1,
        "taken_at": Timestamp::now(),
        "plan": checked.id(),
        "target": checked.plan().target,
        "things": things,
    })
}
