//! The meanings, and what each asks of a client.

use crate::reply::Phase;
use serde::{Deserialize, Serialize};

/// How well a meaning is witnessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// In the documentation of AWS.
    Sourced,
    /// In logs and transcripts that people have published.
    Observed,
    /// Follows from the others.
    Inferred,
    /// General knowledge, unsourced.
    General,
}

/// Whether the same thing is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// Unchanged it will fail again.
    Never,
    /// With growing pauses: AWS says 5 s, 10 s, 30 s, then 20 min.
    WithBackoff,
    /// When the 24-hour window has moved on.
    NextDay,
    /// On a new connection.
    Reconnect,
    /// It did not fail.
    NotNeeded,
}

/// What a reply of SES says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Meaning {
    /// 535: one text for every fault of the pair. The causes are told apart by other evidence only.
    CredentialsInvalid,
    /// 535: the password is of the old algorithm.
    SignatureVersion2,
    /// 535: the account of the key never signed up for SES.
    NotSubscribed,
    /// 454 at AUTH: SES could not check the pair now.
    TemporaryAuthFailure,
    /// 530: a command before TLS.
    MustStartTls,
    /// 530: MAIL without AUTH before it.
    AuthRequired,
    /// 421: the limit of connections, which AWS does not publish.
    TooManyConnections,
    /// 451: the client was silent for about ten seconds.
    IdleTimeout,
    /// 451 or 454: on the side of SES, or a request that it could not process.
    TemporaryServiceFailure,
    /// 454 after DATA: messages per second.
    RateExceeded,
    /// 454 after DATA: messages per 24 hours.
    DailyQuota,
    /// 454 after DATA: a version 2 password, throttled on its way out. Rotate it.
    SigV2Rate,
    /// 501: the envelope sender is no address; often the SMTP user name, or the null sender.
    InvalidMailFrom,
    /// 501: the recipient is no address.
    InvalidRcptTo,
    /// 501: EHLO without a name.
    HeloSyntax,
    /// 553: an address with broken syntax.
    InvalidAddress,
    /// 552.
    MessageTooLong,
    /// 554: IAM refuses. Over SMTP the text does not tell which layer, unless it bears the reason of the API's wording.
    AccessDenied {
        /// Who asked.
        user_arn: String,
        /// What for, such as `ses:SendRawEmail`.
        action: String,
        /// On what: an identity, a configuration set, or in the sandbox the recipient.
        resource: String,
        /// `because …` or `with an explicit deny in …`, when present.
        reason: Option<String>,
    },
    /// 554: identities that are not verified in this region.
    NotVerified {
        /// In lower case.
        region: Option<String>,
        /// Those named; SES may cut the list.
        identities: Vec<String>,
        /// The list was cut.
        truncated: bool,
    },
    /// 554: sending is paused, by enforcement or by the account's own switch; the text is the same for both.
    AccountPaused,
    /// 554: the MX of the custom MAIL FROM domain is missing.
    MailFromDomainInvalid,
    /// 554: no such configuration set. The exact text over SMTP is unsourced.
    ConfigurationSetMissing,
    /// 554: sending with this configuration set is off. The exact text over SMTP is unsourced.
    ConfigurationSetPaused,
    /// 554: sending for this tenant is off. The exact text over SMTP is unsourced.
    TenantPaused,
    /// 554: no such tenant. The exact text over SMTP is unsourced.
    TenantMissing,
    /// 554: something that the message uses is not associated with the tenant. The exact text over SMTP is unsourced.
    TenantResourceMissing,
    /// 554: the content. Unsourced.
    TransactionFailed,
    /// 502 or 503: a command unknown or out of order. Unsourced.
    BadSequence,
    /// 220 as the first line.
    Greeting,
    /// 220 after STARTTLS.
    ReadyForTls,
    /// 235.
    Authenticated,
    /// 250.
    Accepted {
        /// The message id, after the final dot.
        message_id: Option<String>,
    },
    /// 334.
    AuthContinue,
    /// 354.
    StartInput,
    /// 221.
    Bye,
}

