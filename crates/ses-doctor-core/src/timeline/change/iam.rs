//! Changes of the key, its user, and the policies that reach it.

use super::Fit;
use crate::evidence::TrailEvent;
use crate::timeline::scene::Scene;

const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

/// The key is switched off, or on again.
pub(super) fn switched_off(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    if event.name != "UpdateAccessKey" || !scene.is_on_key(event) {
        return None;
    }
    let status = event.status.as_deref()?;
    let fit = Fit::breaks("the key's status", format!("set the key to {status}"));
    Some(fit.exact(true).unless(status == "Active"))
}

/// The key is deleted.
pub(super) fn deleted(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let is = event.name == "DeleteAccessKey" && scene.is_on_key(event);
    is.then(|| Fit::breaks("the key", "deleted the key").exact(true))
}

/// The user is deleted; its keys go first.
pub(super) fn user_deleted(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    if event.name == "DeleteUser" && scene.is_on_user(event) {
        return Some(Fit::breaks("the user", "deleted the key's user").exact(true));
    }
    deleted(event, scene).map(|fit| fit.exact(false))
}

/// The key is switched off or deleted.
pub(super) fn retired(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    switched_off(event, scene).or_else(|| deleted(event, scene))
}

/// The key is made, or switched on: it takes a while until every server of SES knows it.
pub(super) fn made_usable(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let made = event.name == "CreateAccessKey";
    let activated = event.name == "UpdateAccessKey" && event.status.as_deref() == Some("Active");
    let did = if made {
        "made the key"
    } else {
        "switched the key on"
    };
    ((made || activated) && scene.is_on_key(event)).then(|| Fit::breaks("the key", did).exact(true))
}

/// AWS, or somebody, puts the user into quarantine.
pub(super) fn quarantined(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let policy = event
        .parameter("policyArn")
        .filter(|arn| arn.contains(QUARANTINE))?;
    let attached = event.name == "AttachUserPolicy";
    let known = (attached || event.name == "DetachUserPolicy") && scene.is_on_user(event);
    let fit = || Fit::breaks(policy, format!("attached {}", name_of(policy))).exact(true);
    known.then(|| fit().unless(!attached))
}

/// The boundary is set, taken away or rewritten.
pub(super) fn boundary_changed(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    const THING: &str = "the permissions boundary";
    let given = event.parameter("permissionsBoundary");
    let ours = given.is_some() && given == scene.boundary;
    match event.name.as_str() {
        "PutUserPermissionsBoundary" if scene.is_on_user(event) => {
            let did = format!("gave the user the boundary {}", name_of(given?));
            Some(Fit::breaks(THING, did).exact(ours).rewrites())
        }
        "DeleteUserPermissionsBoundary" if scene.is_on_user(event) => {
            Some(Fit::breaks(THING, "took the boundary away").unless(true))
        }
        "CreateUser" if scene.is_on_user(event) => {
            let did = format!("made the user with the boundary {}", name_of(given?));
            Some(Fit::breaks(THING, did).exact(ours))
        }
        _ => {
            let arn = new_version(event).filter(|arn| Some(*arn) == scene.boundary)?;
            let did = format!("gave the boundary {} another version", name_of(arn));
            Some(Fit::breaks(THING, did).exact(true).rewrites())
        }
    }
}

/// An allow may be gone.
pub(super) fn allow_lost(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let (change, fit) = of_policy(event, scene)?;
    Some(fit.unless(change == Reach::Gained))
}

/// A deny may have come.
pub(super) fn deny_gained(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let (change, fit) = of_policy(event, scene)?;
    Some(fit.unless(change == Reach::Lost))
}

/// A condition may have come with a policy, or a policy without it may be gone.
pub(super) fn policy_changed(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    of_policy(event, scene).map(|(_, fit)| fit)
}

/// What a change does to the policies that reach the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Gained,
    Lost,
    Rewritten,
}

fn of_policy(event: &TrailEvent, scene: &Scene<'_>) -> Option<(Reach, Fit)> {
    let reach = match event.name.as_str() {
        "AttachUserPolicy" | "AttachGroupPolicy" | "AddUserToGroup" => Reach::Gained,
        "DetachUserPolicy"
        | "DetachGroupPolicy"
        | "DeleteUserPolicy"
        | "DeleteGroupPolicy"
        | "RemoveUserFromGroup" => Reach::Lost,
        "PutUserPolicy" | "PutGroupPolicy" => Reach::Rewritten,
        _ => {
            let arn = new_version(event).filter(|arn| scene.policies.contains(arn))?;
            let fit = Fit::breaks(arn, format!("gave the policy {} another version", name_of(arn)));
            return Some((Reach::Rewritten, fit.exact(scene.decides(arn)).rewrites()));
        }
    };
    let of_group = matches!(
        event.name.as_str(),
        "AttachGroupPolicy" | "DetachGroupPolicy" | "PutGroupPolicy" | "DeleteGroupPolicy"
    );
    let ours = if of_group {
        scene.is_on_group(event)
    } else {
        scene.is_on_user(event)
    };
    let fit = || match reach {
        Reach::Rewritten => reached(event, of_group, scene).rewrites(),
        Reach::Gained | Reach::Lost => reached(event, of_group, scene),
    };
    ours.then(|| (reach, fit()))
}

