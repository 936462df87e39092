//! `message-too-large`: the message is larger than SES takes.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "message-too-large",
    group: Group::Client,
    title: "The message is larger than SES takes",
    next_check: "see the size of the message as sent, with attachments encoded: a third more than the files",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`552 Message is too long.` at the end of the message, or a client or relay that says that its own limit is exceeded. Small
messages go out.

## Why it happens

SES takes up to 40 MB over SMTP, counted after encoding, which adds a third. Relays in between have limits of their own:
Postfix takes about 10 MB unless told otherwise.

## How it is proven

By SES's reply. A client's own words tell of its limit, not of SES's.

## What to do

Send a link in place of the file, or make it smaller; raise a relay's own limit where that is the lower one.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::MessageTooLong) {
        return Verdict::confirmed([refusal.basis], "SES answered that the message is too long");
    }
    let told = evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::MessageTooLarge));
    if told && !super::told_of_another_service(evidence) {
        let why =
            "the client's log says that the message is larger than a limit of its own or of the next server";
        return Verdict::likely(0.75, [Need::Symptom], why);
    }
    Verdict::NotApplicable
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Send less: a link in place of the attachment, or smaller files")
        .command(
            "Postfix: see its own limit in bytes",
            "postconf message_size_limit",
        )
        .command(
            "Postfix: raise it to SES's 40 MB (undo: the number that the line before printed)",
            "postconf -e message_size_limit=41943040 && postfix reload",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, evidence_of_report, found, logged};

    #[test]
    fn the_reply_confirms_it_and_a_clients_own_limit_is_likely() {
        let evidence = evidence_of_report(552, "Message is too long.", None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "postfix/smtp[1]: Q: status=bounced (message size 52428800 exceeds size limit 41943040 of server x)",
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn a_message_that_goes_out_says_nothing_of_it() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
