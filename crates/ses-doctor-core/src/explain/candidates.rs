//! What a failure may be when its text does not decide: the candidates, the most frequent true cause first.
//!
//! The orders follow how often each was the true cause in incidents that people made public; AWS gives no figures.

use super::{Explained, Sureness};
use crate::causes::by_id;
use crate::diagnosis::Diagnosis;
use client_log::{Failure, Sign};
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::endpoint::EndpointKind;

/// What kind of failure it is, as far as candidates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SES's one 535 for every fault of the pair.
    Refused,
    /// The login failed, and the reply is not in the text.
    LoginFailed,
    /// A refused login in words that are not SES's.
    RefusedInOtherWords,
    /// 530 at MAIL FROM.
    NotLoggedIn,
    /// 530 at MAIL FROM, from a client that goes on after a refused login.
    PerhapsRefused,
    /// A server that offered no login.
    NoAuth,
    /// SES could not check the login now.
    TemporaryRefusal,
    /// 501 at MAIL FROM.
    Sender,
    /// Unverified identities.
    NotVerified,
    /// Sending is paused.
    Paused,
    /// A refused permission.
    Denied,
    /// A name that was not found.
    Name,
    /// No connection.
    NoConnection,
    /// The client dialled its own machine, and nothing answered.
    OwnMachine,
    /// A connection that broke.
    Broken,
    /// A certificate that was not trusted.
    Certificate,
    /// A TLS handshake that failed.
    Handshake,
    /// STARTTLS that was not offered.
    NoStartTls,
    /// A URL that was not understood.
    Url,
    /// The API's refusal of a key or signature.
    Api,
    /// A dialogue that ends too early.
    BrokenOff,
    /// Anything else.
    Other,
}

impl Kind {
    /// By the reply, where there is one; else by the most telling sign.
    pub fn of(failure: &Failure) -> Self {
        let meaning = failure.reply.as_ref().and_then(catalogue::recognise);
        let goes_on = failure
            .client
            .is_some_and(|client| !client.stops_after_refused_login());
        match (meaning, failure.reply.as_ref().map(|reply| reply.code)) {
            (Some(Meaning::CredentialsInvalid), _) => Self::Refused,
            (Some(Meaning::AuthRequired), _) if goes_on => Self::PerhapsRefused,
            (Some(Meaning::AuthRequired), _) => Self::NotLoggedIn,
            (Some(Meaning::TemporaryAuthFailure | Meaning::TemporaryServiceFailure), _) => {
                Self::TemporaryRefusal
            }
            (Some(Meaning::InvalidMailFrom | Meaning::InvalidAddress), _) => Self::Sender,
            (Some(Meaning::NotVerified { .. }), _) => Self::NotVerified,
            (Some(Meaning::AccountPaused), _) => Self::Paused,
            (Some(Meaning::AccessDenied { .. }), _) => Self::Denied,
            (None, Some(535)) if text_is_empty(failure) => Self::Refused,
            (None, Some(534 | 535)) => Self::RefusedInOtherWords,
            (Some(_), _) | (None, Some(_)) => Self::Other,
            (None, None) => failure
                .signs
                .first()
                .map_or(Self::Other, |sign| Self::of_sign(*sign, failure)),
        }
    }

    fn of_sign(sign: Sign, failure: &Failure) -> Self {
        match sign {
            Sign::LoginFailed | Sign::RefusalCached | Sign::MissingCredentials | Sign::BadBase64 => {
                Self::LoginFailed
            }
            Sign::MechanismRefused | Sign::NoMechanism => Self::LoginFailed,
            Sign::AuthNotOffered => Self::NoAuth,
            Sign::NameNotFound | Sign::ResolverFailed | Sign::LoginLookedUp | Sign::HostMalformed => {
                Self::Name
            }
            Sign::ConnectRefused if dials_its_own_machine(failure) => Self::OwnMachine,
            Sign::TimedOut
            | Sign::ConnectTimedOut
            | Sign::ConnectRefused
            | Sign::Unreachable
            | Sign::NoGreeting
            | Sign::WrapperRequired => Self::NoConnection,
            Sign::ConnectionLost | Sign::ReadTimedOut => Self::Broken,
            Sign::CertificateUntrusted | Sign::CertificateName => Self::Certificate,
            Sign::PlaintextInsteadOfTls
            | Sign::TlsVersion
            | Sign::TlsVersionBySes
            | Sign::HandshakeFailed
            | Sign::ErlangTlsFailed => Self::Handshake,
            Sign::StartTlsNotOffered | Sign::UnencryptedConnection => Self::NoStartTls,
            Sign::InvalidDsn | Sign::PasswordReadAsPort | Sign::UrlCutInPassword => Self::Url,
            Sign::ApiSignature | Sign::ApiKey | Sign::ApiCall | Sign::ApiRejected => Self::Api,
            Sign::TruncatedReply => Self::BrokenOff,
            Sign::NullSender | Sign::LoginAsSender => Self::Sender,
            Sign::SendFailed if is_unreached(failure) => Self::NoConnection,
            Sign::SendFailed | Sign::HttpToSmtp | Sign::MessageTooLarge | Sign::MapNotCompiled => Self::Other,
        }
    }

