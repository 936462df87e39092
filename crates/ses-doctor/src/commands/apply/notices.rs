//! Telling those whom it concerns, before and after a run, and counting the run. None of that undoes anything; a notice that is
//! required keeps the run from beginning.

use super::Bench;
use crate::error::CliError;
use crate::exchange::{Outgoing, exchange};
use crate::settings::{Channel, Notice};
use serde_json::{Value, json};
use ses_doctor_aws::{JournalFile, NAMESPACE, REMEDIATIONS};
use ses_doctor_core::journal::{Entry, RunId};
use ses_doctor_core::note::{Moment, Note};
use ses_doctor_core::plan::Plan;
use ses_doctor_core::report::run_v1::RunOutcome;
use ses_smtp::TrustRoots;

/// What is done about a run when it is over.
#[derive(Debug, Default)]
pub(crate) struct Afterwards {
    /// Who is told.
    pub(crate) notices: Vec<Notice>,
    /// Whether it is counted.
    pub(crate) metric: bool,
}

/// Tells everybody that a run is about to begin, and writes down whom.
///
/// # Errors
/// When one that is required could not be told.
pub(crate) async fn before(
    bench: &Bench,
    notices: &[Notice],
    plan: &Plan,
    run: &RunId,
    journal: &mut JournalFile,
) -> Result<(), CliError> {
    let message = Message::of(plan, run, Moment::Before, None);
    let mut refused = None;
    for notice in notices {
        let (whom, failure) = tell(bench, notice, &message).await;
        if let Some(why) = failure.as_ref().filter(|_| notice.required) {
            refused = Some(format!("{whom} is to be told first, and could not be: {why}"));
        }
        noted(
            journal,
            Note::Told {
                moment: Moment::Before,
                whom,
                failure,
            },
        )?;
    }
    match refused {
        Some(what) => Err(CliError::Refused {
            what,
            help: "nothing was changed; mend the notice in ses-doctor.toml, or take `required` away"
                .to_owned(),
        }),
        None => Ok(()),
    }
}

/// Tells everybody how it ended, counts it, and writes down both.
pub(crate) async fn after(
    bench: &Bench,
    afterwards: &Afterwards,
    plan: &Plan,
    run: &RunId,
    outcome: RunOutcome,
    journal: &mut JournalFile,
) -> Result<(), CliError> {
    let word = json!(outcome);
    let word = word.as_str().unwrap_or_default();
    let message = Message::of(plan, run, Moment::After, Some(word));
    for notice in &afterwards.notices {
        let (whom, failure) = tell(bench, notice, &message).await;
        noted(
            journal,
            Note::Told {
                moment: Moment::After,
                whom,
                failure,
            },
        )?;
    }
    if afterwards.metric {
        let automatic = bench.store()?.load(run)?.progress.automatic.is_some();
        let aws = bench.actuator.aws();
        let counted = aws.count_remediation(&causes(plan), word, automatic).await;
        let metric = format!("{NAMESPACE}/{REMEDIATIONS}");
        noted(
            journal,
            Note::Counted {
                metric,
                failure: counted.err(),
            },
        )?;
    }
    Ok(())
}

fn noted(journal: &mut JournalFile, note: Note) -> Result<(), CliError> {
    if let Note::Told { failure: Some(_), .. } | Note::Counted { failure: Some(_), .. } = &note {
        tracing::warn!("{}", note.words());
    }
    Ok(journal.append(Entry::Noted { note })?)
}

fn causes(plan: &Plan) -> Vec<String> {
    let mut causes: Vec<String> = plan.steps.iter().flat_map(|step| step.causes.clone()).collect();
    causes.sort_unstable();
    causes.dedup();
    causes
}

/// What is told, for people and for programs.
struct Message {
    subject: String,
    text: String,
    object: Value,
}

impl Message {
    fn of(plan: &Plan, run: &RunId, moment: Moment, outcome: Option<&str>) -> Self {
        let account = plan.target.account.as_deref().unwrap_or("(none)");
        let what = match (moment, plan.undoes.is_some()) {
            (Moment::Before, false) => "is about to change",
            (Moment::Before, true) => "is about to undo changes in",
            (Moment::After, false) => "has worked on",
            (Moment::After, true) => "has undone changes in",
        };
        let subject = format!("ses-doctor {what} account {account}, {}", plan.target.region);
        let steps: Vec<String> = plan.steps.iter().map(|step| step.action.resource()).collect();
        let lines = steps.iter().map(|step| format!("\n- {step}"));
        let outcome_line = outcome
            .map(|outcome| format!("\nOutcome: {outcome}"))
            .unwrap_or_default();
        Self {
            text: format!(
                "{subject}\nRun: {run}\nCauses: {}{outcome_line}\nIt concerns:{}\n",
                causes(plan).join(", "),
                lines.collect::<String>()
            ),
            object: json!({
                "schema": "ses-doctor/notice/v1",
                "moment": moment,
                "run": run,
                "account": plan.target.account,
                "region": plan.target.region,
                "causes": causes(plan),
                "steps": steps,
                "outcome": outcome,
                "undoes": plan.undoes,
            }),
            subject,
        }
    }
}

/// Whom, and why that failed.
async fn tell(bench: &Bench, notice: &Notice, message: &Message) -> (String, Option<String>) {
    let channel = match notice.channel() {
        Ok(channel) => channel,
        Err(why) => return ("a notice".to_owned(), Some(why)),
    };
    let told = match &channel {
        Channel::Topic(topic) => {
            let aws = bench.actuator.aws();
            aws.publish(topic, &message.subject, &message.text).await
        }
        Channel::Webhook(place, path) => post(place, path, &message.object).await,
    };
    (channel.words(), told.err())
}

async fn post(place: &str, path: &str, object: &Value) -> Result<(), String> {
    let body = object.to_string();
    let host = place.split_once("://").map_or(place, |(_, host)| host);
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = [
        header("host", host),
        header("content-type", "application/json"),
        header("user-agent", crate::commands::plan::MADE_BY),
    ];
    let outgoing = Outgoing {
        url: place,
        method: "POST",
        path,
        headers: &headers,
        body: &body,
    };
    let exchange = exchange(&outgoing, &TrustRoots::native()).await;
    match (exchange.response, exchange.failure) {
        (Some(response), None) if (200..300).contains(&response.status) => Ok(()),
        (Some(response), None) => Err(format!("it answered {}", response.status)),
        (_, Some(failure)) => Err(failure),
        (None, None) => Err("it did not answer".to_owned()),
    }
}
