//! What answers in the place of SES.

use std::time::Duration;

use tokio_rustls::TlsAcceptor;

use crate::world::{Endpoint, Impostor};

use super::upgrade;
use super::wire::{Hangup, Wire};

/// How much an endless greeting really has: more than any client may read.
const ENDLESS: usize = 64 * 1024 * 1024;

/// Plays its part until the client leaves.
pub(crate) async fn run(
    impostor: Impostor,
    wire: Wire,
    tls: Option<&TlsAcceptor>,
    endpoint: &Endpoint,
    wrapper: bool,
) {
    let script = match impostor {
        Impostor::Postfix => &POSTFIX,
        Impostor::MailManager => &MAIL_MANAGER,
        Impostor::Exchange => &EXCHANGE,
        Impostor::Inbound => &INBOUND,
        Impostor::Garbage => {
            return babble(wire, &[0x00, 0xff, 0x13, 0x37, 0x80, 0x0d, 0xfe, 0x01], 512).await;
        }
        Impostor::EndlessLines => {
            return babble(wire, b"220-welcome to the greeting without an end\r\n", ENDLESS).await;
        }
        Impostor::Http => return http(wire).await,
        Impostor::Closes => return wire.close().await,
    };
    converse(script, wire, tls, endpoint, wrapper).await;
}

/// What a mail server that is not SES says.
#[derive(Debug)]
struct Script {
    greeting: &'static str,
    ehlo: &'static [&'static str],
    /// Only after TLS.
    auth: Option<&'static str>,
    refused: &'static str,
    auth_first: &'static str,
    bye: &'static str,
}

const POSTFIX: Script = Script {
    greeting: "220 mail.contoso.example ESMTP Postfix (Debian/GNU)",
    ehlo: &[
        "mail.contoso.example",
        "PIPELINING",
        "SIZE 10240000",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "DSN",
        "SMTPUTF8",
    ],
    auth: Some("AUTH PLAIN LOGIN"),
    refused: "535 5.7.8 Error: authentication failed: authentication failure",
    auth_first: "530 5.7.0 Must issue a STARTTLS command first",
    bye: "221 2.0.0 Bye",
};

/// The words of a Mail Manager ingress endpoint are unsourced.
const MAIL_MANAGER: Script = Script {
    greeting: "220 abcdefgh1234.cell1.mail-manager-smtp.amazonaws.com ESMTP MailManager",
    ehlo: &[
        "abcdefgh1234.cell1.mail-manager-smtp.amazonaws.com",
        "8BITMIME",
        "SIZE 41943040",
    ],
    auth: Some("AUTH PLAIN LOGIN"),
    refused: "535 Authentication Credentials Invalid",
    auth_first: "530 Must issue a STARTTLS command first",
    bye: "221 Bye",
};

const EXCHANGE: Script = Script {
    greeting: "220 FR4P281CA0001.outlook.office365.com Microsoft ESMTP MAIL Service ready",
    ehlo: &[
        "FR4P281CA0001.outlook.office365.com Hello",
        "SIZE 157286400",
        "PIPELINING",
        "DSN",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "BINARYMIME",
        "CHUNKING",
        "SMTPUTF8",
    ],
    auth: Some("AUTH LOGIN XOAUTH2"),
    refused: "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    auth_first: "530 5.7.57 Client not authenticated to send mail.",
    bye: "221 2.0.0 Service closing transmission channel",
};

/// The endpoint of SES for incoming mail takes no logins; its exact words are unsourced.
const INBOUND: Script = Script {
    greeting: "220 inbound-smtp.us-east-1.amazonaws.com ESMTP SimpleEmailService-e1 mailin",
    ehlo: &[
        "inbound-smtp.us-east-1.amazonaws.com",
        "8BITMIME",
        "SIZE 41943040",
    ],
    auth: None,
    refused: "502 Error: command not implemented",
    auth_first: "502 Error: command not implemented",
    bye: "221 Bye",
};

