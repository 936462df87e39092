use super::*;
use crate::reply::Phase;
use proptest::prelude::*;

fn meaning(line: &str) -> Option<Meaning> {
    let (code, text) = line.split_once(' ').unwrap();
    recognise(&Reply {
        code: code.parse().unwrap(),
        lines: vec![text.to_owned()],
    })
}

const REPLIES: &[(&str, Meaning)] = &[
    (
        "421 Too many concurrent SMTP connections",
        Meaning::TooManyConnections,
    ),
    (
        "451 4.4.2 Timeout waiting for data from client.",
        Meaning::IdleTimeout,
    ),
    ("451 Timeout waiting for data from client", Meaning::IdleTimeout),
    ("451 Temporary service failure", Meaning::TemporaryServiceFailure),
    ("454 Temporary service failure", Meaning::TemporaryServiceFailure),
    ("530 Must issue a STARTTLS command first", Meaning::MustStartTls),
    ("530 Authentication required", Meaning::AuthRequired),
    (
        "535 Authentication Credentials Invalid",
        Meaning::CredentialsInvalid,
    ),
    (
        "535 5.7.8 Authentication Credentials Invalid",
        Meaning::CredentialsInvalid,
    ),
    (
        "535 Signature Version 2 is deprecated for use with SES from March 26, 2021. From that date on, we are …",
        Meaning::SignatureVersion2,
    ),
    ("535 Account not subscribed to SES", Meaning::NotSubscribed),
    (
        "454 Temporary authentication failure",
        Meaning::TemporaryAuthFailure,
    ),
    (
        "454 Throttling failure: Maximum sending rate exceeded",
        Meaning::RateExceeded,
    ),
    (
        "454 Throttling failure: Daily message quota exceeded",
        Meaning::DailyQuota,
    ),
    (
        "454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded.",
        Meaning::SigV2Rate,
    ),
    ("501 Invalid MAIL FROM address provided", Meaning::InvalidMailFrom),
    ("501 Invalid RCPT TO address provided", Meaning::InvalidRcptTo),
    ("501 Syntax: HELO <hostname>", Meaning::HeloSyntax),
    ("553 <a> Invalid email address", Meaning::InvalidAddress),
    ("553 <a> address unknown", Meaning::InvalidAddress),
    ("552 Message is too long.", Meaning::MessageTooLong),
    (
        "554 Message rejected: Sending paused for this account. For more information, …",
        Meaning::AccountPaused,
    ),
    (
        "554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.",
        Meaning::MailFromDomainInvalid,
    ),
    (
        "554 Configuration set does not exist",
        Meaning::ConfigurationSetMissing,
    ),
    (
        "554 Configuration set <x> does not exist.",
        Meaning::ConfigurationSetMissing,
    ),
    (
        "554 Transaction failed: Missing final '@domain'",
        Meaning::TransactionFailed,
    ),
    ("502 Unknown command", Meaning::BadSequence),
    ("235 Authentication successful.", Meaning::Authenticated),
    ("220 Ready to start TLS", Meaning::ReadyForTls),
    (
        "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-GI38EMLB2 hkD7YwduxMJw9KrXpof7",
        Meaning::Greeting,
    ),
    ("354 End data with <CR><LF>.<CR><LF>", Meaning::StartInput),
    ("221 Bye", Meaning::Bye),
    ("250 Ok", Meaning::Accepted { message_id: None }),
];

#[test]
fn every_row_of_the_facts_is_recognised() {
    for (line, expected) in REPLIES {
        assert_eq!(meaning(line).as_ref(), Some(expected), "{line}");
    }
    assert_eq!(meaning("535 5.7.8 Username and Password not accepted"), None);
    assert_eq!(
        meaning("550 Authentication Credentials Invalid"),
        None,
        "another code is another server's"
    );
}

#[test]
fn an_accepted_message_has_its_id() {
    let Some(Meaning::Accepted { message_id }) =
        meaning("250 Ok 0107017033dbb64d-be13a01e-dbf1-44b7-b876-3622165dacc1-000000")
    else {
        panic!("not accepted")
    };
    assert_eq!(
        message_id.as_deref(),
        Some("0107017033dbb64d-be13a01e-dbf1-44b7-b876-3622165dacc1-000000")
    );
}

#[test]
fn both_wordings_of_a_denial_are_taken_apart() {
    let smtp = "554 Access denied: User `arn:aws:iam::111122223333:user/mailer' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";
    let api = "554 User: arn:aws:iam::111122223333:user/mailer is not authorized to perform: ses:SendRawEmail on resource: arn:aws:ses:eu-west-1:111122223333:identity/example.com because no identity-based policy allows the ses:SendRawEmail action";
    let reasons = [
        None,
        Some("because no identity-based policy allows the ses:SendRawEmail action".to_owned()),
    ];
    for (line, reason) in [smtp, api].into_iter().zip(reasons) {
        let expected = Meaning::AccessDenied {
            user_arn: "arn:aws:iam::111122223333:user/mailer".into(),
            action: "ses:SendRawEmail".into(),
            resource: "arn:aws:ses:eu-west-1:111122223333:identity/example.com".into(),
            reason,
        };
        assert_eq!(meaning(line), Some(expected));
    }
    let deny = format!(
        "{} with an explicit deny in a service control policy",
        api.split(" because").next().unwrap()
    );
    let Some(Meaning::AccessDenied { reason, .. }) = meaning(&deny) else {
        panic!("not a denial")
    };
    assert_eq!(
        reason.as_deref(),
        Some("with an explicit deny in a service control policy")
    );
}

