//! Steps that several remedies share. No command prints a secret, and none holds one.

use crate::cause::Remedy;
use crate::evidence::Evidence;

/// The quota of IAM for the keys of one user.
const MOST_KEYS: usize = 2;

/// Adds the step that derives the password for the endpoint's region from a secret in a file.
pub(crate) fn derive_password(remedy: Remedy, evidence: &Evidence, file: &str) -> Remedy {
    let region = region_argument(evidence);
    remedy.command(
        format!("Derive the SMTP password for {region} and put it into the client's settings"),
        format!("ses-doctor password --region {region} --secret-key-file {file}"),
    )
}

/// Adds the steps from a new key of a user to its SMTP password. The user keeps its other keys.
pub(crate) fn new_key(remedy: Remedy, evidence: &Evidence, user: Option<&str>) -> Remedy {
    let keys = evidence
        .access_keys
        .known()
        .filter(|keys| Some(keys.user_name.as_str()) == user);
    let full = keys.is_some_and(|keys| keys.keys.len() >= MOST_KEYS);
    let user = argument(user, "USER");
    let remedy = if full {
        remedy.step(format!(
            "{user} has two keys already: decide first which of them can go"
        ))
    } else {
        remedy
    };
    let made = remedy
        .command(
            "Create a new access key into files that only you can read (a user has at most two keys)",
            format!(
                "(umask 077; aws iam create-access-key --user-name {user} \
                 --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text >new-key; cut -f2 new-key >new-secret)"
            ),
        )
        .command("Read the new key id: it becomes the SMTP user name", "cut -f1 new-key");
    super::store(derive_password(made, evidence, "new-secret"), evidence)
        .step("Delete both files once the client logs in; a new key may take some minutes to work")
}

/// A value for a command line; the placeholder stands in for one that a shell might read otherwise.
pub(crate) fn argument<'a>(value: Option<&'a str>, placeholder: &'a str) -> &'a str {
    let safe = |text: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._+-=/:".contains(&byte);
        !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain)
    };
    value.filter(safe).unwrap_or(placeholder)
}

/// The endpoint's region for a command line.
pub(crate) fn region_argument(evidence: &Evidence) -> String {
    argument(evidence.region().as_deref(), "REGION").to_owned()
}
