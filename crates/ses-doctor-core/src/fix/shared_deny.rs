//! Narrowing a deny in a policy that reaches others too: an inline policy of a group, or a customer managed policy. The
//! statement goes on to hold for everybody else as it is; for this one user it becomes another, which leaves the resources of
//! this message out. Both are proven: that the user gets nothing but the message, and that nobody else gets anything.

use super::left_of::{Spared, left_of};
use super::statement::{self, Conditions};
use crate::action::{Action, DefaultVersion, GroupPolicy, OfGroup, PolicyVersion};
use crate::evidence::{Attachment, PolicyDocument};
use iam_eval::compare::{Documents, Hints, compare};
use iam_eval::minimize::literally;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const PRINCIPAL: &str = "aws:PrincipalArn";

/// The actions that put `after` in the place of a shared policy; `None` for what is not the account's to change.
pub(super) fn actions(policy: &PolicyDocument, before: &str, after: &str) -> Option<Vec<Action>> {
    let (before, after) = (before.to_owned(), after.to_owned());
    match (&policy.attachment, &policy.arn) {
        (Attachment::GroupInline(group), _) if group != Attachment::UNREAD_GROUP => {
            let change = GroupPolicy {
                owner: OfGroup { group: group.clone() },
                name: policy.name.clone(),
                before: Some(before),
                after: Some(after),
            };
            Some(vec![change.into()])
        }
        (Attachment::UserManaged | Attachment::GroupManaged(_), Some(arn)) if !is_of_aws(arn) => {
            let version = PolicyVersion {
                policy: arn.clone(),
                document: after.clone(),
                before: false,
                after: true,
                is_history: false,
                version: None,
                in_place_of: None,
            };
            let default = DefaultVersion {
                policy: arn.clone(),
                before,
                after,
            };
            Some(vec![version.into(), default.into()])
        }
        (
            Attachment::GroupInline(_)
            | Attachment::UserManaged
            | Attachment::GroupManaged(_)
            | Attachment::UserInline
            | Attachment::Boundary,
            _,
        ) => None,
    }
}

fn is_of_aws(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("aws")
}

/// Whom the policy reaches, as far as the plan knows; the rehearsal reads the rest.
pub(super) fn reach(policy: &PolicyDocument) -> String {
    match &policy.attachment {
        Attachment::GroupInline(group) => {
            format!("the policy is of the group {group}: for its other users it stays as it is")
        }
        Attachment::UserManaged
        | Attachment::GroupManaged(_)
        | Attachment::UserInline
        | Attachment::Boundary => format!(
            "the policy {} may be attached to others: for them it stays as it is",
            policy.name
        ),
    }
}

/// The document whose statement holds for everybody but `principal` as it is, and for `principal` without these resources.
pub(super) fn excepting(
    text: &str,
    index: usize,
    principal: &str,
    resources: &[&str],
    spared: Option<&Spared>,
) -> Option<String> {
    let document: Value = serde_json::from_str(text).ok()?;
    let mut statements = statement::statements(&document);
    let whole = statements.get(index)?.clone();
    let mut for_others = whole.clone();
    condition(&mut for_others, "StringNotEquals", principal)?;
    let mut instead = vec![for_others];
    for mut for_sender in left_of(&whole, resources, spared)? {
        condition(&mut for_sender, "StringEquals", principal)?;
        let members = for_sender.as_object_mut()?;
        // Two statements of one Sid would be refused.
        members.remove("Sid");
        name_principal(members, principal);
        instead.push(for_sender);
    }
    statements.splice(index..=index, instead);
    Some(statement::with_statements(&document, statements))
}

/// In place of everybody, where the statement is of a resource and says for whom it is.
fn name_principal(members: &mut Map<String, Value>, principal: &str) {
    if let Some(named) = members.get_mut("Principal")
        && (*named == "*" || *named == json!({ "AWS": "*" }))
    {
        *named = json!({ "AWS": principal });
    }
}

/// Adds the condition on the principal; `None` where the statement has one already that cannot take it. (The ARN operators would leave
/// open what holds for a value that is no ARN.)
fn condition(statement: &mut Value, operator: &str, principal: &str) -> Option<()> {
    let members = statement.as_object_mut()?;
    let conditions = members.entry("Condition").or_insert_with(|| json!({}));
    let tests = conditions
        .as_object_mut()?
        .entry(operator)
        .or_insert_with(|| json!({}));
    let tests = tests.as_object_mut()?;
    let principal = json!(literally(principal));
    let known = tests
        .iter_mut()
        .find(|(known, _)| known.eq_ignore_ascii_case(PRINCIPAL));
    match known {
        None => {
            tests.insert(PRINCIPAL.to_owned(), principal);
        }
        // Not equal to any of several values.
        Some((_, values)) if operator == "StringNotEquals" => {
            let mut all = statement::values(values)?;
            all.push(principal);
            *values = Value::Array(all);
        }
        Some(_) => return None,
    }
    Some(())
}

