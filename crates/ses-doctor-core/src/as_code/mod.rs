//! A plan as code: what its steps do as commands of the AWS CLI, and what they leave behind as Terraform and CloudFormation
//! declare it. A fix that stands in no code drifts back with the next deployment.
//!
//! What the languages call a thing, its action knows ([`Code`]); here is how it is written. Texts are pure functions of
//! the plan. They hold no secret, as plans hold none; a step that would need one says what to do in its place.

mod cli;
mod cloudformation;
mod comment;
mod hcl;
mod label;
mod terraform;
mod yaml;

use crate::action::{Action, Code, State, Thing};
use crate::plan::{Drafted, Plan};

/// A language that a plan can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Commands of the AWS CLI, a script for a POSIX shell.
    Cli,
    /// Resources of Terraform's AWS provider, in HCL.
    Terraform,
    /// A template of CloudFormation, in YAML.
    CloudFormation,
}

/// The plan as one file of that language.
pub fn write(drafted: &Drafted, language: Language) -> String {
    match language {
        Language::Cli => cli::script(drafted),
        Language::Terraform => terraform::configuration(drafted),
        Language::CloudFormation => cloudformation::template(drafted),
    }
}

/// What a language has for one thing, with the numbers of the steps that change it.
struct Entry {
    steps: Vec<usize>,
    code: Code,
}

/// What a language has for the things of a plan. A thing that several steps change is declared once, as the last leaves it.
fn entries(plan: &Plan, language: impl Fn(&Action) -> Code) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (number, step) in (1..).zip(&plan.steps) {
        let code = language(&step.action);
        let same = entries.iter_mut().find(|entry| is_same(&entry.code, &code));
        match same {
            Some(entry) => {
                entry.steps.push(number);
                entry.code = as_it_began(code, &entry.code);
            }
            None => entries.push(Entry {
                steps: vec![number],
                code,
            }),
        }
    }
    entries
}

fn thing(code: &Code) -> Option<&Thing> {
    match code {
        Code::Declared(thing) | Code::Removed(thing) => Some(thing),
        Code::Implied(_) | Code::Nowhere(_) => None,
    }
}

fn is_same(one: &Code, other: &Code) -> bool {
    match (thing(one), thing(other)) {
        (Some(one), Some(other)) => {
            (one.kind, &one.identity, &one.names) == (other.kind, &other.identity, &other.names)
        }
        _ => false,
    }
}

/// As the later step leaves it; it was there before if it was before the earlier one.
fn as_it_began(later: Code, earlier: &Code) -> Code {
    match later {
        Code::Declared(later) => Code::Declared(Thing {
            is_new: thing(earlier).is_some_and(|earlier| earlier.is_new),
            ..later
        }),
        Code::Removed(_) | Code::Implied(_) | Code::Nowhere(_) => later,
    }
}

/// `1`, or `1 and 2`.
fn numbers(steps: &[usize]) -> String {
    let steps: Vec<String> = steps.iter().map(usize::to_string).collect();
    steps.join(" and ")
}

/// What a step does, in a few words.
fn passage(action: &Action) -> String {
    let words = match (action.before(), action.after()) {
        (State::Absent, State::Document(_)) => "is made".to_owned(),
        (State::Document(_), State::Absent) => "is taken away".to_owned(),
        (State::Document(_), State::Document(_)) | (State::File(_), State::File(_)) => {
            "is changed".to_owned()
        }
        (State::Absent, State::Present) => "is added".to_owned(),
        (State::Present, State::Absent) => "is taken away".to_owned(),
        (before, after) => format!("goes from \"{}\" to \"{}\"", before.words(), after.words()),
    };
    format!("{} {words}", action.resource())
}

#[cfg(test)]
mod tests;
