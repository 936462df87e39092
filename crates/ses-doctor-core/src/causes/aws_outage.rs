//! `aws-outage`: SES, or a service that it needs, does not work at the moment.

use super::port_blocked::{Others, others};
use super::tls_wrapper_mismatch::mode_contradicts_port;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, HealthEvent, KeyStatus};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use jiff::{SignedDuration, Timestamp};
use ses_smtp::catalogue::Meaning;
use ses_smtp::credential::Derivation;
use ses_smtp::probe::FailureKind;
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "aws-outage",
    group: Group::Account,
    title: "AWS has an operational issue with SES in this region",
    next_check: "look for an open event of SES, IAM or STS in the region: https://health.aws.amazon.com/health/status",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::Ports,
        Need::HealthEvents,
        Need::SendingMetrics,
        Need::AccessKeys,
        Need::Credential,
        Need::KeyEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`454 Temporary authentication failure`, `451 Temporary service failure`, time-outs and broken connections, or 535 for a pair that
is right, from one moment on and for every client in the region. Nobody changed anything.

## Why it happens

SES itself, or IAM, of which SES learns the keys, does not work in that region. It happens seldom; a refusal that is not temporary
has other causes nearly always.

## How it is proven

AWS Health lists an open issue of SES, IAM or STS for the region, and the failures fall into its time: our own probe fails while
it is open, and where CloudWatch may be read, the account stopped sending after it had begun. An event of another region or
another service proves nothing, nor does one that was over before. AWS Health can be read with Business Support+ and higher support
plans only, and may lag behind; without it the cause stays open.

## What to do

Wait, and let the client keep the mail and try again; or send from another region until AWS has mended it. Key and password are
not at fault: leave them.
";

/// AWS writes down when the trouble began; mail may stop a little earlier.
const EARLIER: SignedDuration = SignedDuration::from_hours(1);
/// A change of the key takes so long to be known everywhere that a refusal may come of it.
const SETTLING: SignedDuration = SignedDuration::from_mins(15);

/// A failure as it looks when SES itself fails.
#[derive(Debug, Clone, PartialEq)]
struct Trouble {
    basis: Need,
    /// When it was met; `None` when only the client's log tells.
    at: Option<Timestamp>,
    looks: Looks,
    words: String,
}

/// How much a failure looks like one of SES.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// SES says so itself.
    Told,
    /// SES does not answer, on any port.
    Silence,
    /// The same, and whether another port answers is not known.
    SilenceOnThisPort,
    /// SES refuses a pair that is right.
    RightPairRefused,
}

fn trouble(evidence: &Evidence) -> Option<Trouble> {
    temporary_refusal(evidence)
        .or_else(|| silence(evidence))
        .or_else(|| right_pair_refused(evidence))
}

fn observed(evidence: &Evidence, basis: Need) -> Option<Timestamp> {
    (basis == Need::Probe).then_some(evidence.probe.observed_at)?
}

fn temporary_refusal(evidence: &Evidence) -> Option<Trouble> {
    let is = |meaning: &Meaning| {
        matches!(
            meaning,
            Meaning::TemporaryAuthFailure | Meaning::TemporaryServiceFailure
        )
    };
    let refusal = super::ses_said(evidence, is)?;
    Some(Trouble {
        basis: refusal.basis,
        at: observed(evidence, refusal.basis),
        looks: Looks::Told,
        words: format!("SES answers {}", refusal.reply),
    })
}

/// Our own probe got no answer, or none to the end, from SES's own name.
fn silence(evidence: &Evidence) -> Option<Trouble> {
    let failure = super::failure(evidence)?;
    let silent = [FailureKind::TimedOut, FailureKind::Closed, FailureKind::Reset];
    let fits = super::is_ses_host(evidence)
        && !reading::is_private(evidence)
        && silent.contains(&failure.kind)
        && ![Phase::Resolve, Phase::Tls].contains(&failure.phase)
        && !mode_contradicts_port(evidence);
    let looks = match others(evidence) {
        Others::Open(_) if [Phase::Connect, Phase::Greeting].contains(&failure.phase) => return None,
        Others::Open(_) | Others::Closed => Looks::Silence,
        Others::NotTold => Looks::SilenceOnThisPort,
    };
    fits.then(|| Trouble {
        basis: Need::Probe,
        at: observed(evidence, Need::Probe),
        looks,
        words: format!("SES does not answer ({})", failure.detail),
    })
}

