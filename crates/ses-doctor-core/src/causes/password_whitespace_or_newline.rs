//! `password-whitespace-or-newline`: a space, tab or line break came along with the password or the user name.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::credential::Damage;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "password-whitespace-or-newline",
    group: Group::Credentials,
    title: "A space or line break came along with the user name or password",
    next_check: "print the length of the password as the client reads it: 45 instead of 44 is a blank or a line break",
    reads: &[Need::Credential, Need::Probe, Need::Repairs],
    docs: DOCS,
    check,
    remedy,
};

const KINDS: &[Damage] = &[Damage::Whitespace, Damage::Newline];

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, although the value looks right wherever it is shown.

## Why it happens

`echo` ends its output with a line break, and `echo … | base64` puts that break into a Kubernetes secret. Files with Windows
line ends add a carriage return; copying from a web page adds a space. SES compares every byte.

## How it is proven

The values are inspected for white space. Then the login is tried once with the pair as it is without it: when that is
accepted, the white space is the whole fault.

## What to do

Store the value again without the extra character: with `printf %s`, not `echo`; without an editor's final line end.
";

fn check(evidence: &Evidence) -> Verdict {
    reading::judge_damage(
        evidence,
        KINDS,
        "a line break at the end of the password gets this 535",
    )
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Store the value again without the space or line break")
        .command(
            "Look at the end of the file that holds the password; nothing may follow the last character",
            "tail -c 3 FILE | od -c",
        )
        .command(
            "Write a copy of it without any white space",
            "(umask 077; tr -d '[:space:]' <FILE >FILE.clean)",
        )
        .step("In a Kubernetes secret, use stringData, or encode with printf %s in place of echo")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::damage_tests;

    #[test]
    fn it_is_judged_like_every_damage() {
        damage_tests(check, Damage::Newline);
        damage_tests(check, Damage::Whitespace);
    }
}