    /// Ids of causes, the most frequent first.
    pub(super) fn causes(self) -> &'static [&'static str] {
        match self {
            Self::Refused => REFUSED,
            Self::LoginFailed => LOGIN_FAILED,
            Self::RefusedInOtherWords => OTHER_WORDS,
            Self::NotLoggedIn => NOT_LOGGED_IN,
            Self::PerhapsRefused => PERHAPS_REFUSED,
            Self::NoAuth => &[
                "auth-mechanism-unsupported",
                "not-ses",
                "starttls-not-used",
                "wrong-host-or-region-endpoint",
                "tls-intercepted",
            ],
            Self::TemporaryRefusal => &[
                "aws-outage",
                "key-not-propagated",
                "tls-intercepted",
                "connection-limit",
            ],
            Self::Sender => &["envelope-sender-is-login", "null-sender", "client-bug"],
            Self::NotVerified => &[
                "identity-not-verified",
                "sandbox-recipient",
                "identity-in-another-region",
            ],
            Self::Paused => &["account-paused", "sending-disabled"],
            Self::Denied => DENIED,
            Self::Name => &[
                "dns-failure",
                "password-url-encoding",
                "wrong-host-or-region-endpoint",
                "region-without-smtp",
                "mailer-dsn-invalid",
            ],
            Self::NoConnection => NO_CONNECTION,
            Self::OwnMachine => &[
                "wrong-host-or-region-endpoint",
                "client-config-conflict",
                "not-ses",
            ],
            Self::Broken => BROKEN,
            Self::Certificate => &[
                "tls-ca-missing",
                "tls-intercepted",
                "certificate-name-mismatch",
                "tls-version-too-old",
            ],
            Self::Handshake => &[
                "tls-wrapper-mismatch",
                "tls-version-too-old",
                "tls-ca-missing",
                "tls-intercepted",
                "certificate-name-mismatch",
            ],
            Self::NoStartTls => &[
                "tls-intercepted",
                "tls-wrapper-mismatch",
                "not-ses",
                "starttls-not-used",
            ],
            Self::Url => &[
                "password-url-encoding",
                "mailer-dsn-invalid",
                "password-shell-or-env-quoting",
            ],
            Self::Api => &[
                "smtp-credentials-used-for-api",
                "ses-api-not-smtp",
                "key-deleted",
                "key-inactive",
                "temporary-credentials",
            ],
            Self::BrokenOff => &["client-bug", "port-blocked", "tls-intercepted", "idle-timeout"],
            Self::Other => OTHER,
        }
    }

    /// The place of a cause among the candidates.
    pub(super) fn rank(self, cause: &str) -> usize {
        self.causes()
            .iter()
            .position(|id| *id == cause)
            .unwrap_or(usize::MAX)
    }

    /// Why the text does not decide.
    pub(super) fn why_open(self) -> &'static str {
        match self {
            Self::Refused => {
                "SES has one and the same 535 for every fault of the pair, so the text cannot tell which it is"
            }
            Self::LoginFailed => "the text says that the login failed, and not what the server answered",
            Self::RefusedInOtherWords => {
                "the login was refused in words that are not known to be SES's, and the host is not in the text"
            }
            Self::NotLoggedIn => {
                "the client had not logged in; whether it never tried, or went on after a refusal, the text does not tell"
            }
            Self::PerhapsRefused => {
                "the client had not logged in; this client goes on without a login after a refused one"
            }
            Self::NoAuth => {
                "the server offered no login, which SES does on every port; which server it was, the text does not tell"
            }
            Self::TemporaryRefusal => "SES could not process it at that moment, and does not say why",
            Self::Sender => "the sender was no address; what the client sent is not in the text",
            Self::NotVerified => {
                "the address may be the sender, or in the sandbox the recipient; the text does not tell which"
            }
            Self::Paused => "the reply is the same whoever paused the account",
            Self::Denied => "a layer of permissions refuses, and only the policies tell which statement",
            Self::Name => {
                "a name could not be resolved; whether it is the name of the server that was meant, the text does not tell"
            }
            Self::NoConnection => {
                "no connection, or no greeting; the text does not tell what stands in the way"
            }
            Self::OwnMachine => {
                "the client dialled its own machine: it has no other host, or sends through a relay that does not run"
            }
            Self::Broken => "the connection broke before the server answered",
            Self::Certificate => "the certificate was not accepted; its issuer is not in the text",
            Self::Handshake => "the TLS handshake failed; the text does not tell why",
            Self::NoStartTls => "STARTTLS was not to be had; the text does not tell why",
            Self::Url => "the URL could not be read; what is wrong with it is not in the text",
            Self::Api => "the API refused the key or its signature, for which there is more than one reason",
            Self::BrokenOff => "the dialogue ends before the reply that would tell",
            Self::Other => "something failed; the text does not tell enough to say what",
        }
    }

    /// The one check that tells the candidates apart.
    pub(super) fn next_check(self) -> &'static str {
        match self {
            Self::Refused | Self::PerhapsRefused => {
                "run ses-doctor diagnose with --host, --username and --password-file: it looks at the pair, tries it as the client does, \
                 and says which of the candidates it is"
            }
            Self::LoginFailed | Self::RefusedInOtherWords | Self::NoAuth => {
                "find the server's reply, a three-digit code and its text, in the client's debug log, and the host it connects to"
            }
            Self::NotLoggedIn => {
                "see in the client's debug log whether it sent AUTH before MAIL FROM, and what was answered"
            }
            Self::TemporaryRefusal => {
                "try again in some minutes; if it stays, run ses-doctor diagnose from the client's host"
            }
            Self::Sender => "see in the client's debug log what stands after MAIL FROM",
            Self::NotVerified => {
                "compare the address in the reply with your sender and your recipient: aws sesv2 get-account then tells of the sandbox"
            }
            Self::Paused => "see EnforcementStatus and SendingEnabled: aws sesv2 get-account",
            Self::Denied => "run ses-doctor diagnose with an AWS profile that may read IAM",
            Self::Name => {
                "compare the name that was looked up with the host in the settings; then getent hosts HOST where the client runs"
            }
            Self::OwnMachine => {
                "print the host that the client has in effect: a variable that is not set leaves many libraries with localhost"
            }
            Self::NoConnection | Self::Broken => {
                "run ses-doctor probe --host HOST --port PORT on the client's host, once with --tls starttls and once with --tls wrapper"
            }
            Self::Certificate | Self::Handshake | Self::NoStartTls => {
                "look at the certificate from the client's host: openssl s_client -starttls smtp -connect HOST:587"
            }
            Self::Url => {
                "print the variable as the client gets it, with the password masked, and see whether it holds a raw / or +"
            }
            Self::Api => {
                "compare the first characters of the secret: an SMTP password has 44 and begins with B, a secret access key has 40"
            }
            Self::BrokenOff => "try the same host and pair with another client: ses-doctor probe",
            Self::Other => {
                "find the server's reply, a three-digit code and its text, in a more detailed log of the client"
            }
        }
    }
}

