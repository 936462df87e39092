//! The pair of user name and password, and what SES said to it.

use super::way::pair_was_accepted;
use super::wire::told_of_another_service;
use crate::evidence::{Evidence, Login, LoginOutcome};
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::credential::{PasswordShape, UsernameFacts, UsernameShape};
use ses_smtp::endpoint::EndpointKind;

/// The strength of a fault that proves itself once SES has refused the pair.
pub(crate) const PROOF: f64 = 0.99;

/// The basis on which SES refused the pair with the one 535 that most causes share: our own probe; or the client's log,
/// when no AUTH of ours was ever answered. Other services copy the words of SES, so their hosts do not count.
pub(crate) fn refused(evidence: &Evidence) -> Option<Need> {
    if names_another_service(evidence) {
        return None;
    }
    match evidence.login() {
        Login::Accepted | Login::Refused(_) => evidence.credentials_refused(),
        Login::NotReached(_) | Login::NotTried | Login::Unknown => {
            let reported = evidence
                .reported_refusal()
                .filter(|_| !told_of_another_service(evidence))?;
            (reported.meaning == Some(Meaning::CredentialsInvalid)).then_some(reported.basis)
        }
    }
}

/// The same, as long as neither the looks of the pair nor a login elsewhere explain it.
pub(crate) fn unexplained_refusal(evidence: &Evidence) -> Option<Need> {
    let looks_explain = evidence.credential.known().is_some() && !evidence.shapes_are_right();
    let works_elsewhere = matches!(evidence.password_region(), Some((_, Need::Regions)));
    refused(evidence).filter(|_| !looks_explain && !works_elsewhere)
}

/// SES is spoken to, as far as can be known: the rules of SES for user names and passwords apply.
pub(crate) fn at_ses(evidence: &Evidence) -> bool {
    let Some(endpoint) = evidence.endpoint() else {
        return true;
    };
    let unnamed = matches!(
        endpoint.kind,
        EndpointKind::Other | EndpointKind::Loopback | EndpointKind::Address
    );
    let another = names_another_service(evidence) && !takes_another_for_ses(evidence, &endpoint.kind);
    !another && (!unnamed || answers_like_ses(evidence))
}

/// SES's SMTP endpoint is what the client means: by its host's name, by the name of SES's HTTPS API, or by its login.
pub(crate) fn ses_is_meant(evidence: &Evidence) -> bool {
    evidence.endpoint().is_some_and(|endpoint| {
        endpoint.is_ses_smtp()
            || endpoint.kind == EndpointKind::Api
            || takes_another_for_ses(evidence, &endpoint.kind)
    })
}

/// SES's login, or none, at a host of Mail Manager: SES is meant, and the pair has to be right there.
fn takes_another_for_ses(evidence: &Evidence, kind: &EndpointKind) -> bool {
    let name = best_username(evidence);
    *kind == EndpointKind::MailManager
        && matches!(name, Some(UsernameShape::AccessKeyId | UsernameShape::Empty))
}

fn names_another_service(evidence: &Evidence) -> bool {
    evidence.endpoint().is_some_and(|endpoint| {
        matches!(
            endpoint.kind,
            EndpointKind::MailManager | EndpointKind::WorkMail | EndpointKind::OtherProvider(_)
        )
    })
}

fn answers_like_ses(evidence: &Evidence) -> bool {
    let greeting = evidence.probe.known().and_then(|probe| probe.greeting.as_ref());
    let banner = greeting.is_some_and(|reply| reply.text().contains("SimpleEmailService"));
    banner
        || evidence
            .refusals()
            .iter()
            .any(|refusal| refusal.meaning.is_some())
}

/// Without a pair to look at: a candidate when SES refused one, else nothing to say.
pub(crate) fn asks_for_pair(evidence: &Evidence, why: &str) -> Verdict {
    match (evidence.credential.known(), refused(evidence)) {
        (None, Some(_)) => Verdict::unknown([Need::Credential], why),
        (Some(_), _) | (None, None) => Verdict::NotApplicable,
    }
}

/// The verdict on a fault that shows in the pair itself. `strength` is the confidence once SES has refused the pair;
/// at [`PROOF`] the fault then counts as confirmed.
pub(crate) fn visible_fault(evidence: &Evidence, strength: f64, why: impl Into<String>) -> Verdict {
    if !at_ses(evidence) {
        return Verdict::NotApplicable;
    }
    match (evidence.login(), refused(evidence)) {
        (Login::Accepted, _) => Verdict::absent([Need::Probe], "the login works with this pair"),
        (_, Some(basis)) if strength >= PROOF => Verdict::confirmed([Need::Credential, basis], why),
        (_, Some(basis)) => Verdict::likely(strength, [Need::Credential, basis], why),
        (Login::Refused(_), None) if pair_was_accepted(evidence) => Verdict::NotApplicable,
        (Login::Refused(_) | Login::NotReached(_) | Login::NotTried | Login::Unknown, None) => {
            Verdict::likely(strength - 0.05, [Need::Credential], why)
        }
    }
}

/// What the user name is, or was before the damage that can be mended.
pub(crate) fn best_username(evidence: &Evidence) -> Option<UsernameShape> {
    let username = &evidence.credential.known()?.username;
    Some(username.mended_shape.unwrap_or(username.shape))
}

/// What the user name in the client's log is, as long as nobody gave a pair to look at.
pub(crate) fn logged_username(evidence: &Evidence) -> Option<&UsernameFacts> {
    let nothing_given = evidence.credential.known().is_none();
    evidence.reported()?.login.as_ref().filter(|_| nothing_given)
}

/// A fault of the user name that the client's log shows, once SES has refused it; no password was seen.
pub(crate) fn fault_of_logged_name(evidence: &Evidence, strength: f64, why: &str) -> Option<Verdict> {
    refused(evidence).map(|_| Verdict::likely(strength, [Need::Symptom], why))
}

/// What the password is, or was before the damage that can be mended.
pub(crate) fn best_password(evidence: &Evidence) -> Option<PasswordShape> {
    let password = &evidence.credential.known()?.password;
    Some(password.mended_shape.unwrap_or(password.shape))
}

/// Whether the other regions refuse the pair too; `None` when too few of them have answered. One region in ten may
/// stay silent.
pub(crate) fn refused_everywhere(evidence: &Evidence) -> Option<bool> {
    let regions = evidence.regions.known()?;
    let is_refusal = |outcome: &LoginOutcome| match outcome {
        LoginOutcome::Refused(reply) => catalogue::recognise(reply) == Some(Meaning::CredentialsInvalid),
        LoginOutcome::Accepted | LoginOutcome::NotReached(_) => false,
    };
    let refusals = regions.iter().filter(|login| is_refusal(&login.outcome)).count();
    if regions
        .iter()
        .any(|login| login.outcome == LoginOutcome::Accepted)
    {
        return Some(false);
    }
    (refusals > 0 && refusals * 10 >= regions.len() * 9).then_some(true)
}
