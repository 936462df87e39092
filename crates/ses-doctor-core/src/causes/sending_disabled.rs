//! `sending-disabled`: the account's own switch for sending is off.

use super::account_paused::{Standing, standing};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "sending-disabled",
    group: Group::Account,
    title: "Sending is switched off for this account and region",
    next_check: "see SendingEnabled: aws sesv2 get-account",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount, Need::SesAccount],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers `554 Message rejected: Sending paused for this account. …`, as it does
when AWS itself has paused the account.

## Why it happens

Every account has a switch for sending in each region. A person, or an alarm that watches bounces and complaints, has
switched it off with `PutAccountSendingAttributes` (or `UpdateAccountSendingEnabled` of the older API).

## How it is proven

SES `GetAccount` says `SendingEnabled: false` while `EnforcementStatus` is not `SHUTDOWN`. Without a reply, this predicts
it.

## What to do

Find out who switched it off and why. Then switch it on again; this is reversible.
";

fn check(evidence: &Evidence) -> Verdict {
    let paused = super::ses_said(evidence, |meaning| *meaning == Meaning::AccountPaused);
    let region = evidence
        .ses_account
        .known()
        .map_or("this region", |account| account.region.as_str());
    match (paused, standing(evidence)) {
        (_, Some(Standing::Shutdown)) => Verdict::NotApplicable,
        (Some(refusal), Some(Standing::SwitchedOff)) => {
            let why = format!(
                "SES answers that sending is paused; the account's switch is off in {region}, and AWS has not paused it"
            );
            Verdict::confirmed([Need::SesAccount, refusal.basis], why)
        }
        (None, Some(Standing::SwitchedOff)) => {
            let why = format!("predicted: the account's switch for sending is off in {region}");
            Verdict::likely(0.95, [Need::SesAccount], why)
        }
        (Some(refusal), Some(Standing::MaySend)) => {
            let why = "SES answered that sending was paused; by now the account's switch is on";
            Verdict::possible(0.4, [refusal.basis, Need::SesAccount], why)
        }
        (None, Some(Standing::MaySend)) => {
            Verdict::absent([Need::SesAccount], "the account's switch for sending is on")
        }
        (Some(_), None) => Verdict::unknown(
            [Need::SesAccount],
            "the reply is the same whoever paused the account",
        ),
        (None, None) if super::account_unread(evidence) => Verdict::unknown(
            [Need::SesAccount],
            "a login that works does not show that sending is switched on",
        ),
        (None, None) => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new("Find out why sending was switched off; then switch it on")
        .command(
            "See who switched it off, in the last 90 days",
            format!("aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PutAccountSendingAttributes --region {region}"),
        )
        .command(
            "Switch it on again (undo: the same command with --no-sending-enabled)",
            format!("aws sesv2 put-account-sending-attributes --sending-enabled --region {region}"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::SesAccount;
    use crate::testimony::{denied, evidence_of_235, healthy_account, known, reported};

    const TEXT: &str =
        "Message rejected: Sending paused for this account. For more information, please check the inbox";

    fn switched_off(enforcement: &str) -> SesAccount {
        SesAccount {
            enforcement_status: Some(enforcement.into()),
            sending_enabled: false,
            ..healthy_account()
        }
    }

    #[test]
    fn the_switch_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(switched_off("HEALTHY"));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        reported(&mut evidence, 554, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn a_shutdown_by_aws_is_another_cause() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(switched_off("SHUTDOWN"));
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_switch_that_is_on_rules_it_out() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(healthy_account());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_denied_read_is_unknown_even_with_the_reply() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = denied("ses:GetAccount");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        reported(&mut evidence, 554, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }
}