fn text_is_empty(failure: &Failure) -> bool {
    failure
        .reply
        .as_ref()
        .is_some_and(|reply| reply.text().trim().is_empty())
}

fn dials_its_own_machine(failure: &Failure) -> bool {
    failure
        .endpoint
        .as_ref()
        .is_some_and(|endpoint| endpoint.kind == EndpointKind::Loopback)
}

/// The client failed on the way: it names the server, and no reply.
fn is_unreached(failure: &Failure) -> bool {
    let kind = failure.endpoint.as_ref().map(|endpoint| &endpoint.kind);
    failure.reply.is_none() && kind.is_none_or(|kind| !matches!(kind, EndpointKind::OtherProvider(_)))
}

/// The candidates that nothing rules out, each with its reason. When something is proven, only those that a cause itself
/// holds open.
pub(super) fn candidates(diagnosis: &Diagnosis, kind: Kind, decided: bool) -> Vec<Explained> {
    let open = diagnosis
        .undecided
        .iter()
        .map(|undecided| (undecided.cause, undecided.why.clone()));
    let by_frequency = kind.causes().iter().filter(|_| !decided).filter_map(|id| {
        let cause = by_id(id)?;
        let ruled_out = diagnosis
            .ruled_out
            .iter()
            .any(|ruled_out| ruled_out.cause.id == cause.id);
        (!ruled_out).then(|| {
            (
                cause,
                format!("it fits what the text says: {}", lower_first(cause.title)),
            )
        })
    });
    open.chain(by_frequency)
        .map(|(cause, why)| Explained {
            cause: cause.id,
            verdict: Sureness::Possible,
            why,
            next_check: cause.next_check.to_owned(),
        })
        .collect()
}

