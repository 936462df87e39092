//! `empty-credentials`: the user name or the password is empty.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Refusal};
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::catalogue::Meaning;
use ses_smtp::credential::{PasswordShape, UsernameShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "empty-credentials",
    group: Group::Credentials,
    title: "The user name or the password is empty",
    next_check: "print the length of user name and password as the client reads them: 20 and 44 are right, 0 is empty",
    reads: &[Need::Symptom, Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`530 Authentication required` after MAIL FROM, when the client skips the login because it has nothing to log in with; or
`535 Authentication Credentials Invalid`, when it logs in with nothing. Some clients complain themselves, for example
`Missing credentials for \"PLAIN\"`.

## Why it happens

A variable is not set in this environment, its name is misspelt, a secret has no value in this stage, or a template was
filled before the secret existed.

## How it is proven

The value that the client would use has no characters, or only white space.

## What to do

Find out where the value gets lost: print its length, never the value, in the same environment in which the client runs.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(credential) = evidence.credential.known() else {
        return without_pair(evidence);
    };
    let name = credential.username.shape == UsernameShape::Empty;
    let password = credential.password.shape == PasswordShape::Empty;
    let what = match (name, password) {
        (false, false) => return Verdict::absent([Need::Credential], "user name and password have values"),
        (true, true) => "user name and password are empty",
        (true, false) => "the user name is empty",
        (false, true) => "the password is empty",
    };
    match unauthenticated(evidence) {
        Some(refusal) => {
            let why = format!(
                "{what}, and the server asked for the login that never came: \"{}\"",
                refusal.reply
            );
            Verdict::confirmed([Need::Credential, refusal.basis], why)
        }
        None => reading::visible_fault(evidence, PROOF, what),
    }
}

fn unauthenticated(evidence: &Evidence) -> Option<Refusal> {
    super::ses_said(evidence, |meaning| *meaning == Meaning::AuthRequired)
}

fn without_pair(evidence: &Evidence) -> Verdict {
    let why = "a client without user name or password does not log in, or is refused";
    if super::told(evidence, &[Sign::MissingCredentials]).is_some() {
        let why = "the client's log says that it had no user name or no password to log in with";
        return Verdict::likely(0.85, [Need::Symptom], why);
    }
    match unauthenticated(evidence) {
        Some(_) => Verdict::unknown([Need::Credential], why),
        None => reading::asks_for_pair(evidence, why),
    }
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Give the client the SMTP user name and password")
        .command(
            "Print the length of the variable where the client runs; 44 is right, 0 or 1 is empty",
            "printf %s \"$SMTP_PASSWORD\" | wc -c",
        )
        .step("Compare the variable's name with the one that the client reads, letter by letter")
        .step("Restart the client after the value is set: most read it only once")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        asked, evidence_of_535, evidence_of_client, evidence_of_report, found, password_shape, username,
    };

    #[test]
    fn an_empty_password_is_seen() {
        let mut evidence = evidence_of_535();
        password_shape(&mut evidence, PasswordShape::Empty);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn a_login_that_never_came_confirms_it() {
        let mut evidence = evidence_of_report(530, "Authentication required", None);
        username(&mut evidence, UsernameShape::Empty, "<empty>");
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn untried_it_is_likely() {
        let mut evidence = evidence_of_client();
        password_shape(&mut evidence, PasswordShape::Empty);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn values_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_report(530, "Authentication required", None);
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
