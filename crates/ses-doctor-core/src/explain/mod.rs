//! What a log alone tells: the same causes judge it as judge a whole diagnosis, with nothing but the text as evidence.
//!
//! A cause is named as confirmed or likely only when the text itself carries the proof. Otherwise the answer is `unknown`,
//! and the candidates follow, each with the check that would settle it.

mod candidates;
pub mod v1;

use crate::diagnosis::{Diagnosis, diagnose};
use crate::evidence::{Evidence, Reported, Symptom};
use crate::observed::{Observation, Observed};
use crate::verdict::Certainty;
use client_log::{Event, Failure, Group, Log, Success, Worked};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ses_smtp::catalogue::{self, Meaning};

pub use candidates::Kind;

/// The outcomes that stand in the place of a cause.
pub const HEALTHY: &str = "healthy";
/// See [`HEALTHY`].
pub const UNKNOWN: &str = "unknown";
/// See [`HEALTHY`]; it is a cause of the catalogue too.
pub const NOT_SES: &str = "not-ses";

/// How sure an explanation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// The text does not decide.
    Unknown,
    /// A candidate.
    Possible,
    /// The text points here and away from the alternatives.
    Likely,
    /// The text shows the cause itself.
    Confirmed,
}

impl From<Certainty> for Sureness {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Possible => Self::Possible,
            Certainty::Likely => Self::Likely,
            Certainty::Confirmed => Self::Confirmed,
        }
    }
}

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// A cause's id, or one of the outcomes.
    pub cause: &'static str,
    /// How sure.
    pub verdict: Sureness,
    /// The reason.
    pub why: String,
    /// What would settle it.
    pub next_check: String,
}

/// What one group of records means, most likely first.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Never empty.
    pub causes: Vec<Explained>,
    /// The evidence that was judged; `None` for a success.
    pub evidence: Option<Evidence>,
}

impl Explanation {
    /// Whose answer counts for more, when a log has several groups: a cause found, then a failure of SES that is open, then
    /// what is not of SES, then what worked. Of two that are open, the one with a reply of the server.
    pub fn weight(&self) -> (u8, Sureness, bool) {
        let first = self.causes.first();
        let verdict = first.map_or(Sureness::Unknown, |first| first.verdict);
        let kind = match first.map(|first| first.cause) {
            Some(HEALTHY) | None => 0,
            Some(NOT_SES) => 1,
            Some(UNKNOWN) => 2,
            Some(_) => 3,
        };
        let reported = self.evidence.as_ref().and_then(Evidence::reported);
        let replied = reported.is_some_and(|reported| reported.reply.is_some());
        (kind, verdict, replied)
    }
}

/// Explains one group; `seen_at` is when the log was read.
pub fn explain(group: &Group, seen_at: Timestamp) -> Explanation {
    match &group.event {
        Event::Failed(failure) => of_failure(failure, &group.sample, seen_at),
        Event::Worked(success) => Explanation {
            causes: vec![of_success(success)],
            evidence: None,
        },
    }
}

/// Stands for a log in which nothing of mail was found.
pub fn of_nothing(log: &Log) -> Explanation {
    let nothing = |cause, verdict, why: &str, next_check: &str| Explained {
        cause,
        verdict,
        why: why.to_owned(),
        next_check: next_check.to_owned(),
    };
    let cause = if log.opening.is_empty() {
        let check = "give the log of the mail client around the failed message";
        nothing(UNKNOWN, Sureness::Unknown, "the text is empty", check)
    } else if log.mentions_mail {
        let check = "look for the server's reply, a three-digit code and its text, in a more detailed log of the same moment";
        let why =
            "the text speaks of mail, but neither of a reply of the server nor of a fault of the connection";
        nothing(UNKNOWN, Sureness::Unknown, why, check)
    } else {
        let check = "see that this is the log of the program that sends the mail, at the time of the failure";
        nothing(
            NOT_SES,
            Sureness::Likely,
            "the text has nothing to do with sending mail over SMTP",
            check,
        )
    };
    Explanation {
        causes: vec![cause],
        evidence: None,
    }
}

fn of_success(success: &Success) -> Explained {
    let host = success.endpoint.as_ref();
    let elsewhere = host.filter(|endpoint| !endpoint.is_ses_smtp());
    if let Some(endpoint) = elsewhere {
        return Explained {
            cause: NOT_SES,
            verdict: Sureness::Likely,
            why: format!(
                "mail was delivered through {}, which is no SMTP endpoint of SES",
                endpoint.host
            ),
            next_check: "look at the records of mail that goes to email-smtp.REGION.amazonaws.com".to_owned(),
        };
    }
    let (why, next_check) = match success.what {
        Worked::Sent => (
            "SES has taken the message and given it an id",
            "if it does not arrive, look for bounces and the suppression list in SES: the login and the permission are in order",
        ),
        Worked::Login => (
            "SES has accepted the login",
            "see what it answers after the message: permission, verification and quota are checked only there",
        ),
        Worked::Tls => (
            "the endpoint can be reached, and its certificate is in order; no login was tried",
            "try the login too: ses-doctor probe --host HOST --username KEY",
        ),
    };
    Explained {
        cause: HEALTHY,
        verdict: Sureness::Confirmed,
        why: why.to_owned(),
        next_check: next_check.to_owned(),
    }
}

