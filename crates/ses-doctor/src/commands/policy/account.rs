//! The policies that bear upon a message, read in an account or taken from saved evidence, as questions to IAM.

use super::{documents, event};
use crate::args::{AwsArgs, SenderArgs};
use crate::collect::{self, AwsSource, Sources};
use crate::commands::{Console, diagnose};
use crate::context;
use crate::env;
use crate::error::CliError;
use crate::render::progress::Progress;
use jiff::Timestamp;
use ses_doctor_core::evidence::{Reported, Symptom};
use ses_doctor_core::permission::question::{self, Question};
use ses_doctor_core::permission::send::{self, Send};
use ses_doctor_core::{Evidence, Observation, Observed};
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::endpoint;
use ses_smtp::reply::Reply;
use std::path::Path;
use std::time::Duration;

/// Whoever needs no AWS answer waits no longer than this for one.
const DEADLINE: Duration = Duration::from_secs(60);

/// What is asked about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) aws: &'a AwsArgs,
    pub(super) sender: &'a SenderArgs,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
    pub(super) configuration_set: Option<&'a str>,
    /// The line that the client logged.
    pub(super) error: Option<&'a str>,
    /// A file with a CloudTrail event.
    pub(super) event: Option<&'a Path>,
}

/// What was read, and who sends.
pub(super) struct Account {
    pub(super) evidence: Evidence,
    pub(super) message: Send,
}

impl Account {
    /// What the message asks IAM: at least one question, the refused one first.
    pub(super) fn questions(&self) -> Result<Vec<Question>, CliError> {
        let questions = question::questions(&self.evidence, &self.message);
        match questions.is_empty() {
            false => Ok(questions),
            true => Err(CliError::usage(
                "it is not known what the message asks for",
                "give the sender with --from, and AWS credentials that may read its identity; or the refusal with --error",
            )),
        }
    }
}

/// Reads the policies, now or from saved evidence.
pub(super) async fn read(asked: &Asked<'_>, console: &Console<'_>) -> Result<Account, CliError> {
    let evidence = evidence(asked, console).await?;
    match send::send(&evidence) {
        Some(message) => Ok(Account { evidence, message }),
        None => Err(CliError::usage(
            "it is not known which user sends, or in which region",
            "give --principal with the ARN of the IAM user, or the refusal with --error; and --region",
        )),
    }
}

/// What was read, now or before.
pub(super) async fn evidence(asked: &Asked<'_>, console: &Console<'_>) -> Result<Evidence, CliError> {
    match &asked.sender.evidence {
        Some(path) => diagnose::saved(path),
        None => fresh(asked, console).await,
    }
}

/// Reads AWS now.
async fn fresh(asked: &Asked<'_>, console: &Console<'_>) -> Result<Evidence, CliError> {
    let evidence = told(asked)?;
    let settings = ses_doctor_aws::Settings {
        region: evidence.region(),
        profile: asked.aws.profile.clone(),
        endpoint_url: asked.aws.endpoint_url.clone(),
        deadline: DEADLINE,
        session_wait: Duration::ZERO,
    };
    let sources = Sources {
        wire: None,
        aws: (!asked.aws.no_aws).then(|| AwsSource::connect(settings, None)),
    };
    let progress = Progress::new(console.quiet);
    let stop = diagnose::interrupted();
    let (evidence, ..) = collect::collect(evidence, &sources, DEADLINE, stop, &progress).await;
    Ok(evidence)
}

fn told(asked: &Asked<'_>) -> Result<Evidence, CliError> {
    let reported = match (asked.error, asked.event) {
        (Some(line), _) => Some(diagnose::reported(line, None)),
        (None, Some(path)) => Some(of_event(path)?),
        (None, None) => None,
    };
    let region = asked
        .sender
        .region
        .clone()
        .or_else(|| region_of(reported.as_ref()));
    let region = region.or_else(|| env::first_of(&env::REGION));
    if let Some(region) = &region {
        context::check_region(region)?;
    }
    let symptom = Symptom {
        host: region.as_deref().map(endpoint::smtp_host).unwrap_or_default(),
        port: context::DEFAULT_PORT,
        region,
        from: asked.from.map(str::to_owned),
        to: asked.to.map(str::to_owned),
        configuration_set: asked.configuration_set.map(str::to_owned),
        principal: asked.sender.principal.clone(),
        reported,
        ..Symptom::default()
    };
    Ok(Evidence {
        symptom: Observation::new("the command line", Timestamp::now(), Observed::Known(symptom)),
        ..Evidence::default()
    })
}

/// The region of the resource that a refusal names.
fn region_of(reported: Option<&Reported>) -> Option<String> {
    let reply = reported?.reply.as_ref()?;
    match catalogue::recognise(reply) {
        Some(Meaning::AccessDenied { resource, .. }) => {
            let region = resource.split(':').nth(3).filter(|region| !region.is_empty());
            region.map(str::to_owned)
        }
        _ => None,
    }
}

/// A refused call in a CloudTrail event: what it says is what a 554 says.
fn of_event(path: &Path) -> Result<Reported, CliError> {
    let name = path.display().to_string();
    let text = documents::text(path)?;
    let help =
        "--event wants a CloudTrail event as JSON, a log file of CloudTrail, or an answer of LookupEvents";
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| documents::not_json(&name, &text, &error, help))?;
    let Some(refused) = event::first(&json) else {
        return Err(CliError::usage(
            format!("{name} holds no call that was refused for want of permission"),
            help,
        ));
    };
    let reply = Reply {
        code: 554,
        lines: vec![refused.message.clone()],
    };
    Ok(Reported::of_reply(reply, refused.message))
}