async fn converse(
    script: &Script,
    wire: Wire,
    tls: Option<&TlsAcceptor>,
    endpoint: &Endpoint,
    wrapper: bool,
) {
    let mut wire = wire;
    let mut encrypted = wrapper;
    if wire.reply(script.greeting).await.is_err() {
        return;
    }
    for _ in 0..200 {
        match answer(script, &mut wire, encrypted).await {
            Ok(Answer::More) => {}
            Ok(Answer::StartTls) => match upgrade(wire, tls, endpoint).await {
                Some(stream) => {
                    wire = Wire::new(
                        stream,
                        Duration::from_secs(endpoint.idle_timeout_seconds),
                        Duration::ZERO,
                    );
                    encrypted = true;
                }
                None => return,
            },
            Ok(Answer::Bye) | Err(_) => return wire.close().await,
        }
    }
}

enum Answer {
    More,
    StartTls,
    Bye,
}

async fn answer(script: &Script, wire: &mut Wire, encrypted: bool) -> Result<Answer, Hangup> {
    let line = wire.line().await?;
    let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
    let reply = match verb.as_str() {
        "EHLO" | "HELO" => ehlo(script, encrypted),
        "STARTTLS" if !encrypted => {
            wire.reply("220 2.0.0 Ready to start TLS").await?;
            return Ok(Answer::StartTls);
        }
        "AUTH" if !encrypted => script.auth_first.to_owned(),
        "AUTH" => return login(script, wire, &line).await,
        "QUIT" => {
            wire.reply(script.bye).await?;
            return Ok(Answer::Bye);
        }
        "RSET" | "NOOP" => "250 2.0.0 Ok".to_owned(),
        "MAIL" | "RCPT" | "DATA" => "554 5.7.1 Access denied".to_owned(),
        _ => "502 5.5.2 Error: command not recognized".to_owned(),
    };
    wire.reply(&reply).await?;
    Ok(Answer::More)
}

fn ehlo(script: &Script, encrypted: bool) -> String {
    let offer = if encrypted { script.auth } else { Some("STARTTLS") };
    let lines: Vec<String> = script
        .ehlo
        .iter()
        .copied()
        .chain(offer)
        .map(|line| format!("250-{line}"))
        .collect();
    format!("{}\r\n250 OK", lines.join("\r\n"))
}

/// Listens to whatever a client says to log in, and refuses.
async fn login(script: &Script, wire: &mut Wire, line: &str) -> Result<Answer, Hangup> {
    let mut words = line.split_whitespace().skip(1);
    let (mechanism, initial) = (
        words.next().unwrap_or_default().to_ascii_uppercase(),
        words.next(),
    );
    let questions: &[&str] = match (script.auth, mechanism.as_str(), initial) {
        (None, _, _) | (Some(_), "PLAIN", Some(_)) => &[],
        (Some(_), "LOGIN", None) => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
        (Some(_), "LOGIN", Some(_)) => &["334 UGFzc3dvcmQ6"],
        _ => &["334 "],
    };
    for question in questions {
        wire.reply(question).await?;
        wire.line().await?;
    }
    wire.reply(script.refused).await?;
    Ok(Answer::More)
}

async fn babble(mut wire: Wire, bytes: &[u8], total: usize) {
    let chunk: Vec<u8> = bytes
        .iter()
        .copied()
        .cycle()
        .take(total.min(bytes.len() * 200))
        .collect();
    let mut sent = 0;
    while sent < total {
        if wire.send(&chunk).await.is_err() {
            return;
        }
        sent += chunk.len();
    }
    wire.close().await;
}

async fn http(mut wire: Wire) {
    let asked = wire.line().await;
    tracing::debug!(asked = asked.is_ok(), "a web server was spoken to");
    let page = "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\nConnection: close\r\n";
    let said = wire.reply(page).await;
    tracing::trace!(?said, "web server");
    wire.close().await;
}
