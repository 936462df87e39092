//! Pairs of which one undoes the other, or makes a third thing of it.

use toml::Value;

use super::super::{Incompatible, Side};
use super::{Mark, Sight, Sights, Stage, is_private};

/// What is wrong in `side` is right again by what is wrong in `by`.
pub(super) fn undone(side: (&Side, &Sights), by: (&Side, &Sights)) -> Result<(), Incompatible> {
    let undone = |why| Err(Incompatible::Undone { why });
    let another = by.1.changes(&["client", "host"]);
    let elsewhere = another || (is_private(by.0) && !is_private(side.0));
    let on_the_way = |mark: &Mark| match mark.names().as_slice() {
        ["dns", ..] | ["client", "region"] => true,
        ["smtp", ..] => another,
        ["client", "error"] => another && side.1.is_of_line(),
        _ => false,
    };
    if elsewhere && side.1.marks.iter().any(on_the_way) {
        return undone("the client of one goes to another host than the one at fault");
    }
    let of_state =
        |mark: &Mark| mark.stage == Stage::Message && mark.place.first().is_some_and(|name| name != "client");
    if goes_to_another_region(by.0) && side.1.marks.iter().any(of_state) {
        return undone("the client of one goes to another region than the one whose state is at fault");
    }
    let replaces = |sights: &Sights| sights.marks.iter().any(Mark::takes_the_send_policy);
    if replaces(side.1) && replaces(by.1) {
        return undone("both replace the policy that allows sending, and allows add up");
    }
    if side.1.marks.iter().any(Mark::is_of_file) && by.1.marks.iter().any(Mark::is_setting) {
        return undone("the client's files in one hold the settings that the other changes");
    }
    if side.0.world.client.secret.is_some() && by.0.world.client.parameter.is_some() {
        return undone("the password is kept in a secret in one and in a parameter in the other");
    }
    if gives_password_elsewhere(side.0) && files_with_password(by.0).next().is_some() {
        return undone("the files of both give one password to two regions, which is a third thing wrong");
    }
    let of_password = |sights: &Sights| sights.changes(&["client", "password"]);
    if of_password(side.1) && of_password(by.1) {
        return undone("both spoil the same password");
    }
    let of_mail_manager =
        by.0.of_client("host")
            .is_some_and(|host| host.contains("mail-manager"));
    if of_mail_manager && side.1.changes(&["client", "username"]) {
        return undone("at a host of Mail Manager only an access key id shows that SES is meant");
    }
    let of_pair = |mark: &Mark| matches!(mark.names().as_slice(), ["client", "username" | "password", ..]);
    if keeps_pair_at_aws(by.0) && side.1.marks.iter().any(of_pair) {
        return undone("the pair of one is kept by AWS, and the other changes it");
    }
    let contradicts = side.1.marks.iter().any(|mark| mark.sight == Sight::Contradiction);
    if contradicts && has_young_key(by.0) {
        return undone("the key of one is so new that the other's line says nothing");
    }
    if lacks_sender(side.0) && is_verified_elsewhere(by.0) && !is_verified_elsewhere(side.0) {
        return undone("the sender is verified in another region in one, and nowhere in the other");
    }
    if uses_wrapper(by.0) && side.1.is_wire_at(Stage::Greeting) {
        return undone("the client of one begins TLS before anybody greets");
    }
    if side.1.changes(&["client", "tls"]) && by.0.number_of_client("port").is_some_and(is_wrapper_port) {
        return undone("the port of one goes with the TLS of the other");
    }
    if side.1.changes(&["client", "region"]) && by.0.has_endpoint() {
        return undone("a region without SMTP has no endpoint that could misbehave");
    }
    if side.0.world.client.configuration_set.is_some() && by.1.marks.iter().any(Mark::is_of_set) {
        return undone("the message of one names another configuration set than the other's");
    }
    if asks_abroad(side.0) && is_judged_from_above(by.0) {
        return undone("the policies of one say something else of another account's identity");
    }
    if has_root_key(side.1) && !has_root_key(by.1) && by.1.marks.iter().any(Mark::takes_the_key) {
        return undone("the key is there in one, and gone in the other");
    }
    if asks_for_more(by.0) && (names_resources(side.0) || side.0.world.client.tenant.is_some()) {
        return undone("the policy, or the tenant, of one does not cover what the other's message asks for");
    }
    if is_sandboxed(side.0) && is_sandboxed(by.0) && has_recipient(side.0) != has_recipient(by.0) {
        return undone("the recipient is verified in one and not in the other");
    }
    Ok(())
}

/// The client's host is of another region than the person means.
pub(super) fn goes_to_another_region(side: &Side) -> bool {
    let host = side.of_client("host").unwrap_or_default();
    let mut labels = host.split('.');
    labels.any(|label| crate::world::SMTP_REGIONS.contains(&label) && label != side.region())
}

