//! `client-bug`: the client itself is at fault: the dialogue ends where no server would end it.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "client-bug",
    group: Group::Client,
    title: "The client's own code fails in the middle of the dialogue",
    next_check: "try the same host and pair with another client, such as ses-doctor probe or swaks: if that goes through, update or replace the first one",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The client hangs, or its log ends inside a reply, such as `S: 4`. Another client with the same settings goes through.

## Why it happens

A mistake in the client's library: it waits for more when a reply comes in small pieces, mixes up the order of commands, or
encodes the login wrongly.

## How it is proven

Only by comparison: the same pair and host work from another client. A log that breaks off leaves open what SES answered.

## What to do

Bring the library up to date, look through its issues, or let a relay on the same host send.
";

fn check(evidence: &Evidence) -> Verdict {
    let broken_off = evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::TruncatedReply));
    if !broken_off {
        return Verdict::NotApplicable;
    }
    let why = "the client's dialogue ends inside a reply of the server";
    if evidence.login_accepted() {
        let why = format!("{why}; from here the same login goes through");
        return Verdict::likely(0.8, [Need::Symptom, Need::Probe], why);
    }
    Verdict::possible(
        0.45,
        [Need::Symptom],
        format!("{why}; what SES answered is not known"),
    )
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    Remedy::new("Bring the client's mail library up to date, or send through another client")
        .command(
            "See that another client goes through",
            format!("ses-doctor probe --host {host} --port 587"),
        )
        .step("Look through the library's issues for the version in use, and update it")
        .step("Until then let a relay on the same host, such as Postfix, send for the program")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, found, logged};

    #[test]
    fn a_dialogue_that_breaks_off_is_a_hint_and_a_login_of_ours_makes_it_likely() {
        let dialogue = "C: AUTH PLAIN x\nS: 4";
        let mut evidence = evidence_of_client();
        logged(&mut evidence, dialogue);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Possible);
        let mut evidence = evidence_of_235();
        logged(&mut evidence, dialogue);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn a_whole_dialogue_says_nothing_of_it() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
