//! `postfix-missing-sasl-package`: the SASL library of Postfix has no mechanism installed.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "postfix-missing-sasl-package",
    group: Group::Client,
    title: "Postfix lacks the SASL modules that it needs to log in",
    next_check: "see whether the package is there: dpkg -l libsasl2-modules, rpm -q cyrus-sasl-plain or apk info cyrus-sasl-login",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`SASL authentication failure: No worthy mechs found` and `SASL authentication failed; cannot authenticate to server …: no
mechanism available`. Mail stays in the queue; SES never hears of a login.

## Why it happens

Postfix logs in through Cyrus SASL, whose mechanisms are modules of a package of their own. Slim images and fresh systems do
not have it. More rarely `smtp_sasl_security_options` forbids the mechanisms that are installed.

## How it is proven

By the library's own words. Whether the package is missing or its use forbidden, the list of packages tells.

## What to do

Install libsasl2-modules (Debian, Ubuntu), cyrus-sasl-plain (Red Hat) or cyrus-sasl-login (Alpine), and reload Postfix.
";

fn check(evidence: &Evidence) -> Verdict {
    if super::told(evidence, &[Sign::NoMechanism]).is_none() || super::names_another_service(evidence) {
        return Verdict::NotApplicable;
    }
    // The library is the client's: a probe that goes through does not speak against it.
    Verdict::likely(
        0.9,
        [Need::Symptom],
        "the client's SASL library says that it has no mechanism to log in with",
    )
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Install the SASL modules, and allow PLAIN and LOGIN under TLS")
        .command(
            "On Debian and Ubuntu (Red Hat: dnf install cyrus-sasl-plain; Alpine: apk add cyrus-sasl-login)",
            "sudo apt-get install libsasl2-modules && sudo postfix reload",
        )
        .command(
            "See that passwords may be sent under TLS; noplaintext must not be in the answer",
            "postconf smtp_sasl_security_options smtp_sasl_tls_security_options",
        )
        .command("Send what has been deferred", "postqueue -f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, found, logged};

    #[test]
    fn the_words_of_the_library_make_it_likely() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "SASL authentication failed; cannot authenticate to server x[192.0.2.1]: no mechanism available",
        );
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
    }

    #[test]
    fn mechanisms_that_postfix_itself_forbids_are_something_else() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "SASL authentication failed: server x offered no compatible authentication mechanisms for this type of connection security",
        );
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
