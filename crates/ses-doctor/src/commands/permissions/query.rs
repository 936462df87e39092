//! What only queries over a trail have: names of tables, results, stores and keys, by the rules of `trail athena` and `trail lake`.

use super::place;
use crate::args::{DATABASE, PermissionTask, QueryPermissionsArgs, TABLE, WORKGROUP};
use crate::commands::trail::{athena, lake};
use crate::error::CliError;
use ses_doctor_aws::grant::Scope;

/// The scope with what was typed for a query. What the task has no use for is refused, lest it be thought to narrow something.
pub(super) fn narrowed(
    mut scope: Scope,
    task: PermissionTask,
    args: &QueryPermissionsArgs,
) -> Result<Scope, CliError> {
    refuse_others(task, args)?;
    let name = |typed: &Option<String>, default: &str| typed.clone().unwrap_or_else(|| default.to_owned());
    let (workgroup, database, table) = (
        name(&args.workgroup, WORKGROUP),
        name(&args.database, DATABASE),
        name(&args.table, TABLE),
    );
    check_workgroup(&workgroup)?;
    athena::check_names(&[&database, &table])?;
    if let Some(store) = &args.store {
        check_store(store)?;
    }
    for key in [&args.trail_key, &args.results_key, &args.store_key]
        .into_iter()
        .flatten()
    {
        check_key(key)?;
    }
    let query = &mut scope.query;
    query.workgroup = Some(workgroup);
    query.database = Some(database);
    query.table = Some(table);
    query.existing_table = args.existing_table;
    query.store.clone_from(&args.store);
    query.trail_keys.clone_from(&args.trail_key);
    query.results_keys.clone_from(&args.results_key);
    query.store_keys.clone_from(&args.store_key);
    let Some(results) = &args.results else {
        return Ok(scope);
    };
    scope.with_results(place::of_results(results)?).map_err(|why| {
        CliError::usage(
            format!("`{results}`: {why}, and who writes them could write over its files"),
            "give a place of their own for results, best in a bucket of their own",
        )
    })
}

fn refuse_others(task: PermissionTask, args: &QueryPermissionsArgs) -> Result<(), CliError> {
    use PermissionTask::{Athena, Lake, Scan};
    let given: [(&str, bool, &[PermissionTask]); 9] = [
        ("--results", args.results.is_some(), &[Athena]),
        ("--workgroup", args.workgroup.is_some(), &[Athena]),
        ("--database", args.database.is_some(), &[Athena]),
        ("--table", args.table.is_some(), &[Athena]),
        ("--existing-table", args.existing_table, &[Athena]),
        ("--store", args.store.is_some(), &[Lake]),
        ("--trail-key", !args.trail_key.is_empty(), &[Scan, Athena]),
        ("--results-key", !args.results_key.is_empty(), &[Athena]),
        ("--store-key", !args.store_key.is_empty(), &[Lake]),
    ];
    let other = given
        .iter()
        .find(|(_, given, tasks)| *given && !tasks.contains(&task));
    other.map_or(Ok(()), |(option, _, tasks)| {
        let tasks: Vec<String> = tasks
            .iter()
            .map(|task| format!("`permissions {}`", super::id(*task)))
            .collect();
        Err(CliError::usage(
            format!("{option} narrows nothing of this task"),
            format!("leave it out, or ask for {}", tasks.join(" or ")),
        ))
    })
}

/// The letters of its name. (Athena API Reference, `CreateWorkGroup`.)
fn check_workgroup(name: &str) -> Result<(), CliError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !name.is_empty() && name.bytes().all(fits) {
        return Ok(());
    }
    Err(CliError::usage(
        format!("`{name}` is no workgroup of Athena"),
        "give its name; `aws athena list-work-groups` lists them",
    ))
}

/// An ARN is granted on as it is, so that all of it has to be one.
fn check_store(named: &str) -> Result<(), CliError> {
    lake::store(named)?;
    let begins_well = match arn(named, "cloudtrail") {
        Some(rest) => rest.starts_with("eventdatastore/"),
        None => !named.contains([':', '/']),
    };
    begins_well.then_some(()).ok_or_else(|| lake::no_store(named))
}

/// An alias in the place of a key grants nothing. (AWS KMS Developer Guide, "Specifying KMS keys in IAM policy statements".)
fn check_key(named: &str) -> Result<(), CliError> {
    let key = arn(named, "kms").and_then(|rest| rest.strip_prefix("key/"));
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    match key {
        Some(id) if !id.is_empty() && id.bytes().all(fits) => Ok(()),
        _ => Err(CliError::usage(
            format!("`{named}` is no ARN of a KMS key"),
            "give it as arn:aws:kms:REGION:ACCOUNT:key/ID; an alias grants nothing in a policy",
        )),
    }
}

/// What an ARN of the service names; every part of it has to be literal.
fn arn<'t>(text: &'t str, service: &str) -> Option<&'t str> {
    let mut parts = text.splitn(6, ':');
    let well_begun = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some(service);
    let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let literal = !text.contains(['*', '?', '$']) && !region.is_empty() && account.len() == 12;
    (well_begun && literal).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const STORE: &str = "EXAMPLE1-2345-6789-abcd-EXAMPLE12345";

    #[test]
    fn keys_and_stores_are_named_whole() {
        assert!(check_key(KEY).is_ok());
        for bad in [
            "",
            "*",
            "1234abcd",
            "arn:aws:kms:eu-west-1:111122223333:alias/mine",
            "arn:aws:kms:*:111122223333:key/x",
            "arn:aws:kms:eu-west-1:111122223333:key/*",
        ] {
            assert!(check_key(bad).is_err(), "{bad}");
        }
        assert!(check_store(STORE).is_ok());
        assert!(
            check_store(&format!(
                "arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/{STORE}"
            ))
            .is_ok()
        );
        for bad in [
            format!("arn:aws:cloudtrail:*:111122223333:eventdatastore/{STORE}"),
            format!("x/{STORE}"),
            format!("arn:aws:s3:::x/{STORE}"),
        ] {
            assert!(check_store(&bad).is_err(), "{bad}");
        }
        assert!(check_workgroup("mail-1.x_y").is_ok() && check_workgroup("*").is_err());
    }
}
