//! `raw-secret-key-as-password`: the IAM secret access key stands where the SMTP password derived from it belongs.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::credential::{Derivation, PasswordShape, UsernameShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "raw-secret-key-as-password",
    group: Group::Credentials,
    title: "The password is an IAM secret access key, not an SMTP password",
    next_check: "count the characters of the password: 40 is the secret access key itself, 44 beginning with B is an SMTP password",
    reads: &[Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` on the first try with a new access key. The same key works with the AWS CLI.

## Why it happens

An SES SMTP password is not the secret access key. It is derived from it for one region. The secret has 40 characters, the
password 44 and starts with `B`.

## How it is proven

By its shape: 40 characters of the secret's alphabet, which do not decode to the 33 bytes of an SMTP password.

## What to do

Derive the SMTP password for the endpoint's region from this secret, and use that. The user name, the access key id, stays.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(credential) = evidence.credential.known() else {
        return reading::asks_for_pair(
            evidence,
            "a secret access key in place of the password gets this 535",
        );
    };
    if credential.swapped {
        return Verdict::NotApplicable;
    }
    if credential.derivation == Some(Derivation::TheSecretItself) {
        let why = "the password is the secret access key of this very key id";
        return reading::visible_fault(evidence, PROOF, why);
    }
    if reading::best_password(evidence) != Some(PasswordShape::SecretAccessKey) {
        return Verdict::absent(
            [Need::Credential],
            "the password does not have the shape of a secret access key",
        );
    }
    let why = "the password has the 40 characters of a secret access key; an SMTP password has 44 and starts with B";
    match reading::best_username(evidence) {
        Some(UsernameShape::AccessKeyId) => reading::visible_fault(evidence, PROOF, why),
        Some(UsernameShape::TemporaryKeyId) => Verdict::NotApplicable,
        _ => reading::visible_fault(evidence, 0.65, why),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Derive the SMTP password from this secret access key and use it instead").step(
        "Put the secret access key into a file that only you can read; the user name stays the access key id",
    );
    reading::derive_password(remedy, evidence, "FILE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, evidence_of_235, evidence_of_535, found, password_shape, username};

    #[test]
    fn forty_characters_and_a_535_confirm_it() {
        let mut evidence = evidence_of_535();
        password_shape(&mut evidence, PasswordShape::SecretAccessKey);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn a_derived_password_rules_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
    }

    #[test]
    fn a_working_login_rules_it_out() {
        let mut evidence = evidence_of_235();
        password_shape(&mut evidence, PasswordShape::SecretAccessKey);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn beside_another_user_name_it_is_less_sure() {
        let mut evidence = evidence_of_535();
        password_shape(&mut evidence, PasswordShape::SecretAccessKey);
        username(&mut evidence, UsernameShape::Other, "mailer");
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.65)));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
