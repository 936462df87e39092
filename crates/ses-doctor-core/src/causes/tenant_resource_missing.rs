//! `tenant-resource-missing`: the message uses an identity or a configuration set that its tenant does not have.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Tenant};
use crate::need::Need;
use crate::permission::message::Place;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tenant-resource-missing",
    group: Group::Account,
    title: "The tenant does not have the identity or the configuration set of the message",
    next_check: "see whether the sender's identity and the configuration set are there: aws sesv2 list-tenant-resources --tenant-name NAME",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::Tenant,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. Messages with this tenant in the header `X-SES-TENANT` are refused with `554` after their text, while the same message
without the header is taken. The exact text over SMTP is not documented by AWS.

## Why it happens

Sending for a tenant succeeds only if every resource that the message uses is associated with the tenant: the sender's identity, and the
configuration set, also when that is only the identity's default. A new sender domain or a new set is easily forgotten there.

## How it is proven

SES `ListTenantResources` lists what the tenant has, and the identity or the set is not in the list. Whether a tenant that has a domain may
also use an address below it that is an identity of its own is not documented; such a case is called possible. Without a reply, the list
predicts it.

## What to do

Associate the missing resource with the tenant; this is reversible, and a resource may belong to several tenants.
";

/// What the message uses, held against what the tenant has.
#[derive(Debug, PartialEq, Eq)]
enum Belonging {
    /// All of it belongs to the tenant.
    All,
    /// These do not: `identity/example.com`.
    Not(Vec<String>),
    /// The tenant has the domain of this address, which is an identity of its own.
    Unclear(String),
    /// What the message uses, or what the tenant has, is not known.
    NotTold(Vec<Need>),
}

fn belonging(evidence: &Evidence, tenant: &Tenant) -> Belonging {
    let Ok(resources) = &tenant.resources else {
        return Belonging::NotTold(vec![Need::Tenant]);
    };
    let has = |resource: &str| {
        let parts = resources.iter().filter_map(|arn| arn.splitn(6, ':').nth(5));
        parts.into_iter().any(|own| own.eq_ignore_ascii_case(resource))
    };
    let mut lacking = Vec::new();
    if let Some((set, _)) = reading::configuration_set(evidence) {
        let set = format!("configuration-set/{set}");
        lacking.extend((!has(&set)).then_some(set));
    }
    let sender = evidence.sender_identity.known();
    let mut unclear = None;
    if let Some(identity) = sender {
        let named = format!("identity/{}", identity.name);
        let domain = identity
            .name
            .rsplit_once('@')
            .map(|(_, domain)| format!("identity/{domain}"));
        match (has(&named), domain.is_some_and(|domain| has(&domain))) {
            (true, _) => {}
            (false, true) => unclear = Some(named),
            (false, false) => lacking.push(named),
        }
    }
    match (lacking.is_empty(), unclear) {
        (false, _) => Belonging::Not(lacking),
        (true, Some(address)) => Belonging::Unclear(address),
        // An identity that does not exist is another cause.
        (true, None) if sender.is_some() || evidence.sender_identity.is_missing() => Belonging::All,
        (true, None) => Belonging::NotTold(vec![Need::SenderIdentity]),
    }
}

/// What the message uses, and the tenant is known not to have: `identity/example.com`.
pub(crate) fn lacking(evidence: &Evidence) -> Vec<String> {
    match evidence.tenant.known().map(|tenant| belonging(evidence, tenant)) {
        Some(Belonging::Not(lacking)) => lacking,
        Some(Belonging::All | Belonging::Unclear(_) | Belonging::NotTold(_)) | None => Vec::new(),
    }
}

