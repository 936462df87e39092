//! `policy compare`: does a new policy grant anything beyond the old one and what was intended?

use super::access_analyzer::{self, SecondOpinion};
use super::compare_account::{self, Sides};
use super::documents;
use crate::args::{CompareArgs, OutputFormat};
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::render::comparison;
use iam_eval::PolicyDocument;
use iam_eval::compare::{Comparison, Difference, Documents, Hints};
use serde_json::json;
use ses_doctor_core::permission::keys::{MULTIVALUED_KEYS, OTHER_ACTIONS, SEND_ACTIONS};
use ses_doctor_core::report::policy_compare_v1::{Account, PolicyComparison};
use std::sync::Arc;

/// Runs the command.
pub(crate) async fn run(args: &CompareArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (old, new, account) = sides(args, console).await?;
    let intended = intended(args)?;
    let actions = [SEND_ACTIONS, OTHER_ACTIONS].concat();
    let hints = Hints {
        actions: &actions,
        multivalued: &MULTIVALUED_KEYS,
    };
    let sides = Documents {
        old: &old,
        new: &new,
        intended: &intended,
    };
    let has_unread = account.as_ref().is_some_and(|account| !account.unread.is_empty());
    let comparison = compare_account::compare(&sides, hints, has_unread);
    let second = match args.access_analyzer {
        true => access_analyzer::ask(args, &sides, &comparison, console).await,
        false => SecondOpinion::default(),
    };
    match args.output {
        OutputFormat::Json => {
            let answer = PolicyComparison::new(&comparison, account, comparison::second_opinion(&second));
            render::json(console.out, &answer)?;
        }
        OutputFormat::Text => comparison::text(console.out, &comparison, account.as_ref(), &second)?,
    }
    Ok(exit(&comparison))
}

type Side = Vec<Arc<PolicyDocument>>;

/// What is granted now, and what is to be: two files, or a user's policies without and with the new ones.
async fn sides(args: &CompareArgs, console: &Console<'_>) -> Result<(Side, Side, Option<Account>), CliError> {
    if let Some(new) = &args.second {
        refuse_idle_options(args)?;
        return Ok((documents::read(&args.first)?, documents::read(new)?, None));
    }
    let Sides { old, new, account } = compare_account::read(args, &args.first, console).await?;
    Ok((old, new, Some(account)))
}

/// Two files are compared without AWS.
fn refuse_idle_options(args: &CompareArgs) -> Result<(), CliError> {
    let of_aws = [&args.sender.region, &args.aws.profile, &args.aws.endpoint_url];
    let what = if args.policy.is_some() {
        "--policy names a policy of a user, and none is given"
    } else if !args.access_analyzer && of_aws.iter().any(|option| option.is_some()) {
        "two files are compared without AWS, so that there is nothing to call it for"
    } else {
        return Ok(());
    };
    Err(CliError::usage(
        what,
        "give --principal and leave the old file away, or ask --access-analyzer",
    ))
}

/// Whether something is granted beyond, not whether something is taken away, decides.
fn exit(comparison: &Comparison) -> Exit {
    match comparison.added {
        Difference::Nothing => Exit::Success,
        Difference::Example { .. } => Exit::CauseFound,
        Difference::Possible { .. } | Difference::TooComplex(_) => Exit::Inconclusive,
    }
}

/// What may be added: files, and the pairs of `--allow` and `--on`.
fn intended(args: &CompareArgs) -> Result<Vec<Arc<PolicyDocument>>, CliError> {
    let mut intended = Vec::new();
    for path in &args.intended {
        intended.extend(documents::read(path)?);
    }
    if !args.allow.is_empty() {
        let statement = json!({ "Effect": "Allow", "Action": args.allow, "Resource": args.on });
        let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let document =
            PolicyDocument::parse("--allow", &text).map_err(|errors| documents::malformed(&errors))?;
        intended.push(Arc::new(document));
    }
    Ok(intended)
}
