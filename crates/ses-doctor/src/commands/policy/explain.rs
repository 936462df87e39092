//! `policy explain`: what IAM says to a message that SES takes by SMTP, layer by layer, with the statement at fault.

use super::account::{self, Asked};
use crate::args::{OutputFormat, PolicyExplainArgs};
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use ses_doctor_core::report::policy_v1::PolicyExplanation;

/// Runs the command.
pub(super) async fn run(args: &PolicyExplainArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let asked = Asked {
        aws: &args.aws,
        sender: &args.sender,
        from: args.from.as_deref(),
        to: args.to.as_deref(),
        configuration_set: args.configuration_set.as_deref(),
        error: args.error.as_deref(),
        event: args.event.as_deref(),
    };
    let account = account::read(&asked, console).await?;
    let questions = account.questions()?;
    let explanation = PolicyExplanation::new(&account.evidence, &account.message, &questions)
        .map_err(|error| CliError::usage(format!("IAM cannot be asked so: {error}"), "check --principal"))?;
    match args.output {
        OutputFormat::Json => render::json(console.out, &explanation)?,
        OutputFormat::Text => render::policy::explanation(console.out, &explanation, &questions)?,
    }
    Ok(match (explanation.is_denied(), explanation.is_allowed()) {
        (true, _) => Exit::CauseFound,
        (false, true) => Exit::Success,
        (false, false) => Exit::Inconclusive,
    })
}
