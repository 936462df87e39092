//! A plan's policy names the plan's things and no others.

use super::{Scope, Task, for_plan};
use ses_doctor_core::action::{
    AccessKeyStatus, Action, AttachedPolicy, IdentityPolicy, OfIdentity, OfUser, UserPolicy,
};
use ses_doctor_core::plan::{Plan, Risk, Step, Target};

fn plan(actions: Vec<Action>) -> Plan {
    let step = |action| Step {
        causes: Vec::new(),
        action,
        why: String::new(),
        risk: Risk::Low,
        risk_why: String::new(),
        blast_radius: Vec::new(),
        proof: Vec::new(),
    };
    Plan {
        made_at: jiff::Timestamp::UNIX_EPOCH,
        made_by: "test".into(),
        target: Target {
            account: Some("111122223333".into()),
            region: "eu-west-1".into(),
        },
        saw: Vec::new(),
        steps: actions.into_iter().map(step).collect(),
        requests: Vec::new(),
        assumptions: Vec::new(),
        symptom_path: None,
        undoes: None,
        rehearses: None,
    }
}

fn statements(plan: &Plan) -> Vec<serde_json::Value> {
    let (policies, _) = for_plan(plan);
    policies[0].document["Statement"].as_array().unwrap().clone()
}

fn granting(statements: &[serde_json::Value], action: &str) -> Vec<serde_json::Value> {
    let with_it = statements
        .iter()
        .filter(|statement| statement["Action"].to_string().contains(&format!("\"{action}\"")));
    with_it.cloned().collect()
}

#[test]
fn each_step_is_granted_on_its_own_thing() {
    let statements = statements(&plan(vec![
        AccessKeyStatus {
            user: "one".into(),
            key: "AKIAIOSFODNN7EXAMPLE".into(),
            before: false,
            after: true,
        }
        .into(),
        UserPolicy {
            owner: OfUser { user: "two".into() },
            name: "send".into(),
            before: None,
            after: Some("{}".into()),
        }
        .into(),
        IdentityPolicy {
            owner: OfIdentity {
                identity: "example.com".into(),
            },
            name: "deny".into(),
            before: Some("{}".into()),
            after: Some("[]".into()),
        }
        .into(),
    ]));
    let switched = granting(&statements, "iam:UpdateAccessKey");
    assert_eq!(switched.len(), 1);
    let resources = switched[0]["Resource"].to_string();
    assert!(
        resources.contains(":user/one") && !resources.contains("two"),
        "{resources}"
    );
    let written = granting(&statements, "iam:PutUserPolicy")[0]["Resource"].to_string();
    assert!(
        written.contains(":user/two") && !written.contains("one"),
        "{written}"
    );
    assert_eq!(
        granting(&statements, "ses:UpdateEmailIdentityPolicy")[0]["Resource"],
        "arn:aws:ses:eu-west-1:111122223333:identity/example.com"
    );
    let sids: std::collections::BTreeSet<String> = statements
        .iter()
        .map(|statement| statement["Sid"].to_string())
        .collect();
    assert_eq!(sids.len(), statements.len());
    for statement in &statements {
        let sid = statement["Sid"].as_str().unwrap();
        let bare = statement["Resource"] == "*";
        assert_eq!(bare, sid.starts_with("WithoutResourceLevel"), "{statement}");
        let writes = ["Put", "Update", "Delete", "Create"]
            .iter()
            .any(|verb| statement["Action"].to_string().contains(&format!(":{verb}")));
        assert_eq!(sid.starts_with("Write"), writes, "{statement}");
    }
}

#[test]
fn no_other_policy_than_the_plans_may_be_attached() {
    let policy = "arn:aws:iam::111122223333:policy/mail";
    let attaching = AttachedPolicy {
        user: "app".into(),
        policy: policy.into(),
        before: false,
        after: true,
    };
    let statements = statements(&plan(vec![attaching.into()]));
    let attach = granting(&statements, "iam:AttachUserPolicy");
    assert_eq!(attach[0]["Condition"]["ArnEquals"]["iam:PolicyARN"][0], policy);
    let of_any_fix = super::policies(Task::Apply, &Scope::default());
    assert!(!of_any_fix[0].document.to_string().contains("AttachUserPolicy"));
}

#[test]
fn applying_comes_with_the_diagnosis_that_verifies_it() {
    for policies in [
        super::policies(Task::Apply, &Scope::default()),
        for_plan(&plan(Vec::new())).0,
    ] {
        let names: Vec<&str> = policies.iter().map(|policy| policy.name).collect();
        assert_eq!(
            names,
            [
                "ses-doctor-apply",
                "ses-doctor-diagnose",
                "ses-doctor-organization"
            ]
        );
    }
}
