//! What the SES API's answer to the SMTP user's own key points to. The API says more than SMTP: where SMTP has one 535 for
//! every fault of the pair, it tells an unknown key from a wrong secret, and a refusal of IAM bears its reason.

use crate::diagnosis::diagnose;
use crate::evidence::{Evidence, Reported, Symptom};
use crate::observed::{Observation, Observed};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ses_smtp::Reply;

/// The answer of the API, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The error's code, without name space: `SignatureDoesNotMatch`.
    pub code: Option<&'a str>,
    /// The error's message.
    pub message: Option<&'a str>,
    /// The answer bears a request id of AWS.
    pub of_aws: bool,
    /// Seconds by which this computer's clock is ahead of the service's.
    pub clock_ahead: Option<i64>,
    /// The call was the one that sends a message.
    pub sends: bool,
}

/// What it points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interpretation {
    /// In one or two sentences.
    pub summary: String,
    /// Ids of the causes that it points to, the likeliest first; `ses-doctor causes ID` explains one.
    pub causes: Vec<String>,
    /// What to do next.
    pub next: String,
}

impl Interpretation {
    fn new(summary: impl Into<String>, causes: &[&str], next: &str) -> Self {
        Self {
            summary: summary.into(),
            causes: causes.iter().map(|id| (*id).to_owned()).collect(),
            next: next.to_owned(),
        }
    }
}

/// Reads an answer. `now` is when it came.
pub fn interpret(answer: &Answer<'_>, now: Timestamp) -> Interpretation {
    match answer.code {
        _ if !answer.of_aws => Interpretation::new(
            format!(
                "HTTP {} without a request id of AWS: something else answered in its place",
                answer.status
            ),
            &["tls-intercepted", "not-ses"],
            "look at the certificate's issuer above, and at proxies and DNS on the way",
        ),
        None if answer.status < 300 => accepted(answer),
        Some(code) => refused(code, answer, now),
        None => Interpretation::new(
            format!("HTTP {} without an error code", answer.status),
            &[],
            "send this to AWS Support with the request id",
        ),
    }
}

fn accepted(answer: &Answer<'_>) -> Interpretation {
    let proven = match answer.sends {
        true => {
            "the key, its secret, the permission, the sender's verification and the quota are in order for this message"
        }
        false => "the key and its secret are in order, and it may read the account",
    };
    Interpretation::new(
        format!(
            "SES took the call: {proven}. A login by SMTP that is refused with 535 is refused for its password"
        ),
        &[
            "wrong-region-password",
            "password-mismatch",
            "raw-secret-key-as-password",
        ],
        "derive the SMTP password from this secret for the endpoint's region with `ses-doctor password --region REGION`, \
         and compare",
    )
}

fn refused(code: &str, answer: &Answer<'_>, now: Timestamp) -> Interpretation {
    match code {
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" | "InvalidToken" => {
            Interpretation::new(
                format!(
                    "AWS does not know the access key ({code}): it is deleted, inactive, too new or of another partition. SMTP \
                         has its 535 for that"
                ),
                &[
                    "key-deleted",
                    "key-inactive",
                    "key-expired",
                    "key-not-propagated",
                    "temporary-credentials",
                ],
                "look the key up with `ses-doctor diagnose` and AWS credentials that may read IAM",
            )
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" if is_of_clock(answer.message) => {
            clock(code, answer)
        }
        "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture" => clock(code, answer),
        "SignatureDoesNotMatch" | "InvalidSignatureException" => Interpretation::new(
            format!(
                "AWS knows the access key, and the secret is not its own ({code}). A password that was derived from this \
                     secret gets SMTP's 535"
            ),
            &[
                "password-mismatch",
                "password-truncated-or-altered",
                "swapped-credentials",
            ],
            "take the secret from where the key was made; AWS shows it only then, so a lost one takes a new key",
        ),
        "ExpiredToken"
        | "ExpiredTokenException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => Interpretation::new(
            format!(
                "the session has ended or its token was not sent ({code}); SMTP takes no temporary key at all"
            ),
            &["temporary-credentials"],
            "make a long-term key of an IAM user for SMTP",
        ),
        "SubscriptionRequiredException" | "OptInRequired" | "SubscriptionRequired" => Interpretation::new(
            format!("the account of the key has not signed up for SES ({code})"),
            &["account-not-subscribed"],
            "open the SES console once in that account and region",
        ),
        "SendingPausedException" => Interpretation::new(
            format!("sending is switched off for the account or the configuration set ({code})"),
            &["sending-disabled", "account-paused"],
            "look at the account's state with `ses-doctor diagnose` and AWS credentials that may read SES",
        ),
        "AccountSuspendedException" => Interpretation::new(
            format!("AWS has suspended the account's sending ({code})"),
            &["account-paused"],
            "answer the case that AWS opened for the account",
        ),
        "MailFromDomainNotVerifiedException" => Interpretation::new(
            format!("the custom MAIL FROM domain is not set up ({code})"),
            &["mail-from-domain-invalid"],
            "publish its MX record, or let SES fall back to its own domain",
        ),
        "LimitExceededException" => Interpretation::new(
            format!("a quota is used up ({code})"),
            &["daily-quota"],
            "see the quotas with `ses-doctor diagnose` and AWS credentials that may read SES",
        ),
        "TooManyRequestsException" | "Throttling" | "ThrottlingException" => Interpretation::new(
            format!("too many calls in a second ({code})"),
            &["rate-throttled"],
            "try again more slowly",
        ),
        _ if answer.status >= 500 => Interpretation::new(
            format!("SES failed by itself ({code}, HTTP {})", answer.status),
            &[],
            "try again; if it goes on, see the AWS Health Dashboard and send this to AWS Support",
        ),
        _ => by_words(code, answer, now),
    }
}

