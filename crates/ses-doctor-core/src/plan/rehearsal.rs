//! A plan tried in another account first: the same steps, on the things of the same names there.

use super::{Drafted, Plan};
use jiff::Timestamp;
use serde_json::Value;

/// The plan's steps for another account: wherever an ARN names the plan's account, it names that one. What only the plan's
/// own account has (keys, security groups, VPC endpoints) will not be found there, which the check tells.
///
/// # Errors
/// When the plan names no account, or that very one.
pub fn rehearsal(
    drafted: &Drafted,
    account: &str,
    made_at: Timestamp,
    made_by: &str,
) -> Result<Plan, &'static str> {
    let plan = drafted.plan();
    let own = match plan.target.account.as_deref() {
        None => {
            return Err("the plan changes nothing in AWS, so that there is nothing to rehearse elsewhere");
        }
        Some(own) if own == account => return Err("this is the plan's own account"),
        Some(own) => own,
    };
    let (own, other) = (format!(":{own}:"), format!(":{account}:"));
    let there = |part: &Value| moved(part, &own, &other);
    let steps = serde_json::to_value(&plan.steps).map(|steps| there(&steps));
    let steps = steps
        .and_then(serde_json::from_value)
        .map_err(|_| "its steps cannot be written for another account")?;
    let mut target = plan.target.clone();
    target.account = Some(account.to_owned());
    Ok(Plan {
        made_at,
        made_by: made_by.to_owned(),
        target,
        steps,
        requests: Vec::new(),
        // How the symptom is tried is the plan's own account's affair.
        symptom_path: None,
        rehearses: Some(drafted.id().clone()),
        ..plan.clone()
    })
}

fn moved(value: &Value, own: &str, other: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(own, other)),
        Value::Array(items) => items.iter().map(|item| moved(item, own, other)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, item)| (name.clone(), moved(item, own, other)))
                    .collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::plan;
    use crate::testimony::now;

    #[test]
    fn the_same_steps_name_the_other_account_and_the_plan_that_they_try() {
        let drafted = Drafted::new(plan());
        let there = rehearsal(&drafted, "444455556666", now(), "test").unwrap();
        assert_eq!(there.rehearses.as_ref(), Some(drafted.id()));
        assert_eq!(there.target.account.as_deref(), Some("444455556666"));
        assert_eq!(there.steps.len(), drafted.plan().steps.len());
        let text = serde_json::to_string(&there.steps).unwrap();
        assert!(
            text.contains(":444455556666:") && !text.contains(":111122223333:"),
            "{text}"
        );
        assert_ne!(Drafted::new(there.clone()).id(), drafted.id());
        let again = Drafted::new(there);
        assert_eq!(Drafted::from_json(&again.to_json().to_string()).unwrap(), again);
    }

    #[test]
    fn the_own_account_is_no_other() {
        let drafted = Drafted::new(plan());
        assert!(rehearsal(&drafted, "111122223333", now(), "test").is_err());
    }
}
