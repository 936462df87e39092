//! `policy simulate --principal`: requests of an SMTP user, decided by the policies that its account has.

use super::account::{self, Account, Asked};
use super::context_pairs;
use super::expectation::Sum;
use crate::args::{OutputFormat, SimulateArgs};
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use iam_eval::Decision;
use iam_eval::simulation::SimulationError;
use ses_doctor_core::permission::inquiry::Inquiry;
use ses_doctor_core::permission::message::Part;
use ses_doctor_core::permission::send;
use ses_doctor_core::report::policy_simulate_v1::{self as v1, Line};

/// Runs the command.
pub(super) async fn run(args: &SimulateArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let context = context_pairs::read(&args.request.context)?;
    let asked = Asked {
        aws: &args.aws,
        sender: &args.sender,
        from: sender(args),
        to: args.request.to.as_deref(),
        configuration_set: args.request.configuration_set.as_deref(),
        error: None,
        event: None,
    };
    let account = account::read(&asked, console).await?;
    let mut sum = Sum::default();
    let inquiries = inquiries(args, &account, &context)?;
    for (number, (inquiry, part)) in inquiries.iter().enumerate() {
        if number > 0 && args.output == OutputFormat::Text {
            writeln!(console.out)?;
        }
        one(args, &account, inquiry, *part, console, &mut sum)?;
    }
    Ok(sum.exit())
}

/// Without a sender, the identity that is asked about stands for one, so that its policies are read.
fn sender(args: &SimulateArgs) -> Option<&str> {
    let of_resource = || {
        let mut named = args.request.resource.iter();
        named.find_map(|resource| resource.split_once(":identity/").map(|(_, name)| name))
    };
    args.request.from.as_deref().or_else(of_resource)
}

/// What is to be decided: the actions on the resources that were named, else what SES asks for the message.
fn inquiries(
    args: &SimulateArgs,
    account: &Account,
    context: &[(String, Vec<String>)],
) -> Result<Vec<(Inquiry, Option<Part>)>, CliError> {
    let asked = &args.request;
    let named = |resources: &[String]| -> Vec<(String, Option<Part>)> {
        resources
            .iter()
            .map(|resource| (resource.clone(), None))
            .collect()
    };
    let resources = match (asked.resource.as_slice(), asked.action.as_slice(), &asked.from) {
        ([], [], _) | ([], _, Some(_)) => account
            .questions()?
            .into_iter()
            .map(|question| (question.authorization.resource, Some(question.authorization.part)))
            .collect(),
        ([], _, None) => named(&["*".to_owned()]),
        (resources, _, _) => named(resources),
    };
    let smtp = [send::ACTION.to_owned()];
    let actions = match asked.action.as_slice() {
        [] => smtp.as_slice(),
        actions => actions,
    };
    let inquiry = |action: &String, (resource, part): &(String, Option<Part>)| {
        let inquiry = Inquiry {
            action: action.clone(),
            resource: resource.clone(),
            resource_account: asked.resource_account.clone(),
            context: context.to_vec(),
            is_sender_told: asked.from.is_some() || args.sender.evidence.is_some(),
        };
        (inquiry, *part)
    };
    let all = actions.iter().flat_map(|action| {
        let on = resources.iter();
        on.map(move |resource| inquiry(action, resource))
    });
    Ok(all.collect())
}

fn one(
    args: &SimulateArgs,
    account: &Account,
    inquiry: &Inquiry,
    part: Option<Part>,
    console: &mut Console<'_>,
    sum: &mut Sum,
) -> Result<(), CliError> {
    let Account { evidence, message } = account;
    let case = inquiry.case(evidence, message);
    let line =
        v1::Decision::of_account(evidence, message, (inquiry, part), &case).map_err(|error| wrong(&error))?;
    let answer = case.answer().map_err(|error| wrong(&error))?;
    let possible = match answer.possible.as_slice() {
        [] => std::slice::from_ref(&answer.decision),
        possible => possible,
    };
    match args.expect {
        Some(expected) => {
            let place = format!("{} on {}", inquiry.action, inquiry.resource);
            sum.compare(expected, answer.decision, possible, &place, console);
        }
        // A request that depends on its context is answered; one whose policies could not be read is not.
        None => sum.open |= answer.decision == Decision::Undetermined && !case.unread.is_empty(),
    }
    match args.output {
        OutputFormat::Json => render::json_line(console.out, &Line::Decision(Box::new(line)))?,
        OutputFormat::Text => render::policy::simulated(console.out, &line, &case)?,
    }
    Ok(())
}

fn wrong(error: &SimulationError) -> CliError {
    CliError::usage(
        format!("IAM cannot be asked so: {error}"),
        "write an action as SERVICE:ACTION, a resource as an ARN or *",
    )
}