/// The key is active and nobody touched it lately, and the password is the one derived for this region.
fn right_pair_refused(evidence: &Evidence) -> Option<Trouble> {
    let key = reading::key_in_question(evidence)?;
    let basis = reading::unexplained_refusal(evidence).filter(|basis| *basis == Need::Probe)?;
    let at = observed(evidence, basis);
    let derived = match &evidence.credential.known()?.derivation {
        Some(Derivation::Region(region)) => Some(region) == evidence.region().as_ref(),
        Some(Derivation::Version2 | Derivation::TheSecretItself | Derivation::NoMatch) | None => false,
    };
    let active = reading::status(evidence, key) == Some(KeyStatus::Active);
    let touched = reading::change_of_key(evidence, key, |event| {
        at.is_some_and(|at| at.duration_since(event.at) < SETTLING)
    });
    let fits = derived && active && touched.is_none() && !super::key_not_propagated::holds(evidence);
    fits.then(|| Trouble {
        basis,
        at,
        looks: Looks::RightPairRefused,
        words: "SES refuses a pair whose key is active and whose password is the derived one".into(),
    })
}

fn check(evidence: &Evidence) -> Verdict {
    let issues = reading::issues(evidence);
    let open: Vec<&HealthEvent> = issues.iter().copied().filter(|event| event.is_open()).collect();
    let Some(trouble) = trouble(evidence) else {
        return beside_the_point(evidence, &open);
    };
    if evidence.health_events.known().is_none() {
        let why = format!(
            "{}: AWS Health would tell whether SES has an issue in this region",
            trouble.words
        );
        return Verdict::unknown([Need::HealthEvents], why);
    }
    let at_its_time = |event: &&HealthEvent| trouble.at.is_none_or(|at| reading::was_on(event, at));
    match issues.iter().copied().find(at_its_time) {
        Some(event) => by_event(evidence, &trouble, event),
        None => by_none(&trouble, issues.first().copied()),
    }
}

/// An open issue that does not explain what is seen.
fn beside_the_point(evidence: &Evidence, open: &[&HealthEvent]) -> Verdict {
    let Some(event) = open.first() else {
        return Verdict::NotApplicable;
    };
    let which = reading::which_and_since(event);
    let unusable = || {
        let key = reading::key_in_question(evidence)?;
        reading::unusable(evidence, key)
    };
    if evidence.login_accepted() {
        let why = format!("AWS Health lists {which}, but the login works");
        return Verdict::absent([Need::Probe, Need::HealthEvents], why);
    }
    match unusable() {
        Some(mut because) => {
            because.push(Need::HealthEvents);
            let why =
                format!("AWS Health lists {which}, but the key cannot be used, which no issue of AWS does");
            Verdict::absent(because, why)
        }
        None => Verdict::NotApplicable,
    }
}

fn by_event(evidence: &Evidence, trouble: &Trouble, event: &HealthEvent) -> Verdict {
    let mut because = vec![Need::HealthEvents, trouble.basis];
    let mut why = format!(
        "AWS Health lists {}{}; {}",
        reading::which_and_since(event),
        quoted(event),
        trouble.words
    );
    let onset = evidence
        .sending_metrics
        .known()
        .and_then(|metrics| metrics.onset());
    let fell_within = onset.map(|onset| {
        because.push(Need::SendingMetrics);
        why = format!("{why}; the account's sending ended at {}", onset.since);
        let begun = event
            .start
            .is_some_and(|start| onset.since.duration_since(start) >= -EARLIER);
        begun && event.end.is_none_or(|end| onset.since <= end)
    });
    match (fell_within, trouble.looks, trouble.at) {
        (Some(false), _, _) => Verdict::possible(0.4, because, format!("{why}, before the event had begun")),
        (_, Looks::Told, Some(_)) | (Some(true), Looks::Silence, Some(_)) => Verdict::confirmed(because, why),
        (_, Looks::RightPairRefused, _) => Verdict::likely(0.85, because, why),
        (_, Looks::Silence | Looks::SilenceOnThisPort, _) => Verdict::likely(0.8, because, why),
        (_, Looks::Told, None) if event.is_open() => Verdict::likely(0.75, because, why),
        (_, Looks::Told, None) => Verdict::possible(
            0.4,
            because,
            format!("{why}; whether then, the client's line does not tell"),
        ),
    }
}

