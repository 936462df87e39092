//! AUTH (RFC 4954), over verified TLS only: the type of the stream says so.

use super::{Session, VerifiedTls};
use crate::probe::{AuthAttempt, Failure, Mechanism};
use crate::reply::{Phase, Reply};
use crate::transcript::{millis, stand_in};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};

impl<S: AsyncRead + AsyncWrite + Unpin> Session<VerifiedTls<S>> {
    /// One login. SES keeps the session open after a 535, so another mechanism may follow.
    pub async fn auth(
        &mut self,
        mechanism: Mechanism,
        username: &str,
        password: &SecretString,
    ) -> Result<AuthAttempt, Failure> {
        let start = Instant::now();
        self.recorder.guard(username, password.expose_secret());
        let reply = match mechanism {
            Mechanism::Plain => self.auth_plain(username, password).await?,
            Mechanism::Login => self.auth_login(username, password).await?,
        };
        Ok(AuthAttempt {
            mechanism,
            reply,
            elapsed_ms: millis(start),
        })
    }

    /// RFC 4616, with the initial response in the command.
    async fn auth_plain(&mut self, username: &str, password: &SecretString) -> Result<Reply, Failure> {
        let plain = Zeroizing::new(format!("\0{username}\0{}", password.expose_secret()));
        let payload = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
        let reply = self.auth_line("AUTH PLAIN ", &payload).await?;
        if reply.code == 334 {
            self.auth_line("", &payload).await
        } else {
            Ok(reply)
        }
    }

    /// draft-murchison-sasl-login: user name and password each answer a `334`.
    async fn auth_login(&mut self, username: &str, password: &SecretString) -> Result<Reply, Failure> {
        let mut reply = self
            .exchange(Phase::Auth, "AUTH LOGIN", "AUTH LOGIN", self.timeouts.auth)
            .await?;
        for value in [username, password.expose_secret()] {
            if reply.code != 334 {
                break;
            }
            let encoded = Zeroizing::new(STANDARD.encode(value));
            reply = self.auth_line("", &encoded).await?;
        }
        Ok(reply)
    }

    async fn auth_line(&mut self, command: &str, payload: &str) -> Result<Reply, Failure> {
        let line = Zeroizing::new(format!("{command}{payload}"));
        let shown = format!("{command}{}", stand_in(payload.len()));
        self.exchange(Phase::Auth, &line, &shown, self.timeouts.auth)
            .await
    }
}
