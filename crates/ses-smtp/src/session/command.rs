//! The commands that need no credentials.

use super::Session;
use crate::probe::{Ehlo, Failure, FailureKind};
use crate::reply::{Phase, Reply};
use jiff::Timestamp;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};

const QUIT_LIMIT: Duration = Duration::from_millis(200);

/// The small message of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Header From.
    pub from: String,
    /// Header To.
    pub to: String,
    /// Header Subject.
    pub subject: String,
    /// Header Date, as RFC 5322 section 3.3 wants it.
    pub date: String,
    /// Header Message-ID, with its angle brackets.
    pub message_id: String,
    /// Header X-SES-CONFIGURATION-SET.
    pub configuration_set: Option<String>,
    /// Header X-SES-TENANT.
    pub tenant: Option<String>,
    /// The text, in any line endings.
    pub body: String,
}

impl Message {
    /// A short message that says what it is. Its id is made of the moment and the sender's domain.
    pub fn test(from: &str, to: &str, at: Timestamp) -> Self {
        let domain = from
            .rsplit_once('@')
            .map_or("ses-doctor.invalid", |(_, domain)| domain.trim_end_matches('>'));
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_string(&at)
            .unwrap_or_default();
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            subject: "ses-doctor test message".to_owned(),
            date,
            message_id: format!("<ses-doctor.{}@{domain}>", at.as_nanosecond()),
            configuration_set: None,
            tenant: None,
            body: "Sent by ses-doctor to prove that mail leaves through Amazon SES.".to_owned(),
        }
    }

    /// As sent after DATA: CRLF, dots doubled at the head of a line (RFC 5321 section 4.5.2), and the final dot.
    pub fn to_wire(&self) -> String {
        let (set, tenant) = (self.configuration_set.as_deref(), self.tenant.as_deref());
        let headers = [
            ("From", Some(self.from.as_str())),
            ("To", Some(&self.to)),
            ("Subject", Some(&self.subject)),
            ("Date", Some(&self.date)),
            ("Message-ID", Some(&self.message_id)),
            ("X-SES-CONFIGURATION-SET", set),
            ("X-SES-TENANT", tenant),
            ("MIME-Version", Some("1.0")),
            ("Content-Type", Some("text/plain; charset=utf-8")),
        ];
        let mut wire = String::new();
        for (name, value) in headers {
            if let Some(value) = value {
                wire.push_str(&format!("{name}: {}\r\n", without_controls(value)));
            }
        }
        wire.push_str("\r\n");
        for line in self.body.lines() {
            let line = without_controls(line);
            wire.push_str(if line.starts_with('.') { "." } else { "" });
            wire.push_str(&line);
            wire.push_str("\r\n");
        }
        wire + ".\r\n"
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Waits for the greeting.
    pub async fn greeting(&mut self) -> Result<Reply, Failure> {
        self.read_reply(Phase::Greeting, self.timeouts.greeting).await
    }

    /// EHLO: the reply, and its keywords when it is positive.
    pub async fn ehlo(&mut self, name: &str) -> Result<(Reply, Option<Ehlo>), Failure> {
        let reply = self
            .command(Phase::Ehlo, &format!("EHLO {}", without_controls(name)))
            .await?;
        let keywords = (reply.code == 250).then(|| keywords(&reply));
        Ok((reply, keywords))
    }

    /// STARTTLS (RFC 3207): the stream, ready for the handshake, or the refusing reply. Whatever came in plaintext behind
    /// the reply would be taken for a reply under TLS, so it ends the session (CVE-2011-0411).
    pub async fn starttls(mut self) -> Result<Result<S, Reply>, Failure> {
        let start = Instant::now();
        let reply = self.command(Phase::StartTls, "STARTTLS").await?;
        if reply.code != 220 {
            return Ok(Err(reply));
        }
        if self.parser.has_leftover() {
            let detail = format!(
                "plaintext behind the reply to STARTTLS: {}",
                self.parser.leftover()
            );
            return Err(self.failure(Phase::StartTls, FailureKind::NotSmtp, &detail, start));
        }
        Ok(Ok(self.stream))
    }

    /// MAIL FROM.
    pub async fn mail_from(&mut self, address: &str) -> Result<Reply, Failure> {
        self.command(Phase::MailFrom, &format!("MAIL FROM:<{}>", path(address)))
            .await
    }

    /// RCPT TO.
    pub async fn rcpt_to(&mut self, address: &str) -> Result<Reply, Failure> {
        self.command(Phase::RcptTo, &format!("RCPT TO:<{}>", path(address)))
            .await
    }

    /// DATA, up to `354`.
    pub async fn data(&mut self) -> Result<Reply, Failure> {
        self.command(Phase::Data, "DATA").await
    }

    /// The message and the final dot.
    pub async fn message(&mut self, message: &Message) -> Result<Reply, Failure> {
        let wire = message.to_wire();
        self.recorder
            .client(&format!("<message of {} bytes>", wire.len()));
        let limit = self.timeouts.end_of_data;
        self.send(Phase::EndOfData, wire.as_bytes(), limit).await?;
        self.read_reply(Phase::EndOfData, limit).await
    }

    /// NOOP, which asks for nothing but a reply.
    pub async fn noop(&mut self) -> Result<Reply, Failure> {
        self.command(Phase::Idle, "NOOP").await
    }

    /// Says QUIT and does not wait for the answer.
    pub async fn quit(mut self) {
        self.recorder.client("QUIT");
        let _ = self.send(Phase::Quit, b"QUIT\r\n", QUIT_LIMIT).await;
    }

    async fn command(&mut self, phase: Phase, text: &str) -> Result<Reply, Failure> {
        self.exchange(phase, text, text, self.timeouts.command).await
    }
}

fn keywords(reply: &Reply) -> Ehlo {
    let mut lines = reply.lines.iter();
    let domain = lines
        .next()
        .and_then(|line| line.split_whitespace().next())
        .unwrap_or_default()
        .to_owned();
    let keyword = |line: &String| match line.trim().split_once(' ') {
        Some((word, rest)) => format!("{} {rest}", word.to_ascii_uppercase()),
        None => line.trim().to_ascii_uppercase(),
    };
    // SES ends its list with `250 Ok`, which is no keyword.
    let keywords = lines
        .filter(|line| !line.trim().is_empty() && !line.trim().eq_ignore_ascii_case("ok"))
        .map(keyword);
    Ehlo {
        domain,
        keywords: keywords.collect(),
    }
}

/// A line break in an argument would begin another command.
fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn path(address: &str) -> String {
    without_controls(address).replace(['<', '>'], "")
}