fn reached(event: &TrailEvent, of_group: bool, scene: &Scene<'_>) -> Fit {
    let group = event.parameter("groupName").unwrap_or_default();
    let policy = event
        .parameter("policyArn")
        .or_else(|| event.parameter("policyName"));
    let whom = match of_group {
        true => format!("the group {group}"),
        false => "the user".to_owned(),
    };
    let thing = format!("{group} {}", policy.unwrap_or_default());
    let named = name_of(policy.unwrap_or_default());
    let did = match event.name.as_str() {
        "AddUserToGroup" => format!("put the user into the group {group}"),
        "RemoveUserFromGroup" => format!("took the user out of the group {group}"),
        "PutUserPolicy" | "PutGroupPolicy" => format!("wrote the policy {named} of {whom}"),
        "DeleteUserPolicy" | "DeleteGroupPolicy" => format!("deleted the policy {named} of {whom}"),
        "DetachUserPolicy" | "DetachGroupPolicy" => format!("detached {named} from {whom}"),
        _ => format!("attached {named} to {whom}"),
    };
    // The group of a policy that refuses the message is as telling as the policy.
    let telling = policy.map_or_else(|| scene.decides(group), |policy| scene.decides(policy));
    Fit::breaks(thing, did).exact(telling)
}

/// The managed policy that from now on says something else.
fn new_version(event: &TrailEvent) -> Option<&str> {
    let in_force = match event.name.as_str() {
        "CreatePolicyVersion" => event.parameter("setAsDefault") == Some("true"),
        "SetDefaultPolicyVersion" => true,
        _ => false,
    };
    event.parameter("policyArn").filter(|_| in_force)
}

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{KEY, event};

    const POLICY: &str = "arn:aws:iam::111122223333:policy/mail";

    fn scene() -> Scene<'static> {
        Scene {
            key: Some(KEY),
            user: Some("mailer".to_owned()),
            groups: ["web"].into(),
            policies: [POLICY].into(),
            boundary: Some("arn:aws:iam::111122223333:policy/bound"),
            deciding: vec!["inline policy of the group web: no-mail".to_owned()],
            ..Scene::default()
        }
    }

    fn change(name: &str, parameters: &[(&str, &str)]) -> TrailEvent {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        TrailEvent {
            parameters: parameters.iter().map(owned).collect(),
            ..event(name, "mailer", None, 60)
        }
    }

    #[test]
    fn only_the_key_of_the_login_counts() {
        let mut off = event("UpdateAccessKey", "mailer", Some(KEY), 60);
        off.status = Some("Inactive".to_owned());
        assert!(switched_off(&off, &scene()).unwrap().breaks);
        off.status = Some("Active".to_owned());
        assert!(!switched_off(&off, &scene()).unwrap().breaks);
        off.access_key_id = Some("AKIAI44QH8DHBEXAMPLE".to_owned());
        assert_eq!(switched_off(&off, &scene()), None);
    }

    #[test]
    fn what_is_attached_may_bring_a_deny_and_what_is_detached_take_an_allow() {
        let attached = change("AttachUserPolicy", &[("policyArn", POLICY)]);
        let detached = change("DetachUserPolicy", &[("policyArn", POLICY)]);
        let breaks = |fit: Option<Fit>| fit.map(|fit| fit.breaks);
        assert_eq!(breaks(deny_gained(&attached, &scene())), Some(true));
        assert_eq!(breaks(deny_gained(&detached, &scene())), Some(false));
        assert_eq!(breaks(allow_lost(&attached, &scene())), Some(false));
        assert_eq!(breaks(allow_lost(&detached, &scene())), Some(true));
        let (one, other) = (allow_lost(&attached, &scene()), allow_lost(&detached, &scene()));
        assert_eq!(
            one.unwrap().thing,
            other.unwrap().thing,
            "the one takes the other back"
        );
    }

    #[test]
    fn a_version_counts_once_it_is_the_default_of_a_policy_that_reaches_the_user() {
        let version = |parameters: &[(&str, &str)]| {
            policy_changed(&change("CreatePolicyVersion", parameters), &scene())
        };
        assert!(version(&[("policyArn", POLICY), ("setAsDefault", "true")]).is_some());
        assert_eq!(
            version(&[("policyArn", POLICY)]),
            None,
            "a version that is not in force"
        );
        assert_eq!(
            version(&[
                ("policyArn", "arn:aws:iam::1:policy/other"),
                ("setAsDefault", "true")
            ]),
            None
        );
    }

    #[test]
    fn the_policy_that_refuses_the_message_is_the_most_telling() {
        let put = |group: &str, policy: &str| {
            let parameters = [("groupName", group), ("policyName", policy)];
            deny_gained(&change("PutGroupPolicy", &parameters), &scene()).map(|fit| fit.exact)
        };
        assert_eq!(put("web", "no-mail"), Some(true));
        assert_eq!(put("web", "logs"), Some(false));
        assert_eq!(put("others", "no-mail"), None, "a group that the user is not in");
        let joined = deny_gained(&change("AddUserToGroup", &[("groupName", "web")]), &scene());
        assert!(joined.unwrap().exact, "its policy refuses the message");
    }

    #[test]
    fn a_boundary_may_come_with_the_user() {
        let bound = [("permissionsBoundary", "arn:aws:iam::111122223333:policy/bound")];
        for name in ["CreateUser", "PutUserPermissionsBoundary"] {
            assert!(
                boundary_changed(&change(name, &bound), &scene()).unwrap().exact,
                "{name}"
            );
        }
        assert_eq!(boundary_changed(&change("CreateUser", &[]), &scene()), None);
        assert!(
            !boundary_changed(&change("DeleteUserPermissionsBoundary", &[]), &scene())
                .unwrap()
                .breaks
        );
    }
}