/// The first sentence of what AWS says about it: a person sees whether it is about logins.
fn quoted(event: &HealthEvent) -> String {
    const LONGEST: usize = 200;
    let text = event.description.as_deref().unwrap_or_default();
    let sentence = text.trim().split(['\n', '\r']).next().unwrap_or_default();
    let sentence = sentence.split_inclusive(". ").next().unwrap_or_default().trim();
    match sentence.chars().count() {
        0 => String::new(),
        1..=LONGEST => format!(" (\"{sentence}\")"),
        _ => format!(" (\"{}…\")", sentence.chars().take(LONGEST).collect::<String>()),
    }
}

fn by_none(trouble: &Trouble, last: Option<&HealthEvent>) -> Verdict {
    let listed = match last {
        Some(event) => format!(
            "AWS Health lists {} only, which is not of that time",
            reading::which_and_since(event)
        ),
        None => "AWS Health lists no issue of SES, IAM or STS in this region".to_owned(),
    };
    let because = [Need::HealthEvents, trouble.basis];
    match trouble.looks {
        Looks::Told => Verdict::possible(
            0.3,
            because,
            format!("{}; {listed}, but it may lag behind", trouble.words),
        ),
        Looks::Silence | Looks::SilenceOnThisPort | Looks::RightPairRefused => {
            Verdict::absent(because, listed)
        }
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let event = reading::issues(evidence)
        .into_iter()
        .find(|event| event.is_open());
    let arn = super::argument(event.map(|event| event.arn.as_str()), "EVENT_ARN");
    let gov = evidence
        .region()
        .is_some_and(|region| region.starts_with("us-gov-"));
    let home = if gov { "us-gov-west-1" } else { "us-east-1" };
    let verified = match reading::elsewhere(evidence) {
        reading::Elsewhere::VerifiedIn(regions) => regions.into_iter().next(),
        reading::Elsewhere::Nowhere | reading::Elsewhere::NotTold => None,
    };
    let other = super::argument(verified.as_deref(), "OTHER_REGION");
    let symptom = evidence.symptom.known();
    let domain = symptom.and_then(|symptom| symptom.from.as_deref()?.rsplit('@').next());
    let domain = super::argument(domain, "DOMAIN");
    Remedy::new("Wait until AWS has mended it, or send from another region meanwhile; change no credential")
        .command(
            "Read what AWS says about it, until the event is closed",
            format!("aws health describe-event-details --region {home} --event-arns {arn}"),
        )
        .step("Let the client keep its mail and try again with growing pauses: after 5, 10 and 30 seconds, then every 20 minutes")
        .command(
            "If the mail cannot wait, find a region in which the sender is verified (`VerifiedForSendingStatus`)",
            format!("aws sesv2 get-email-identity --region {other} --email-identity {domain}"),
        )
        .command(
            "See that the account is out of the sandbox there, and what it may send",
            format!("aws sesv2 get-account --region {other}"),
        )
        .command(
            "Derive the same key's password for that region: key and secret stay as they are",
            format!("ses-doctor password --region {other} --secret-key-file FILE"),
        )
        .step(format!(
            "Put email-smtp.{other}.amazonaws.com and that password into the client's settings, and the old ones back once the \
             event is closed"
        ))
}

#[cfg(test)]
mod tests;
