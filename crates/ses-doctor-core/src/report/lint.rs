//! Version 1 of what `lint --output json` prints. The schema is published as `docs/reference/lint-v1.schema.json`.

use crate::causes;
use crate::lint::{Document, Finding as CoreFinding};
use crate::verdict::Certainty;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of `schema` in every version 1 report.
pub const SCHEMA: &str = "ses-doctor/lint/v1";

/// What was found in some files.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `ses-doctor/lint/v1`.
    pub schema: String,
    /// The answer in one word.
    pub outcome: Outcome,
    /// The most certain first.
    pub findings: Vec<Finding>,
    /// Every file that was read.
    pub files: Vec<File>,
    /// Files that were not read.
    pub unreadable: Vec<Unreadable>,
    /// Changes made, or to be made with `--diff`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changes: Vec<Change>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Settings of SES, and nothing wrong with them.
    Clean,
    /// At least one finding.
    CauseFound,
    /// No settings of SES.
    NoSesSettings,
}

/// One fault.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Cause id.
    pub cause: String,
    /// What is wrong in general, in one line.
    pub title: String,
    /// How sure.
    pub verdict: Certainty,
    /// The file, as named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Where it ends: the column behind it, on the same line or a later one.
    pub end_line: usize,
    /// From 1, in characters.
    pub end_column: usize,
    /// What is wrong here.
    pub message: String,
    /// What puts it right.
    pub fix: Option<String>,
    /// Whether `--fix` can do it.
    pub fixable: bool,
    /// Whether `--fix` did it.
    pub fixed: bool,
}

/// A file that was read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct File {
    /// As named.
    pub file: String,
    /// The format that it was read in.
    pub format: String,
    /// How many logins are set up in it.
    pub logins: usize,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

/// A place that could not be read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// A file that was not read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Unreadable {
    /// As named.
    pub file: String,
    /// Why.
    pub message: String,
}

/// A file that is changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// As named.
    pub file: String,
    /// Where the file before the change is kept; absent with `--diff`.
    pub backup: Option<String>,
    /// A unified diff with secrets masked.
    pub diff: String,
}

impl Finding {
    /// A finding in its published form.
    pub fn new(finding: &CoreFinding, documents: &[Document], fixed: bool) -> Self {
        let document = documents.get(finding.file);
        let end = document.map_or(finding.position, |document| document.position(finding.span.end));
        Self {
            cause: finding.cause.to_owned(),
            title: causes::by_id(finding.cause)
                .map_or("", |cause| cause.title)
                .to_owned(),
            verdict: finding.certainty,
            file: document
                .map(|document| document.reading.name.clone())
                .unwrap_or_default(),
            line: finding.position.line,
            column: finding.position.column,
            end_line: end.line,
            end_column: end.column,
            message: finding.message.clone(),
            fix: finding.fix.as_ref().map(|fix| fix.what.clone()),
            fixable: finding.fix.as_ref().is_some_and(|fix| !fix.edits.is_empty()),
            fixed,
        }
    }
}

impl File {
    /// A file in its published form.
    pub fn new(document: &Document) -> Self {
        let reading = &document.reading;
        let problem = |problem: &client_config::Problem| {
            let position = document.position(problem.at);
            Problem {
                line: position.line,
                column: position.column,
                message: problem.what.clone(),
            }
        };
        Self {
            file: reading.name.clone(),
            format: reading.format.name().to_owned(),
            logins: reading.settings.len(),
            problems: reading.problems.iter().map(problem).collect(),
        }
    }
}