impl Meaning {
    /// The phase in which it comes; `None` for any, or for several.
    pub fn expected_phase(&self) -> Option<Phase> {
        match self {
            Self::CredentialsInvalid
            | Self::SignatureVersion2
            | Self::NotSubscribed
            | Self::TemporaryAuthFailure
            | Self::Authenticated
            | Self::AuthContinue => Some(Phase::Auth),
            Self::AuthRequired | Self::InvalidMailFrom => Some(Phase::MailFrom),
            Self::InvalidRcptTo => Some(Phase::RcptTo),
            Self::TooManyConnections | Self::Greeting => Some(Phase::Greeting),
            Self::HeloSyntax => Some(Phase::Ehlo),
            Self::ReadyForTls => Some(Phase::StartTls),
            Self::StartInput => Some(Phase::Data),
            Self::Bye => Some(Phase::Quit),
            Self::RateExceeded
            | Self::DailyQuota
            | Self::SigV2Rate
            | Self::MessageTooLong
            | Self::AccessDenied { .. }
            | Self::NotVerified { .. }
            | Self::AccountPaused
            | Self::MailFromDomainInvalid
            | Self::ConfigurationSetMissing
            | Self::ConfigurationSetPaused
            | Self::TenantPaused
            | Self::TenantMissing
            | Self::TenantResourceMissing
            | Self::TransactionFailed => Some(Phase::EndOfData),
            Self::MustStartTls
            | Self::IdleTimeout
            | Self::TemporaryServiceFailure
            | Self::InvalidAddress
            | Self::BadSequence
            | Self::Accepted { .. } => None,
        }
    }

    /// Whether to try again.
    pub fn retry(&self) -> Retry {
        match self {
            Self::TooManyConnections
            | Self::TemporaryServiceFailure
            | Self::TemporaryAuthFailure
            | Self::RateExceeded => Retry::WithBackoff,
            Self::DailyQuota => Retry::NextDay,
            Self::IdleTimeout => Retry::Reconnect,
            Self::Greeting
            | Self::ReadyForTls
            | Self::Authenticated
            | Self::Accepted { .. }
            | Self::AuthContinue
            | Self::StartInput
            | Self::Bye => Retry::NotNeeded,
            Self::CredentialsInvalid
            | Self::SignatureVersion2
            | Self::NotSubscribed
            | Self::MustStartTls
            | Self::AuthRequired
            | Self::SigV2Rate
            | Self::InvalidMailFrom
            | Self::InvalidRcptTo
            | Self::HeloSyntax
            | Self::InvalidAddress
            | Self::MessageTooLong
            | Self::AccessDenied { .. }
            | Self::NotVerified { .. }
            | Self::AccountPaused
            | Self::MailFromDomainInvalid
            | Self::ConfigurationSetMissing
            | Self::ConfigurationSetPaused
            | Self::TenantPaused
            | Self::TenantMissing
            | Self::TenantResourceMissing
            | Self::TransactionFailed
            | Self::BadSequence => Retry::Never,
        }
    }

    /// How well it is witnessed.
    pub fn mark(&self) -> Mark {
        match self {
            Self::CredentialsInvalid
            | Self::NotSubscribed
            | Self::TemporaryAuthFailure
            | Self::AuthRequired
            | Self::TooManyConnections
            | Self::IdleTimeout
            | Self::TemporaryServiceFailure
            | Self::RateExceeded
            | Self::DailyQuota
            | Self::SigV2Rate
            | Self::InvalidRcptTo
            | Self::InvalidAddress
            | Self::MessageTooLong
            | Self::AccessDenied { .. }
            | Self::NotVerified { .. }
            | Self::Greeting => Mark::Sourced,
            Self::SignatureVersion2
            | Self::MustStartTls
            | Self::InvalidMailFrom
            | Self::HeloSyntax
            | Self::AccountPaused
            | Self::MailFromDomainInvalid
            | Self::ReadyForTls
            | Self::Authenticated
            | Self::Accepted { .. }
            | Self::AuthContinue
            | Self::StartInput
            | Self::Bye => Mark::Observed,
            Self::ConfigurationSetMissing
            | Self::ConfigurationSetPaused
            | Self::TenantPaused
            | Self::TenantMissing
            | Self::TenantResourceMissing
            | Self::TransactionFailed
            | Self::BadSequence => Mark::General,
        }
    }

    /// Whether the reply lets the session go on.
    pub fn is_success(&self) -> bool {
        self.retry() == Retry::NotNeeded
    }
}

/// The meaning of a positive reply, which its code tells alone.
pub(super) fn success(code: u16, text: &str) -> Option<Meaning> {
    match code {
        220 if text.to_ascii_lowercase().contains("tls") => Some(Meaning::ReadyForTls),
        220 => Some(Meaning::Greeting),
        221 => Some(Meaning::Bye),
        235 => Some(Meaning::Authenticated),
        250 => Some(Meaning::Accepted {
            message_id: message_id(text),
        }),
        334 => Some(Meaning::AuthContinue),
        354 => Some(Meaning::StartInput),
        _ => None,
    }
}

/// `Ok 0107017033dbb64d-be13a01e-dbf1-44b7-b876-3622165dacc1-000000`
fn message_id(text: &str) -> Option<String> {
    let (ok, id) = text.split_once(' ')?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = ok.eq_ignore_ascii_case("ok") && id.len() >= 20 && id.contains('-') && id.bytes().all(fits);
    is_id.then(|| id.to_owned())
}