/// Whatever else somebody is allowed, with the new document nobody but `principal` gets anything that the old one denied.
pub(super) fn spares_all_others(before: &str, after: &str, principal: &str) -> bool {
    let parse = |name: &str, text: &str| iam_eval::PolicyDocument::parse(name, text).ok().map(Arc::new);
    let everything = |conditions: &Conditions| {
        let mut statement = json!({ "Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*" });
        if let Some(members) = statement.as_object_mut().filter(|_| !conditions.is_empty()) {
            members.insert("Condition".to_owned(), Value::Object(conditions.clone()));
        }
        parse("everything", &statement::document(&[statement]))
    };
    let own = Map::from_iter([(
        "StringEquals".to_owned(),
        json!({ PRINCIPAL: literally(principal) }),
    )]);
    let (Some(all), Some(own), Some(old), Some(new)) = (
        everything(&Conditions::new()),
        everything(&own),
        parse("before", before),
        parse("after", after),
    ) else {
        return false;
    };
    let documents = Documents {
        old: &[Arc::clone(&all), old],
        new: &[all, new],
        intended: &[own],
    };
    compare(documents, Hints::default()).is_nothing_more()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "arn:aws:iam::111122223333:user/mailer";
    const IDENTITY: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";

    fn deny(resource: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"NoMail","Effect":"Deny","Action":"ses:Send*",{resource},
            "Condition":{{"Bool":{{"aws:SecureTransport":"true"}}}}}}]}}"#
        )
    }

    #[test]
    fn the_deny_holds_for_everybody_else_as_it_was() {
        for resource in [
            r#""Resource":"*""#.to_owned(),
            format!(r#""Resource":["{IDENTITY}","arn:aws:ses:eu-west-1:111122223333:identity/b.example"]"#),
            format!(r#""Resource":"{IDENTITY}""#),
            r#""NotResource":"arn:aws:ses:eu-west-1:111122223333:identity/c.example""#.to_owned(),
        ] {
            let before = deny(&resource);
            let after = excepting(&before, 0, USER, &[IDENTITY], None).unwrap();
            assert!(spares_all_others(&before, &after, USER), "{after}");
            assert!(!spares_all_others(&before, r#"{"Statement":[]}"#, USER));
            assert!(
                after.contains("NoMail") && after.contains("StringNotEquals"),
                "{after}"
            );
        }
    }

    #[test]
    fn a_statement_for_everybody_gets_no_second_star() {
        let before = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["ses:SendRawEmail","ses:SendEmail"],"Resource":"*"}]}"#;
        let after = excepting(before, 0, USER, &[IDENTITY], None).unwrap();
        assert_eq!(after.matches("\"*\"").count(), 2, "{after}");
        assert_eq!(
            after.matches(&format!("\"AWS\": \"{USER}\"")).count(),
            2,
            "{after}"
        );
        assert!(spares_all_others(before, &after, USER));
    }

    #[test]
    fn a_statement_that_says_something_of_the_principal_already_is_left_alone() {
        let own = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalArn":{}}}}]}"#;
        assert_eq!(excepting(own, 0, USER, &[IDENTITY], None), None);
        let pattern =
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"arn:aws:ses:*:*:identity/*"}]}"#;
        assert_eq!(
            excepting(pattern, 0, USER, &[IDENTITY], None),
            None,
            "a pattern cannot leave one out"
        );
    }

    #[test]
    fn policies_of_aws_and_boundaries_are_nobodys_to_change() {
        let policy = |attachment, arn: Option<&str>| PolicyDocument {
            name: "p".into(),
            arn: arn.map(str::to_owned),
            attachment,
            document: Ok("{}".into()),
        };
        let own = Some("arn:aws:iam::111122223333:policy/p");
        let changes = |policy| actions(&policy, "{}", "{}").map(|actions| actions.len());
        assert_eq!(changes(policy(Attachment::UserManaged, own)), Some(2));
        assert_eq!(
            changes(policy(Attachment::GroupInline("g".into()), None)),
            Some(1)
        );
        for no in [
            policy(Attachment::UserManaged, Some("arn:aws:iam::aws:policy/p")),
            policy(Attachment::Boundary, own),
            policy(Attachment::GroupInline(Attachment::UNREAD_GROUP.into()), None),
        ] {
            assert_eq!(changes(no), None);
        }
    }
}
