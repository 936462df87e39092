//! Version 1 of the report that `diagnose --output json` prints. Its own type on purpose: the internal ones may change,
//! this one may not. The schema is published as `docs/reference/report-v1.schema.json`.

use super::experiment_v1::Experiment;
use crate::cause::{Cause, Remedy as CoreRemedy};
use crate::cost;
use crate::diagnosis::{Access, Diagnosis, Judged, Outcome};
use crate::evidence::Evidence;
use crate::experiment::{self, Conclusion, Flip, difference};
use crate::need::Need;
use crate::observed::Waited;
use crate::report::timeline_v1::Timeline;
use crate::timeline::{self, Suspect};
use crate::verdict::Certainty;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of `schema` in every version 1 report.
pub const SCHEMA: &str = "ses-doctor/report/v1";

/// One diagnosis.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `ses-doctor/report/v1`.
    pub schema: String,
    /// Is it broken?
    pub outcome: Outcome,
    /// How much could be seen.
    pub access: Access,
    /// The answer in one sentence.
    pub headline: String,
    /// Most likely first.
    pub findings: Vec<Finding>,
    /// Causes that the evidence rules out.
    pub ruled_out: Vec<RuledOut>,
    /// Causes that can neither be shown nor ruled out.
    pub unknown: Vec<Unknown>,
    /// What varying the login showed; absent when nobody asked for an experiment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<Experiment>,
    /// What permissions that were refused cost: absent when none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_permissions: Option<MissingPermissions>,
    /// What was observed, and what could not be.
    pub evidence: Vec<Exhibit>,
    /// What changed before it broke, by whom, from where.
    pub timeline: Timeline,
    /// True when the diagnosis was stopped before all evidence was in.
    pub interrupted: bool,
    /// How long it took; absent when diagnosed from saved evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

/// A cause that holds.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Cause id.
    pub cause: String,
    /// What is wrong, in one line.
    pub title: String,
    /// How sure.
    pub verdict: Certainty,
    /// Between 0 and 1.
    pub confidence: f64,
    /// The proof in words.
    pub why: String,
    /// Ids of the evidence that it stands on.
    pub because: Vec<String>,
    /// True when it does not explain what was seen, but will stop the message once that is mended.
    #[serde(default)]
    pub ahead: bool,
    /// What to do.
    pub remedy: Remedy,
}

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// The smallest sufficient change.
    pub summary: String,
    /// The way there.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What to do.
    pub text: String,
    /// The exact command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A cause that is ruled out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RuledOut {
    /// Cause id.
    pub cause: String,
    /// How.
    pub why: String,
    /// Ids of the evidence.
    pub because: Vec<String>,
}

/// A cause that cannot be decided.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Unknown {
    /// Cause id.
    pub cause: String,
    /// Why it is a candidate.
    pub why: String,
    /// What would settle it.
    pub missing: Vec<Missing>,
}

/// Evidence that would settle a cause.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Evidence id.
    pub evidence: String,
    /// Why it could not be had, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
    /// How to make it available.
    pub how: String,
}

/// What the permissions that were refused to the operator cost this diagnosis.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct MissingPermissions {
    /// One entry for each IAM action, in the order of their names.
    pub permissions: Vec<MissingPermission>,
    /// The policy to ask for: these actions and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
}

/// One permission that was refused.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct MissingPermission {
    /// The IAM action.
    pub permission: String,
    /// Ids of the evidence that is missing or incomplete without it.
    pub evidence: Vec<String>,
    /// Causes that could not be decided.
    pub undecided: Vec<String>,
    /// Causes that were found, with less certainty than they might have.
    pub less_sure: Vec<String>,
    /// Causes to which nothing points as far as could be seen; with the evidence, something might.
    pub not_judged: Vec<String>,
}

/// One piece of evidence.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Exhibit {
    /// Evidence id.
    pub id: String,
    /// The part of the id before the dot: `smtp`, `iam`, `ses` …
    pub kind: String,
    /// Where it came from.
    pub source: String,
    /// When, RFC 3339.
    pub observed_at: Option<String>,
    /// What was waited out before it counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited: Option<Waited>,
    /// What was seen; null when the source said that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// Why it could not be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
}

/// How long the diagnosis took, and the chain of reads that it could not have been shorter than.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// The whole collection.
    pub elapsed_ms: u64,
    /// The longest chain of reads that depend on each other.
    pub critical_path_ms: u64,
    /// That chain, as `id (milliseconds)`.
    pub critical_path: Vec<String>,
}

impl Report {
    /// The report of a diagnosis, without timing.
    pub fn new(diagnosis: &Diagnosis, evidence: &Evidence) -> Self {
        let timeline = timeline::Timeline::of(evidence, diagnosis);
        Self {
            schema: SCHEMA.to_owned(),
            outcome: diagnosis.outcome,
            access: diagnosis.access,
            headline: headline(diagnosis, evidence),
            findings: diagnosis
                .findings
                .iter()
                .map(|judged| finding(judged, timeline.suspect_of(judged.cause.id), evidence))
                .collect(),
            ruled_out: ruled_out(diagnosis),
            unknown: unknown(diagnosis, evidence),
            experiment: evidence.experiment.known().map(Experiment::from),
            missing_permissions: missing_permissions(diagnosis, evidence),
            evidence: Need::ALL
                .iter()
                .filter_map(|need| exhibit(*need, evidence))
                .collect(),
            timeline: Timeline::new(&timeline),
            interrupted: false,
            timing: None,
        }
    }
}

