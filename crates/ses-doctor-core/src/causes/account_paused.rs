//! `account-paused`: AWS has paused the sending of the account.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, HealthEvent};
use crate::need::Need;
use crate::reading;
use crate::verdict::{Certainty, Verdict};
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "account-paused",
    group: Group::Account,
    title: "AWS has paused sending for this account",
    next_check: "see EnforcementStatus and SendingEnabled: aws sesv2 get-account",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SesAccount,
        Need::HealthEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers `554 Message rejected: Sending paused for this account. For more
information, please check the inbox of the email address associated with your AWS account.`

## Why it happens

AWS pauses an account whose bounces, complaints or content endanger others. The account's own switch for sending gives
the same text; that is `sending-disabled`.

## How it is proven

SES `GetAccount` says `EnforcementStatus: SHUTDOWN`. The reply alone does not tell who paused the account. Without a
reply, the status predicts it. AWS also writes a notice into AWS Health, which tells when, and stands in for the status where that
cannot be read; the notice is known by its words, since AWS does not publish the type that it bears.

## What to do

Read the message that AWS sent to the account's address, mend what it names, and ask for a review in the AWS Support
case. Only AWS can lift the pause.
";

/// How AWS and the account's own switch stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Paused by AWS.
    Shutdown,
    /// Switched off by the account itself.
    SwitchedOff,
    /// May send.
    MaySend,
}

/// Reads the account's standing, when it could be read and is that of the message's account.
pub(super) fn standing(evidence: &Evidence) -> Option<Standing> {
    let account = super::ses_account(evidence)?;
    Some(match account.enforcement_status.as_deref() {
        Some("SHUTDOWN") => Standing::Shutdown,
        _ if !account.sending_enabled => Standing::SwitchedOff,
        _ => Standing::MaySend,
    })
}

fn check(evidence: &Evidence) -> Verdict {
    let verdict = by_standing(evidence);
    match reading::pause(evidence) {
        Some(notice) => with_notice(verdict, notice),
        None => verdict,
    }
}

/// What AWS told the account confirms nothing, but says who paused it.
fn with_notice(verdict: Verdict, notice: &HealthEvent) -> Verdict {
    let told = format!(
        "AWS Health told the account so: {}",
        reading::which_and_since(notice)
    );
    match verdict {
        // The account's own state, where it could be read, goes before the notice.
        Verdict::Present(mut finding)
            if finding.certainty >= Certainty::Likely || !finding.because.contains(&Need::SesAccount) =>
        {
            finding.certainty = finding.certainty.max(Certainty::Likely);
            finding.because.push(Need::HealthEvents);
            finding.why = format!("{}; {told}", finding.why);
            finding.confidence = finding.confidence.max(0.9);
            Verdict::Present(finding)
        }
        Verdict::Unknown { .. } => Verdict::likely(0.7, [Need::HealthEvents], format!("predicted: {told}")),
        Verdict::Present(_) | Verdict::Absent { .. } | Verdict::NotApplicable => verdict,
    }
}

fn by_standing(evidence: &Evidence) -> Verdict {
    let paused = super::ses_said(evidence, |meaning| *meaning == Meaning::AccountPaused);
    let region = evidence
        .ses_account
        .known()
        .map_or("this region", |account| account.region.as_str());
    match (paused, standing(evidence)) {
        (Some(refusal), Some(Standing::Shutdown)) => {
            let why =
                format!("SES answers that sending is paused, and lists the account as SHUTDOWN in {region}");
            Verdict::confirmed([Need::SesAccount, refusal.basis], why)
        }
        (None, Some(Standing::Shutdown)) => Verdict::likely(
            0.95,
            [Need::SesAccount],
            format!("predicted: SES lists the account as SHUTDOWN in {region}"),
        ),
        (_, Some(Standing::SwitchedOff)) => Verdict::NotApplicable,
        (Some(refusal), Some(Standing::MaySend)) => {
            let why =
                "SES answered that sending was paused; by now the account may send, as far as its API says";
            Verdict::possible(0.4, [refusal.basis, Need::SesAccount], why)
        }
        (None, Some(Standing::MaySend)) => {
            Verdict::absent([Need::SesAccount], "SES does not list the account as paused")
        }
        (Some(refusal), None) => {
            let why = "SES answers that sending is paused for the account; by whom the reply does not tell";
            match super::is_line_alone(evidence) {
                true => Verdict::likely(0.75, [refusal.basis], why),
                false => Verdict::possible(0.55, [refusal.basis], why),
            }
        }
        (None, None) if super::account_unread(evidence) => Verdict::unknown(
            [Need::SesAccount],
            "a login that works does not show that the account may send",
        ),
        (None, None) => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new("Mend what AWS names in its message, and ask AWS to lift the pause")
        .command("See the enforcement status and the review", format!("aws sesv2 get-account --region {region}"))
        .step("Read the message in the inbox of the account's address and the AWS Health dashboard: they name the reason")
        .step("Stop the traffic that caused it first; then answer in the AWS Support case with what was changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{HealthCategory, SesAccount};
    use crate::testimony::{denied, evidence_of_235, found, health, healthy_account, known, reported};

    const TEXT: &str =
        "Message rejected: Sending paused for this account. For more information, please check the inbox";

    fn shutdown() -> SesAccount {
        SesAccount {
            enforcement_status: Some("SHUTDOWN".into()),
            sending_enabled: false,
            ..healthy_account()
        }
    }

    #[test]
    fn a_shutdown_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(shutdown());
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        reported(&mut evidence, 554, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn a_healthy_account_rules_it_out() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(healthy_account());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn probation_still_sends() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = known(SesAccount {
            enforcement_status: Some("PROBATION".into()),
            ..healthy_account()
        });
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_denied_read_is_unknown_and_the_reply_alone_is_possible() {
        let mut evidence = evidence_of_235();
        evidence.ses_account = denied("ses:GetAccount");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        reported(&mut evidence, 554, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Possible));
    }

    #[test]
    fn a_notice_tells_who_paused_it_where_the_account_cannot_be_read() {
        let mut notice = health("SES", "AWS_SES_X", "eu-west-1", 600);
        notice.category = HealthCategory::AccountNotification;
        notice.description = Ok("We have paused your ability to send email.".into());
        let mut evidence = Evidence {
            ses_account: denied("ses:GetAccount"),
            health_events: known(vec![notice]),
            ..evidence_of_235()
        };
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.7)));
        reported(&mut evidence, 554, TEXT, None);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
        evidence.ses_account = known(shutdown());
        let Verdict::Present(finding) = check(&evidence) else {
            panic!("not found");
        };
        assert_eq!(finding.certainty, Certainty::Confirmed);
        assert!(finding.because.contains(&Need::HealthEvents) && finding.why.contains("AWS_SES_X"));
        evidence.ses_account = known(healthy_account());
        assert_eq!(found(&check(&evidence)), Some((Certainty::Possible, 0.4)));
    }
}
