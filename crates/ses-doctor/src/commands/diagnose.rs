//! `diagnose`: from what the person has to a ranked, proven answer.

use super::Console;
use super::client_settings::ClientSettings;
use crate::args::{DiagnoseArgs, MailArgs, OutputFormat, Tls};
use crate::collect::{self, AwsSource, End, Pair, Sources, Timing, Trials, Wire};
use crate::context::{self, Place};
use crate::error::{CliError, span_of_position};
use crate::exit::Exit;
use crate::log_file::LogFile;
use crate::logged_failures::{self, LogClock};
use crate::private_file;
use crate::redaction;
use crate::render::{self, progress::Progress};
use crate::secret_input;
use crate::stored_password::{self, Stored};
use crate::trail_archive;
use client_log::Event;
use jiff::Timestamp;
use miette::NamedSource;
use secrecy::SecretString;
use ses_doctor_aws::Aws;
use ses_doctor_aws::Subject;
use ses_doctor_aws::grant::{self, Action, Scope};
use ses_doctor_core::bundle::{Bundle, BundleError, FORMAT};
use ses_doctor_core::evidence::{LoggedFailures, Reported, Symptom};
use ses_doctor_core::explain;
use ses_doctor_core::report::v1::{self, Report};
use ses_doctor_core::{Evidence, Observation, Observed, Outcome, diagnose};
use ses_smtp::endpoint::SMTP_REGIONS;
use ses_smtp::probe::TlsMode;
use ses_smtp::{Prober, Reply, credential};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Whoever needs no AWS answer waits no longer than this for one.
const AWS_DEADLINE: Duration = Duration::from_secs(20);
/// A page of what a bucket lists, or an object.
const TRAIL_DEADLINE: Duration = Duration::from_secs(120);

/// AWS names no figure for how long a new session may be unknown; its users report up to a minute.
pub(super) const SESSION_WAIT: Duration = Duration::from_secs(60);

/// A finished diagnosis.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What it stands on.
    pub(crate) evidence: Evidence,
    /// The published form.
    pub(crate) report: Report,
    /// Is it broken?
    pub(crate) outcome: Outcome,
}

/// Runs the command.
pub(crate) async fn run(args: DiagnoseArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let output = args.output;
    let answered = answer(args, console).await?;
    print(&answered, output, console)?;
    Ok(answered.outcome.into())
}

/// Prints the report.
pub(super) fn print(
    answered: &Answered,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let Answered { evidence, report, .. } = answered;
    match output {
        OutputFormat::Json => render::json(console.out, report)?,
        OutputFormat::Text => render::text::report(console.out, report, evidence, console.verbose > 0)?,
    }
    Ok(())
}

/// Gathers what it takes and judges it.
pub(super) async fn answer(args: DiagnoseArgs, console: &Console<'_>) -> Result<Answered, CliError> {
    let Gathered {
        evidence,
        end,
        timing,
        ..
    } = gather(args, console).await?;
    let diagnosis = diagnose(&evidence);
    let mut report = Report::new(&diagnosis, &evidence);
    report.interrupted = end != End::Complete;
    report.timing = timing.as_ref().map(published_timing);
    ask_for(&mut report, &evidence);
    Ok(Answered {
        evidence,
        report,
        outcome: diagnosis.outcome,
    })
}

/// The evidence for these options, and the options with what the log tells; for whoever goes on from there.
pub(super) async fn evidence(
    args: DiagnoseArgs,
    console: &Console<'_>,
) -> Result<(Evidence, DiagnoseArgs), CliError> {
    let gathered = gather(args, console).await?;
    Ok((gathered.evidence, gathered.args))
}

/// Evidence, fresh or saved.
struct Gathered {
    args: DiagnoseArgs,
    evidence: Evidence,
    end: End,
    timing: Option<Timing>,
}

