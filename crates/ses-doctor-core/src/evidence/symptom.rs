//! What the person with the trouble told us.

use client_log::{Client, Event, Failure, Side, Sign};
use serde::{Deserialize, Serialize};
use ses_smtp::credential::UsernameFacts;
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
    /// The tenant that the client names in `X-SES-TENANT`.
    #[serde(default)]
    pub tenant: Option<String>,
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
    /// Faults in the client's own words, the most telling first.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// The client, when its words tell.
    #[serde(default)]
    pub client: Option<Client>,
    /// Which conversation the line is from.
    #[serde(default)]
    pub side: Side,
    /// Another provider, known by its words.
    #[serde(default)]
    pub stranger: Option<String>,
    /// The port in the line.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the client began TLS, by the scheme in the line.
    #[serde(default)]
    pub tls: Option<TlsMode>,
    /// The user name in the line.
    #[serde(default)]
    pub login: Option<UsernameFacts>,
}

impl Reported {
    /// What a failure of a log says; `line` is its record, redacted.
    pub fn of(failure: &Failure, line: String) -> Self {
        Self {
            line,
            reply: failure.reply.clone(),
            phase: failure.phase,
            signs: failure.signs.clone(),
            client: failure.client,
            side: failure.side,
            stranger: failure.stranger.clone(),
            port: failure.port,
            tls: failure.tls,
            login: failure.login.clone(),
        }
    }

    /// A reply whose line bears nothing else of interest.
    pub fn of_reply(reply: Reply, line: String) -> Self {
        let failure = Failure {
            reply: Some(reply),
            ..Failure::default()
        };
        Self::of(&failure, line)
    }

    /// What a line that a person gave says; `line` is the same, redacted. A line that says nothing is kept as it is.
    pub fn read(text: &str, line: String) -> Self {
        match client_log::recognise(text) {
            Some(Event::Failed(failure)) => Self::of(&failure, line),
            Some(Event::Worked(_)) | None => Self::of(&Failure::default(), line),
        }
    }
}
