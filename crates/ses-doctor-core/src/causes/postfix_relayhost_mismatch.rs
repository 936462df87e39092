//! `postfix-relayhost-mismatch`: Postfix does not find the password of its relay.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "postfix-relayhost-mismatch",
    group: Group::Client,
    title: "The key of the password map is not the relayhost",
    next_check: "compare `postconf relayhost` with the first column of the password map: they must be the same, sign by sign",
    reads: &[Need::ClientConfig, Need::Symptom],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`530 Authentication required` in reply to MAIL FROM, though user name and password stand in `sasl_passwd`.

## Why it happens

Postfix looks the password up by the relay as `relayhost` writes it, with its brackets and its port, and by the name of the
server that it is connected to. `[host]:587` and `[host]` are two keys. Without a match Postfix goes on without a login.

## How it is proven

By the two files: no key of the map is the relayhost.

## What to do

Write the key exactly as the relayhost, and compile the map.
";

fn check(evidence: &Evidence) -> Verdict {
    if evidence.client_config.known().is_none() && reading::is_unauthenticated_postfix(evidence) {
        return Verdict::unknown(
            [Need::ClientConfig],
            "Postfix sent no login; a map whose key is not the relayhost looks like this",
        );
    }
    reading::by_config(evidence, CAUSE.id)
}

fn remedy(_: &Evidence) -> Remedy {
    Remedy::new("Write the key of sasl_passwd exactly as relayhost in main.cf, with brackets and port")
        .command(
            "See both",
            "postconf relayhost && cut -d' ' -f1 /etc/postfix/sasl_passwd",
        )
        .command(
            "After the change, compile the map",
            "postmap hash:/etc/postfix/sasl_passwd && postfix reload",
        )
        .step("`ses-doctor lint main.cf sasl_passwd --fix` writes the key")
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
