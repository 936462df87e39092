//! `envelope-sender-is-login`: the client puts its user name where the sender belongs.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::{Sign, is_login};
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "envelope-sender-is-login",
    group: Group::Client,
    title: "The client sends its SMTP user name as the sender's address",
    next_check: "see what the client sends after MAIL FROM: it must be an address of yours, not the user name that begins with AKIA",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`501 Invalid MAIL FROM address provided`, or `554 Message rejected: Email address is not verified` with a name that begins
with AKIA among the identities. The login works.

## Why it happens

Many programs take the user name for the sender, since at most providers it is an address. At SES it is an access key id.

## How it is proven

By a key id among the identities that SES checked, or after MAIL FROM in the client's log. A 501 alone may also be a null
sender or a broken address.

## What to do

Set the sender, often called From, envelope sender or return path, to a verified address of yours.
";

fn check(evidence: &Evidence) -> Verdict {
    let signed = evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::LoginAsSender));
    if signed && !super::names_another_service(evidence) {
        let why = "SES was given an access key id as the sender";
        return Verdict::confirmed([Need::Symptom], why);
    }
    let from = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.from.as_deref());
    let refused = super::ses_said(evidence, |meaning| *meaning == Meaning::InvalidMailFrom);
    match (from, refused) {
        (Some(from), Some(refusal)) if is_login(from) => {
            let why = "the sender is an access key id, and SES answered that it is no address";
            Verdict::confirmed([Need::Symptom, refusal.basis], why)
        }
        (Some(from), None) if is_login(from) => {
            Verdict::likely(0.9, [Need::Symptom], "the sender is an access key id")
        }
        (None, Some(_)) if !super::null_sender::is_told(evidence) => Verdict::unknown(
            [Need::Symptom],
            "a client that sends its user name as the sender gets this 501",
        ),
        (Some(_) | None, Some(_) | None) => Verdict::NotApplicable,
    }
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Give the client a sender of its own: an address that is verified in SES")
        .step("Look for a setting named From, sender, envelope sender or return path, and put a verified address there")
        .step("If the program has none and always takes the user name, send through a relay such as Postfix that sets the sender")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, evidence_of_report, found, logged, symptom};

    #[test]
    fn a_key_id_among_the_identities_is_proof() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: AKIAIOSFODNN7EXAMPLE",
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn a_501_alone_leaves_it_open_and_a_good_sender_rules_it_out() {
        let mut evidence = evidence_of_report(501, "Invalid MAIL FROM address provided", None);
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("me@example.com".into())
        });
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("AKIAIOSFODNN7EXAMPLE".into())
        });
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
