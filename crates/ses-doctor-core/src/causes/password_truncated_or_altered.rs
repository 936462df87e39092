//! `password-truncated-or-altered`: characters of the password, or of the key id, were lost, added or exchanged.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::credential::{Damage, PasswordShape, UsernameShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "password-truncated-or-altered",
    group: Group::Credentials,
    title: "The password or the key id lost, gained or changed characters on its way",
    next_check: "print the length of the password as the client reads it: it must be 44, beginning with B",
    reads: &[Need::Credential, Need::Probe, Need::Repairs],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, with a password that begins rightly but does not have 44 characters, or with a user
name that begins with `AKIA` but does not have 20.

## Why it happens

A field or column is too short, a double click selected only the part up to a `/` or `+`, a word processor put in look-alike
characters, or somebody typed the value.

## How it is proven

By length and alphabet: an SMTP password is 33 bytes in 44 base64 characters, the first byte being the version. Look-alike
characters are put right and the login is tried once more. A value that lost characters cannot be mended.

## What to do

Copy the value again from where it was first stored. When it is lost, derive it again from the secret access key.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(credential) = evidence.credential.known() else {
        return reading::asks_for_pair(evidence, "a password that lost characters gets this 535");
    };
    let damage = [&credential.username.damage, &credential.password.damage];
    if damage
        .into_iter()
        .flatten()
        .any(|damage| *damage == Damage::LookAlike)
    {
        return reading::judge_damage(evidence, &[Damage::LookAlike], "");
    }
    match altered(evidence) {
        Some((strength, why)) => reading::visible_fault(evidence, strength, why),
        None => Verdict::absent(
            [Need::Credential],
            "neither value has lost, gained or changed characters visibly",
        ),
    }
}

fn altered(evidence: &Evidence) -> Option<(f64, String)> {
    let credential = evidence.credential.known()?;
    if reading::best_username(evidence)? == UsernameShape::NearAccessKeyId {
        let length = credential.username.length;
        return Some((
            0.85,
            format!(
                "the user name begins like an access key id, but is none ({length} characters, 20 are right)"
            ),
        ));
    }
    let length = credential.password.length;
    match reading::best_password(evidence)? {
        PasswordShape::TruncatedSmtp => Some((
            0.9,
            format!("the password begins like an SMTP password, but has {length} characters in place of 44"),
        )),
        PasswordShape::LengthenedSmtp => Some((
            0.85,
            format!("the password begins like an SMTP password, but has {length} characters in place of 44"),
        )),
        PasswordShape::Base64Of33Bytes => Some((
            0.75,
            "the password has 44 characters, but does not begin with the version byte of an SMTP password"
                .into(),
        )),
        PasswordShape::Empty
        | PasswordShape::SmtpV4
        | PasswordShape::SmtpV2
        | PasswordShape::SecretAccessKey
        | PasswordShape::AccessKeyId
        | PasswordShape::Masked
        | PasswordShape::SessionToken
        | PasswordShape::Other => None,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Copy the value again, whole, or derive it anew")
        .step("Copy it by a button or from a file, not by a double click, which stops at / and +")
        .step(
            "Check the length of the field or column that holds it: at least 44 characters for the password",
        );
    reading::derive_password(remedy, evidence, "FILE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        asked, damage_tests, evidence_of_235, evidence_of_535, found, password_shape, username,
    };

    #[test]
    fn look_alikes_are_judged_like_every_damage() {
        damage_tests(check, Damage::LookAlike);
    }

    #[test]
    fn a_wrong_length_is_likely_the_fault() {
        for (shape, confidence) in [
            (PasswordShape::TruncatedSmtp, 0.9),
            (PasswordShape::LengthenedSmtp, 0.85),
            (PasswordShape::Base64Of33Bytes, 0.75),
        ] {
            let mut evidence = evidence_of_535();
            password_shape(&mut evidence, shape);
            assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, confidence)));
        }
    }

    #[test]
    fn a_mistyped_key_id_counts_too() {
        let mut evidence = evidence_of_535();
        username(
            &mut evidence,
            UsernameShape::NearAccessKeyId,
            "AKIAIOSFODNN7EXAMPL",
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn right_shapes_or_a_login_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
        let mut evidence = evidence_of_235();
        password_shape(&mut evidence, PasswordShape::LengthenedSmtp);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
