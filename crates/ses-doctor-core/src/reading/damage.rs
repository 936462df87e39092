//! Damage that the pair took on its way, judged alike for every kind of it.

use super::pair::{asks_for_pair, at_ses, best_password, best_username, refused};
use super::way::pair_was_accepted;
use crate::evidence::{Evidence, LoginOutcome, RepairLogin};
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::credential::{CredentialFacts, Damage, PasswordShape, UsernameShape};

/// Judges the kinds of damage of one cause. A mended pair that logs in is the only proof; until our own probe's 535 has
/// led to that attempt the verdict stays open.
pub(crate) fn judge_damage(evidence: &Evidence, kinds: &[Damage], candidate: &str) -> Verdict {
    let Some(credential) = evidence.credential.known() else {
        return asks_for_pair(evidence, candidate);
    };
    if let Some(repair) = accepted_repair(evidence) {
        return with_accepted_repair(repair, kinds);
    }
    let Some(what) = describe(credential, kinds) else {
        return Verdict::absent([Need::Credential], "the pair shows no such damage");
    };
    if evidence.login_accepted() {
        return Verdict::absent([Need::Probe], "the login works with the pair as it is");
    }
    if !at_ses(evidence) || (pair_was_accepted(evidence) && !evidence.login_accepted()) {
        return Verdict::NotApplicable;
    }
    unproven(evidence, kinds, &what)
}

fn accepted_repair(evidence: &Evidence) -> Option<&RepairLogin> {
    let repairs = evidence.repairs.known()?;
    repairs
        .iter()
        .find(|repair| repair.outcome == LoginOutcome::Accepted && !repair.damage.is_empty())
}

fn with_accepted_repair(repair: &RepairLogin, kinds: &[Damage]) -> Verdict {
    let mended: Vec<&str> = repair
        .damage
        .iter()
        .filter(|damage| kinds.contains(damage))
        .map(|d| name(*d))
        .collect();
    if mended.is_empty() {
        return Verdict::absent(
            [Need::Repairs],
            "another repair was enough: the pair so mended logs in",
        );
    }
    let why = format!("the pair logs in once this is mended: {}", mended.join(", "));
    Verdict::confirmed([Need::Repairs, Need::Credential], why)
}

/// The damage of these kinds, field by field.
fn describe(credential: &CredentialFacts, kinds: &[Damage]) -> Option<String> {
    let fields = [
        ("user name", &credential.username.damage),
        ("password", &credential.password.damage),
    ];
    let found: Vec<String> = fields
        .into_iter()
        .flat_map(|(field, damage)| {
            damage
                .iter()
                .filter(|d| kinds.contains(d))
                .map(move |d| format!("{} in the {field}", name(*d)))
        })
        .collect();
    (!found.is_empty()).then(|| found.join(", "))
}

fn unproven(evidence: &Evidence, kinds: &[Damage], what: &str) -> Verdict {
    let right = best_username(evidence) == Some(UsernameShape::AccessKeyId)
        && best_password(evidence) == Some(PasswordShape::SmtpV4);
    let basis = refused(evidence);
    let because: Vec<Need> = [Need::Credential].into_iter().chain(basis).collect();
    if !right {
        let why = format!("{what}; what remains without it is still no SES pair, so there is a second fault");
        return if basis.is_some() {
            Verdict::likely(0.6, because, why)
        } else {
            Verdict::possible(0.5, because, why)
        };
    }
    match basis {
        Some(Need::Probe) if evidence.repairs.is_not_asked() => Verdict::unknown(
            [Need::Repairs],
            format!("{what}; without it the pair looks right"),
        ),
        _ if was_refused(evidence, kinds) => {
            let why = format!(
                "{what}; the mended pair looks right, yet is refused too, so there is a second fault"
            );
            Verdict::likely(0.7, [Need::Credential, Need::Repairs], why)
        }
        Some(_) => Verdict::likely(0.85, because, format!("{what}; without it the pair looks right")),
        None => Verdict::likely(0.8, because, format!("{what}; without it the pair looks right")),
    }
}

fn was_refused(evidence: &Evidence, kinds: &[Damage]) -> bool {
    let mends = |repair: &&RepairLogin| repair.damage.iter().any(|damage| kinds.contains(damage));
    let repairs = evidence.repairs.known().into_iter().flatten();
    repairs
        .filter(mends)
        .any(|repair| matches!(repair.outcome, LoginOutcome::Refused(_)))
}

fn name(damage: Damage) -> &'static str {
    match damage {
        Damage::Whitespace => "a space or tab",
        Damage::Newline => "a line break",
        Damage::PercentEncoded => "percent-encoding that nothing decoded",
        Damage::PlusBecameSpace => "a space where a + was",
        Damage::HtmlEntity => "an HTML entity",
        Damage::Quoted => "quotes or a delimiter that became part of the value",
        Damage::Backslash => "backslashes",
        Damage::Base64Encoded => "one base64 encoding too many",
        Damage::LookAlike => "a character that only looks like the right one",
        Damage::Prefixed => "a name or user name in front of the value",
    }
}
