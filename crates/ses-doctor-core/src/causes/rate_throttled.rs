//! `rate-throttled`: more messages a second than the account may send.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "rate-throttled",
    group: Group::Account,
    title: "The account's maximum send rate was exceeded",
    next_check: "see MaxSendRate and compare it with how many messages go out in the same second: aws sesv2 get-account",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount, Need::SesAccount],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`454 Throttling failure: Maximum sending rate exceeded.` after the message, for some messages of a burst. Some clients
report a 454 as a failed login.

## Why it happens

SES limits how many messages an account may send a second in each region; in the sandbox it is one. The limit holds for
all senders of the account together.

## How it is proven

By the reply, which AWS documents for this one reason. SES `GetAccount` names the limit. The text with `SigV2` in it is
another fault: `sigv2-password`.

## What to do

Send more slowly and repeat what was refused with growing pauses. If the burst is normal, ask for a higher rate.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::RateExceeded) else {
        return Verdict::NotApplicable;
    };
    let why = "SES answered that the maximum send rate was exceeded";
    match evidence
        .ses_account
        .known()
        .and_then(|account| account.max_send_rate)
    {
        Some(rate) => Verdict::confirmed(
            [refusal.basis, Need::SesAccount],
            format!("{why}; the account may send {rate} a second"),
        ),
        None => Verdict::confirmed([refusal.basis], why),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new("Send no faster than the account's rate, and repeat refused messages with growing pauses")
        .command("See the rate (`MaxSendRate`, messages a second)", format!("aws sesv2 get-account --region {region}"))
        .step("Limit the client to that rate over all its processes; repeat after 5, 10 and 30 seconds, then 20 minutes")
        .step("If the rate is too low for normal traffic, ask for more in the Service Quotas console")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{denied, evidence_of_235, evidence_of_report, healthy_account, known};

    const TEXT: &str = "Throttling failure: Maximum sending rate exceeded.";

    #[test]
    fn the_reply_confirms_it_and_the_account_names_the_rate() {
        let mut evidence = evidence_of_report(454, TEXT, None);
        evidence.ses_account = known(healthy_account());
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.why.contains("14 a second")));
    }

    #[test]
    fn the_rate_of_old_signatures_and_a_working_login_are_something_else() {
        let text = "Throttling failure: Maximum SigV2 SMTP sending rate exceeded.";
        assert_eq!(
            check(&evidence_of_report(454, text, None)),
            Verdict::NotApplicable
        );
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn a_denied_read_leaves_the_reply() {
        let mut evidence = evidence_of_report(454, TEXT, None);
        evidence.ses_account = denied("ses:GetAccount");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.because == [Need::Symptom]));
    }
}
