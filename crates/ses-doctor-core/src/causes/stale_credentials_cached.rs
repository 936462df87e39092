//! `stale-credentials-cached`: the client answers from its memory, while the pair works by now.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "stale-credentials-cached",
    group: Group::Credentials,
    title: "The client uses remembered credentials, or remembers an old refusal",
    next_check: "restart the client, for Postfix also move the file of smtp_sasl_auth_cache_name away, and try again",
    reads: &[Need::Symptom, Need::Credential, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The client still reports `535 Authentication Credentials Invalid`, while the very same pair logs in from here. Postfix says
`SASL [CACHED] authentication failed`.

## Why it happens

With `smtp_sasl_auth_cache_name`, Postfix keeps refusals for 90 days and does not even try the same pair again, although the
key may have been switched on since. Other clients hold an old password in a compiled map (`sasl_passwd.db`), in a pool of
connections or in the memory of a worker.

## How it is proven

Our own login with the pair is accepted. The word `[CACHED]` in the line then proves that the refusal is an old one; without it,
memory is only the most likely explanation.

## What to do

Make the client forget: empty Postfix's cache, compile the map anew and reload, restart the workers.
";

fn check(evidence: &Evidence) -> Verdict {
    let reported = evidence
        .reported_refusal()
        .is_some_and(|r| r.meaning == Some(Meaning::CredentialsInvalid));
    if !reported {
        return Verdict::NotApplicable;
    }
    if evidence.login_accepted() {
        return while_login_works(evidence);
    }
    match (evidence.credentials_refused(), is_cached(evidence)) {
        (Some(Need::Probe), _) => {
            Verdict::absent([Need::Probe], "our own login with this pair is refused too")
        }
        (_, true) => Verdict::unknown(
            [Need::Probe],
            "Postfix answered from its cache; whether the pair works now is open",
        ),
        (_, false) => Verdict::NotApplicable,
    }
}

fn while_login_works(evidence: &Evidence) -> Verdict {
    let because = [Need::Symptom, Need::Probe];
    if is_cached(evidence) {
        let why = "Postfix answered from its cache of refusals, without a login; the pair logs in from here";
        return Verdict::confirmed(because, why);
    }
    let why = "the client was refused, but the same pair logs in from here: the client sends something else, or did so earlier";
    // A circumstance that decides the outcome explains a refusal better than a pair that nobody saw.
    match super::secret_not_reloaded::holds(evidence) || evidence.flip().is_some() {
        true => Verdict::possible(0.4, because, why),
        false => Verdict::likely(0.6, because, why),
    }
}

fn is_cached(evidence: &Evidence) -> bool {
    evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::RefusalCached))
}

/// The pair works here and not in the client, and no cache or rotation explains it: the client may alter the pair on
/// its way, by decoding or quoting. `None` in any other case.
pub(super) fn altered_by_client(evidence: &Evidence, confidence: f64) -> Option<Verdict> {
    let reported = evidence
        .reported_refusal()
        .is_some_and(|r| r.meaning == Some(Meaning::CredentialsInvalid));
    let contradicts = reported && evidence.login_accepted() && reading::at_ses(evidence);
    let explained = is_cached(evidence) || super::secret_not_reloaded::holds(evidence);
    let why = "the pair logs in from here, but not from the client, which may change it on its way";
    (contradicts && !explained).then(|| Verdict::possible(confidence, [Need::Symptom, Need::Probe], why))
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Make the client forget, and let it log in afresh");
    if !is_cached(evidence) {
        return remedy
            .step("Restart the client and all of its workers, so that each reads its settings again")
            .command(
                "With Postfix, compile the map anew and reload",
                "postmap /etc/postfix/sasl_passwd && postfix reload",
            )
            .step("If it is still refused, compare the length of the password in the client with 44");
    }
    remedy
        .command(
            "See where Postfix keeps refusals",
            "postconf smtp_sasl_auth_cache_name",
        )
        .step("Stop Postfix, move that file out of the way (it is made anew), and start Postfix")
        .command("Send what has been deferred", "postqueue -f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        asked, evidence_of_235, evidence_of_535, evidence_of_report, found, logged, reported,
    };

    fn refused(mut evidence: Evidence, cached: bool) -> Evidence {
        reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
        if cached {
            let line =
                "SASL [CACHED] authentication failed; server h said: 535 Authentication Credentials Invalid";
            logged(&mut evidence, line);
        }
        evidence
    }

    #[test]
    fn a_cached_refusal_of_a_pair_that_works_is_proof() {
        assert_eq!(
            found(&check(&refused(evidence_of_235(), true))).unwrap().0,
            Certainty::Confirmed
        );
    }

    #[test]
    fn without_the_word_it_is_likely() {
        assert_eq!(
            found(&check(&refused(evidence_of_235(), false))),
            Some((Certainty::Likely, 0.6))
        );
        assert!(altered_by_client(&refused(evidence_of_235(), false), 0.3).is_some());
        assert!(altered_by_client(&refused(evidence_of_235(), true), 0.3).is_none());
    }

    #[test]
    fn a_refusal_of_our_own_rules_it_out() {
        assert!(matches!(
            check(&refused(evidence_of_535(), true)),
            Verdict::Absent { .. }
        ));
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn a_cached_refusal_asks_for_a_login() {
        let evidence = refused(
            evidence_of_report(535, "Authentication Credentials Invalid", None),
            true,
        );
        assert_eq!(asked(&check(&evidence)), [Need::Probe]);
    }
}
