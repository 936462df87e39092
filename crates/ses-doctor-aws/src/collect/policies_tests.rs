//! Tests of [`super::policies`].

use super::policies::look;
use crate::outcome::Trouble;
use crate::subject::{Owner, Subject};
use crate::testing::{Answer, Call, Calls, aws};
use ses_doctor_core::evidence::{Attachment, PolicyDocument};

const SEND: &str = r#"{"Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}"#;

fn encoded(document: &str) -> String {
    document.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn attached(action: &str, name: &str) -> Answer {
    let policy =
        format!("<PolicyName>{name}</PolicyName><PolicyArn>arn:aws:iam::1:policy/{name}</PolicyArn>");
    let list = format!(
        "<AttachedPolicies><member>{policy}</member></AttachedPolicies><IsTruncated>false</IsTruncated>"
    );
    Answer::xml(action, &list)
}

fn names(action: &str, name: &str) -> Answer {
    Answer::xml(
        action,
        &format!("<PolicyNames><member>{name}</member></PolicyNames><IsTruncated>false</IsTruncated>"),
    )
}

/// A user with a policy of every kind.
fn world(call: &Call) -> Answer {
    let action = call.action.as_str();
    let times = "<CreateDate>2026-01-01T00:00:00Z</CreateDate>";
    match action {
        "ListUserPolicies" => match call.nth {
            0 => Answer::xml(
                action,
                "<PolicyNames><member>one</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>m</Marker>",
            ),
            _ => names(action, "two"),
        },
        "ListAttachedUserPolicies" => attached(action, "Attached"),
        "ListGroupPolicies" => names(action, "AmazonSesSendingAccess"),
        "ListAttachedGroupPolicies" => attached(action, "OfGroup"),
        "ListGroupsForUser" => {
            let group = format!(
                "<Path>/</Path><GroupName>senders</GroupName><GroupId>G</GroupId><Arn>a</Arn>{times}"
            );
            Answer::xml(
                action,
                &format!("<Groups><member>{group}</member></Groups><IsTruncated>false</IsTruncated>"),
            )
        }
        "GetUser" => {
            let boundary = "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>arn:aws:iam::1:policy/team/Limit</PermissionsBoundaryArn></PermissionsBoundary>";
            let user = format!(
                "<Path>/</Path><UserName>mailer</UserName><UserId>U</UserId><Arn>a</Arn>{times}{boundary}"
            );
            Answer::xml(action, &format!("<User>{user}</User>"))
        }
        "GetPolicy" => Answer::xml(action, "<Policy><DefaultVersionId>v3</DefaultVersionId></Policy>"),
        "GetPolicyVersion" => {
            assert!(call.body.contains("VersionId=v3"));
            Answer::xml(
                action,
                &format!(
                    "<PolicyVersion><Document>{}</Document></PolicyVersion>",
                    encoded(SEND)
                ),
            )
        }
        "GetUserPolicy" | "GetGroupPolicy" => {
            let owner = "<UserName>mailer</UserName><GroupName>senders</GroupName><PolicyName>p</PolicyName>";
            Answer::xml(
                action,
                &format!("{owner}<PolicyDocument>{}</PolicyDocument>", encoded(SEND)),
            )
        }
        other => panic!("unexpected {other}"),
    }
}

async fn looked(
    script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (Result<Vec<PolicyDocument>, Trouble>, Calls) {
    let (aws, calls) = aws(script);
    let name = "mailer".to_owned();
    let subject = Subject {
        owner: Owner::User(name.clone()),
        user_name: Some(name),
        ..Subject::default()
    };
    (look(&aws, &subject).await, calls)
}

#[tokio::test]
async fn every_kind_of_policy_is_read_and_decoded() {
    let (policies, calls) = looked(world).await;
    let policies = policies.unwrap();
    let found: Vec<(&str, &Attachment)> = policies
        .iter()
        .map(|one| (one.name.as_str(), &one.attachment))
        .collect();
    let of_group = "senders".to_owned();
    let expected = [
        ("one", &Attachment::UserInline),
        ("two", &Attachment::UserInline),
        ("Attached", &Attachment::UserManaged),
        (
            "AmazonSesSendingAccess",
            &Attachment::GroupInline(of_group.clone()),
        ),
        ("OfGroup", &Attachment::GroupManaged(of_group)),
        ("Limit", &Attachment::Boundary),
    ];
    assert_eq!(found, expected);
    assert!(
        policies
            .iter()
            .all(|policy| policy.document.as_deref() == Ok(SEND))
    );
    assert_eq!(
        policies[5].arn.as_deref(),
        Some("arn:aws:iam::1:policy/team/Limit")
    );
    assert_eq!(calls.all().len(), 16);
}

#[tokio::test]
async fn what_could_not_be_read_stands_in_the_list_with_its_reason() {
    let (policies, _) = looked(|call| match call.action.as_str() {
        "ListUserPolicies" | "GetPolicyVersion" => Answer::xml_error(403, "AccessDenied", "not authorized"),
        _ => world(call),
    })
    .await;
    let policies = policies.unwrap();
    let gap = policies
        .iter()
        .find(|policy| policy.name == "(inline policies)")
        .unwrap();
    assert_eq!(
        gap.document,
        Err("iam:ListUserPolicies was denied: not authorized".to_owned())
    );
    let attached = policies.iter().find(|policy| policy.name == "Attached").unwrap();
    assert!(
        attached
            .document
            .as_ref()
            .unwrap_err()
            .contains("iam:GetPolicyVersion was denied")
    );
    assert!(policies.iter().any(|policy| policy.document.is_ok()));
}

#[tokio::test]
async fn a_user_that_is_gone_is_missing_and_nothing_readable_is_denied() {
    let (gone, _) = looked(|_| Answer::xml_error(404, "NoSuchEntity", "no user")).await;
    assert_eq!(gone, Err(Trouble::Missing));
    let (denied, _) = looked(|_| Answer::xml_error(403, "AccessDenied", "no")).await;
    assert!(matches!(denied, Err(Trouble::Denied { action, .. }) if action == "iam:ListUserPolicies"));
}
