//! `idle-timeout`: the client left a connection idle, and SES closed it.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::experiment::Factor;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "idle-timeout",
    group: Group::Transport,
    title: "The client left the connection idle until it was closed",
    next_check: "see how long the client keeps a connection without using it: SES closes after about ten seconds",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`451 4.4.2 Timeout waiting for data from client.` on the first message after a pause. The next try works.

## Why it happens

SES closes a connection on which nothing came for some seconds; about ten were observed. Long-running workers keep their
connection and use it again later. A client that waits for something that never comes looks the same.

## How it is proven

By the reply in the client's log, while a fresh login of the probe goes through. An experiment (`--experiment`) holds a connection in silence and uses it again; when it does not outlive four
seconds, a device on the way ends it sooner than SES would.

## What to do

Let the client reconnect, or check the connection before use, when it was idle for more than a few seconds.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some((_, why)) = reading::flipped(evidence, &[Factor::Session]) {
        return Verdict::confirmed([Need::Experiment], why);
    }
    let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::IdleTimeout) else {
        return Verdict::NotApplicable;
    };
    let why = "SES closed the connection because nothing came from the client";
    if refusal.basis == Need::Probe {
        let why = format!("{why}, in our own probe: something delays it on the way");
        return Verdict::likely(0.7, [Need::Probe], why);
    }
    if evidence.login_accepted() {
        let why = format!("{why}; a fresh session goes through");
        return Verdict::confirmed([Need::Symptom, Need::Probe], why);
    }
    Verdict::likely(0.9, [Need::Symptom], why)
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Let the client open a new connection after a pause")
        .step(
            "Close or test idle connections after a few seconds (Laravel and Symfony: ping_threshold below 10; Postfix: \
             smtp_connection_cache_time_limit below 10s; nodemailer: no pool, or a short socketTimeout)",
        )
        .step("Restart long-running workers, so that they take the setting")
        .step("If it comes on the first message too, look for a client that waits: STARTTLS against the wrapper's ports 465 and 2465")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_535, evidence_of_report, reported};

    const TEXT: &str = "4.4.2 Timeout waiting for data from client.";

    #[test]
    fn the_log_and_a_fresh_login_confirm_it() {
        let mut evidence = evidence_of_235();
        reported(&mut evidence, 451, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn the_log_alone_makes_it_likely() {
        let evidence = evidence_of_report(451, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn other_replies_say_nothing_of_it() {
        assert_eq!(check(&evidence_of_535()), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
