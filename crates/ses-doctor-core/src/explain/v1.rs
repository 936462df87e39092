//! Version 1 of what `explain --output json` prints: a published form, a type of its own. Its schema is
//! `docs/reference/explain-v1.schema.json`.

use super::{Explained, Explanation, HEALTHY, NOT_SES, Sureness, UNKNOWN};
use client_log::{Event, Failure, Group, Log, Side};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of `schema` in every version 1 explanation.
pub const SCHEMA: &str = "ses-doctor/explain/v1";

/// What the log says, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// At least one failure has a cause that is confirmed or likely.
    CauseFound,
    /// Something failed at SES, and the text does not decide what.
    Unknown,
    /// Nothing in it is of SES SMTP.
    NotSes,
    /// Mail went out, or a login or handshake worked, and nothing failed.
    Healthy,
}

/// One explanation of one or more texts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `ses-doctor/explain/v1`.
    pub schema: String,
    /// In one word.
    pub outcome: Outcome,
    /// The most telling first.
    pub groups: Vec<Explanations>,
    /// What was read.
    pub sources: Vec<Source>,
    /// Failures that would have made more groups than a person reads.
    pub left_out: u64,
}

/// A text that was read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// File name, `-` for standard input, `text` for pasted text.
    pub name: String,
    /// Bytes, after decompression.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
    /// Why it could not be read to the end; what was read before counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
}

/// Records that say the same, and what they mean.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Explanations {
    /// The source in which they stand.
    pub source: String,
    /// How many records say it; 0 when nothing of mail was found at all.
    pub count: u64,
    /// Line of the first, from 1.
    pub first_line: u64,
    /// Line of the last.
    pub last_line: u64,
    /// Time of the first, as it stands in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_time: Option<String>,
    /// Time of the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_time: Option<String>,
    /// One record, redacted.
    pub sample: String,
    /// What it was reduced to; absent when nothing failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Reduced>,
    /// Most likely first.
    pub causes: Vec<Cause>,
}

/// A failure, reduced.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Reduced {
    /// The client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// `submission`, `api` or `incoming`.
    pub side: String,
    /// The reply code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The enhanced status code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enhanced: Option<String>,
    /// The phase, when the text names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The reply's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the client says in its own words.
    pub signs: Vec<String>,
    /// Host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What the user name looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

/// One explanation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Cause id, or `unknown`, `healthy`, `not-ses`.
    pub cause: String,
    /// How sure.
    pub verdict: Sureness,
    /// The reason.
    pub why: String,
    /// What would settle it.
    pub next_check: String,
}

impl Report {
    /// The report of explained groups, each with the name of its source.
    pub fn new(mut explained: Vec<(Explanation, Explanations)>, sources: Vec<Source>, left_out: u64) -> Self {
        explained
            .sort_by(|(a, of_a), (b, of_b)| b.weight().cmp(&a.weight()).then(of_b.count.cmp(&of_a.count)));
        let groups: Vec<Explanations> = explained.into_iter().map(|(_, group)| group).collect();
        Self {
            schema: SCHEMA.to_owned(),
            outcome: outcome(&groups),
            groups,
            sources,
            left_out,
        }
    }
}

impl Explanations {
    /// Of a group.
    pub fn of(group: &Group, explanation: &Explanation, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            count: group.count,
            first_line: group.first_line,
            last_line: group.last_line,
            first_time: group.first_time.clone(),
            last_time: group.last_time.clone(),
            sample: group.sample.clone(),
            failure: match &group.event {
                Event::Failed(failure) => Some(reduced(failure, explanation)),
                Event::Worked(_) => None,
            },
            causes: explanation.causes.iter().map(cause).collect(),
        }
    }

    /// Of a text in which nothing was found.
    pub fn of_nothing(log: &Log, explanation: &Explanation, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            count: 0,
            first_line: 1,
            last_line: log.lines.max(1),
            first_time: None,
            last_time: None,
            sample: log.opening.clone(),
            failure: None,
            causes: explanation.causes.iter().map(cause).collect(),
        }
    }
}

fn outcome(groups: &[Explanations]) -> Outcome {
    let first = groups.first().and_then(|group| group.causes.first());
    match first.map(|cause| cause.cause.as_str()) {
        Some(HEALTHY) => Outcome::Healthy,
        Some(NOT_SES) => Outcome::NotSes,
        Some(UNKNOWN) | None => Outcome::Unknown,
        Some(_) => Outcome::CauseFound,
    }
}

fn cause(explained: &Explained) -> Cause {
    Cause {
        cause: explained.cause.to_owned(),
        verdict: explained.verdict,
        why: explained.why.clone(),
        next_check: explained.next_check.clone(),
    }
}

fn reduced(failure: &Failure, explanation: &Explanation) -> Reduced {
    let reply = failure.reply.as_ref();
    Reduced {
        client: failure.client.map(|client| client.name().to_owned()),
        side: match failure.side {
            Side::Submission => "submission",
            Side::Api => "api",
            Side::Incoming => "incoming",
        }
        .to_owned(),
        code: reply.map(|reply| reply.code),
        enhanced: reply
            .and_then(|reply| reply.enhanced_status_code())
            .map(str::to_owned),
        phase: failure.phase.as_ref().map(word),
        text: reply
            .map(|reply| client_log::visible(&client_log::redact(&reply.text())))
            .filter(|text| !text.is_empty()),
        signs: failure.signs.iter().map(word).collect(),
        host: failure.endpoint.as_ref().map(|endpoint| endpoint.host.clone()),
        port: failure.port,
        region: explanation
            .evidence
            .as_ref()
            .and_then(|evidence| evidence.region()),
        login: failure.login.as_ref().map(|login| word(&login.shape)),
    }
}

/// The kebab-case name of a unit variant.
fn word(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    name.as_ref()
        .and_then(|name| name.as_str())
        .unwrap_or_default()
        .to_owned()
}
