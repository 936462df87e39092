//! What the person with the trouble told us.

use serde::{Deserialize, Serialize};
use ses_smtp::probe::TlsMode;
use ses_smtp::reply::{Phase, Reply};

/// The client's settings and its complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Symptom {
    /// The host that the client connects to.
    pub host: String,
    /// The port that the client connects to.
    pub port: u16,
    /// How the client begins TLS; `None` when not told.
    pub tls: Option<TlsMode>,
    /// The region that the person means to send from: told, or read from the host.
    pub region: Option<String>,
    /// The envelope sender.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// The configuration set that the client names in `X-SES-CONFIGURATION-SET`.
    pub configuration_set: Option<String>,
    /// ARN of the IAM user that sends, when the person names it.
    #[serde(default)]
    pub principal: Option<String>,
    /// The line that the client logged.
    pub reported: Option<Reported>,
}

/// A line of the client's log, and the reply found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The line, redacted.
    pub line: String,
    /// The SMTP reply in it, when there is one.
    pub reply: Option<Reply>,
    /// The phase that the line names.
    pub phase: Option<Phase>,
}
