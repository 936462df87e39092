//! `tenant-missing`: the message names a tenant that does not exist in the region.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tenant-missing",
    group: Group::Account,
    title: "The tenant that the message names does not exist",
    next_check: "see whether it exists in the region: aws sesv2 get-tenant --tenant-name NAME",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount, Need::Tenant],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. Messages with the header `X-SES-TENANT` are refused with `554` after their text; others are taken. The exact text over
SMTP is not documented by AWS.

## Why it happens

The header names a tenant that was deleted, that is spelt otherwise, or that was made in another region or account: tenants belong to one
region of one account.

## How it is proven

SES `GetTenant` answers that there is none. Without a reply, this predicts it.

## What to do

Correct the name where the header is set, or create the tenant and associate with it what the message uses.
";

fn check(evidence: &Evidence) -> Verdict {
    let refusal = super::ses_said(evidence, |meaning| *meaning == Meaning::TenantMissing);
    let named = reading::tenant(evidence).filter(|_| super::account_decides(evidence));
    let gone = evidence.tenant.is_missing();
    match (
        refusal.map(|refusal| refusal.basis),
        named,
        evidence.tenant.known(),
    ) {
        (Some(basis), _, _) if gone => Verdict::confirmed(
            [Need::Tenant, basis],
            "SES answered that the tenant does not exist, and its API finds none either",
        ),
        (Some(basis), _, Some(tenant)) => {
            let why = format!(
                "SES answered that the tenant does not exist; by now there is one named {}",
                tenant.name
            );
            Verdict::possible(0.5, [basis, Need::Tenant], why)
        }
        (Some(basis), _, None) => {
            Verdict::likely(0.8, [basis], "SES answered that the tenant does not exist")
        }
        (None, None, _) => Verdict::NotApplicable,
        (None, Some(name), _) if gone => {
            let why = format!("predicted: SES in this region has no tenant {name}");
            Verdict::likely(0.9, [Need::Tenant, Need::Symptom], why)
        }
        (None, Some(name), Some(_)) => Verdict::absent([Need::Tenant], format!("the tenant {name} exists")),
        (None, Some(name), None) => {
            Verdict::unknown([Need::Tenant], format!("messages name the tenant {name}"))
        }
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let name = super::argument(reading::tenant(evidence), "TENANT");
    Remedy::new("Name a tenant that exists in this region, or none")
        .command("See which tenants there are", format!("aws sesv2 list-tenants --region {region}"))
        .step("Correct or remove the header X-SES-TENANT in the client's settings")
        .command(
            "Or create the tenant (undo: aws sesv2 delete-tenant)",
            format!("aws sesv2 create-tenant --tenant-name {name} --region {region}"),
        )
        .step("A new tenant needs the sender's identity, and the configuration set that the message uses, associated with it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, denied, found, known, missing, of_tenant, reported, tenant};

    #[test]
    fn a_missing_tenant_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = of_tenant();
        evidence.tenant = missing();
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
        reported(&mut evidence, 554, "Tenant <acme> does not exist.", None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn a_tenant_that_exists_rules_it_out() {
        let mut evidence = of_tenant();
        evidence.tenant = known(tenant(&[]));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        reported(&mut evidence, 554, "Tenant <acme> does not exist.", None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Possible);
    }

    #[test]
    fn a_denied_read_is_unknown_and_without_a_tenant_there_is_nothing_to_say() {
        let mut evidence = of_tenant();
        evidence.tenant = denied("ses:GetTenant");
        assert_eq!(asked(&check(&evidence)), [Need::Tenant]);
        reported(&mut evidence, 554, "Tenant <acme> does not exist.", None);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
        assert_eq!(
            check(&crate::testimony::evidence_of_235()),
            Verdict::NotApplicable
        );
    }
}
