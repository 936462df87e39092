//! What an answer of AWS means. All services speak through the same three words: missing, denied, failed.

use crate::ledger;
use crate::permissions;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ses_doctor_core::Observed;
use std::error::Error;

/// Why a look gave no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The service says that there is no such thing.
    Missing,
    /// The operator may not look.
    Denied { action: String, message: String },
    /// The service says no, for another reason than a missing permission.
    Refused { code: String, why: String },
    /// The look failed.
    Failed { why: String },
}

/// The result of one look.
pub(crate) type Look<T> = Result<T, Trouble>;

impl Trouble {
    pub(crate) fn failed(why: impl Into<String>) -> Self {
        Self::Failed { why: why.into() }
    }

    /// In words, for a part of a larger observation.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Missing => "there is no such thing".to_owned(),
            Self::Denied { action, message } => format!("{action} was denied: {message}"),
            Self::Refused { why, .. } | Self::Failed { why } => why.clone(),
        }
    }
}

/// A look as an observation holds it, each text passed through `clean`.
pub(crate) fn observed<T>(look: Look<T>, clean: impl Fn(&str) -> String) -> Observed<T> {
    match look {
        Ok(value) => Observed::Known(value),
        Err(Trouble::Missing) => Observed::Missing,
        Err(Trouble::Denied { action, message }) => Observed::Denied {
            action,
            message: clean(&message),
        },
        Err(Trouble::Refused { why, .. } | Trouble::Failed { why }) => Observed::Failed { why: clean(&why) },
    }
}

/// Missing is a value here: the thing is not there.
pub(crate) fn optional<T>(look: Look<T>) -> Look<Option<T>> {
    match look {
        Ok(value) => Ok(Some(value)),
        Err(Trouble::Missing) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Turns the SDK's result into a look.
pub(crate) trait Judge<T> {
    /// `action` is the IAM action of the call.
    fn judge(self, action: &str) -> Look<T>;
}

impl<T, E> Judge<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn judge(self, action: &str) -> Look<T> {
        if self.is_ok() {
            ledger::permitted(action);
            ledger::taken(action);
        }
        self.map_err(|error| {
            tracing::debug!(action, code = error.code(), "AWS gave no value");
            match &error {
                SdkError::ServiceError(context) => {
                    let status = context.raw().status().as_u16();
                    Refusal {
                        action,
                        code: error.code(),
                        message: error.message(),
                        status,
                    }
                    .judge()
                }
                SdkError::ResponseError(context) => unreadable(action, context.raw().status().as_u16()),
                SdkError::DispatchFailure(context) => unreached(action, context.as_connector_error()),
                SdkError::TimeoutError(_) => Trouble::failed(format!("{action}: no answer in time")),
                _ => Trouble::failed(format!("{action} could not be called: {}", root_cause(&error))),
            }
        })
    }
}

/// An error that the service answered.
struct Refusal<'a> {
    action: &'a str,
    code: Option<&'a str>,
    message: Option<&'a str>,
    status: u16,
}

