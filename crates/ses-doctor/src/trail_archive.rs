//! CloudTrail's files as evidence: what was done to the key, and what with it, also long ago and in data events.

use crate::commands::Console;
use crate::commands::trail::sources::{buckets, places, sources};
use crate::error::CliError;
use crate::render::progress::Scanning;
use crate::render::trail::{Losses, not_read, within_line};
use crate::trail_s3::Remote;
use jiff::Timestamp;
use serde::Deserialize;
use ses_doctor_aws::{Aws, event_of_record};
use ses_doctor_core::evidence::{ArchivedUse, CallCount, TrailEvent, TrailHistory};
use ses_doctor_core::{Evidence, Observation, Observed};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use trail_scan::{Damage, Event, Filter, Match, Order, ScanError, Settings, Summary, Watcher, scan};

/// The services whose changes matter.
const IAM: &str = "iam.amazonaws.com";
const SES: &str = "ses.amazonaws.com";
const ORGANIZATIONS: &str = "organizations.amazonaws.com";

/// More changes than this are not kept; the oldest are left out.
const MOST_CHANGES: usize = 20_000;
/// More kinds of refused calls than this are not told apart.
const MOST_KINDS: usize = 500;
const MEMORY: usize = 256 * 1024 * 1024;

/// Reads the files that were named, and puts what they tell of the key in question into the evidence. `aws` is asked where some
/// of them are in S3; `None` when it must not be.
pub(crate) async fn read(
    evidence: &mut Evidence,
    named: &[PathBuf],
    aws: Option<&ses_doctor_aws::Settings>,
    talk: Talk,
) -> Result<(), CliError> {
    let Some(key) = evidence.access_key_id().map(str::to_owned) else {
        return Err(CliError::usage(
            "CloudTrail's files are read for a key, and none is known",
            "give the access key id with --username, and its password; or search by hand with `ses-doctor trail scan`",
        ));
    };
    let places = places(named)?;
    let remote = match (buckets(&places), aws) {
        (0, _) => None,
        (buckets, Some(settings)) => {
            let remote = Remote::new(Aws::connect(settings).await, MEMORY);
            remote.expect(buckets);
            Some(remote)
        }
        (_, None) => {
            let help = "leave out --offline and --no-aws, or give files that are here";
            return Err(CliError::usage("a bucket cannot be read without AWS", help));
        }
    };
    let tally = remote.as_ref().map(|remote| remote.tally().clone());
    let filter = Filter {
        texts: [key.as_str(), IAM, SES, ORGANIZATIONS]
            .map(str::to_owned)
            .to_vec(),
        ..Filter::default()
    };
    let mut reading = Reading {
        gathered: Gathered::of(key),
        progress: Scanning::new(talk.quiet, &places, &filter, tally),
        losses: Losses::new(talk.verbose, None),
        first_loss: None,
    };
    let settings = Settings {
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        memory: MEMORY,
        order: Order::NewestFirst,
        check: false,
    };
    let scanned = scan(sources(places, &filter, remote), &filter, settings, &mut reading);
    if let Some(rest) = reading.losses.rest("-v names every one") {
        reading.progress.above(&rest);
    }
    reading.progress.clear();
    let summary = scanned.map_err(|error| match error {
        ScanError::Keep(source) | ScanError::Give(source) => CliError::Write {
            path: std::env::temp_dir(),
            source,
        },
    })?;
    let (history, used) = reading.gathered.finish(summary.is_whole());
    let (source, now) = (source(&summary), Timestamp::now());
    let first_loss = reading.first_loss.as_deref();
    evidence.archived_events = Observation::new(source.clone(), now, told(history, &summary, first_loss));
    evidence.archived_use = Observation::new(source, now, told(used, &summary, first_loss));
    Ok(())
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    /// Nothing but what is wrong.
    pub(crate) quiet: bool,
    /// Every file that could not be read.
    pub(crate) verbose: bool,
}

impl Talk {
    pub(crate) fn of(console: &Console<'_>) -> Self {
        Self {
            quiet: console.quiet,
            verbose: console.verbose > 0,
        }
    }
}

/// What was read, and what was not.
fn source(summary: &Summary) -> String {
    let files = format!("{} of them", summary.files);
    let told: Vec<String> = std::iter::once(files).chain(not_read(summary)).collect();
    format!("CloudTrail's files ({})", told.join("; "))
}

/// Where nothing could be read, nothing is known.
fn told<T>(value: T, summary: &Summary, first_loss: Option<&str>) -> Observed<T> {
    if summary.files > 0 {
        return Observed::Known(value);
    }
    let mut why = "no file of CloudTrail could be read".to_owned();
    if let Some(first) = first_loss {
        why += &format!(": {}; the first: {first}", not_read(summary).join("; "));
    }
    Observed::Failed { why }
}

