//! How far the message got on its way to SES, and what of it a finding explains.

use super::key::is_ours;
use crate::evidence::{Evidence, Login, Refusal, SesAccount};
use crate::need::Need;
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
    !another_service && !of_another && !another_region_is_meant(evidence)
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
