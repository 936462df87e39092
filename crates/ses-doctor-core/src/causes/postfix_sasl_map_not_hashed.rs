//! `postfix-sasl-map-not-hashed`: Postfix reads the compiled map, and it is missing or old.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "postfix-sasl-map-not-hashed",
    group: Group::Client,
    title: "Postfix reads a compiled password map that was not made, or not made anew",
    next_check: "compare the times of sasl_passwd and sasl_passwd.db; `postmap -q RELAYHOST hash:/etc/postfix/sasl_passwd` must answer the pair",
    reads: &[Need::ClientConfig, Need::Symptom],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`530 Authentication required` in reply to MAIL FROM, or a warning that `sasl_passwd.db` cannot be opened. After a change of
the password: still `535`, as with the old one.

## Why it happens

`hash:` and `lmdb:` maps are not read as they are written: Postfix reads the file that `postmap` makes of them. Without it,
or with one that is older than the text, Postfix has no password or the old one.

## How it is proven

By the files: the map's text is there and its compiled form is not, or is older. A script that writes the map and never runs
`postmap` makes it likely.

## What to do

Run `postmap` on the map after every change. Or name it `texthash:`, which is read as it is written.
";

fn check(evidence: &Evidence) -> Verdict {
    if evidence.client_config.known().is_none() && reading::is_unauthenticated_postfix(evidence) {
        return Verdict::unknown(
            [Need::ClientConfig],
            "Postfix sent no login; a password map that was never compiled looks like this",
        );
    }
    let config = reading::by_config(evidence, CAUSE.id);
    if config != Verdict::NotApplicable {
        return config;
    }
    let why = "Postfix reads the compiled map, not the text beside it";
    reading::told_by_client(evidence, &[Sign::MapNotCompiled], 0.8, why).unwrap_or(Verdict::NotApplicable)
}

fn remedy(_: &Evidence) -> Remedy {
    Remedy::new("Compile the password map after every change")
        .command("Compile it", "postmap hash:/etc/postfix/sasl_passwd")
        .command(
            "Have Postfix read it, and send what waits",
            "postfix reload && postqueue -f",
        )
        .step("Or write texthash: in place of hash: in smtp_sasl_password_maps, which needs no compiling")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::ConfigFault;
    use crate::testimony::{evidence_of_client, known, reported, symptom};

    #[test]
    fn the_files_show_it() {
        let mut evidence = evidence_of_client();
        evidence.client_config = known(vec![ConfigFault {
            cause: CAUSE.id.to_owned(),
            certainty: Certainty::Confirmed,
            place: "main.cf:1:1".to_owned(),
            message: "as the test says".to_owned(),
        }]);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        evidence.client_config = known(Vec::new());
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn postfix_without_a_login_makes_it_a_candidate() {
        let mut evidence = evidence_of_client();
        reported(&mut evidence, 530, "Authentication required", None);
        symptom(&mut evidence, |symptom| {
            symptom.reported.as_mut().unwrap().line =
                "postfix/smtp[7]: said: 530 Authentication required".into();
        });
        assert!(
            matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::ClientConfig])
        );
    }
}
