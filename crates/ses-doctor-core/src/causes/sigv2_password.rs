//! `sigv2-password`: the password is of the old algorithm, which SES no longer takes.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Refusal};
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;
use ses_smtp::credential::{Derivation, PasswordShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "sigv2-password",
    group: Group::Credentials,
    title: "The SMTP password is of the old algorithm (Signature Version 2)",
    next_check: "look at the first letter of the password: A means the old algorithm, B the current one",
    reads: &[Need::Symptom, Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Signature Version 2 is deprecated for use with SES from March 26, 2021. …`; before that, after the message,
`454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded.` Newer regions answer with the common
`535 Authentication Credentials Invalid`, so that an old password works in one region and fails in the next.

## Why it happens

Passwords made by the console before January 2019, and by old scripts and Terraform's `ses_smtp_password`, are version 2.
SES has refused them step by step since March 2021. Nothing about the access key itself needs to be wrong.

## How it is proven

SES says so in the reply. The password tells it too: the first of its 33 bytes is the version, so a version 2 password starts
with `A` and a letter from `g` to `v`, a version 4 password with `B` and a letter from `A` to `P`.

## What to do

Derive the version 4 password for the endpoint's region from the same secret access key. When the secret is lost, make a
new key. In Terraform, use `ses_smtp_password_v4`.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(Refusal { basis, reply, .. }) = said_by_ses(evidence) {
        return Verdict::confirmed([basis], format!("SES names the old algorithm: \"{reply}\""));
    }
    let Some(credential) = evidence.credential.known() else {
        return reading::asks_for_pair(
            evidence,
            "regions that never took the old algorithm answer with this 535",
        );
    };
    if credential.derivation == Some(Derivation::Version2) {
        let why = "the password is the version 2 password of the secret access key that was given";
        return reading::visible_fault(evidence, PROOF, why);
    }
    if reading::best_password(evidence) != Some(PasswordShape::SmtpV2) {
        return Verdict::absent([Need::Credential], "the password is not of version 2");
    }
    reading::visible_fault(
        evidence,
        0.95,
        "the first byte of the password is 2, the version that SES no longer takes",
    )
}

fn said_by_ses(evidence: &Evidence) -> Option<Refusal> {
    super::ses_said(evidence, |meaning| {
        matches!(meaning, Meaning::SignatureVersion2 | Meaning::SigV2Rate)
    })
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Replace the password by the version 4 password of the same secret access key");
    reading::derive_password(remedy, evidence, "FILE")
        .step("When the secret access key is lost, create a new key for the same user and derive from that")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        asked, evidence_of_235, evidence_of_535, evidence_of_report, found, password_shape,
    };

    const DEPRECATED: &str = "Signature Version 2 is deprecated for use with SES from March 26, 2021.";

    #[test]
    fn the_reply_of_ses_confirms_it() {
        let evidence = evidence_of_report(535, DEPRECATED, None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn throttling_of_old_passwords_confirms_it_too() {
        let evidence = evidence_of_report(
            454,
            "Throttling failure: Maximum SigV2 SMTP sending rate exceeded.",
            None,
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn the_version_byte_alone_is_likely() {
        let mut evidence = evidence_of_535();
        password_shape(&mut evidence, PasswordShape::SmtpV2);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.95)));
    }

    #[test]
    fn a_version_4_password_or_a_login_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
        let mut evidence = evidence_of_235();
        password_shape(&mut evidence, PasswordShape::SmtpV2);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