/// The message asks about more than its sender: a configuration set, or in the sandbox a recipient.
fn asks_for_more(side: &Side) -> bool {
    let client = &side.world.client;
    let ses = side
        .world
        .account
        .first()
        .map(|account| account.ses(&client.region));
    let default_set = ses.is_some_and(|ses| {
        ses.identity
            .iter()
            .any(|identity| identity.configuration_set.is_some())
    });
    default_set || client.configuration_set.is_some() || is_sandboxed(side) || lacks_sender(side)
}

/// The identity that the message is sent from, by its domain.
fn sender_domain(side: &Side) -> Option<&str> {
    let from = side.world.client.from.as_deref()?;
    Some(from.rsplit_once('@').map_or(from, |(_, domain)| domain))
}

fn lacks_sender(side: &Side) -> bool {
    let client = &side.world.client;
    let here = side
        .world
        .account
        .first()
        .map(|account| account.ses(&client.region));
    let Some(domain) = sender_domain(side) else {
        return false;
    };
    here.is_some_and(|ses| !ses.identity.iter().any(|identity| identity.name == domain))
}

fn is_verified_elsewhere(side: &Side) -> bool {
    let region = &side.world.client.region;
    let ses = side.world.account.iter().flat_map(|account| &account.ses);
    let domain = sender_domain(side);
    ses.filter(|ses| ses.region != *region)
        .flat_map(|ses| &ses.identity)
        .any(|identity| Some(identity.name.as_str()) == domain && identity.verified)
}

fn is_wrapper_port(port: i64) -> bool {
    port == 465 || port == 2465
}

/// The client speaks TLS from the first byte.
fn uses_wrapper(side: &Side) -> bool {
    side.of_client("tls") == Some("wrapper") || side.number_of_client("port").is_some_and(is_wrapper_port)
}

/// The refusal in the client's line is about an identity of another account than the user's.
fn asks_abroad(side: &Side) -> bool {
    let line = side.world.client.error.as_deref().unwrap_or_default();
    let account = |service: &str| {
        let arn = line.split_once(service)?.1;
        let is_id = |field: &&str| field.len() == 12 && field.bytes().all(|byte| byte.is_ascii_digit());
        arn.split(':').find(is_id)
    };
    let pair = account("arn:aws:iam:").zip(account("arn:aws:ses:"));
    pair.is_some_and(|(user, identity)| user != identity)
}

/// Policies of an organization or of a VPC endpoint take part.
fn is_judged_from_above(side: &Side) -> bool {
    let world = &side.world;
    world.organization.is_some()
        || world
            .account
            .iter()
            .any(|account| !account.vpc_endpoint.is_empty())
}

/// `diagnose` gets the pair from Secrets Manager or the Parameter Store.
fn keeps_pair_at_aws(side: &Side) -> bool {
    let client = &side.world.client;
    client.secret.is_some() || client.parameter.is_some()
}

/// The age of a key is told only where it matters.
fn has_young_key(side: &Side) -> bool {
    let accounts = side
        .table
        .get("account")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let users = accounts
        .filter_map(|account| account.get("user")?.as_array())
        .flatten();
    let keys = users.filter_map(|user| user.get("key")?.as_array()).flatten();
    keys.into_iter().any(|key| key.get("created").is_some())
}

pub(super) fn has_root_key(sights: &Sights) -> bool {
    let of_root = |mark: &Mark| matches!(mark.names().as_slice(), ["account", _, "root_key", ..]);
    sights.marks.iter().any(of_root)
}

/// The user's own policy allows sending with what it names, and nothing else.
fn names_resources(side: &Side) -> bool {
    let users = side.world.account.iter().flat_map(|account| &account.user);
    users
        .flat_map(|user| &user.policy)
        .any(|policy| policy.document.contains("\"arn:aws:ses:"))
}

fn is_sandboxed(side: &Side) -> bool {
    let world = &side.world;
    let here = |account: &crate::world::Account| !account.ses(&world.client.region).production_access;
    world.account.first().is_some_and(here)
}

pub(super) fn has_recipient(side: &Side) -> bool {
    let client = &side.world.client;
    let ses = side
        .world
        .account
        .first()
        .map(|account| account.ses(&client.region));
    ses.is_some_and(|ses| {
        ses.identity
            .iter()
            .any(|identity| Some(&identity.name) == client.to.as_ref())
    })
}

/// Files of the client that hold its password.
fn files_with_password(side: &Side) -> impl Iterator<Item = &str> {
    let files = side.world.client.file.iter().map(|file| file.text.as_str());
    files.filter(|text| text.contains("@PASSWORD@"))
}

/// A file of the client gives its password to an endpoint of another region than its own.
fn gives_password_elsewhere(side: &Side) -> bool {
    let own = format!("email-smtp.{}.", side.world.client.region);
    files_with_password(side).any(|text| text.contains("email-smtp.") && !text.contains(&own))
}
