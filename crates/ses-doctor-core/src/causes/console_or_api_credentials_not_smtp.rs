//! `console-or-api-credentials-not-smtp`: the pair was made for something else than the SMTP interface.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::credential::{PasswordShape, UsernameShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "console-or-api-credentials-not-smtp",
    group: Group::Credentials,
    title: "The pair is not an SMTP pair at all: a console login, an API key or another service's",
    next_check: "see where the pair came from: it must be made under SES, SMTP settings, or derived from an access key of an IAM user",
    reads: &[Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, while the same person signs in to the AWS console with this name and password, or
the same application sends through the SES API.

## Why it happens

SES has three doors with three kinds of keys. The console takes a user name and a password; the API takes an access key id and a
secret access key; SMTP takes an access key id and a password that is derived from the secret. None of them fits another door.

## How it is proven

By shape: neither value is what SMTP wants, or the password beside an access key id is of no kind that SES makes.

## What to do

Make SMTP credentials: from an access key of an IAM user that may call `ses:SendRawEmail`, or in the SES console under
*SMTP settings*.
";

fn check(evidence: &Evidence) -> Verdict {
    let (Some(name), Some(password)) = (reading::best_username(evidence), reading::best_password(evidence))
    else {
        return reading::asks_for_pair(evidence, "a console or API login gets this 535");
    };
    if evidence
        .credential
        .known()
        .is_some_and(|credential| credential.swapped)
    {
        return Verdict::NotApplicable;
    }
    use UsernameShape as Name;
    match (name, is_foreign(password)) {
        (Name::Other, true) => reading::visible_fault(
            evidence,
            0.85,
            "the user name is no access key id and the password no SMTP password",
        ),
        // The secret access key in the password's place has a cause of its own.
        (Name::ConsoleSmtpUserName | Name::Arn, true) if password != PasswordShape::SecretAccessKey => {
            reading::visible_fault(
                evidence,
                0.65,
                "beside the user name, the password is not of SMTP either",
            )
        }
        (Name::AccessKeyId, _) if password == PasswordShape::AccessKeyId => reading::visible_fault(
            evidence,
            0.9,
            "the password is an access key id, like the user name",
        ),
        (Name::AccessKeyId, _) if password == PasswordShape::Other => {
            let why = "the user name is an access key id, but SES makes no password of this shape";
            reading::visible_fault(evidence, 0.8, why)
        }
        _ => Verdict::absent(
            [Need::Credential],
            "the pair does not look like a login to the console or the API",
        ),
    }
}

/// Neither an SMTP password, however damaged, nor a stand-in for one.
fn is_foreign(password: PasswordShape) -> bool {
    use PasswordShape as Shape;
    matches!(
        password,
        Shape::SecretAccessKey | Shape::AccessKeyId | Shape::Base64Of33Bytes | Shape::Other
    )
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Make SMTP credentials from the access key of an IAM user that may send")
        .step("Keep the console and API credentials for their own doors; they need no change");
    reading::new_key(remedy, evidence, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, evidence_of_235, evidence_of_535, found, password_shape, username};

    fn pair(mut evidence: Evidence, name: UsernameShape, password: PasswordShape) -> Evidence {
        username(&mut evidence, name, "admin");
        password_shape(&mut evidence, password);
        evidence
    }

    #[test]
    fn a_pair_of_neither_shape_is_a_login_for_elsewhere() {
        let evidence = pair(evidence_of_535(), UsernameShape::Other, PasswordShape::Other);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.85)));
    }

    #[test]
    fn a_key_id_with_a_foreign_password_too() {
        for password in [PasswordShape::Other, PasswordShape::AccessKeyId] {
            let evidence = pair(evidence_of_535(), UsernameShape::AccessKeyId, password);
            assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
        }
    }

    #[test]
    fn pairs_with_a_plainer_fault_are_left_to_it() {
        for (name, password) in [
            (UsernameShape::AccessKeyId, PasswordShape::SmtpV4),
            (UsernameShape::AccessKeyId, PasswordShape::SecretAccessKey),
            (UsernameShape::Other, PasswordShape::SmtpV4),
            (UsernameShape::EmailAddress, PasswordShape::Other),
            (UsernameShape::Other, PasswordShape::Masked),
            (UsernameShape::Other, PasswordShape::Empty),
        ] {
            let verdict = check(&pair(evidence_of_535(), name, password));
            assert!(matches!(verdict, Verdict::Absent { .. }), "{name:?} {password:?}");
        }
    }

    #[test]
    fn a_working_login_rules_it_out() {
        let evidence = pair(evidence_of_235(), UsernameShape::Other, PasswordShape::Other);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
