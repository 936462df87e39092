//! An SMTP reply as RFC 5321 section 4.2 defines it, and the phase of the session in which it came.

mod parser;

pub use parser::{MAX_LINE, MAX_LINES, ReplyError, ReplyParser};

use std::fmt;

use serde::{Deserialize, Serialize};

/// The step of an SMTP session. Each has its own time-out ([`crate::Timeouts`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Looking the host name up.
    Resolve,
    /// The TCP handshake.
    Connect,
    /// The TLS handshake, in wrapper mode or after STARTTLS.
    Tls,
    /// Waiting for the `220` greeting.
    Greeting,
    /// EHLO, before or after TLS.
    Ehlo,
    /// The STARTTLS command itself.
    StartTls,
    /// AUTH and its continuation lines.
    Auth,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// The DATA command up to `354`.
    Data,
    /// The final dot: where SES checks permission, verification and quota.
    EndOfData,
    /// Silence on the client's side, and NOOP after it: whether a connection outlives a pause.
    Idle,
    /// QUIT.
    Quit,
}

/// A whole reply: its code and the text of each line, without code and separator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Three digits, 200 to 599.
    pub code: u16,
    /// Text lines in order; invalid UTF-8 is replaced.
    pub lines: Vec<String>,
}

/// The first digit of a reply code (RFC 5321 section 4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 2yz.
    Completion,
    /// 3yz.
    Intermediate,
    /// 4yz.
    TransientFailure,
    /// 5yz.
    PermanentFailure,
}

impl Reply {
    /// What the first digit says.
    pub fn class(&self) -> Class {
        match self.code {
            ..300 => Class::Completion,
            300..400 => Class::Intermediate,
            400..500 => Class::TransientFailure,
            500.. => Class::PermanentFailure,
        }
    }

    /// 2yz or 3yz: go on.
    pub fn is_positive(&self) -> bool {
        self.code < 400
    }

    /// All lines in one, with a space between them.
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// The enhanced status code (RFC 3463) at the head of the text. SES sends one only with its idle time-out.
    pub fn enhanced_status_code(&self) -> Option<&str> {
        let (head, _) = self.lines.first()?.split_once(' ')?;
        is_enhanced_status_code(head).then_some(head)
    }
}

pub(crate) fn is_enhanced_status_code(word: &str) -> bool {
    let mut parts = word.split('.');
    let number = |part: Option<&str>, longest: usize| {
        part.is_some_and(|part| {
            (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    number(parts.next(), 1) && number(parts.next(), 3) && number(parts.next(), 3) && parts.next().is_none()
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.lines
            .iter()
            .filter(|line| !line.is_empty())
            .try_for_each(|line| write!(f, " {line}"))
    }
}
