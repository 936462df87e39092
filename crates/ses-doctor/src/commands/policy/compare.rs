//! `policy compare`: does a new policy grant anything beyond the old one and what was intended?

use super::access_analyzer::{self, SecondOpinion};
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
use std::sync::Arc;

/// Runs the command.
pub(crate) async fn run(args: &CompareArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (old, new) = (documents::read(&args.old)?, documents::read(&args.new)?);
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
    let comparison = iam_eval::compare::compare(sides, hints);
    let second = match args.access_analyzer {
        true => access_analyzer::ask(args, &sides, &comparison, console).await,
        false => SecondOpinion::default(),
    };
    match args.output {
        OutputFormat::Json => render::json(console.out, &comparison::json(&comparison, &second))?,
        OutputFormat::Text => comparison::text(console.out, &comparison, &second)?,
    }
    Ok(exit(&comparison))
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