async fn gather(args: DiagnoseArgs, console: &Console<'_>) -> Result<Gathered, CliError> {
    let clock = LogClock::new(args.log_zone.as_deref())?;
    let log = args
        .log
        .as_deref()
        .map(|path| logged(path, &clock, console.quiet))
        .transpose()?
        .flatten();
    let (args, of_log, failures) = match log {
        Some((symptom, failures)) => (with_log(args, &symptom), symptom.reported, Some(failures)),
        None => {
            let failures = args
                .error
                .as_deref()
                .and_then(|line| logged_failures::of_line(line, &clock));
            (args, None, failures)
        }
    };
    let (evidence, end, timing) = match &args.evidence {
        Some(path) => (saved(path)?, End::Complete, None),
        None => {
            let (evidence, end, timing) = fresh(&args, of_log, failures, console).await?;
            (evidence, end, Some(timing))
        }
    };
    if let Some(path) = &args.evidence_out {
        save(path, &evidence)?;
    }
    Ok(Gathered {
        args,
        evidence,
        end,
        timing,
    })
}

/// Collects evidence now.
async fn fresh(
    args: &DiagnoseArgs,
    of_log: Option<Reported>,
    failures: Option<LoggedFailures>,
    console: &Console<'_>,
) -> Result<(Evidence, End, Timing), CliError> {
    let config = ClientSettings::read(&args.config)?;
    let (endpoint, mail) = config.complete(&args.endpoint, &args.mail);
    let place = Place::resolve(&endpoint)?;
    let place = if args.error.is_some() || of_log.is_some() {
        place
    } else {
        place.require_host()?
    };
    let roots = context::roots(args.endpoint.tls_ca.as_deref())?;
    let (username, password) = config.pair(&args.credentials, !args.stored.is_empty())?;
    let stored = stored(args, &place).await?;
    let (own, pair) = match (&stored, password) {
        (Some(stored), None) => (None, stored.pair(username.as_deref())?),
        (Some(_) | None, password) => {
            let own = pair(username.as_deref(), password)?;
            (own.clone(), own)
        }
    };
    let reported = match &args.error {
        Some(line) => Some(reported(line, pair.as_ref())),
        None => of_log.map(|reported| without_pair(reported, pair.as_ref())),
    };
    let mut evidence = told(args, &place, &mail, pair.as_ref(), reported)?;
    if let Some(failures) = failures {
        let source = if args.log.is_some() {
            "the client's log"
        } else {
            "the client's line"
        };
        evidence.client_log = Observation::new(source, Timestamp::now(), Observed::Known(failures));
    }
    if let Some(stored) = &stored {
        evidence.password_source = stored.evidence(own.as_ref(), username.as_deref()).await;
    }
    if !args.config.is_empty() {
        let faults = Observed::Known(config.faults);
        evidence.client_config = Observation::new("the configuration files", Timestamp::now(), faults);
    }
    if !args.trail.is_empty() {
        let settings = trail_settings(args, evidence.region());
        let talk = trail_archive::Talk::of(console);
        trail_archive::read(&mut evidence, &args.trail, settings.as_ref(), talk).await?;
    }
    let progress = Progress::new(console.quiet);
    let trials = args
        .experiment
        .limits()
        .map(|limits| Trials::within(limits, progress.clone()));
    let password = pair.as_ref().map(|pair| pair.password.clone());
    let kept = stored.as_ref().and_then(|stored| stored.pairs(pair.as_ref()));
    let sources = Sources {
        wire: (!args.offline).then(|| {
            let prober = Prober {
                dns_server: args.endpoint.dns_server,
                ..Prober::new(roots)
            };
            Wire::new(prober, place.clone(), pair, super::probe::goal(&mail))
                .limited(!args.no_region_sweep, !args.no_repairs)
                .with_trials(trials)
                .patient(!args.no_wait)
                .with_stored(kept)
        }),
        aws: match args.offline || args.aws.no_aws {
            true => None,
            false => Some(match stored {
                Some(stored) => AwsSource::of(stored.into_aws(), password),
                None => AwsSource::connect(aws_settings(args, evidence.region()), password),
            }),
        },
    };
    Ok(collect::collect(
        evidence,
        &sources,
        Duration::from_secs(args.deadline),
        interrupted(),
        &progress,
    )
    .await)
}

