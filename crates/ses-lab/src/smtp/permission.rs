//! What SES asks IAM before it takes a message: the sender's identity, the configuration set and, in the sandbox, every
//! recipient.

use std::collections::BTreeMap;

use iam_eval::{Decision, Layer};

use crate::authorize::{Policies, Question};
use crate::world::{Account, Identity, Ses, User, World};

use super::submission::{Denial, Refusal, Submission, address_in, header, identity_for, is_simulator};
use super::text;

/// What is asked about, and the identity that it is.
struct Asked<'a> {
    resource: String,
    identity: Option<&'a Identity>,
}

/// Lets the message through, or gives the reply that refuses it.
pub(super) fn check(
    world: &World,
    account: &Account,
    ses: &Ses,
    submission: &Submission<'_>,
    set: Option<&str>,
) -> Result<(), Refusal> {
    let user = account
        .user(&submission.principal.user)
        .ok_or(text::LOGIN_FIRST)?;
    let principal = format!("arn:aws:iam::{}:user{}{}", account.id, user.path, user.name);
    let context = context(world, account, user, &principal, submission);
    for asked in asked(world, account, ses, submission, set) {
        let mut policies = Policies::of_user(account, user);
        if let Some(organization) = &world.organization {
            policies.add_organization(organization, &account.id);
        }
        let host = world.client.host_name();
        for endpoint in account
            .vpc_endpoint
            .iter()
            .filter(|it| it.region == submission.region)
        {
            if endpoint.is_on_the_way(&host, world.dns.get(&host)) {
                policies.add(Layer::VpcEndpointPolicy, &endpoint.id, &endpoint.policy);
            }
        }
        let own = asked.identity.map_or(&[][..], |identity| &identity.policy);
        for policy in own {
            policies.add(Layer::ResourcePolicy, &policy.name, &policy.document);
        }
        let question = Question {
            principal: &principal,
            action: "ses:SendRawEmail",
            resource: &asked.resource,
            context: &context,
        };
        if !policies.allow(&question) {
            return Err(Refusal {
                reply: text::access_denied(&principal, &asked.resource),
                denial: Some(Denial {
                    reason: reason(&policies, &question),
                    principal,
                    resource: asked.resource,
                }),
            });
        }
    }
    Ok(())
}

/// Why IAM refuses, in the words of the APIs (IAM User Guide: access denied error messages).
fn reason(policies: &Policies, question: &Question<'_>) -> String {
    let settled = policies.answered(question, |evaluation| {
        let layer = evaluation.decided_by().map(|by| by.layer);
        (layer, evaluation.decision() == Decision::ExplicitDeny)
    });
    let (layer, explicit) = settled.unwrap_or((None, false));
    let layer = match layer.unwrap_or(Layer::IdentityPolicy) {
        Layer::ResourceControlPolicy => "resource control policy",
        Layer::ServiceControlPolicy => "service control policy",
        Layer::ResourcePolicy => "resource-based policy",
        Layer::IdentityPolicy => "identity-based policy",
        Layer::PermissionsBoundary => "permissions boundary",
        Layer::SessionPolicy => "session policy",
        Layer::VpcEndpointPolicy => "VPC endpoint policy",
    };
    match explicit {
        true => format!("with an explicit deny in a {layer}").replace("a identity", "an identity"),
        false => format!("because no {layer} allows the {} action", question.action),
    }
}

/// The identity that an ARN names, of whatever account of the world.
fn of_arn(world: &World, resource: String) -> Asked<'_> {
    let mut parts = resource.splitn(6, ':').skip(3);
    let place = (parts.next(), parts.next(), parts.next());
    let identity = match place {
        (Some(region), Some(account), Some(name)) => {
            let account = world.account.iter().find(|known| known.id == account);
            let ses = account.and_then(|account| account.ses.iter().find(|ses| ses.region == region));
            let name = name.strip_prefix("identity/").unwrap_or(name);
            ses.and_then(|ses| {
                ses.identity
                    .iter()
                    .find(|known| known.name.eq_ignore_ascii_case(name))
            })
        }
        _ => None,
    };
    Asked { resource, identity }
}

fn asked<'a>(
    world: &'a World,
    account: &Account,
    ses: &'a Ses,
    submission: &Submission<'_>,
    set: Option<&str>,
) -> Vec<Asked<'a>> {
    let arn =
        |kind: &str, name: &str| format!("arn:aws:ses:{}:{}:{kind}/{name}", submission.region, account.id);
    let of_address = |address: &str| {
        let identity = identity_for(ses, address);
        let name = identity.map_or(address, |identity| identity.name.as_str());
        Asked {
            resource: arn("identity", name),
            identity,
        }
    };
    // Sending authorization: an identity named by its ARN, perhaps of another account.
    let mut asked = vec![match header(&submission.body.kept, "x-ses-source-arn") {
        Some(resource) => of_arn(world, resource),
        None => of_address(submission.from),
    }];
    asked.extend(set.map(|name| Asked {
        resource: arn("configuration-set", name),
        identity: None,
    }));
    if !ses.production_access {
        let recipients = submission.to.iter().filter(|to| !is_simulator(to));
        asked.extend(recipients.map(|to| of_address(to)));
    }
    asked
}

/// The keys that SES fills, and those that IAM knows of the caller. Which further ones reach IAM is unsourced; the lab
/// gives none.
fn context(
    world: &World,
    account: &Account,
    user: &User,
    principal: &str,
    submission: &Submission<'_>,
) -> BTreeMap<String, Vec<String>> {
    let header = header(&submission.body.kept, "from");
    let from = header.as_deref().and_then(address_in);
    let name = header.as_deref().and_then(display_name);
    let now = jiff::Timestamp::now();
    let one = |key: &str, value: &str| (key.to_owned(), vec![value.to_owned()]);
    let mut context = BTreeMap::from([
        one("ses:ApiVersion", "2"),
        one("ses:FromAddress", from.as_deref().unwrap_or(submission.from)),
        one("ses:FeedbackAddress", submission.from),
        one("aws:SecureTransport", "true"),
        one("aws:SourceIp", &world.client.source_ip.to_string()),
        one("aws:CurrentTime", &now.to_string()),
        one("aws:EpochTime", &now.as_second().to_string()),
        one("aws:RequestedRegion", submission.region),
        one("aws:PrincipalArn", principal),
        one("aws:PrincipalAccount", &account.id),
        one("aws:PrincipalType", "User"),
        one("aws:username", &user.name),
    ]);
    context.insert("ses:Recipients".to_owned(), submission.to.to_vec());
    context.extend(name.map(|name| one("ses:FromDisplayName", &name)));
    context
}

/// `Name <user@example.com>`: the name.
fn display_name(value: &str) -> Option<String> {
    let (name, _) = value.rsplit_once('<')?;
    let name = name.trim().trim_matches('"');
    (!name.is_empty()).then(|| name.to_owned())
}
