//! Changes of the SES account, its identities and configuration sets; both versions of the API.

use super::Fit;
use crate::evidence::TrailEvent;
use crate::timeline::scene::Scene;

/// The account's switch for sending.
pub(super) fn sending_disabled(event: &TrailEvent, _: &Scene<'_>) -> Option<Fit> {
    let on = match event.name.as_str() {
        "PutAccountSendingAttributes" => event.parameter("sendingEnabled"),
        "UpdateAccountSendingEnabled" => event.parameter("enabled"),
        _ => return None,
    };
    // Absent is false, in both APIs (botocore's models: boolean, not required).
    let on = on == Some("true");
    let did = if on {
        "switched sending on"
    } else {
        "switched sending off"
    };
    Some(Fit::breaks("the account's switch", did).exact(true).unless(on))
}

/// The sender's identity is deleted.
pub(super) fn sender_deleted(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    deleted(event, scene.from?, "the sender's")
}

/// The recipient's identity is deleted.
pub(super) fn recipient_deleted(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    deleted(event, scene.to?, "the recipient's")
}

fn deleted(event: &TrailEvent, address: &str, whose: &str) -> Option<Fit> {
    let identity = identity(event).filter(|identity| covers(identity, address))?;
    let is = ["DeleteEmailIdentity", "DeleteIdentity"].contains(&event.name.as_str());
    is.then(|| Fit::breaks(identity, format!("deleted {whose} identity {identity}")).exact(true))
}

/// A policy of the sender's identity.
pub(super) fn identity_policy(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let identity = identity(event).filter(|identity| covers(identity, scene.from.unwrap_or_default()))?;
    let policy = event.parameter("policyName").unwrap_or_default();
    let (verb, mends) = match event.name.as_str() {
        "CreateEmailIdentityPolicy" | "UpdateEmailIdentityPolicy" | "PutIdentityPolicy" => ("wrote", false),
        "DeleteEmailIdentityPolicy" | "DeleteIdentityPolicy" => ("deleted", true),
        _ => return None,
    };
    let did = format!("{verb} the policy {policy} of the identity {identity}");
    let fit = Fit::breaks(format!("{identity} {policy}"), did);
    Some(fit.exact(scene.decides(policy)).rewrites().unless(mends))
}

/// The configuration set in use is deleted, or the sender's identity names another one.
pub(super) fn configuration_set_deleted(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let set = event.parameter("configurationSetName");
    let ours = set.is_some() && set == scene.configuration_set.as_deref();
    match event.name.as_str() {
        "DeleteConfigurationSet" if ours => {
            let did = format!("deleted the configuration set {}", set?);
            Some(Fit::breaks(set?, did).exact(true))
        }
        "CreateConfigurationSet" if ours => Some(Fit::breaks(set?, "made the set").unless(true)),
        "PutEmailIdentityConfigurationSetAttributes" if ours && of_sender(event, scene) => {
            let did = format!("made {} the default configuration set of the sender", set?);
            Some(Fit::breaks("the sender's default set", did))
        }
        _ => None,
    }
}

/// The configuration set's switch for sending.
pub(super) fn configuration_set_paused(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let on = match event.name.as_str() {
        "PutConfigurationSetSendingOptions" => event.parameter("sendingEnabled"),
        "UpdateConfigurationSetSendingEnabled" => event.parameter("enabled"),
        _ => return None,
    };
    let set = event.parameter("configurationSetName");
    let set = set.filter(|set| scene.configuration_set.as_deref() == Some(*set))?;
    let on = on == Some("true");
    let did = format!(
        "switched the configuration set {set} {}",
        if on { "on" } else { "off" }
    );
    Some(Fit::breaks(set, did).exact(true).unless(on))
}

/// The account's own status of the tenant.
pub(super) fn tenant_paused(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let of_tenant = event.parameter("reputationEntityReference")?;
    let is_ours = of_tenant.rsplit('/').any(|part| scene.tenant == Some(part));
    let is = event.name == "UpdateReputationEntityCustomerManagedStatus" && is_ours;
    let status = event.parameter("sendingStatus").filter(|_| is)?;
    let did = format!("set the tenant's status to {status}");
    Some(
        Fit::breaks("the tenant's status", did)
            .exact(true)
            .unless(status != "DISABLED"),
    )
}

/// The tenant is deleted.
pub(super) fn tenant_deleted(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let ours = of_our_tenant(event, scene)?;
    match event.name.as_str() {
        "DeleteTenant" => Some(Fit::breaks(ours, format!("deleted the tenant {ours}")).exact(true)),
        "CreateTenant" => Some(Fit::breaks(ours, "made the tenant").unless(true)),
        _ => None,
    }
}

