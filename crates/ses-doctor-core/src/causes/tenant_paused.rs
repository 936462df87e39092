//! `tenant-paused`: sending for the tenant that the message names is switched off.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Tenant};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tenant-paused",
    group: Group::Account,
    title: "Sending for the tenant is switched off",
    next_check: "see SendingStatus: aws sesv2 get-tenant --tenant-name NAME",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount, Need::Tenant],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. Messages with this tenant in the header `X-SES-TENANT` are refused with `554` after their text; others are taken.
The exact text over SMTP is not documented by AWS.

## Why it happens

A tenant has a sending status of its own, made of two: the account's own switch, and one of SES. If either is `DISABLED`, the tenant
may not send. SES switches a tenant off when its findings (bounces, complaints) reach the level of the tenant's reputation policy.

## How it is proven

SES `GetTenant` says `SendingStatus: DISABLED`; `GetReputationEntity` says which of the two statuses it is. `ENABLED` and `REINSTATED`
may send. Without a reply, the status predicts it.

## What to do

Find out which side switched the tenant off and why. The account's own switch can be put back at once, and this is reversible; what SES
switched off, it switches on again only when the findings are resolved.
";

/// The tenant's status as far as it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Disabled,
    MaySend,
    NotTold,
}

fn standing(tenant: &Tenant) -> Standing {
    match tenant.sending_status.as_deref() {
        Some("DISABLED") => Standing::Disabled,
        Some("ENABLED" | "REINSTATED") => Standing::MaySend,
        Some(_) | None => Standing::NotTold,
    }
}

fn check(evidence: &Evidence) -> Verdict {
    let refusal = super::ses_said(evidence, |meaning| *meaning == Meaning::TenantPaused);
    let predicts = reading::tenant(evidence).is_some() && super::account_decides(evidence);
    let tenant = evidence.tenant.known();
    match (refusal.map(|refusal| refusal.basis), tenant, tenant.map(standing)) {
        (None, _, _) if !predicts || evidence.tenant.is_missing() => Verdict::NotApplicable,
        (Some(basis), Some(tenant), Some(Standing::Disabled)) => {
            let why = format!(
                "SES refuses for the tenant {}, which is DISABLED{}",
                tenant.name,
                by_whom(tenant)
            );
            Verdict::confirmed([Need::Tenant, basis], why)
        }
        (None, Some(tenant), Some(Standing::Disabled)) => {
            let why = format!(
                "predicted: the tenant {} is DISABLED{}",
                tenant.name,
                by_whom(tenant)
            );
            Verdict::likely(0.95, [Need::Tenant, Need::Symptom], why)
        }
        (Some(basis), Some(tenant), Some(Standing::MaySend)) => {
            let why = format!(
                "SES answered that the tenant may not send; by now {} may",
                tenant.name
            );
            Verdict::possible(0.4, [basis, Need::Tenant], why)
        }
        (None, Some(tenant), Some(Standing::MaySend)) => {
            Verdict::absent([Need::Tenant], format!("the tenant {} may send", tenant.name))
        }
        (Some(basis), _, _) => {
            Verdict::likely(0.75, [basis], "SES answers that sending for the tenant is paused")
        }
        (None, _, _) => Verdict::unknown(
            [Need::Tenant],
            "messages name a tenant, and a login that works does not show that it may send",
        ),
    }
}

