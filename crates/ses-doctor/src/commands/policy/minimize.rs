//! `policy minimize`: the least policy for a refused call, or the layer that no allow cures.

use super::account::{self, Asked};
use super::context_pairs;
use super::denied_call::{self, DeniedCall, Given, Reason};
use super::documents;
use crate::args::{MinimizeArgs, OutputFormat};
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::render::minimum::{self, Answer, Said};
use iam_eval::minimize::{Blocker, Cause, Condition, Minimum, minimize};
use iam_eval::simulation::{ContextForm, Simulation, SimulationError};
use iam_eval::{Layer, PolicySet, Request};
use serde_json::value::{RawValue, to_raw_value};
use ses_doctor_core::permission::keys::{self, MULTIVALUED_KEYS};
use ses_doctor_core::permission::message::{Authorization, Message, Part, Place, stands_for};
use ses_doctor_core::permission::send;
use std::collections::BTreeMap;
use std::path::Path;

/// Runs the command.
pub(crate) async fn run(args: &MinimizeArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let question = match args.sender.principal.is_some() || args.sender.evidence.is_some() {
        true => of_account(args, console).await?,
        false => of_text(args)?,
    };
    let requests = question.requests()?;
    let policies = question.policies()?;
    let minimum = minimize(&policies, &requests, &question.conditions);
    let answer = question.answer(&requests, minimum);
    match args.output {
        OutputFormat::Json => render::json(console.out, &minimum::published(&answer))?,
        OutputFormat::Text => minimum::text(console.out, &answer)?,
    }
    Ok(exit(&answer))
}

/// A refused call as it was logged or recorded.
fn of_text(args: &MinimizeArgs) -> Result<Question, CliError> {
    if !args.to.is_empty() && !args.sandbox {
        return Err(CliError::usage(
            "--to counts in the sandbox only, and nothing tells whether the account is in it",
            "say so with --sandbox, or have the account read with --principal ARN",
        ));
    }
    let (name, text) = match (&args.file, &args.error) {
        (Some(file), _) => (file.display().to_string(), documents::text(file)?),
        (None, Some(error)) => ("--error".to_owned(), error.clone()),
        (None, None) => {
            return Err(CliError::usage(
                "no refused call was given",
                "give it as FILE (a request, a CloudTrail event, a log), with --error TEXT, as the message of a user with \
                 --principal ARN and --from, or with --evidence FILE",
            ));
        }
    };
    Question::new(args, denied_call::read(&name, &text)?)
}

/// A message of a user, with the policies that its account has for it: every resource that it needs at once.
async fn of_account(args: &MinimizeArgs, console: &Console<'_>) -> Result<Question, CliError> {
    let asked = Asked {
        aws: &args.aws,
        sender: &args.sender,
        from: args.from.as_deref(),
        to: args.to.first().map(String::as_str),
        configuration_set: args.configuration_set.as_deref(),
        error: args.error.as_deref(),
        event: None,
    };
    let mut questions = account::read(&asked, console).await?.questions()?.into_iter();
    let Some(first) = questions.next() else {
        return Err(CliError::usage("the message asks for nothing", "give --from"));
    };
    let unread: Vec<&str> = first.case.unread.iter().map(|layer| layer.words()).collect();
    let mut question = Question::new(args, Given::Request(Box::new(first.case.simulation)))?;
    question.parts = questions.map(|other| other.authorization).collect();
    if !unread.is_empty() {
        let note = format!(
            "not read, so that they may refuse it still: {}",
            unread.join(", ")
        );
        question.notes.push(note);
    }
    Ok(question)
}

fn exit(answer: &Answer<'_>) -> Exit {
    match (&answer.minimum, &answer.doubt) {
        (Minimum::Blocked(_) | Minimum::OnlyStar { .. } | Minimum::Useless(_), _) => Exit::CauseFound,
        (Minimum::Undetermined { .. }, _) | (_, Some(_)) => Exit::Inconclusive,
        (Minimum::Proposal(_) | Minimum::AlreadyAllowed, None) => Exit::Success,
    }
}

/// A refused call with everything that it takes to judge it.
struct Question {
    simulation: Simulation,
    parts: Vec<Authorization>,
    conditions: Vec<Condition>,
    reason: Option<Reason>,
    /// Whether AWS refused it, as a text or event says.
    is_refused: bool,
    /// Whether any policy came with it.
    has_policies: bool,
    notes: Vec<String>,
}

