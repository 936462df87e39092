//! `swapped-credentials`: user name and password stand in each other's place.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, LoginOutcome};
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "swapped-credentials",
    group: Group::Credentials,
    title: "User name and password stand in each other's place",
    next_check: "see which value begins with AKIA: that is the user name, the other one is the password",
    reads: &[Need::Credential, Need::Probe, Need::Repairs],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` from the first login on.

## Why it happens

Two fields of a form, two variables or two columns were filled the wrong way round. The server then reads the password as the
user name, and the password may have gone into logs in clear text.

## How it is proven

By shape: an access key id stands in the password field, and a password or a secret access key in the user name field. When
the pair logs in after changing places, nothing else is wrong.

## What to do

Put each value into its own field. Then look for the password in logs that show user names; if it is there, replace the key.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(credential) = evidence.credential.known() else {
        return reading::asks_for_pair(evidence, "a swapped pair gets this 535");
    };
    if !credential.swapped {
        return Verdict::absent([Need::Credential], "each value has the shape of its own field");
    }
    let repairs = evidence.repairs.known().into_iter().flatten();
    if repairs
        .into_iter()
        .any(|repair| repair.swapped && repair.outcome == LoginOutcome::Accepted)
    {
        let why = "the pair logs in once user name and password change places";
        return Verdict::confirmed([Need::Repairs, Need::Credential], why);
    }
    let why =
        "an access key id stands in the password field, and a password or secret in the user name field";
    reading::visible_fault(evidence, PROOF, why)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Put user name and password into each other's place")
        .step("The access key id (AKIA…, 20 characters) is the user name; the 44 characters starting with B are the password")
        .step("Search the logs that show user names for the password; if it is there, replace the access key");
    let secret = evidence
        .credential
        .known()
        .is_some_and(|credential| credential.username.length == 40);
    if secret {
        reading::derive_password(remedy, evidence, "FILE")
    } else {
        remedy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::RepairLogin;
    use crate::observed::Observed;
    use crate::testimony::{
        accepted, asked, evidence_of_235, evidence_of_535, evidence_of_client, found, known,
    };

    fn swap(mut evidence: Evidence) -> Evidence {
        if let Observed::Known(credential) = &mut evidence.credential.observed {
            credential.swapped = true;
        }
        evidence
    }

    #[test]
    fn the_shapes_and_a_535_confirm_it() {
        assert_eq!(
            found(&check(&swap(evidence_of_535()))).unwrap().0,
            Certainty::Confirmed
        );
        assert_eq!(
            found(&check(&swap(evidence_of_client()))).unwrap().0,
            Certainty::Likely
        );
    }

    #[test]
    fn a_login_the_other_way_round_is_the_best_proof() {
        let mut evidence = swap(evidence_of_535());
        evidence.repairs = known(vec![RepairLogin {
            damage: Vec::new(),
            swapped: true,
            outcome: accepted(),
        }]);
        let Verdict::Present(finding) = check(&evidence) else {
            panic!("not present")
        };
        assert_eq!(finding.because, [Need::Repairs, Need::Credential]);
    }

    #[test]
    fn values_in_their_own_fields_rule_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
        assert!(matches!(check(&swap(evidence_of_235())), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
