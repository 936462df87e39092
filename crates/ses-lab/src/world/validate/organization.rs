//! What an organization must be.

use super::{Checked, I, N, Step, below, check_account_id, complain, document};
use crate::world::organization::{DEEPEST, Organization, PolicyType, ROOT, Target};

const AT: Step<'static> = N("organization");

pub(super) fn check(organization: &Organization) -> Checked<'_> {
    check_account_id(&organization.management_account, &[AT, N("management_account")])?;
    members(organization)?;
    units(organization)?;
    policies(organization)?;
    full_access(organization)
}

fn members(organization: &Organization) -> Checked<'_> {
    let listed = |list: &'_ [String], at: &[Step<'static>]| -> Checked<'static> {
        for (i, id) in list.iter().enumerate() {
            let at = below(at, &[I(i)]);
            check_account_id(id, &at)?;
            if organization.members().filter(|member| member == id).count() != 1 {
                return Err(complain(&at, format!("account `{id}` has more than one place")));
            }
        }
        Ok(())
    };
    listed(&organization.accounts, &[AT, N("accounts")])?;
    for (u, unit) in organization.unit.iter().enumerate() {
        listed(&unit.accounts, &[AT, N("unit"), I(u), N("accounts")])?;
    }
    for (i, id) in organization.delegated.iter().enumerate() {
        if !organization.has(id) {
            let message = format!("account `{id}` is not in the organization");
            return Err(complain(&[AT, N("delegated"), I(i)], message));
        }
    }
    Ok(())
}

fn units(organization: &Organization) -> Checked<'_> {
    for (i, unit) in organization.unit.iter().enumerate() {
        let at = |field| [AT, N("unit"), I(i), N(field)];
        let alike = organization.unit.iter().filter(|other| other.name == unit.name);
        if unit.name == ROOT || alike.count() > 1 {
            return Err(complain(
                &at("name"),
                format!("unit `{}` is there twice", unit.name),
            ));
        }
        if let Some(parent) = &unit.parent
            && organization.unit(parent).is_none()
        {
            return Err(complain(&at("parent"), format!("there is no unit `{parent}`")));
        }
        let upwards = std::iter::successors(Some(Target::Unit(&unit.name)), |at| organization.parent(*at));
        if upwards.take(DEEPEST + 2).all(|target| target != Target::Root) {
            let message = format!(
                "unit `{}` is not under the root within {DEEPEST} steps",
                unit.name
            );
            return Err(complain(&at("parent"), message));
        }
    }
    Ok(())
}

fn policies(organization: &Organization) -> Checked<'_> {
    for (i, policy) in organization.policy.iter().enumerate() {
        let at = |field| [AT, N("policy"), I(i), N(field)];
        document(&policy.document, &at("document"))?;
        let same = |other: &&_| policy.name == **other;
        let names = organization.policy.iter().map(|other| &other.name);
        if names.filter(same).count() > 1 {
            return Err(complain(
                &at("name"),
                format!("policy `{}` is there twice", policy.name),
            ));
        }
        if organization.switched_off.contains(&policy.kind) && !policy.attached.is_empty() {
            let message = format!("{} is switched off: nothing is attached", policy.kind.word());
            return Err(complain(&at("attached"), message));
        }
        targets(organization, &policy.attached, &at("attached"))?;
    }
    Ok(())
}

fn targets(organization: &Organization, names: &[String], at: &[Step<'static>]) -> Checked<'static> {
    for (i, name) in names.iter().enumerate() {
        if !organization.targets().any(|target| target.name() == name) {
            let message =
                format!("`{name}` is neither `root`, nor a unit, nor an account of the organization");
            return Err(complain(&below(at, &[I(i)]), message));
        }
    }
    Ok(())
}

/// AWS lets nobody detach the last SCP.
fn full_access(organization: &Organization) -> Checked<'_> {
    let at = [AT, N("without_full_access")];
    targets(organization, &organization.without_full_access, &at)?;
    let switched_off = organization
        .switched_off
        .contains(&PolicyType::ServiceControlPolicy);
    for (i, name) in organization.without_full_access.iter().enumerate() {
        let bare = |target: &Target<'_>| {
            let attached = organization.attached(*target, PolicyType::ServiceControlPolicy);
            target.name() == name && attached.is_empty()
        };
        if !switched_off && organization.targets().any(|target| bare(&target)) {
            return Err(complain(
                &below(&at, &[I(i)]),
                format!("`{name}` would have no SCP"),
            ));
        }
    }
    Ok(())
}
