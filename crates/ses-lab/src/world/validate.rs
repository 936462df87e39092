//! What a world must be beyond its syntax, with the place of every complaint.

mod organization;

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::Chance;
use super::account::{Account, InlinePolicy, Key, Ses, User};
use super::error::WorldError;
use super::history::Event;
use super::secret::Submitted;
use super::{METRICS, PORTS, World, managed, region};

/// One step on the way from the top of the file to a value.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

use Step::{Index as I, Name as N};

struct Complaint<'a> {
    at: Vec<Step<'a>>,
    message: String,
}

fn complain<'a>(at: &[Step<'a>], message: impl Into<String>) -> Complaint<'a> {
    Complaint {
        at: at.to_vec(),
        message: message.into(),
    }
}

type Checked<'a> = Result<(), Complaint<'a>>;

/// Refuses a world that contradicts itself.
pub(super) fn check(world: &World, name: &str, text: &str) -> Result<(), WorldError> {
    all(world).map_err(|complaint| WorldError {
        message: complaint.message,
        span: locate(text, &complaint.at),
        name: name.to_owned(),
        text: text.to_owned(),
    })
}

fn all(world: &World) -> Checked<'_> {
    causes(world)?;
    for (i, account) in world.account.iter().enumerate() {
        check_account(world, account, &[N("account"), I(i)])?;
    }
    unique_keys(world)?;
    if let Some(organization) = &world.organization {
        organization::check(organization)?;
    }
    check_region(&world.client.region, &[N("client"), N("region")])?;
    submitted(world, &world.client.username, &[N("client"), N("username")])?;
    submitted(world, &world.client.password, &[N("client"), N("password")])?;
    files(world)?;
    if let Some(operator) = &world.operator
        && world.key(&operator.key).is_none()
    {
        return Err(unknown_key(&operator.key, &[N("operator"), N("key")]));
    }
    let of_operator = world
        .operator
        .iter()
        .flat_map(|operator| &operator.policies)
        .flatten();
    for (i, text) in of_operator.enumerate() {
        document(text, &[N("operator"), N("policies"), I(i)])?;
    }
    endpoints(world)?;
    history(world)?;
    health(world)?;
    faults(world)
}

fn causes(world: &World) -> Checked<'_> {
    let lists = [
        ("causes", &world.causes),
        ("possible", &world.possible),
        ("near_misses", &world.near_misses),
    ];
    for (list, ids) in lists {
        for (i, id) in ids.iter().enumerate() {
            if !is_kebab(id) {
                return Err(complain(
                    &[N(list), I(i)],
                    format!("`{id}` is not a cause id: they are kebab-case"),
                ));
            }
        }
    }
    match (world.healthy, world.causes.is_empty()) {
        (true, false) => return Err(complain(&[N("causes")], "a healthy world has no causes")),
        (false, true) => {
            return Err(complain(
                &[N("causes")],
                "name the true causes, or write `healthy = true`",
            ));
        }
        _ => {}
    }
    for (i, id) in world.near_misses.iter().enumerate() {
        if world.causes.contains(id) || world.possible.contains(id) {
            let message = format!("`{id}` cannot hold and be a near miss at once");
            return Err(complain(&[N("near_misses"), I(i)], message));
        }
    }
    Ok(())
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

fn check_region<'a>(name: &str, at: &[Step<'a>]) -> Checked<'a> {
    match region::complaint(name) {
        Some(message) => Err(complain(at, message)),
        None => Ok(()),
    }
}

fn below<'a>(at: &[Step<'a>], more: &[Step<'a>]) -> Vec<Step<'a>> {
    at.iter().chain(more).copied().collect()
}

fn check_account_id<'a>(id: &str, at: &[Step<'a>]) -> Checked<'a> {
    if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(complain(
        at,
        format!("`{id}` is not an account id: twelve digits"),
    ))
}

