//! Sessions over an in-memory stream.

use super::*;
use jiff::Timestamp;
use proptest::prelude::*;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn message(body: &str) -> Message {
    Message {
        body: body.to_owned(),
        ..Message::test("a@example.com", "b@example.com", Timestamp::UNIX_EPOCH)
    }
}

#[test]
fn a_message_on_the_wire() {
    let wire = Message {
        configuration_set: Some("set\r\nBcc: x@y".into()),
        ..message("hello\n.\n..two")
    }
    .to_wire();
    insta::assert_snapshot!(wire.replace("\r\n", "\n"), @r"
    From: a@example.com
    To: b@example.com
    Subject: ses-doctor test message
    Date: Thu, 1 Jan 1970 00:00:00 -0000
    Message-ID: <ses-doctor.0@example.com>
    X-SES-CONFIGURATION-SET: setBcc: x@y
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8

    hello
    ..
    ...two
    .
    ");
}

#[tokio::test]
async fn an_argument_cannot_begin_another_command() {
    let (client, mut server) = tokio::io::duplex(4096);
    let mut session = Session::new(client, Timeouts::default(), Recorder::new());
    server.write_all(b"250 Ok\r\n").await.unwrap();
    // The reply must not come before its command.
    let early = session
        .read_reply(Phase::Greeting, Duration::from_secs(1))
        .await
        .unwrap();
    assert_eq!(early.code, 250);
    let speak = session.mail_from("a@b>\r\nRCPT TO:<c@d");
    let answer = async {
        let mut heard = [0; 256];
        let count = server.read(&mut heard).await.unwrap();
        server.write_all(b"250 Ok\r\n").await.unwrap();
        String::from_utf8_lossy(&heard[..count]).into_owned()
    };
    let (reply, heard) = tokio::join!(speak, answer);
    assert_eq!(reply.unwrap().code, 250);
    assert_eq!(heard, "MAIL FROM:<a@bRCPT TO:c@d>\r\n");
}

#[tokio::test(start_paused = true)]
async fn a_trickle_does_not_stretch_the_time_out() {
    let (client, mut server) = tokio::io::duplex(64);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if server.write_all(b"2").await.is_err() {
                return;
            }
        }
    });
    let mut session = Session::new(client, Timeouts::default(), Recorder::new());
    let start = tokio::time::Instant::now();
    let failure = session.greeting().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert_eq!(start.elapsed(), Timeouts::default().greeting);
}

proptest! {
    #[test]
    fn only_the_last_line_is_a_lone_dot(body in "[.a\r\n]{0,60}") {
        let wire = message(&body).to_wire();
        let lines: Vec<&str> = wire.split("\r\n").collect();
        let dots: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| **line == ".").map(|(at, _)| at).collect();
        prop_assert_eq!(dots, vec![lines.len() - 2]);
        prop_assert!(!wire.replace("\r\n", "").contains(['\r', '\n']));
    }
}
