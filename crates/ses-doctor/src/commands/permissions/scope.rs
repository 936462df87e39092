//! What a policy is narrowed to, out of what was typed.

use super::place;
use crate::args::{PermissionTask, PermissionsArgs};
use crate::context::check_region;
use crate::error::CliError;
use ses_doctor_aws::grant::Scope;

/// The scope of a task.
pub(super) fn scope(args: &PermissionsArgs) -> Result<Scope, CliError> {
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
    let star = args.task != PermissionTask::Athena;
    let buckets = args.bucket.iter().map(|text| place::of_trail(text, star));
    let scope = Scope {
        account,
        users: user.into_iter().collect(),
        region: args.region.clone(),
        addresses: [&args.from, &args.to].into_iter().flatten().cloned().collect(),
        configuration_set: args.configuration_set.clone(),
        secrets: args.secret.clone(),
        parameters: args.parameter.clone(),
        buckets: buckets.collect::<Result<_, _>>()?,
        ..Scope::default()
    };
    super::query::narrowed(scope, args.task, &args.query)
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
