//! The lines of the timeline.

use super::author::Author;
use super::onset::last_use;
use crate::evidence::{AccessKey, Evidence, HealthEvent, HealthStatus, LogTime, TrailEvent};
use crate::need::Need;
use crate::reading;
use jiff::Timestamp;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Event id, or the evidence id with what it is.
    pub id: String,
    /// The evidence that tells it.
    pub need: Need,
    /// What.
    pub happening: Happening,
    /// What it means for what was found.
    pub mark: Mark,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// Somebody called AWS to change something.
    Change(Box<Change>),
    /// Anything else, in words.
    Milestone(String),
}

/// A call that changed something, or would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `eventName`.
    pub name: String,
    /// `eventSource`.
    pub source: String,
    /// What of the request tells most: `Inactive`, `sendingEnabled: false`.
    pub details: Vec<String>,
    /// What it acted upon.
    pub on: Vec<String>,
    /// Who, with what, from where.
    pub by: Author,
    /// Why it was not carried out.
    pub error: Option<String>,
}

/// What an entry means for what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Most likely at fault.
    Suspect,
    /// It failed already: this cannot be why.
    TooLate,
    /// The call was refused and changed nothing.
    Refused,
    /// Neither.
    None,
}

impl Change {
    fn of(event: &TrailEvent) -> Self {
        Self {
            name: event.name.clone(),
            source: event.source.clone(),
            details: details(event),
            on: on(event),
            by: Author::of(event),
            error: event.error_code.clone(),
        }
    }
}

impl Change {
    /// `UpdateAccessKey (Inactive) on AKIA…, mailer`.
    pub fn words(&self) -> String {
        let details = match self.details.is_empty() {
            true => String::new(),
            false => format!(" ({})", self.details.join(", ")),
        };
        let on = match self.on.is_empty() {
            true => String::new(),
            false => format!(" on {}", self.on.join(", ")),
        };
        format!("{}{details}{on}", self.name)
    }
}

/// What of the request is not a name of what was acted upon.
fn details(event: &TrailEvent) -> Vec<String> {
    const TELLING: [&str; 8] = [
        "sendingEnabled",
        "enabled",
        "sendingStatus",
        "mailFromDomain",
        "behaviorOnMxFailure",
        "versionId",
        "newUserName",
        "policyName",
    ];
    let status = event.status.clone().into_iter();
    let parameters = TELLING
        .iter()
        .filter_map(|name| Some(format!("{name}: {}", event.parameter(name)?)));
    status.chain(parameters).collect()
}

/// The resources that CloudTrail names, else what the request names. ARNs of the account are cut to what tells them apart.
fn on(event: &TrailEvent) -> Vec<String> {
    const NAMES: [&str; 12] = [
        "groupName",
        "policyArn",
        "permissionsBoundary",
        "policyId",
        "targetId",
        "emailIdentity",
        "identity",
        "configurationSetName",
        "vpcEndpointId",
        "groupId",
        "secretId",
        "name",
    ];
    let of_request = [event.access_key_id.as_deref(), event.user_name.as_deref()];
    let of_parameters = NAMES.iter().map(|name| event.parameter(name));
    let named = event.resources.iter().map(|name| Some(name.as_str()));
    let mut all: Vec<String> = Vec::new();
    for name in named.chain(of_request).chain(of_parameters).flatten() {
        let short = name
            .strip_prefix("arn:")
            .and_then(|arn| arn.splitn(5, ':').last())
            .unwrap_or(name);
        if !short.is_empty() && !all.iter().any(|known| known == short) {
            all.push(short.to_owned());
        }
    }
    all
}

/// Every entry, oldest first, unmarked.
pub(super) fn entries(evidence: &Evidence) -> Vec<Entry> {
    let changes = super::blame::events(evidence).into_iter();
    let mut all: Vec<Entry> = changes
        .map(|(need, event)| Entry {
            at: event.at,
            id: event.id.clone(),
            need,
            happening: Happening::Change(Box::new(Change::of(event))),
            mark: if event.succeeded() {
                Mark::None
            } else {
                Mark::Refused
            },
        })
        .collect();
    all.extend(of_key(evidence));
    all.extend(of_archive(evidence));
    all.extend(of_log(evidence));
    all.extend(of_health(evidence));
    all.extend(of_metrics(evidence));
    all.extend(of_probe(evidence));
    all.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
    all
}

fn milestone(need: Need, at: Timestamp, what: &str, words: String) -> Entry {
    Entry {
        at,
        id: format!("{need}#{what}"),
        need,
        happening: Happening::Milestone(words),
        mark: Mark::None,
    }
}