fn check(evidence: &Evidence) -> Verdict {
    let refusal = super::ses_said(evidence, |meaning| *meaning == Meaning::TenantResourceMissing);
    let basis = refusal.map(|refusal| refusal.basis);
    let predicts = reading::tenant(evidence).is_some() && super::account_decides(evidence);
    if basis.is_none() && (!predicts || evidence.tenant.is_missing()) {
        return Verdict::NotApplicable;
    }
    let because = |more: &[Need]| basis.into_iter().chain(more.iter().copied()).collect::<Vec<_>>();
    let said = "SES answers that something of the message does not belong to the tenant";
    let Some(tenant) = evidence.tenant.known() else {
        return match basis {
            Some(basis) => Verdict::likely(0.8, [basis], said),
            None => Verdict::unknown(
                [Need::Tenant],
                "sending for a tenant takes resources that belong to it",
            ),
        };
    };
    let name = &tenant.name;
    match (basis, belonging(evidence, tenant)) {
        (Some(basis), Belonging::Not(lacking)) => {
            let why = format!("{said}, and {name} does not have {}", lacking.join(" and "));
            Verdict::confirmed([Need::Tenant, basis], why)
        }
        (None, Belonging::Not(lacking)) => {
            let why = format!(
                "predicted: the tenant {name} does not have {}",
                lacking.join(" and ")
            );
            Verdict::likely(0.9, [Need::Tenant, Need::SenderIdentity], why)
        }
        (_, Belonging::Unclear(address)) => {
            let why = format!("the tenant {name} has the domain of {address}, but not this identity itself");
            Verdict::possible(0.4, because(&[Need::Tenant, Need::SenderIdentity]), why)
        }
        (Some(basis), Belonging::All) => {
            let why = format!("{said}; by now {name} has all that is known to be used");
            Verdict::possible(0.4, [basis, Need::Tenant], why)
        }
        (None, Belonging::All) => Verdict::absent(
            [Need::Tenant],
            format!("the tenant {name} has all that is known to be used"),
        ),
        (Some(basis), Belonging::NotTold(_)) => Verdict::likely(0.8, [basis], said),
        (None, Belonging::NotTold(missing)) => Verdict::unknown(
            missing,
            format!("the tenant {name} has to have what the message uses"),
        ),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let name = super::argument(reading::tenant(evidence), "TENANT");
    let mut remedy = Remedy::new(format!("Associate what the message uses with the tenant {name}")).command(
        "See what the tenant has",
        format!("aws sesv2 list-tenant-resources --tenant-name {name} --region {region}"),
    );
    let tenant = evidence.tenant.known();
    let place = tenant.and_then(|tenant| Place::of(tenant.arn.as_deref()?));
    let lacking = match tenant.map(|tenant| belonging(evidence, tenant)) {
        Some(Belonging::Not(lacking)) => lacking,
        Some(Belonging::Unclear(address)) => vec![address],
        Some(Belonging::All | Belonging::NotTold(_)) | None => Vec::new(),
    };
    for resource in &lacking {
        let arn = place.as_ref().map(|place| {
            format!(
                "arn:{}:ses:{}:{}:{resource}",
                place.partition, place.region, place.account
            )
        });
        let arn = super::argument(arn.as_deref(), "RESOURCE_ARN");
        remedy = remedy.command(
            format!("Associate {resource} with it (undo: aws sesv2 delete-tenant-resource-association, with the same options)"),
            format!(
                "aws sesv2 create-tenant-resource-association --tenant-name {name} --resource-arn {arn} --region {region}"
            ),
        );
    }
    remedy.step("Or send with an identity and a configuration set that the tenant has")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, denied, found, identity, known, of_tenant, reported, symptom, tenant};

    const DOMAIN: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
    const SET: &str = "arn:aws:ses:eu-west-1:111122223333:configuration-set/news";

    fn with(resources: &[&str], sender: &str) -> Evidence {
        let mut evidence = of_tenant();
        evidence.tenant = known(tenant(resources));
        evidence.sender_identity = known(identity("eu-west-1", sender, true));
        evidence
    }

    #[test]
    fn an_identity_that_is_not_associated_predicts_it_and_the_reply_confirms_it() {
        let mut evidence = with(&[SET], "example.com");
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
        let command = remedy(&evidence)
            .steps
            .into_iter()
            .filter_map(|step| step.command)
            .nth(1);
        assert!(command.unwrap().contains(&format!("--resource-arn {DOMAIN}")));
        reported(
            &mut evidence,
            554,
            "identity/example.com is not associated with tenant <acme>.",
            None,
        );
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn the_configuration_set_has_to_belong_to_it_too() {
        let mut evidence = with(&[DOMAIN], "Example.com");
        assert!(
            matches!(check(&evidence), Verdict::Absent { .. }),
            "names of identities have no case"
        );
        symptom(&mut evidence, |symptom| {
            symptom.configuration_set = Some("news".into())
        });
        assert!(
            matches!(check(&evidence), Verdict::Present(finding) if finding.why.contains("configuration-set/news"))
        );
        evidence.tenant = known(tenant(&[DOMAIN, SET]));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_domain_for_an_address_with_an_identity_of_its_own_is_no_proof_either_way() {
        assert_eq!(
            found(&check(&with(&[DOMAIN], "app@example.com"))),
            Some((Certainty::Possible, 0.4))
        );
    }

    #[test]
    fn what_could_not_be_read_is_unknown() {
        let mut evidence = with(&[DOMAIN], "example.com");
        evidence.sender_identity = denied("ses:GetEmailIdentity");
        assert_eq!(asked(&check(&evidence)), [Need::SenderIdentity]);
        let mut unlisted = tenant(&[]);
        unlisted.resources = Err("ses:ListTenantResources was denied".into());
        evidence.tenant = known(unlisted);
        assert_eq!(asked(&check(&evidence)), [Need::Tenant]);
        evidence.tenant = denied("ses:GetTenant");
        assert_eq!(asked(&check(&evidence)), [Need::Tenant]);
    }
}