fn check_account<'a>(world: &World, account: &'a Account, at: &[Step<'a>]) -> Checked<'a> {
    check_account_id(&account.id, &below(at, &[N("id")]))?;
    if world
        .account
        .iter()
        .filter(|other| other.id == account.id)
        .count()
        > 1
    {
        return Err(complain(
            &below(at, &[N("id")]),
            format!("account `{}` is there twice", account.id),
        ));
    }
    for (i, key) in account.root_key.iter().enumerate() {
        check_key(key, &below(at, &[N("root_key"), I(i)]))?;
    }
    for (i, user) in account.user.iter().enumerate() {
        check_user(account, user, &below(at, &[N("user"), I(i)]))?;
    }
    for (i, group) in account.group.iter().enumerate() {
        let at = below(at, &[N("group"), I(i)]);
        policies(&group.policy, &at)?;
        attached(account, &group.attached, &at)?;
    }
    for (i, policy) in account.policy.iter().enumerate() {
        document(&policy.document, &below(at, &[N("policy"), I(i), N("document")]))?;
    }
    vpc_endpoints(account, at)?;
    stored(world, account, at)?;
    for (i, ses) in account.ses.iter().enumerate() {
        check_region(&ses.region, &below(at, &[N("ses"), I(i), N("region")]))?;
        if account
            .ses
            .iter()
            .filter(|other| other.region == ses.region)
            .count()
            > 1
        {
            let message = format!("SES in `{}` is described twice", ses.region);
            return Err(complain(&below(at, &[N("ses"), I(i), N("region")]), message));
        }
        metrics(ses, &below(at, &[N("ses"), I(i)]))?;
        for (j, identity) in ses.identity.iter().enumerate() {
            policies(
                &identity.policy,
                &below(at, &[N("ses"), I(i), N("identity"), I(j)]),
            )?;
        }
    }
    Ok(())
}

fn vpc_endpoints<'a>(account: &'a Account, at: &[Step<'a>]) -> Checked<'a> {
    for (i, endpoint) in account.vpc_endpoint.iter().enumerate() {
        let at = below(at, &[N("vpc_endpoint"), I(i)]);
        check_region(&endpoint.region, &below(&at, &[N("region")]))?;
        document(&endpoint.policy, &below(&at, &[N("policy")]))?;
        for (g, id) in endpoint.security_groups.iter().enumerate() {
            if !account.security_group.iter().any(|group| group.id == *id) {
                let message =
                    format!("there is no security group `{id}`: write it as [[account.security_group]]");
                return Err(complain(&below(&at, &[N("security_groups"), I(g)]), message));
            }
        }
    }
    Ok(())
}

fn check_user<'a>(account: &Account, user: &'a User, at: &[Step<'a>]) -> Checked<'a> {
    if account
        .user
        .iter()
        .filter(|other| other.name == user.name)
        .count()
        > 1
    {
        return Err(complain(
            &below(at, &[N("name")]),
            format!("user `{}` is there twice", user.name),
        ));
    }
    if user.key.len() > 2 {
        return Err(complain(
            &below(at, &[N("key"), I(2)]),
            "an IAM user has at most two access keys",
        ));
    }
    for (i, key) in user.key.iter().enumerate() {
        check_key(key, &below(at, &[N("key"), I(i)]))?;
    }
    for (i, name) in user.groups.iter().enumerate() {
        if !account.group.iter().any(|group| group.name == *name) {
            let message = format!("there is no group `{name}` in account {}", account.id);
            return Err(complain(&below(at, &[N("groups"), I(i)]), message));
        }
    }
    policies(&user.policy, at)?;
    attached(account, &user.attached, at)?;
    match &user.boundary {
        Some(arn) => known_policy(account, arn, &below(at, &[N("boundary")])),
        None => Ok(()),
    }
}

fn check_key<'a>(key: &Key, at: &[Step<'a>]) -> Checked<'a> {
    let digits = key
        .id
        .strip_prefix("AKIA")
        .or_else(|| key.id.strip_prefix("ASIA"))
        .unwrap_or_default();
    if digits.len() != 16 || !digits.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')) {
        let message = format!(
            "`{}` is not an access key id: AKIA or ASIA, then 16 of A-Z and 2-7",
            key.id
        );
        return Err(complain(&below(at, &[N("id")]), message));
    }
    if key.secret.expose().len() != 40 {
        let message = format!(
            "a secret access key has 40 characters, this one {}",
            key.secret.expose().len()
        );
        return Err(complain(&below(at, &[N("secret")]), message));
    }
    Ok(())
}

fn unique_keys(world: &World) -> Checked<'_> {
    let mut seen = BTreeSet::new();
    for (a, account) in world.account.iter().enumerate() {
        for (u, user) in account.user.iter().enumerate() {
            for (k, key) in user.key.iter().enumerate() {
                if !seen.insert(key.id.as_str()) {
                    let at = [N("account"), I(a), N("user"), I(u), N("key"), I(k), N("id")];
                    return Err(complain(&at, format!("access key `{}` is there twice", key.id)));
                }
            }
        }
    }
    Ok(())
}

fn policies<'a>(list: &[InlinePolicy], at: &[Step<'a>]) -> Checked<'a> {
    for (i, policy) in list.iter().enumerate() {
        document(&policy.document, &below(at, &[N("policy"), I(i), N("document")]))?;
    }
    Ok(())
}

