//! `raw-secret-key-as-password`: the IAM secret access key stands where the SMTP password derived from it belongs.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::credential::{Derivation, PasswordShape, UsernameShape};

/// The catalogue entry.
pub const CAUSE: Cause = Cause {
    id: "raw-secret-key-as-password",
    group: Group::Credentials,
    title: "The password is an IAM secret access key, not an SMTP password",
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
        return super::unless_login_explained(evidence, "the most common mistake gets this 535");
    };
    if credential.swapped {
        return Verdict::NotApplicable;
    }
    if credential.derivation == Some(Derivation::TheSecretItself) {
        return Verdict::confirmed([Need::Credential], "the password is the secret access key of this very key id");
    }
    let secret_shaped = credential.password.shape == PasswordShape::SecretAccessKey;
    let key_id = matches!(credential.username.shape, UsernameShape::AccessKeyId);
    if !secret_shaped || !key_id {
        return Verdict::absent([Need::Credential], "the password does not have the shape of a secret access key");
    }
    if evidence.login_accepted() {
        return Verdict::absent([Need::Probe], "the login works");
    }
    let why = "the password has the 40 characters of a secret access key; an SMTP password has 44 and starts with B";
    match evidence.credentials_refused() {
        Some(basis) => Verdict::confirmed([Need::Credential, basis], why),
        None => Verdict::likely(0.9, [Need::Credential], why),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = evidence.region().unwrap_or_else(|| "REGION".to_owned());
    Remedy::new("Derive the SMTP password from this secret access key and use it instead").command(
        format!("Derive it for {region}; the user name stays the access key id"),
        format!("ses-doctor password --region {region} --secret-key-file FILE"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{evidence_of_535, password_shape};

    #[test]
    fn forty_characters_and_a_535_confirm_it() {
        let mut evidence = evidence_of_535();
        password_shape(&mut evidence, PasswordShape::SecretAccessKey);
        assert!(matches!(check(&evidence), Verdict::Present(_)));
    }

    #[test]
    fn a_derived_password_rules_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
    }
}
