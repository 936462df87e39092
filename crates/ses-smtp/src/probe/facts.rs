//! What a probe of one SMTP endpoint found. Plain data without secrets: it is kept as evidence and may be published.

use crate::reply::{Phase, Reply};
use crate::transcript::Transcript;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How TLS is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// Plaintext first, then the STARTTLS command (ports 25, 587, 2587).
    StartTls,
    /// TLS from the first byte (ports 465, 2465).
    Wrapper,
    /// No TLS at all: what a client that forgot STARTTLS does. Credentials are never sent in this mode.
    Plain,
}

/// Where a probe went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The host name that the client is configured with.
    pub host: String,
    /// The port that the client is configured with.
    pub port: u16,
    /// `host:port` really dialled when a proxy, a tunnel or the lab stands in for the host.
    pub dialled: Option<String>,
    /// The TLS mode used.
    pub tls: TlsMode,
}

/// The answer to the host name's DNS lookup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct DnsFacts {
    /// The name asked for.
    pub name: String,
    /// The canonical name, when the answer was an alias.
    pub canonical_name: Option<String>,
    /// IPv4 addresses.
    pub ipv4: Vec<std::net::Ipv4Addr>,
    /// IPv6 addresses.
    pub ipv6: Vec<std::net::Ipv6Addr>,
    /// All addresses are private (RFC 1918, RFC 4193): a VPC endpoint with private DNS, or a rewritten answer.
    pub all_private: bool,
}

/// The facts of one TLS handshake and of the certificate that the server showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// The cipher suite, in IANA spelling.
    pub cipher: String,
    /// The name sent as SNI and checked against the certificate.
    pub server_name: String,
    /// The chain as shown, leaf first.
    pub chain: Vec<CertificateFacts>,
    /// `None` when the chain leads to a trusted root and the name matches.
    pub problem: Option<CertificateProblem>,
}

/// One certificate of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Distinguished name of the subject.
    pub subject: String,
    /// Distinguished name of the issuer.
    pub issuer: String,
    /// DNS names and IP addresses of the subject alternative name extension.
    pub names: Vec<String>,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
    /// SHA-256 of the DER form, lower-case hex.
    pub sha256: String,
}

/// Why a certificate was not accepted. A probe that meets one stops before it sends credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateProblem {
    /// The chain does not lead to a root in the trust store.
    UntrustedIssuer,
    /// The certificate is for other names.
    NameMismatch,
    /// Past `not_after`.
    Expired,
    /// Before `not_before`: often a wrong local clock.
    NotYetValid,
    /// Anything else, in the verifier's words.
    Other(String),
}

/// Keywords of an EHLO reply (RFC 5321 section 4.1.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Ehlo {
    /// The domain in the first line.
    pub domain: String,
    /// Keyword lines, upper-cased keyword first.
    pub keywords: Vec<String>,
}

/// SASL mechanisms that SES takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// draft-murchison-sasl-login.
    Login,
}

/// One AUTH exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthAttempt {
    /// The mechanism used.
    pub mechanism: Mechanism,
    /// The final reply.
    pub reply: Reply,
    /// From the command to the reply.
    pub elapsed_ms: u64,
}

/// Why a probe ended before its goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where it ended.
    pub phase: Phase,
    /// What happened.
    pub kind: FailureKind,
    /// The operating system's, TLS library's or server's words; never a secret.
    pub detail: String,
    /// How long this phase had lasted.
    pub elapsed_ms: u64,
}

/// What ended a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The name exists but has no address.
    NoAddress,
    /// The resolver failed or did not answer.
    ResolverFailed,
    /// The port answered with a reset: nothing listens.
    Refused,
    /// Nothing answered in time.
    TimedOut,
    /// No route.
    Unreachable,
    /// The peer closed in an orderly way.
    Closed,
    /// The peer reset an established connection.
    Reset,
    /// Plaintext came where a TLS record was due: a STARTTLS port spoken to in wrapper mode.
    PlaintextInsteadOfTls,
    /// Silence where a greeting was due, and a TLS handshake then worked: a wrapper port spoken to in STARTTLS mode.
    TlsInsteadOfPlaintext,
    /// No common TLS version.
    TlsVersion,
    /// The handshake failed for another reason.
    TlsHandshake,
    /// The certificate was not accepted; see [`TlsFacts::problem`].
    Certificate,
    /// STARTTLS is not among the EHLO keywords.
    StartTlsNotOffered,
    /// No mechanism in common, or AUTH not offered.
    AuthNotOffered,
    /// What came is not an SMTP reply.
    NotSmtp,
    /// An SMTP server, but not one of SES: credentials were withheld from it.
    NotSes,
    /// A line or a reply beyond our limits.
    TooLong,
    /// A reply with a refusing code; the reply itself is kept.
    ReplyCode,
}

/// Everything that one probe of one endpoint found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeFacts {
    /// Where it went.
    pub target: Target,
    /// The DNS answer; `None` when the address was given.
    pub dns: Option<DnsFacts>,
    /// The address that took the connection.
    pub peer: Option<std::net::SocketAddr>,
    /// TCP connect time.
    pub connect_ms: Option<u64>,
    /// The `220` greeting, or what came in its place.
    pub greeting: Option<Reply>,
    /// EHLO keywords before TLS (STARTTLS mode).
    pub ehlo_before_tls: Option<Ehlo>,
    /// The handshake, also when the certificate was refused.
    pub tls: Option<TlsFacts>,
    /// EHLO keywords under TLS.
    pub ehlo: Option<Ehlo>,
    /// AUTH exchanges in order.
    pub auth: Vec<AuthAttempt>,
    /// Reply to MAIL FROM, when the probe went that far.
    pub mail_from: Option<Reply>,
    /// Reply to RCPT TO.
    pub rcpt_to: Option<Reply>,
    /// Reply to the final dot, only when a message was really sent.
    pub end_of_data: Option<Reply>,
    /// The last refusing reply and its phase, from any command, if one ended the session.
    pub refusal: Option<(Phase, Reply)>,
    /// Why it ended early, if it did.
    pub failure: Option<Failure>,
    /// The dialogue, redacted.
    pub transcript: Transcript,
    /// Whole duration.
    pub elapsed_ms: u64,
}

impl ProbeFacts {
    /// Whether the server gives itself out as a service of Amazon's, in its greeting or in its EHLO reply. SES's banner
    /// is observed, not documented, so this asks for less than its exact form; it guards credentials against a mistaken
    /// address, while the certificate guards them against deceit.
    pub fn introduces_itself_as_ses(&self) -> bool {
        let greeting = self.greeting.iter().flat_map(|reply| reply.lines.iter());
        let domains = [&self.ehlo_before_tls, &self.ehlo]
            .into_iter()
            .flatten()
            .map(|ehlo| &ehlo.domain);
        let names_amazon = |text: &String| {
            let text = text.to_ascii_lowercase();
            text.contains("simpleemailservice") || text.contains("amazonaws") || text.contains("amazonses")
        };
        greeting.chain(domains).any(names_amazon)
    }
}

impl Ehlo {
    /// Whether a keyword is offered, whatever its parameters.
    pub fn offers(&self, keyword: &str) -> bool {
        self.keywords.iter().any(|line| {
            line.split(' ')
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case(keyword))
        })
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UntrustedIssuer => "the chain does not lead to a trusted root",
            Self::NameMismatch => "the certificate is for other names",
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not yet valid",
            Self::Other(words) => words,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Failure {}