fn document<'a>(text: &str, at: &[Step<'a>]) -> Checked<'a> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) if value.is_object() => Ok(()),
        Ok(_) => Err(complain(at, "a policy document is a JSON object")),
        Err(error) => Err(complain(at, format!("the policy is not JSON: {error}"))),
    }
}

fn attached<'a>(account: &Account, arns: &[String], at: &[Step<'a>]) -> Checked<'a> {
    for (i, arn) in arns.iter().enumerate() {
        known_policy(account, arn, &below(at, &[N("attached"), I(i)]))?;
    }
    Ok(())
}

fn known_policy<'a>(account: &Account, arn: &str, at: &[Step<'a>]) -> Checked<'a> {
    let own = account
        .policy
        .iter()
        .any(|p| *arn == format!("arn:aws:iam::{}:policy/{}", account.id, p.name));
    if own || managed::by_arn(arn).is_some() {
        return Ok(());
    }
    Err(complain(
        at,
        format!("there is no policy `{arn}`: write it as [[account.policy]]"),
    ))
}

fn files(world: &World) -> Checked<'_> {
    for (i, file) in world.client.file.iter().enumerate() {
        if file.name.is_empty() || file.name.contains(['/', '\\']) || file.name.starts_with("..") {
            let message = format!("`{}` is no name of a file without a folder", file.name);
            return Err(complain(&[N("client"), N("file"), I(i), N("name")], message));
        }
    }
    Ok(())
}

fn unknown_key<'a>(id: &str, at: &[Step<'a>]) -> Complaint<'a> {
    complain(at, format!("there is no access key `{id}` in this world"))
}

/// Where a password is kept: named once in its region, with at least one version, each of which can be made.
fn stored<'a>(world: &World, account: &'a Account, at: &[Step<'a>]) -> Checked<'a> {
    let secrets = account
        .secret
        .iter()
        .map(|it| (&it.name, &it.region, &it.version));
    let parameters = account
        .parameter
        .iter()
        .map(|it| (&it.name, &it.region, &it.version));
    let lists = [
        ("secret", secrets.collect::<Vec<_>>()),
        ("parameter", parameters.collect::<Vec<_>>()),
    ];
    for (list, all) in lists {
        for (i, (name, region, versions)) in all.iter().enumerate() {
            let at = below(at, &[N(list), I(i)]);
            check_region(region, &below(&at, &[N("region")]))?;
            let same = all
                .iter()
                .filter(|(other, place, _)| other == name && place == region);
            if same.count() > 1 {
                let message = format!("the {list} `{name}` is there twice in `{region}`");
                return Err(complain(&below(&at, &[N("name")]), message));
            }
            if versions.is_empty() {
                return Err(complain(&at, format!("the {list} `{name}` has no version")));
            }
            for (v, version) in versions.iter().enumerate() {
                let at = below(&at, &[N("version"), I(v)]);
                submitted(world, &version.password, &below(&at, &[N("password")]))?;
                if let Some(username) = &version.username {
                    submitted(world, username, &below(&at, &[N("username")]))?;
                }
            }
        }
    }
    Ok(())
}

fn submitted<'a>(world: &World, value: &'a Submitted, at: &[Step<'a>]) -> Checked<'a> {
    let forms = [
        value.derive.is_some(),
        value.derive_v2,
        value.secret_of.is_some(),
        value.literal.is_some(),
    ];
    if forms.iter().filter(|form| **form).count() != 1 {
        return Err(complain(
            at,
            "give exactly one of `derive`, `derive_v2`, `secret_of` and `literal`",
        ));
    }
    if let Some(name) = &value.derive {
        check_region(name, &below(at, &[N("derive")]))?;
    }
    let derived = value.derive.is_some() || value.derive_v2;
    if derived && value.key.is_some() == value.secret.is_some() {
        return Err(complain(at, "a derived password needs either `key` or `secret`"));
    }
    for (field, id) in [("key", &value.key), ("secret_of", &value.secret_of)] {
        if let Some(id) = id
            && world.key(id).is_none()
        {
            return Err(unknown_key(id, &below(at, &[N(field)])));
        }
    }
    Ok(())
}

fn endpoints(world: &World) -> Checked<'_> {
    for (i, endpoint) in world.smtp.iter().enumerate() {
        check_region(&endpoint.region, &[N("smtp"), I(i), N("region")])?;
        if world
            .smtp
            .iter()
            .filter(|other| other.region == endpoint.region)
            .count()
            > 1
        {
            let message = format!("the SMTP endpoint of `{}` is described twice", endpoint.region);
            return Err(complain(&[N("smtp"), I(i), N("region")], message));
        }
        let lists = [
            ("listen", &endpoint.listen),
            ("blocked", &endpoint.blocked),
            ("refuse", &endpoint.refuse),
        ];
        for (list, ports) in lists {
            if let Some(p) = ports.iter().position(|port| !PORTS.contains(port)) {
                return Err(complain(
                    &[N("smtp"), I(i), N(list), I(p)],
                    "SES has the ports 25, 465, 587, 2465 and 2587",
                ));
            }
        }
        if let Some(a) = endpoint
            .addresses
            .iter()
            .position(|address| !address.is_loopback())
        {
            return Err(complain(
                &[N("smtp"), I(i), N("addresses"), I(a)],
                "the lab listens on loopback only",
            ));
        }
        for (d, disturbance) in endpoint.disturbance.iter().enumerate() {
            if let Some((field, message)) = disturbance.complaint(endpoint) {
                let at = [N("smtp"), I(i), N("disturbance"), I(d), N(field)];
                return Err(complain(&at, message));
            }
        }
    }
    Ok(())
}

fn history(world: &World) -> Checked<'_> {
    for (i, event) in world.event.iter().enumerate() {
        check_region(&event.region, &[N("event"), I(i), N("region")])?;
        author(event).map_err(|message| complain(&[N("event"), I(i), N("name")], message))?;
        if let Some(id) = &event.account
            && !world.account.iter().any(|account| account.id == *id)
        {
            return Err(complain(
                &[N("event"), I(i), N("account")],
                format!("there is no account `{id}`"),
            ));
        }
    }
    Ok(())
}

