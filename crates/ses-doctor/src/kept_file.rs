//! A configuration file that keeps an SMTP pair: which logins in it are of the key that is replaced, the same file with the
//! new pair, and the way back. The readers of `lint` say where user names and passwords stand.

use crate::bounded_file;
use crate::file_in_place::{self, replace_keeping};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use client_config::{Encoding, Field, Format, Quoting, Settings};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use ses_doctor_aws::{CallError, Vault, VaultRecord};
use ses_doctor_core::action::{FileForm, LocalFile, NEW_PAIR, State, StoredPair, Which};
use ses_doctor_core::digest::sha256;
use ses_smtp::endpoint::smtp_host;
use std::fs;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;

mod made;

/// More than any configuration of a client.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A file as it is found before a rotation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// SHA-256 of its bytes; `None` where there is none yet.
    pub(crate) digest: Option<String>,
    /// The user name of its login.
    pub(crate) username: Option<String>,
    /// What it is, where that says what is to be done afterwards.
    pub(crate) form: Option<FileForm>,
}

/// Looks at a file. `form` is what the person says that it is.
pub(crate) fn find(path: &Path, form: Option<FileForm>) -> Result<Found, String> {
    let Some(bytes) = bytes(path)? else {
        return match form {
            Some(_) => Ok(Found {
                digest: None,
                username: None,
                form,
            }),
            None => Err(
                "there is no such file; name what it is to be, env:, kubernetes: or postfix:, and it is made"
                    .to_owned(),
            ),
        };
    };
    let text = text(&bytes)?;
    let reading = client_config::read(&path.display().to_string(), &text);
    let known = form_of(reading.format, &text);
    if let Some(form) = form.filter(|form| known != Some(*form)) {
        return Err(format!(
            "it is not what it is said to be, {}, but {}",
            words(form),
            reading.format.name()
        ));
    }
    let usernames = reading
        .settings
        .iter()
        .filter_map(|login| login.username.as_ref());
    let username = usernames.filter_map(told).next();
    let username = username.ok_or("no SMTP login with a user name was found in it")?;
    Ok(Found {
        digest: Some(sha256(&bytes)),
        username: Some(username.to_owned()),
        form: known,
    })
}

fn words(form: FileForm) -> &'static str {
    match form {
        FileForm::Postfix => "a password map of Postfix",
        FileForm::Env => "a file of variables",
        FileForm::Kubernetes => "the manifest of a Kubernetes Secret",
    }
}