/// When the key was made, unless CloudTrail tells it, and last used.
fn of_key(evidence: &Evidence) -> Vec<Entry> {
    let Some(key) = evidence.access_key_id() else {
        return Vec::new();
    };
    let keys = evidence
        .access_keys
        .known()
        .map_or(&[][..], |keys| keys.keys.as_slice());
    let told = reading::change_of_key(evidence, key, |event| event.name == "CreateAccessKey").is_some();
    let is_this = |candidate: &&AccessKey| candidate.id == key && !told;
    let created = keys.iter().find(is_this).and_then(|found| found.created);
    let made =
        created.map(|at| milestone(Need::AccessKeys, at, "created", format!("the key {key} was made")));
    let used = last_use(evidence).map(|(used, at)| {
        let service = used.service.as_deref().unwrap_or("an unknown service");
        let region = used
            .region
            .as_deref()
            .map_or_else(String::new, |region| format!(" in {region}"));
        let words = format!("the key {key} was last used, with {service}{region}");
        milestone(Need::KeyLastUsed, at, "used", words)
    });
    made.into_iter().chain(used).collect()
}

/// Kinds of refused calls that are worth a line.
const MOST_REFUSALS: usize = 5;

/// What CloudTrail's files tell of the key's use.
fn of_archive(evidence: &Evidence) -> Vec<Entry> {
    let Some(used) = evidence.archived_use.known() else {
        return Vec::new();
    };
    let need = Need::ArchivedUse;
    let moment = |at: Option<Timestamp>, what: &str, words: &str| {
        at.map(|at| milestone(need, at, what, format!("{words} in CloudTrail's files")))
    };
    let uses = [
        moment(used.first, "first", "the first call with the key"),
        moment(used.last, "last", "the last call with the key").filter(|_| used.calls > 1),
    ];
    let refused = used.refused.iter().take(MOST_REFUSALS).map(|call| {
        let service = call.source.strip_suffix(".amazonaws.com").unwrap_or(&call.source);
        let what = format!("{service}:{} {}", call.name, call.error_code);
        let words = match call.count {
            1 => format!("a call with the key was refused: {what} in CloudTrail's files"),
            count => {
                format!(
                    "the first of {count} calls with the key that were refused: {what} in CloudTrail's files"
                )
            }
        };
        milestone(need, call.first, &what, words)
    });
    uses.into_iter().flatten().chain(refused).collect()
}

fn of_log(evidence: &Evidence) -> Vec<Entry> {
    let Some(log) = evidence.client_log.known() else {
        return Vec::new();
    };
    let all = match log.count {
        1 => "the failure in the client's log".to_owned(),
        count => format!("the first of {count} failures in the client's log"),
    };
    let last = "the last failure in the client's log";
    let entry = |time: &Option<LogTime>, what: &str, words: &str| {
        time.as_ref()
            .map(|time| milestone(Need::ClientLog, time.at, what, words.to_owned()))
    };
    let entries = [
        entry(
            &log.last_login,
            "login",
            "the last login in the client's log that worked",
        ),
        entry(
            &log.last_sent,
            "sent",
            "the last message in the client's log that SES took",
        ),
        entry(&log.first, "first", &all),
        entry(&log.last, "last", last).filter(|_| log.count > 1),
    ];
    entries.into_iter().flatten().collect()
}

/// What AWS says of itself and of the account.
fn of_health(evidence: &Evidence) -> Vec<Entry> {
    let events = evidence.health_events.known().into_iter().flatten();
    let entry = |event: &HealthEvent| {
        let state = match event.status {
            HealthStatus::Open => "open",
            HealthStatus::Closed => "over",
            HealthStatus::Upcoming => "announced",
            HealthStatus::Other => "of unknown state",
        };
        let words = format!("AWS Health: {} in {} ({state})", event.code, event.region);
        Some(milestone(Need::HealthEvents, event.start?, &event.arn, words))
    };
    events.filter_map(entry).collect()
}

/// When the account sent its last message, if its silence is unusual.
fn of_metrics(evidence: &Evidence) -> Option<Entry> {
    let onset = evidence.sending_metrics.known()?.onset()?;
    let words = "the last message that SES took from the account, by CloudWatch".to_owned();
    Some(milestone(
        Need::SendingMetrics,
        onset.last_sent,
        "last-sent",
        words,
    ))
}

/// Our own login.
fn of_probe(evidence: &Evidence) -> Option<Entry> {
    let probe = evidence.probe.known()?;
    let end = match (&probe.refusal, &probe.failure, probe.auth.last()) {
        (Some((_, reply)), _, _) => format!("was refused: {}", reply.code),
        (None, Some(_), _) => "did not come about".to_owned(),
        (None, None, Some(attempt)) => format!("was answered {}", attempt.reply.code),
        (None, None, None) => return None,
    };
    let at = evidence.probe.observed_at?;
    Some(milestone(
        Need::Probe,
        at,
        "login",
        format!("our own login {end}"),
    ))
}
