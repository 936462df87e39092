//! Organizations over raw HTTP: who may read what, the path to an account, the policies along it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod signer;

use serde_json::{Value, json};
use ses_lab::{Lab, Options, World};
use signer::Call;

const WORLD: &str = r#"
title = "t"
story = "s"
causes = []
healthy = true
[client]
region = "eu-west-1"
username = "AKIAADMINKEY23456722"
password = { derive = "eu-west-1", key = "AKIAADMINKEY23456722" }
[operator]
key = "AKIAADMINKEY23456722"
[[account]]
id = "111122223333"
name = "shop"
[[account.user]]
name = "admin"
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
"#;

const ORGANIZATION: &str = r#"
[organization]
management_account = "999988887777"
delegated = ["111122223333"]
without_full_access = ["Production"]
[[organization.unit]]
name = "Workloads"
[[organization.unit]]
name = "Production"
parent = "Workloads"
accounts = ["111122223333"]
[[organization.policy]]
name = "Listed"
document = "{}"
attached = ["Production"]
[[organization.policy]]
name = "Guard"
type = "RESOURCE_CONTROL_POLICY"
document = "{}"
attached = ["root", "111122223333"]
"#;

async fn lab(more: &str) -> Lab {
    let world = World::parse("test", &format!("{WORLD}\n{more}")).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn ask(lab: &Lab, operation: &str, parameters: Value) -> (u16, Value) {
    let target = format!("AWSOrganizationsV20161128.{operation}");
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target.as_str()),
    ];
    let call = Call {
        service: "organizations",
        headers: &headers,
        body: &parameters.to_string(),
        ..Call::default()
    };
    let (status, body) = call.send(lab).await;
    (status, serde_json::from_str(&body).unwrap())
}