fn of_failure(failure: &Failure, sample: &str, seen_at: Timestamp) -> Explanation {
    let symptom = symptom(failure, sample);
    let evidence = Evidence {
        symptom: Observation::new("the log", seen_at, Observed::Known(symptom)),
        ..Evidence::default()
    };
    let diagnosis = diagnose(&evidence);
    Explanation {
        causes: ranked(&diagnosis, failure),
        evidence: Some(evidence),
    }
}

/// What a failure of a log tells, as the symptom of a diagnosis.
pub fn symptom(failure: &Failure, sample: &str) -> Symptom {
    Symptom {
        host: failure
            .endpoint
            .as_ref()
            .map(|endpoint| endpoint.host.clone())
            .unwrap_or_default(),
        port: failure.port.unwrap_or_default(),
        tls: failure.tls,
        region: region(failure),
        from: failure.sender.clone().filter(|sender| !sender.is_empty()),
        to: failure.recipient.clone(),
        configuration_set: None,
        tenant: None,
        principal: None,
        reported: Some(Reported::of(failure, sample.to_owned())),
    }
}

/// Of the host; else of the reply, where SES names it.
fn region(failure: &Failure) -> Option<String> {
    let of_host = failure
        .endpoint
        .as_ref()
        .and_then(|endpoint| endpoint.region.clone());
    let meaning = failure.reply.as_ref().and_then(catalogue::recognise);
    let of_reply = || match meaning {
        Some(Meaning::NotVerified { region, .. }) => region,
        Some(Meaning::AccessDenied { resource, .. }) => resource.split(':').nth(3).map(str::to_owned),
        _ => None,
    };
    of_host.or_else(of_reply).filter(|region| !region.is_empty())
}

/// Findings first, when there are any that the text proves; else `unknown`, and the candidates by how often they are it.
fn ranked(diagnosis: &Diagnosis, failure: &Failure) -> Vec<Explained> {
    let kind = Kind::of(failure);
    let findings = diagnosis.findings.iter().map(|judged| Explained {
        cause: judged.cause.id,
        verdict: judged.finding.certainty.into(),
        why: judged.finding.why.clone(),
        next_check: judged.cause.next_check.to_owned(),
    });
    let (proven, possible): (Vec<_>, Vec<_>) =
        findings.partition(|explained| explained.verdict >= Sureness::Likely);
    let decided = !proven.is_empty();
    let mut causes = proven;
    if !decided {
        causes.push(Explained {
            cause: UNKNOWN,
            verdict: Sureness::Unknown,
            why: kind.why_open().to_owned(),
            next_check: kind.next_check().to_owned(),
        });
    }
    let mut rest = possible;
    rest.extend(candidates::candidates(diagnosis, kind, decided));
    rest.sort_by_key(|explained| kind.rank(explained.cause));
    for explained in rest {
        if causes.iter().all(|known| known.cause != explained.cause) {
            causes.push(explained);
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;
    use client_log::Scanner;

    fn explained(text: &str) -> Vec<(&'static str, Sureness)> {
        let mut scanner = Scanner::new();
        scanner.push(text.as_bytes());
        let log = scanner.finish();
        let at = Timestamp::UNIX_EPOCH;
        let causes = log
            .groups
            .first()
            .map_or_else(|| of_nothing(&log), |group| explain(group, at))
            .causes;
        causes.iter().map(|cause| (cause.cause, cause.verdict)).collect()
    }

    #[test]
    fn a_bare_535_is_unknown_with_candidates() {
        let causes = explained("535 Authentication Credentials Invalid");
        assert_eq!(causes.first(), Some(&(UNKNOWN, Sureness::Unknown)));
        assert!(causes.len() > 12, "{causes:?}");
        assert!(
            causes
                .iter()
                .skip(1)
                .all(|(_, verdict)| *verdict == Sureness::Possible)
        );
    }

    #[test]
    fn the_outcomes_stand_in_the_place_of_a_cause() {
        let first = |text: &str| explained(text).first().copied();
        let sent = "relay=email-smtp.eu-west-1.amazonaws.com[192.0.2.1]:587, status=sent (250 Ok 0102018f3c2b1a00-0c0ffee0-1111-2222-3333-444455556666-000000)";
        assert_eq!(first(sent), Some((HEALTHY, Sureness::Confirmed)));
        assert_eq!(
            first("Invalid login: 535 5.7.3 Authentication unsuccessful").map(|it| it.0),
            Some(NOT_SES)
        );
        assert_eq!(first("GET / 200").map(|it| it.0), Some(NOT_SES));
        assert_eq!(first(""), Some((UNKNOWN, Sureness::Unknown)));
        assert_eq!(
            first("level=error msg=\"could not deliver mail\"").map(|it| it.0),
            Some(UNKNOWN)
        );
    }

    #[test]
    fn a_reply_that_names_its_cause_is_confirmed() {
        let causes =
            explained("smtplib.SMTPAuthenticationError: (530, b'Must issue a STARTTLS command first')");
        assert_eq!(causes.first(), Some(&("starttls-not-used", Sureness::Confirmed)));
    }
}
