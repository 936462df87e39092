//! `daily-quota`: the account has sent all that it may send in 24 hours.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "daily-quota",
    group: Group::Account,
    title: "The account's sending quota for 24 hours is used up",
    next_check: "see Max24HourSend and SentLast24Hours: aws sesv2 get-account",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount, Need::SesAccount],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`454 Throttling failure: Daily message quota exceeded.` after each message, until some hours later. Some clients report a
454 as a failed login.

## Why it happens

SES limits how many messages an account may send within any 24 hours in each region; in the sandbox it is 200. SES does not
keep what it refuses.

## How it is proven

By the reply, which AWS documents for this one reason, and by SES `GetAccount`: `SentLast24Hours` has reached
`Max24HourSend`. Without a reply, the two numbers predict it.

## What to do

Wait until the window of 24 hours has moved on, and ask for a higher quota if this is normal traffic. If it is not, look
for who else sends with this account.
";

/// What was sent in 24 hours and what may be; `None` when unlimited or not told.
fn use_of_quota(evidence: &Evidence) -> Option<(f64, f64)> {
    let account = super::ses_account(evidence)?;
    let (sent, quota) = (account.sent_last_24_hours?, account.max_24_hour_send?);
    (quota > 0.0).then_some((sent, quota))
}

fn check(evidence: &Evidence) -> Verdict {
    let refusal = super::ses_said(evidence, |meaning| *meaning == Meaning::DailyQuota);
    let said = "SES answered that the daily message quota was exceeded";
    match (refusal, use_of_quota(evidence)) {
        (Some(refusal), Some((sent, quota))) if sent >= quota => Verdict::confirmed(
            [refusal.basis, Need::SesAccount],
            format!("{said}; {sent} of {quota} messages are sent"),
        ),
        (Some(refusal), Some((sent, quota))) => {
            let why = format!("{said}; by now {sent} of {quota} messages are sent in the last 24 hours");
            Verdict::likely(0.85, [refusal.basis, Need::SesAccount], why)
        }
        (Some(refusal), None) => Verdict::confirmed([refusal.basis], said),
        (None, Some((sent, quota))) if sent >= quota => {
            let why = format!("predicted: {sent} of {quota} messages are sent in the last 24 hours");
            Verdict::likely(0.95, [Need::SesAccount], why)
        }
        (None, Some((sent, quota))) => Verdict::absent(
            [Need::SesAccount],
            format!("{sent} of {quota} messages are sent in the last 24 hours"),
        ),
        (None, None) if super::account_unread(evidence) => Verdict::unknown(
            [Need::SesAccount],
            "a login that works does not show that the quota leaves room",
        ),
        (None, None) => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new(
        "Wait for the window of 24 hours to move on; ask for a higher quota if this traffic is normal",
    )
    .command(
        "See the quota and its use (`Max24HourSend`, `SentLast24Hours`)",
        format!("aws sesv2 get-account --region {region}"),
    )
    .step("Keep what was refused and send it again later: SES has dropped it")
    .step("If the traffic is normal, ask for more in the Service Quotas console")
    .step("If it is not, find the sender first: a leaked key sends until the quota is gone")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::SesAccount;
    use crate::testimony::{denied, evidence_of_235, healthy_account, known, reported};

    const TEXT: &str = "Throttling failure: Daily message quota exceeded.";

    #[test]
    fn a_used_up_quota_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(SesAccount {
            sent_last_24_hours: Some(50_000.0),
            ..healthy_account()
        });
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        reported(&mut evidence, 454, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn room_in_the_quota_rules_it_out() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(healthy_account());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        let unlimited = SesAccount {
            max_24_hour_send: Some(-1.0),
            ..healthy_account()
        };
        evidence.ses_account = known(unlimited);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_denied_read_is_unknown() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = denied("ses:GetAccount");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }
}
