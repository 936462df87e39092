//! `configuration-set-not-permitted`: the policy covers the identity, but not the configuration set.

use super::missing_send_permission::{by_reply, is_missing_allow, lacks_for_sender, unread};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::message::Part;
use crate::permission::send::refused;
use crate::permission::{Denial, Layer, judge};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "configuration-set-not-permitted",
    group: Group::Permission,
    title: "The policy does not cover the configuration set that the message uses",
    next_check: "see whether a policy of the user names the configuration set's ARN beside the identity's; the identity's default set counts although the client never names it",
    reads: &[Need::Symptom, Need::Probe, Need::Policies],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

``554 Access denied … on resource `arn:aws:ses:…:configuration-set/NAME'`` after a login that works. It often begins on the day
on which somebody gave the identity a default configuration set.

## Why it happens

SES authorises `ses:SendRawEmail` on the identity and on the configuration set in use, including the default set of the
identity, which the client never names.

## How it is proven

By the resource in the reply. Whether the policy lacks the set, or something denies it, the policies decide.

## What to do

Add the ARN of the configuration set to the resources of the statement that allows sending.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(refused) = unread(evidence) {
        return if refused.resource.contains(":configuration-set/") {
            let why = format!(
                "the resource that SES refused is the configuration set {}",
                refused.resource
            );
            by_reply(evidence, 0.75, refused.basis, why)
        } else {
            Verdict::NotApplicable
        };
    }
    if lacks_for_sender(evidence) {
        return Verdict::NotApplicable;
    }
    judge(
        evidence,
        Layer::Identity,
        holds,
        "a policy without the configuration set gets this 554",
    )
}

fn holds(denial: &Denial) -> bool {
    is_missing_allow(denial) && denial.authorization.part == Part::ConfigurationSet
}

fn remedy(evidence: &Evidence) -> Remedy {
    let refused = refused(evidence).filter(|refused| refused.resource.contains(":configuration-set/"));
    let resource = refused.as_ref().map(|refused| refused.resource.as_str());
    let resource = super::argument(resource, "CONFIGURATION_SET_ARN");
    Remedy::new(format!(
        "Add {resource} to the resources of the statement that allows sending"
    ))
    .step("Keep the identity's ARN in the same statement: SES checks both")
    .step("Or take the default configuration set off the identity, if nobody needs it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_line, evidence_of_report, found};

    #[test]
    fn the_resource_tells() {
        let text = "Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:configuration-set/news'";
        assert_eq!(
            found(&check(&evidence_of_line(554, text))),
            Some((Certainty::Likely, 0.75))
        );
        assert_eq!(
            found(&check(&evidence_of_report(554, text, None))),
            Some((Certainty::Possible, 0.5)),
            "who has more than a line is to look"
        );
        let identity = text.replace("configuration-set/news", "identity/example.com");
        assert_eq!(
            check(&evidence_of_report(554, &identity, None)),
            Verdict::NotApplicable
        );
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