impl Question {
    fn new(args: &MinimizeArgs, given: Given) -> Result<Self, CliError> {
        let (mut simulation, reason, is_refused) = match given {
            Given::Request(simulation) => (*simulation, None, false),
            Given::Call(call) => (of_call(args.policies.as_deref(), &call)?, call.reason, true),
        };
        let mut conditions = Vec::new();
        let mut context: Vec<(String, Vec<String>)> = simulation.context.entries().to_vec();
        context_pairs::read_into(&mut context, &args.context)?;
        for written in &args.condition {
            conditions.push(condition(written, &mut context)?);
        }
        simulation.context = context.into_iter().collect();
        let (parts, notes) = parts(args, &simulation);
        let mut question = Self {
            has_policies: args.policies.is_some() || !is_refused,
            simulation,
            parts,
            conditions,
            reason,
            is_refused,
            notes,
        };
        question.warn_of_keys();
        if reason.is_some() && !question.has_policies {
            let note = "AWS names one reason only: another layer may refuse the call still. Have the account read \
                        with --principal, or give the policies with --policies, to know";
            question.notes.push(note.to_owned());
        }
        if is_refused {
            question.leave_open_what_is_not_told()?;
        }
        Ok(question)
    }

    /// A text does not tell the whole context: what policies ask for and nobody told is unknown, not absent.
    fn leave_open_what_is_not_told(&mut self) -> Result<(), CliError> {
        let policies = self.policies()?;
        let known = |key: &&str| {
            self.simulation
                .context
                .entries()
                .iter()
                .any(|(told, _)| told.eq_ignore_ascii_case(key))
        };
        let open: Vec<String> = policies
            .context_keys()
            .into_iter()
            .filter(|key| !known(key))
            .map(str::to_owned)
            .collect();
        self.simulation.unknown_context = open;
        Ok(())
    }

    /// A condition on a key that SES does not give would deny everything.
    fn warn_of_keys(&mut self) {
        if !self.simulation.action.eq_ignore_ascii_case(send::ACTION) {
            return;
        }
        for condition in self
            .conditions
            .iter()
            .filter(|condition| !keys::is_supported_key(&condition.key))
        {
            self.notes.push(format!(
                "SES is not known to give {} to {}: an Allow with a condition on it may never match",
                condition.key,
                send::ACTION
            ));
        }
    }

    fn policies(&self) -> Result<PolicySet, CliError> {
        self.simulation.policies().map_err(|error| wrong(&error))
    }

    /// The refused request, and those of the other parts of the message.
    fn requests(&self) -> Result<Vec<Request>, CliError> {
        let mut resources = vec![self.simulation.resource.clone()];
        resources.extend(self.parts.iter().map(|part| part.resource.clone()));
        resources.dedup();
        let request = |resource: String| {
            let simulation = Simulation {
                resource,
                ..self.simulation.clone()
            };
            simulation.request().map_err(|error| wrong(&error))
        };
        resources.into_iter().map(request).collect()
    }

    /// What the evaluator found, held against what AWS said.
    fn answer<'a>(self, requests: &'a [Request], minimum: Minimum<'a>) -> Answer<'a> {
        let mut minimum = minimum;
        if let (Some(reason), Some(request)) = (self.reason, requests.first())
            && !agrees(reason, &minimum)
        {
            // AWS saw a policy that is not at hand.
            let unseen = Blocker {
                request,
                layer: reason.layer,
                target: None,
                cause: match reason.explicit {
                    true => Cause::DeniesUnseen,
                    false => Cause::DoesNotAllow { nearest: Vec::new() },
                },
            };
            minimum = match minimum {
                Minimum::Blocked(mut blockers) => {
                    blockers.push(unseen);
                    Minimum::Blocked(blockers)
                }
                Minimum::AlreadyAllowed
                | Minimum::Proposal(_)
                | Minimum::OnlyStar { .. }
                | Minimum::Undetermined { .. }
                | Minimum::Useless(_) => Minimum::Blocked(vec![unseen]),
            };
        }
        let doubt = match &minimum {
            Minimum::AlreadyAllowed if self.is_refused => Some(Said::AllowedHere),
            Minimum::Proposal(_) if self.is_refused && !self.has_policies && self.reason.is_none() => {
                Some(Said::NoReason)
            }
            Minimum::AlreadyAllowed
            | Minimum::Proposal(_)
            | Minimum::Blocked(_)
            | Minimum::OnlyStar { .. }
            | Minimum::Undetermined { .. }
            | Minimum::Useless(_) => None,
        };
        Answer {
            principal: self.simulation.principal,
            action: self.simulation.action,
            parts: self.parts,
            minimum,
            doubt,
            notes: self.notes,
        }
    }
}

