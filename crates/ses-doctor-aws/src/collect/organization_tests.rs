//! Tests of [`super::organization`].

use super::organization::look;
use crate::outcome::{Look, Trouble};
use crate::subject::Subject;
use crate::testing::{Answer, Call, Calls, aws};
use serde_json::{Value, json};
use ses_doctor_core::evidence::{OrganizationLevel, OrganizationPolicies, TargetKind};

const ACCOUNT: &str = "111122223333";
const MANAGER: &str = "999988887777";
const DENY: &str = r#"{"Statement":[{"Effect":"Deny","Action":"ses:*","Resource":"*"}]}"#;

fn asked(call: &Call, name: &str) -> String {
    let body: Value = serde_json::from_str(&call.body).unwrap();
    body[name].as_str().unwrap_or_default().to_owned()
}

fn policy(id: &str, name: &str) -> Value {
    let kind = "SERVICE_CONTROL_POLICY";
    json!({ "Id": id, "Name": name, "Type": kind, "AwsManaged": id == "p-FullAWSAccess" })
}

/// Root, one unit, the account. The unit's SCPs come on a second page, after an empty one.
fn world(call: &Call) -> Answer {
    let body = match call.action.as_str() {
        "DescribeOrganization" => {
            json!({ "Organization": { "Id": "o-abcdefghij", "MasterAccountId": MANAGER } })
        }
        "DescribeAccount" => {
            let path = format!("o-abcdefghij/r-ab12/ou-ab12-workload/{ACCOUNT}/");
            json!({ "Account": { "Id": ACCOUNT, "Name": "shop", "Paths": [path] } })
        }
        "ListParents" => match asked(call, "ChildId").as_str() {
            ACCOUNT if call.nth == 0 => json!({ "Parents": [], "NextToken": "more" }),
            ACCOUNT => json!({ "Parents": [{ "Id": "ou-ab12-workload", "Type": "ORGANIZATIONAL_UNIT" }] }),
            _ => json!({ "Parents": [{ "Id": "r-ab12", "Type": "ROOT" }] }),
        },
        "DescribeOrganizationalUnit" => json!({ "OrganizationalUnit": { "Name": "Workloads" } }),
        "ListPoliciesForTarget" => policies(call),
        "DescribePolicy" => json!({ "Policy": { "Content": DENY } }),
        other => panic!("unexpected {other}"),
    };
    Answer::ok(body.to_string())
}

fn policies(call: &Call) -> Value {
    if asked(call, "Filter") == "RESOURCE_CONTROL_POLICY" {
        return json!({ "Policies": [] });
    }
    let full = policy("p-FullAWSAccess", "FullAWSAccess");
    match (
        asked(call, "TargetId").as_str(),
        asked(call, "NextToken").as_str(),
    ) {
        ("ou-ab12-workload", "") => json!({ "Policies": [], "NextToken": "more" }),
        ("ou-ab12-workload", _) => json!({ "Policies": [full, policy("p-denymail", "DenyMail")] }),
        _ => json!({ "Policies": [full] }),
    }
}

async fn looked(
    account: &str,
    script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (Look<OrganizationPolicies>, Calls) {
    let (aws, calls) = aws(script);
    let subject = Subject {
        account: Some(account.to_owned()),
        ..Subject::default()
    };
    (look(&aws, &subject).await, calls)
}

fn denied() -> Answer {
    Answer::json_error(400, "AccessDeniedException", "You don't have permissions.")
}

fn kinds(path: &[OrganizationLevel]) -> Vec<TargetKind> {
    path.iter().map(|level| level.target.kind).collect()
}

#[tokio::test]
async fn the_path_comes_root_first_with_every_policy_read_once() {
    let (found, calls) = looked(ACCOUNT, world).await;
    let found = found.unwrap();
    assert_eq!(
        (found.organization.as_str(), found.management_account.as_str()),
        ("o-abcdefghij", MANAGER)
    );
    assert_eq!(
        kinds(&found.path),
        [
            TargetKind::Root,
            TargetKind::OrganizationalUnit,
            TargetKind::Account
        ]
    );
    let names: Vec<_> = found
        .path
        .iter()
        .map(|level| level.target.name.as_deref())
        .collect();
    assert_eq!(names, [None, Some("Workloads"), Some("shop")]);
    let of_unit = found.path[1].service_control_policies.as_ref().unwrap();
    assert!(of_unit[0].aws_managed && !of_unit[1].aws_managed);
    assert_eq!(
        (of_unit[1].name.as_str(), of_unit[1].document.as_deref()),
        ("DenyMail", Ok(DENY))
    );
    assert!(
        found
            .path
            .iter()
            .all(|level| level.resource_control_policies == Ok(Vec::new()))
    );
    let actions = calls.actions();
    assert_eq!(
        actions
            .iter()
            .filter(|action| *action == "DescribePolicy")
            .count(),
        2
    );
    assert!(
        !actions.contains(&"ListParents".to_owned()),
        "the account's path spares the climb"
    );
    let hosts: Vec<String> = calls.all().into_iter().map(|call| call.host).collect();
    assert!(
        hosts
            .iter()
            .all(|host| host == "organizations.us-east-1.amazonaws.com"),
        "{hosts:?}"
    );
}

#[tokio::test]
async fn without_a_path_in_the_account_the_climb_leads_to_the_root() {
    let (found, _) = looked(ACCOUNT, |call| match call.action.as_str() {
        "DescribeAccount" => denied(),
        _ => world(call),
    })
    .await;
    let path = found.unwrap().path;
    let ids: Vec<&str> = path.iter().map(|level| level.target.id.as_str()).collect();
    assert_eq!(ids, ["r-ab12", "ou-ab12-workload", ACCOUNT]);
    assert_eq!(path[2].target.name, None);
}

#[tokio::test]
async fn a_climb_that_never_ends_is_given_up() {
    let (found, calls) = looked(ACCOUNT, |call| match call.action.as_str() {
        "DescribeAccount" => Answer::ok(json!({ "Account": { "Paths": ["o-1/ou-x/oops/"] } }).to_string()),
        "ListParents" => Answer::ok(json!({ "Parents": [{ "Id": "ou-ab12-loopunit" }] }).to_string()),
        _ => world(call),
    })
    .await;
    assert!(matches!(found, Err(Trouble::Failed { why }) if why.contains("no root within 10")));
    assert!(calls.all().len() < 15);
}

#[tokio::test]
async fn who_is_in_no_organization_is_missing_only_for_the_own_account() {
    let script = |caller: &'static str| {
        move |call: &Call| match call.action.as_str() {
            "GetCallerIdentity" => Answer::xml(
                "GetCallerIdentity",
                &format!("<Arn>arn:aws:iam::{caller}:user/ops</Arn><Account>{caller}</Account>"),
            ),
            _ => Answer::json_error(400, "AWSOrganizationsNotInUseException", "Not a member."),
        }
    };
    assert_eq!(looked(ACCOUNT, script(ACCOUNT)).await.0, Err(Trouble::Missing));
    let (other, _) = looked(ACCOUNT, script(MANAGER)).await;
    assert!(matches!(other, Err(Trouble::Failed { why }) if why.contains("is in no organization")));
}