async fn names(lab: &Lab, target: &str, kind: &str) -> Vec<String> {
    let (status, page) = ask(
        lab,
        "ListPoliciesForTarget",
        json!({ "TargetId": target, "Filter": kind }),
    )
    .await;
    assert_eq!(status, 200, "{page}");
    let policies = page["Policies"].as_array().unwrap().iter();
    policies
        .map(|policy| policy["Name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_climb_and_the_path_of_the_account_agree() {
    let lab = lab(ORGANIZATION).await;
    let (_, account) = ask(&lab, "DescribeAccount", json!({ "AccountId": "111122223333" })).await;
    assert_eq!(account["Account"]["Name"], "shop");
    let (_, organization) = ask(&lab, "DescribeOrganization", json!({})).await;
    assert_eq!(organization["Organization"]["MasterAccountId"], "999988887777");
    let mut steps = vec!["111122223333".to_owned()];
    while !steps.last().unwrap().starts_with("r-") {
        let (status, parents) = ask(&lab, "ListParents", json!({ "ChildId": steps.last().unwrap() })).await;
        assert_eq!(status, 200, "{parents}");
        steps.push(parents["Parents"][0]["Id"].as_str().unwrap().to_owned());
    }
    steps.push(organization["Organization"]["Id"].as_str().unwrap().to_owned());
    steps.reverse();
    assert_eq!(account["Account"]["Paths"][0], format!("{}/", steps.join("/")));
    assert_eq!(steps.len(), 5);
    let (_, unit) = ask(
        &lab,
        "DescribeOrganizationalUnit",
        json!({ "OrganizationalUnitId": steps[3] }),
    )
    .await;
    assert_eq!(unit["OrganizationalUnit"]["Name"], "Production");
    let (_, root) = ask(&lab, "ListParents", json!({ "ChildId": steps[1] })).await;
    assert_eq!(root["__type"], "InvalidInputException");
}

#[tokio::test]
async fn each_level_has_its_own_policies_and_the_full_access_of_aws() {
    let lab = lab(ORGANIZATION).await;
    let (scp, rcp) = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY");
    assert_eq!(names(&lab, "111122223333", scp).await, ["FullAWSAccess"]);
    assert_eq!(
        names(&lab, "111122223333", rcp).await,
        ["RCPFullAWSAccess", "Guard"]
    );
    assert!(names(&lab, "111122223333", "TAG_POLICY").await.is_empty());
    let (_, parents) = ask(&lab, "ListParents", json!({ "ChildId": "111122223333" })).await;
    let unit = parents["Parents"][0]["Id"].as_str().unwrap();
    assert_eq!(
        names(&lab, unit, scp).await,
        ["Listed"],
        "the list took its place"
    );
    let (_, full) = ask(&lab, "DescribePolicy", json!({ "PolicyId": "p-FullAWSAccess" })).await;
    assert_eq!(full["Policy"]["PolicySummary"]["AwsManaged"], true);
    assert!(full["Policy"]["Content"].as_str().unwrap().contains("Allow"));
    let page = json!({ "TargetId": "111122223333", "Filter": rcp, "MaxResults": 1 });
    let (_, first) = ask(&lab, "ListPoliciesForTarget", page.clone()).await;
    let mut next = page;
    next["NextToken"] = first["NextToken"].clone();
    let (_, second) = ask(&lab, "ListPoliciesForTarget", next).await;
    assert_eq!(second["Policies"][0]["Name"], "Guard");
    assert!(second.get("NextToken").is_none());
}

#[tokio::test]
async fn a_type_that_is_switched_off_is_attached_nowhere() {
    let lab = lab(
        "[organization]\nmanagement_account = \"111122223333\"\nswitched_off = [\"SERVICE_CONTROL_POLICY\"]",
    )
    .await;
    assert!(
        names(&lab, "111122223333", "SERVICE_CONTROL_POLICY")
            .await
            .is_empty()
    );
    assert_eq!(
        names(&lab, "111122223333", "RESOURCE_CONTROL_POLICY").await,
        ["RCPFullAWSAccess"]
    );
}

#[tokio::test]
async fn a_member_may_only_know_its_organization_and_others_not_even_that() {
    let member = lab(&ORGANIZATION.replace("delegated = [\"111122223333\"]\n", "")).await;
    assert_eq!(ask(&member, "DescribeOrganization", json!({})).await.0, 200);
    let (status, refused) = ask(&member, "ListParents", json!({ "ChildId": "111122223333" })).await;
    assert_eq!(
        (status, &refused["__type"]),
        (400, &json!("AccessDeniedException"))
    );
    let alone = lab("").await;
    for operation in ["DescribeOrganization", "ListParents"] {
        let (status, refused) = ask(&alone, operation, json!({})).await;
        assert_eq!(
            (status, &refused["__type"]),
            (400, &json!("AWSOrganizationsNotInUseException"))
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_the_services_words() {
    let lab = lab(ORGANIZATION).await;
    for (operation, parameters, code) in [
        (
            "ListParents",
            json!({ "ChildId": "000000000000" }),
            "ChildNotFoundException",
        ),
        ("ListParents", json!({}), "InvalidInputException"),
        (
            "ListPoliciesForTarget",
            json!({ "TargetId": "r-none", "Filter": "SERVICE_CONTROL_POLICY" }),
            "TargetNotFoundException",
        ),
        (
            "ListPoliciesForTarget",
            json!({ "TargetId": "111122223333", "Filter": "SERVICE_CONTROL_POLICY", "MaxResults": 21 }),
            "InvalidInputException",
        ),
        (
            "DescribePolicy",
            json!({ "PolicyId": "p-nonesuch" }),
            "PolicyNotFoundException",
        ),
        (
            "DescribeOrganizationalUnit",
            json!({ "OrganizationalUnitId": "111122223333" }),
            "OrganizationalUnitNotFoundException",
        ),
        (
            "DescribeAccount",
            json!({ "AccountId": "000000000000" }),
            "AccountNotFoundException",
        ),
        ("LeaveOrganization", json!({}), "UnknownOperationException"),
    ] {
        let (_, refused) = ask(&lab, operation, parameters).await;
        assert_eq!(refused["__type"], code, "{operation}");
    }
}
