//! `policy simulate`: requests with their policies in, decisions out, one a line and each at once, so that a program can
//! converse with it.

use super::requests::{self, Input};
use crate::args::{Expected, OutputFormat, SimulateArgs};
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use iam_eval::simulation::{Answer, Simulation, SimulationError};
use iam_eval::{Decision, Evaluation, Excerpt, PolicySet, Request, evaluate};
use std::path::Path;

/// What became of all requests so far.
#[derive(Debug, Default)]
struct Sum {
    bad: bool,
    unexpected: bool,
    open: bool,
}

/// Runs the command.
pub(crate) fn run(args: &SimulateArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let mut sum = Sum::default();
    for path in &args.files {
        let inputs = requests::of(path).map_err(|error| CliError::read(path, error))?;
        for input in inputs {
            let input = input.map_err(|error| CliError::read(path, error))?;
            one(args, path, &input, console, &mut sum)?;
            console.out.flush()?;
        }
    }
    Ok(match sum {
        Sum { bad: true, .. } => Exit::Usage,
        Sum { unexpected: true, .. } => Exit::CauseFound,
        Sum { open: true, .. } => Exit::Inconclusive,
        Sum { .. } => Exit::Success,
    })
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
            let line = serde_json::to_string(&Answer::from(&evaluation)).map_err(std::io::Error::from)?;
            writeln!(console.out, "{line}")?;
        }
        OutputFormat::Text => writeln!(console.out, "# {place}\n{}", evaluation.explain())?,
    }
    if let Some(expected) = args.expect {
        sum.compare(expected, &evaluation, &place, console);
    }
    Ok(())
}

fn read(input: &Input) -> Result<(PolicySet, Request), Bad> {
    let text = input.text.as_ref().map_err(|why| Bad::NoText(why))?;
    let simulation = Simulation::parse(text)?;
    Ok((simulation.policies()?, simulation.request()?))
}

impl Sum {
    fn compare(
        &mut self,
        expected: Expected,
        evaluation: &Evaluation<'_>,
        place: &str,
        console: &Console<'_>,
    ) {
        let decision = evaluation.decision();
        if expected.is(decision) {
            return;
        }
        let may_be = evaluation
            .possible()
            .iter()
            .any(|possible| expected.is(*possible));
        if may_be {
            self.open = true;
        } else {
            self.unexpected = true;
        }
        if !console.quiet {
            anstream::eprintln!("{place}: expected {}, found {decision}", expected.name());
        }
    }
}

impl Expected {
    fn is(self, decision: Decision) -> bool {
        match self {
            Self::Allowed => decision == Decision::Allowed,
            Self::Denied => matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny),
            Self::ExplicitDeny => decision == Decision::ExplicitDeny,
            Self::ImplicitDeny => decision == Decision::ImplicitDeny,
            Self::Undetermined => decision == Decision::Undetermined,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "a denial",
            Self::ExplicitDeny => "explicit-deny",
            Self::ImplicitDeny => "implicit-deny",
            Self::Undetermined => "undetermined",
        }
    }
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
            let error = serde_json::json!({ "error": message, "line": line, "column": column });
            writeln!(console.out, "{error}")?;
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
