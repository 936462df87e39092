//! `rotate`: a new credential without downtime, as a plan like any other; and later, the end of the old key.

mod facts;
mod outcome;

pub(crate) use outcome::{conclude, report_of, settle};

use super::Console;
use super::apply::{self, folder};
use super::plan::MADE_BY;
use super::rollback::run_id;
use crate::args::{AgainArgs, ApplyArgs, CredentialArgs, FollowArgs, RotateArgs};
use crate::error::CliError;
use crate::exit::Exit;
use crate::private_file;
use crate::settings::Settings;
use jiff::Timestamp;
use ses_doctor_aws::{Kept, RunStore};
use ses_doctor_core::journal::End;
use ses_doctor_core::plan::{Drafted, Plan};
use ses_doctor_core::rotation;

/// Runs the command.
pub(crate) async fn run(args: RotateArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let plan = match &args.finish {
        Some(run) => finish(&args, run)?,
        None => rotation::draft(&facts::question(&args).await?).map_err(|refusal| refused(&refusal))?,
    };
    let drafted = Drafted::new(plan);
    if let Some(path) = &args.out {
        let mut text = serde_json::to_vec_pretty(&drafted.to_json()).map_err(std::io::Error::from)?;
        text.push(b'\n');
        private_file::write(path, &text)?;
    }
    let settings = Settings::read(args.settings.settings.as_deref())?;
    apply::run_drafted(drafted, applying(args), settings, console).await
}

/// What `apply` would be told.
fn applying(args: RotateArgs) -> ApplyArgs {
    ApplyArgs {
        plan: args.out.unwrap_or_default(),
        apply: args.apply,
        rehearse_in: None,
        guards: args.guards,
        settings: args.settings,
        metric: args.metric,
        snapshot_repo: args.snapshot_repo,
        allow_one_way: args.allow_one_way,
        wait: args.wait,
        state: args.state,
        follow: FollowArgs {
            endpoint: args.endpoint,
            credentials: CredentialArgs {
                username: None,
                password_stdin: false,
                password_file: None,
                password_env: None,
            },
            mail: AgainArgs {
                from: None,
                to: None,
                configuration_set: None,
                send: false,
            },
            verify_for: args.verify_for,
            no_rollback: args.no_rollback,
        },
        aws: args.aws,
        output: args.output,
    }
}

fn refused(refusal: &rotation::Refusal) -> CliError {
    let help = match refusal {
        rotation::Refusal::Key(rotation::KeyRefusal::BothInUse { .. }) => {
            "a user has at most two keys: find out which of them nobody needs, switch it off, and rotate once it has been \
             unused for --quiet-for; an idle or inactive key is then deleted, with --allow-one-way delete-key:KEY_ID"
        }
        rotation::Refusal::Key(_) => "name the user with --user, or the key with --key",
        rotation::Refusal::NoUsername => {
            "name a further place that keeps the user name, or give --username-by-hand and tell the clients yourself"
        }
        rotation::Refusal::NoPassword => "name a place that keeps the password",
        rotation::Refusal::AnotherKey { .. } => {
            "name the key that is to give way with --key, or another place"
        }
        rotation::Refusal::Twice(_) => "name each place once",
    };
    CliError::Refused {
        what: refusal.to_string(),
        help: help.to_owned(),
    }
}

/// The plan that deletes the key that a rotation has switched off.
fn finish(args: &RotateArgs, run: &str) -> Result<Plan, CliError> {
    let id = run_id(run)?;
    let store = RunStore::open(&folder(&args.state)?)?;
    let kept = store.load(&id)?;
    let plan = kept.plan.plan();
    let (Some(user), Some(pair), true) = (
        plan.rotates(),
        plan.stored_pairs().next(),
        is_done(&kept, &store)?,
    ) else {
        return Err(CliError::Refused {
            what: format!("the run {id} is no rotation that came to its end and still stands"),
            help: "`ses-doctor runs show` tells how it stands; `runs resume` goes on with it".to_owned(),
        });
    };
    Ok(rotation::finish(plan, user, &pair.key, Timestamp::now(), MADE_BY))
}

fn is_done(kept: &Kept, store: &RunStore) -> Result<bool, CliError> {
    let undone = store.list()?.iter().any(|(_, other)| {
        let undoes = other
            .as_ref()
            .ok()
            .and_then(|other| other.progress.undoes.as_ref());
        undoes == Some(&kept.progress.run)
    });
    Ok(kept.progress.end == Some(End::Applied) && !undone)
}
