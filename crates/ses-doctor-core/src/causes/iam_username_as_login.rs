//! `iam-username-as-login`: the SMTP user name is the name of an IAM user; SES wants the id of its access key.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::credential::{PasswordShape, UsernameShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "iam-username-as-login",
    group: Group::Credentials,
    title: "The SMTP user name is an IAM user name, not an access key id",
    next_check: "look at the user name: it must be the 20 characters that begin with AKIA, not the name of the IAM user",
    reads: &[Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, with a user name such as `ses-smtp-user.20260102-112233` or `mailer`.

## Why it happens

The console shows two names side by side: that of the IAM user, which it creates, and the SMTP user name. The SMTP user name
is the id of the user's access key: `AKIA` and 16 characters. Terraform modules also put both among their outputs.

## How it is proven

By shape: the user name is no access key id, while the password is an SMTP password, or the name is one that the console
gives to IAM users, or an ARN.

## What to do

Use the id of the access key from which the password was derived as the user name. The password stays.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(verdict) = by_log(evidence) {
        return verdict;
    }
    let (Some(name), Some(password)) = (reading::best_username(evidence), reading::best_password(evidence))
    else {
        return reading::asks_for_pair(evidence, "an IAM user name in place of the key id gets this 535");
    };
    match name {
        UsernameShape::ConsoleSmtpUserName => {
            let why =
                "the user name is one that the SES console gives to IAM users; SES wants the access key id";
            reading::visible_fault(evidence, PROOF, why)
        }
        UsernameShape::Arn => reading::visible_fault(
            evidence,
            PROOF,
            "the user name is an ARN; SES wants the access key id",
        ),
        UsernameShape::Other if is_smtp(password) => {
            let why = "the password is an SMTP password, but the user name is no access key id";
            reading::visible_fault(evidence, 0.9, why)
        }
        UsernameShape::Empty
        | UsernameShape::AccessKeyId
        | UsernameShape::TemporaryKeyId
        | UsernameShape::MailManagerIngressPoint
        | UsernameShape::EmailAddress
        | UsernameShape::SecretAccessKey
        | UsernameShape::SmtpPassword
        | UsernameShape::NearAccessKeyId
        | UsernameShape::Other => Verdict::absent(
            [Need::Credential],
            "the pair does not look like an IAM user name with an SMTP password",
        ),
    }
}

/// A user name in the client's log that is neither a key id nor anything else with a cause of its own.
fn by_log(evidence: &Evidence) -> Option<Verdict> {
    let name = reading::logged_username(evidence)?;
    let strength = match name.shape {
        UsernameShape::ConsoleSmtpUserName | UsernameShape::Arn => 0.9,
        UsernameShape::Other => 0.7,
        UsernameShape::Empty
        | UsernameShape::AccessKeyId
        | UsernameShape::TemporaryKeyId
        | UsernameShape::MailManagerIngressPoint
        | UsernameShape::EmailAddress
        | UsernameShape::SecretAccessKey
        | UsernameShape::SmtpPassword
        | UsernameShape::NearAccessKeyId => return None,
    };
    let why = format!("the client logs in as {}, which is no access key id", name.shown);
    reading::fault_of_logged_name(evidence, strength, &why)
}

fn is_smtp(password: PasswordShape) -> bool {
    use PasswordShape as Shape;
    matches!(
        password,
        Shape::SmtpV4 | Shape::SmtpV2 | Shape::TruncatedSmtp | Shape::LengthenedSmtp
    )
}

fn remedy(evidence: &Evidence) -> Remedy {
    let name = evidence
        .credential
        .known()
        .map(|credential| credential.username.shown.as_str());
    let user = super::argument(name, "USER");
    Remedy::new("Use the id of the user's access key as the SMTP user name; the password stays")
        .command(
            "List the ids of the user's access keys; take the one that the password was derived from",
            format!("aws iam list-access-keys --user-name {user}"),
        )
        .step("If the user has two keys and nobody knows which, try both; the wrong one gets the same 535")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, evidence_of_235, evidence_of_535, found, password_shape, username};

    fn named(mut evidence: Evidence, shape: UsernameShape, shown: &str) -> Evidence {
        username(&mut evidence, shape, shown);
        evidence
    }

    #[test]
    fn a_name_of_the_console_is_proof() {
        let name = "ses-smtp-user.20260102-112233";
        let evidence = named(evidence_of_535(), UsernameShape::ConsoleSmtpUserName, name);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        assert!(format!("{:?}", remedy(&evidence)).contains(name));
    }

    #[test]
    fn any_other_name_needs_an_smtp_password_beside_it() {
        let mut evidence = named(evidence_of_535(), UsernameShape::Other, "mailer");
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
        password_shape(&mut evidence, PasswordShape::Other);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_key_id_or_a_login_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
        let evidence = named(evidence_of_235(), UsernameShape::Other, "mailer");
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
