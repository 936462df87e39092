//! `ehlo-name-invalid`: the client greets without a name.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "ehlo-name-invalid",
    group: Group::Client,
    title: "The client sends EHLO without a valid name",
    next_check: "see what the client sends after EHLO; on its host, hostname must answer a name",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`501 Syntax: HELO <hostname>` or `501 Syntax: EHLO …`, before any login. Often in a container, or after a change of host name.

## Why it happens

EHLO must be followed by a host name or an address in brackets (RFC 5321 section 4.1.1.1). A client that takes it from the
system sends nothing when the system has none.

## How it is proven

By the reply, which SES gives to nothing else.

## What to do

Give the host a name, or set the name for EHLO in the client.
";

fn check(evidence: &Evidence) -> Verdict {
    match super::ses_said(evidence, |meaning| *meaning == Meaning::HeloSyntax) {
        Some(refusal) => Verdict::confirmed(
            [refusal.basis],
            "SES answered that EHLO came without a valid host name",
        ),
        None => Verdict::NotApplicable,
    }
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Let the client greet with a host name")
        .step(
            "JavaMail: mail.smtp.localhost; Postfix: smtp_helo_name; nodemailer: name; Rails: domain; PHPMailer: Helo; Django and \
             smtplib: local_hostname",
        )
        .command("Or see and set the name of the host (Docker: --hostname)", "hostname -f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{evidence_of_235, evidence_of_report, found};

    #[test]
    fn the_reply_confirms_it() {
        let evidence = evidence_of_report(501, "Syntax: HELO <hostname>", None);
        assert_eq!(found(&check(&evidence)).unwrap().0, crate::Certainty::Confirmed);
    }

    #[test]
    fn another_501_says_nothing_of_it() {
        let evidence = evidence_of_report(501, "Invalid MAIL FROM address provided", None);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
