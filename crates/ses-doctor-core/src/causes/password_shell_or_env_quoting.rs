//! `password-shell-or-env-quoting`: quotes, backslashes or a name in front became part of the password.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::credential::Damage;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "password-shell-or-env-quoting",
    group: Group::Credentials,
    title: "Quotes, backslashes or a name from the settings file became part of the password",
    next_check: "print the length of the password as the client reads it: more than 44 with quotes or backslashes, or less, shows what was changed",
    reads: &[Need::Symptom, Need::Credential, Need::Probe, Need::Repairs],
    docs: DOCS,
    check,
    remedy,
};

const KINDS: &[Damage] = &[Damage::Quoted, Damage::Backslash, Damage::Prefixed];

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, while the same line of the settings works with another program.

## Why it happens

Every reader of settings has its own rules for quotes. A shell takes them off; `docker --env-file` and many INI readers keep
them. JSON escapes `/` as `\\/`. A copied line may bring its name along, `SMTP_PASSWORD=…`, or a comma at its end. An SES
password itself holds only letters, digits, `/` and `+`, so it never needs quotes.

## How it is proven

The values are inspected for quotes, delimiters, backslashes and names in front. Then the login is tried once with the mended
pair: when that is accepted, the quoting is the whole fault.

## What to do

Write the bare value, without quotes, in the form that this very reader expects.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(verdict) = super::stale_credentials_cached::altered_by_client(evidence, 0.3) {
        return verdict;
    }
    reading::judge_damage(
        evidence,
        KINDS,
        "a quote or backslash that became part of the password gets this 535",
    )
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Write the bare password, without quotes, backslashes or its name")
        .command(
            "Print the length of the variable where the client runs; an SMTP password has 44 characters",
            "printf %s \"$SMTP_PASSWORD\" | wc -c",
        )
        .step("In files for docker --env-file, leave out all quotes: they are taken literally")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{damage_tests, evidence_of_235, found, reported};

    #[test]
    fn it_is_judged_like_every_damage() {
        damage_tests(check, Damage::Quoted);
        damage_tests(check, Damage::Backslash);
        damage_tests(check, Damage::Prefixed);
    }

    #[test]
    fn a_client_that_fails_with_a_pair_that_works_may_do_this() {
        let mut evidence = evidence_of_235();
        reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
        assert_eq!(found(&check(&evidence)), Some((crate::Certainty::Possible, 0.3)));
    }
}