fn headline(diagnosis: &Diagnosis, evidence: &Evidence) -> String {
    let place = evidence.symptom.known().map_or_else(String::new, |symptom| {
        format!(" at {}:{}", symptom.host, symptom.port)
    });
    match (diagnosis.outcome, diagnosis.findings.first()) {
        (Outcome::CauseFound, Some(first)) => first.cause.title.to_owned(),
        (Outcome::Healthy, _) => format!("The SMTP login{place} works"),
        (Outcome::Inconclusive, Some(first)) => {
            format!("Not settled; the best candidate is: {}", first.cause.title)
        }
        (Outcome::Inconclusive | Outcome::CauseFound, None) if varied(evidence) => {
            let experiment = evidence.experiment.known();
            experiment.map(headline_of).unwrap_or_default()
        }
        (Outcome::Inconclusive | Outcome::CauseFound, None) if evidence.login_accepted() => {
            let but = match (evidence.reported(), evidence.refusals().is_empty()) {
                (Some(_), _) => "the reported failure is not explained",
                (None, false) => "the refusal of the message is not explained",
                (None, true) => "whether SES takes a message could not be read",
            };
            format!("The SMTP login{place} works, but {but}")
        }
        (Outcome::Inconclusive | Outcome::CauseFound, None) => {
            format!("The cause{place} could not be settled")
        }
    }
}

/// An experiment met trouble that no cause of the catalogue names.
fn varied(evidence: &Evidence) -> bool {
    let experiment = evidence.experiment.known();
    experiment.is_some_and(|one| {
        !matches!(
            one.conclusion,
            Conclusion::NoDifference { .. } | Conclusion::Nothing { .. }
        )
    })
}

fn headline_of(experiment: &experiment::Experiment) -> String {
    let subject = |flip: &Flip| {
        format!(
            "it fails with {}, and works with {}",
            flip.failing().join(", "),
            flip.working().join(", ")
        )
    };
    match &experiment.conclusion {
        Conclusion::Flips(flip) => format!("The difference is {}: {}", flip.factor.words(), subject(flip)),
        Conclusion::Suggests { flip, .. } => format!("At a first look {}", subject(flip)),
        Conclusion::Intermittent { worked, failed, .. } => {
            format!(
                "It comes and goes: {failed} of {} tries failed under the same settings",
                worked + failed
            )
        }
        Conclusion::NoDifference { .. } | Conclusion::Nothing { .. } => difference(experiment),
    }
}

/// A change that explains the cause is evidence of it.
fn finding(judged: &Judged, suspect: Option<&Suspect>, evidence: &Evidence) -> Finding {
    let mut because = judged.finding.because.clone();
    because.extend(
        suspect
            .map(|suspect| suspect.need)
            .filter(|need| !judged.finding.because.contains(need)),
    );
    Finding {
        cause: judged.cause.id.to_owned(),
        title: judged.cause.title.to_owned(),
        verdict: judged.finding.certainty,
        confidence: judged.finding.confidence,
        why: judged.finding.why.clone(),
        because: ids(&because),
        ahead: judged.ahead,
        remedy: remedy((judged.cause.remedy)(evidence)),
    }
}

fn remedy(remedy: CoreRemedy) -> Remedy {
    let steps = remedy
        .steps
        .into_iter()
        .map(|step| Step {
            text: step.text,
            command: step.command,
        })
        .collect();
    Remedy {
        summary: remedy.summary,
        steps,
    }
}

fn ids(needs: &[Need]) -> Vec<String> {
    needs.iter().map(|need| need.id().to_owned()).collect()
}

fn ruled_out(diagnosis: &Diagnosis) -> Vec<RuledOut> {
    let entries = diagnosis.ruled_out.iter();
    entries
        .map(|e| RuledOut {
            cause: e.cause.id.to_owned(),
            why: e.why.clone(),
            because: ids(&e.because),
        })
        .collect()
}

fn unknown(diagnosis: &Diagnosis, evidence: &Evidence) -> Vec<Unknown> {
    let missing = |need: &Need| Missing {
        evidence: need.id().to_owned(),
        unavailable: evidence.unavailable(*need),
        how: need.how_to_supply().to_owned(),
    };
    let entries = diagnosis.undecided.iter();
    entries
        .map(|e| Unknown {
            cause: e.cause.id.to_owned(),
            why: e.why.clone(),
            missing: e.missing.iter().map(missing).collect(),
        })
        .collect()
}

fn missing_permissions(diagnosis: &Diagnosis, evidence: &Evidence) -> Option<MissingPermissions> {
    let names = |causes: Vec<&Cause>| causes.iter().map(|cause| cause.id.to_owned()).collect();
    let costs = cost::of_refused(diagnosis, evidence).into_iter();
    let permissions: Vec<MissingPermission> = costs
        .map(|cost| MissingPermission {
            permission: cost.permission,
            evidence: ids(&cost.evidence),
            undecided: names(cost.undecided),
            less_sure: names(cost.less_sure),
            not_judged: names(cost.not_judged),
        })
        .collect();
    (!permissions.is_empty()).then_some(MissingPermissions {
        permissions,
        policy: None,
    })
}

fn exhibit(need: Need, evidence: &Evidence) -> Option<Exhibit> {
    let exhibit = evidence.exhibit(need)?;
    let (value, unavailable) = match exhibit.value {
        Ok(value) => (Some(value), None),
        Err(why) => (None, Some(why)),
    };
    Some(Exhibit {
        id: need.id().to_owned(),
        kind: need.id().split('.').next().unwrap_or_default().to_owned(),
        source: exhibit.source,
        observed_at: exhibit.observed_at.map(|at| at.to_string()),
        waited: exhibit.waited,
        value,
        unavailable,
    })
}
