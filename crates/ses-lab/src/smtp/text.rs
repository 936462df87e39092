//! The words of SES, byte for byte. Those marked unsourced are RFC 5321 custom.

pub(crate) const OK: &str = "250 Ok";
pub(crate) const READY_FOR_TLS: &str = "220 Ready to start TLS";
pub(crate) const AUTHENTICATED: &str = "235 Authentication successful.";
pub(crate) const START_MAIL: &str = "354 End data with <CR><LF>.<CR><LF>";
pub(crate) const BYE: &str = "221 Bye";
/// `334` and base64 of `Username:`.
pub(crate) const ASK_USERNAME: &str = "334 VXNlcm5hbWU6";
/// `334` and base64 of `Password:`.
pub(crate) const ASK_PASSWORD: &str = "334 UGFzc3dvcmQ6";
pub(crate) const ASK_PLAIN: &str = "334 ";

pub(crate) const TOO_MANY_CONNECTIONS: &str = "421 Too many concurrent SMTP connections";
/// The only reply of SES with an enhanced status code.
pub(crate) const IDLE: &str = "451 4.4.2 Timeout waiting for data from client.";
pub(crate) const AUTH_UNAVAILABLE: &str = "454 Temporary authentication failure";
pub(crate) const STARTTLS_FIRST: &str = "530 Must issue a STARTTLS command first";
pub(crate) const LOGIN_FIRST: &str = "530 Authentication required";
/// One text for all causes.
pub(crate) const CREDENTIALS_INVALID: &str = "535 Authentication Credentials Invalid";
pub(crate) const NOT_SUBSCRIBED: &str = "535 Account not subscribed to SES";
/// The witnesses cut this text off after "Signature Version 4."; how it goes on is unsourced.
pub(crate) const SIGNATURE_2: &str = "535 Signature Version 2 is deprecated for use with SES from March 26, 2021. \
    From that date on, we are progressively rejecting such requests. To resolve the issue, you must migrate to \
    Signature Version 4. For more information, see \
    https://docs.aws.amazon.com/ses/latest/DeveloperGuide/using-ses-api-authentication.html";

pub(crate) const BAD_HELO: &str = "501 Syntax: HELO <hostname>";
pub(crate) const BAD_MAIL_FROM: &str = "501 Invalid MAIL FROM address provided";
pub(crate) const BAD_RCPT_TO: &str = "501 Invalid RCPT TO address provided";
pub(crate) const TOO_LONG: &str = "552 Message is too long.";
pub(crate) const RATE: &str = "454 Throttling failure: Maximum sending rate exceeded";
pub(crate) const DAILY_QUOTA: &str = "454 Throttling failure: Daily message quota exceeded";
pub(crate) const PAUSED: &str = "554 Message rejected: Sending paused for this account. For more information, please \
    check the inbox of the email address associated with your AWS account.";
pub(crate) const BAD_MAIL_FROM_DOMAIN: &str =
    "554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.";

/// Unsourced.
pub(crate) const NOT_IMPLEMENTED: &str = "502 Error: command not implemented";
/// Unsourced.
pub(crate) const HELLO_FIRST: &str = "503 Error: send HELO/EHLO first";
/// Unsourced.
pub(crate) const NEED_MAIL: &str = "503 Error: need MAIL command";
/// Unsourced.
pub(crate) const NEED_RCPT: &str = "503 Error: need RCPT command";
/// Unsourced.
pub(crate) const NESTED_MAIL: &str = "503 Error: nested MAIL command";
/// Unsourced.
pub(crate) const ALREADY_IN: &str = "503 Error: already authenticated";
/// Unsourced.
pub(crate) const ALREADY_TLS: &str = "503 Error: TLS already active";
/// Unsourced.
pub(crate) const BAD_MECHANISM: &str = "504 Unrecognized authentication type";
/// Unsourced.
pub(crate) const BAD_BASE64: &str = "501 Invalid base64 data";
/// Unsourced.
pub(crate) const AUTH_CANCELLED: &str = "501 Authentication cancelled";
/// Unsourced.
pub(crate) const TOO_MANY_RECIPIENTS: &str = "452 Too many recipients";
/// Unsourced.
pub(crate) const TOO_MANY_COMMANDS: &str = "421 Too many commands";
/// Unsourced.
pub(crate) const LINE_TOO_LONG: &str = "500 Line too long";

/// The greeting: it does not say the region.
pub(crate) fn greeting() -> String {
    let (host, id) = (crate::state::unique_id("", 9), crate::state::unique_id("", 20));
    format!("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-{host} {id}")
}

/// The answer to `EHLO`.
pub(crate) fn ehlo(offers_starttls: bool, mechanisms: &[String]) -> String {
    let mut lines = vec![
        "250-email-smtp.amazonaws.com".to_owned(),
        "250-8BITMIME".to_owned(),
    ];
    if offers_starttls {
        lines.push("250-STARTTLS".to_owned());
    }
    if !mechanisms.is_empty() {
        lines.push(format!("250-AUTH {}", mechanisms.join(" ")));
    }
    lines.push(OK.to_owned());
    lines.join("\r\n")
}

/// Row 18: backtick before, apostrophe after, no reason.
pub(crate) fn access_denied(user_arn: &str, resource: &str) -> String {
    format!(
        "554 Access denied: User `{user_arn}' is not authorized to perform `ses:SendRawEmail' on resource `{resource}'"
    )
}

/// Row 19.
pub(crate) fn not_verified(region: &str, identities: &[String]) -> String {
    let region = region.to_ascii_uppercase();
    format!(
        "554 Message rejected: Email address is not verified. The following identities failed the check in region \
         {region}: {}",
        identities.join(", ")
    )
}

/// Row 22; the name of the error is AWS's, the exact text over SMTP is unsourced.
pub(crate) fn no_configuration_set(name: &str) -> String {
    format!("554 Message rejected: Configuration set <{name}> does not exist.")
}

/// The paused configuration set; the exact text over SMTP is unsourced.
pub(crate) fn configuration_set_paused(name: &str) -> String {
    format!("554 Message rejected: Sending is paused for configuration set <{name}>.")
}

/// A tenant that may not send; the exact text over SMTP is unsourced.
pub(crate) fn tenant_paused(name: &str) -> String {
    format!("554 Message rejected: Sending is paused for tenant <{name}>.")
}

/// No such tenant; the exact text over SMTP is unsourced.
pub(crate) fn no_tenant(name: &str) -> String {
    format!("554 Message rejected: Tenant <{name}> does not exist.")
}

/// Something of the message that the tenant does not have; the exact text over SMTP is unsourced.
pub(crate) fn not_of_tenant(name: &str, resource: &str) -> String {
    format!("554 Message rejected: {resource} is not associated with tenant <{name}>.")
}
