//! One conversation with a client, command by command.

use std::ops::ControlFlow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::TlsAcceptor;

use crate::state::{Login, Shared};
use crate::world::{Endpoint, Fault};

use super::disturbance::Connection;
use super::login::{Principal, login};
use super::submission::{Submission, submit};
use super::text;
use super::wire::{Hangup, Wire};

/// Commands a client may send in one session.
const COMMAND_LIMIT: usize = 2000;
/// Recipients of one message.
const RECIPIENT_LIMIT: usize = 50;

/// `STARTTLS`.
const LONGEST_VERB: usize = 8;

/// What a command leads to.
pub(crate) type Next = ControlFlow<(), Option<StartTls>>;

/// The client asked for TLS and was told to go ahead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StartTls;

/// The server's side of one connection.
pub(crate) struct Session<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) endpoint: &'a Endpoint,
    connection: &'a Connection<'a>,
    /// The port is one where TLS comes first.
    pub(crate) wrapper: bool,
    pub(crate) encrypted: bool,
    helo: bool,
    principal: Option<Principal>,
    from: Option<String>,
    to: Vec<String>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(shared: &'a Shared, endpoint: &'a Endpoint, connection: &'a Connection<'a>) -> Self {
        let wrapper = connection.is_wrapped();
        Self {
            shared,
            endpoint,
            connection,
            wrapper,
            encrypted: wrapper,
            helo: false,
            principal: None,
            from: None,
            to: Vec::new(),
        }
    }

    /// Talks until the client leaves; takes the greeting for said.
    pub(crate) async fn run(mut self, mut wire: Wire, tls: Option<&TlsAcceptor>) {
        for _ in 0..COMMAND_LIMIT {
            match self.turn(&mut wire).await {
                Ok(ControlFlow::Continue(None)) => {}
                Ok(ControlFlow::Continue(Some(StartTls))) => {
                    match super::upgrade(wire, tls, self.endpoint).await {
                        Some(encrypted) => {
                            wire = self.reborn(encrypted);
                        }
                        None => return,
                    }
                }
                Ok(ControlFlow::Break(())) => return wire.close().await,
                Err(hangup) => return farewell(wire, hangup).await,
            }
        }
        let said = wire.reply(text::TOO_MANY_COMMANDS).await;
        tracing::debug!(?said, "client cut off after too many commands");
    }

    /// After STARTTLS everything is forgotten (RFC 3207).
    fn reborn(&mut self, stream: Box<dyn super::wire::Stream>) -> Wire {
        self.encrypted = true;
        self.helo = false;
        self.principal = None;
        self.reset();
        super::wire_for(self.shared, self.endpoint, stream)
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn turn(&mut self, wire: &mut Wire) -> Result<Next, Hangup> {
        let line = wire.line().await?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.trim().to_ascii_uppercase();
        // A line that is no command may be (half of) a login that came too late: it is not for the log.
        let shown = if verb.len() <= LONGEST_VERB {
            verb.as_str()
        } else {
            "(no command)"
        };
        tracing::debug!(region = self.endpoint.region, verb = shown, "command");
        let next = self.command(wire, &verb, rest.trim()).await?;
        if self.endpoint.drop_after.as_deref() == Some(&verb) {
            return Ok(ControlFlow::Break(()));
        }
        Ok(next)
    }

    async fn command(&mut self, wire: &mut Wire, verb: &str, rest: &str) -> Result<Next, Hangup> {
        let reply = match verb {
            "EHLO" | "HELO" => self.hello(verb, rest),
            "STARTTLS" if !self.wrapper && !self.endpoint.strip_starttls => {
                if self.encrypted {
                    text::ALREADY_TLS.to_owned()
                } else {
                    wire.reply(text::READY_FOR_TLS).await?;
                    return Ok(ControlFlow::Continue(Some(StartTls)));
                }
            }
            "AUTH" => match self.auth(wire, rest).await? {
                Some(reply) => reply,
                None => return Ok(ControlFlow::Break(())),
            },
            "MAIL" => self.mail(rest).to_owned(),
            "RCPT" => self.rcpt(rest).to_owned(),
            "DATA" => self.data(wire).await?,
            "RSET" => {
                self.reset();
                text::OK.to_owned()
            }
            "NOOP" => text::OK.to_owned(),
            "QUIT" => {
                wire.reply(text::BYE).await?;
                return Ok(ControlFlow::Break(()));
            }
            _ => text::NOT_IMPLEMENTED.to_owned(),
        };
        wire.reply(&reply).await?;
        Ok(ControlFlow::Continue(None))
    }

    fn hello(&mut self, verb: &str, name: &str) -> String {
        if name.is_empty() {
            return text::BAD_HELO.to_owned();
        }
        self.helo = true;
        self.reset();
        if verb == "HELO" {
            return "250 email-smtp.amazonaws.com".to_owned();
        }
        let offers_starttls = !self.wrapper && !self.endpoint.strip_starttls;
        text::ehlo(offers_starttls, &self.endpoint.mechanisms)
    }

    /// Offered before TLS as well, and refused there. `None`: the connection is closed instead of an answer.
    async fn auth(&mut self, wire: &mut Wire, rest: &str) -> Result<Option<String>, Hangup> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let offered = self
            .endpoint
            .mechanisms
            .iter()
            .any(|known| known.eq_ignore_ascii_case(mechanism));
        let refusal = match () {
            () if !self.helo => Some(text::HELLO_FIRST),
            () if !self.encrypted => Some(text::STARTTLS_FIRST),
            () if self.principal.is_some() => Some(text::ALREADY_IN),
            () if !offered => Some(text::BAD_MECHANISM),
            () => None,
        };
        if let Some(refusal) = refusal {
            return Ok(Some(refusal.to_owned()));
        }
        let pair = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => plain(wire, initial).await?,
            "LOGIN" => login_pair(wire, initial).await?,
            _ => Err(text::BAD_MECHANISM),
        };
        let fault = self.connection.fault_at_auth(mechanism);
        let outcome = pair.and_then(|(user, password)| match fault {
            Some(Fault::TemporaryAuthFailure) => Err(text::AUTH_UNAVAILABLE),
            Some(Fault::CredentialsInvalid) => Err(text::CREDENTIALS_INVALID),
            Some(Fault::MechanismRefused) => Err(text::BAD_MECHANISM),
            _ => login(self.shared, self.endpoint, &user, &password),
        });
        let reply = match outcome {
            _ if fault == Some(Fault::ClosedAtAuth) => None,
            Ok(principal) => {
                self.principal = Some(principal);
                Some(text::AUTHENTICATED.to_owned())
            }
            Err(reply) => Some(reply.to_owned()),
        };
        self.note(mechanism, reply.as_deref());
        Ok(reply)
    }

    fn note(&self, mechanism: &str, reply: Option<&str>) {
        let code = reply.and_then(|reply| reply.get(..3)?.parse().ok());
        self.shared.live().note_login(Login {
            region: self.endpoint.region.clone(),
            port: self.connection.port,
            address: self.connection.address,
            mechanism: mechanism.to_ascii_uppercase(),
            code,
            at: std::time::Instant::now(),
        });
    }

    fn mail(&mut self, rest: &str) -> &'static str {
        if !self.encrypted {
            return text::STARTTLS_FIRST;
        }
        if self.principal.is_none() {
            return text::LOGIN_FIRST;
        }
        if self.from.is_some() {
            return text::NESTED_MAIL;
        }
        match path(rest, "FROM:") {
            Some(address) => {
                self.from = Some(address);
                text::OK
            }
            None => text::BAD_MAIL_FROM,
        }
    }

    fn rcpt(&mut self, rest: &str) -> &'static str {
        if self.from.is_none() {
            return text::NEED_MAIL;
        }
        if self.to.len() >= RECIPIENT_LIMIT {
            return text::TOO_MANY_RECIPIENTS;
        }
        match path(rest, "TO:") {
            Some(address) => {
                self.to.push(address);
                text::OK
            }
            None => text::BAD_RCPT_TO,
        }
    }

    async fn data(&mut self, wire: &mut Wire) -> Result<String, Hangup> {
        let (Some(principal), Some(from)) = (&self.principal, &self.from) else {
            return Ok(text::NEED_MAIL.to_owned());
        };
        if self.to.is_empty() {
            return Ok(text::NEED_RCPT.to_owned());
        }
        wire.reply(text::START_MAIL).await?;
        let body = wire.body().await?;
        let submission = Submission {
            region: &self.endpoint.region,
            principal,
            from,
            to: &self.to,
            body,
        };
        let reply = submit(self.shared, submission);
        self.reset();
        Ok(reply)
    }
}

