//! `configuration-set-paused`: sending through the message's configuration set is switched off.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "configuration-set-paused",
    group: Group::Account,
    title: "Sending through the configuration set is switched off",
    next_check: "see SendingEnabled in SendingOptions: aws sesv2 get-configuration-set",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::ConfigurationSet,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers `554` and says that sending is paused for the configuration set. (AWS names the
error `ConfigurationSetSendingPausedException` for its API; the exact text over SMTP is not documented.) Messages that use another
set, or none, are taken.

## Why it happens

Every configuration set has a switch for sending of its own. A person, or an alarm that watches the bounces and complaints of the
set, has switched it off with `PutConfigurationSetSendingOptions` (or `UpdateConfigurationSetSendingEnabled` of the older API).
The client may never have named the set: an identity's default set counts for every message that names none.

## How it is proven

SES `GetConfigurationSet` says `SendingEnabled: false` for the set that the message uses. Without a reply, this predicts it.

## What to do

Find out who switched it off and why. Then switch it on again; this is reversible.
";

fn check(evidence: &Evidence) -> Verdict {
    match super::ses_said(evidence, |meaning| *meaning == Meaning::ConfigurationSetPaused) {
        Some(refusal) => by_reply(evidence, refusal.basis),
        None if super::account_decides(evidence) => predicted(evidence),
        None => Verdict::NotApplicable,
    }
}

fn by_reply(evidence: &Evidence, basis: Need) -> Verdict {
    let why = "SES answered that sending is paused for the configuration set";
    match evidence.configuration_set.known() {
        Some(set) if set.sending_enabled => {
            let why = format!("{why}; by now sending through {} is switched on", set.name);
            Verdict::possible(0.4, [basis, Need::ConfigurationSet], why)
        }
        Some(set) => Verdict::confirmed(
            [Need::ConfigurationSet, basis],
            format!("{why}, and lists {} with SendingEnabled: false", set.name),
        ),
        None => Verdict::likely(0.85, [basis], why),
    }
}

fn predicted(evidence: &Evidence) -> Verdict {
    let Some((name, source)) = reading::configuration_set(evidence) else {
        return match reading::default_set_unread(evidence) {
            true => Verdict::unknown(
                [Need::SenderIdentity],
                "the sender's identity may have a default configuration set",
            ),
            false => Verdict::NotApplicable,
        };
    };
    match evidence.configuration_set.known() {
        Some(set) if set.sending_enabled => Verdict::absent(
            [Need::ConfigurationSet],
            format!("sending through the configuration set {name} is switched on"),
        ),
        Some(_) => {
            let why = format!("predicted: sending through the configuration set {name} is switched off");
            Verdict::likely(0.95, [Need::ConfigurationSet, source], why)
        }
        None if evidence.configuration_set.is_missing() => Verdict::NotApplicable,
        None => Verdict::unknown(
            [Need::ConfigurationSet],
            format!("messages use the configuration set {name}"),
        ),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let named = reading::configuration_set(evidence);
    let set = super::argument(named.map(|(name, _)| name), "NAME");
    let lookup = "aws cloudtrail lookup-events --lookup-attributes";
    let remedy = Remedy::new("Find out why sending through the set was switched off; then switch it on")
        .command(
            "See who switched it off, in the last 90 days",
            format!(
                "{lookup} AttributeKey=EventName,AttributeValue=PutConfigurationSetSendingOptions --region {region}"
            ),
        )
        .command(
            "Switch it on again (undo: the same command with --no-sending-enabled)",
            format!(
                "aws sesv2 put-configuration-set-sending-options --configuration-set-name {set} --sending-enabled \
                 --region {region}"
            ),
        );
    match named {
        Some((_, Need::SenderIdentity)) => remedy.step(
            "The client does not name the set: it is the default of the sender's identity. A header X-SES-CONFIGURATION-SET \
             that names another set goes before it",
        ),
        Some(_) | None => remedy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::ConfigurationSet;
    use crate::testimony::{
        asked, denied, evidence_of_235, evidence_of_535, found, identity, known, missing, reported, symptom,
    };

    const TEXT: &str = "Message rejected: Sending is paused for configuration set <news>.";

    fn with_set(sending_enabled: bool) -> Evidence {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.configuration_set = Some("news".into())
        });
        evidence.configuration_set = known(ConfigurationSet {
            name: "news".into(),
            sending_enabled,
        });
        evidence
    }

    #[test]
    fn the_switch_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = with_set(false);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.95)));
        reported(&mut evidence, 554, TEXT, None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn the_default_set_of_the_identity_counts() {
        let mut evidence = with_set(false);
        symptom(&mut evidence, |symptom| symptom.configuration_set = None);
        assert_eq!(check(&evidence), Verdict::NotApplicable, "no set is in use");
        let mut sender = identity("eu-west-1", "example.com", true);
        sender.configuration_set = Some("news".into());
        evidence.sender_identity = known(sender);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.95)));
        assert!(remedy(&evidence).steps.last().unwrap().text.contains("default"));
    }

    #[test]
    fn a_switch_that_is_on_rules_it_out_and_a_set_that_is_gone_is_another_cause() {
        let mut evidence = with_set(true);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        reported(&mut evidence, 554, TEXT, None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Possible);
        let mut gone = with_set(true);
        gone.configuration_set = missing();
        assert_eq!(check(&gone), Verdict::NotApplicable);
    }

    #[test]
    fn a_denied_read_is_unknown_and_the_reply_alone_is_likely() {
        let mut evidence = with_set(false);
        evidence.configuration_set = denied("ses:GetConfigurationSet");
        assert_eq!(asked(&check(&evidence)), [Need::ConfigurationSet]);
        reported(&mut evidence, 554, TEXT, None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
        let unread = Evidence {
            sender_identity: denied("ses:GetEmailIdentity"),
            ..evidence_of_235()
        };
        assert_eq!(asked(&check(&unread)), [Need::SenderIdentity]);
    }

    #[test]
    fn behind_a_refused_login_it_is_predicted() {
        let refused = Evidence {
            probe: evidence_of_535().probe,
            ..with_set(false)
        };
        assert!(
            matches!(check(&refused), Verdict::Present(finding) if finding.certainty == Certainty::Likely)
        );
    }
}