#[tokio::test]
async fn a_member_account_is_denied_and_told_whom_to_ask() {
    let script = |call: &Call| match call.action.as_str() {
        "DescribeOrganization" => world(call),
        _ => denied(),
    };
    let (found, _) = looked(ACCOUNT, script).await;
    let Err(Trouble::Denied { action, message }) = found else {
        panic!("{found:?}")
    };
    assert_eq!(action, "organizations:ListParents");
    assert!(
        message.contains(&format!("account {MANAGER} manages organization o-abcdefghij")),
        "{message}"
    );
    let (managing, _) = looked(MANAGER, script).await;
    let managing = managing.unwrap();
    assert!(managing.is_management_account() && managing.path.is_empty());
    let (nothing, _) = looked(ACCOUNT, |_| denied()).await;
    assert!(
        matches!(nothing, Err(Trouble::Denied { action, .. }) if action.ends_with("DescribeOrganization"))
    );
}

#[tokio::test]
async fn a_list_or_a_document_that_could_not_be_read_says_why_in_its_place() {
    let (found, _) = looked(ACCOUNT, |call| match call.action.as_str() {
        "DescribePolicy" => denied(),
        "ListPoliciesForTarget" if asked(call, "TargetId") == "r-ab12" => denied(),
        _ => world(call),
    })
    .await;
    let path = found.unwrap().path;
    let root = path[0].service_control_policies.as_ref().unwrap_err();
    assert!(
        root.starts_with("organizations:ListPoliciesForTarget was denied"),
        "{root}"
    );
    let account = &path[2].service_control_policies.as_ref().unwrap()[0];
    assert!(
        account
            .document
            .as_ref()
            .unwrap_err()
            .contains("organizations:DescribePolicy was denied")
    );
    let (no_list, _) = looked(ACCOUNT, |call| match call.action.as_str() {
        "ListPoliciesForTarget" => denied(),
        _ => world(call),
    })
    .await;
    assert!(
        matches!(no_list, Err(Trouble::Denied { action, .. }) if action == "organizations:ListPoliciesForTarget")
    );
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_and_told_when_it_stays() {
    let throttled = || {
        Answer::json_error(
            400,
            "TooManyRequestsException",
            "AWS Organizations can't complete your request",
        )
    };
    let (found, _) = looked(ACCOUNT, move |call| match call.action.as_str() {
        "DescribeAccount" if call.nth == 0 => throttled(),
        _ => world(call),
    })
    .await;
    assert!(found.is_ok());
    let (found, _) = looked(ACCOUNT, move |call| match call.action.as_str() {
        "DescribeOrganization" => throttled(),
        _ => world(call),
    })
    .await;
    assert!(matches!(found, Err(Trouble::Failed { why }) if why.contains("still throttled")));
}

#[tokio::test]
async fn an_account_of_another_organization_is_told() {
    let (found, _) = looked(ACCOUNT, |call| match call.action.as_str() {
        "DescribeOrganization" => world(call),
        "DescribeAccount" => Answer::json_error(400, "AccountNotFoundException", "none"),
        _ => Answer::json_error(400, "ChildNotFoundException", "none"),
    })
    .await;
    assert!(
        matches!(found, Err(Trouble::Failed { why }) if why.contains("does not belong to the organization"))
    );
}
