//! What SES says, phase by phase, over real sockets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod dialogue;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dialogue::{Client, login, open, send};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use ses_lab::{Lab, Options, World, scenario};

const KEY: &str = "AKIAMADEUPKEY2345672";
const WORLD: &str = r#"
title = "A plain world"
story = "Nothing is wrong."
causes = []
healthy = true
[client]
region = "eu-west-1"
username = "AKIAMADEUPKEY2345672"
password = { derive = "eu-west-1", key = "AKIAMADEUPKEY2345672" }
from = "a@example.com"
to = "b@example.net"
[[account]]
id = "111122223333"
[[account.user]]
name = "mailer"
[[account.user.policy]]
name = "send"
document = '{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}'
[[account.user.key]]
id = "AKIAMADEUPKEY2345672"
secret = "0123456789abcdefghijABCDEFGHIJ0123456789"
[[account.ses]]
region = "eu-west-1"
production_access = true
max_24_hour_send = 1000.0
max_send_rate = 14.0
[[account.ses.identity]]
name = "example.com"
"#;

async fn lab_of(text: &str) -> Lab {
    let world = World::parse("test", text).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn lab_with(more: &str) -> Lab {
    lab_of(&format!("{WORLD}\n{more}")).await
}

async fn plain_client(lab: &Lab, port: u16) -> Client {
    Client::connect(lab.smtp_address("eu-west-1", port).unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn auth_is_offered_before_tls_and_refused_there() {
    let lab = lab_with("").await;
    let mut client = plain_client(&lab, 587).await;
    let greeting = client.reply().await;
    assert!(
        greeting.starts_with("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-"),
        "{greeting}"
    );
    let ehlo = client.say("EHLO client.test").await;
    assert_eq!(
        ehlo.lines().collect::<Vec<_>>(),
        [
            "250-email-smtp.amazonaws.com",
            "250-8BITMIME",
            "250-STARTTLS",
            "250-AUTH PLAIN LOGIN",
            "250 Ok"
        ]
    );
    assert_eq!(
        client.say("AUTH LOGIN").await,
        "530 Must issue a STARTTLS command first"
    );
    assert_eq!(
        client.say("MAIL FROM:<a@example.com>").await,
        "530 Must issue a STARTTLS command first"
    );
    assert_eq!(client.say("QUIT").await, "221 Bye");
}

#[tokio::test]
async fn the_wrapper_port_offers_no_starttls() {
    let lab = lab_with("").await;
    let mut client = plain_client(&lab, 465)
        .await
        .tls(&lab, "email-smtp.eu-west-1.amazonaws.com")
        .await
        .unwrap();
    assert!(client.reply().await.starts_with("220 "));
    assert!(!client.say("EHLO x").await.contains("STARTTLS"));
}

#[tokio::test]
async fn all_ways_to_log_in_work_and_a_session_survives_a_refusal() {
    let lab = lab_with("").await;
    let password = STANDARD.encode(lab.client_password().expose_secret());
    let user = STANDARD.encode(KEY);
    let plain = STANDARD.encode(format!("\0{KEY}\0{}", lab.client_password().expose_secret()));

    let mut client = open(&lab).await.unwrap();
    assert_eq!(
        client.say("MAIL FROM:<a@example.com>").await,
        "530 Authentication required"
    );
    assert_eq!(
        login(&mut client, KEY, "wrong").await,
        "535 Authentication Credentials Invalid"
    );
    assert_eq!(client.say("RSET").await, "250 Ok");
    assert_eq!(client.say("AUTH LOGIN").await, "334 VXNlcm5hbWU6");
    assert_eq!(client.say(&user).await, "334 UGFzc3dvcmQ6");
    assert_eq!(client.say(&password).await, "235 Authentication successful.");

    let mut client = open(&lab).await.unwrap();
    assert_eq!(
        client.say(&format!("AUTH LOGIN {user}")).await,
        "334 UGFzc3dvcmQ6"
    );
    assert_eq!(client.say(&password).await, "235 Authentication successful.");

    let mut client = open(&lab).await.unwrap();
    assert_eq!(client.say("AUTH PLAIN").await, "334");
    assert_eq!(client.say(&plain).await, "235 Authentication successful.");
}

#[tokio::test]
async fn syntax_is_refused_where_it_is_wrong() {
    let lab = lab_with("").await;
    let mut client = open(&lab).await.unwrap();
    assert_eq!(client.say("EHLO").await, "501 Syntax: HELO <hostname>");
    assert_eq!(client.say("EHLO x").await.lines().last(), Some("250 Ok"));
    login(&mut client, KEY, lab.client_password().expose_secret()).await;
    assert_eq!(
        client.say(&format!("MAIL FROM:<{KEY}>")).await,
        "501 Invalid MAIL FROM address provided"
    );
    assert_eq!(
        client.say("MAIL FROM:<>").await,
        "501 Invalid MAIL FROM address provided"
    );
    assert_eq!(client.say("MAIL FROM:<a@example.com>").await, "250 Ok");
    assert_eq!(
        client.say("RCPT TO:<nobody>").await,
        "501 Invalid RCPT TO address provided"
    );
    assert!(client.say("DATA").await.starts_with("503 "));
    assert!(client.say("VRFY a").await.starts_with("502 "));
}

#[tokio::test]
async fn a_missing_permission_is_told_after_data() {
    let lab = lab_of(&WORLD.replace("ses:SendRawEmail", "ses:SendEmail")).await;
    assert_eq!(
        send(&lab).await,
        "554 Access denied: User `arn:aws:iam::111122223333:user/mailer' is not authorized to perform \
         `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'"
    );
}

#[tokio::test]
async fn an_accepted_message_is_kept() {
    let lab = lab_with("").await;
    assert!(send(&lab).await.starts_with("250 Ok 0107"));
    let messages = lab.messages();
    assert_eq!(messages[0].to, ["b@example.net"]);
    assert_eq!(messages[0].access_key, KEY);
}

#[tokio::test]
async fn the_rate_is_limited_after_data() {
    let lab = lab_of(&WORLD.replace("max_send_rate = 14.0", "max_send_rate = 1.0")).await;
    send(&lab).await;
    assert_eq!(
        send(&lab).await,
        "454 Throttling failure: Maximum sending rate exceeded"
    );
}

#[tokio::test]
async fn silence_ends_with_451() {
    let lab = lab_with("[[smtp]]\nregion = \"eu-west-1\"\nidle_timeout_seconds = 1").await;
    let mut client = plain_client(&lab, 2587).await;
    client.reply().await;
    assert_eq!(
        client.reply().await,
        "451 4.4.2 Timeout waiting for data from client."
    );
}

#[tokio::test]
async fn plain_text_sent_ahead_of_tls_is_thrown_away() {
    let lab = lab_with("").await;
    let mut client = plain_client(&lab, 587).await;
    client.reply().await;
    client.say("EHLO x").await;
    client.raw(b"STARTTLS\r\nEHLO injected\r\n").await;
    assert_eq!(client.reply().await, "220 Ready to start TLS");
    let mut client = client.tls(&lab, "localhost").await.unwrap();
    assert_eq!(client.say("NOOP").await, "250 Ok");
}

#[tokio::test]
async fn closed_ports_refuse_and_blocked_ports_time_out() {
    let lab = lab_with("[[smtp]]\nregion = \"eu-west-1\"\nblocked = [25]\nrefuse = [465]").await;
    let blocked = lab.smtp_address("eu-west-1", 25).unwrap();
    let attempt = tokio::time::timeout(
        Duration::from_millis(500),
        tokio::net::TcpStream::connect(blocked),
    )
    .await;
    assert!(attempt.is_err(), "a blocked port neither takes nor refuses");
    let refusing = lab.smtp_address("eu-west-1", 465).unwrap();
    let error = tokio::net::TcpStream::connect(refusing).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn other_certificates_are_not_trusted() {
    for certificate in ["self-signed", "expired", "intercepting-proxy", "other-name"] {
        let lab = lab_with(&format!(
            "[[smtp]]\nregion = \"eu-west-1\"\ncertificate = \"{certificate}\""
        ))
        .await;
        let client = plain_client(&lab, 2465).await;
        assert!(
            client
                .tls(&lab, "email-smtp.eu-west-1.amazonaws.com")
                .await
                .is_err(),
            "{certificate}"
        );
    }
}

#[tokio::test]
async fn ancient_tls_is_an_alert() {
    let lab = lab_with("[[smtp]]\nregion = \"eu-west-1\"\ntls_versions = [\"1.0\"]").await;
    let Err(error) = plain_client(&lab, 465).await.tls(&lab, "localhost").await else {
        panic!("a handshake")
    };
    assert!(error.to_string().contains("ProtocolVersion"), "{error}");
}

#[tokio::test]
async fn impostors_say_their_part() {
    let parts = [
        ("postfix", "220 mail.contoso.example ESMTP Postfix"),
        ("mail-manager", "220 abcdefgh1234"),
        ("exchange", "220 FR4P281CA0001"),
        ("inbound", "220 inbound-smtp"),
        ("endless-lines", "220-welcome"),
    ];
    for (impostor, start) in parts {
        let lab = lab_with(&format!(
            "[[smtp]]\nregion = \"eu-west-1\"\nimpostor = \"{impostor}\""
        ))
        .await;
        let mut client = plain_client(&lab, 587).await;
        let mut line = String::new();
        tokio::io::AsyncBufReadExt::read_line(&mut client.stream, &mut line)
            .await
            .unwrap();
        assert!(line.starts_with(start), "{impostor}: {line}");
        lab.stop().await;
    }
}

#[tokio::test]
async fn a_young_key_is_not_known_yet() {
    let world = WORLD.replace("[[account.ses]]", "created = \"-1s\"\n[[account.ses]]");
    let lab = lab_of(&format!(
        "{world}\n[[smtp]]\nregion = \"eu-west-1\"\npropagation_seconds = 4"
    ))
    .await;
    let mut client = open(&lab).await.unwrap();
    let password = lab.client_password();
    assert_eq!(
        login(&mut client, KEY, password.expose_secret()).await,
        "535 Authentication Credentials Invalid"
    );
    tokio::time::sleep(Duration::from_millis(4200)).await;
    assert_eq!(
        login(&mut client, KEY, password.expose_secret()).await,
        "235 Authentication successful."
    );
}

#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    let lab = lab_with("").await;
    assert_eq!(
        std::fs::read_to_string(lab.password_file()).unwrap(),
        lab.client_password().expose_secret()
    );
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(lab.password_file()).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(!format!("{lab:?}").contains(lab.client_password().expose_secret()));
    assert!(
        !format!("{lab:?}").contains("0123456789abcdefghij"),
        "secrets have no debug form"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in: the server neither panics nor hangs, and serves the next client.
    #[test]
    fn random_bytes_do_no_harm(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 1..6),
        verb in prop::sample::select(vec!["", "EHLO ", "AUTH PLAIN ", "AUTH LOGIN\r\n", "STARTTLS\r\n", "DATA\r\n", "MAIL FROM:<"]),
        port in prop::sample::select(vec![587_u16, 465]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let lab = lab_with("[[smtp]]\nregion = \"eu-west-1\"\nidle_timeout_seconds = 1").await;
            let mut client = plain_client(&lab, port).await;
            client.raw(verb.as_bytes()).await;
            for chunk in &chunks {
                client.raw(chunk).await;
            }
            let mut rest = Vec::new();
            let _quiet = tokio::io::AsyncWriteExt::shutdown(client.stream.get_mut()).await;
            let drained = tokio::io::AsyncReadExt::read_to_end(&mut client.stream, &mut rest);
            tokio::time::timeout(Duration::from_secs(5), drained).await.expect("the server lets go").ok();
            let mut next = plain_client(&lab, 587).await;
            assert!(next.reply().await.starts_with("220 "));
        });
    }
}

#[tokio::test]
async fn an_endless_line_is_cut_off() {
    let lab = lab_with("").await;
    let mut client = plain_client(&lab, 587).await;
    client.reply().await;
    client.raw(&vec![b'x'; 20_000]).await;
    assert_eq!(client.reply().await, "500 Line too long");
}

#[test]
fn scenarios_are_found_by_name() {
    assert!(scenario("wrong-region-password").is_some());
    assert!(scenario("no-such-scenario").is_none());
}
