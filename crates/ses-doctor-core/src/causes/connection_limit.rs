//! `connection-limit`: too many SMTP connections are open at once.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::experiment::Factor;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "connection-limit",
    group: Group::Transport,
    title: "Too many SMTP connections are open at once",
    next_check: "count the client's connections to port 587 or 465 at that moment, over all its processes",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`421 Too many concurrent SMTP connections` in place of the greeting, at times of load.

## Why it happens

SES limits how many connections may be open at once. The figure is not documented by AWS. Clients that open a connection
for each message, or that do not close them, reach it first.

## How it is proven

By the reply, which AWS documents for this one reason; or by an experiment (`--experiment`), in which one connection works and
several at once do not.

## What to do

Keep fewer connections, use each for several messages, and close those that are idle. Try again with growing pauses.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some((flip, why)) = reading::flipped(evidence, &[Factor::Concurrency]) {
        return match reading::code(flip) {
            Some(421) => Verdict::confirmed([Need::Experiment], why),
            Some(_) | None => Verdict::likely(
                0.85,
                [Need::Experiment],
                format!("{why}, without SES's own words"),
            ),
        };
    }
    let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::TooManyConnections) else {
        return Verdict::NotApplicable;
    };
    let why = "SES answered that too many SMTP connections were open";
    if refusal.basis == Need::Symptom && evidence.login_accepted() {
        return Verdict::likely(
            0.9,
            [Need::Symptom],
            format!("{why}; the probe alone got through"),
        );
    }
    Verdict::confirmed([refusal.basis], why)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let port = evidence.symptom.known().map_or(587, |symptom| symptom.port);
    Remedy::new("Keep fewer connections open, and use each for several messages")
        .command("Count the connections that are open, on each host that sends", format!("ss -Htn state established \"dport = :{port}\" | wc -l"))
        .step("Limit the client's pool (Postfix: default_destination_concurrency_limit; nodemailer: pool and maxConnections)")
        .step("Close connections after a few seconds without mail, and after an error try again with growing pauses")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        evidence_of_235, evidence_of_client, evidence_of_report, known, probe, reply, reported,
    };
    use ses_smtp::probe::ProbeFacts;
    use ses_smtp::reply::Phase;

    const TEXT: &str = "Too many concurrent SMTP connections";

    #[test]
    fn the_greeting_of_our_own_probe_confirms_it() {
        let mut evidence = evidence_of_client();
        let refusal = Some((Phase::Greeting, reply(421, TEXT)));
        evidence.probe = known(ProbeFacts {
            greeting: Some(reply(421, TEXT)),
            refusal,
            ..probe()
        });
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn the_log_confirms_it_until_a_probe_gets_through() {
        let mut evidence = evidence_of_report(421, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        evidence = evidence_of_235();
        reported(&mut evidence, 421, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn without_the_reply_there_is_nothing_to_say() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
