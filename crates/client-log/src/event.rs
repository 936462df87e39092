//! What one place of a log tells.

use crate::client::Client;
use crate::sign::Sign;
use serde::{Deserialize, Serialize};
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::credential::UsernameFacts;
use ses_smtp::endpoint::Endpoint;
use ses_smtp::probe::TlsMode;
use ses_smtp::reply::{Phase, Reply};

/// What a record of the log says about sending mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something failed.
    Failed(Box<Failure>),
    /// Something worked.
    Worked(Success),
}

impl Event {
    /// Who sent the message decides what it means.
    pub(crate) fn depends_on_sender(&self) -> bool {
        let Self::Failed(failure) = self else { return false };
        let meaning = failure.reply.as_ref().and_then(catalogue::recognise);
        matches!(
            meaning,
            Some(
                Meaning::InvalidMailFrom
                    | Meaning::InvalidAddress
                    | Meaning::NotVerified { .. }
                    | Meaning::AccessDenied { .. }
            )
        )
    }
}

/// Which conversation a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The client submits mail over SMTP.
    #[default]
    Submission,
    /// The client calls the HTTPS API.
    Api,
    /// The server's own side: somebody logs in to *this* host.
    Incoming,
}

/// A failure of sending mail, reduced to what causes are told by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// The client, when its words tell.
    pub client: Option<Client>,
    /// Which conversation.
    pub side: Side,
    /// The server's reply.
    pub reply: Option<Reply>,
    /// The phase, when the text names it.
    pub phase: Option<Phase>,
    /// What the client says in its own words, the most telling first.
    pub signs: Vec<Sign>,
    /// The host that was talked to.
    pub endpoint: Option<Endpoint>,
    /// Its port.
    pub port: Option<u16>,
    /// How the client began TLS, by the scheme of its URL.
    pub tls: Option<TlsMode>,
    /// Another provider, known by its words.
    pub stranger: Option<String>,
    /// The user name of the login.
    pub login: Option<UsernameFacts>,
    /// The envelope sender; empty when it is the null sender.
    pub sender: Option<String>,
    /// The recipient.
    pub recipient: Option<String>,
}

/// Something that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Success {
    /// What.
    pub what: Worked,
    /// The host.
    pub endpoint: Option<Endpoint>,
}

/// How far a session got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worked {
    /// TLS was set up and its certificate verified.
    Tls,
    /// `235`.
    Login,
    /// `250 Ok` with a message id.
    Sent,
}
