//! Terraform: which attribute gives the password, and for which region.

use super::{Document, Edit, Finding};
use crate::verdict::Certainty;
use client_config::Field;

/// Judges the Terraform among the files.
pub(super) fn findings(documents: &[Document]) -> Vec<Finding> {
    let attributes = || {
        documents
            .iter()
            .enumerate()
            .flat_map(|(file, d)| d.reading.terraform.iter().map(move |a| (file, a)))
    };
    let mut found: Vec<Finding> = attributes()
        .filter(|(_, a)| a.name == "ses_smtp_password")
        .map(|(file, a)| version_2(documents, file, a))
        .collect();
    let newer = attributes().find(|(_, attribute)| attribute.name == "ses_smtp_password_v4");
    found.extend(newer.and_then(|(file, attribute)| other_region(documents, file, attribute)));
    if attributes().next().is_none() {
        found.extend(without_password(documents));
    }
    found
}

/// terraform-provider-aws computed it by the old algorithm and took it out in version 3.
fn version_2(documents: &[Document], file: usize, attribute: &Field) -> Finding {
    let message = "ses_smtp_password is the version 2 password, which SES has refused since 2021";
    let finding = Finding::new(
        "sigv2-password",
        Certainty::Confirmed,
        documents,
        file,
        &attribute.value.span,
        message,
    );
    let edit = Edit {
        file,
        span: attribute.value.span.clone(),
        text: "ses_smtp_password_v4".to_owned(),
    };
    finding.repair(
        "use ses_smtp_password_v4, which is good in the provider's region only",
        vec![edit],
    )
}

/// `ses_smtp_password_v4` is derived for the region of the provider.
fn other_region(documents: &[Document], file: usize, attribute: &Field) -> Option<Finding> {
    let reading = &documents.get(file)?.reading;
    let provider = match reading.regions.as_slice() {
        [only] => only.value.text(),
        _ => return None,
    };
    let hosts = documents
        .iter()
        .flat_map(|document| &document.reading.settings)
        .filter_map(client_config::Settings::endpoint);
    let host = hosts
        .filter(ses_smtp::Endpoint::is_ses_smtp)
        .find_map(|endpoint| endpoint.region)?;
    (host != provider).then(|| {
        let message = format!("ses_smtp_password_v4 is derived for the provider's region, {provider}, but the SMTP host is in {host}");
        let finding = Finding::new("wrong-region-password", Certainty::Likely, documents, file, &attribute.value.span, message);
        finding.advice(format!("use a provider alias with region {host}, or the SMTP host of {provider}"))
    })
}

/// A user for SMTP whose password is read nowhere: where it comes from is not said, and the old attribute is a candidate.
fn without_password(documents: &[Document]) -> Option<Finding> {
    let mut users = documents
        .iter()
        .enumerate()
        .flat_map(|(file, d)| d.reading.smtp_users.iter().map(move |u| (file, u)));
    let (file, user) = users.next()?;
    let permits = documents
        .iter()
        .any(|document| document.text.contains("ses:SendRawEmail"));
    permits.then(|| {
        let message = "an IAM user for SMTP is made here, but its password is read nowhere: an attribute ses_smtp_password would be \
                       the version 2 password";
        let finding = Finding::new("sigv2-password", Certainty::Possible, documents, file, &user.value.span, message);
        finding.advice("read aws_iam_access_key.….ses_smtp_password_v4")
    })
}
