//! Whom a world is about, and the same world told of the people of the healthy one.

use crate::world::{Account, Key, User, World};

/// Account, key, user and domain of the healthy world. A key id holds its account's number, so they come together. The
/// secret is another one: its passwords hold the signs that URLs and forms spoil, `+` and `/`.
const ACCOUNT: &str = "427719305862";
pub(super) const KEY: &str = "AKIAWHFQOVKDI33V6HAS";
const SECRET: &str = "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";
pub(super) const USER: &str = "ses-smtp-user.20240903-140211";
const OPERATOR_KEY: &str = "AKIAWHFQOVKDK7REV4US";
const OPERATOR_SECRET: &str = "u+egagW1CvwlhveS0AIl4v8NWEG9aqRE6BnCdoN3";
pub(super) const OPERATOR: &str = "oncall";
const DOMAIN: &str = "lindenhof-klinik.example";
pub(super) const SENDER: &str = "termine@lindenhof-klinik.example";
pub(super) const RECIPIENT: &str = "patient@posthorn.example";
const UNIT: &str = "Mailers";

/// What stands in a world for what in the healthy one.
#[derive(Debug)]
pub(super) struct Names {
    pairs: Vec<(String, &'static str)>,
    region: String,
}

impl Names {
    /// Finds whom the world is about.
    pub(super) fn of(world: &World) -> Self {
        let mut names = Self {
            pairs: Vec::new(),
            region: world.client.region.clone(),
        };
        if let Some(account) = main_account(world) {
            names.put(&account.id, ACCOUNT);
            names.put_people(world, account);
        }
        if let Some(from) = &world.client.from {
            names.put(from, SENDER);
        }
        names.put(&domain(world).unwrap_or_default(), DOMAIN);
        names.put(world.client.to.as_deref().unwrap_or_default(), RECIPIENT);
        names
    }

    fn put(&mut self, theirs: &str, ours: &'static str) {
        if !theirs.is_empty() && !self.pairs.iter().any(|(known, _)| known == theirs) {
            self.pairs.push((theirs.to_owned(), ours));
        }
    }

    fn put_people(&mut self, world: &World, account: &Account) {
        let operator = world.operator.as_ref().map(|operator| operator.key.as_str());
        if let Some(key) = operator.and_then(|id| account.key(id)) {
            self.put(&key.id, OPERATOR_KEY);
            self.put(key.secret.expose(), OPERATOR_SECRET);
            let owner = account.owner(&key.id).map(|user| user.name.as_str());
            self.put(owner.unwrap_or_default(), OPERATOR);
        }
        if logs_in_as_person(world, account) {
            return;
        }
        let (key, user) = (client_key(world, account), client_user(world, account));
        if let Some(key) = &key {
            self.put(key, KEY);
            let of_key = account.key(key).map(|key: &Key| key.secret.expose());
            let gone = world
                .client
                .password
                .secret
                .as_ref()
                .map(|secret| secret.expose());
            self.put(of_key.or(gone).unwrap_or_default(), SECRET);
        }
        self.put(&user.unwrap_or_default(), USER);
        let units = world
            .organization
            .iter()
            .flat_map(|organization| &organization.unit);
        for unit in units.filter(|unit| unit.accounts.contains(&account.id)) {
            self.put(&unit.name, UNIT);
        }
    }

