//! `apply`: a plan is held against the present, and with `--apply` carried out, verified, and undone if it did not help.

mod bench;
mod drive;
mod guards;
pub(crate) mod notices;
mod repository;
mod undo;
mod verify;

pub(crate) use bench::{Bench, DEADLINE, folder};
pub(crate) use drive::{Follow, drive};
pub(crate) use undo::plan as undoing;
use undo::undo;
pub(crate) use verify::endpoint;

use super::Console;
use super::plan::MADE_BY;
use crate::args::{ApplyArgs, OutputFormat};
use crate::bounded_file;
use crate::error::{CliError, span_of_position};
use crate::exit::Exit;
use crate::render;
use crate::settings::Settings;
use jiff::Timestamp;
use miette::NamedSource;
use notices::Afterwards;
use ses_doctor_aws::{Beginning, JournalFile, snapshot};
use ses_doctor_core::action::Store;
use ses_doctor_core::journal::{End, Entry, RunId};
use ses_doctor_core::note::Note;
use ses_doctor_core::plan::{Checked, Drafted, Plan, PlanError, Refusal, rehearsal};
use ses_doctor_core::report::run_v1::RunReport;
use std::path::Path;
use std::sync::Arc;

/// Runs the command.
pub(crate) async fn run(args: ApplyArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let settings = Settings::read(args.settings.settings.as_deref())?;
    let drafted = read(&args.plan)?;
    let drafted = match &args.rehearse_in {
        Some(account) => elsewhere(&drafted, account, &settings)?,
        None => drafted,
    };
    run_drafted(drafted, args, settings, console).await
}

/// The same for a plan that was just made.
pub(crate) async fn run_drafted(
    drafted: Drafted,
    args: ApplyArgs,
    settings: Settings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let bench = Bench::new(&args.aws, &args.state, &drafted.plan().target).await?;
    let consented = consents(drafted.plan(), &args.allow_one_way)?;
    if !args.apply {
        return rehearse(&bench, drafted, &consented, args.output, console).await;
    }
    refuse_to_mix(drafted.plan(), args.output)?;
    let store = bench.store()?;
    let target = drafted.plan().target.clone();
    let _lock = store.lock(&target)?;
    store.refuse_unfinished(&target)?;
    bench.prepare(drafted.plan(), &args.follow, args.wait)?;
    let checked = match bench.check(drafted.clone(), &consented).await {
        Ok(checked) => checked,
        Err(refusal) => return refused(&drafted, &refusal, args.output, console),
    };
    // What is done already is said to be so at any time.
    let set_aside = match checked.is_done() {
        true => Vec::new(),
        false => guards::held(&drafted, &settings, &args.guards, &store, Timestamp::now())?,
    };
    let snapshot = snapshot(&checked, &bench.actuator).await;
    let beginning = Beginning {
        undoes: None,
        automatic: args.guards.attendance.automatic(),
    };
    let (run, mut journal) = store.begin_as(&checked, beginning, &snapshot)?;
    bench.keep_in(&store, &run)?;
    let ready = ready_to_begin(
        &bench,
        &args,
        &settings,
        set_aside,
        &checked,
        (&run, &mut journal),
    )
    .await;
    if let Err(error) = ready {
        // Nothing was changed: the run is over before its first step.
        journal.append(Entry::Ended { end: End::Abandoned })?;
        return Err(error);
    }
    let follow = Follow {
        path: drafted.plan().symptom_path.clone(),
        args: args.follow,
        aws: args.aws,
        afterwards: Afterwards {
            metric: args.metric || settings.metric,
            notices: settings.notice,
        },
    };
    drive(&bench, &checked, &run, &mut journal, follow, args.output, console).await
}

/// What has to be done before the first step: guards that were set aside are written down, the snapshot is committed, and those
/// who are to be told are told.
async fn ready_to_begin(
    bench: &Bench,
    args: &ApplyArgs,
    settings: &Settings,
    set_aside: Vec<Note>,
    checked: &Checked,
    (run, journal): (&RunId, &mut JournalFile),
) -> Result<(), CliError> {
    for note in set_aside {
        journal.append(Entry::Noted { note })?;
    }
    if let Some(repository) = &args.snapshot_repo {
        let kept = bench.store()?.load(run)?.folder.join("snapshot.json");
        repository::commit(repository, &kept, run.as_str())?;
    }
    match checked.is_done() {
        true => Ok(()),
        false => notices::before(bench, &settings.notice, checked.plan(), run, journal).await,
    }
}

