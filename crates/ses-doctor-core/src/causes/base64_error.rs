//! `base64-error`: the value is base64 of the right one.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::credential::Damage;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "base64-error",
    group: Group::Credentials,
    title: "The user name or password was base64-encoded once too often",
    next_check: "print the length of the password as the client reads it: 60 characters, often ending in =, is one encoding too many",
    reads: &[Need::Symptom, Need::Credential, Need::Probe, Need::Repairs],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`. The password has 60 characters or more and often ends in `=`.

## Why it happens

SMTP clients encode user name and password themselves. A value that was encoded before, by hand for a test, or twice on its way
into a Kubernetes secret, is encoded again and arrives as something else. An SES password looks like base64 by itself, so the
extra layer is easy to overlook; the real one has 44 characters and never ends in `=`.

## How it is proven

Decoding the value once more gives an access key id or an SMTP password. Then the login is tried once with the decoded pair:
when that is accepted, the encoding is the whole fault.

## What to do

Store the decoded value. In a Kubernetes secret, `data` wants base64 once, and `stringData` wants none.
";

fn check(evidence: &Evidence) -> Verdict {
    let told = reading::told(evidence, &[Sign::BadBase64]).filter(|_| evidence.credential.known().is_none());
    if let Some(sign) = told {
        let why = format!("the client's log says that {}", sign.words());
        return Verdict::likely(0.7, [Need::Symptom], why);
    }
    reading::judge_damage(
        evidence,
        &[Damage::Base64Encoded],
        "a value encoded twice gets this 535",
    )
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Store the decoded value")
        .command(
            "Decode the stored value into a file of its own",
            "(umask 077; base64 -d FILE | tr -d '[:space:]' >FILE.decoded)",
        )
        .command(
            "Check its length: 44 for the password, 20 for the user name",
            "wc -c <FILE.decoded",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::damage_tests;

    #[test]
    fn it_is_judged_like_every_damage() {
        damage_tests(check, Damage::Base64Encoded);
    }
}
