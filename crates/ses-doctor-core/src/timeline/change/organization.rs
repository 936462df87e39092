//! Changes of control policies: they are recorded in the management account.

use super::Fit;
use crate::evidence::{ControlPolicy, OrganizationLevel, TrailEvent};
use crate::timeline::scene::Scene;

type Attached = fn(&OrganizationLevel) -> &Result<Vec<ControlPolicy>, String>;

pub(super) fn service_control(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    change(event, scene, |level| &level.service_control_policies)
}

pub(super) fn resource_control(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    change(event, scene, |level| &level.resource_control_policies)
}

fn change(event: &TrailEvent, scene: &Scene<'_>, of_type: Attached) -> Option<Fit> {
    let organization = scene.organization?;
    if event.name == "MoveAccount" {
        let ours = event.parameter("accountId") == Some(organization.account.as_str());
        return ours.then(|| Fit::breaks("the account's place", "moved the account to another unit"));
    }
    let id = event.parameter("policyId")?;
    let attached = organization
        .path
        .iter()
        .filter_map(|level| of_type(level).as_ref().ok())
        .flatten();
    let policy = attached.into_iter().find(|policy| policy.id == id);
    let target = event.parameter("targetId");
    let on_path = organization
        .path
        .iter()
        .any(|level| Some(level.target.id.as_str()) == target);
    let named = policy.map_or(id, |policy| policy.name.as_str());
    let telling =
        policy.is_some_and(|policy| scene.deciding.iter().any(|name| name.starts_with(&policy.name)));
    match event.name.as_str() {
        "UpdatePolicy" if policy.is_some() => Some(
            Fit::breaks(id, format!("rewrote the policy {named}"))
                .exact(telling)
                .rewrites(),
        ),
        "AttachPolicy" if on_path && policy.is_some() => {
            let did = format!("attached the policy {named} on the account's path");
            Some(Fit::breaks(format!("{id} {target:?}"), did).exact(telling))
        }
        // What is no longer attached may have been the allow.
        "DetachPolicy" if on_path => {
            let did = format!("detached the policy {named} on the account's path");
            Some(Fit::breaks(format!("{id} {target:?}"), did))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{OrganizationPolicies, OrganizationTarget, TargetKind};
    use crate::testimony::event;

    fn organization() -> OrganizationPolicies {
        let policy = ControlPolicy {
            id: "p-regions".into(),
            name: "OpenRegions".into(),
            aws_managed: false,
            document: Ok("{}".into()),
        };
        OrganizationPolicies {
            organization: "o-1".into(),
            management_account: "999988887777".into(),
            account: "111122223333".into(),
            path: vec![OrganizationLevel {
                target: OrganizationTarget {
                    id: "ou-1".into(),
                    kind: TargetKind::OrganizationalUnit,
                    name: None,
                },
                service_control_policies: Ok(vec![policy]),
                resource_control_policies: Ok(Vec::new()),
            }],
        }
    }

    fn seen(name: &str, policy: &str, target: &str) -> Option<(bool, bool)> {
        let organization = organization();
        let scene = Scene {
            organization: Some(&organization),
            deciding: vec!["OpenRegions at Publishing".into()],
            ..Scene::default()
        };
        let mut change = event(name, "admin", None, 60);
        change.parameters = [("policyId", policy), ("targetId", target)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        service_control(&change, &scene).map(|fit| (fit.breaks, fit.exact))
    }

    #[test]
    fn a_control_policy_counts_where_it_binds_the_account() {
        assert_eq!(seen("UpdatePolicy", "p-regions", ""), Some((true, true)));
        assert_eq!(seen("UpdatePolicy", "p-other", ""), None);
        assert_eq!(seen("AttachPolicy", "p-regions", "ou-1"), Some((true, true)));
        assert_eq!(seen("AttachPolicy", "p-regions", "ou-2"), None);
        assert_eq!(
            seen("DetachPolicy", "p-FullAWSAccess", "ou-1"),
            Some((true, false))
        );
    }
}
