//! `missing-send-permission`: no policy allows the key's user to send.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::message::Part;
use crate::permission::send::{Refused, refused};
use crate::permission::{self, Denial, Layer, TurnsOn, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "missing-send-permission",
    group: Group::Permission,
    title: "The key's user has no permission to send with this identity or configuration set",
    next_check: "see whether a policy of the user allows ses:SendRawEmail on the very resource that the reply names: aws iam simulate-principal-policy",
    reads: &[Need::Symptom, Need::Probe, Need::Policies],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers ``554 Access denied: User `…' is not authorized to perform `ses:SendRawEmail'
on resource `…'``. The resource is the sender's identity, the configuration set, or in the sandbox the recipient.

## Why it happens

No policy of the user allows `ses:SendRawEmail` on that resource. Often the policy names the identity and not the
configuration set that the identity brings along by default, or it allows only `ses:SendEmail`, which SMTP does not use.

## How it is proven

Over SMTP the reply is the same for a missing allow and for a denial by any layer; only the API's wording (`because no
identity-based policy allows …`) names the layer. The policies decide.

## What to do

Add `ses:SendRawEmail` on exactly the resource that the reply names to a policy of the user. No `*`.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(refused) = unread(evidence) {
        let why = format!(
            "SES refused {} on {}; which layer refuses it the reply does not say, and a missing allow is by far the most frequent",
            refused.action, refused.resource
        );
        return by_reply(evidence, 0.8, refused.basis, why);
    }
    judge(
        evidence,
        Layer::Identity,
        holds,
        "a policy without the allow gets this 554",
    )
}

/// A verdict on the reply's words alone. In a diagnosis the many other layers that get the same reply weigh more than
/// frequency.
pub(super) fn by_reply(evidence: &Evidence, strength: f64, basis: Need, why: String) -> Verdict {
    match super::is_line_alone(evidence) {
        true => Verdict::likely(strength, [basis], why),
        false => Verdict::possible(0.5, [basis], why),
    }
}

/// SES's refusal, as long as neither its own words nor the user's policies tell which layer it comes from.
pub(super) fn unread(evidence: &Evidence) -> Option<Refused> {
    refused(evidence).filter(|refused| refused.reason.is_none() && evidence.policies.is_not_asked())
}

/// What lacks for a configuration set or a recipient has causes of its own.
fn holds(denial: &Denial) -> bool {
    is_missing_allow(denial) && denial.authorization.part == Part::Sender
}

/// The allow is missing for the sender itself: that it is missing for a configuration set or a recipient as well is the same
/// fault.
pub(super) fn lacks_for_sender(evidence: &Evidence) -> bool {
    permission::denials(evidence).iter().any(holds)
}

/// No identity policy allows it, and no condition with a cause of its own is why.
pub(super) fn is_missing_allow(denial: &Denial) -> bool {
    denial.layer == Layer::Identity
        && !denial.explicit
        && !denial.cross_account
        && matches!(denial.turns_on, None | Some(TurnsOn::Other(_)))
}

fn remedy(evidence: &Evidence) -> Remedy {
    let refused = refused(evidence);
    let resource = refused.as_ref().map(|refused| refused.resource.as_str());
    let resource = super::argument(resource, "RESOURCE_ARN");
    let remedy = Remedy::new(format!("Allow ses:SendRawEmail on {resource}, and nothing more"));
    show_decision(remedy, evidence)
        .step(format!(
            "Add to a policy of the user: {{\"Effect\": \"Allow\", \"Action\": \"ses:SendRawEmail\", \"Resource\": \"{resource}\"}}"
        ))
        .step("If it is allowed already, a permissions boundary or a service control policy refuses: ask who owns those")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::permission::testing::refused_with;
    use crate::testimony::{evidence_of_235, evidence_of_line, evidence_of_report, found, reported};

    const SMTP: &str = "Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";

    #[test]
    fn over_smtp_it_is_likely_and_the_apis_wording_decides() {
        let evidence = evidence_of_line(554, SMTP);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.8)));
        let allow = "User: arn:aws:iam::1:user/app is not authorized to perform: ses:SendRawEmail on resource: arn:aws:ses:eu-west-1:1:identity/example.com because no identity-based policy allows the ses:SendRawEmail action";
        assert_eq!(
            found(&check(&evidence_of_report(554, allow, None))),
            Some((Certainty::Likely, 0.95))
        );
        let deny = "User: arn:aws:iam::1:user/app is not authorized to perform: ses:SendRawEmail on resource: arn:aws:ses:eu-west-1:1:identity/example.com with an explicit deny in a service control policy";
        assert_eq!(found(&check(&evidence_of_report(554, deny, None))), None);
    }

    #[test]
    fn a_diagnosis_that_could_not_read_the_policies_is_not_confident() {
        let mut evidence = evidence_of_235();
        reported(&mut evidence, 554, SMTP, None);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Possible, 0.5)));
    }

    #[test]
    fn the_policies_decide_once_they_are_read() {
        let evidence = refused_with(&[("mailer", r#"{"Statement":[]}"#)]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        let allow = r#"{"Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}"#;
        assert_eq!(found(&check(&refused_with(&[("mailer", allow)]))), None);
    }

    #[test]
    fn the_tls_version_begins_with_access_denied_too() {
        let text = "Access denied: Amazon SES no longer supports TLS 1.0 and TLS 1.1 connections.";
        assert_eq!(
            check(&evidence_of_report(554, text, None)),
            Verdict::NotApplicable
        );
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
