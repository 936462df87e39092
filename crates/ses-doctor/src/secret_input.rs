//! The only ways in which a secret enters: a file, an environment variable, standard input, a prompt. Never an argument.

use crate::args::CredentialArgs;
use crate::error::CliError;
use secrecy::SecretString;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// More than any password or secret key; a larger file is the wrong file.
const LIMIT: u64 = 64 * 1024;

/// Where a secret comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// Byte for byte.
    File(&'a Path),
    /// Byte for byte.
    Environment(&'a str),
    /// Without one line feed at its end.
    Stdin,
    /// Typed, not echoed.
    Prompt(&'a str),
}

impl<'a> Source<'a> {
    /// The one that was named, if any.
    pub(crate) fn named(file: Option<&'a Path>, variable: Option<&'a str>, stdin: bool) -> Option<Self> {
        file.map(Self::File)
            .or(variable.map(Self::Environment))
            .or(stdin.then_some(Self::Stdin))
    }

    /// Reads it.
    pub(crate) fn read(self) -> Result<SecretString, CliError> {
        match self {
            Self::File(path) => from_file(path),
            Self::Environment(variable) => from_environment(variable),
            Self::Stdin => from_stdin(),
            Self::Prompt(question) => from_prompt(question),
        }
    }
}

/// The password of the pair, when there is a user name or a source was named.
///
/// Without a source it is asked for, unless AWS is to tell it (`kept`).
pub(crate) fn smtp_password(args: &CredentialArgs, kept: bool) -> Result<Option<SecretString>, CliError> {
    let named = Source::named(
        args.password_file.as_deref(),
        args.password_env.as_deref(),
        args.password_stdin,
    );
    match (named, &args.username) {
        (Some(source), _) => source.read().map(Some),
        (None, Some(_)) if !kept && std::io::stdin().is_terminal() => {
            Source::Prompt("SMTP password: ").read().map(Some)
        }
        (None, _) => Ok(None),
    }
}

/// A secret access key: surrounding white space is never part of one.
pub(crate) fn secret_key(source: Source<'_>) -> Result<SecretString, CliError> {
    use secrecy::ExposeSecret;
    let secret = source.read()?;
    let trimmed = secret.expose_secret().trim();
    if trimmed.is_empty() {
        return Err(CliError::Secret {
            what: "the secret access key is empty".to_owned(),
            help: "give it with --secret-key-file, --secret-key-env or --secret-key-stdin".to_owned(),
        });
    }
    Ok(SecretString::from(trimmed.to_owned()))
}

fn from_file(path: &Path) -> Result<SecretString, CliError> {
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        let file = std::fs::File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        file.take(LIMIT + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|source| CliError::read(path, source))?;
    if text.len() as u64 > LIMIT {
        let source = std::io::Error::other("more than 64 KiB, so it is no password file");
        return Err(CliError::read(path, source));
    }
    Ok(SecretString::from(text))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a variable that the person names holds the secret"
)]
fn from_environment(variable: &str) -> Result<SecretString, CliError> {
    std::env::var(variable)
        .map(SecretString::from)
        .map_err(|error| CliError::Secret {
            what: match error {
                std::env::VarError::NotPresent => format!("the environment variable {variable} is not set"),
                std::env::VarError::NotUnicode(_) => {
                    format!("the environment variable {variable} is not UTF-8")
                }
            },
            help: "export it in the shell that starts ses-doctor, or use --password-file".to_owned(),
        })
}

fn from_stdin() -> Result<SecretString, CliError> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LIMIT).read_to_string(&mut text);
    read.map_err(|source| CliError::read(Path::new("standard input"), source))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(SecretString::from(text))
}

fn from_prompt(question: &str) -> Result<SecretString, CliError> {
    rpassword::prompt_password(question)
        .map(SecretString::from)
        .map_err(|error| CliError::Secret {
            what: format!("cannot ask for the secret on the terminal: {error}"),
            help: "use --password-file, --password-env or --password-stdin".to_owned(),
        })
}
