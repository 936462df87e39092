//! `permissions`: the least policies that a task takes, every call, and what each one's absence costs.

mod place;
mod query;
mod scope;

use super::{Console, apply};
use crate::args::{PermissionTask, PermissionsArgs, PermissionsFormat};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use ses_doctor_aws::grant::{self, Calls, Scope, Task, Use};
use ses_doctor_core::cost::{at_stake, open_without};
use ses_doctor_core::report::permissions::{Action, Costs, LeftBroad, Permissions, Policy, SCHEMA};
use ses_doctor_core::{Cause, Need};
use std::path::Path;

/// Runs the command.
pub(crate) fn run(args: &PermissionsArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (policies, actions, left_broad) = match (&args.plan, args.task) {
        (None, _) => {
            let (scope, task) = (scope::scope(args)?, task(args.task));
            (
                grant::policies(task, &scope),
                listed(task, &scope),
                left_broad(task, &scope),
            )
        }
        (Some(file), PermissionTask::Apply) => {
            let (policies, actions) = of_plan(file)?;
            (policies, actions, Vec::new())
        }
        (Some(_), _) => {
            return Err(CliError::usage(
                "--plan tells what `apply` takes, and nothing of other tasks",
                "write `ses-doctor permissions apply --plan FILE`",
            ));
        }
    };
    if args.output == PermissionsFormat::Policy {
        let of_organization = |policy: &&grant::Policy| policy.name == "ses-doctor-organization";
        let wanted = match args.organization {
            true => policies.iter().find(of_organization),
            false => policies.first(),
        };
        render::json(console.out, &wanted.ok_or_else(no_such_policy)?.document)?;
        return Ok(Exit::Success);
    }
    let published = published(args.task, &policies, actions, left_broad);
    match args.output {
        PermissionsFormat::Json => render::json(console.out, &published)?,
        PermissionsFormat::Text | PermissionsFormat::Policy => {
            render::permissions::list(console.out, &published)?;
        }
    }
    Ok(Exit::Success)
}

/// What applying a plan takes; the diagnosis after it takes what `permissions diagnose` lists.
fn of_plan(file: &Path) -> Result<(Vec<grant::Policy>, Vec<Action>), CliError> {
    let drafted = apply::read(file)?;
    let (policies, grants) = grant::for_plan(drafted.plan());
    let actions = grants.into_iter().map(|grant| Action {
        resources: grant.resources,
        // The plan's own policy has it.
        left_out_because: None,
        ..action(Task::Apply, grant.action, &Scope::default())
    });
    Ok((policies, actions.collect()))
}

fn listed(task: Task, scope: &Scope) -> Vec<Action> {
    let actions = task.actions_in(scope).into_iter();
    actions.map(|one| action(task, one, scope)).collect()
}

fn left_broad(task: Task, scope: &Scope) -> Vec<LeftBroad> {
    let options = grant::narrower(task, scope).into_iter();
    options
        .map(|one| LeftBroad {
            granted: one.granted.to_owned(),
            option: one.option.to_owned(),
        })
        .collect()
}

fn no_such_policy() -> CliError {
    CliError::usage(
        "this task takes no permission of an organization",
        "leave out --organization",
    )
}

fn task(named: PermissionTask) -> Task {
    match named {
        PermissionTask::Diagnose => Task::Diagnose,
        PermissionTask::Compare => Task::Compare,
        PermissionTask::Apply => Task::Apply,
        PermissionTask::Rotate => Task::Rotate,
        PermissionTask::History => Task::History,
        PermissionTask::Scan => Task::Scan,
        PermissionTask::Athena => Task::Athena,
        PermissionTask::Lake => Task::Lake,
    }
}

/// As it is typed.
fn id(task: PermissionTask) -> &'static str {
    match task {
        PermissionTask::Diagnose => "diagnose",
        PermissionTask::Compare => "compare",
        PermissionTask::Apply => "apply",
        PermissionTask::Rotate => "rotate",
        PermissionTask::History => "history",
        PermissionTask::Scan => "scan",
        PermissionTask::Athena => "athena",
        PermissionTask::Lake => "lake",
    }
}

fn published(
    named: PermissionTask,
    policies: &[grant::Policy],
    actions: Vec<Action>,
    left_broad: Vec<LeftBroad>,
) -> Permissions {
    let policy = |policy: &grant::Policy| Policy {
        name: policy.name.to_owned(),
        attach_to: policy.attach_to.to_owned(),
        document: policy.document.clone(),
    };
    Permissions {
        schema: SCHEMA.to_owned(),
        task: id(named).to_owned(),
        policies: policies.iter().map(policy).collect(),
        actions,
        left_broad,
    }
}

fn action(task: Task, action: &grant::Action, scope: &Scope) -> Action {
    Action {
        action: action.name.to_owned(),
        calls: match task.calls(action) {
            Calls::AtMost(1) => "once".to_owned(),
            Calls::AtMost(times) => format!("at most {times} times"),
            Calls::Each(what) => format!("once for each {what}"),
            Calls::OnBehalf(service) => format!("by {service}, with the permissions of who asks it"),
        },
        tells: action.tells.to_owned(),
        resources: scope.resources(action.level),
        star_because: action.level.star_because().map(str::to_owned),
        left_out_because: match action.use_in(scope) {
            Use::Conclusion => None,
            Use::InPlaceOf(other) => Some(format!("it is only called when {other} is refused")),
            Use::Comfort(why) | Use::OnceNamed(why) => Some(why.to_owned()),
        },
        costs: match task {
            Task::Diagnose | Task::Compare => costs(action),
            // Without one of them, there is no change, no rotation, no history, no file and no query.
            Task::Apply | Task::Rotate | Task::History | Task::Scan | Task::Athena | Task::Lake => {
                Costs::default()
            }
        },
    }
}

/// What the action's absence costs, from what the causes read.
fn costs(action: &grant::Action) -> Costs {
    if action.use_ != Use::Conclusion {
        return Costs::default();
    }
    let own = action.needs();
    let all = open_without(&own);
    let then: Vec<Need> = all.into_iter().filter(|need| !own.contains(need)).collect();
    let reading: Vec<&Cause> = at_stake(&own);
    let reads_own = |cause: &&Cause| cause.reads.iter().any(|need| own.contains(need));
    let (direct, indirect): (Vec<&Cause>, Vec<&Cause>) = reading.into_iter().partition(reads_own);
    let ids = |causes: Vec<&Cause>| causes.iter().map(|cause| cause.id.to_owned()).collect();
    let needs = |needs: &[Need]| needs.iter().map(|need| need.id().to_owned()).collect();
    Costs {
        evidence: needs(&own),
        causes: ids(direct),
        then_also_evidence: needs(&then),
        then_also_causes: ids(indirect),
    }
}
