//! What is healthy in a world, written as the healthy world writes it: only then is a difference something wrong.

use serde_json::json;
use toml::{Table, Value};

use super::names::{OPERATOR, RECIPIENT, SENDER, USER};

/// What the world tells of itself, which is no state of it.
const TELLING: [&str; 6] = ["title", "story", "causes", "healthy", "possible", "near_misses"];

/// IAM's and SES's own names for the policy that lets a user send.
pub(super) const SEND_POLICY: &str = "AmazonSesSendingAccess";
const SEND_MANAGED: &str = "arn:aws:iam::aws:policy/AmazonSESFullAccess";
const SEND_DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}"#;

/// Removes what the world tells of itself.
pub(super) fn forget_the_telling(table: &mut Table) {
    for key in TELLING {
        table.remove(key);
    }
}

/// Takes the line that the client logged out of the world.
pub(super) fn take_line(table: &mut Table) -> Option<Value> {
    table.get_mut("client")?.as_table_mut()?.remove("error")
}

/// Puts a line into the client's log.
pub(super) fn set_line(table: &mut Table, line: Option<Value>) {
    let client = table.get_mut("client").and_then(Value::as_table_mut);
    if let (Some(client), Some(line)) = (client, line) {
        client.insert("error".to_owned(), line);
    }
}

/// Who helps has no part in what is wrong: the operator is the healthy world's, unless the world says more of one.
pub(super) fn lend_operator(table: &mut Table, base: &Table) {
    if let (None, Some(operator)) = (table.get("operator"), base.get("operator")) {
        table.insert("operator".to_owned(), operator.clone());
    }
    let is_operator =
        |user: &Value| user.as_table().and_then(|user| user.get("name")?.as_str()) == Some(OPERATOR);
    let accounts = base
        .get("account")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let users = accounts
        .filter_map(|account| account.as_table()?.get("user")?.as_array())
        .flatten();
    let lent = users.filter(|user| is_operator(user)).cloned();
    if let Some(account) = tables_mut(table, "account").next() {
        retain(account, "user", |user| !is_operator(user));
        push(account, "user", lent);
    }
}

/// The healthy world has SES in one region only; the others say what a password or an identity is worth elsewhere.
pub(super) fn keep_region(table: &mut Table, region: &str) {
    for account in tables_mut(table, "account") {
        retain(account, "ses", |ses| {
            ses.as_table().and_then(|ses| ses.get("region")?.as_str()) == Some(region)
        });
    }
}

/// Writes what is healthy plainly.
pub(super) fn write_plainly(table: &mut Table) {
    if let Some(client) = table.get_mut("client").and_then(Value::as_table_mut) {
        plain_client(client);
    }
    for account in tables_mut(table, "account") {
        account.remove("name");
        for key in tables_mut(account, "root_key") {
            plain_key(key);
        }
        for user in tables_mut(account, "user") {
            plain_age(user);
            for key in tables_mut(user, "key") {
                plain_key(key);
            }
        }
        plain_permission(account);
        for ses in tables_mut(account, "ses") {
            plain_quota(ses);
        }
    }
}

fn tables_mut<'a>(table: &'a mut Table, key: &str) -> impl Iterator<Item = &'a mut Table> {
    let list = table.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_table_mut)
}

fn plain_client(client: &mut Table) {
    let region = client.get("region").and_then(Value::as_str).unwrap_or_default();
    let usual = format!("email-smtp.{region}.amazonaws.com");
    let is = |client: &Table, key: &str, value: &Value| client.get(key) == Some(value);
    if is(client, "host", &Value::String(usual)) {
        client.remove("host");
    }
    if is(client, "port", &Value::Integer(587)) {
        client.remove("port");
    }
    if is(client, "tls", &Value::String("auto".to_owned())) {
        client.remove("tls");
    }
    for (key, value) in [("from", SENDER), ("to", RECIPIENT)] {
        client
            .entry(key)
            .or_insert_with(|| Value::String(value.to_owned()));
    }
}

/// Status and age matter where they are unusual; the last use never does.
fn plain_key(key: &mut Table) {
    key.remove("last_used");
    if key.get("status").and_then(Value::as_str) == Some("Active") {
        key.remove("status");
    }
    plain_age(key);
}

/// Whatever is older than an hour has long reached every corner of AWS.
fn plain_age(of: &mut Table) {
    let is_young = |text: &str| {
        let ago = text.strip_prefix('-').unwrap_or_default();
        let within = |unit: char, most: u32| {
            let number = ago
                .strip_suffix(unit)
                .and_then(|number| number.parse::<u32>().ok());
            number.is_some_and(|number| number < most)
        };
        text == "now" || within('s', 3600) || within('m', 60)
    };
    let created = of.get("created").and_then(Value::as_str);
    if created.is_some_and(|text| !is_young(text)) {
        of.remove("created");
    }
}

/// A quota that leaves room is as good as any other.
fn plain_quota(ses: &mut Table) {
    let number = |key: &str| ses.get(key).and_then(Value::as_float);
    let (sent, most) = (
        number("sent_last_24_hours").unwrap_or(0.0),
        number("max_24_hour_send").unwrap_or(200.0),
    );
    if sent < most {
        ses.remove("sent_last_24_hours");
        ses.remove("max_24_hour_send");
    }
    ses.remove("max_send_rate");
    if ses.get("production_access") == Some(&Value::Boolean(false)) {
        ses.remove("production_access");
    }
}

