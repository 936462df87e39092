//! `mail-from-domain-invalid`: the custom MAIL FROM domain has no working MX record, and SES was told to refuse then.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Identity};
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "mail-from-domain-invalid",
    group: Group::Account,
    title: "The custom MAIL FROM domain is not set up in DNS",
    next_check: "see MailFromDomainStatus: aws sesv2 get-email-identity, and the MX record of the MAIL FROM domain",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount, Need::SenderIdentity],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers `554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is
invalid.`

## Why it happens

The sender's identity has a custom MAIL FROM domain whose MX record is missing or wrong, and its behaviour on MX failure is
`REJECT_MESSAGE`. With `USE_DEFAULT_VALUE` SES would send with a subdomain of its own instead.

## How it is proven

By the reply, and by SES `GetEmailIdentity`: the MAIL FROM status is not `SUCCESS` and the behaviour is `REJECT_MESSAGE`.
Without a reply, the two predict it.

## What to do

Publish the MX record of the MAIL FROM domain. For mail at once, change the behaviour to `USE_DEFAULT_VALUE`.
";

/// SES refuses mail of this identity as long as its MAIL FROM domain is not in order.
fn refuses(identity: &Identity) -> bool {
    identity.mail_from_domain.is_some()
        && identity.behavior_on_mx_failure.as_deref() == Some("REJECT_MESSAGE")
        && identity
            .mail_from_status
            .as_deref()
            .is_some_and(|status| status != "SUCCESS")
}

fn check(evidence: &Evidence) -> Verdict {
    let identity = evidence.sender_identity.known();
    let state = identity.map(|identity| {
        let domain = identity.mail_from_domain.as_deref().unwrap_or("no custom domain");
        let status = identity.mail_from_status.as_deref().unwrap_or("none");
        format!(
            "{} has {domain} as MAIL FROM domain, status {status}",
            identity.name
        )
    });
    let refusal = super::ses_said(evidence, |meaning| *meaning == Meaning::MailFromDomainInvalid);
    match (refusal, identity, state) {
        (Some(refusal), Some(identity), Some(state)) if refuses(identity) => Verdict::confirmed(
            [refusal.basis, Need::SenderIdentity],
            format!("SES answered that the MAIL FROM domain is not set up, and {state}"),
        ),
        (Some(refusal), Some(_), Some(state)) => {
            let why = format!(
                "SES answered that the MAIL FROM domain is not set up; the identity known here does not explain it: {state}"
            );
            Verdict::likely(0.7, [refusal.basis, Need::SenderIdentity], why)
        }
        (Some(refusal), _, _) => Verdict::confirmed(
            [refusal.basis],
            "SES answered that the DNS setup of the MAIL FROM domain is invalid",
        ),
        (None, Some(identity), Some(state)) if refuses(identity) && super::account_decides(evidence) => {
            let why = format!("predicted: {state}, and SES is to refuse mail then");
            Verdict::likely(0.85, [Need::SenderIdentity], why)
        }
        (None, Some(identity), _) if identity.mail_from_domain.is_some() && !refuses(identity) => {
            Verdict::absent(
                [Need::SenderIdentity],
                "the MAIL FROM domain is in order, or SES falls back to its own",
            )
        }
        (None, None, _)
            if evidence.sender_identity.unavailable().is_some() && super::account_decides(evidence) =>
        {
            Verdict::unknown(
                [Need::SenderIdentity],
                "the sender's identity may have a custom MAIL FROM domain that is not in order",
            )
        }
        (None, _, _) => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let identity = evidence.sender_identity.known();
    let name = super::argument(identity.map(|identity| identity.name.as_str()), "IDENTITY");
    let domain = super::argument(
        identity.and_then(|identity| identity.mail_from_domain.as_deref()),
        "MAIL_FROM_DOMAIN",
    );
    Remedy::new(format!("Publish the MX record of {domain}"))
        .command(
            format!("See what DNS has; it must be the one record `10 feedback-smtp.{region}.amazonses.com`"),
            format!("dig +short MX {domain}"),
        )
        .step(format!("Publish it as the only MX of {domain}, and a TXT record `v=spf1 include:amazonses.com ~all` beside it"))
        .command(
            "To send at once with the default MAIL FROM of SES (undo: the same command with REJECT_MESSAGE)",
            format!(
                "aws sesv2 put-email-identity-mail-from-attributes --email-identity {name} --mail-from-domain {domain} \
                 --behavior-on-mx-failure USE_DEFAULT_VALUE --region {region}"
            ),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{denied, evidence_of_235, identity, known, reported};

    const TEXT: &str = "MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.";

    fn of_identity(behaviour: &str, status: &str) -> Evidence {
        let mut evidence = evidence_of_235();
        evidence.sender_identity = known(Identity {
            mail_from_domain: Some("bounce.example.com".into()),
            mail_from_status: Some(status.into()),
            behavior_on_mx_failure: Some(behaviour.into()),
            ..identity("eu-west-1", "example.com", true)
        });
        evidence
    }

    #[test]
    fn a_failed_domain_that_rejects_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = of_identity("REJECT_MESSAGE", "FAILED");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        reported(&mut evidence, 554, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn a_fallback_or_a_success_rules_it_out() {
        assert!(matches!(
            check(&of_identity("USE_DEFAULT_VALUE", "FAILED")),
            Verdict::Absent { .. }
        ));
        assert!(matches!(
            check(&of_identity("REJECT_MESSAGE", "SUCCESS")),
            Verdict::Absent { .. }
        ));
    }

    #[test]
    fn an_unread_identity_is_not_a_clean_bill() {
        let mut evidence = evidence_of_235();
        evidence.sender_identity = denied("ses:GetEmailIdentity");
        assert_eq!(crate::testimony::asked(&check(&evidence)), [Need::SenderIdentity]);
        reported(&mut evidence, 554, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(_)));
    }
}
