//! `password-url-encoding`: the `/` and `+` of the password were encoded, or decoded, once too often or not at all.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::credential::Damage;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "password-url-encoding",
    group: Group::Credentials,
    title: "The password's / or + was changed by URL or HTML encoding",
    next_check: "see whether the password holds / or + and stands in a URL: there they are written %2F and %2B",
    reads: &[Need::Symptom, Need::Credential, Need::Probe, Need::Repairs],
    docs: DOCS,
    check,
    remedy,
};

const KINDS: &[Damage] = &[
    Damage::PercentEncoded,
    Damage::PlusBecameSpace,
    Damage::HtmlEntity,
];

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` from a client that takes its settings as one URL or DSN. Other clients fail before
they connect, with an invalid port, an invalid URL or an unknown host that looks like a piece of the login.

## Why it happens

About three of four SES passwords hold a `/` or a `+`. In a URL these are written `%2F` and `%2B`. A client that does not decode
them sends `%2F` itself; one that decodes like a web form turns a bare `+` into a space; a template that escapes for HTML
makes `&#43;` of it.

## How it is proven

The values are inspected for such remains. Then the login is tried once with the mended pair: when that is accepted, the
encoding is the whole fault.

## What to do

In a URL, write `/` as `%2F` and `+` as `%2B`, once. In a field of its own, write the password as it is. If the client offers
separate settings for user name and password, prefer them.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(verdict) = by_log(evidence) {
        return verdict;
    }
    if let Some(verdict) = super::stale_credentials_cached::altered_by_client(evidence, 0.35) {
        return verdict;
    }
    reading::judge_damage(
        evidence,
        KINDS,
        "a / or + that was encoded or decoded on the way gets this 535",
    )
}

/// The client failed before it connected, in a way that only a URL cut in its password explains.
fn by_log(evidence: &Evidence) -> Option<Verdict> {
    const SIGNS: [Sign; 3] = [
        Sign::LoginLookedUp,
        Sign::PasswordReadAsPort,
        Sign::UrlCutInPassword,
    ];
    let sign = reading::told(evidence, &SIGNS).filter(|_| evidence.credential.known().is_none())?;
    let why = format!(
        "the client's log says that {}: a / or another reserved character of the password ended a part of the URL early",
        sign.words()
    );
    Some(Verdict::likely(0.85, [Need::Symptom], why))
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Write the password in the form that this place of the settings expects")
        .step("In a URL or DSN: / as %2F and + as %2B, encoded exactly once")
        .step("In a field or variable of its own: the 44 characters as they are")
        .step("In a systemd unit, write %% for each %")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{damage_tests, evidence_of_235, found, reported};

    #[test]
    fn it_is_judged_like_every_damage() {
        damage_tests(check, Damage::PercentEncoded);
        damage_tests(check, Damage::PlusBecameSpace);
        damage_tests(check, Damage::HtmlEntity);
    }

    #[test]
    fn a_client_that_fails_with_a_pair_that_works_may_do_this() {
        let mut evidence = evidence_of_235();
        reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
        assert_eq!(found(&check(&evidence)), Some((crate::Certainty::Possible, 0.35)));
    }
}
