//! Replies that a fixed phrase tells.

use super::Meaning;

/// One kind of reply: the codes that it comes with, usual first, and a phrase of its text in lower case.
pub(super) struct Row {
    pub(super) codes: &'static [u16],
    pub(super) phrase: &'static str,
    pub(super) meaning: Meaning,
}

const fn row_of(codes: &'static [u16], phrase: &'static str, meaning: Meaning) -> Row {
    Row {
        codes,
        phrase,
        meaning,
    }
}

/// The first that fits wins, so the more special stand first.
pub(super) static ROWS: &[Row] = &[
    row_of(
        &[535],
        "signature version 2 is deprecated",
        Meaning::SignatureVersion2,
    ),
    row_of(&[535], "account not subscribed to ses", Meaning::NotSubscribed),
    row_of(
        &[535],
        "authentication credentials invalid",
        Meaning::CredentialsInvalid,
    ),
    row_of(
        &[530],
        "must issue a starttls command first",
        Meaning::MustStartTls,
    ),
    row_of(&[530], "authentication required", Meaning::AuthRequired),
    row_of(
        &[421],
        "too many concurrent smtp connections",
        Meaning::TooManyConnections,
    ),
    row_of(
        &[451, 421],
        "timeout waiting for data from client",
        Meaning::IdleTimeout,
    ),
    row_of(
        &[454, 451],
        "temporary authentication failure",
        Meaning::TemporaryAuthFailure,
    ),
    row_of(
        &[451, 454],
        "temporary service failure",
        Meaning::TemporaryServiceFailure,
    ),
    row_of(
        &[454],
        "maximum sigv2 smtp sending rate exceeded",
        Meaning::SigV2Rate,
    ),
    row_of(&[454], "maximum sending rate exceeded", Meaning::RateExceeded),
    row_of(&[454], "daily message quota exceeded", Meaning::DailyQuota),
    row_of(
        &[501],
        "invalid mail from address provided",
        Meaning::InvalidMailFrom,
    ),
    row_of(&[501], "invalid rcpt to address provided", Meaning::InvalidRcptTo),
    row_of(&[501], "syntax: helo", Meaning::HeloSyntax),
    row_of(&[553], "invalid email address", Meaning::InvalidAddress),
    row_of(&[553], "address unknown", Meaning::InvalidAddress),
    row_of(&[552], "message is too long", Meaning::MessageTooLong),
    row_of(&[554], "sending paused for this account", Meaning::AccountPaused),
    row_of(
        &[554],
        "mail from domain not verified",
        Meaning::MailFromDomainInvalid,
    ),
    row_of(
        &[554],
        "setup for mail from domain is invalid",
        Meaning::MailFromDomainInvalid,
    ),
    row_of(
        &[554],
        "configuration set does not exist",
        Meaning::ConfigurationSetMissing,
    ),
    row_of(
        &[554],
        "sending paused for configuration set",
        Meaning::ConfigurationSetPaused,
    ),
    row_of(&[554], "transaction failed", Meaning::TransactionFailed),
    row_of(&[502, 503], "", Meaning::BadSequence),
];

pub(super) fn row(code: u16, text: &str) -> Option<&'static Row> {
    let text = text.to_ascii_lowercase();
    ROWS.iter()
        .find(|row| row.codes.contains(&code) && text.contains(row.phrase))
}