    /// The same text told of the healthy world's people, in `region`.
    pub(super) fn tell(&self, text: &str, region: &str) -> String {
        let (upper, target) = (self.region.to_uppercase(), region.to_uppercase());
        let regions = [
            (self.region.as_str(), region),
            (region, self.region.as_str()),
            (upper.as_str(), target.as_str()),
            (target.as_str(), upper.as_str()),
        ];
        let mut all: Vec<(&str, &str)> = self
            .pairs
            .iter()
            .map(|(theirs, ours)| (theirs.as_str(), *ours))
            .collect();
        all.extend(regions.into_iter().filter(|(theirs, ours)| theirs != ours));
        // The sender before its domain.
        all.sort_by_key(|(theirs, _)| std::cmp::Reverse(theirs.len()));
        replace_words(text, &all)
    }
}

/// The domain that the client sends from; where nobody told it, the one that is verified.
fn domain(world: &World) -> Option<String> {
    let verified = || {
        let ses = main_account(world)?.ses(&world.client.region);
        Some(ses.identity.first()?.name.clone())
    };
    let address = world.client.from.clone().or_else(verified)?;
    let domain = address.trim_end_matches('>').rsplit('@').next()?;
    Some(domain.to_owned())
}

/// The account that the operator reads, else the first.
fn main_account(world: &World) -> Option<&Account> {
    let operator = world.operator.as_ref().map(|operator| operator.key.as_str());
    let read = world
        .account
        .iter()
        .find(|account| operator.is_some_and(|key| account.key(key).is_some()));
    read.or_else(|| world.account.first())
}

/// The key that the client means to log in with: the one submitted that is the account's, or that is gone; else the
/// key of the only user who has one.
fn client_key(world: &World, account: &Account) -> Option<String> {
    let (name, password) = (&world.client.username, &world.client.password);
    let literal = name.literal.as_ref().map(|secret| secret.expose().to_owned());
    let submitted = [
        literal,
        name.key.clone(),
        password.key.clone(),
        password.secret_of.clone(),
    ];
    let is_theirs =
        |id: &String| id.starts_with("AKIA") && (account.key(id).is_some() || world.key(id).is_none());
    let submitted = submitted.into_iter().flatten().find(is_theirs);
    let only = || Some(others(world, account).first()?.key.first()?.id.clone());
    submitted.or_else(only)
}

/// The user name is that of a person with a login to the console: no user who only sends.
fn logs_in_as_person(world: &World, account: &Account) -> bool {
    let literal = world
        .client
        .username
        .literal
        .as_ref()
        .map(|secret| secret.expose());
    let name = literal.unwrap_or_default();
    account.user(name).is_some() && !name.starts_with("ses-smtp-user.")
}

fn others<'a>(world: &World, account: &'a Account) -> Vec<&'a User> {
    let operator = world.operator.as_ref().map(|operator| operator.key.as_str());
    let is_operator = |user: &&User| user.key.iter().any(|key| Some(key.id.as_str()) == operator);
    account.user.iter().filter(|user| !is_operator(user)).collect()
}

/// The user of that key, or who owned it, by CloudTrail's word.
fn client_user(world: &World, account: &Account) -> Option<String> {
    let key = client_key(world, account)?;
    if account.root_key.iter().any(|root| root.id == key) {
        return None;
    }
    let owner = account.owner(&key).map(|user| user.name.clone());
    let of_event = || {
        let about = |event: &&crate::world::Event| event.resource.iter().any(|resource| resource.name == key);
        let event = world.event.iter().find(about)?;
        Some(event.request.get("userName")?.as_str()?.to_owned())
    };
    owner.or_else(of_event)
}

/// Replaces whole words only: what stands before and after is no letter, digit, `-` or `_`.
fn replace_words(text: &str, pairs: &[(&str, &str)]) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let starts = !out.chars().next_back().is_some_and(is_part);
        let hit = pairs.iter().filter(|_| starts).find_map(|(theirs, ours)| {
            let after = rest.strip_prefix(theirs)?;
            (!after.chars().next().is_some_and(is_part)).then_some((after, *ours))
        });
        match hit {
            Some((after, ours)) => {
                out.push_str(ours);
                rest = after;
            }
            None => {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_replaced() {
        let pairs = [("app", "user"), ("a.example", "b.example")];
        assert_eq!(
            replace_words("app, user/app' my-app apple x@a.example aa.example", &pairs),
            "user, user/user' my-app apple x@b.example aa.example"
        );
    }

    #[test]
    fn regions_change_places() {
        let names = Names {
            pairs: Vec::new(),
            region: "eu-west-1".to_owned(),
        };
        let text = "email-smtp.eu-west-1.amazonaws.com EU-WEST-1 us-east-1 eu-west-1a";
        assert_eq!(
            names.tell(text, "us-east-1"),
            "email-smtp.us-east-1.amazonaws.com US-EAST-1 eu-west-1 eu-west-1a"
        );
    }
}
