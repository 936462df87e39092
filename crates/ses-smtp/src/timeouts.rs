//! How long each phase of a session may last.

use std::time::Duration;

/// One time-out for each phase (RFC 5321 section 4.5.3.2). Each covers the whole phase, so that a server which trickles
/// its bytes gains nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Looking the host name up.
    pub resolve: Duration,
    /// The TCP handshake, over all addresses together.
    pub connect: Duration,
    /// The `220` greeting.
    pub greeting: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// The reply to EHLO, STARTTLS, MAIL, RCPT and DATA.
    pub command: Duration,
    /// The reply to AUTH and each of its continuation lines.
    pub auth: Duration,
    /// The reply to the final dot.
    pub end_of_data: Duration,
}

impl Default for Timeouts {
    /// For a probe that a person waits for.
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(5),
            connect: Duration::from_secs(5),
            greeting: Duration::from_secs(8),
            tls: Duration::from_secs(8),
            command: Duration::from_secs(10),
            auth: Duration::from_secs(15),
            end_of_data: Duration::from_secs(60),
        }
    }
}

impl Timeouts {
    /// The minima of RFC 5321 section 4.5.3.2, for a client that delivers mail.
    pub fn rfc5321() -> Self {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        Self {
            resolve: Duration::from_secs(30),
            connect: minutes(5),
            greeting: minutes(5),
            tls: minutes(5),
            command: minutes(5),
            auth: minutes(5),
            end_of_data: minutes(10),
        }
    }

    /// An upper bound of a whole probe: every phase at its limit, with the second connection that a mode check takes.
    pub fn overall(&self) -> Duration {
        self.resolve
            + (self.connect + self.greeting + self.tls) * 2
            + self.command * 6
            + self.auth * 2
            + self.end_of_data
    }
}