fn form_of(format: Format, text: &str) -> Option<FileForm> {
    match format {
        Format::PasswordMap => Some(FileForm::Postfix),
        Format::Dotenv => Some(FileForm::Env),
        Format::Yaml if text.contains("kind: Secret") => Some(FileForm::Kubernetes),
        Format::Yaml
        | Format::Toml
        | Format::Json
        | Format::Xml
        | Format::Ini
        | Format::Properties
        | Format::Terraform
        | Format::Systemd
        | Format::PostfixMain
        | Format::PostfixMaster
        | Format::EximPasswords
        | Format::Sendmail
        | Format::Words
        | Format::Shell
        | Format::Dockerfile
        | Format::Code => None,
    }
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::metadata(path) {
        // A device or a pipe cannot be replaced, and may have no end.
        Ok(metadata) if !metadata.is_file() => Err("it is no file".to_owned()),
        Ok(_) => fs::File::open(path)
            .and_then(|file| bounded_file::at_most(file, LIMIT))
            .map(Some)
            .map_err(|error| error.to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Only what stands in the file byte for byte can be replaced in its place.
fn text(bytes: &[u8]) -> Result<String, String> {
    let decoded = client_config::decode(bytes).map_err(|error| error.to_string())?;
    if !decoded.verbatim {
        return Err("it is in another encoding than UTF-8".to_owned());
    }
    Ok(decoded.text)
}

/// What a field tells. A carriage return at the end of a line is the line's: some readers of such files take it for a part of the value,
/// which is for `lint` to say.
fn told(field: &Field) -> Option<&str> {
    field.told().map(|told| told.strip_suffix('\r').unwrap_or(told))
}

/// Where a value stands, without the carriage return of its line.
fn place(field: &Field, text: &str) -> Range<usize> {
    let span = field.value.span.clone();
    match text.get(span.clone()).is_some_and(|value| value.ends_with('\r')) {
        true => span.start..span.end - 1,
        false => span,
    }
}

/// The logins of one user name, with the region of each: its own, else `region`.
fn logins<'a>(settings: &'a [Settings], username: &str, region: &str) -> Vec<(&'a Settings, String)> {
    let is_of = |login: &&Settings| login.username.as_ref().and_then(told) == Some(username);
    let settings = settings.iter().filter(is_of);
    let region = |login: &Settings| login.region_name().unwrap_or_else(|| region.to_owned());
    settings.map(|login| (login, region(login))).collect()
}

/// Whether every login of the new key has its password, and there is one.
fn holds_new(path: &Path, text: &str, region: &str, record: &VaultRecord) -> bool {
    let Some(key) = &record.key else {
        return false;
    };
    let reading = client_config::read(&path.display().to_string(), text);
    let logins = logins(&reading.settings, key, region);
    let fits = |(login, region): &(&Settings, String)| {
        let password = login.password.as_ref().and_then(told);
        password.is_some_and(|password| record.is_password(region, password))
    };
    !logins.is_empty() && logins.iter().all(fits)
}

/// What the file is now.
pub(crate) fn state(path: &Path, pair: &StoredPair, record: &VaultRecord) -> Result<State, String> {
    let Some(bytes) = bytes(path)? else {
        return Ok(State::Absent);
    };
    let digest = sha256(&bytes);
    if pair.old.as_ref() == Some(&digest) {
        return Ok(State::File(digest));
    }
    let new = text(&bytes).is_ok_and(|text| holds_new(path, &text, &pair.region, record));
    Ok(match new {
        true => State::Word(NEW_PAIR.to_owned()),
        false => State::File(digest),
    })
}

/// The pair that clients find in the file: of the new key.
pub(crate) fn pair(
    path: &Path,
    region: &str,
    record: &VaultRecord,
) -> Result<(String, SecretString), String> {
    let key = record.key.as_deref().unwrap_or_default();
    let bytes = bytes(path)?.ok_or("there is no such file")?;
    let reading = client_config::read(&path.display().to_string(), &text(&bytes)?);
    let logins = logins(&reading.settings, key, region);
    let of_region = logins.iter().find(|(_, of)| of == region);
    let password = of_region.and_then(|(login, _)| told(login.password.as_ref()?));
    let password = password.ok_or("the new pair is not in it")?;
    Ok((key.to_owned(), SecretString::from(password.to_owned())))
}

/// Whether a file can be put in its place: one is written beside it, and taken away again.
pub(crate) fn try_beside(path: &Path) -> Result<(), CallError> {
    let refused = |error: io::Error| CallError::refused(format!("{}: {error}", path.display()));
    let mut file = file_in_place::fresh(path).map_err(refused)?;
    file.write_all(b"\n").map_err(refused)?;
    file.as_file().sync_all().map_err(refused)?;
    file.close().map_err(refused)
}

/// Puts the new pair, or the old bytes, into the file's place, at once or not at all.
pub(crate) fn replace(path: &Path, pair: &StoredPair, vault: &Vault) -> Result<(), CallError> {
    let refused = |why: String| CallError::refused(format!("{}: {why}", path.display()));
    let unclear = |error: io::Error| CallError::Unclear(format!("{}: {error}", path.display()));
    let now = bytes(path).map_err(refused)?;
    match (pair.after, &pair.old, now) {
        (Which::New, Some(old), Some(now)) => {
            if sha256(&now) != *old {
                return Err(refused("it was changed by somebody else meanwhile".to_owned()));
            }
            let new = renewed(path, &text(&now).map_err(refused)?, pair, vault).map_err(refused)?;
            let copy = copy_of(path, old);
            replace_keeping(path, &now, new.expose_secret().as_bytes(), Path::new(&copy)).map_err(unclear)
        }
        (Which::New, Some(_), None) => Err(refused("it is gone".to_owned())),
        (Which::New, None, Some(_)) => Err(refused("it was made by somebody else meanwhile".to_owned())),
        (Which::New, None, None) => {
            let new = made::file(path, pair, vault).map_err(refused)?;
            file_in_place::make(path, new.expose_secret().as_bytes()).map_err(unclear)
        }
        (Which::Old, None, _) => fs::remove_file(path).map_err(unclear),
        (Which::Old, Some(old), Some(now)) => {
            let copy = copy_of(path, old);
            let before = fs::read(&copy).map_err(|error| refused(format!("{copy}: {error}")))?;
            if sha256(&before) != *old {
                return Err(refused(format!("{copy} is not the copy that was made of it")));
            }
            let copy_of_new = copy_of(path, &sha256(&now));
            replace_keeping(path, &now, &before, Path::new(&copy_of_new)).map_err(unclear)?;
            // The pair that is given up is of no use to anybody.
            fs::remove_file(&copy_of_new).map_err(unclear)
        }
        (Which::Old, Some(_), None) => Err(refused("it is gone".to_owned())),
    }
}

/// Where the old bytes are kept: beside the file, with its owner and mode, as for any file that a plan changes.
pub(crate) fn copy_of(path: &Path, digest: &str) -> String {
    let file = LocalFile {
        path: path.display().to_string(),
        before: String::new(),
        after: String::new(),
    };
    file.copy_of(digest)
}

/// The text with the new pair in every login of the old key, each with the password of its own region.
fn renewed(path: &Path, text: &str, pair: &StoredPair, vault: &Vault) -> Result<SecretString, String> {
    let reading = client_config::read(&path.display().to_string(), text);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (login, region) in logins(&reading.settings, &pair.key, &pair.region) {
        let (username, password) = new_pair(vault, &region)?;
        for (field, new) in [
            (login.username.as_ref(), username.as_str()),
            (login.password.as_ref(), password.expose_secret()),
        ] {
            let field = field.ok_or("a login in it has a user name and no password")?;
            edits.push((place(field, text), written(field, new)?));
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    edits.dedup();
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (span, new) in edits {
        // Two values in one place cannot both be replaced.
        out.push_str(
            text.get(at..span.start)
                .ok_or("user name and password stand in one place")?,
        );
        out.push_str(&new);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    let out = SecretString::from(out);
    let record = vault.record().map_err(|error| error.to_string())?;
    match holds_new(path, out.expose_secret(), &pair.region, &record) {
        true => Ok(out),
        false => Err("its login cannot be replaced in its place: change it by hand".to_owned()),
    }
}

fn new_pair(vault: &Vault, region: &str) -> Result<(String, SecretString), String> {
    let pair = vault.pair(region).map_err(|error| error.to_string())?;
    pair.ok_or_else(|| "the secret of the new key is not kept any more: plan a new rotation".to_owned())
}

/// A value in the place of another one, in its encoding. User names and passwords have no sign that a quote would mind.
fn written(field: &Field, new: &str) -> Result<String, String> {
    if field.value.quoting == Quoting::Block {
        return Err(format!("{} is written as a block: change it by hand", field.name));
    }
    Ok(match field.value.encoding {
        Encoding::Plain => new.to_owned(),
        Encoding::Base64 => BASE64_STANDARD.encode(new),
        Encoding::Percent => utf8_percent_encode(new, NON_ALPHANUMERIC).to_string(),
    })
}

/// The region's SES host, for files that are made.
fn host(region: &str) -> String {
    smtp_host(region)
}

#[cfg(test)]
mod tests;