impl Refusal<'_> {
    fn judge(&self) -> Trouble {
        let Some(code) = self.code else {
            return unreadable(self.action, self.status);
        };
        if self.is_definite(code) {
            ledger::refused(code);
        }
        match code {
            "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "AuthorizationError"
            | "NotAuthorized"
            | "Forbidden" => {
                ledger::denied(self.action);
                self.denied()
            }
            "NoSuchEntity"
            | "NoSuchEntityException"
            | "NoSuchKey"
            | "NotFoundException"
            | "AWSOrganizationsNotInUseException" => self.missing(),
            "ResourceNotFoundException" if self.status == 404 || self.status == 400 => self.missing(),
            _ => {
                self.note_failure(code);
                let why = self.why(code);
                match self.is_definite(code) {
                    true => Trouble::Refused {
                        code: code.to_owned(),
                        why,
                    },
                    false => Trouble::Failed { why },
                }
            }
        }
    }

    /// The answer was no, and would be again: what is wrong is in the request or in the account. Throttling, a request that
    /// was not read in time and whatever fails on the service's side say nothing of the kind.
    fn is_definite(&self, code: &str) -> bool {
        let is_late = matches!(code, "RequestTimeout" | "RequestTimeoutException");
        (400..500).contains(&self.status) && !is_late && !is_throttling(code)
    }

    /// Of failures that leave open whether the permission is there, only the unknown key says anything of the session.
    fn note_failure(&self, code: &str) {
        if is_unknown_key(code) {
            ledger::unknown_session();
        }
    }

    /// Only who may look learns that there is nothing.
    fn missing(&self) -> Trouble {
        ledger::permitted(self.action);
        Trouble::Missing
    }

    fn denied(&self) -> Trouble {
        let message = self.message.unwrap_or("no reason given").to_owned();
        Trouble::Denied {
            action: self.action.to_owned(),
            message,
        }
    }

    /// The service's words are left out where they repeat the request: it holds the session token.
    fn why(&self, code: &str) -> String {
        let action = self.action;
        match code {
            "ExpiredToken" | "ExpiredTokenException" => {
                format!("the AWS credentials have expired ({code}): log in again, or take another --profile")
            }
            "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture" => {
                format!("AWS refused the time of the request ({code}): set this computer's clock")
            }
            _ if is_unknown_key(code) => format!(
                "AWS does not accept these AWS credentials ({code}): the key is deleted, inactive, of another partition, \
                 or the region is not enabled for the account; check --profile"
            ),
            "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "InvalidSignature"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "MissingAuthenticationToken" => format!(
                "AWS refused the signature ({code}): the secret access key is not the one of the key id, or this \
                 computer's clock is wrong"
            ),
            "SubscriptionRequiredException" if action.starts_with("health:") => format!(
                "the account's support plan does not include the AWS Health API ({code}): it takes Business Support+ or a \
                 higher plan; look at https://health.aws.amazon.com/health/status instead"
            ),
            "OptInRequired" | "SubscriptionRequiredException" => {
                format!("the account has not signed up for this service ({code})")
            }
            "NoSuchBucket" => format!("there is no bucket of this name ({code})"),
            "PreconditionFailed" if action == permissions::GET_OBJECT => {
                format!("the object has changed since it was listed ({code})")
            }
            "InvalidObjectState" => {
                format!("the object is archived, and has to be restored before it can be read ({code})")
            }
            "UnknownOperationException"
            | "UnknownOperation"
            | "InvalidAction"
            | "NotImplemented"
            | "UnsupportedOperation" => format!("the endpoint does not know {action} ({code})"),
            _ if is_throttling(code) => {
                format!("{action} was still throttled after several attempts ({code})")
            }
            _ => self.failure(code),
        }
    }

    fn failure(&self, code: &str) -> String {
        let message = self
            .message
            .map_or_else(String::new, |message| format!(": {message}"));
        format!(
            "{} failed with {code} (HTTP {}){message}",
            self.action, self.status
        )
    }
}

/// The key or the session is not known to the service.
fn is_unknown_key(code: &str) -> bool {
    matches!(
        code,
        "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidAccessKeyId"
            | "AuthFailure"
            | "InvalidToken"
    )
}

pub(crate) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "Throttling" | "ThrottlingException" | "ThrottledException" | "TooManyRequestsException"
    ) || matches!(
        code,
        "RequestLimitExceeded" | "RequestThrottled" | "RequestThrottledException" | "SlowDown"
    )
}

/// An answer that is no answer of AWS.
fn unreadable(action: &str, status: u16) -> Trouble {
    Trouble::failed(match status {
        404 | 405 | 501 => format!("the endpoint does not know {action} (HTTP {status})"),
        407 => format!("{action}: a proxy wants to be logged in to first (HTTP 407)"),
        500.. => format!("{action}: the service failed (HTTP {status})"),
        _ => format!("{action}: the answer cannot be read (HTTP {status}); is this an AWS endpoint?"),
    })
}