struct Reading {
    gathered: Gathered,
    progress: Scanning,
    losses: Losses,
    /// What could not be read first, and why.
    first_loss: Option<String>,
}

impl Watcher for Reading {
    fn found(&mut self, found: &Match) -> io::Result<()> {
        self.gathered.take(found);
        Ok(())
    }

    fn damaged(&mut self, found: &Damage) {
        self.first_loss
            .get_or_insert_with(|| format!("{}: {}", within_line(&found.name), found.fault));
        if let Some(told) = self.losses.met(found) {
            self.progress.above(&told);
        }
    }

    fn progress(&mut self, summary: &Summary) -> io::Result<()> {
        self.progress.show(summary);
        Ok(())
    }
}

/// What of a record only matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Kind {
    read_only: Option<bool>,
}

/// What is kept of the records, which come newest first.
#[derive(Debug)]
struct Gathered {
    key: String,
    /// The user that the key is of, as soon as a record tells.
    user: Option<String>,
    used: ArchivedUse,
    refused: BTreeMap<(String, String, String), CallCount>,
    changes: Vec<TrailEvent>,
    left_out: bool,
}

impl Gathered {
    fn of(key: String) -> Self {
        Self {
            key,
            user: None,
            used: ArchivedUse::default(),
            refused: BTreeMap::new(),
            changes: Vec::new(),
            left_out: false,
        }
    }

    fn take(&mut self, found: &Match) {
        let Ok(text) = std::str::from_utf8(&found.record) else {
            return;
        };
        let (Ok(record), Some(event)) = (Event::parse(&found.record), event_of_record(text)) else {
            self.left_out = true;
            return;
        };
        let signed = record.user_identity.access_key_id.as_deref() == Some(self.key.as_str());
        if signed {
            self.count(&event);
            self.learn(record.user_identity.user_name.as_deref());
        }
        if event.access_key_id.as_deref() == Some(self.key.as_str()) {
            self.learn(event.user_name.as_deref());
        }
        if is_change(&event, text) {
            match self.changes.len() < MOST_CHANGES {
                true => self.changes.push(event),
                false => self.left_out = true,
            }
        }
    }

    fn learn(&mut self, user: Option<&str>) {
        if self.user.is_none() {
            self.user = user.map(str::to_owned);
        }
    }

    fn count(&mut self, event: &TrailEvent) {
        let used = &mut self.used;
        used.calls += 1;
        used.first = Some(event.at);
        used.last = used.last.or(Some(event.at));
        let Some(code) = event.error_code.clone() else {
            used.last_success = used.last_success.or(Some(event.at));
            return;
        };
        let kind = (event.source.clone(), event.name.clone(), code);
        if self.refused.len() >= MOST_KINDS && !self.refused.contains_key(&kind) {
            self.left_out = true;
            return;
        }
        let (source, name, error_code) = kind.clone();
        let call = self.refused.entry(kind).or_insert(CallCount {
            source,
            name,
            error_code,
            count: 0,
            first: event.at,
            last: event.at,
        });
        call.count += 1;
        call.first = event.at;
    }

    /// What is about this key, its user, or the whole account.
    fn finish(self, whole: bool) -> (TrailHistory, ArchivedUse) {
        let complete = whole && !self.left_out;
        let mut refused: Vec<CallCount> = self.refused.into_values().collect();
        refused.sort_by(|one, other| other.count.cmp(&one.count).then(one.first.cmp(&other.first)));
        let used = ArchivedUse {
            refused,
            complete,
            ..self.used
        };
        let (key, user) = (self.key, self.user);
        let mut events = self.changes;
        events.retain(|event| {
            let of_user = event
                .user_name
                .as_deref()
                .is_none_or(|name| Some(name) == user.as_deref());
            event.source != IAM || of_user || event.access_key_id.as_deref() == Some(key.as_str())
        });
        let history = TrailHistory {
            region: "every region that the files hold".to_owned(),
            asked: std::iter::once(key).chain(user).collect(),
            lookups: 0,
            complete,
            events,
        };
        (history, used)
    }
}

