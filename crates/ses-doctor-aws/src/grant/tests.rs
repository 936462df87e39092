use super::*;
use crate::permissions::{DESCRIBE_ACCOUNT, DESCRIBE_ORGANIZATIONAL_UNIT, LIST_USERS};
use iam_eval::PolicyDocument;
use std::collections::BTreeSet;

fn narrow() -> Scope {
    Scope {
        account: Some("111122223333".to_owned()),
        users: vec!["team/app".to_owned()],
        region: Some("eu-west-1".to_owned()),
        addresses: vec!["app@mail.example.com".to_owned(), "to@example.org".to_owned()],
        configuration_set: Some("tracking".to_owned()),
        secrets: vec!["prod/smtp".to_owned()],
        parameters: vec!["/prod/smtp".to_owned()],
        ..Scope::default()
    }
}

fn text(policies: &[Policy]) -> Vec<String> {
    policies
        .iter()
        .map(|policy| policy.document.to_string())
        .collect()
}

#[test]
fn every_action_is_listed_once_and_called_by_a_task() {
    let names: BTreeSet<&str> = ACTIONS.iter().map(|action| action.name).collect();
    assert_eq!(names.len(), ACTIONS.len());
    let called: Vec<&Action> = Task::ALL.iter().flat_map(|task| task.actions()).collect();
    assert!(ACTIONS.iter().all(|action| called.contains(&action)));
    assert!(
        ACTIONS
            .iter()
            .filter(|action| Task::Diagnose.actions().contains(action))
            .all(|action| !action.needs().is_empty())
    );
}

#[test]
fn documents_are_valid_and_fit_into_a_managed_policy() {
    for scope in [Scope::default(), narrow()] {
        for text in Task::ALL.iter().flat_map(|task| text(&policies(*task, &scope))) {
            assert!(PolicyDocument::parse("printed", &text).is_ok(), "{text}");
            assert!(text.len() <= 6144, "{} characters", text.len());
        }
    }
}

#[test]
fn a_bucket_is_narrowed_to_its_name_and_its_objects() {
    let scope = Scope {
        buckets: vec![S3Place {
            bucket: "a-trail".to_owned(),
            path: String::new(),
        }],
        region: Some("cn-north-1".to_owned()),
        ..Scope::default()
    };
    let [policy] = policies(Task::Scan, &scope).try_into().unwrap();
    let statements = policy.document["Statement"].as_array().unwrap().clone();
    let granted = |sid: &str| {
        statements
            .iter()
            .find(|statement| statement["Sid"] == sid)
            .unwrap()["Resource"]
            .clone()
    };
    assert_eq!(granted("BucketOfTheTrail"), "arn:aws-cn:s3:::a-trail");
    assert_eq!(granted("FilesOfTheTrail"), "arn:aws-cn:s3:::a-trail/*");
}

#[test]
fn files_of_a_trail_are_narrowed_to_an_object_a_folder_or_a_beginning() {
    for (path, expected) in [
        ("", &["arn:aws:s3:::a-trail/*"][..]),
        ("logs/", &["arn:aws:s3:::a-trail/logs/*"]),
        (
            "logs/x",
            &["arn:aws:s3:::a-trail/logs/x", "arn:aws:s3:::a-trail/logs/x/*"],
        ),
        ("logs/x*", &["arn:aws:s3:::a-trail/logs/x*"]),
    ] {
        let scope = Scope {
            buckets: vec![S3Place {
                bucket: "a-trail".to_owned(),
                path: path.to_owned(),
            }],
            ..Scope::default()
        };
        assert_eq!(scope.resources(Level::Objects), expected, "{path}");
    }
}

#[test]
fn a_star_stands_only_where_the_api_has_no_resource_level() {
    for policy in policies(Task::Diagnose, &Scope::default()) {
        for statement in policy.document["Statement"].as_array().unwrap() {
            let bare = statement["Resource"] == "*";
            let without = [
                "WithoutResourceLevel",
                "AnyHealthEvent",
                "ResourceLevelNotSourced",
            ]
            .contains(&statement["Sid"].as_str().unwrap());
            assert_eq!(bare, without, "{statement}");
            let actions = statement["Action"].as_array().unwrap();
            assert!(
                actions
                    .iter()
                    .all(|action| !action.as_str().unwrap().contains('*'))
            );
        }
    }
}

#[test]
fn what_is_known_narrows_it() {
    let all = text(&policies(Task::Diagnose, &narrow())).concat();
    for arn in [
        "arn:aws:iam::111122223333:user/team/app",
        "arn:aws:ses:*:111122223333:identity/app@mail.example.com",
        "arn:aws:ses:*:111122223333:identity/example.com",
        "arn:aws:ses:eu-west-1:111122223333:configuration-set/tracking",
        "arn:aws:organizations::*:account/o-*/111122223333",
    ] {
        assert!(all.contains(arn), "{arn}: {all}");
    }
    let gov = Scope {
        region: Some("us-gov-west-1".to_owned()),
        ..narrow()
    };
    assert!(
        text(&policies(Task::Diagnose, &gov))
            .concat()
            .contains("arn:aws-us-gov:iam::")
    );
}

#[test]
fn a_rotation_may_write_to_its_own_places_and_user_alone() {
    let text = text(&policies(Task::Rotate, &narrow())).concat();
    for words in [
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/smtp-??????",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/smtp",
        "iam:CreateAccessKey",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let files = Scope {
        secrets: Vec::new(),
        parameters: Vec::new(),
        ..narrow()
    };
    let text = super::tests::text(&policies(Task::Rotate, &files)).concat();
    assert!(
        !text.contains("secretsmanager") && !text.contains("ssm:"),
        "{text}"
    );
}

#[test]
fn fallbacks_and_names_are_no_part_of_the_least_policy() {
    let all = text(&policies(Task::Diagnose, &Scope::default())).concat();
    for aside in [LIST_USERS, DESCRIBE_ACCOUNT, DESCRIBE_ORGANIZATIONAL_UNIT] {
        assert!(!all.contains(&format!("\"{aside}\"")), "{aside}");
    }
}