fn unreached(action: &str, error: Option<&ConnectorError>) -> Trouble {
    let Some(error) = error else {
        return Trouble::failed(format!("{action}: the endpoint could not be reached"));
    };
    if error.is_timeout() {
        return Trouble::failed(format!(
            "{action}: no connection in time; is the endpoint reachable from here?"
        ));
    }
    let cause = root_cause(error);
    let hint = if cause.contains("UnknownIssuer") {
        "; if a proxy opens TLS here, name a file with its authority in SSL_CERT_FILE"
    } else {
        ""
    };
    Trouble::failed(format!(
        "{action}: the endpoint could not be reached: {cause}{hint}"
    ))
}

/// The innermost words of an error: `Connection refused (os error 111)`.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(code: Option<&str>, message: &str, status: u16) -> Trouble {
        Refusal {
            action: "iam:GetUser",
            code,
            message: Some(message),
            status,
        }
        .judge()
    }

    #[test]
    fn a_denial_keeps_its_action() {
        let denied = judged(Some("AccessDenied"), "User: x is not authorized", 403);
        let message = "User: x is not authorized".to_owned();
        assert_eq!(
            denied,
            Trouble::Denied {
                action: "iam:GetUser".to_owned(),
                message
            }
        );
    }

    #[test]
    fn not_found_is_missing_only_when_the_service_says_so() {
        assert_eq!(judged(Some("NoSuchEntity"), "", 404), Trouble::Missing);
        assert_eq!(judged(Some("NotFoundException"), "", 404), Trouble::Missing);
        assert_eq!(
            judged(None, "", 404),
            Trouble::failed("the endpoint does not know iam:GetUser (HTTP 404)")
        );
    }

    #[test]
    fn troubles_with_the_operators_credentials_say_what_to_do_and_repeat_nothing() {
        let codes = [
            "ExpiredToken",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "RequestExpired",
        ];
        for code in codes {
            let why = judged(
                Some(code),
                "The Canonical String was x-amz-security-token:CANARY",
                403,
            )
            .reason();
            assert!(why.contains(code) && !why.contains("CANARY"), "{why}");
        }
        assert!(
            judged(Some("ExpiredToken"), "", 403)
                .reason()
                .contains("have expired")
        );
    }

    proptest! {
        #[test]
        fn a_no_of_the_service_is_definite_unless_it_was_pressed(code in "[A-Z][A-Za-z]{2,20}", status in 200_u16..600) {
            let trouble = judged(Some(&code), "", status);
            let is_no = (400..500).contains(&status) && !is_throttling(&code) && !code.starts_with("RequestTimeout");
            prop_assert_eq!(matches!(trouble, Trouble::Failed { .. }), !is_no, "{:?}", trouble);
        }
    }

    #[test]
    fn limits_and_malformed_documents_are_refusals_with_their_code() {
        for code in [
            "LimitExceeded",
            "EntityAlreadyExists",
            "MalformedPolicyDocument",
            "ValidationError",
        ] {
            let trouble = judged(Some(code), "no", 409);
            assert!(
                matches!(&trouble, Trouble::Refused { code: of, why } if of == code && why.contains("no")),
                "{trouble:?}"
            );
            assert!(
                matches!(judged(Some(code), "no", 500), Trouble::Failed { .. }),
                "a failure of the service says nothing"
            );
        }
        for code in [
            "Throttling",
            "ThrottlingException",
            "RequestTimeout",
            "TooManyRequestsException",
        ] {
            assert!(
                matches!(judged(Some(code), "", 400), Trouble::Failed { .. }),
                "{code}"
            );
        }
    }

    #[test]
    fn throttling_in_the_end_and_failures_of_the_service_are_failures() {
        assert!(
            judged(Some("Throttling"), "Rate exceeded", 400)
                .reason()
                .contains("still throttled")
        );
        let why = judged(Some("ServiceFailure"), "oops", 500).reason();
        assert_eq!(why, "iam:GetUser failed with ServiceFailure (HTTP 500): oops");
        assert!(judged(None, "", 503).reason().contains("HTTP 503"));
        assert!(
            judged(None, "", 200)
                .reason()
                .contains("is this an AWS endpoint?")
        );
    }
}