/// The policy that lets the user send is the user's own, whether it hung there, at a group or came from AWS.
fn plain_permission(account: &mut Table) {
    let mut sending_groups = Vec::new();
    for group in tables_mut(account, "group") {
        let may_send = take_send_policy(group);
        let name = group
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let empty = is_empty(group, "policy") && is_empty(group, "attached");
        if may_send {
            sending_groups.push((name, empty));
        }
    }
    let goes = |name: Option<&str>| {
        sending_groups
            .iter()
            .any(|(known, empty)| *empty && Some(known.as_str()) == name)
    };
    retain(account, "group", |group| {
        !goes(group.as_table().and_then(|group| group.get("name")?.as_str()))
    });
    for user in tables_mut(account, "user") {
        let of_group = list(user, "groups").iter().any(|name| {
            sending_groups
                .iter()
                .any(|(known, _)| Some(known.as_str()) == name.as_str())
        });
        retain(user, "groups", |name| !goes(name.as_str()));
        let of_user = take_send_policy(user);
        if (of_group || of_user) && user.get("name").and_then(Value::as_str) == Some(USER) {
            add_send_policy(user);
        }
    }
}

fn list<'a>(table: &'a Table, key: &str) -> &'a [Value] {
    table
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_empty(table: &Table, key: &str) -> bool {
    list(table, key).is_empty()
}

/// Keeps what `keep` wants of a list; an empty list is as good as none.
fn retain(table: &mut Table, key: &str, keep: impl Fn(&Value) -> bool) {
    if let Some(list) = table.get_mut(key).and_then(Value::as_array_mut) {
        list.retain(|value| keep(value));
    }
    if is_empty(table, key) {
        table.remove(key);
    }
}

/// Removes the policy that lets the holder send with every identity; whether there was one.
fn take_send_policy(holder: &mut Table) -> bool {
    let is_inline = |policy: &Value| {
        let document = policy
            .as_table()
            .and_then(|policy| policy.get("document")?.as_str());
        document.is_some_and(allows_all_sending)
    };
    let is_managed = |arn: &Value| arn.as_str() == Some(SEND_MANAGED);
    let there =
        list(holder, "policy").iter().any(is_inline) || list(holder, "attached").iter().any(is_managed);
    retain(holder, "policy", |policy| !is_inline(policy));
    retain(holder, "attached", |arn| !is_managed(arn));
    there
}

/// One statement that allows the action, or all of SES, on everything and under no condition.
fn allows_all_sending(document: &str) -> bool {
    let Ok(document) = serde_json::from_str::<serde_json::Value>(document) else {
        return false;
    };
    let statements = document.get("Statement");
    let only = statements.map(|it| {
        it.as_array()
            .map_or(Some(it), |all| all.first().filter(|_| all.len() == 1))
    });
    let Some(Some(statement)) = only else { return false };
    let sends = ["ses:SendRawEmail", "ses:*", "ses:Send*"];
    let action = statement.get("Action").and_then(serde_json::Value::as_str);
    action.is_some_and(|action| sends.contains(&action))
        && statement.get("Effect") == Some(&json!("Allow"))
        && statement.get("Resource") == Some(&json!("*"))
        && statement.get("Condition").is_none()
}

fn add_send_policy(user: &mut Table) {
    let policy = Table::from_iter([
        ("name".to_owned(), Value::String(SEND_POLICY.to_owned())),
        ("document".to_owned(), Value::String(SEND_DOCUMENT.to_owned())),
    ]);
    push(user, "policy", [Value::Table(policy)]);
}

fn push(table: &mut Table, key: &str, values: impl IntoIterator<Item = Value>) {
    let list = table.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut() {
        list.extend(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Table {
        let mut table: Table = text.parse().unwrap();
        write_plainly(&mut table);
        table
    }

    #[test]
    fn a_user_may_send_in_three_ways_that_are_one() {
        let own = format!("[[account]]\nid = '1'\n[[account.user]]\nname = '{USER}'\n");
        let inline = format!("{own}[[account.user.policy]]\nname = 'x'\ndocument = '{SEND_DOCUMENT}'");
        let managed = format!("{own}attached = ['{SEND_MANAGED}']");
        let group = format!(
            "{own}groups = ['g']\n[[account.group]]\nname = 'g'\n[[account.group.policy]]\nname = 'y'\n\
             document = '{SEND_DOCUMENT}'"
        );
        assert_eq!(plain(&inline), plain(&managed));
        assert_eq!(plain(&inline), plain(&group));
        assert_ne!(plain(&inline), plain(&own));
    }

    #[test]
    fn only_young_keys_have_an_age() {
        let age = |created: &str| {
            let text =
                format!("[[account]]\nid = '1'\n[[account.root_key]]\nid = 'A'\ncreated = '{created}'");
            plain(&text).to_string().contains("created")
        };
        assert!(age("-35s") && age("-59m") && age("now"));
        assert!(!age("-2h") && !age("-90m") && !age("-3d") && !age("2018-09-03T08:12:55Z"));
    }

    #[test]
    fn a_quota_matters_once_it_is_used_up() {
        let ses = |sent: f64| {
            let text = format!(
                "[[account]]\nid = '1'\n[[account.ses]]\nregion = 'r'\nsent_last_24_hours = {sent:.1}"
            );
            plain(&text).to_string().contains("sent_last")
        };
        assert!(!ses(199.0) && ses(200.0));
    }
}
