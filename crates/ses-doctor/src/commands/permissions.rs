//! `permissions`: the least policies that a task takes, every call, and what each one's absence costs.

use super::{Console, apply};
use crate::args::{PermissionTask, PermissionsArgs, PermissionsFormat};
use crate::context::check_region;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use ses_doctor_aws::grant::{self, Calls, Scope, Task, Use};
use ses_doctor_core::cost::{at_stake, open_without};
use ses_doctor_core::report::permissions::{Action, Costs, Permissions, Policy, SCHEMA};
use ses_doctor_core::{Cause, Need};
use std::path::Path;

/// Runs the command.
pub(crate) fn run(args: &PermissionsArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (policies, actions) = match (&args.plan, args.task) {
        (None, _) => {
            let (scope, task) = (scope(args)?, task(args.task));
            (grant::policies(task, &scope), listed(task, &scope))
        }
        (Some(file), PermissionTask::Apply) => of_plan(file)?,
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
    let published = published(args.task, &policies, actions);
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
    }
}

fn scope(args: &PermissionsArgs) -> Result<Scope, CliError> {
    if let Some(region) = &args.region {
        check_region(region)?;
    }
    let (of_arn, user) = match args.user.as_deref() {
        None => (None, None),
        Some(text) => user(text)?,
    };
    let account = args.account.clone().or(of_arn);
    if let Some(account) = &account {
        check_account(account)?;
    }
    Ok(Scope {
        account,
        users: user.into_iter().collect(),
        region: args.region.clone(),
        addresses: [&args.from, &args.to].into_iter().flatten().cloned().collect(),
        configuration_set: args.configuration_set.clone(),
        secrets: args.secret.clone(),
        parameters: args.parameter.clone(),
        buckets: buckets(&args.bucket)?,
        ..Scope::default()
    })
}

/// A bucket may be named by its ARN or as a place too.
fn buckets(named: &[String]) -> Result<Vec<String>, CliError> {
    let name = |text: &String| {
        let name = text.strip_prefix("s3://").or(text.strip_prefix("arn:aws:s3:::"));
        let name = name.unwrap_or(text).trim_end_matches('/');
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        match name.len() >= 3 && name.bytes().all(fits) {
            true => Ok(name.to_owned()),
            false => Err(CliError::usage(
                format!("`{text}` is no name of a bucket"),
                "give the name alone, such as my-trail-bucket",
            )),
        }
    };
    named.iter().map(name).collect()
}

fn check_account(account: &str) -> Result<(), CliError> {
    if account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(());
    }
    Err(CliError::usage(
        format!("`{account}` is not the id of an AWS account"),
        "an account id has twelve digits; `aws sts get-caller-identity` shows yours",
    ))
}

/// Account and name of a user that is given by name or ARN.
fn user(text: &str) -> Result<(Option<String>, Option<String>), CliError> {
    if !text.starts_with("arn:") {
        let name = text.trim_matches('/');
        let fits = !name.is_empty() && !name.contains(['*', '?', '"', ':', '$']);
        return if fits {
            Ok((None, Some(name.to_owned())))
        } else {
            Err(no_user(text))
        };
    }
    let mut parts = text.splitn(6, ':').skip(4);
    match (
        parts.next(),
        parts.next().and_then(|rest| rest.strip_prefix("user/")),
    ) {
        (Some(account), Some(name)) if !name.contains(['*', '?', '$']) => {
            Ok((Some(account.to_owned()), Some(name.to_owned())))
        }
        _ => Err(no_user(text)),
    }
}

fn no_user(text: &str) -> CliError {
    CliError::usage(
        format!("`{text}` names no IAM user"),
        "give the user's name, or its ARN: arn:aws:iam::111122223333:user/app",
    )
}

fn published(named: PermissionTask, policies: &[grant::Policy], actions: Vec<Action>) -> Permissions {
    let policy = |policy: &grant::Policy| Policy {
        name: policy.name.to_owned(),
        attach_to: policy.attach_to.to_owned(),
        document: policy.document.clone(),
    };
    Permissions {
        schema: SCHEMA.to_owned(),
        task: match named {
            PermissionTask::Diagnose => "diagnose".to_owned(),
            PermissionTask::Compare => "compare".to_owned(),
            PermissionTask::Apply => "apply".to_owned(),
            PermissionTask::Rotate => "rotate".to_owned(),
            PermissionTask::History => "history".to_owned(),
            PermissionTask::Scan => "scan".to_owned(),
        },
        policies: policies.iter().map(policy).collect(),
        actions,
    }
}

fn action(task: Task, action: &grant::Action, scope: &Scope) -> Action {
    Action {
        action: action.name.to_owned(),
        calls: match task.calls(action) {
            Calls::AtMost(1) => "once".to_owned(),
            Calls::AtMost(times) => format!("at most {times} times"),
            Calls::Each(what) => format!("once for each {what}"),
        },
        tells: action.tells.to_owned(),
        resources: scope.resources(action.level),
        star_because: action.level.star_because().map(str::to_owned),
        left_out_because: match action.use_ {
            Use::Conclusion => None,
            Use::InPlaceOf(other) => Some(format!("it is only called when {other} is refused")),
            Use::Comfort(why) => Some(why.to_owned()),
        },
        costs: match task {
            Task::Diagnose | Task::Compare => costs(action),
            // Without one of them, there is no change, no rotation, no history and no file.
            Task::Apply | Task::Rotate | Task::History | Task::Scan => Costs::default(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_by_name_path_or_arn() {
        assert_eq!(user("app").unwrap(), (None, Some("app".into())));
        assert_eq!(user("/team/app").unwrap(), (None, Some("team/app".into())));
        let arn = "arn:aws:iam::111122223333:user/team/app";
        assert_eq!(
            user(arn).unwrap(),
            (Some("111122223333".into()), Some("team/app".into()))
        );
        for bad in [
            "",
            "*",
            "arn:aws:iam::111122223333:role/app",
            "arn:",
            "a:b",
            "arn:aws:iam::1:user/*",
        ] {
            assert!(user(bad).is_err(), "{bad}");
        }
        assert!(check_account("1111").is_err() && check_account("111122223333").is_ok());
    }
}