/// Which of the two statuses stands in the way, for a sentence.
fn by_whom(tenant: &Tenant) -> String {
    let Some(Ok(statuses)) = &tenant.statuses else {
        return String::new();
    };
    let off = |status: &Option<String>| status.as_deref() == Some("DISABLED");
    let who = match (off(&statuses.ses), off(&statuses.customer)) {
        (true, true) => " by SES and by the account's own switch",
        (true, false) => " by SES",
        (false, true) => " by the account's own switch",
        (false, false) => return String::new(),
    };
    let reason = statuses.cause.as_deref().filter(|cause| !cause.is_empty());
    reason.map_or_else(|| who.to_owned(), |reason| format!("{who}: {reason}"))
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let tenant = evidence.tenant.known();
    let name = super::argument(reading::tenant(evidence), "TENANT");
    let arn = super::argument(tenant.and_then(|tenant| tenant.arn.as_deref()), "TENANT_ARN");
    let entity = format!("--reputation-entity-type RESOURCE --reputation-entity-reference {arn}");
    let statuses = tenant.and_then(|tenant| tenant.statuses.as_ref()?.as_ref().ok());
    let off = |status: Option<&str>| status == Some("DISABLED");
    let of_ses = statuses.is_some_and(|statuses| off(statuses.ses.as_deref()));
    let of_account = statuses.is_some_and(|statuses| off(statuses.customer.as_deref()));
    let mut remedy = Remedy::new(format!(
        "Find out why the tenant {name} was switched off; then switch it on"
    ))
    .command(
        "See its ARN and its sending status",
        format!("aws sesv2 get-tenant --tenant-name {name} --region {region}"),
    )
    .command(
        "See which side switched it off, when and why",
        format!("aws sesv2 get-reputation-entity {entity} --region {region}"),
    );
    if of_ses || statuses.is_none() {
        remedy = remedy.command(
            "If SES switched it off, see the findings: it may send again once they are resolved, whatever the account's own switch says",
            format!("aws sesv2 list-recommendations --filter RESOURCE_ARN={arn} --region {region}"),
        );
    }
    if of_account || statuses.is_none() {
        remedy = remedy.command(
            "If the account switched it off, switch it on again (undo: the same command with DISABLED)",
            format!(
                "aws sesv2 update-reputation-entity-customer-managed-status {entity} --sending-status ENABLED --region {region}"
            ),
        );
    }
    remedy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::TenantStatuses;
    use crate::testimony::{asked, denied, found, known, of_tenant, reported, tenant};

    const TEXT: &str = "Message rejected: Sending is paused for tenant <acme>.";

    fn with(status: &str) -> Evidence {
        let mut evidence = of_tenant();
        evidence.tenant = known(Tenant {
            sending_status: Some(status.into()),
            ..tenant(&[])
        });
        evidence
    }

    #[test]
    fn the_status_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = with("DISABLED");
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.95)));
        reported(&mut evidence, 554, TEXT, None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn enabled_and_reinstated_rule_it_out_and_a_word_that_is_new_does_not() {
        for status in ["ENABLED", "REINSTATED"] {
            assert!(matches!(check(&with(status)), Verdict::Absent { .. }), "{status}");
        }
        assert_eq!(asked(&check(&with("RESTING"))), [Need::Tenant]);
    }

    #[test]
    fn a_denied_read_is_unknown_and_without_a_tenant_there_is_nothing_to_say() {
        let mut evidence = with("ENABLED");
        evidence.tenant = denied("ses:GetTenant");
        assert_eq!(asked(&check(&evidence)), [Need::Tenant]);
        reported(&mut evidence, 554, TEXT, None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
        assert_eq!(
            check(&crate::testimony::evidence_of_235()),
            Verdict::NotApplicable
        );
    }

    #[test]
    fn the_remedy_names_only_the_side_that_switched_it_off() {
        let commands = |customer: &str, ses: &str| {
            let mut evidence = with("DISABLED");
            let statuses = TenantStatuses {
                customer: Some(customer.into()),
                ses: Some(ses.into()),
                cause: Some("bounces".into()),
            };
            evidence.tenant = known(Tenant {
                sending_status: Some("DISABLED".into()),
                statuses: Some(Ok(statuses)),
                ..tenant(&[])
            });
            assert!(matches!(check(&evidence), Verdict::Present(finding) if finding.why.contains("bounces")));
            let steps = remedy(&evidence).steps.into_iter();
            steps
                .filter_map(|step| step.command)
                .collect::<Vec<_>>()
                .join("\n")
        };
        let by_account = commands("DISABLED", "ENABLED");
        assert!(
            by_account.contains("--sending-status ENABLED") && !by_account.contains("list-recommendations")
        );
        let by_ses = commands("ENABLED", "DISABLED");
        assert!(!by_ses.contains("--sending-status ENABLED") && by_ses.contains("list-recommendations"));
    }
}
