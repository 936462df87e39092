//! `masked-password-submitted`: a placeholder, or what a form shows in place of a password, is used as the password.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::credential::PasswordShape;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "masked-password-submitted",
    group: Group::Credentials,
    title: "The password is a placeholder: asterisks, a sample word or a variable that was not expanded",
    next_check: "type the password in anew, save once, and try: if that works and saving again breaks it, the form sends its asterisks",
    reads: &[Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` after the settings were saved a second time without a change, or after a deployment
from a template. A test message may still go out while real mail fails.

## Why it happens

A settings form shows asterisks in place of the stored password and sends them back when it is saved. Or a template's
placeholder was never replaced, or `${NAME}` was never expanded because the file is not read by a shell.

## How it is proven

By the shape of the password: repeated asterisks or dots, something in angle brackets, a word such as `changeme`, or the name
of a variable.

## What to do

Enter the real password again, and save once. In templates, look at the rendered file on the machine where the client runs.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(password) = reading::best_password(evidence) else {
        return reading::asks_for_pair(evidence, "a form that sends its asterisks back gets this 535");
    };
    if password != PasswordShape::Masked {
        return Verdict::absent([Need::Credential], "the password is no placeholder");
    }
    let why = "the password is a placeholder: what a form shows, a template holds, or a variable that nothing expanded";
    reading::visible_fault(evidence, PROOF, why)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Put the real SMTP password in place of the placeholder")
        .step("Enter the password anew, save once, and do not save the form again before it works")
        .step("If a variable was not expanded, put the value itself there or let the program that reads the file expand it");
    reading::derive_password(remedy, evidence, "FILE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        asked, evidence_of_235, evidence_of_535, evidence_of_client, found, password_shape,
    };

    #[test]
    fn asterisks_with_a_535_are_proof() {
        let mut evidence = evidence_of_535();
        password_shape(&mut evidence, PasswordShape::Masked);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn untried_they_are_likely() {
        let mut evidence = evidence_of_client();
        password_shape(&mut evidence, PasswordShape::Masked);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn a_password_or_a_login_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
        let mut evidence = evidence_of_235();
        password_shape(&mut evidence, PasswordShape::Masked);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