/// Ends when the person presses Ctrl-C.
pub(super) async fn interrupted() {
    // Without a signal handler the default action, ending at once, stays in force.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The kept password, where one was named: read before all else, since the pair may come from it.
async fn stored(args: &DiagnoseArgs, place: &Place) -> Result<Option<Stored>, CliError> {
    // The host may be the very mistake; where things are kept the person knows.
    let kept_in = place.region_meant.clone().or_else(|| place.region());
    let Some(at) = stored_password::named(&args.stored, kept_in)? else {
        return Ok(None);
    };
    if args.offline || args.aws.no_aws {
        let help = "leave out --offline and --no-aws, or give the password with --password-file";
        return Err(CliError::usage(
            "a password that AWS keeps cannot be read without AWS",
            help,
        ));
    }
    let aws = Aws::connect(&aws_settings(args, place.region())).await;
    Stored::read(aws, at).await.map(Some)
}

fn aws_settings(args: &DiagnoseArgs, region: Option<String>) -> ses_doctor_aws::Settings {
    ses_doctor_aws::Settings {
        region,
        profile: args.aws.profile.clone(),
        endpoint_url: args.aws.endpoint_url.clone(),
        deadline: AWS_DEADLINE,
        session_wait: if args.no_wait {
            Duration::ZERO
        } else {
            SESSION_WAIT
        },
    }
}

/// How files of CloudTrail in S3 are reached; `None` when AWS must not be asked.
fn trail_settings(args: &DiagnoseArgs, region: Option<String>) -> Option<ses_doctor_aws::Settings> {
    (!args.offline && !args.aws.no_aws).then(|| ses_doctor_aws::Settings {
        deadline: TRAIL_DEADLINE,
        ..aws_settings(args, region)
    })
}

/// What the person told: evidence from the first moment.
fn told(
    args: &DiagnoseArgs,
    place: &Place,
    mail: &MailArgs,
    pair: Option<&Pair>,
    reported: Option<Reported>,
) -> Result<Evidence, CliError> {
    let now = Timestamp::now();
    let symptom = place.symptom(mail, reported);
    let mut evidence = Evidence {
        symptom: Observation::new("the command line", now, Observed::Known(symptom)),
        ..Evidence::default()
    };
    if let Some(pair) = pair {
        let mut facts = credential::inspect(&pair.username, &pair.password);
        if let Some(path) = &args.secret_key_file {
            let secret = secret_input::secret_key(secret_input::Source::File(path))?;
            facts.derivation = Some(credential::identify(&secret, &pair.password, SMTP_REGIONS));
        }
        evidence.credential = Observation::new("offline inspection", now, Observed::Known(facts));
    }
    Ok(evidence)
}

fn pair(username: Option<&str>, password: Option<SecretString>) -> Result<Option<Pair>, CliError> {
    match (username, password) {
        (Some(username), Some(password)) => Ok(Some(Pair {
            username: username.to_owned(),
            password,
        })),
        (None, Some(_)) => Err(CliError::usage(
            "a password without a user name",
            "give the SMTP user name with --username",
        )),
        (Some(_), None) => Err(CliError::usage(
            "a user name without a password",
            "give the password with --password-file, --password-env or --password-stdin (never as an argument)",
        )),
        (None, None) => Ok(None),
    }
}

/// The client's line, and what it says, with the pair taken out of it.
pub(super) fn reported(line: &str, pair: Option<&Pair>) -> Reported {
    without_pair(Reported::read(line, line.to_owned()), pair)
}

fn without_pair(reported: Reported, pair: Option<&Pair>) -> Reported {
    let redact = |text: &str| redaction::redact(text, pair);
    Reported {
        line: redact(&reported.line),
        reply: reported.reply.map(|reply| Reply {
            lines: reply.lines.iter().map(|line| redact(line)).collect(),
            ..reply
        }),
        ..reported
    }
}

/// The most telling failure of a log, as the symptom that it is, and when it happened. `None` when nothing in it failed.
fn logged(path: &Path, clock: &LogClock, quiet: bool) -> Result<Option<(Symptom, LoggedFailures)>, CliError> {
    let file = LogFile::read(path, quiet)?;
    let now = Timestamp::now();
    let failures = file.log.groups.iter().filter_map(|group| match &group.event {
        Event::Failed(failure) => Some((explain::explain(group, now).weight(), group.count, failure, group)),
        Event::Worked(_) => None,
    });
    let telling = failures.max_by_key(|(weight, count, _, _)| (*weight, *count));
    Ok(telling.map(|(_, _, failure, group)| {
        let failures = logged_failures::of_log(&file.log, group, clock);
        (explain::symptom(failure, &group.sample), failures)
    }))
}

/// What the log tells of host, port and addresses stands in for options that were not given.
fn with_log(mut args: DiagnoseArgs, symptom: &Symptom) -> DiagnoseArgs {
    let endpoint = &mut args.endpoint;
    let told = (!symptom.host.is_empty()).then(|| symptom.host.clone());
    if endpoint.host.is_none() && (endpoint.region.is_none() || told.is_some()) {
        endpoint.host = told;
        endpoint.port = endpoint.port.or(Some(symptom.port).filter(|port| *port > 0));
        if endpoint.tls == Tls::Auto {
            endpoint.tls = match symptom.tls {
                Some(TlsMode::StartTls) => Tls::Starttls,
                Some(TlsMode::Wrapper) => Tls::Wrapper,
                Some(TlsMode::Plain) | None => Tls::Auto,
            };
        }
    }
    if endpoint.host.is_none() && endpoint.region.is_none() {
        endpoint.region.clone_from(&symptom.region);
    }
    args.mail.from = args.mail.from.or_else(|| symptom.from.clone());
    args.mail.to = args.mail.to.or_else(|| symptom.to.clone());
    args
}

pub(super) fn saved(path: &Path) -> Result<Evidence, CliError> {
    let text = crate::bounded_file::read_to_string(path).map_err(|source| CliError::read(path, source))?;
    match Bundle::from_json(&text) {
        Ok(bundle) => Ok(bundle.evidence),
        Err(error) => {
            let at = match &error {
                BundleError::Malformed { source } => span_of_position(&text, source.line(), source.column()),
                BundleError::NotABundle | BundleError::TooNew { .. } => None,
            };
            Err(CliError::Content {
                what: error.to_string(),
                text: Arc::new(NamedSource::new(path.display().to_string(), text)),
                at,
                help: "--evidence wants a file that --evidence-out wrote".to_owned(),
            })
        }
    }
}

/// For its owner only.
fn save(path: &Path, evidence: &Evidence) -> Result<(), CliError> {
    let bundle = Bundle {
        ses_doctor_evidence: FORMAT,
        written_by: format!("ses-doctor {}", env!("CARGO_PKG_VERSION")),
        written_at: Timestamp::now(),
        evidence: evidence.clone(),
    };
    let mut content = serde_json::to_vec_pretty(&bundle).map_err(std::io::Error::from)?;
    content.push(b'\n');
    private_file::write(path, &content)
}

/// The policy that would have spared the refusals, as narrow as the evidence allows.
pub(super) fn ask_for(report: &mut Report, evidence: &Evidence) {
    let Some(missing) = &mut report.missing_permissions else {
        return;
    };
    let names = missing.permissions.iter().map(|one| one.permission.as_str());
    let actions: Vec<&Action> = names.filter_map(Action::named).collect();
    if !actions.is_empty() {
        missing.policy = Some(grant::document(&actions, &Scope::of(&Subject::of(evidence))));
    }
}

fn published_timing(timing: &Timing) -> v1::Timing {
    let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    v1::Timing {
        elapsed_ms: milliseconds(timing.elapsed),
        critical_path_ms: milliseconds(timing.critical_path),
        critical_path: timing
            .chain
            .iter()
            .map(|(need, took)| format!("{need} ({} ms)", took.as_millis()))
            .collect(),
    }
}