/// Whether what AWS says is what the evaluator found, or the missing allow that is to be proposed.
fn agrees(reason: Reason, minimum: &Minimum<'_>) -> bool {
    match minimum {
        Minimum::Blocked(blockers) => blockers.iter().any(|blocker| blocker.layer == reason.layer),
        Minimum::AlreadyAllowed
        | Minimum::Proposal(_)
        | Minimum::OnlyStar { .. }
        | Minimum::Undetermined { .. }
        | Minimum::Useless(_) => reason.layer == Layer::IdentityPolicy && !reason.explicit,
    }
}

/// The call with the policies of a file, whose text is kept so that places in it stay true.
fn of_call(policies: Option<&Path>, call: &DeniedCall) -> Result<Simulation, CliError> {
    let text = policies.map_or_else(|| Ok("{}".to_owned()), documents::text)?;
    let name = policies.map_or_else(String::new, |path| path.display().to_string());
    let help = "--policies wants the policy fields of a request as `policy simulate` takes it";
    let wrong = |error: &serde_json::Error| documents::not_json(&name, &text, error, help);
    let mut members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    for (field, value) in [
        ("principal", &call.principal),
        ("action", &call.action),
        ("resource", &call.resource),
    ] {
        members.insert(
            field.to_owned(),
            to_raw_value(value).map_err(|error| wrong(&error))?,
        );
    }
    let context: ContextForm = call.context.iter().cloned().collect();
    members.insert(
        "context".to_owned(),
        to_raw_value(&context).map_err(|error| wrong(&error))?,
    );
    let whole = serde_json::to_string(&members).map_err(|error| wrong(&error))?;
    serde_json::from_str(&whole).map_err(|error| CliError::usage(format!("{name}: {error}"), help))
}

/// The authorisations of the message besides the refused one, and what was assumed.
fn parts(args: &MinimizeArgs, simulation: &Simulation) -> (Vec<Authorization>, Vec<String>) {
    // An account tells the message's resources itself.
    let of_account = args.sender.principal.is_some() || args.sender.evidence.is_some();
    let Some(place) = Place::of(&simulation.resource).filter(|_| !of_account) else {
        return (Vec::new(), Vec::new());
    };
    let refused = simulation.resource.split_once(":identity/").map(|(_, name)| name);
    let mut notes = Vec::new();
    let sender_identity = args.from.as_deref().map(|from| {
        let fits = refused.filter(|name| stands_for(name, from));
        let domain = || from.rsplit_once('@').map_or(from, |(_, domain)| domain);
        let named = args.identity.as_deref().or(fits);
        if named.is_none() {
            notes.push(format!(
                "for {from} the identity {} is assumed; where the address itself is an identity, SES takes that: name it with --identity",
                domain()
            ));
        }
        named.unwrap_or_else(domain).to_owned()
    });
    let message = Message {
        sender_identity,
        configuration_set: args.configuration_set.clone(),
        sandbox_recipients: args.to.clone(),
    };
    let parts = message.authorizations(&place);
    if args.configuration_set.is_none() && parts.iter().any(|part| part.part == Part::Sender) {
        notes.push("an identity's default configuration set is authorised too: name it with --configuration-set if there is one".to_owned());
    }
    (parts, notes)
}

/// `KEY[=VALUE]` as a condition; the value is the call's own where none is given.
fn condition(written: &str, context: &mut Vec<(String, Vec<String>)>) -> Result<Condition, CliError> {
    let (key, value) = written
        .split_once('=')
        .map_or((written, None), |(key, value)| (key, Some(value)));
    let own = context
        .iter()
        .find(|(told, _)| told.eq_ignore_ascii_case(key))
        .map(|(_, values)| values.clone());
    let values = match (value, own) {
        (Some(value), own) => {
            if own.is_none() {
                context_pairs::add(context, key, value.to_owned());
            }
            vec![value.to_owned()]
        }
        (None, Some(own)) => own,
        (None, None) => {
            let what = format!("the call does not tell its {key}");
            return Err(CliError::usage(
                what,
                format!("give the value: --condition {key}=VALUE"),
            ));
        }
    };
    Ok(Condition {
        key: key.to_owned(),
        values,
        is_multivalued: MULTIVALUED_KEYS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(key)),
    })
}

fn wrong(error: &SimulationError) -> CliError {
    if let SimulationError::Document { errors, .. } = error {
        return documents::malformed(errors);
    }
    CliError::usage(
        error.to_string(),
        "see `policy simulate --help` for the form of a request",
    )
}
