//! How far the message got on its way to SES, and what of it a finding explains.

use super::key::is_ours;
use crate::evidence::{Evidence, Login, Refusal, SesAccount};
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;
use ses_smtp::endpoint::EndpointKind;
use ses_smtp::reply::Phase;

/// The evidence in which trouble itself is seen: what was tried, and what the client's files hold. Everything else is
/// state, which says what will happen.
const TRIED: [Need; 6] = [
    Need::ClientConfig,
    Need::Probe,
    Need::Regions,
    Need::Repairs,
    Need::Ports,
    Need::Experiment,
];

/// A finding with this basis explains what is seen, and does not only say what will stop the message next. What the person
/// told explains it as long as nothing failed when it was tried.
pub(crate) fn is_seen(evidence: &Evidence, because: &[Need]) -> bool {
    let tried_in_vain = matches!(evidence.login(), Login::NotReached(_) | Login::Refused(_));
    let told = because.contains(&Need::Symptom) && (evidence.probe.known().is_none() || !tried_in_vain);
    told || because.iter().any(|need| TRIED.contains(need))
}

/// Something went wrong before our eyes, or in the client's log.
pub(crate) fn trouble_is_seen(evidence: &Evidence) -> bool {
    let told = evidence
        .reported()
        .is_some_and(|reported| !reported.signs.is_empty());
    told || !evidence.refusals().is_empty() || matches!(evidence.login(), Login::NotReached(_))
}

/// SES knows the pair: it has taken it, or named something else that is wrong.
pub(crate) fn pair_was_accepted(evidence: &Evidence) -> bool {
    const OF_KNOWN_PAIR: [Meaning; 3] = [
        Meaning::SignatureVersion2,
        Meaning::SigV2Rate,
        Meaning::NotSubscribed,
    ];
    let named = |meaning: Meaning| OF_KNOWN_PAIR.contains(&meaning);
    passed_login(evidence) || meaning(evidence).is_some_and(named)
}

/// The login worked: whatever SES refused, it refused later.
fn passed_login(evidence: &Evidence) -> bool {
    let later = |meaning: Meaning| meaning.expected_phase() == Some(Phase::EndOfData);
    evidence.login_accepted() || meaning(evidence).is_some_and(later)
}

/// What SES meant by refusing the login, or the message after it.
fn meaning(evidence: &Evidence) -> Option<Meaning> {
    match evidence.login() {
        Login::Refused(Refusal { meaning, .. }) => meaning,
        Login::Accepted | Login::NotReached(_) | Login::NotTried | Login::Unknown => None,
    }
}

/// The state of the operator's SES account in the endpoint's region decides what becomes of the message, now or once
/// everything before is mended: the client means SES, and SES in that region, and nothing shows that its key is of
/// another account.
pub(crate) fn account_decides(evidence: &Evidence) -> bool {
    let another_service = evidence.endpoint().is_some_and(|endpoint| {
        matches!(
            endpoint.kind,
            EndpointKind::WorkMail | EndpointKind::OtherProvider(_)
        )
    });
    let of_another = evidence
        .access_key_id()
        .is_some_and(|key| is_ours(evidence, key) == Some(false));
    !message_was_taken(evidence) && !another_service && !of_another && !another_region_is_meant(evidence)
}

/// SES took our own message: nothing that it decides upon stops a message of this sender, and no state says otherwise.
pub(crate) fn message_was_taken(evidence: &Evidence) -> bool {
    let probe = evidence.probe.known();
    probe
        .and_then(|probe| probe.end_of_data.as_ref())
        .is_some_and(|reply| reply.code == 250)
}

/// Whether the key is of the account whose state was read was asked, and could not be told.
fn account_is_doubtful(evidence: &Evidence) -> bool {
    let named = super::ses_said(evidence, |meaning| {
        matches!(meaning, Meaning::AccessDenied { .. })
    });
    named.is_none()
        && evidence.key_account.unavailable().is_some()
        && evidence
            .access_key_id()
            .is_some_and(|key| is_ours(evidence, key).is_none())
}

/// What stands on the state of SES in the operator's account alone says little, as long as the key may be of another one.
pub(crate) fn with_doubt(evidence: &Evidence, verdict: Verdict) -> Verdict {
    const DOUBT: &str = "whether the key is of the account that was read could not be told";
    let of_state = |because: &[Need]| because.iter().all(|need| Need::OF_SES.contains(need));
    match verdict {
        Verdict::Present(found) if of_state(&found.because) && account_is_doubtful(evidence) => {
            Verdict::possible(0.4, found.because, format!("{}; {DOUBT}", found.why))
        }
        Verdict::Absent { because, why } if of_state(&because) && account_is_doubtful(evidence) => {
            Verdict::unknown([Need::KeyAccount], format!("{why}, but {DOUBT}"))
        }
        Verdict::Present(_) | Verdict::Absent { .. } | Verdict::Unknown { .. } | Verdict::NotApplicable => {
            verdict
        }
    }
}

/// The host is of another region than the person means, and SES has not taken the pair there.
fn another_region_is_meant(evidence: &Evidence) -> bool {
    let meant = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.region.as_ref());
    let of_host = evidence.endpoint().and_then(|endpoint| endpoint.region);
    let differ = meant
        .zip(of_host)
        .is_some_and(|(meant, of_host)| *meant != of_host);
    differ && !passed_login(evidence)
}

/// There is a line of a log and nothing else, so that how often a cause stands behind such a line counts. Whoever looked
/// at more, or could have, is not told with confidence what the line alone does not decide.
pub(crate) fn is_line_alone(evidence: &Evidence) -> bool {
    evidence.credential.known().is_none() && evidence.probe.known().is_none()
}

/// SES's account in the endpoint's region, as long as it is the one that decides.
pub(crate) fn ses_account(evidence: &Evidence) -> Option<&SesAccount> {
    let account = evidence.ses_account.known();
    account.filter(|_| account_decides(evidence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::CAUSES;
    use crate::diagnose;
    use crate::evidence::KeyStatus;
    use crate::testimony::{KEY, denied, evidence_of_235, healthy_account, keys, known};

    #[test]
    fn the_state_of_an_account_says_little_while_the_key_may_be_of_another() {
        let mut evidence = evidence_of_235();
        let mut paused = healthy_account();
        paused.sending_enabled = false;
        evidence.ses_account = known(paused);
        let found = |evidence: &Evidence| {
            let findings = diagnose(evidence).findings.into_iter();
            findings
                .map(|judged| (judged.cause.id, judged.finding.certainty))
                .collect::<Vec<_>>()
        };
        use crate::Certainty::{Likely, Possible};
        assert_eq!(found(&evidence), [("sending-disabled", Likely)]);
        evidence.key_account = denied("sts:GetAccessKeyInfo");
        assert_eq!(found(&evidence), [("sending-disabled", Possible)]);
        let open = diagnose(&evidence).undecided;
        assert!(
            open.iter()
                .any(|one| one.cause.id == "daily-quota" && one.missing == [Need::KeyAccount])
        );
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        assert_eq!(found(&evidence), [("sending-disabled", Likely)]);
    }

    #[test]
    fn every_cause_that_reads_the_state_of_ses_asks_whose_key_it_is() {
        for cause in CAUSES {
            let reads_state = cause.reads.iter().any(|need| Need::OF_SES.contains(need));
            assert!(
                !reads_state || cause.reads.contains(&Need::KeyAccount),
                "{}",
                cause.id
            );
        }
    }
}
