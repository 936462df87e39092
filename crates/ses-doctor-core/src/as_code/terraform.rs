//! Terraform: each thing as a resource in the state after the step, with an `import` block, so that what exists is taken over and
//! not made a second time.

use super::hcl::{aligned, expression, quoted};
use super::label::Labels;
use super::{Entry, comment, entries, numbers, passage};
use crate::action::{Action, Argument, Code, Identity, Thing};
use crate::plan::{Drafted, Plan};
use serde_json::Value;

pub(super) fn configuration(drafted: &Drafted) -> String {
    let plan = drafted.plan();
    let mut out = String::new();
    comment::title(
        &mut out,
        drafted,
        "for Terraform 1.5 or newer and its AWS provider",
    );
    comment::prose(
        &mut out,
        "Where your code has one of these resources already, change it there and leave out the one here. `terraform plan` shows what \
         would change; where it shows more than the plan does, your code would undo something.",
    );
    comment::prose(&mut out, "The provider has to be that of the account and region:");
    comment::inactive(&mut out, &provider(plan));
    let mut labels = Labels::default();
    for entry in entries(plan, Action::terraform) {
        out.push('\n');
        one(&mut out, plan, &entry, &mut labels);
    }
    comment::requests(&mut out, plan);
    out
}

fn provider(plan: &Plan) -> String {
    let region = ("region".to_owned(), quoted(&plan.target.region));
    let account = plan.target.account.iter();
    let account = account.map(|id| ("allowed_account_ids".to_owned(), format!("[{}]", quoted(id))));
    let arguments = aligned(std::iter::once(region).chain(account), 1);
    format!("provider \"aws\" {{\n{arguments}}}")
}

fn one(out: &mut String, plan: &Plan, entry: &Entry, labels: &mut Labels) {
    let actions: Vec<&Action> = entry
        .steps
        .iter()
        .filter_map(|number| plan.steps.get(number - 1))
        .map(|step| &step.action)
        .collect();
    let words: Vec<String> = actions.iter().map(|action| passage(action)).collect();
    comment::prose(
        out,
        &format!("Step {}: {}.", numbers(&entry.steps), words.join("; then ")),
    );
    match &entry.code {
        Code::Declared(thing) => declared(out, thing, &labels.snake(&thing.names)),
        Code::Removed(thing) => {
            let id = match &thing.identity {
                Identity::Id(id) => format!(" with the id {}", quoted(id)),
                Identity::Properties(_) | Identity::Shown(..) => String::new(),
            };
            comment::prose(
                out,
                &format!(
                    "If your code has it, as {}{id}, take it out there. Else, by hand:",
                    thing.kind
                ),
            );
            by_hand(out, &actions, plan);
        }
        Code::Implied(why) => comment::prose(out, &format!("{why}.")),
        Code::Nowhere(why) => {
            comment::prose(out, &format!("Not in Terraform: {why}. By hand:"));
            by_hand(out, &actions, plan);
        }
    }
}

fn by_hand(out: &mut String, actions: &[&Action], plan: &Plan) {
    for action in actions {
        super::cli::in_place(out, action, &plan.target.region);
    }
}

fn declared(out: &mut String, thing: &Thing, label: &str) {
    if let Some(note) = thing.note {
        comment::prose(out, note);
    }
    let import = import(thing, label);
    match (thing.is_new, &thing.identity) {
        (true, identity) => {
            comment::prose(
                out,
                "It is new. Once the plan has been applied otherwise, it is there, and is taken over by:",
            );
            if let Identity::Shown(_, command) = identity {
                comment::verbatim(out, &format!("$ {command}"));
            }
            comment::inactive(out, &import);
        }
        (false, Identity::Shown(_, command)) => {
            comment::verbatim(out, &format!("$ {command}"));
            comment::inactive(out, &import);
        }
        (false, Identity::Id(_) | Identity::Properties(_)) => {
            out.push_str(&import);
            out.push('\n');
        }
    }
    out.push_str(&format!("resource \"{}\" \"{label}\" {{\n", thing.kind));
    out.push_str(&arguments(thing));
    out.push_str("}\n");
}

fn import(thing: &Thing, label: &str) -> String {
    let id = match &thing.identity {
        Identity::Id(id) => quoted(id),
        Identity::Properties(_) | Identity::Shown(..) => quoted("the id that this command shows"),
    };
    format!("import {{\n  to = {}.{label}\n  id = {id}\n}}\n", thing.kind)
}

fn arguments(thing: &Thing) -> String {
    let plain = thing
        .arguments
        .iter()
        .filter_map(|(name, argument)| match argument {
            Argument::Plain(value) => Some(((*name).to_owned(), expression(value, 1))),
            Argument::Document(_) | Argument::Block(_) | Argument::Asked { .. } => None,
        });
    let mut out = aligned(plain, 1);
    for (name, argument) in &thing.arguments {
        match argument {
            Argument::Plain(_) => {}
            Argument::Document(text) => out.push_str(&format!("\n  {name} = {}\n", document(text))),
            Argument::Block(members) => {
                let members = members.iter();
                let members = members.map(|(name, value)| ((*name).to_owned(), expression(value, 2)));
                out.push_str(&format!("\n  {name} {{\n{}  }}\n", aligned(members, 2)));
            }
            Argument::Asked { parameter, .. } => out.push_str(&format!("  {name} = var.{parameter}\n")),
        }
    }
    if !thing.untouched.is_empty() {
        out.push_str(&format!(
            "\n  # What the plan does not know stays as it is.\n  lifecycle {{\n    ignore_changes = [{}]\n  }}\n",
            thing.untouched.join(", ")
        ));
    }
    out
}

/// JSON that Terraform writes itself, so that a plan of Terraform's shows what changes in it; any other text as a string.
fn document(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => format!("jsonencode({})", expression(&value, 1)),
        Ok(_) | Err(_) => quoted(text),
    }
}