async fn farewell(mut wire: Wire, hangup: Hangup) {
    let said = match hangup {
        Hangup::Closed => return,
        Hangup::Idle => wire.reply(text::IDLE).await,
        Hangup::Flood => wire.reply(text::LINE_TOO_LONG).await,
    };
    tracing::debug!(?hangup, ?said, "session ended early");
    wire.close().await;
}

/// A pair, or the reply that refuses what was sent instead.
type Pair = Result<(String, String), &'static str>;

async fn plain(wire: &mut Wire, initial: &str) -> Result<Pair, Hangup> {
    let answer = if initial.is_empty() {
        wire.reply(text::ASK_PLAIN).await?;
        wire.line().await?
    } else {
        initial.to_owned()
    };
    Ok(decode(&answer).and_then(|decoded| {
        let mut parts = decoded.splitn(3, '\0');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(_), Some(user), Some(password)) => Ok((user.to_owned(), password.to_owned())),
            _ => Err(text::CREDENTIALS_INVALID),
        }
    }))
}

async fn login_pair(wire: &mut Wire, initial: &str) -> Result<Pair, Hangup> {
    let user = if initial.is_empty() {
        wire.reply(text::ASK_USERNAME).await?;
        wire.line().await?
    } else {
        initial.to_owned()
    };
    let user = match decode(&user) {
        Ok(user) => user,
        Err(reply) => return Ok(Err(reply)),
    };
    wire.reply(text::ASK_PASSWORD).await?;
    let password = wire.line().await?;
    Ok(decode(&password).map(|password| (user, password)))
}

