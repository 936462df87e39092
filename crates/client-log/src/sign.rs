//! Faults that a client tells in its own words: no reply code carries them.

use serde::{Deserialize, Serialize};

/// What a client's words say went wrong on its own side or on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The SASL library has no mechanism to offer: its modules are not installed.
    NoMechanism,
    /// Client and server have no mechanism in common, or the client forbids those that there are.
    MechanismRefused,
    /// The server did not offer AUTH.
    AuthNotOffered,
    /// The client had no user name or no password.
    MissingCredentials,
    /// The client does not send a password without TLS.
    UnencryptedConnection,
    /// Postfix answered from its cache of refused logins.
    RefusalCached,
    /// The login failed; the line does not say how.
    LoginFailed,
    /// A compiled Postfix map is missing or older than its source.
    MapNotCompiled,
    /// Plaintext came where TLS was due.
    PlaintextInsteadOfTls,
    /// No greeting came.
    NoGreeting,
    /// The port wants TLS from the first byte, by the client's own word.
    WrapperRequired,
    /// The server did not offer STARTTLS.
    StartTlsNotOffered,
    /// The client does not trust the certificate's issuer.
    CertificateUntrusted,
    /// The certificate is for another name.
    CertificateName,
    /// No TLS version in common.
    TlsVersion,
    /// Amazon SES's own words on a TLS version.
    TlsVersionBySes,
    /// The TLS handshake failed; the line does not say how.
    HandshakeFailed,
    /// STARTTLS failed in Erlang's TLS, on a release that checks certificates and has no roots of its own.
    ErlangTlsFailed,
    /// The host name does not exist.
    NameNotFound,
    /// The resolver gave no answer, or an error that does not tell which.
    ResolverFailed,
    /// What was looked up is a piece of the login: a URL was cut in the password.
    LoginLookedUp,
    /// No connection within the time.
    ConnectTimedOut,
    /// The connection was refused.
    ConnectRefused,
    /// No route.
    Unreachable,
    /// The connection was closed, or went silent, after it was made.
    ConnectionLost,
    /// The client calls its DSN or URL invalid.
    InvalidDsn,
    /// A piece of the password was read as the URL's port.
    PasswordReadAsPort,
    /// The URL's password holds characters that end it early.
    UrlCutInPassword,
    /// The sender is empty.
    NullSender,
    /// The sender, or the identity that SES checked, is the login.
    LoginAsSender,
    /// The text is of the HTTPS API.
    ApiCall,
    /// The API refused the signature.
    ApiSignature,
    /// The API does not know the key, or its token.
    ApiKey,
    /// An HTTP client reads SMTP's greeting.
    HttpToSmtp,
    /// The client, or its server, calls the message too large.
    MessageTooLarge,
    /// Base64 that could not be decoded.
    BadBase64,
    /// The transcript ends inside a reply.
    TruncatedReply,
    /// Mail could not be sent; the line does not say why.
    SendFailed,
}

impl Sign {
    /// It names a fault, not only that there is one.
    pub fn is_telling(self) -> bool {
        !matches!(self, Self::LoginFailed | Self::SendFailed | Self::ApiCall)
    }
}
