//! What became of a call that was answered with no, and what a person can do about it.

use super::CallError;
use crate::ledger::Seen;
use crate::outcome::Trouble;

/// Tells a definite no from what leaves it open whether anything was changed: a write before it in the same action, or an
/// earlier attempt of the same call, whose answer was lost. What this program refuses by itself is final in any case.
pub(super) fn call_error(trouble: &Trouble, why: String, seen: &Seen) -> CallError {
    let is_no = match trouble {
        Trouble::Missing | Trouble::Denied { .. } | Trouble::Refused { .. } => true,
        Trouble::Failed { .. } => false,
    };
    let is_own = seen.refusal.is_none();
    match is_no && (is_own || !seen.changed && !seen.unclear) {
        true => CallError::Refused {
            code: seen.refusal.clone(),
            why,
        },
        false => CallError::Unclear(why),
    }
}

/// What to do about a refusal of this call with this code. Quotas: IAM User Guide, "IAM and AWS STS quotas"; codes: the page of each
/// operation in the API reference.
pub(super) fn remedy(operation: &str, code: &str) -> Option<&'static str> {
    let remedy = match (operation, code) {
        ("CreateAccessKey", "LimitExceeded") => {
            "a user has at most two access keys: see which one nobody uses (`ses-doctor rotate` names it), and delete that one"
        }
        ("CreatePolicyVersion", "LimitExceeded") => {
            "a managed policy has at most five versions, or the document is too long (6,144 characters, spaces not counted): \
             plan anew, so that the deletion of the oldest version is offered"
        }
        ("PutUserPolicy" | "PutGroupPolicy", "LimitExceeded") => {
            "the inline policies of a user take 2,048 characters together, those of a group 5,120, spaces not counted: shorten \
             one, or put the statement into a managed policy"
        }
        ("AttachUserPolicy", "LimitExceeded") => {
            "a user has at most ten managed policies (a quota that AWS can raise to twenty): detach one, or put the \
             statement into one that is attached"
        }
        (_, "LimitExceeded" | "LimitExceededException") => {
            "a quota of the account is used up: look at Service Quotas, and make room or have it raised"
        }
        (
            _,
            "ConcurrentModification" | "ConcurrentModificationException" | "EntityTemporarilyUnmodifiable",
        ) => "somebody else is changing the same thing: wait a few minutes, then plan and apply anew",
        (_, "EntityAlreadyExists" | "AlreadyExistsException" | "InvalidPermission.Duplicate") => {
            "somebody else made it meanwhile: plan anew, on what is there now"
        }
        (_, "NoSuchEntity" | "NotFoundException" | "InvalidPermission.NotFound") => {
            "it is gone: plan anew, on what is there now"
        }
        (
            _,
            "MalformedPolicyDocument" | "InvalidParameterValue" | "ValidationError" | "ValidationException",
        ) => "AWS does not take what the plan says; `ses-doctor policy` tells what is wrong with a document",
        (_, "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized") => {
            "apply it with credentials that may do it: the plan names the IAM actions that each step takes"
        }
        _ => return None,
    };
    Some(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused() -> Trouble {
        Trouble::Refused {
            code: "LimitExceeded".into(),
            why: "no".into(),
        }
    }

    proptest! {
        #[test]
        fn a_no_is_a_refusal_only_if_nothing_was_or_may_have_been_changed(changed: bool, unclear: bool) {
            let seen = Seen { changed, unclear, refusal: Some("LimitExceeded".into()), ..Seen::default() };
            let error = call_error(&refused(), "no".into(), &seen);
            prop_assert_eq!(matches!(error, CallError::Refused { .. }), !changed && !unclear);
            let own = call_error(&Trouble::Missing, "no".into(), &Seen { refusal: None, ..seen.clone() });
            let is_final = matches!(own, CallError::Refused { code: None, .. });
            prop_assert!(is_final);
            let lost = call_error(&Trouble::failed("no answer in time"), "late".into(), &seen);
            prop_assert!(matches!(lost, CallError::Unclear(_)));
        }
    }

    #[test]
    fn each_limit_says_what_is_full() {
        for (operation, full) in [
            ("CreateAccessKey", "two access keys"),
            ("CreatePolicyVersion", "five versions"),
            ("PutUserPolicy", "2,048 characters"),
            ("CreateTenantResourceAssociation", "Service Quotas"),
        ] {
            assert!(
                remedy(operation, "LimitExceeded").is_some_and(|words| words.contains(full)),
                "{operation}"
            );
        }
        assert_eq!(remedy("CreateAccessKey", "SomethingNew"), None);
    }
}
