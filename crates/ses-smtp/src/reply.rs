//! An SMTP reply as RFC 5321 section 4.2 defines it, and the phase of the session in which it came.

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
