//! From evidence to a ranked diagnosis, and to the needs that would sharpen it.

use crate::cause::Cause;
use crate::causes::CAUSES;
use crate::evidence::{Evidence, Login};
use crate::experiment::Experiment;
use crate::need::Need;
use crate::permission::send;
use crate::reading::{
    is_private, is_seen, message_was_taken, trouble_is_seen, wants_stored_login, with_config, with_doubt,
};
use crate::timeline;
use crate::verdict::{Certainty, Finding, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The answer to "is it broken?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The login works and nothing contradicts it.
    Healthy,
    /// At least one cause is confirmed or likely.
    CauseFound,
    /// Neither may be said.
    Inconclusive,
}

/// How much this diagnosis could see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Settings, credentials and log text only.
    TextOnly,
    /// The SMTP endpoint too.
    SmtpOnly,
    /// AWS reads too.
    AwsReadOnly,
    /// AWS reads and writes. `diagnose` never claims it, since only a write would prove it.
    AwsFull,
}

/// A cause that holds, with its finding.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The cause.
    pub cause: &'static Cause,
    /// The finding.
    pub finding: Finding,
    /// It does not explain what was seen, but will stop the message once that is mended.
    pub ahead: bool,
}

/// A cause that is ruled out.
#[derive(Debug, Clone)]
pub struct RuledOut {
    /// The cause.
    pub cause: &'static Cause,
    /// The evidence that rules it out.
    pub because: Vec<Need>,
    /// How.
    pub why: String,
}

/// A cause that can neither be shown nor ruled out.
#[derive(Debug, Clone)]
pub struct Undecided {
    /// The cause.
    pub cause: &'static Cause,
    /// What would settle it.
    pub missing: Vec<Need>,
    /// Why it is a candidate.
    pub why: String,
}

/// The whole answer.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// Is it broken?
    pub outcome: Outcome,
    /// How much could be seen.
    pub access: Access,
    /// Most likely first.
    pub findings: Vec<Judged>,
    /// In the order of the catalogue.
    pub ruled_out: Vec<RuledOut>,
    /// In the order of the catalogue.
    pub undecided: Vec<Undecided>,
}

/// Judges the evidence by every cause of the catalogue. Same evidence in, same diagnosis out.
pub fn diagnose(evidence: &Evidence) -> Diagnosis {
    let mut diagnosis = Diagnosis {
        outcome: Outcome::Inconclusive,
        access: access(evidence),
        findings: Vec::new(),
        ruled_out: Vec::new(),
        undecided: Vec::new(),
    };
    let trouble = trouble_is_seen(evidence);
    for cause in CAUSES.iter().copied() {
        match judge(cause, evidence) {
            Verdict::Present(finding) => {
                let ahead = trouble && !is_seen(evidence, &finding.because);
                diagnosis.findings.push(Judged {
                    cause,
                    finding,
                    ahead,
                });
            }
            Verdict::Absent { because, why } => diagnosis.ruled_out.push(RuledOut { cause, because, why }),
            Verdict::Unknown { missing, why } => diagnosis.undecided.push(Undecided { cause, missing, why }),
            Verdict::NotApplicable => {}
        }
    }
    rank(&mut diagnosis.findings);
    diagnosis.outcome = outcome(evidence, &diagnosis);
    diagnosis
}

/// The cause's own judgement, with what the configuration files show, and with the doubt whose account was read.
fn judge(cause: &Cause, evidence: &Evidence) -> Verdict {
    with_doubt(evidence, with_config(cause, evidence, (cause.check)(evidence)))
}

/// What is still worth asking for: the reads that always help, and whatever a candidate still lacks.
pub fn needs(evidence: &Evidence) -> BTreeSet<Need> {
    let (mut lacking, mut found) = (Vec::new(), Vec::new());
    for cause in CAUSES {
        match judge(cause, evidence) {
            Verdict::Unknown { missing, .. } => lacking.extend(missing),
            Verdict::Present(finding) => {
                if finding.certainty < Certainty::Confirmed {
                    lacking.extend(proof(cause));
                }
                found.push(cause.id);
            }
            Verdict::Absent { .. } | Verdict::NotApplicable => {}
        }
    }
    let asked_of_permission = send::named_user(evidence).is_some() || send::refused(evidence).is_some();
    let of_permission = if asked_of_permission { OF_PERMISSION } else { &[] };
    let of_vpc = is_private(evidence).then_some(Need::VpcEndpoints);
    let of_failure = fails(evidence).then_some(Need::SendingMetrics);
    let of_source = wants_stored_login(evidence).then_some(Need::StoredLogins);
    // Where something is wrong, what would refuse the message next is worth knowing.
    let ahead = trouble_is_seen(evidence) && evidence.access_key_id().is_some();
    let of_organization = ahead.then_some(Need::Organization);
    ALWAYS
        .iter()
        .chain(of_permission)
        .copied()
        .chain(of_vpc)
        .chain(of_failure)
        .chain(of_source)
        .chain(of_organization)
        .chain(lacking)
        .chain(timeline::worth_a_lookup(evidence, found.into_iter()))
        .chain([LAST])
        .filter(|need| evidence.is_not_asked(*need))
        .collect()
}

/// What may prove or disprove a finding that is not proven yet. More logins are tried only for a cause that asks for them.
fn proof(cause: &Cause) -> Vec<Need> {
    const LOGINS: [Need; 4] = [Need::Probe, Need::Regions, Need::Repairs, Need::Ports];
    let reads = cause.reads.iter().filter(|need| !LOGINS.contains(need));
    reads.copied().collect()
}

