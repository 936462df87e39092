//! The AWS CLI: a script for a POSIX shell with a command for each step, and, inactive, the way back.

use super::{comment, passage};
use crate::action::{Action, ByHand};
use crate::plan::{Drafted, Plan};
use crate::shell::{in_one_line, json_in_one_line, quoted};
use serde_json::Value;

pub(super) fn script(drafted: &Drafted) -> String {
    let plan = drafted.plan();
    let mut out = String::from("#!/bin/sh\n");
    comment::title(&mut out, drafted, "as commands of the AWS CLI");
    comment::prose(
        &mut out,
        "These change things at once. `ses-doctor apply` first sees whether everything still is as it was, keeps a journal, tries the \
         symptom again, and undoes what did not help; commands do none of that.",
    );
    if plan.steps.is_empty() {
        comment::requests(&mut out, plan);
        return out;
    }
    out.push_str(&preamble(plan));
    let mut versions = Versions::default();
    for (number, step) in (1..).zip(&plan.steps) {
        out.push('\n');
        comment::prose(&mut out, &format!("Step {number}: {}.", passage(&step.action)));
        for line in lines(
            number,
            &step.action,
            &plan.target.region,
            &mut versions,
            Way::There,
        ) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    way_back(&mut out, plan, &mut versions);
    comment::requests(&mut out, plan);
    out
}

/// The shell stops at the first failure, asks no pager, and works in the plan's region and account alone.
fn preamble(plan: &Plan) -> String {
    let region = quoted(&in_one_line(&plan.target.region));
    let mut out = format!("set -eu\nexport AWS_PAGER= AWS_REGION={region} AWS_DEFAULT_REGION={region}\n");
    if let Some(account) = &plan.target.account {
        let account = in_one_line(account);
        let refusal = quoted(&format!("these credentials are not of the account {account}"));
        out.push_str(&format!(
            "[ \"$(aws sts get-caller-identity --query Account --output text)\" = {} ] || {{ echo {refusal} >&2; exit 1; }}\n",
            quoted(&account)
        ));
    }
    out
}

/// The steps' inverses, the last first. Looks have none, and nothing takes back what is final.
fn way_back(out: &mut String, plan: &Plan, versions: &mut Versions) {
    out.push('\n');
    comment::prose(
        out,
        "The way back, the last step first. It is inactive: take away the `# ` before the commands of this part, and leave out those \
         above but for the first lines.",
    );
    for (index, step) in plan.steps.iter().enumerate().rev() {
        let (number, action) = (index + 1, &step.action);
        if action.is_gate() || action.is_final() {
            continue;
        }
        let back = format!("Step {number} back: {}.", passage(&action.inverse()));
        let lost = action
            .one_way()
            .map(|lost| format!("Step {number} is one-way: {lost}."));
        out.push_str("#\n");
        for words in lost.into_iter().chain([back]) {
            // Each in one line, so that what becomes active is no word of it.
            comment::inactive(out, &format!("# {}", in_one_line(&words)));
        }
        for line in lines(
            number,
            &action.inverse(),
            &plan.target.region,
            versions,
            Way::Back,
        ) {
            comment::inactive(out, &line);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// The shell's variables that hold ids of versions, which IAM gives: policy, document, name of the variable.
#[derive(Default)]
struct Versions(Vec<(String, Value, String)>);

impl Versions {
    fn keep(&mut self, policy: &str, document: &str, variable: &str) {
        self.0
            .push((policy.to_owned(), meaning(document), variable.to_owned()));
    }

    fn variable(&self, policy: &str, document: &str) -> Option<String> {
        let document = meaning(document);
        let known = self.0.iter().rev();
        let mut known = known.filter(|(of, says, _)| of == policy && *says == document);
        known.next().map(|(_, _, variable)| variable.clone())
    }
}

/// What a document says, whatever its spaces.
fn meaning(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_else(|_| Value::String(document.to_owned()))
}

/// The commands of one step.
fn lines(number: usize, action: &Action, region: &str, versions: &mut Versions, way: Way) -> Vec<String> {
    let call = action.call();
    let command = call.command_line(region).unwrap_or_default();
    let policy = call
        .parameters
        .get("PolicyArn")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match action.by_hand() {
        ByHand::Call => vec![command],
        ByHand::MakesVersion => {
            let variable = format!("version_{number}");
            let document = call.parameters.get("PolicyDocument").and_then(Value::as_str);
            versions.keep(policy, document.unwrap_or_default(), &variable);
            vec![
                format!("{variable}=$({command} --query PolicyVersion.VersionId --output text)"),
                told(&variable),
            ]
        }
        ByHand::OnVersion { document, replaces } => {
            let command = call.clone().without("VersionId").command_line(region);
            let mut lines = Vec::new();
            let known = versions.variable(policy, &document);
            let variable = known
                .clone()
                .unwrap_or_else(|| format!("version_of_step_{number}"));
            if known.is_none() || way == Way::Back {
                lines.extend(asked(&variable, &document));
            }
            if let Some(before) = replaces.filter(|_| way == Way::There) {
                let was = format!("was_{number}");
                versions.keep(policy, &before, &was);
                let look = format!("aws iam get-policy --policy-arn {}", quoted(&in_one_line(policy)));
                lines.push(format!(
                    "{was}=$({look} --query Policy.DefaultVersionId --output text)"
                ));
                lines.push(told(&was));
            }
            lines.push(format!(
                "{} --version-id \"${variable}\"",
                command.unwrap_or_default()
            ));
            lines
        }
        ByHand::LookUntil(what) => vec![command, stop(number, &format!("go on once {what}"))],
        ByHand::Instead(what) => vec![stop(number, &what)],
    }
}

/// The way back needs the id, perhaps in another shell.
fn told(variable: &str) -> String {
    format!("echo \"{variable}=${variable}  # the way back needs it\"")
}

/// The id has to be known by now; the shell ends where it is not.
fn asked(variable: &str, document: &str) -> [String; 2] {
    [
        format!(
            "# {variable}: id of the version that says {}",
            json_in_one_line(&meaning(document))
        ),
        format!(": \"${{{variable}:?list-policy-versions and get-policy-version show which it is}}\""),
    ]
}

/// No command does the step, and those behind it must not run before it is done.
fn stop(number: usize, what: &str) -> String {
    let what = quoted(&in_one_line(&format!("Step {number} is no command: {what}")));
    format!("printf '%s\\n' {what} >&2; exit 1 # take this line away once it is so")
}

/// What other languages say where they have nothing.
pub(super) fn in_place(out: &mut String, action: &Action, region: &str) {
    match (action.by_hand(), action.command_line(region)) {
        (ByHand::Instead(what), _) => comment::verbatim(out, &what),
        (_, Some(command)) => comment::verbatim(out, &format!("$ {command}")),
        (_, None) => {}
    }
}
