//! Tests of [`super::simulation`].

use super::simulation::look;
use crate::outcome::{Look, Trouble};
use crate::subject::Subject;
use crate::testing::{Answer, Call, Calls, aws};
use ses_doctor_core::evidence::{EvalDecision, MatchedStatement, Simulation};
use ses_doctor_core::permission::message::{Authorization, Part};
use ses_doctor_core::permission::send::Send;

const SENDER: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
const SET: &str = "arn:aws:ses:eu-west-1:111122223333:configuration-set/tracking";

fn send() -> Send {
    let asked = |resource: &str, part| Authorization {
        resource: resource.to_owned(),
        part,
        refused: false,
    };
    let context = [
        ("ses:FromAddress", vec!["app@example.com"]),
        ("ses:Recipients", vec!["a@example.org", "b@example.org"]),
        ("aws:SecureTransport", vec!["true"]),
        ("aws:PrincipalArn", vec!["arn:aws:iam::111122223333:user/app"]),
        ("aws:username", vec!["app"]),
    ];
    let owned = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect();
    Send {
        principal: "arn:aws:iam::111122223333:user/app".to_owned(),
        account: "111122223333".to_owned(),
        authorizations: vec![asked(SENDER, Part::Sender), asked(SET, Part::ConfigurationSet)],
        context: context
            .into_iter()
            .map(|(key, values)| (key.to_owned(), owned(values)))
            .collect(),
    }
}

/// A result, whose answer for the resource by itself is `specific`.
fn result(resource: &str, decision: &str, specific: &str) -> Answer {
    let matched = "<MatchedStatements><member><SourcePolicyId>sending</SourcePolicyId>\
                   <SourcePolicyType>user</SourcePolicyType>\
                   <StartPosition><Line>3</Line><Column>17</Column></StartPosition>\
                   <EndPosition><Line>9</Line><Column>6</Column></EndPosition></member></MatchedStatements>";
    let details = "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations>\
                   </OrganizationsDecisionDetail><PermissionsBoundaryDecisionDetail>\
                   <AllowedByPermissionsBoundary>true</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>";
    let member = format!(
        "<EvalActionName>ses:SendRawEmail</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
         <EvalDecision>{decision}</EvalDecision>{matched}<MissingContextValues/>{details}\
         <ResourceSpecificResults>{specific}</ResourceSpecificResults>"
    );
    Answer::xml(
        "SimulatePrincipalPolicy",
        &format!(
            "<EvaluationResults><member>{member}</member></EvaluationResults><IsTruncated>false</IsTruncated>"
        ),
    )
}

fn world(call: &Call) -> Answer {
    if call.body.contains("configuration-set") {
        return result(SET, "implicitDeny", "");
    }
    let specific = format!(
        "<member><EvalResourceName>{SENDER}</EvalResourceName><EvalResourceDecision>explicitDeny</EvalResourceDecision>\
         <MissingContextValues><member>aws:SourceIp</member></MissingContextValues></member>"
    );
    result(SENDER, "explicitDeny", &specific)
}

async fn looked(
    send: Option<Send>,
    script: impl Fn(&Call) -> Answer + Sync + std::marker::Send + 'static,
) -> (Look<Simulation>, Calls) {
    let (aws, calls) = aws(script);
    let subject = Subject {
        send,
        region: Some("eu-west-1".to_owned()),
        ..Subject::default()
    };
    (look(&aws, &subject).await, calls)
}

#[tokio::test]
async fn each_resource_has_its_own_answer() {
    let (found, calls) = looked(Some(send()), world).await;
    let found = found.unwrap();
    let [sender, set] = found.decisions.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (sender.decision, sender.resource.as_str(), sender.action.as_str()),
        (EvalDecision::ExplicitDeny, SENDER, "ses:SendRawEmail")
    );
    assert_eq!(sender.missing_context, ["aws:SourceIp"]);
    let statement = MatchedStatement {
        policy: "sending".to_owned(),
        kind: Some("user".to_owned()),
        starts_at: Some((3, 17)),
    };
    assert_eq!(sender.matched, [statement]);
    assert_eq!(
        (sender.allowed_by_organizations, sender.allowed_by_boundary),
        (Some(false), Some(true))
    );
    assert_eq!(
        (set.decision, set.resource.as_str()),
        (EvalDecision::ImplicitDeny, SET)
    );
    assert!(calls.all().iter().all(|call| call.host == "iam.amazonaws.com"));
}

#[tokio::test]
async fn the_question_has_the_keys_of_the_request_with_their_types_and_none_of_the_principals() {
    let (_, calls) = looked(Some(send()), world).await;
    let body = calls.all().remove(0).body;
    for part in [
        "PolicySourceArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Auser%2Fapp",
        "ActionNames.member.1=ses%3ASendRawEmail",
        "ContextKeyName=ses%3ARecipients",
        "ContextKeyValues.member.2=b%40example.org",
        "ContextKeyType=stringList",
        "ContextKeyType=boolean",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert!(
        !body.contains("PrincipalArn") && !body.contains("username"),
        "{body}"
    );
}

#[tokio::test]
async fn without_a_message_nothing_is_called() {
    let (nobody, calls) = looked(None, world).await;
    assert!(matches!(nobody, Err(Trouble::Failed { why }) if why.contains("is not known")));
    assert!(calls.all().is_empty());
    let nothing = Send {
        authorizations: Vec::new(),
        ..send()
    };
    let (nothing, calls) = looked(Some(nothing), world).await;
    assert!(matches!(nothing, Err(Trouble::Failed { why }) if why.contains("--from")));
    assert!(calls.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn denied_missing_throttled_and_unknown_answers_are_told() {
    let (denied, _) = looked(Some(send()), |_| Answer::xml_error(403, "AccessDenied", "no")).await;
    assert!(matches!(denied, Err(Trouble::Denied { action, .. }) if action == "iam:SimulatePrincipalPolicy"));
    let (gone, _) = looked(Some(send()), |_| {
        Answer::xml_error(404, "NoSuchEntity", "no user")
    })
    .await;
    assert_eq!(gone, Err(Trouble::Missing));
    let (waited, _) = looked(Some(send()), |call| match call.nth {
        0 => Answer::xml_error(400, "Throttling", "Rate exceeded"),
        _ => world(call),
    })
    .await;
    assert!(waited.is_ok());
    let (new, _) = looked(Some(send()), |_| result(SET, "maybe", "")).await;
    assert_eq!(new.unwrap().decisions[0].decision, EvalDecision::Other);
    let none = "<EvaluationResults/><IsTruncated>false</IsTruncated>";
    let (empty, _) = looked(Some(send()), move |_| {
        Answer::xml("SimulatePrincipalPolicy", none)
    })
    .await;
    assert!(matches!(empty, Err(Trouble::Failed { why }) if why.contains("gave no result")));
}
