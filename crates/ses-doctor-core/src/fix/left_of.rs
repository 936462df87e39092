//! What is left of a deny once it lets one message through: the statements that stand in its place. Together they deny everything that
//! it denied, but for this action on these resources, and, where it keeps certain senders or addresses out, for this one alone.

use super::statement::values;
use crate::permission::send::ACTION;
use iam_eval::minimize::literally;
use iam_eval::{Context, Pattern, Truth};
use serde_json::{Value, json};

/// A value that a negated condition is to spare from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spared {
    /// The condition key.
    pub(super) key: &'static str,
    /// The value.
    pub(super) value: String,
}

/// Operators by which a deny holds for everybody but those it lists.
const SPARING: [&str; 4] = [
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "NotIpAddress",
];

/// The statements in place of a deny; `None` where its words cannot leave these resources out. Only the first keeps the Sid: two of one
/// Sid would be refused.
pub(super) fn left_of(deny: &Value, resources: &[&str], spared: Option<&Spared>) -> Option<Vec<Value>> {
    let elsewhere = elsewhere(deny, resources)?;
    let here = named_alone(deny, resources);
    let otherwise = spared.map(|spared| sparing(&here, spared));
    if let Some(None) = otherwise {
        return None;
    }
    let mut left: Vec<Value> = elsewhere
        .into_iter()
        .chain(other_actions(&here))
        .chain(otherwise.flatten())
        .collect();
    for statement in left.iter_mut().skip(1).filter_map(Value::as_object_mut) {
        statement.remove("Sid");
    }
    Some(left)
}

/// The deny on all other resources: `Some(None)` where it names no other.
fn elsewhere(deny: &Value, resources: &[&str]) -> Option<Option<Value>> {
    let mut left = deny.clone();
    let members = left.as_object_mut()?;
    let literally = || resources.iter().map(|it| json!(literally(it)));
    if let Some(known) = members.get("NotResource") {
        let mut all = values(known)?;
        let new: Vec<Value> = literally().filter(|it| !all.contains(it)).collect();
        all.extend(new);
        members.insert("NotResource".to_owned(), Value::Array(all));
        return Some(Some(left));
    }
    let named = values(members.get("Resource")?)?;
    if named.iter().any(|name| name == "*") {
        members.remove("Resource");
        members.insert("NotResource".to_owned(), Value::Array(literally().collect()));
        return Some(Some(left));
    }
    let is_other = |name: &Value| !name.as_str().is_some_and(|name| resources.contains(&name));
    let kept: Vec<Value> = named.iter().filter(|name| is_other(name)).cloned().collect();
    match (kept.is_empty(), kept.len() == named.len()) {
        (true, _) => Some(None),
        // A pattern: IAM has no words for all that it means but one.
        (false, true) => None,
        (false, false) => {
            members.insert("Resource".to_owned(), Value::Array(kept));
            Some(Some(left))
        }
    }
}

/// The deny on these resources alone.
fn named_alone(deny: &Value, resources: &[&str]) -> Value {
    let mut here = deny.clone();
    if let Some(members) = here.as_object_mut() {
        members.remove("NotResource");
        let literally: Vec<String> = resources.iter().map(|it| literally(it)).collect();
        members.insert("Resource".to_owned(), json!(literally));
    }
    here
}

/// The deny on these resources for all other actions; `None` where there are none, or a pattern cannot leave out this one.
fn other_actions(here: &Value) -> Option<Value> {
    let mut left = here.clone();
    let members = left.as_object_mut()?;
    if let Some(known) = members.get("NotAction") {
        let mut all = values(known)?;
        all.push(json!(ACTION));
        members.insert("NotAction".to_owned(), Value::Array(all));
        return Some(left);
    }
    let named = values(members.get("Action")?)?;
    let is = |name: &Value, what: &str| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(what));
    if named.iter().any(|name| is(name, "*") || is(name, "ses:*")) {
        // On a resource of SES there are no actions but those of SES.
        members.remove("Action");
        members.insert("NotAction".to_owned(), json!(ACTION));
        return Some(left);
    }
    // A pattern that covers the action goes as a whole: IAM has no words for what else it means.
    let covers = |name: &Value| {
        let matches = |name| Pattern::action(name).matches(&ACTION.to_ascii_lowercase(), &Context::default());
        name.as_str().is_none_or(|name| matches(name) != Truth::False)
    };
    let kept: Vec<Value> = named.into_iter().filter(|name| !covers(name)).collect();
    if kept.is_empty() {
        return None;
    }
    members.insert("Action".to_owned(), Value::Array(kept));
    Some(left)
}

