//! Servers that are broken or mean no good: each ends in a clean failure, in time, without a secret in the facts.

use super::*;
use crate::probe::tests::server::PASSWORD;
use std::time::{Duration, Instant};

async fn fails(steps: &[&[Step]], port: u16) -> (FailureKind, ProbeFacts) {
    let server = serve(vec![script(steps)], &[HOST]).await;
    let start = Instant::now();
    let facts = probe(&server, &request(&server, port, Goal::Auth)).await;
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "took {:?}",
        start.elapsed()
    );
    (kind(&facts).expect("a failure"), facts)
}

#[tokio::test]
async fn greetings_that_are_none() {
    for (steps, kind) in [
        (&[Step::Hang][..], FailureKind::TimedOut),
        (&[Step::Say("220-a\r\n"), Step::Hang], FailureKind::TimedOut),
        (
            &[Step::Say("HTTP/1.1 400 Bad Request\r\n\r\n")],
            FailureKind::NotSmtp,
        ),
        (&[Step::Say("\0\0\0\0\0\n")], FailureKind::NotSmtp),
        (&[Step::Say("220-a\r\n250 b\r\n")], FailureKind::NotSmtp),
        (&[Step::Flood("x")], FailureKind::TooLong),
        (&[Step::Flood("220-more\r\n")], FailureKind::TooLong),
        (&[], FailureKind::Closed),
        (
            &[Step::Say("421 Too many concurrent SMTP connections\r\n")],
            FailureKind::ReplyCode,
        ),
    ] {
        assert_eq!(fails(&[steps], 587).await.0, kind, "{steps:?}");
    }
}

#[tokio::test]
async fn plaintext_behind_starttls_is_refused() {
    let injected = [
        Step::Hear("STARTTLS"),
        Step::Say("220 Ready\r\n250 injected\r\n"),
        Step::Hang,
    ];
    assert_eq!(
        fails(&[&[GREETING], EHLO, &injected], 587).await.0,
        FailureKind::NotSmtp
    );
}

#[tokio::test]
async fn a_handshake_that_does_not_end() {
    let ready = [Step::Hear("STARTTLS"), Step::Say("220 Ready\r\n")];
    assert_eq!(
        fails(&[&[GREETING], EHLO, &ready, &[Step::Hang]], 587).await.0,
        FailureKind::TimedOut
    );
    assert_eq!(
        fails(&[&[GREETING], EHLO, &ready], 587).await.0,
        FailureKind::Closed
    );
    let garbage = [Step::Say("\u{1}\u{2}garbage, garbage\n"), Step::Hang];
    assert_eq!(
        fails(&[&[GREETING], EHLO, &ready, &garbage], 587).await.0,
        FailureKind::TlsHandshake
    );
    let refused = [Step::Hear("STARTTLS"), Step::Say("454 TLS not available\r\n")];
    assert_eq!(
        fails(&[&[GREETING], EHLO, &refused], 587).await.0,
        FailureKind::ReplyCode
    );
}

#[tokio::test]
async fn an_old_tls_version_is_named() {
    // A fatal alert, protocol_version, in a TLS 1.0 record.
    let alert = [Step::Say("\u{15}\u{3}\u{1}\0\u{2}\u{2}F"), Step::Hang];
    assert_eq!(fails(&[&alert], 465).await.0, FailureKind::TlsVersion);
}

#[tokio::test]
async fn a_server_that_echoes_the_password_puts_it_nowhere() {
    let echo = [
        Step::Hear("AUTH PLAIN"),
        Step::Say("535 you said BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk\r\n"),
        Step::Hear("QUIT"),
    ];
    let (kind, facts) = fails(&[&[GREETING], EHLO, TLS, EHLO, &echo], 587).await;
    assert_eq!(kind, FailureKind::ReplyCode);
    assert!(!format!("{facts:?}").contains(PASSWORD));
    assert_eq!(
        facts.auth[0].reply.to_string(),
        "535 you said <redacted 44 bytes>"
    );
}

#[tokio::test]
async fn a_server_that_leaves_in_the_middle() {
    let hear = [Step::Hear("AUTH PLAIN")];
    let (kind, facts) = fails(&[&[GREETING], EHLO, TLS, EHLO, &hear], 587).await;
    assert_eq!(
        (kind, facts.failure.unwrap().phase),
        (FailureKind::Closed, crate::Phase::Auth)
    );
    let silent = [Step::Hear("AUTH PLAIN"), Step::Hang];
    assert_eq!(
        fails(&[&[GREETING], EHLO, TLS, EHLO, &silent], 587).await.0,
        FailureKind::TimedOut
    );
}

#[tokio::test]
async fn nobody_listens() {
    let server = serve(vec![vec![]], &[HOST]).await;
    let mut request = request(&server, 587, Goal::Auth);
    let free = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    request.dial = Some(("127.0.0.1".to_owned(), free));
    let facts = probe(&server, &request).await;
    assert_eq!(kind(&facts), Some(FailureKind::Refused));
    assert_eq!(facts.failure.unwrap().phase, crate::Phase::Connect);
}

#[tokio::test]
async fn a_probe_can_be_dropped_at_any_time() {
    let server = serve(vec![script(&[&[GREETING], EHLO, TLS, EHLO, AUTH, QUIT])], &[HOST]).await;
    let request = request(&server, 587, Goal::Auth);
    for micros in [0, 200, 500, 1000, 2000, 4000, 8000] {
        let _ = tokio::time::timeout(Duration::from_micros(micros), probe(&server, &request)).await;
    }
    assert_eq!(probe(&server, &request).await.failure, None);
}
