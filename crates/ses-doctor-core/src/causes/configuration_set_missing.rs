//! `configuration-set-missing`: the message names a configuration set that does not exist in the region.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "configuration-set-missing",
    group: Group::Account,
    title: "The configuration set in use does not exist",
    next_check: "see whether it exists in the region: aws sesv2 get-configuration-set",
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

The login works. After the message, SES answers `554` and says that the configuration set does not exist. The exact text
over SMTP is not documented by AWS.

## Why it happens

The client names a set in the header `X-SES-CONFIGURATION-SET`, or the sender's identity has a default set, and there is
no set of this name in the endpoint's region. Configuration sets belong to one region.

## How it is proven

SES `GetConfigurationSet` answers that there is none. Without a reply, this predicts it.

## What to do

Correct the name where it is given, take the default away from the identity, or create the set.
";

fn check(evidence: &Evidence) -> Verdict {
    match super::ses_said(evidence, |meaning| *meaning == Meaning::ConfigurationSetMissing) {
        Some(refusal) => by_reply(evidence, refusal.basis),
        None if super::account_decides(evidence) => predicted(evidence),
        None => Verdict::NotApplicable,
    }
}

fn by_reply(evidence: &Evidence, basis: Need) -> Verdict {
    let set = &evidence.configuration_set;
    let why = "SES answered that the configuration set does not exist";
    if set.is_missing() {
        return Verdict::confirmed(
            [Need::ConfigurationSet, basis],
            format!("{why}, and its API finds none either"),
        );
    }
    match set.known() {
        Some(set) => {
            let why = format!("{why}; by now there is one named {}", set.name);
            Verdict::possible(0.5, [basis, Need::ConfigurationSet], why)
        }
        None => Verdict::likely(0.9, [basis], why),
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
    let set = &evidence.configuration_set;
    if set.is_missing() {
        let why = format!("predicted: SES in this region has no configuration set {name}");
        return Verdict::likely(0.9, [Need::ConfigurationSet, source], why);
    }
    match set.known() {
        Some(_) => Verdict::absent(
            [Need::ConfigurationSet],
            format!("the configuration set {name} exists"),
        ),
        None => Verdict::unknown(
            [Need::ConfigurationSet],
            format!("messages use the configuration set {name}"),
        ),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let name = reading::configuration_set(evidence);
    let set = super::argument(name.map(|(name, _)| name), "NAME");
    let remedy = Remedy::new("Name a configuration set that exists, or none").command(
        "See which sets there are",
        format!("aws sesv2 list-configuration-sets --region {region}"),
    );
    let remedy = match (name, evidence.sender_identity.known()) {
        (Some((_, Need::SenderIdentity)), Some(identity)) => {
            let identity = super::argument(Some(&identity.name), "IDENTITY");
            remedy.command(
                format!("The name is the default of the sender's identity: take it away (undo: add --configuration-set-name {set})"),
                format!("aws sesv2 put-email-identity-configuration-set-attributes --email-identity {identity} --region {region}"),
            )
        }
        _ => remedy.step("Correct or remove the header X-SES-CONFIGURATION-SET in the client's settings"),
    };
    remedy.command(
        "Or create the set (undo: aws sesv2 delete-configuration-set)",
        format!("aws sesv2 create-configuration-set --configuration-set-name {set} --region {region}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::{ConfigurationSet, Identity};
    use crate::testimony::{denied, evidence_of_235, identity, known, missing, reported, symptom};

    fn naming_a_set() -> Evidence {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.configuration_set = Some("news".into())
        });
        evidence
    }

    #[test]
    fn a_missing_set_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = naming_a_set();
        evidence.configuration_set = missing();
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        reported(&mut evidence, 554, "Configuration set does not exist", None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn the_default_set_of_the_identity_counts() {
        let mut evidence = evidence_of_235();
        let by_default = Identity {
            configuration_set: Some("old".into()),
            ..identity("eu-west-1", "example.com", true)
        };
        evidence.sender_identity = known(by_default);
        assert!(
            matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::ConfigurationSet])
        );
        assert!(
            remedy(&evidence)
                .steps
                .iter()
                .any(|step| step.text.contains("default of the sender's identity"))
        );
    }

    #[test]
    fn a_set_that_exists_rules_it_out_and_none_says_nothing() {
        let mut evidence = naming_a_set();
        evidence.configuration_set = known(ConfigurationSet {
            name: "news".into(),
            sending_enabled: true,
        });
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn a_denied_read_is_unknown() {
        let mut evidence = naming_a_set();
        evidence.configuration_set = denied("ses:GetConfigurationSet");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }
}
