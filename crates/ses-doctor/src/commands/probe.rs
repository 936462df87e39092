//! `probe`: one endpoint, one session, the whole dialogue.

use super::Console;
use crate::args::{MailArgs, OutputFormat, ProbeArgs};
use crate::context::{self, Place};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::secret_input;
use crate::stored_password::{self, Stored};
use anstyle::Style;
use jiff::Timestamp;
use secrecy::SecretString;
use ses_doctor_aws::Aws;
use ses_smtp::probe::{ProbeFacts, TlsFacts};
use ses_smtp::{Goal, Message, ProbeRequest, Prober};
use std::io::{self, Write};
use std::time::Duration;

/// The mailbox simulator's address for a delivery that succeeds; it costs a message and touches neither quota nor reputation.
pub(crate) const SIMULATOR: &str = "success@simulator.amazonses.com";

/// As `diagnose` waits for AWS.
const AWS_DEADLINE: Duration = Duration::from_secs(20);

/// Runs the command.
pub(crate) async fn run(args: ProbeArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let place = Place::resolve(&args.endpoint)?.require_host()?;
    let roots = context::roots(args.endpoint.tls_ca.as_deref())?;
    let password = secret_input::smtp_password(&args.credentials, !args.stored.is_empty())?;
    let pair = match password {
        Some(password) => args
            .credentials
            .username
            .clone()
            .map(|username| (username, password)),
        None => kept_pair(&args, &place).await?,
    };
    let request = ProbeRequest {
        dial: place.dial(&place.host, place.port),
        tls: place.tls,
        goal: if pair.is_some() {
            goal(&args.mail)
        } else {
            Goal::Ehlo
        },
        credentials: pair,
        ..ProbeRequest::new(&place.host, place.port)
    };
    let facts = Prober {
        dns_server: args.endpoint.dns_server,
        ..Prober::new(roots)
    }
    .probe(&request)
    .await;
    match args.output {
        OutputFormat::Json => render::json(console.out, &facts)?,
        OutputFormat::Text => text(console.out, &facts)?,
    }
    let refused = facts.failure.is_some() || facts.refusal.is_some();
    Ok(if refused { Exit::CauseFound } else { Exit::Success })
}

/// The pair that AWS keeps, where a secret or parameter was named.
async fn kept_pair(args: &ProbeArgs, place: &Place) -> Result<Option<(String, SecretString)>, CliError> {
    let Some(at) = stored_password::named(
        &args.stored,
        place.region_meant.clone().or_else(|| place.region()),
    )?
    else {
        return Ok(None);
    };
    if args.aws.no_aws {
        let help = "leave out --no-aws, or give the password with --password-file";
        return Err(CliError::usage(
            "a password that AWS keeps cannot be read without AWS",
            help,
        ));
    }
    let settings = ses_doctor_aws::Settings {
        region: place.region(),
        profile: args.aws.profile.clone(),
        endpoint_url: args.aws.endpoint_url.clone(),
        deadline: AWS_DEADLINE,
        session_wait: Duration::ZERO,
    };
    let stored = Stored::read(Aws::connect(&settings).await, at).await?;
    let pair = stored.pair(args.credentials.username.as_deref())?;
    let pair = pair.ok_or_else(|| CliError::Secret {
        what: format!(
            "the kept password cannot be read: {}",
            stored.unavailable().unwrap_or_default()
        ),
        help: "`ses-doctor diagnose` with the same options goes on without it, and says what that costs"
            .to_owned(),
    })?;
    Ok(Some((pair.username, pair.password)))
}

/// How far a session goes: a message only when one was asked for.
pub(crate) fn goal(mail: &MailArgs) -> Goal {
    let Some(from) = mail.from.as_deref().filter(|_| mail.send) else {
        return Goal::Auth;
    };
    let to = mail.to.as_deref().unwrap_or(SIMULATOR);
    let mut message = Message::test(from, to, Timestamp::now());
    message.configuration_set.clone_from(&mail.configuration_set);
    message.tenant.clone_from(&mail.tenant);
    Goal::Send {
        from: address(from),
        to: address(to),
        message: Box::new(message),
    }
}

/// The address that goes into the envelope: `Name <user@example.com>` without the name.
fn address(mailbox: &str) -> String {
    let inner = mailbox
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(mailbox, |(address, _)| address).trim().to_owned()
}

fn text(out: &mut dyn Write, facts: &ProbeFacts) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{}:{}{bold:#}", facts.target.host, facts.target.port)?;
    if let Some(dialled) = &facts.target.dialled {
        writeln!(out, "  reached at {dialled}")?;
    }
    if let Some(tls) = &facts.tls {
        certificate(out, tls)?;
    }
    writeln!(out)?;
    render::dialogue(out, &facts.transcript)?;
    writeln!(out)?;
    match (&facts.failure, &facts.refusal, facts.auth.last()) {
        (_, Some((_, reply)), _) => writeln!(out, "{bold}refused{bold:#}: {reply}"),
        (Some(failure), None, _) => writeln!(out, "{bold}failed{bold:#}: {}", failure.detail),
        (None, None, Some(attempt)) => writeln!(out, "{bold}accepted{bold:#}: {}", attempt.reply),
        (None, None, None) => writeln!(
            out,
            "{bold}reached{bold:#}; give --username and a password to log in"
        ),
    }
}

fn certificate(out: &mut dyn Write, tls: &TlsFacts) -> io::Result<()> {
    writeln!(
        out,
        "  {} {}, name checked: {}",
        tls.version, tls.cipher, tls.server_name
    )?;
    if let Some(leaf) = tls.chain.first() {
        writeln!(
            out,
            "  certificate of {}, issued by {}, until {}",
            leaf.subject, leaf.issuer, leaf.not_after
        )?;
    }
    match &tls.problem {
        Some(problem) => writeln!(out, "  not trusted: {}", render::words(problem)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_has_the_bare_addresses_and_the_header_the_name() {
        let mail = MailArgs {
            from: Some("Garden Office <office@garden.example>".to_owned()),
            to: Some("<a@b.example>".to_owned()),
            configuration_set: None,
            tenant: Some("acme".to_owned()),
            send: true,
        };
        let Goal::Send { from, to, message } = goal(&mail) else {
            panic!("it is to be sent");
        };
        assert_eq!(
            (from.as_str(), to.as_str()),
            ("office@garden.example", "a@b.example")
        );
        let wire = message.to_wire();
        assert!(wire.contains("From: Garden Office <office@garden.example>\r\n"));
        assert!(wire.contains("X-SES-TENANT: acme\r\n") && wire.contains("@garden.example>\r\n"));
        assert!(!wire.contains(">>"));
    }
}
