//! Infrastructure code that takes IAM's own values for an SMTP login, or permits what SMTP does not use.

use super::{Document, Edit, Finding};
use crate::verdict::Certainty;
use client_config::{IamAttribute, IamValue};

/// Judges the files among themselves.
pub(super) fn findings(documents: &[Document]) -> Vec<Finding> {
    let values = documents
        .iter()
        .enumerate()
        .flat_map(|(file, document)| document.reading.iam_values.iter().map(move |value| (file, value)));
    let mut found: Vec<Finding> = values
        .map(|(file, value)| of_value(documents, file, value))
        .collect();
    found.extend(other_action(documents));
    found
}

fn of_value(documents: &[Document], file: usize, value: &IamValue) -> Finding {
    let name = &value.given_to;
    let finding = |cause, message: String| {
        Finding::new(cause, Certainty::Likely, documents, file, &value.span, message)
    };
    let edit = |text: &str| {
        vec![Edit {
            file,
            span: value.span.clone(),
            text: text.to_owned(),
        }]
    };
    match value.attribute {
        IamAttribute::KeySecret => finding(
            "raw-secret-key-as-password",
            format!("{name} gets the secret of the access key, not the SMTP password that is derived from it"),
        )
        .repair(
            "use ses_smtp_password_v4, which is good in the provider's region only",
            edit("ses_smtp_password_v4"),
        ),
        IamAttribute::ReturnedSecret => finding(
            "raw-secret-key-as-password",
            format!("{name} gets the secret of the access key: CloudFormation does not derive the SMTP password from it"),
        )
        .advice("derive the password for the region with ses-doctor password, or in a custom resource, and store that"),
        IamAttribute::UserName => finding(
            "iam-username-as-login",
            format!("{name} gets the name of the IAM user; the SMTP user name is the id of its access key"),
        )
        .advice("use the id of the access key: aws_iam_access_key.….id"),
    }
}

/// SMTP sends as `SendRawEmail` (developer guide, "Obtaining Amazon SES SMTP credentials"): `SendEmail` alone permits nothing.
fn other_action(documents: &[Document]) -> Option<Finding> {
    const ENOUGH: [&str; 4] = ["ses:sendrawemail", "ses:*", "ses:send*", "\"*:*\""];
    const ALONE: &str = "ses:SendEmail";
    let texts = || {
        documents
            .iter()
            .map(|document| document.text.to_ascii_lowercase())
    };
    let permitted = texts().any(|text| ENOUGH.iter().any(|action| text.contains(action)));
    let by_smtp = texts().any(|text| text.contains("smtp"));
    if permitted || !by_smtp {
        return None;
    }
    let (file, at) = documents.iter().enumerate().find_map(|(file, document)| {
        let at = document.text.find(ALONE)?;
        let quoted = document
            .text
            .get(at + ALONE.len()..)?
            .starts_with(['"', '\'', '\n', '\r']);
        quoted.then_some((file, at))
    })?;
    let span = at..at + ALONE.len();
    let message =
        "this permits ses:SendEmail alone, and SES asks for ses:SendRawEmail when a message comes over SMTP";
    let finding = Finding::new(
        "missing-send-permission",
        Certainty::Likely,
        documents,
        file,
        &span,
        message,
    );
    Some(finding.advice("permit ses:SendRawEmail; ses:SendEmail is for the API"))
}
