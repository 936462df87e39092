//! What a person gets, in each language; and that nothing from outside is read as something else.

use super::{Language, write};
use crate::action::{Action, ByHand, Code, DefaultVersion, OfUser, PolicyVersion, UserPolicy};
use crate::plan::testing::plan;
use crate::plan::{Drafted, Plan};
use crate::shell::is_deceptive;
use proptest::prelude::*;

const ALL: [Language; 3] = [Language::Cli, Language::Terraform, Language::CloudFormation];

fn drafted(actions: Vec<Action>) -> Drafted {
    let step = plan().steps.swap_remove(0);
    let step = |action| crate::plan::Step {
        action,
        ..step.clone()
    };
    Drafted::new(Plan {
        steps: actions.into_iter().map(step).collect(),
        ..plan()
    })
}

/// The same every day: ids are made of the content, and the content names the version.
fn shown(language: Language, drafted: &Drafted) -> String {
    write(drafted, language).replace(drafted.id().short(), "0123456789ab")
}

#[test]
fn a_plan_with_a_step_of_every_kind_as_commands() {
    insta::assert_snapshot!(shown(Language::Cli, &Drafted::new(plan())));
}

#[test]
fn a_plan_with_a_step_of_every_kind_as_terraform() {
    insta::assert_snapshot!(shown(Language::Terraform, &Drafted::new(plan())));
}

#[test]
fn a_plan_with_a_step_of_every_kind_as_cloudformation() {
    insta::assert_snapshot!(shown(Language::CloudFormation, &Drafted::new(plan())));
}

#[test]
fn a_plan_without_steps_says_so() {
    for language in ALL {
        let text = write(&drafted(Vec::new()), language);
        assert!(text.contains("has no step"), "{text}");
        assert!(
            text.lines().all(|line| line.is_empty() || line.starts_with('#')),
            "{text}"
        );
    }
}

#[test]
fn every_kind_is_answered_for_in_every_language() {
    for action in crate::action::testing::one_of_each() {
        for action in [action.inverse(), action] {
            let is_named = |code: Code| match code {
                Code::Declared(thing) | Code::Removed(thing) => !thing.names.is_empty(),
                Code::Implied(why) | Code::Nowhere(why) => !why.ends_with('.'),
            };
            assert!(
                is_named(action.terraform()) && is_named(action.cloudformation()),
                "{action:?}"
            );
            match action.by_hand() {
                ByHand::Instead(what) | ByHand::LookUntil(what) => assert!(!what.ends_with('.'), "{what}"),
                ByHand::Call | ByHand::MakesVersion | ByHand::OnVersion { .. } => {
                    assert!(action.call().command_line("eu-west-1").is_some(), "{action:?}");
                }
            }
        }
    }
}

/// A version is made and chosen by its id, which only AWS's answer tells.
#[test]
fn a_version_that_the_plan_makes_is_named_by_the_answer() {
    let policy = "arn:aws:iam::111122223333:policy/team/mail".to_owned();
    let (before, after) = (
        r#"{"Statement":[]}"#.to_owned(),
        r#"{"Statement":[{}]}"#.to_owned(),
    );
    let made = PolicyVersion {
        policy: policy.clone(),
        document: after.clone(),
        before: false,
        after: true,
        is_history: false,
        version: None,
        in_place_of: None,
    };
    let chosen = DefaultVersion {
        policy,
        before,
        after,
    };
    let text = shown(Language::Cli, &drafted(vec![made.into(), chosen.clone().into()]));
    insta::assert_snapshot!(text.split_once("\n\n").unwrap().1);
    let alone = shown(Language::Cli, &drafted(vec![chosen.into()]));
    assert!(alone.contains(": \"${version_of_step_1:?"), "{alone}");
}

