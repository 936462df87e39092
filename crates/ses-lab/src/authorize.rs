//! Whether a user may send: a small evaluator for the policies that worlds have.
//!
//! Effect, Action, Resource with wildcards, and StringEquals / StringLike and their negations on the keys of a send;
//! a statement with any other condition does not match. An explicit deny wins; the boundary must allow as well.

use serde_json::Value;

use crate::world::{Account, InlinePolicy, User, managed};

/// One question: may this action be done to this resource?
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    /// Condition keys in lower case, and their values.
    pub(crate) context: &'a [(&'a str, &'a str)],
}

/// Whether the user's policies and boundary allow it.
pub(crate) fn allowed(account: &Account, user: &User, question: Question<'_>) -> bool {
    let identity = effect(&documents(account, user), question);
    let boundary = user
        .boundary
        .as_ref()
        .map(|arn| effect(&managed_document(account, arn), question));
    identity == Some(true) && boundary.unwrap_or(Some(true)) == Some(true)
}

fn documents(account: &Account, user: &User) -> Vec<Value> {
    let groups = || {
        account
            .group
            .iter()
            .filter(|group| user.groups.contains(&group.name))
    };
    let inline = user.policy.iter().chain(groups().flat_map(|group| &group.policy));
    let attached = user
        .attached
        .iter()
        .chain(groups().flat_map(|group| &group.attached));
    inline
        .filter_map(parse)
        .chain(attached.flat_map(|arn| managed_document(account, arn)))
        .collect()
}

fn parse(policy: &InlinePolicy) -> Option<Value> {
    serde_json::from_str(&policy.document).ok()
}

fn managed_document(account: &Account, arn: &str) -> Vec<Value> {
    let own = account
        .policy
        .iter()
        .find(|p| arn == format!("arn:aws:iam::{}:policy/{}", account.id, p.name));
    let text = own
        .map(|p| p.document.as_str())
        .or_else(|| managed::by_arn(arn).map(|p| p.document));
    text.and_then(|text| serde_json::from_str(text).ok())
        .into_iter()
        .collect()
}

/// `Some(true)` allowed, `Some(false)` explicitly denied, `None` not mentioned.
fn effect(documents: &[Value], question: Question<'_>) -> Option<bool> {
    let statements = documents
        .iter()
        .flat_map(|document| one_or_many(document.get("Statement")));
    let mut found = None;
    for statement in statements.filter(|statement| matches(statement, question)) {
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Deny") => return Some(false),
            Some("Allow") => found = Some(true),
            _ => {}
        }
    }
    found
}

fn one_or_many(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn any(value: Option<&Value>, test: impl Fn(&str) -> bool) -> bool {
    one_or_many(value).into_iter().filter_map(Value::as_str).any(test)
}

fn matches(statement: &Value, question: Question<'_>) -> bool {
    let action_fits = |pattern: &str| {
        wildcard(
            &pattern.to_ascii_lowercase(),
            &question.action.to_ascii_lowercase(),
        )
    };
    let action = match statement.get("NotAction") {
        Some(not) => !any(Some(not), action_fits),
        None => any(statement.get("Action"), action_fits),
    };
    let resource = match statement.get("NotResource") {
        Some(not) => !any(Some(not), |pattern| wildcard(pattern, question.resource)),
        None => any(statement.get("Resource"), |pattern| {
            wildcard(pattern, question.resource)
        }),
    };
    action && resource && conditions(statement.get("Condition"), question.context)
}

fn conditions(block: Option<&Value>, context: &[(&str, &str)]) -> bool {
    let Some(Value::Object(operators)) = block else {
        return true;
    };
    operators.iter().all(|(operator, keys)| {
        let Value::Object(keys) = keys else { return false };
        keys.iter().all(|(key, patterns)| {
            let name = key.to_ascii_lowercase();
            let value = context
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| *value);
            condition(operator, value, patterns)
        })
    })
}

fn condition(operator: &str, value: Option<&str>, patterns: &Value) -> bool {
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let fits =
        |test: fn(&str, &str) -> bool| value.map(|value| any(Some(patterns), |pattern| test(pattern, value)));
    let negated = operator.starts_with("StringNot");
    let result = match operator {
        "StringEquals" | "StringNotEquals" => fits(|pattern, value| pattern == value),
        "StringLike" | "StringNotLike" => fits(wildcard),
        "StringEqualsIgnoreCase" => fits(|pattern, value| pattern.eq_ignore_ascii_case(value)),
        _ => return false,
    };
    result.map_or(if_exists || negated, |fits| fits != negated)
}

/// `*` stands for any characters, `?` for one.
pub(crate) fn wildcard(pattern: &str, text: &str) -> bool {
    let mut reachable = vec![true];
    let text: Vec<char> = text.chars().collect();
    reachable.resize(text.len() + 1, false);
    for token in pattern.chars() {
        let mut next = Vec::with_capacity(reachable.len());
        let mut before = false;
        for (i, here) in reachable.iter().enumerate() {
            let letter = i.checked_sub(1).and_then(|i| text.get(i));
            let now = match token {
                '*' => *here || next.last().copied().unwrap_or(false),
                '?' => before,
                _ => before && letter == Some(&token),
            };
            before = *here;
            next.push(now);
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_in_iam() {
        assert!(wildcard("ses:*", "ses:sendrawemail"));
        assert!(wildcard("*@example.com", "a@example.com"));
        assert!(wildcard("a?c", "abc") && !wildcard("a?c", "ac"));
        assert!(!wildcard("ses:Get*", "ses:SendRawEmail"));
        assert!(wildcard("", "") && wildcard("*", "") && !wildcard("", "x"));
    }

    #[test]
    fn an_explicit_deny_wins_and_silence_is_not_consent() {
        let question = Question {
            action: "ses:SendRawEmail",
            resource: "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
            context: &[("ses:fromaddress", "a@example.com")],
        };
        let parse = |text: &str| vec![serde_json::from_str::<Value>(text).unwrap()];
        let allow = r#"{"Statement":{"Effect":"Allow","Action":"ses:Send*","Resource":"*",
            "Condition":{"StringLike":{"ses:FromAddress":"*@example.com"}}}}"#;
        let deny = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
            {"Effect":"Deny","NotAction":"iam:*","Resource":"*"}]}"#;
        assert_eq!(effect(&parse(allow), question), Some(true));
        assert_eq!(
            effect(
                &parse(allow),
                Question {
                    context: &[],
                    ..question
                }
            ),
            None
        );
        assert_eq!(effect(&parse(deny), question), Some(false));
    }
}