/// The plan for an account in which it is tried first.
fn elsewhere(drafted: &Drafted, account: &str, settings: &Settings) -> Result<Drafted, CliError> {
    let refused = |what: String| CliError::Refused {
        what,
        help: "--rehearse-in wants an account that ses-doctor.toml labels, and not as production".to_owned(),
    };
    if settings.is_production(account) {
        return Err(refused(format!("the account {account} is labelled production")));
    }
    if settings.label(account).is_none() {
        return Err(refused(format!("the account {account} has no label")));
    }
    let plan = rehearsal(drafted, account, Timestamp::now(), MADE_BY);
    plan.map(Drafted::new).map_err(|why| refused(why.to_owned()))
}

/// The steps that are consented to, by number or by what they do.
fn consents(plan: &Plan, given: &[String]) -> Result<Vec<usize>, CliError> {
    let number = |text: &String| {
        let mut steps = plan.steps.iter().zip(1..);
        let found = steps.find(|(step, number)| {
            *text == number.to_string() || step.action.consent().as_ref() == Some(text)
        });
        found.map(|(_, number)| number).ok_or_else(|| {
            CliError::usage(
                format!("the plan has no step `{text}`"),
                "--allow-one-way wants the number of a step, or what it does, as the plan shows it: delete-key:KEY_ID, delete-version:POLICY:VERSION",
            )
        })
    };
    given.iter().map(number).collect()
}

/// A pair on standard output would be in the midst of the JSON.
fn refuse_to_mix(plan: &Plan, output: OutputFormat) -> Result<(), CliError> {
    let prints = plan.stored_pairs().any(|pair| pair.store == Store::Stdout);
    match (prints, output) {
        (true, OutputFormat::Json) => Err(CliError::usage(
            "the new pair and the report cannot both be JSON on standard output",
            "leave out --output json, or store the pair somewhere else",
        )),
        (_, OutputFormat::Json | OutputFormat::Text) => Ok(()),
    }
}

/// Shows what would be done, and whether it could be.
pub(crate) async fn rehearse(
    bench: &Bench,
    drafted: Drafted,
    consented: &[usize],
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let copy = drafted.clone();
    match bench.check(drafted, consented).await {
        Ok(checked) => {
            let reach = bench.reach(checked.plan()).await;
            ready(&copy, RunReport::ready(&checked).reaching(reach), output, console)?;
            Ok(Exit::Success)
        }
        Err(refusal) => refused(&copy, &refusal, output, console),
    }
}

fn ready(
    drafted: &Drafted,
    report: RunReport,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    match output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => render::run::ready(console.out, drafted, &report)?,
    }
    Ok(())
}

pub(crate) fn refused(
    drafted: &Drafted,
    refusal: &Refusal,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let report = RunReport::refused(drafted.plan(), drafted.id().as_str(), refusal);
    match output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => render::run::refused(console.out, drafted.plan(), &report, refusal)?,
    }
    Ok(Exit::CouldNotRun)
}

/// A plan file.
pub(crate) fn read(path: &Path) -> Result<Drafted, CliError> {
    let text = bounded_file::read_to_string(path).map_err(|source| CliError::read(path, source))?;
    Drafted::from_json(&text).map_err(|error| {
        let (at, help) = match &error {
            PlanError::Malformed { source } => (
                span_of_position(&text, source.line(), source.column()),
                "give a file that `plan --out` wrote",
            ),
            PlanError::NotAPlan => (None, "give a file that `plan --out` wrote"),
            PlanError::TooNew { .. } => (None, "apply it with the program that made it, or a newer one"),
            PlanError::Altered { .. } | PlanError::Contradicts => (
                None,
                "a plan is not edited: make it anew with `plan`, so that what was reviewed is what is applied",
            ),
        };
        CliError::Content {
            what: error.to_string(),
            text: Arc::new(NamedSource::new(path.display().to_string(), text.clone())),
            at,
            help: help.to_owned(),
        }
    })
}