/// The deny on these resources for everybody but those it lists and this one.
fn sparing(here: &Value, spared: &Spared) -> Option<Value> {
    let mut left = here.clone();
    let conditions = left.as_object_mut()?.get_mut("Condition")?.as_object_mut()?;
    let (_, tests) = conditions.iter_mut().find(|(operator, tests)| {
        SPARING.contains(&operator.as_str())
            && tests
                .as_object()
                .is_some_and(|tests| tests.keys().any(|key| key.eq_ignore_ascii_case(spared.key)))
    })?;
    let mut tests = tests.as_object_mut()?.iter_mut();
    let (_, listed) = tests.find(|(key, _)| key.eq_ignore_ascii_case(spared.key))?;
    let mut all = values(listed)?;
    all.push(json!(spared.value));
    *listed = Value::Array(all);
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";

    fn left(deny: Value, spared: Option<&Spared>) -> Option<Value> {
        left_of(&deny, &[IDENTITY], spared).map(Value::Array)
    }

    #[test]
    fn all_other_resources_and_actions_stay_denied() {
        for (deny, expected) in [
            (
                json!({ "Sid": "S", "Action": "ses:*", "Resource": "*" }),
                json!([
                    { "Sid": "S", "Action": "ses:*", "NotResource": [IDENTITY] },
                    { "NotAction": "ses:SendRawEmail", "Resource": [IDENTITY] }
                ]),
            ),
            (
                json!({ "Action": ["SES:sendrawemail", "ses:SendEmail"], "Resource": [IDENTITY, "arn:aws:ses:b"] }),
                json!([
                    { "Action": ["SES:sendrawemail", "ses:SendEmail"], "Resource": ["arn:aws:ses:b"] },
                    { "Action": ["ses:SendEmail"], "Resource": [IDENTITY] }
                ]),
            ),
            (
                json!({ "NotAction": "s3:*", "NotResource": "arn:aws:ses:b" }),
                json!([
                    { "NotAction": "s3:*", "NotResource": ["arn:aws:ses:b", IDENTITY] },
                    { "NotAction": ["s3:*", "ses:SendRawEmail"], "Resource": [IDENTITY] }
                ]),
            ),
            (
                json!({ "Action": ["ses:Send*", "ses:Get*"], "Resource": IDENTITY }),
                json!([{ "Action": ["ses:Get*"], "Resource": [IDENTITY] }]),
            ),
            (json!({ "Action": "ses:Send*", "Resource": IDENTITY }), json!([])),
        ] {
            assert_eq!(left(deny.clone(), None), Some(expected), "{deny}");
        }
    }

    #[test]
    fn a_pattern_of_resources_cannot_leave_one_out() {
        let deny = json!({ "Action": "ses:*", "Resource": "arn:aws:ses:*:*:identity/*" });
        assert_eq!(left(deny, None), None);
        assert_eq!(left(json!({ "Action": "ses:*" }), None), None);
        assert_eq!(left(json!([]), None), None);
    }

    #[test]
    fn who_else_was_kept_out_stays_out() {
        let spared = Spared {
            key: "aws:SourceIp",
            value: "198.51.100.7/32".to_owned(),
        };
        let deny = json!({ "Action": "ses:Send*", "Resource": "*", "Condition": { "NotIpAddress": { "AWS:sourceip": "192.0.2.0/24" } } });
        let left = left(deny.clone(), Some(&spared)).unwrap();
        assert_eq!(
            left[1]["Condition"]["NotIpAddress"]["AWS:sourceip"],
            json!(["192.0.2.0/24", "198.51.100.7/32"])
        );
        assert_eq!(left[0]["Condition"], deny["Condition"]);
        // Another condition than one that lists whom to spare has no place for it.
        let other = json!({ "Action": "ses:Send*", "Resource": "*", "Condition": { "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } } });
        assert_eq!(super::left_of(&other, &[IDENTITY], Some(&spared)), None);
    }
}
