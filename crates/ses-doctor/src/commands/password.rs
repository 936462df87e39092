//! `password`: derive, or tell the region.

use super::Console;
use crate::args::{OutputFormat, PasswordArgs};
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::secret_input::{Source, secret_key};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use ses_smtp::credential::{self, Derivation};
use ses_smtp::endpoint::{self, SMTP_REGIONS};

/// Deliberately serializable: printing the password is what this command is for.
#[derive(Serialize)]
struct Derived<'a> {
    region: &'a str,
    password: &'a str,
}

/// Runs the command.
pub(crate) fn run(args: &PasswordArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let named = Source::named(
        args.secret_key_file.as_deref(),
        args.secret_key_env.as_deref(),
        args.secret_key_stdin,
    );
    if args.check {
        return check(args, named, console);
    }
    let regions = regions(args)?;
    let secret = secret_key(named.unwrap_or(Source::Prompt("Secret access key: ")))?;
    let passwords: Vec<(String, SecretString)> = regions
        .into_iter()
        .map(|region| (region.clone(), credential::smtp_password(&secret, &region)))
        .collect();
    print(args.output, &passwords, console)?;
    Ok(Exit::Success)
}

fn regions(args: &PasswordArgs) -> Result<Vec<String>, CliError> {
    if args.all_regions {
        return Ok(SMTP_REGIONS.iter().map(|region| (*region).to_owned()).collect());
    }
    let region = args.region.clone().or_else(|| env::first_of(&env::REGION));
    let region = region.ok_or_else(|| {
        CliError::usage(
            "no region: the SMTP password differs from region to region",
            "give --region or --all-regions",
        )
    })?;
    crate::context::check_region(&region)?;
    Ok(vec![region])
}

fn print(
    form: OutputFormat,
    passwords: &[(String, SecretString)],
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    match (form, passwords) {
        (OutputFormat::Json, _) => {
            let derived = |(region, password): &'_ (String, SecretString)| {
                serde_json::json!(Derived {
                    region,
                    password: password.expose_secret()
                })
            };
            let list: Vec<serde_json::Value> = passwords.iter().map(derived).collect();
            render::json(console.out, &serde_json::json!({ "passwords": list }))?;
        }
        (OutputFormat::Text, [(_, password)]) => writeln!(console.out, "{}", password.expose_secret())?,
        (OutputFormat::Text, many) => {
            for (region, password) in many {
                writeln!(console.out, "{region:<16} {}", password.expose_secret())?;
            }
        }
    }
    Ok(())
}

/// Which region does this password belong to?
fn check(
    args: &PasswordArgs,
    secret: Option<Source<'_>>,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let named = Source::named(
        args.password_file.as_deref(),
        args.password_env.as_deref(),
        args.password_stdin,
    );
    let password = named.unwrap_or(Source::Prompt("SMTP password: ")).read()?;
    let password = SecretString::from(password.expose_secret().trim_end_matches(['\r', '\n']).to_owned());
    let secret = secret_key(secret.unwrap_or(Source::Prompt("Secret access key: ")))?;
    let derivation = credential::identify(&secret, &password, SMTP_REGIONS);
    let region = args.region.as_deref();
    let (answer, exit) = match &derivation {
        Derivation::Region(found) if region.is_none_or(|wanted| wanted == found) => {
            (format!("the password is the one of {found}"), Exit::Success)
        }
        Derivation::Region(found) => (
            format!(
                "the password is the one of {found}, not of {}",
                region.unwrap_or_default()
            ),
            Exit::CauseFound,
        ),
        Derivation::Version2 => (
            "the password was made with the old algorithm, which SES refuses; derive it anew".to_owned(),
            Exit::CauseFound,
        ),
        Derivation::TheSecretItself => (
            "this is the secret access key itself, not a password derived from it".to_owned(),
            Exit::CauseFound,
        ),
        Derivation::NoMatch => {
            let known = endpoint::SMTP_REGIONS.len();
            (
                format!("the password belongs to none of {known} regions of this secret access key"),
                Exit::CauseFound,
            )
        }
    };
    match args.output {
        OutputFormat::Json => render::json(
            console.out,
            &serde_json::json!({ "derivation": derivation, "answer": answer }),
        )?,
        OutputFormat::Text => writeln!(console.out, "{answer}")?,
    }
    Ok(exit)
}
