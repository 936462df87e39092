use super::*;
use crate::testing::{Answer, Call, aws};
use ses_doctor_core::Observed;

const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

#[tokio::test]
async fn remarks_of_all_pages_come_with_their_line() {
    let (aws, calls) = aws(|call: &Call| {
        let finding = |code: &str, kind: &str, line: i32| {
            serde_json::json!({
                "findingDetails": "details", "findingType": kind, "issueCode": code, "learnMoreLink": "https://docs",
                "locations": [{"path": [], "span": {"start": {"line": line, "column": 0, "offset": 0},
                                                    "end": {"line": line, "column": 1, "offset": 1}}}],
            })
        };
        let body = match call.nth {
            0 => serde_json::json!({"findings": [finding("ONE", "ERROR", 1)], "nextToken": "t"}),
            _ => serde_json::json!({"findings": [finding("TWO", "SUGGESTION", 2)]}),
        };
        Answer::ok(body.to_string())
    });
    let answer = aws.validate_policy(DOCUMENT).await;
    let remarks = answer.known().unwrap();
    let seen: Vec<_> = remarks
        .iter()
        .map(|remark| (remark.kind, remark.code.as_str(), remark.line))
        .collect();
    assert_eq!(
        seen,
        [
            (RemarkKind::Error, "ONE", Some(1)),
            (RemarkKind::Suggestion, "TWO", Some(2))
        ]
    );
    let asked = calls.all();
    assert!(
        asked
            .iter()
            .all(|call| call.host == "access-analyzer.eu-west-1.amazonaws.com"),
        "{asked:?}"
    );
    assert!(asked[0].body.contains("IDENTITY_POLICY"), "{asked:?}");
}

#[tokio::test]
async fn a_check_gives_its_result_and_reasons() {
    let (aws, calls) = aws(|_| {
        Answer::ok(
            r#"{"result":"FAIL","message":"new access","reasons":[{"description":"allows more","statementIndex":0},
            {"description":"and more","statementId":"Send"},{"statementIndex":3}]}"#,
        )
    });
    let check = aws.check_no_new_access(DOCUMENT, DOCUMENT).await;
    let expected = AccessCheck {
        passes: false,
        reasons: [
            "new access",
            "allows more (statement 1)",
            "and more (statement Send)",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    assert_eq!(check.known(), Some(&expected));
    let check = aws
        .check_access_not_granted(DOCUMENT, "ses:SendRawEmail", Some("arn:aws:ses:x"))
        .await;
    assert_eq!(check.known(), Some(&expected));
    let body: serde_json::Value = serde_json::from_str(&calls.all()[1].body).unwrap();
    assert_eq!(
        body["access"],
        serde_json::json!([{"actions": ["ses:SendRawEmail"], "resources": ["arn:aws:ses:x"]}])
    );
}

#[tokio::test]
async fn what_was_denied_failed_or_left_open_is_no_agreement() {
    let (denied, _) = aws(|_| Answer::json_error(403, "AccessDeniedException", "not authorized"));
    let check = denied.check_no_new_access(DOCUMENT, DOCUMENT).await;
    assert!(matches!(check.observed, Observed::Denied { .. }), "{check:?}");
    let (refused, _) = aws(|_| Answer::Refused);
    let check = refused.check_access_not_granted(DOCUMENT, "a:b", None).await;
    assert!(matches!(check.observed, Observed::Failed { .. }), "{check:?}");
    let (open, _) = aws(|_| Answer::ok("{}"));
    let check = open.check_no_new_access(DOCUMENT, DOCUMENT).await;
    assert_eq!(
        check.unavailable().as_deref(),
        Some("access-analyzer:CheckNoNewAccess answered without a result")
    );
}