fn health(world: &World) -> Checked<'_> {
    for (i, event) in world.health_event.iter().enumerate() {
        if event.region != "global" {
            check_region(&event.region, &[N("health_event"), I(i), N("region")])?;
        }
        if let Some(id) = &event.account
            && !world.account.iter().any(|account| account.id == *id)
        {
            return Err(complain(
                &[N("health_event"), I(i), N("account")],
                format!("there is no account `{id}`"),
            ));
        }
    }
    Ok(())
}

/// Metrics of SES in one region.
fn metrics<'a>(ses: &'a Ses, at: &[Step<'a>]) -> Checked<'a> {
    for (i, metric) in ses.metric.iter().enumerate() {
        if !METRICS.contains(&metric.name.as_str()) {
            let message = format!("`{}` is not a metric of SES: {}", metric.name, METRICS.join(", "));
            return Err(complain(&below(at, &[N("metric"), I(i), N("name")]), message));
        }
    }
    Ok(())
}

/// A user, a session of a role, or a service: one of them called.
fn author(event: &Event) -> Result<(), String> {
    match (&event.user, &event.role, &event.session, &event.invoked_by) {
        (Some(_), None, None, None) | (None, Some(_), Some(_), _) | (None, None, None, Some(_)) => Ok(()),
        _ => Err(format!(
            "who called {}? write `user`, or `role` and `session`, or `invoked_by`",
            event.name
        )),
    }
}

fn faults(world: &World) -> Checked<'_> {
    for (i, call) in world.faults.denied.iter().enumerate() {
        if !matches!(call.split_once(':'), Some((service, name)) if !service.is_empty() && !name.is_empty()) {
            let message = format!("`{call}` does not name a call: write `iam:ListAccessKeys`");
            return Err(complain(&[N("faults"), N("denied"), I(i)], message));
        }
    }
    let chances = world.faults.chance.iter().flat_map(|chance| {
        let Chance {
            throttled,
            failing,
            stale,
            ..
        } = chance;
        [("throttled", throttled), ("failing", failing), ("stale", stale)]
    });
    for (name, value) in chances {
        if !(0.0..=1.0).contains(value) {
            let message = format!("`{value}` is no probability: it is between 0 and 1");
            return Err(complain(&[N("faults"), N("chance"), N(name)], message));
        }
    }
    Ok(())
}

/// The bytes of the value at `path`, or of the nearest thing around it that is in the file.
fn locate(text: &str, path: &[Step<'_>]) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let (first, rest) = path.split_first()?;
    let N(name) = first else { return None };
    let mut at = document.get_ref().get(*name)?;
    for step in rest {
        let next = match (step, at.get_ref()) {
            (N(name), DeValue::Table(table)) => table.get(*name),
            (I(index), DeValue::Array(array)) => array.get(*index),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    Some(at.span())
}