/// A call that changes something which can end mail: no read, and no mail.
fn is_change(event: &TrailEvent, record: &str) -> bool {
    let kind: Kind = serde_json::from_str(record).unwrap_or_default();
    [IAM, SES, ORGANIZATIONS].contains(&event.source.as_str())
        && kind.read_only != Some(true)
        && !(event.source == SES && event.name.starts_with("Send"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use serde_json::json;
    use ses_smtp::credential;
    use std::fs;

    const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
    const OTHER: &str = "AKIAI44QH8DHBEXAMPLE";

    fn evidence() -> Evidence {
        let facts = credential::inspect(KEY, &SecretString::from("a password"));
        Evidence {
            credential: Observation::new("a test", Timestamp::UNIX_EPOCH, Observed::Known(facts)),
            ..Evidence::default()
        }
    }

    fn record(time: &str, service: &str, name: &str, more: &serde_json::Value) -> String {
        let mut record = json!({
            "eventVersion": "1.08", "eventTime": time, "eventSource": format!("{service}.amazonaws.com"), "eventName": name,
            "awsRegion": "us-east-1", "eventID": format!("{name}-{time}"), "readOnly": name.starts_with("Get"),
        });
        let members = more.as_object().cloned().unwrap_or_default();
        record.as_object_mut().unwrap().extend(members);
        record.to_string()
    }

    fn read_here(evidence: &mut Evidence, folder: &std::path::Path) {
        let named = [folder.to_owned()];
        let talk = Talk {
            quiet: true,
            verbose: false,
        };
        let reading = read(evidence, &named, None, talk);
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(reading)
            .unwrap();
    }

    fn gathered(records: &[String]) -> (TrailHistory, ArchivedUse) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.json"), records.join("\n")).unwrap();
        let mut evidence = evidence();
        read_here(&mut evidence, folder.path());
        let history = evidence.archived_events.known().unwrap().clone();
        (history, evidence.archived_use.known().unwrap().clone())
    }

    #[test]
    fn uses_are_counted_and_refusals_told_by_kind() {
        let by_key = json!({"userIdentity": {"type": "IAMUser", "userName": "mailer", "accessKeyId": KEY}});
        let mut refused = by_key.clone();
        refused["errorCode"] = json!("AccessDenied");
        let by_other = json!({"userIdentity": {"accessKeyId": OTHER}, "errorCode": "AccessDenied"});
        let (history, used) = gathered(&[
            record("2025-01-01T00:00:00Z", "ses", "SendEmail", &by_key),
            record("2025-01-02T00:00:00Z", "ses", "SendEmail", &refused),
            record("2025-01-03T00:00:00Z", "ses", "SendEmail", &refused),
            record("2025-01-04T00:00:00Z", "ses", "GetAccount", &by_other),
        ]);
        assert_eq!(history.events, []);
        assert_eq!((used.calls, used.complete), (3, true));
        assert_eq!(used.last_success, used.first);
        let [call] = used.refused.as_slice() else {
            panic!("{used:?}");
        };
        assert_eq!((call.name.as_str(), call.count), ("SendEmail", 2));
        assert!(call.first < call.last);
    }

    #[test]
    fn changes_of_the_key_its_user_and_the_account_are_kept() {
        let on = |user: &str, key: &str| json!({"requestParameters": {"userName": user, "accessKeyId": key, "status": "Inactive"}});
        let (history, _) = gathered(&[
            record(
                "2025-01-01T00:00:00Z",
                "iam",
                "UpdateAccessKey",
                &on("mailer", KEY),
            ),
            record(
                "2025-01-02T00:00:00Z",
                "iam",
                "DeleteAccessKey",
                &on("other", OTHER),
            ),
            record(
                "2025-01-03T00:00:00Z",
                "iam",
                "DetachUserPolicy",
                &json!({"requestParameters": {"userName": "mailer"}}),
            ),
            record(
                "2025-01-04T00:00:00Z",
                "iam",
                "GetUser",
                &json!({"requestParameters": {"userName": "mailer"}}),
            ),
            record(
                "2025-01-05T00:00:00Z",
                "ses",
                "PutAccountSendingAttributes",
                &json!({}),
            ),
            record("2025-01-06T00:00:00Z", "ec2", "RunInstances", &json!({})),
        ]);
        let names: Vec<&str> = history.events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "PutAccountSendingAttributes",
                "DetachUserPolicy",
                "UpdateAccessKey"
            ]
        );
        assert_eq!(history.asked, [KEY, "mailer"]);
    }

    #[test]
    fn what_is_damaged_leaves_it_incomplete_and_nothing_read_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.json"), "{\"Records\":[").unwrap();
        let mut evidence = evidence();
        read_here(&mut evidence, folder.path());
        assert!(!evidence.archived_use.is_settled() && !evidence.archived_events.is_settled());
        let why = evidence.archived_use.unavailable().unwrap();
        assert!(
            why.contains("1 damaged file skipped; the first: ") && why.contains("a.json"),
            "{why}"
        );
        fs::write(folder.path().join("b.json"), "{\"Records\":[]}").unwrap();
        read_here(&mut evidence, folder.path());
        assert!(!evidence.archived_events.known().unwrap().complete);
        assert_eq!(
            evidence.archived_events.source,
            "CloudTrail's files (1 of them; 1 damaged file skipped)"
        );
    }
}
