//! `from-address-as-login`: the SMTP user name is an e-mail address, as other providers want it.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::credential::UsernameShape;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "from-address-as-login",
    group: Group::Credentials,
    title: "The SMTP user name is an e-mail address",
    next_check: "look at the user name: it must be the 20 characters that begin with AKIA, not an e-mail address",
    reads: &[Need::Symptom, Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, with the sender's address, or a mailbox name, as the user name.

## Why it happens

Most mail providers log in with the mailbox address, and many applications use one field for both the sender and the login.
SES wants the id of an access key as the user name; the sender's address is a setting of its own.

## How it is proven

By the shape of the user name. Every SMTP user name of SES is an access key id.

## What to do

Put the access key id into the login and keep the address as the sender. An application with a single field for both cannot
send through SES without a setting for the sender.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(name) = reading::logged_username(evidence)
        && name.shape == UsernameShape::EmailAddress
        && let Some(verdict) = reading::fault_of_logged_name(
            evidence,
            0.9,
            &format!(
                "the client logs in as {}; SES wants an access key id (AKIA…)",
                name.shown
            ),
        )
    {
        return verdict;
    }
    let Some(name) = reading::best_username(evidence) else {
        return reading::asks_for_pair(evidence, "an e-mail address as user name gets this 535");
    };
    if name != UsernameShape::EmailAddress {
        return Verdict::absent([Need::Credential], "the user name is no e-mail address");
    }
    let which = if is_sender(evidence) {
        "the sender's address"
    } else {
        "an e-mail address"
    };
    reading::visible_fault(
        evidence,
        PROOF,
        format!("the user name is {which}; SES wants an access key id (AKIA…)"),
    )
}

fn is_sender(evidence: &Evidence) -> bool {
    let from = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.from.as_deref());
    let name = evidence
        .credential
        .known()
        .map(|credential| credential.username.shown.as_str());
    from.is_some() && from == name
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Use the access key id of the SMTP credentials as user name, and the address only as sender")
        .step("Look the SMTP user name (AKIA…, 20 characters) up where the credentials were saved when they were made")
        .step("If they were never made: SES console, SMTP settings, Create SMTP credentials")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, client_of, evidence_of_235, evidence_of_535, found, symptom, username};

    const ADDRESS: &str = "noreply@example.com";

    #[test]
    fn an_address_with_a_535_is_proof() {
        let mut evidence = evidence_of_535();
        username(&mut evidence, UsernameShape::EmailAddress, ADDRESS);
        symptom(&mut evidence, |symptom| symptom.from = Some(ADDRESS.into()));
        let Verdict::Present(finding) = check(&evidence) else {
            panic!("not present")
        };
        assert_eq!(finding.certainty, Certainty::Confirmed);
        assert!(finding.why.contains("the sender's address"));
    }

    #[test]
    fn another_provider_wants_just_that() {
        let mut evidence = client_of("smtp.gmail.com");
        username(&mut evidence, UsernameShape::EmailAddress, ADDRESS);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_relay_of_unknown_kind_is_not_judged_either() {
        let mut evidence = client_of("relay.example.com");
        username(&mut evidence, UsernameShape::EmailAddress, ADDRESS);
        assert_eq!(found(&check(&evidence)), None);
    }

    #[test]
    fn a_key_id_or_a_login_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
        let mut evidence = evidence_of_235();
        username(&mut evidence, UsernameShape::EmailAddress, ADDRESS);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
