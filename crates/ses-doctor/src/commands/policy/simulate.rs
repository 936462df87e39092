//! `policy simulate`: requests with their policies in, decisions out, one a line and each at once, so that a program can
//! converse with it.

use super::expectation::Sum;
use super::requests::{self, Input};
use super::simulate_account;
use crate::args::{OutputFormat, SimulateArgs};
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use iam_eval::simulation::{Answer, Simulation, SimulationError};
use iam_eval::{Excerpt, PolicySet, Request, evaluate};
use ses_doctor_core::report::policy_simulate_v1::{Error, Line};
use std::path::Path;

/// Runs the command.
pub(crate) async fn run(args: &SimulateArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    if args.files.is_empty() {
        return simulate_account::run(args, console).await;
    }
    if args.sender.region.is_some() || args.aws.profile.is_some() || args.aws.endpoint_url.is_some() {
        return Err(CliError::usage(
            "requests in files bring their policies: no account is read",
            "leave --region, --profile and --endpoint-url away, or ask about an account with --principal",
        ));
    }
    let mut sum = Sum::default();
    for path in &args.files {
        let inputs = requests::of(path).map_err(|error| CliError::read(path, error))?;
        for input in inputs {
            let input = input.map_err(|error| CliError::read(path, error))?;
            one(args, path, &input, console, &mut sum)?;
            console.out.flush()?;
        }
    }
    Ok(sum.exit())
}

fn one(
    args: &SimulateArgs,
    path: &Path,
    input: &Input,
    console: &mut Console<'_>,
    sum: &mut Sum,
) -> Result<(), CliError> {
    let place = format!("{}:{}", path.display(), input.line);
    let (policies, request) = match read(input) {
        Ok(read) => read,
        Err(error) => {
            sum.bad = true;
            return error.report(args.output, path, input.line, console);
        }
    };
    let evaluation = evaluate(&policies, &request);
    match args.output {
        OutputFormat::Json => {
            let line = Line::Decision(Box::new(Answer::from(&evaluation).into()));
            render::json_line(console.out, &line)?;
        }
        OutputFormat::Text => writeln!(console.out, "# {place}\n{}", evaluation.explain())?,
    }
    if let Some(expected) = args.expect {
        sum.compare(
            expected,
            evaluation.decision(),
            evaluation.possible(),
            &place,
            console,
        );
    }
    Ok(())
}

fn read(input: &Input) -> Result<(PolicySet, Request), Bad> {
    let text = input.text.as_ref().map_err(|why| Bad::NoText(why))?;
    let simulation = Simulation::parse(text)?;
    Ok((simulation.policies()?, simulation.request()?))
}

/// Why a request is none.
enum Bad {
    NoText(&'static str),
    Simulation(SimulationError),
}

impl From<SimulationError> for Bad {
    fn from(error: SimulationError) -> Self {
        Self::Simulation(error)
    }
}

impl Bad {
    /// On standard error for people; in JSON a line on standard output too, so that there is one for every request.
    fn report(
        &self,
        form: OutputFormat,
        path: &Path,
        line: usize,
        console: &mut Console<'_>,
    ) -> Result<(), CliError> {
        let (message, at) = self.message();
        let (line, column) = match at {
            Some((within, column)) => (line + within - 1, Some(column)),
            None => (line, None),
        };
        let path = path.display();
        match column {
            Some(column) => anstream::eprintln!("{path}:{line}:{column}: {message}"),
            None => anstream::eprintln!("{path}:{line}: {message}"),
        }
        if let Self::Simulation(SimulationError::Document { errors, .. }) = self {
            for error in errors.errors() {
                anstream::eprintln!("{}", Excerpt::of_error(errors, error));
            }
        }
        if form == OutputFormat::Json {
            let error = Error {
                error: message,
                line,
                column,
            };
            render::json_line(console.out, &Line::Error(error))?;
        }
        Ok(())
    }

    /// What is wrong, and the line and column in the request where that is known.
    fn message(&self) -> (String, Option<(usize, usize)>) {
        match self {
            Self::NoText(why) => ((*why).to_owned(), None),
            Self::Simulation(SimulationError::Form(error)) => {
                let text = error.to_string();
                let what = text
                    .rsplit_once(" at line ")
                    .map_or(text.as_str(), |(what, _)| what);
                (what.to_owned(), Some((error.line().max(1), error.column())))
            }
            Self::Simulation(error) => (error.to_string(), None),
        }
    }
}
