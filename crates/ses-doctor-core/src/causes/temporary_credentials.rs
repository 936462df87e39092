//! `temporary-credentials`: the pair comes from a role or a session, and SMTP has no place for the session token.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::credential::{PasswordShape, UsernameShape};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "temporary-credentials",
    group: Group::Credentials,
    title: "The login uses temporary credentials of a role or session",
    next_check: "look at the user name: one that begins with ASIA is temporary and cannot work",
    reads: &[Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, often on EC2, ECS, Lambda or EKS, or on a laptop with single sign-on. The user name
starts with `ASIA`.

## Why it happens

Credentials of a role, a session or single sign-on consist of three parts, of which the third, the session token, has no
place in SMTP AUTH. AWS says that they cannot be used for the SMTP interface. The wording of the refusal is not documented
by AWS.

## How it is proven

By the shape of the user name: `ASIA` and 16 characters is a temporary key id, `AKIA` a long-term one. A session token in the
password field proves the same.

## What to do

Use the access key of an IAM user that may do no more than `ses:SendRawEmail`, and derive the SMTP password from its
secret. Where the application can use the SES API instead of SMTP, it may keep its role.
";

fn check(evidence: &Evidence) -> Verdict {
    let why = "the user name in the client's log starts with ASIA: a temporary key id, which the SMTP interface does not take";
    let logged =
        reading::logged_username(evidence).filter(|name| name.shape == UsernameShape::TemporaryKeyId);
    if let Some(verdict) = logged.and_then(|_| reading::fault_of_logged_name(evidence, 0.95, why)) {
        return verdict;
    }
    if evidence.credential.known().is_none() {
        return reading::asks_for_pair(evidence, "temporary credentials get this 535");
    }
    if reading::best_username(evidence) == Some(UsernameShape::TemporaryKeyId) {
        let why =
            "the user name starts with ASIA: a temporary key id, which the SMTP interface does not take";
        return reading::visible_fault(evidence, PROOF, why);
    }
    if reading::best_password(evidence) == Some(PasswordShape::SessionToken) {
        return reading::visible_fault(
            evidence,
            PROOF,
            "the password is a session token of temporary credentials",
        );
    }
    Verdict::absent(
        [Need::Credential],
        "neither a temporary key id nor a session token is used",
    )
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Log in with the long-term access key of an IAM user made for sending")
        .step("Choose an IAM user whose only permission is ses:SendRawEmail, or create one in the SES console (SMTP settings)");
    reading::new_key(remedy, evidence, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        asked, client_of, evidence_of_535, evidence_of_client, found, password_shape, username,
    };

    #[test]
    fn a_temporary_key_id_with_a_535_is_proof() {
        let mut evidence = evidence_of_535();
        username(
            &mut evidence,
            UsernameShape::TemporaryKeyId,
            "ASIAIOSFODNN7EXAMPLE",
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn untried_it_is_likely() {
        let mut evidence = evidence_of_client();
        password_shape(&mut evidence, PasswordShape::SessionToken);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn a_long_term_key_rules_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
    }

    #[test]
    fn another_service_has_its_own_rules() {
        let mut evidence = client_of("smtp.sendgrid.net");
        username(
            &mut evidence,
            UsernameShape::TemporaryKeyId,
            "ASIAIOSFODNN7EXAMPLE",
        );
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