#[test]
fn unverified_identities_are_listed() {
    let line = "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: a@example.com, Name <b@example.com>, ...";
    let expected = Meaning::NotVerified {
        region: Some("eu-west-1".into()),
        identities: vec!["a@example.com".into(), "Name <b@example.com>".into()],
        truncated: true,
    };
    assert_eq!(meaning(line), Some(expected));
}

#[test]
fn replies_are_found_in_the_lines_of_clients() {
    let invalid = "535 Authentication Credentials Invalid";
    for (line, reply, phase) in [
        (
            "Error: Invalid login: 535 Authentication Credentials Invalid",
            invalid,
            Some(Phase::Auth),
        ),
        (
            "smtplib.SMTPAuthenticationError: (535, b'Authentication Credentials Invalid')",
            invalid,
            None,
        ),
        (
            "SASL authentication failed; server email-smtp.eu-west-1.amazonaws.com[52.1.2.3] said: 535 Authentication Credentials Invalid",
            invalid,
            Some(Phase::Auth),
        ),
        (
            "host x[1.2.3.4] said: 530 Authentication required (in reply to MAIL FROM command)",
            "530 Authentication required",
            Some(Phase::MailFrom),
        ),
        (
            r#"Authenticator "LOGIN" returned "Expected response code "235" but got code "535", with message "535 Authentication Credentials Invalid"."."#,
            invalid,
            None,
        ),
        (
            "*smtp.plainAuth auth: 535 Authentication Credentials Invalid",
            invalid,
            Some(Phase::Auth),
        ),
        (
            "permanent error (535): Authentication Credentials Invalid",
            invalid,
            None,
        ),
        (
            "AuthenticationException: 535: Authentication Credentials Invalid",
            invalid,
            None,
        ),
        (
            r#"{"level":"error","err":"535 Authentication Credentials Invalid","port":587}"#,
            invalid,
            None,
        ),
        ("<** 535 Authentication Credentials Invalid", invalid, None),
        (
            "ssmtp: Authorization failed (535 Authentication Credentials Invalid)",
            invalid,
            None,
        ),
        (
            "The SMTP server requires a secure connection or the client was not authenticated. The server response was: Authentication required",
            "530 Authentication required",
            None,
        ),
        (
            "2026-01-02 12:35:45.535 ERROR (454, b'Temporary authentication failure')",
            "454 Temporary authentication failure",
            None,
        ),
        ("smtp; 550 5.1.1 No such user", "550 5.1.1 No such user", None),
        (
            "server said: 535 5.7.8 Username and Password not accepted",
            "535 5.7.8 Username and Password not accepted",
            None,
        ),
    ] {
        let found = find_in_text(line).unwrap_or_else(|| panic!("nothing in {line}"));
        assert_eq!(
            (found.reply.to_string().as_str(), found.phase),
            (reply, phase),
            "{line}"
        );
    }
}

#[test]
fn a_denial_is_found_whole() {
    let line = r#"smtplib.SMTPDataError: (554, b"Access denied: User `arn:aws:iam::111122223333:user/m' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/a@b.example'")"#;
    let found = find_in_text(line).unwrap();
    assert_eq!(found.phase, Some(Phase::EndOfData));
    let Some(Meaning::AccessDenied { resource, .. }) = recognise(&found.reply) else {
        panic!("{found:?}")
    };
    assert_eq!(
        resource,
        "arn:aws:ses:eu-west-1:111122223333:identity/a@b.example"
    );
    let api = "AccessDenied: User: arn:aws:iam::1:user/m is not authorized to perform: ses:SendRawEmail on resource: arn:aws:ses:x";
    assert_eq!(find_in_text(api).map(|found| found.reply.code), Some(554));
}

#[test]
fn numbers_that_are_no_replies_are_left_alone() {
    for line in [
        "",
        "listening on 587",
        "took 535 ms",
        "10.250.4.535",
        "order 535-221",
        "id=abc535def",
        "GET /535 HTTP/1.1\" 200 512",
    ] {
        assert_eq!(find_in_text(line), None, "{line}");
    }
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,300}") {
        if let Some(found) = find_in_text(&text) {
            let _ = recognise(&found.reply);
            prop_assert!((200..600).contains(&found.reply.code));
        }
    }

    #[test]
    fn pieces_of_real_lines_have_an_answer(pieces in proptest::collection::vec(
        proptest::sample::select(vec!["535", "554 ", "\"", "'", "`", "b'", "(", ")", ", ", " is not authorized to perform", "in region ", "on resource", "é", "\n", "user", "ses:send"]), 0..30)) {
        let _ = find_in_text(&pieces.concat());
        let _ = recognise(&Reply { code: 554, lines: vec![pieces.concat()] });
    }
}
