//! The secret or parameter that the password comes from: its age beside the key's, and whether the client has what it holds.

use super::key;
use super::pair::refused;
use crate::cause::Remedy;
use crate::evidence::{Evidence, Keeper, LoginOutcome, OwnPair, PasswordSource, StoredVersion};
use crate::need::Need;
use jiff::{SignedDuration, Timestamp};

/// The client was given a pair of its own, and it is not what is kept. Damage on its way is another matter.
pub(crate) fn client_has_another(source: &PasswordSource) -> bool {
    match source.own_pair {
        Some(OwnPair::Different | OwnPair::Previous) => true,
        Some(OwnPair::Same | OwnPair::SameOnceMended) | None => false,
    }
}

/// The pair that was tried is the kept one, which SES refused, while there is a version before it.
fn current_is_refused(evidence: &Evidence, source: &PasswordSource) -> bool {
    let tried = matches!(source.own_pair, None | Some(OwnPair::Same));
    tried
        && source.previous.is_some()
        && evidence.shapes_are_right()
        && refused(evidence) == Some(Need::Probe)
}

/// A login with what is kept would tell more: our own probe of another pair was refused, or of the current version, while
/// there is a previous one.
pub(crate) fn wants_stored_login(evidence: &Evidence) -> bool {
    evidence.password_source.known().is_some_and(|source| {
        let another = client_has_another(source) && refused(evidence) == Some(Need::Probe);
        another || current_is_refused(evidence, source)
    })
}

/// How the login with a kept version ended.
pub(crate) fn stored_login(evidence: &Evidence, version: StoredVersion) -> Option<&LoginOutcome> {
    let logins = evidence.stored_logins.known()?;
    let login = logins.iter().find(|login| login.version == version)?;
    Some(&login.outcome)
}

/// "secret prod/smtp of Secrets Manager", for a sentence.
pub(crate) fn source_name(source: &PasswordSource) -> String {
    match source.keeper {
        Keeper::SecretsManager => format!("the secret {} of Secrets Manager", source.name),
        Keeper::ParameterStore => format!("the parameter {} of Systems Manager", source.name),
    }
}

/// When the current version was written, by whom if that is known, and how that stands to the age of the key.
pub(crate) fn age(evidence: &Evidence, source: &PasswordSource, key: &str) -> Option<String> {
    let written = source.written?;
    let by = source
        .written_by
        .as_deref()
        .map_or_else(String::new, |by| format!(" by {by}"));
    let made = key::created(evidence, key).map(|(_, at)| at);
    let beside = match made {
        Some(made) if written < made => format!(", before the key was made ({made}): it cannot be the key's"),
        Some(_) | None => String::new(),
    };
    Some(format!(
        "{} was written at {written}{by}{beside}",
        source_name(source)
    ))
}

/// The current version is older than the key that it names: the password in it is of another key.
pub(crate) fn is_older_than_key(evidence: &Evidence, source: &PasswordSource, key: &str) -> bool {
    let made = key::created(evidence, key).map(|(_, at)| at);
    matches!((source.written, made), (Some(written), Some(made)) if written < made)
}

/// The current version was written a short while before the look: a client may have read the one before.
pub(crate) fn written_recently(
    evidence: &Evidence,
    source: &PasswordSource,
    span: SignedDuration,
) -> Option<Timestamp> {
    let now = evidence.password_source.observed_at?;
    source
        .written
        .filter(|written| now.duration_since(*written) < span)
}

/// Adds the step that puts the new pair where the client takes it from.
pub(crate) fn store(remedy: Remedy, evidence: &Evidence) -> Remedy {
    let Some(source) = evidence.password_source.known() else {
        return remedy;
    };
    let name = super::argument(Some(&source.name), "NAME");
    let region = super::argument(Some(&source.region), "REGION");
    let command = match source.keeper {
        Keeper::SecretsManager => format!(
            "aws secretsmanager put-secret-value --secret-id {name} --secret-string file://new-pair --region {region}"
        ),
        Keeper::ParameterStore => format!(
            "aws ssm put-parameter --name {name} --type SecureString --value file://new-password --overwrite --region {region}"
        ),
    };
    remedy.command(
        "Put it where the clients take it from, in the form that is there now, from a file that only you can read; then restart them",
        command,
    )
}

/// Adds the step that makes the version before the current one again.
pub(crate) fn restore_previous(remedy: Remedy, source: &PasswordSource) -> Remedy {
    let name = super::argument(Some(&source.name), "NAME");
    let region = super::argument(Some(&source.region), "REGION");
    let current = super::argument(source.version.as_deref(), "CURRENT_VERSION_ID");
    let previous = super::argument(source.previous.as_deref(), "PREVIOUS_VERSION_ID");
    match source.keeper {
        Keeper::SecretsManager => remedy.command(
            "Make the version before the current one again (undo: the same command with the two ids exchanged)",
            format!(
                "aws secretsmanager update-secret-version-stage --secret-id {name} --version-stage AWSCURRENT \
                 --remove-from-version-id {current} --move-to-version-id {previous} --region {region}"
            ),
        ),
        Keeper::ParameterStore => remedy.step(format!(
            "Write version {previous} of the parameter {name} again: a parameter's versions cannot be moved"
        )),
    }
}