fn lower_first(title: &str) -> String {
    let mut characters = title.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string());
    format!("{}{}", first.unwrap_or_default(), characters.as_str())
}

const REFUSED: &[&str] = &[
    "raw-secret-key-as-password",
    "wrong-region-password",
    "console-or-api-credentials-not-smtp",
    "iam-username-as-login",
    "password-mismatch",
    "key-inactive",
    "key-deleted",
    "password-truncated-or-altered",
    "password-url-encoding",
    "password-whitespace-or-newline",
    "password-shell-or-env-quoting",
    "sigv2-password",
    "masked-password-submitted",
    "key-not-propagated",
    "secret-not-reloaded",
    "stale-credentials-cached",
    "base64-error",
    "user-deleted",
    "key-of-another-account",
    "temporary-credentials",
    "swapped-credentials",
    "empty-credentials",
    "from-address-as-login",
    "mail-manager-credentials",
    "key-expired",
    "root-access-key",
    "wrong-host-or-region-endpoint",
];

const LOGIN_FAILED: &[&str] = &[
    "raw-secret-key-as-password",
    "wrong-region-password",
    "iam-username-as-login",
    "console-or-api-credentials-not-smtp",
    "starttls-not-used",
    "password-mismatch",
    "key-inactive",
    "key-deleted",
    "password-truncated-or-altered",
    "password-url-encoding",
    "password-whitespace-or-newline",
    "password-shell-or-env-quoting",
    "auth-mechanism-unsupported",
    "postfix-missing-sasl-package",
    "sigv2-password",
    "empty-credentials",
    "masked-password-submitted",
    "key-not-propagated",
    "stale-credentials-cached",
    "secret-not-reloaded",
    "base64-error",
    "not-ses",
];

const OTHER_WORDS: &[&str] = &[
    "not-ses",
    "raw-secret-key-as-password",
    "wrong-region-password",
    "iam-username-as-login",
    "password-mismatch",
    "base64-error",
    "password-shell-or-env-quoting",
    "client-bug",
];

const NOT_LOGGED_IN: &[&str] = &[
    "client-not-sending-auth",
    "empty-credentials",
    "postfix-relayhost-mismatch",
    "postfix-sasl-map-not-hashed",
    "starttls-not-used",
];

const PERHAPS_REFUSED: &[&str] = &[
    "client-not-sending-auth",
    "raw-secret-key-as-password",
    "wrong-region-password",
    "iam-username-as-login",
    "empty-credentials",
    "password-mismatch",
    "key-inactive",
    "password-truncated-or-altered",
    "password-whitespace-or-newline",
];

const DENIED: &[&str] = &[
    "missing-send-permission",
    "configuration-set-not-permitted",
    "recipient-not-permitted-in-sandbox",
    "explicit-deny",
    "scp-deny",
    "permission-boundary",
    "from-address-condition",
    "ip-condition",
    "identity-policy-deny",
    "vpc-endpoint-policy-deny",
    "cross-account-identity-header",
];

const NO_CONNECTION: &[&str] = &[
    "port-blocked",
    "tls-wrapper-mismatch",
    "security-group-blocks-endpoint",
    "dns-failure",
    "wrong-host-or-region-endpoint",
    "not-ses",
];

const BROKEN: &[&str] = &[
    "tls-wrapper-mismatch",
    "idle-timeout",
    "port-blocked",
    "tls-intercepted",
    "tls-version-too-old",
    "connection-limit",
];

const OTHER: &[&str] = &[
    "tls-wrapper-mismatch",
    "port-blocked",
    "raw-secret-key-as-password",
    "identity-not-verified",
    "client-not-sending-auth",
    "not-ses",
];