fn is_of_clock(message: Option<&str>) -> bool {
    message.is_some_and(|message| {
        message.contains("Signature expired") || message.contains("Signature not yet current")
    })
}

/// SMTP signs nothing with the time, so that a wrong clock never explains its refusal.
fn clock(code: &str, answer: &Answer<'_>) -> Interpretation {
    let by = match answer.clock_ahead {
        Some(seconds) if seconds > 0 => format!("it is {seconds} s fast"),
        Some(seconds) => format!("it is {} s slow", seconds.saturating_neg()),
        None => "by how much is not told".to_owned(),
    };
    Interpretation::new(
        format!(
            "AWS refused the time of the request ({code}): this computer's clock is wrong, {by}. That does not touch SMTP"
        ),
        &[],
        "set the clock and make the call again: only then does it tell of the key",
    )
}

/// The words of a refusal mean the same to the causes as those of SMTP.
fn by_words(code: &str, answer: &Answer<'_>, now: Timestamp) -> Interpretation {
    let message = answer.message.unwrap_or_default();
    let line = format!("{code}: {message}");
    let reply = Reply {
        code: 554,
        lines: vec![message.to_owned()],
    };
    let symptom = Symptom {
        reported: Some(Reported::of_reply(reply, line.clone())),
        ..Symptom::default()
    };
    let evidence = Evidence {
        symptom: Observation::new("the SES API", now, Observed::Known(symptom)),
        ..Evidence::default()
    };
    let diagnosis = diagnose(&evidence);
    let found = diagnosis.findings.iter().map(|judged| judged.cause.id);
    let open = diagnosis.undecided.iter().map(|one| one.cause.id);
    let causes: Vec<&str> = match diagnosis.findings.is_empty() {
        true => open.collect(),
        false => found.collect(),
    };
    let next = match causes.first() {
        Some(first) => {
            format!("read `ses-doctor causes {first}`, and give the message to `ses-doctor diagnose --error`")
        }
        None => "send this to AWS Support with the request id".to_owned(),
    };
    Interpretation::new(line, &causes, &next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, code: Option<&str>, message: &str) -> Interpretation {
        let answer = Answer {
            status,
            code,
            message: Some(message),
            of_aws: true,
            clock_ahead: Some(1200),
            sends: true,
        };
        interpret(&answer, Timestamp::UNIX_EPOCH)
    }

    const DENIED: &str = "User: arn:aws:iam::111122223333:user/app is not authorized to perform: ses:SendRawEmail on resource: \
                          arn:aws:ses:eu-west-1:111122223333:identity/example.com ";

    #[test]
    fn each_answer_points_to_its_cause() {
        for (code, message, cause) in [
            (
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
                "key-deleted",
            ),
            (
                "InvalidSignatureException",
                "The request signature we calculated does not match",
                "password-mismatch",
            ),
            (
                "ExpiredTokenException",
                "The security token included in the request is expired",
                "temporary-credentials",
            ),
            ("SubscriptionRequiredException", "", "account-not-subscribed"),
            ("SendingPausedException", "", "sending-disabled"),
            (
                "LimitExceededException",
                "Daily message quota exceeded",
                "daily-quota",
            ),
            (
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in region EU-WEST-1: a@example.com",
                "identity-not-verified",
            ),
        ] {
            let read = read(400, Some(code), message);
            assert!(read.causes.iter().any(|id| id == cause), "{code}: {read:?}");
            assert!(!read.next.is_empty());
        }
    }

    #[test]
    fn the_reason_of_a_denial_names_its_layer() {
        for (reason, cause) in [
            (
                "because no identity-based policy allows the ses:SendRawEmail action",
                "missing-send-permission",
            ),
            ("with an explicit deny in a service control policy", "scp-deny"),
            (
                "because no permissions boundary allows the ses:SendRawEmail action",
                "permission-boundary",
            ),
        ] {
            let read = read(403, Some("AccessDeniedException"), &format!("{DENIED}{reason}"));
            assert_eq!(read.causes.first().map(String::as_str), Some(cause), "{read:?}");
        }
    }

    #[test]
    fn a_wrong_clock_is_not_taken_for_a_wrong_secret() {
        let read = read(
            403,
            Some("SignatureDoesNotMatch"),
            "Signature expired: 20260101T000000Z is now earlier than …",
        );
        assert!(
            read.causes.is_empty() && read.summary.contains("1200 s fast"),
            "{read:?}"
        );
    }

    #[test]
    fn success_leaves_the_password() {
        let read = read(200, None, "");
        assert_eq!(
            read.causes.first().map(String::as_str),
            Some("wrong-region-password")
        );
    }

    #[test]
    fn an_answer_of_somebody_else_is_not_interpreted_as_that_of_aws() {
        let answer = Answer {
            status: 403,
            code: Some("AccessDenied"),
            message: None,
            of_aws: false,
            clock_ahead: None,
            sends: true,
        };
        assert!(
            interpret(&answer, Timestamp::UNIX_EPOCH)
                .causes
                .contains(&"tls-intercepted".to_owned())
        );
    }

    #[test]
    fn every_cause_that_is_named_exists() {
        for code in [
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "OptInRequired",
            "SendingPausedException",
            "AccountSuspendedException",
            "MailFromDomainNotVerifiedException",
            "LimitExceededException",
            "Throttling",
            "Strange",
        ] {
            for id in read(400, Some(code), "").causes {
                assert!(crate::causes::by_id(&id).is_some(), "{code}: {id}");
            }
        }
    }
}
