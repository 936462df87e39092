mod hold;
mod hostile;
mod server;

use super::*;
use crate::session::Message;
use server::{EHLO, GREETING, HOST, Step, probe, request, script, serve};

const TLS: &[Step] = &[
    Step::Hear("STARTTLS"),
    Step::Say("220 Ready to start TLS\r\n"),
    Step::Tls,
];
const AUTH: &[Step] = &[
    Step::Hear("AUTH PLAIN "),
    Step::Say("235 Authentication successful.\r\n"),
];
const REFUSE: &[Step] = &[
    Step::Hear("AUTH PLAIN "),
    Step::Say("535 Authentication Credentials Invalid\r\n"),
];
const QUIT: &[Step] = &[Step::Hear("QUIT")];

fn kind(facts: &ProbeFacts) -> Option<FailureKind> {
    facts.failure.as_ref().map(|failure| failure.kind)
}

/// Without what differs between runs.
fn dialogue(facts: &ProbeFacts) -> String {
    let port = facts.peer.map(|peer| peer.port().to_string()).unwrap_or_default();
    facts.transcript.to_string().replace(&port, "PORT")
}

#[tokio::test]
async fn a_login_over_starttls() {
    let server = serve(vec![script(&[&[GREETING], EHLO, TLS, EHLO, AUTH, QUIT])], &[HOST]).await;
    let facts = probe(&server, &request(&server, 587, Goal::Auth)).await;
    assert_eq!(facts.failure, None);
    let tls = facts.tls.as_ref().unwrap();
    assert_eq!(
        (tls.version.as_str(), tls.server_name.as_str(), &tls.problem),
        ("TLSv1.3", HOST, &None)
    );
    assert!(tls.cipher.starts_with("TLS_"), "{}", tls.cipher);
    assert_eq!(tls.chain[0].names, [HOST]);
    assert_eq!(tls.chain[0].sha256.len(), 64);
    assert_eq!(facts.auth[0].reply.code, 235);
    let shown = dialogue(&facts).replace(&tls.cipher, "CIPHER");
    insta::assert_snapshot!(shown, @r"
    -- connected to 127.0.0.1:PORT
    S: 220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X y
    C: EHLO ses-doctor.invalid
    S: 250-email-smtp.amazonaws.com
    S: 250-8BITMIME
    S: 250-STARTTLS
    S: 250-AUTH PLAIN LOGIN
    S: 250 Ok
    C: STARTTLS
    S: 220 Ready to start TLS
    -- TLSv1.3 CIPHER with email-smtp.eu-west-1.amazonaws.com
    C: EHLO ses-doctor.invalid
    S: 250-email-smtp.amazonaws.com
    S: 250-8BITMIME
    S: 250-STARTTLS
    S: 250-AUTH PLAIN LOGIN
    S: 250 Ok
    C: AUTH PLAIN <redacted 88 bytes>
    S: 235 Authentication successful.
    C: QUIT
    ");
}

#[tokio::test]
async fn a_login_over_wrapper_tls() {
    let server = serve(vec![script(&[&[Step::Tls, GREETING], EHLO, AUTH, QUIT])], &[HOST]).await;
    let facts = probe(&server, &request(&server, 465, Goal::Auth)).await;
    assert_eq!((facts.failure, facts.target.tls), (None, TlsMode::Wrapper));
    assert_eq!(
        facts.ehlo.unwrap().keywords,
        ["8BITMIME", "STARTTLS", "AUTH PLAIN LOGIN"]
    );
}

#[tokio::test]
async fn a_refused_login_is_tried_with_the_other_mechanism_in_the_same_session() {
    let login: &[Step] = &[
        Step::Hear("AUTH LOGIN"),
        Step::Say("334 VXNlcm5hbWU6\r\n"),
        Step::Hear("QUtJQ"),
        Step::Say("334 UGFzc3dvcmQ6\r\n"),
        Step::Hear("Qk"),
        Step::Say("535 Authentication Credentials Invalid\r\n"),
    ];
    let server = serve(
        vec![script(&[&[GREETING], EHLO, TLS, EHLO, REFUSE, login, QUIT])],
        &[HOST],
    )
    .await;
    let mut request = request(&server, 587, Goal::Auth);
    request.mechanisms = vec![Mechanism::Plain, Mechanism::Login];
    let facts = probe(&server, &request).await;
    assert_eq!(
        facts
            .auth
            .iter()
            .map(|attempt| attempt.mechanism)
            .collect::<Vec<_>>(),
        request.mechanisms
    );
    assert_eq!(kind(&facts), Some(FailureKind::ReplyCode));
    assert_eq!(
        facts.refusal.unwrap().1.to_string(),
        "535 Authentication Credentials Invalid"
    );
}

#[tokio::test]
async fn a_message_is_refused_at_the_end_of_data() {
    let envelope: &[Step] = &[
        Step::Hear("MAIL FROM:<a@example.com>"),
        Step::Say("250 Ok\r\n"),
        Step::Hear("RCPT TO:<success@simulator.amazonses.com>"),
        Step::Say("250 Ok\r\n"),
        Step::Hear("DATA"),
        Step::Say("354 End data with <CR><LF>.<CR><LF>\r\n"),
        Step::HearMessage,
        Step::Say("554 Message rejected: Sending paused for this account.\r\n"),
    ];
    let server = serve(
        vec![script(&[&[GREETING], EHLO, TLS, EHLO, AUTH, envelope, QUIT])],
        &[HOST],
    )
    .await;
    let (from, to) = (
        "a@example.com".to_owned(),
        "success@simulator.amazonses.com".to_owned(),
    );
    let message = Box::new(Message::test(&from, &to, jiff::Timestamp::UNIX_EPOCH));
    let facts = probe(&server, &request(&server, 587, Goal::Send { from, to, message })).await;
    assert_eq!(
        facts.refusal.as_ref().map(|(phase, reply)| (*phase, reply.code)),
        Some((crate::Phase::EndOfData, 554))
    );
    assert_eq!(facts.rcpt_to.unwrap().code, 250);
}

#[tokio::test]
async fn no_credentials_over_a_certificate_that_is_not_good() {
    let steps = script(&[&[GREETING], EHLO, TLS, &[Step::Hang]]);
    let wrong_name = serve(vec![steps.clone()], &["mail.example.com"]).await;
    let facts = probe(&wrong_name, &request(&wrong_name, 587, Goal::Auth)).await;
    assert_eq!(
        (kind(&facts), facts.auth.len()),
        (Some(FailureKind::Certificate), 0)
    );
    assert_eq!(facts.tls.unwrap().problem, Some(CertificateProblem::NameMismatch));
    let mut untrusted = serve(vec![steps], &[HOST]).await;
    untrusted.roots = wrong_name.roots.clone();
    let facts = probe(&untrusted, &request(&untrusted, 587, Goal::Auth)).await;
    assert_eq!(
        facts.tls.as_ref().unwrap().problem,
        Some(CertificateProblem::UntrustedIssuer)
    );
    untrusted.roots = crate::TrustRoots::none();
    let facts = probe(&untrusted, &request(&untrusted, 587, Goal::Auth)).await;
    assert_eq!(
        facts.tls.as_ref().unwrap().problem,
        Some(CertificateProblem::UntrustedIssuer)
    );
    assert!(facts.ehlo.is_none() && facts.auth.is_empty());
}

#[tokio::test]
async fn any_acceptable_name_will_do() {
    let server = serve(
        vec![script(&[&[GREETING], EHLO, TLS, EHLO, QUIT])],
        &["relay.example.com"],
    )
    .await;
    let mut request = request(&server, 587, Goal::Ehlo);
    request.acceptable_names = vec![HOST.to_owned(), "relay.example.com".to_owned()];
    let facts = probe(&server, &request).await;
    assert_eq!(
        (facts.failure, facts.tls.unwrap().server_name.as_str()),
        (None, HOST)
    );
}

#[tokio::test]
async fn modes_that_do_not_fit_the_port_are_told() {
    let starttls = serve(vec![script(&[&[GREETING, Step::Hang]])], &[HOST]).await;
    let facts = probe(&starttls, &request(&starttls, 465, Goal::Auth)).await;
    assert_eq!(kind(&facts), Some(FailureKind::PlaintextInsteadOfTls));
    assert_eq!(facts.greeting.unwrap().code, 220);
    let wrapper = serve(vec![script(&[&[Step::Tls, GREETING], EHLO, QUIT])], &[HOST]).await;
    let mut explicit = request(&wrapper, 587, Goal::Auth);
    explicit.tls = Some(TlsMode::StartTls);
    let facts = probe(&wrapper, &explicit).await;
    assert_eq!(kind(&facts), Some(FailureKind::TlsInsteadOfPlaintext));
    assert!(facts.tls.is_some() && facts.auth.is_empty());
}

#[tokio::test]
async fn an_unknown_port_is_found_out() {
    let wrapper = serve(vec![script(&[&[Step::Tls, GREETING], EHLO, AUTH, QUIT])], &[HOST]).await;
    let facts = probe(&wrapper, &request(&wrapper, 4650, Goal::Auth)).await;
    assert_eq!((facts.failure, facts.target.tls), (None, TlsMode::Wrapper));
    let starttls = serve(vec![script(&[&[GREETING], EHLO, TLS, EHLO, AUTH, QUIT])], &[HOST]).await;
    let facts = probe(&starttls, &request(&starttls, 5870, Goal::Auth)).await;
    assert_eq!((facts.failure, facts.target.tls), (None, TlsMode::StartTls));
}

#[tokio::test]
async fn without_tls_no_credentials_but_the_refusal() {
    let refuse: &[Step] = &[
        Step::Hear("MAIL FROM"),
        Step::Say("530 Must issue a STARTTLS command first\r\n"),
    ];
    let server = serve(vec![script(&[&[GREETING], EHLO, refuse, QUIT])], &[HOST]).await;
    let mut request = request(&server, 587, Goal::Auth);
    request.tls = Some(TlsMode::Plain);
    let facts = probe(&server, &request).await;
    assert_eq!(facts.mail_from.unwrap().code, 530);
    assert!(facts.auth.is_empty());
}

#[tokio::test]
async fn what_is_not_offered_is_told() {
    let bare: &[Step] = &[Step::Hear("EHLO"), Step::Say("250 mail.example.com\r\n")];
    let server = serve(vec![script(&[&[GREETING], bare])], &[HOST]).await;
    let facts = probe(&server, &request(&server, 587, Goal::Auth)).await;
    assert_eq!(kind(&facts), Some(FailureKind::StartTlsNotOffered));
    let server = serve(vec![script(&[&[GREETING], EHLO, TLS, bare, QUIT])], &[HOST]).await;
    let facts = probe(&server, &request(&server, 587, Goal::Auth)).await;
    assert_eq!(kind(&facts), Some(FailureKind::AuthNotOffered));
}