/// Something is refused or unreached: since when, the account's metrics tell, by one call.
fn fails(evidence: &Evidence) -> bool {
    matches!(evidence.login(), Login::NotReached(_)) || !evidence.refusals().is_empty()
}

/// What SES refused for want of permission is decided by these; they stand in the evidence for whoever must approve a
/// change.
const OF_PERMISSION: &[Need] = &[
    Need::User,
    Need::Policies,
    Need::Organization,
    Need::VpcEndpoints,
    Need::Simulation,
];

/// Independent of what is wrong, these cost one call each and run beside the probe. AWS Health is among them because nothing
/// else shows a key that AWS found in public, nor a pause before it is met, and an outage is then known by the time that the
/// probe fails.
const ALWAYS: &[Need] = &[
    Need::Probe,
    Need::Caller,
    Need::KeyAccount,
    Need::KeyLastUsed,
    Need::AccessKeys,
    Need::SesAccount,
    Need::SenderIdentity,
    Need::HealthEvents,
];

/// Only whoever asks for experiments has a source for them, and it waits for everything else.
const LAST: Need = Need::Experiment;

/// What holds for sure or likely goes before what may hold; then what explains the trouble at hand before what comes
/// after it.
fn rank(findings: &mut [Judged]) {
    let key = |judged: &Judged| {
        let certainty = judged.finding.certainty;
        (certainty >= Certainty::Likely, !judged.ahead, certainty)
    };
    findings.sort_by(|a, b| {
        let by_bearing = key(b).cmp(&key(a));
        by_bearing.then(b.finding.confidence.total_cmp(&a.finding.confidence))
    });
}

fn outcome(evidence: &Evidence, diagnosis: &Diagnosis) -> Outcome {
    if diagnosis
        .findings
        .iter()
        .any(|judged| judged.finding.certainty >= Certainty::Likely)
    {
        return Outcome::CauseFound;
    }
    // Also by our own message, which a login that worked does not make good, and by what the client logged.
    let told = evidence
        .reported()
        .is_some_and(|reported| !reported.signs.is_empty());
    let varied = evidence.experiment.known().is_some_and(Experiment::shows_trouble);
    let contradicted = told || varied || !evidence.refusals().is_empty();
    let clear = diagnosis.findings.is_empty() && !contradicted && !sending_is_open(evidence, diagnosis);
    match evidence.login() {
        Login::Accepted if clear => Outcome::Healthy,
        Login::Accepted | Login::Refused(_) | Login::NotReached(_) | Login::NotTried | Login::Unknown => {
            Outcome::Inconclusive
        }
    }
}

/// A login that works is no clean bill of health while something that decides upon the message was looked for in AWS and
/// could not be read. Without any access to AWS the question is the login alone, and a message that SES took answers all.
fn sending_is_open(evidence: &Evidence, diagnosis: &Diagnosis) -> bool {
    let unread = |need: &Need| evidence.unavailable(*need).is_some();
    let open = diagnosis
        .undecided
        .iter()
        .flat_map(|undecided| &undecided.missing);
    diagnosis.access >= Access::AwsReadOnly && !message_was_taken(evidence) && open.into_iter().any(unread)
}

fn access(evidence: &Evidence) -> Access {
    const AWS: &[Need] = &[
        Need::Caller,
        Need::KeyAccount,
        Need::KeyLastUsed,
        Need::AccessKeys,
        Need::SesAccount,
    ];
    if AWS.iter().any(|need| evidence.is_settled(*need)) {
        Access::AwsReadOnly
    } else if evidence.probe.known().is_some() {
        Access::SmtpOnly
    } else {
        Access::TextOnly
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{evidence_of_235, evidence_of_535, missing, probed, reply, reported, symptom};
    use ses_smtp::reply::Phase;

    #[test]
    fn policies_are_read_only_for_a_refused_permission() {
        let mut evidence = evidence_of_235();
        assert!(!needs(&evidence).contains(&Need::Policies));
        let text = "Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform \
                    `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";
        reported(&mut evidence, 554, text, None);
        assert!(needs(&evidence).is_superset(&OF_PERMISSION.iter().copied().collect()));
        assert_eq!(diagnose(&evidence).outcome, Outcome::Inconclusive);
    }

    #[test]
    fn a_login_that_works_is_not_healthy_when_our_own_message_is_refused() {
        let mut evidence = evidence_of_235();
        assert_eq!(diagnose(&evidence).outcome, Outcome::Healthy);
        probed(&mut evidence, |probe| {
            probe.refusal = Some((Phase::EndOfData, reply(554, "Transaction failed: no such thing")));
        });
        assert_eq!(diagnose(&evidence).outcome, Outcome::Inconclusive);
    }

    #[test]
    fn no_state_speaks_against_a_message_that_ses_took() {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("me@example.com".into())
        });
        evidence.sender_identity = missing();
        evidence.sender_identity_elsewhere = missing();
        assert_eq!(diagnose(&evidence).outcome, Outcome::CauseFound);
        probed(&mut evidence, |probe| {
            probe.end_of_data = Some(reply(250, "Ok 0100018c-0"));
        });
        assert_eq!(diagnose(&evidence).outcome, Outcome::Healthy);
    }

    #[test]
    fn what_was_asked_is_not_asked_again() {
        let evidence = evidence_of_535();
        assert!(!needs(&evidence).contains(&Need::Probe));
        assert!(needs(&evidence).contains(&Need::Regions));
    }

    #[test]
    fn nothing_known_is_neither_healthy_nor_broken() {
        let diagnosis = diagnose(&Evidence::default());
        assert_eq!(
            (diagnosis.outcome, diagnosis.access),
            (Outcome::Inconclusive, Access::TextOnly)
        );
    }
}
