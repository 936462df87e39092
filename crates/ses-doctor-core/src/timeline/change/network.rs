//! Changes of the VPC endpoint and its security groups.

use super::Fit;
use crate::evidence::TrailEvent;
use crate::timeline::scene::Scene;

/// The endpoint's policy.
pub(super) fn endpoint_policy(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let endpoint = endpoint(event, scene)?;
    let made = event.name == "CreateVpcEndpoint";
    let written = event.parameter("policyDocument").is_some();
    let reset = event.parameter("resetPolicy") == Some("true");
    let did = match (made, written, reset) {
        (_, _, true) => format!("reset the policy of {endpoint}"),
        (true, true, _) => format!("made {endpoint} with its policy"),
        (false, true, _) => format!("wrote the policy of {endpoint}"),
        (_, false, false) => return None,
    };
    Some(
        Fit::breaks(endpoint, did)
            .exact(written && !reset)
            .rewrites()
            .unless(reset),
    )
}

/// The way to the endpoint.
pub(super) fn security_group(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    if let Some(endpoint) = endpoint(event, scene).filter(|_| event.name == "ModifyVpcEndpoint") {
        return Some(Fit::breaks(endpoint, format!("changed {endpoint}")).rewrites());
    }
    let group = event.parameter("groupId").map(str::to_owned);
    let of_resource = || {
        event
            .resources
            .iter()
            .find(|name| scene.security_groups.contains(name.as_str()))
            .cloned()
    };
    let group = group
        .filter(|group| scene.security_groups.contains(group.as_str()))
        .or_else(of_resource)?;
    match event.name.as_str() {
        "RevokeSecurityGroupIngress" => {
            let did = format!("took a rule out of the security group {group}");
            Some(Fit::breaks(group, did).exact(true).rewrites())
        }
        "ModifySecurityGroupRules" => {
            let did = format!("changed rules of the security group {group}");
            Some(Fit::breaks(group, did).rewrites())
        }
        _ => None,
    }
}

fn endpoint<'a>(event: &'a TrailEvent, scene: &Scene<'_>) -> Option<&'a str> {
    let named = event.parameter("vpcEndpointId").into_iter();
    let mut all = named.chain(event.resources.iter().map(String::as_str));
    let is = ["ModifyVpcEndpoint", "CreateVpcEndpoint"].contains(&event.name.as_str());
    all.find(|id| is && scene.endpoints.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::event;

    fn scene() -> Scene<'static> {
        Scene {
            endpoints: ["vpce-1"].into(),
            security_groups: ["sg-1"].into(),
            ..Scene::default()
        }
    }

    fn change(name: &str, resource: &str, parameters: &[(&str, &str)]) -> TrailEvent {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        TrailEvent {
            resources: vec![resource.to_owned()],
            parameters: parameters.iter().map(owned).collect(),
            ..event(name, "ops", None, 60)
        }
    }

    #[test]
    fn a_rule_that_is_taken_away_blocks_the_way() {
        let revoked = |group| security_group(&change("RevokeSecurityGroupIngress", group, &[]), &scene());
        assert!(revoked("sg-1").unwrap().exact);
        assert_eq!(revoked("sg-2"), None);
        assert_eq!(
            security_group(&change("AuthorizeSecurityGroupIngress", "sg-1", &[]), &scene()),
            None
        );
    }

    #[test]
    fn a_policy_that_is_written_may_refuse_and_one_that_is_reset_does_not() {
        let modified = |name| {
            endpoint_policy(
                &change("ModifyVpcEndpoint", "vpce-1", &[(name, "true")]),
                &scene(),
            )
        };
        assert!(modified("policyDocument").unwrap().breaks);
        assert!(!modified("resetPolicy").unwrap().breaks);
        assert_eq!(modified("other"), None);
    }
}