fn decode(answer: &str) -> Result<String, &'static str> {
    match answer.trim() {
        "*" => Err(text::AUTH_CANCELLED),
        "=" => Ok(String::new()),
        base64 => match STANDARD.decode(base64) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(_) => Err(text::BAD_BASE64),
        },
    }
}

/// The address in `FROM:<…>` or `TO:<…>`; parameters after it are not looked at.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let head = rest.get(..keyword.len())?;
    let tail = rest.get(keyword.len()..)?.trim_start();
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let address = tail.strip_prefix('<')?.split_once('>')?.0;
    let (local, domain) = address.rsplit_once('@')?;
    let domain_fits = !domain.is_empty()
        && !domain.starts_with('.')
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':'));
    let local_fits = !local.is_empty() && !local.contains(char::is_whitespace) && !local.contains('<');
    (domain_fits && local_fits).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_is_not_a_sender() {
        assert_eq!(
            path("FROM:<a@example.com> SIZE=10", "FROM:").as_deref(),
            Some("a@example.com")
        );
        assert_eq!(
            path("from: <a@example.com>", "FROM:").as_deref(),
            Some("a@example.com")
        );
        assert_eq!(path("FROM:<AKIAIOSFODNN7EXAMPLE>", "FROM:"), None);
        assert_eq!(path("FROM:<>", "FROM:"), None);
        assert_eq!(path("FROM:<Name <a@example.com>>", "FROM:"), None);
        assert_eq!(path("é", "TO:"), None);
    }
}
