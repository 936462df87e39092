//! `null-sender`: the message has an empty sender, which SES does not take.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "null-sender",
    group: Group::Client,
    title: "The message has the empty sender, which SES refuses",
    next_check: "see the sender in the client's log or in MAIL FROM: <> is the empty one, of bounces and automatic replies",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`501 Invalid MAIL FROM address provided` for bounces, vacation replies and delivery reports, while ordinary mail goes out. The
queue shows `from=<>` or `MAILER-DAEMON`.

## Why it happens

Notifications are sent with the empty sender `<>` so that they are never answered (RFC 5321 section 4.5.5). SES takes a
verified address only.

## How it is proven

By the sender in the client's log. A 501 alone may also be a user name or a broken address in its place.

## What to do

Keep such mail away from SES, or have the relay rewrite the empty sender to a verified address.
";

/// The client's log shows the empty sender.
pub(super) fn is_told(evidence: &Evidence) -> bool {
    evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::NullSender))
}

fn check(evidence: &Evidence) -> Verdict {
    let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::InvalidMailFrom) else {
        return Verdict::NotApplicable;
    };
    if is_told(evidence) {
        let why = "the client sends the empty sender, and SES answers that it is no address";
        return Verdict::confirmed([refusal.basis, Need::Symptom], why);
    }
    let told = evidence.symptom.known().and_then(|symptom| symptom.from.as_ref());
    match told {
        Some(_) => Verdict::NotApplicable,
        None if is_login(evidence) => Verdict::NotApplicable,
        None => Verdict::unknown(
            [Need::Symptom],
            "a bounce or an automatic reply, which has the empty sender, gets this 501",
        ),
    }
}

fn is_login(evidence: &Evidence) -> bool {
    evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::LoginAsSender))
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Send no mail with an empty sender through SES, or give it a verified one on the way")
        .command(
            "Postfix: rewrite the empty sender of mail that leaves, with the line `<> bounces@YOUR-DOMAIN` in the map",
            "postconf -e 'sender_canonical_maps = hash:/etc/postfix/sender_canonical' 'sender_canonical_classes = envelope_sender'",
        )
        .step("Or switch off what sends it: vacation replies, delivery reports to others, bounces for outside senders")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{evidence_of_235, evidence_of_client, evidence_of_report, found, logged};

    #[test]
    fn the_empty_sender_with_a_501_is_proof() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "C: MAIL FROM:<>\nS: 501 Invalid MAIL FROM address provided",
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, crate::Certainty::Confirmed);
    }

    #[test]
    fn a_501_alone_leaves_it_open() {
        let evidence = evidence_of_report(501, "Invalid MAIL FROM address provided", None);
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