#[test]
fn what_two_steps_change_is_declared_once_as_the_second_leaves_it() {
    let policy = |before: Option<&str>, after: &str| {
        Action::from(UserPolicy {
            owner: OfUser { user: "app".into() },
            name: "send".into(),
            before: before.map(str::to_owned),
            after: Some(after.into()),
        })
    };
    let one = r#"{"Version":"1"}"#;
    let plan = drafted(vec![policy(None, one), policy(Some(one), r#"{"Version":"2"}"#)]);
    for language in [Language::Terraform, Language::CloudFormation] {
        let text = write(&plan, language);
        assert!(
            text.contains("Step 1 and 2: ") && text.contains("\"2\""),
            "{text}"
        );
        assert!(!text.contains("\"1\""), "{text}");
        assert!(text.contains("new") || text.contains("as yet"), "{text}");
    }
}

#[test]
fn a_document_with_a_function_is_in_no_template() {
    let action = UserPolicy {
        owner: OfUser { user: "app".into() },
        name: "send".into(),
        before: None,
        after: Some(r#"{"Statement":[{"Condition":{"StringEquals":{"Fn::ImportValue":"x"}}}]}"#.into()),
    };
    let text = write(&drafted(vec![action.into()]), Language::CloudFormation);
    assert!(
        text.contains("would take for a function") && !text.contains("Resources:"),
        "{text}"
    );
}

fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "'", "\"", "\n", "\r", "\\", "$", "${", "$(id)", "`id`", "%{", "#", "]]", "\u{85}", "\u{2028}",
        "\u{202e}", "--", "file://x", "\0", "é", "😀", ":", "- ", "{", "}", "*/", "EOF",
    ]);
    let pieces = prop_oneof![nasty.prop_map(str::to_owned), "[a-z ]{0,4}"];
    prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

/// Words as a POSIX shell reads them, of a line without expansions.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut letters) = (Vec::new(), None::<String>, line.chars());
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.extend(word.take()),
            '\'' => {
                let quoted: String = letters.by_ref().take_while(|letter| *letter != '\'').collect();
                word.get_or_insert_default().push_str(&quoted);
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            '$' | '`' | '"' | '(' | ';' | '&' | '|' | '<' | '>' | '#' | '\n' => return None,
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    Some(words)
}

proptest! {
    #[test]
    fn whatever_names_and_documents_are_a_command_is_one_line_and_means_them(
        user in hostile(), name in hostile(), says in hostile(),
    ) {
        let document = serde_json::json!({ "Statement": [{ "Sid": says, (says.clone()): [] }] }).to_string();
        let action: Action =
            UserPolicy { owner: OfUser { user: user.clone() }, name: name.clone(), before: None, after: Some(document.clone()) }.into();
        let line = action.command_line("eu-west-1").unwrap();
        prop_assert!(!line.chars().any(is_deceptive), "{line}");
        let words = words(&line);
        prop_assert!(words.is_some(), "{line}");
        let words = words.unwrap_or_default();
        let value = |option: &str| words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(option) {
            Some("") => words.get(at + 1).cloned(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        });
        let given = match value("--cli-input-json") {
            Some(json) => serde_json::from_str(&json).unwrap(),
            None => serde_json::json!({
                "UserName": value("--user-name"), "PolicyName": value("--policy-name"), "PolicyDocument": value("--policy-document"),
            }),
        };
        prop_assert_eq!(&given["UserName"], &serde_json::json!(user));
        prop_assert_eq!(&given["PolicyName"], &serde_json::json!(name));
        let read: serde_json::Value = serde_json::from_str(given["PolicyDocument"].as_str().unwrap()).unwrap();
        prop_assert_eq!(read, serde_json::from_str::<serde_json::Value>(&document).unwrap());
    }

    #[test]
    fn whatever_names_are_nothing_leaves_a_comment_and_no_string_is_a_template(user in hostile(), name in hostile(), says in hostile()) {
        let document = serde_json::json!({ "Statement": [{ "Sid": says }] }).to_string();
        let action = |before| Action::from(UserPolicy { owner: OfUser { user: user.clone() }, name: name.clone(), before, after: Some(document.clone()) });
        for before in [None, Some("{}".to_owned())] {
            let drafted = drafted(vec![action(before)]);
            for language in ALL {
                let text = write(&drafted, language);
                prop_assert!(!text.chars().any(|letter| letter != '\n' && is_deceptive(letter)), "{text:?}");
            }
            let text = write(&drafted, Language::Terraform);
            let code = text.lines().filter(|line| !line.starts_with('#'));
            for line in code {
                for sign in ["${", "%{"] {
                    let doubled = sign.replace('{', "").repeat(2) + "{";
                    prop_assert_eq!(line.matches(sign).count(), line.matches(&doubled).count(), "{}", line);
                }
            }
            let template = write(&drafted, Language::CloudFormation);
            let yaml = saphyr_parser::Parser::new_from_str(&template).collect::<Result<Vec<_>, _>>();
            prop_assert!(yaml.is_ok(), "{template}");
            let names = yaml.unwrap_or_default().iter().filter_map(|(event, _)| {
                if let saphyr_parser::Event::Scalar(text, ..) = event {
                    return Some(text.to_string());
                }
                None
            }).collect::<Vec<String>>();
            for one in [&user, &name, &says] {
                prop_assert!(names.contains(one), "{template}");
            }
        }
    }

    #[test]
    fn no_plan_makes_it_panic(document in ".*", policy in ".*") {
        let chosen = DefaultVersion { policy, before: document.clone(), after: document };
        for language in ALL {
            write(&drafted(vec![chosen.clone().into()]), language);
        }
    }
}
