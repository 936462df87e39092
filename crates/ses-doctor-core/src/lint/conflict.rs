//! What files say against each other.

use super::relevance::{Relevance, relevance};
use super::{Document, Finding};
use crate::verdict::Certainty;
use client_config::{Client, Field, Settings};
use secrecy::SecretString;
use ses_smtp::credential::{PasswordShape, inspect};

/// One setting somewhere.
struct Said<'a> {
    file: usize,
    field: &'a Field,
}

/// Judges the files against each other.
pub(super) fn findings(documents: &[Document]) -> Vec<Finding> {
    let mut found = same_name(documents);
    found.extend(one_password_two_regions(documents));
    found
}

fn logins(documents: &[Document]) -> impl Iterator<Item = (usize, &Settings)> {
    let all = documents.iter().enumerate();
    all.flat_map(|(file, document)| {
        document
            .reading
            .settings
            .iter()
            .map(move |settings| (file, settings))
    })
    .filter(|(_, settings)| relevance(settings) == Relevance::Ses && settings.client != Client::Api)
}

/// The same variable with two values.
fn same_name(documents: &[Document]) -> Vec<Finding> {
    let said: Vec<Said<'_>> = logins(documents)
        .flat_map(|(file, settings)| {
            let fields = [
                &settings.host,
                &settings.port,
                &settings.username,
                &settings.password,
            ];
            fields
                .into_iter()
                .flatten()
                .map(move |field| Said { file, field })
        })
        .filter(|said| said.field.told().is_some() && is_variable(&said.field.name))
        .collect();
    let mut found = Vec::new();
    for (index, later) in said.iter().enumerate() {
        let earlier = said.iter().take(index).find(|earlier| {
            earlier.field.name == later.field.name
                && earlier.field.value.text().trim() != later.field.value.text().trim()
                && (earlier.file, earlier.field.key.start) != (later.file, later.field.key.start)
        });
        found.extend(earlier.and_then(|earlier| contradiction(documents, earlier, later)));
    }
    found
}

/// `SMTP_HOST` names one thing wherever it stands; `host` does not.
fn is_variable(name: &str) -> bool {
    name.contains('_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn contradiction(documents: &[Document], earlier: &Said<'_>, later: &Said<'_>) -> Option<Finding> {
    let name = |file: usize| {
        documents
            .get(file)
            .map(|document| document.reading.name.clone())
            .unwrap_or_default()
    };
    // Several services of one file, and files for several stages, may well differ.
    let certainty =
        if earlier.file == later.file || is_stage(&name(earlier.file)) || is_stage(&name(later.file)) {
            Certainty::Possible
        } else {
            Certainty::Likely
        };
    let at = documents.get(earlier.file)?.position(earlier.field.key.start);
    let message = format!(
        "{} has another value in {}, line {}",
        later.field.name,
        name(earlier.file),
        at.line
    );
    let finding = Finding::new(
        "client-config-conflict",
        certainty,
        documents,
        later.file,
        &later.field.value.span,
        message,
    );
    Some(finding.advice("keep one of the two; which one counts depends on how the program is started"))
}

fn is_stage(name: &str) -> bool {
    const STAGES: [&str; 10] = [
        "prod", "staging", "stage", "dev", "test", "local", "example", "sample", "ci", "dist",
    ];
    let base = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    base.split(|c: char| !c.is_alphanumeric())
        .any(|part| STAGES.iter().any(|stage| part.starts_with(stage)))
}

/// An SMTP password is derived for one region.
fn one_password_two_regions(documents: &[Document]) -> Option<Finding> {
    let all: Vec<(usize, &Field, String)> = logins(documents)
        .filter_map(|(file, settings)| {
            let (password, region) = (settings.password.as_ref()?, settings.endpoint()?.region?);
            let shape = inspect("", &SecretString::from(password.told()?)).password.shape;
            (shape == PasswordShape::SmtpV4).then_some((file, password, region))
        })
        .collect();
    let (index, (file, password, region)) =
        all.iter().enumerate().find(|(index, (_, password, region))| {
            let mut before = all.iter().take(*index);
            before.any(|(_, other, elsewhere)| {
                other.value.text() == password.value.text() && elsewhere != region
            })
        })?;
    let other = all
        .iter()
        .take(index)
        .find(|(_, other, elsewhere)| other.value.text() == password.value.text() && elsewhere != region)?;
    let message = format!(
        "the same password is used for {region} and for {}: it is good in one of them at most",
        other.2
    );
    let finding = Finding::new(
        "wrong-region-password",
        Certainty::Likely,
        documents,
        *file,
        &password.value.span,
        message,
    );
    Some(finding.advice("derive the password for each region: `ses-doctor password --region REGION`"))
}
