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
    /// What was looked up, or dialled, is no host name as this client wants it: a URL, or a name with or without a port.
    HostMalformed,
    /// Time ran out; the line does not say in which step.
    TimedOut,
    /// The connection was made, and then no answer came in time.
    ReadTimedOut,
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
    /// The API rejected the message, by the name of its error.
    ApiRejected,
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
        !matches!(
            self,
            Self::LoginFailed | Self::SendFailed | Self::ApiCall | Self::ApiRejected
        )
    }

    /// What the client says, as the rest of "the client's log says that …".
    pub fn words(self) -> &'static str {
        match self {
            Self::NoMechanism => "its SASL library has no mechanism to log in with",
            Self::MechanismRefused => "client and server have no login mechanism in common",
            Self::AuthNotOffered => "the server did not offer AUTH",
            Self::MissingCredentials => "there was no user name or no password",
            Self::UnencryptedConnection => "it does not send a password over a connection without TLS",
            Self::RefusalCached => "the refusal came from Postfix's cache of refused logins",
            Self::LoginFailed => "the login failed",
            Self::MapNotCompiled => "the compiled map is missing or older than its source",
            Self::PlaintextInsteadOfTls => "plaintext came where TLS was due",
            Self::NoGreeting => "no greeting came",
            Self::WrapperRequired => "the port wants TLS from the first byte",
            Self::StartTlsNotOffered => "the server did not offer STARTTLS",
            Self::CertificateUntrusted => "the issuer of the certificate is not trusted",
            Self::CertificateName => "the certificate is for another name",
            Self::TlsVersion => "there is no TLS version in common",
            Self::TlsVersionBySes => "SES no longer takes its TLS version",
            Self::HandshakeFailed => "the TLS handshake failed",
            Self::ErlangTlsFailed => "STARTTLS failed in an Erlang runtime that checks certificates",
            Self::NameNotFound => "the host name does not exist",
            Self::ResolverFailed => "the host name could not be resolved",
            Self::LoginLookedUp => "the user name was looked up as a host",
            Self::HostMalformed => "what stands in the host's place is no host name as it wants one",
            Self::TimedOut => "time ran out",
            Self::ReadTimedOut => "no answer came over a connection that was made",
            Self::ConnectTimedOut => "the connection timed out",
            Self::ConnectRefused => "the connection was refused",
            Self::Unreachable => "there is no route to the host",
            Self::ConnectionLost => "the connection was closed",
            Self::InvalidDsn => "the DSN or URL is invalid",
            Self::PasswordReadAsPort => "a piece of the password was read as the port",
            Self::UrlCutInPassword => "the URL ends inside the password",
            Self::NullSender => "the sender is empty",
            Self::LoginAsSender => "the sender is the login",
            Self::ApiCall => "the HTTPS API was called",
            Self::ApiRejected => "the HTTPS API rejected the message",
            Self::ApiSignature => "the API refused the signature",
            Self::ApiKey => "the API does not know the key",
            Self::HttpToSmtp => "an HTTP client got SMTP's greeting",
            Self::MessageTooLarge => "the message is too large",
            Self::BadBase64 => "base64 could not be decoded",
            Self::TruncatedReply => "the dialogue ends inside a reply",
            Self::SendFailed => "mail could not be sent",
        }
    }
}