/// A resource is taken from the tenant.
pub(super) fn tenant_resource_removed(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    if event.name == "PutEmailIdentityConfigurationSetAttributes" {
        return configuration_set_deleted(event, scene);
    }
    let ours = of_our_tenant(event, scene)?;
    let arn = event.parameter("resourceArn")?;
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let of_message =
        scene.from.is_some_and(|from| covers(name, from)) || scene.configuration_set.as_deref() == Some(name);
    match event.name.as_str() {
        "DeleteTenantResourceAssociation" => {
            let did = format!("took {name} from the tenant {ours}");
            Some(Fit::breaks(arn, did).exact(of_message))
        }
        "CreateTenantResourceAssociation" => Some(Fit::breaks(arn, "gave it to the tenant").unless(true)),
        _ => None,
    }
}

fn of_our_tenant<'a>(event: &'a TrailEvent, scene: &Scene<'_>) -> Option<&'a str> {
    event
        .parameter("tenantName")
        .filter(|name| scene.tenant == Some(*name))
}

/// The MAIL FROM domain of the sender's identity.
pub(super) fn mail_from_changed(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let named = ["PutEmailIdentityMailFromAttributes", "SetIdentityMailFromDomain"];
    let is = named.contains(&event.name.as_str()) && of_sender(event, scene);
    let domain = event.parameter("mailFromDomain").unwrap_or("none");
    is.then(|| {
        Fit::breaks("MAIL FROM", format!("set the MAIL FROM domain to {domain}"))
            .exact(true)
            .rewrites()
    })
}

fn of_sender(event: &TrailEvent, scene: &Scene<'_>) -> bool {
    identity(event)
        .zip(scene.from)
        .is_some_and(|(identity, from)| covers(identity, from))
}

fn identity(event: &TrailEvent) -> Option<&str> {
    event
        .parameter("emailIdentity")
        .or_else(|| event.parameter("identity"))
}

/// The identity is the address, its domain or a parent of that.
fn covers(identity: &str, address: &str) -> bool {
    let address = address.trim().trim_end_matches('>').to_ascii_lowercase();
    let identity = identity.to_ascii_lowercase();
    let domain = address
        .rsplit_once('@')
        .map_or(address.as_str(), |(_, domain)| domain);
    let below = domain
        .strip_suffix(identity.as_str())
        .is_some_and(|rest| rest.ends_with('.'));
    !identity.is_empty() && (address == identity || domain == identity || below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::event;

    fn change(name: &str, parameters: &[(&str, &str)]) -> TrailEvent {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        TrailEvent {
            parameters: parameters.iter().map(owned).collect(),
            ..event(name, "ops", None, 60)
        }
    }

    fn scene() -> Scene<'static> {
        Scene {
            from: Some("app@mail.example.com"),
            configuration_set: Some("tracking".to_owned()),
            ..Scene::default()
        }
    }

    #[test]
    fn the_switch_is_read_in_both_apis() {
        let breaks = |name, parameter, value| {
            sending_disabled(&change(name, &[(parameter, value)]), &scene())
                .unwrap()
                .breaks
        };
        assert!(breaks("PutAccountSendingAttributes", "sendingEnabled", "false"));
        assert!(!breaks("PutAccountSendingAttributes", "sendingEnabled", "true"));
        assert!(breaks("UpdateAccountSendingEnabled", "enabled", "false"));
        assert!(
            sending_disabled(&change("UpdateAccountSendingEnabled", &[]), &scene())
                .unwrap()
                .breaks
        );
    }

    #[test]
    fn an_identity_covers_the_address_its_domain_and_what_is_below() {
        for (identity, covered) in [
            ("app@mail.example.com", true),
            ("mail.example.com", true),
            ("Example.com", true),
            ("ample.com", false),
            ("other.example", false),
            ("", false),
        ] {
            let deleted = change("DeleteIdentity", &[("identity", identity)]);
            assert_eq!(
                sender_deleted(&deleted, &scene()).is_some(),
                covered,
                "{identity}"
            );
        }
    }

    #[test]
    fn only_the_configuration_set_in_use_counts() {
        let deleted = |set| {
            configuration_set_deleted(
                &change("DeleteConfigurationSet", &[("configurationSetName", set)]),
                &scene(),
            )
        };
        assert!(deleted("tracking").unwrap().exact);
        assert_eq!(deleted("other"), None);
        let again = change("CreateConfigurationSet", &[("configurationSetName", "tracking")]);
        assert!(!configuration_set_deleted(&again, &scene()).unwrap().breaks);
    }
}
