//! What holds for every kind of action.

use super::testing::one_of_each;
use super::*;
use std::collections::BTreeSet;

#[test]
fn the_inverse_leads_back_and_its_inverse_is_the_action() {
    for action in one_of_each() {
        let inverse = action.inverse();
        assert_eq!(
            (inverse.before(), inverse.after()),
            (action.after(), action.before())
        );
        assert_eq!(inverse.inverse(), action);
        assert_eq!(inverse.resource(), action.resource());
        assert_ne!(action.before(), action.after(), "{action:?} would change nothing");
    }
}

#[test]
fn what_is_written_is_read() {
    for action in one_of_each() {
        let text = serde_json::to_string(&action).unwrap();
        assert_eq!(serde_json::from_str::<Action>(&text).unwrap(), action);
        assert!(text.contains(&format!("\"kind\":\"{}\"", action.id())), "{text}");
    }
}

#[test]
fn every_call_to_aws_is_among_the_permissions() {
    for action in one_of_each()
        .into_iter()
        .flat_map(|action| [action.inverse(), action])
    {
        let call = action.call();
        let prefix = match call.service.as_str() {
            "sesv2" => "ses",
            "file" | "smtp" => continue,
            service => service,
        };
        let permission = format!("{prefix}:{}", call.operation);
        assert!(
            action.permissions().contains(&permission.as_str()),
            "{permission}"
        );
    }
}

#[test]
fn ids_are_kebab_case_and_differ() {
    let all = one_of_each();
    let ids: BTreeSet<&str> = all.iter().map(Action::id).collect();
    assert_eq!(ids.len(), all.len());
    for id in ids {
        assert!(
            id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{id}"
        );
    }
}

#[test]
fn only_deletions_are_one_way() {
    assert!(one_of_each().iter().all(|action| action.one_way().is_none()));
    let version = PolicyVersion {
        policy: "arn:aws:iam::111122223333:policy/mail".into(),
        document: "{}".into(),
        before: true,
        after: false,
        is_history: true,
        version: None,
        in_place_of: None,
    };
    assert!(Action::from(version).one_way().is_some());
    let key = AccessKeyDeletion {
        user: "mailer".into(),
        key: "AKIAOLDKEYOLDKEY2222".into(),
        idle_for: None,
        before: true,
        after: false,
    };
    assert_eq!(key.consent(), "delete-key:AKIAOLDKEYOLDKEY2222");
    assert!(Action::from(key).one_way().is_some());
}
