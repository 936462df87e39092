//! IAM Access Analyzer beside our own comparison. It is asked only with `--access-analyzer`, and what it could not be asked
//! is said as such.

use crate::args::CompareArgs;
use crate::commands::Console;
use iam_eval::compare::{Comparison, Difference, Documents};
use iam_eval::{PolicyDocument, Version};
use serde_json::{Value, json};
use ses_doctor_aws::{AccessCheck, Aws, PolicyRemark, Settings};
use ses_doctor_core::Observation;
use std::sync::Arc;

/// What Access Analyzer said.
#[derive(Debug, Default)]
pub(crate) struct SecondOpinion {
    /// Of each new document, by name: what ValidatePolicy remarks.
    pub(crate) remarks: Vec<(String, Observation<Vec<PolicyRemark>>)>,
    /// CheckNoNewAccess of all new documents against all old and intended ones.
    pub(crate) no_new_access: Option<Observation<AccessCheck>>,
    /// CheckAccessNotGranted of all new documents, for the example that we found.
    pub(crate) example_not_granted: Option<Observation<AccessCheck>>,
}

/// Asks. AWS bills two of the calls, which is said before they are made.
pub(super) async fn ask(
    args: &CompareArgs,
    sides: &Documents<'_>,
    comparison: &Comparison,
    console: &Console<'_>,
) -> SecondOpinion {
    let example = match &comparison.added {
        Difference::Example { example, .. } => Some(example),
        Difference::Nothing | Difference::Possible { .. } | Difference::TooComplex(_) => None,
    };
    if !console.quiet {
        let calls = if example.is_some() {
            "CheckNoNewAccess and CheckAccessNotGranted"
        } else {
            "CheckNoNewAccess"
        };
        anstream::eprintln!("asking IAM Access Analyzer; AWS bills {calls}, one call each");
    }
    let aws = Aws::connect(&Settings {
        region: args.sender.region.clone(),
        profile: args.aws.profile.clone(),
        endpoint_url: args.aws.endpoint_url.clone(),
        ..Settings::default()
    })
    .await;
    let mut opinion = SecondOpinion::default();
    for document in sides.new {
        let remarks = aws.validate_policy(document.text()).await;
        opinion.remarks.push((document.name().to_owned(), remarks));
    }
    let new = merged(&[sides.new]);
    opinion.no_new_access = Some(
        aws.check_no_new_access(&new, &merged(&[sides.old, sides.intended]))
            .await,
    );
    if let Some(example) = example {
        let resource = Some(example.resource.as_str()).filter(|resource| *resource != "*");
        opinion.example_not_granted = Some(
            aws.check_access_not_granted(&new, &example.action, resource)
                .await,
        );
    }
    opinion
}

/// One document with the statements of all, which is what Access Analyzer takes. Sids are left out: they may come twice.
fn merged(sides: &[&[Arc<PolicyDocument>]]) -> String {
    let documents = || sides.iter().flat_map(|documents| documents.iter());
    let version = documents()
        .map(|document| document.version)
        .max_by_key(|version| *version == Version::V2012);
    let statements: Vec<Value> = documents()
        .flat_map(|document| &document.statements)
        .map(|statement| {
            let mut statement = statement.to_json();
            if let Value::Object(elements) = &mut statement {
                elements.remove("Sid");
            }
            statement
        })
        .collect();
    json!({ "Version": version.unwrap_or(Version::V2012).as_str(), "Statement": statements }).to_string()
}
