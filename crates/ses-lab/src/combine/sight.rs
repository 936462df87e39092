//! What a difference from the healthy world can be seen by, and what hides it. A pair is compatible only if each of the
//! two could be noticed by somebody who may look at everything; whether a program does notice it is the program's affair.

mod undone;

use toml::Value;

use super::{Incompatible, Side, merge, names, plain};
use crate::world::has_smtp;
use undone::{goes_to_another_region, has_recipient, has_root_key, undone};

/// The steps of a message on its way to SES, in the order in which they can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// The host name is resolved.
    Resolve,
    /// A connection is made.
    Connect,
    /// The server greets.
    Greeting,
    /// TLS is begun.
    Tls,
    /// The server says what it can do.
    Ehlo,
    /// The client logs in.
    Login,
    /// SES takes the message, or refuses it after DATA.
    Message,
}

/// Where something wrong shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// In what the person tells: settings, the looks of the pair, configuration files.
    Told,
    /// In the line that the client logged, and nowhere else.
    Line,
    /// In a line that says the pair was refused, while a login with it works.
    Contradiction,
    /// By connecting, up to this step.
    Wire,
    /// By a login whose pair is otherwise right: at a second region, with a mended password.
    RightPair,
    /// In what IAM says of the key and its user.
    Key,
    /// In what SES, Organizations and EC2 say of the account.
    Account,
}

/// One difference: where it shows, and the step that it makes fail.
#[derive(Clone, Debug)]
struct Mark {
    place: Vec<String>,
    sight: Sight,
    stage: Stage,
}

/// Everything by which a world differs from the healthy one.
#[derive(Clone, Debug)]
pub(super) struct Sights {
    marks: Vec<Mark>,
    has_line: bool,
}

impl Sights {
    /// Compares a world with the healthy one.
    pub(super) fn of(base: &Side, side: &Side) -> Self {
        if side.world.healthy {
            return Self {
                marks: Vec::new(),
                has_line: false,
            };
        }
        let differences = merge::differences(
            &Value::Table(base.table.clone()),
            &Value::Table(side.table.clone()),
        );
        let region = side.world.client.region.as_str();
        let mut marks: Vec<Mark> = differences
            .iter()
            .filter_map(|place| {
                let names: Vec<&str> = place.iter().map(String::as_str).collect();
                let (sight, stage) = mark(&names, base, side)?;
                Some(Mark {
                    place: place.clone(),
                    sight,
                    stage,
                })
            })
            .collect();
        let line = side.world.client.error.as_deref().unwrap_or_default();
        let is_of_line = marks.iter().all(|mark| mark.sight == Sight::Line);
        if is_of_line && line.contains("535 Authentication Credentials Invalid") {
            for mark in &mut marks {
                mark.sight = Sight::Contradiction;
            }
        }
        if !has_smtp(region) {
            marks.push(Mark {
                place: vec!["client".to_owned(), "region".to_owned()],
                sight: Sight::Told,
                stage: Stage::Resolve,
            });
        }
        Self {
            marks,
            has_line: side.world.client.error.is_some(),
        }
    }

    /// The first step that fails by the world's state.
    pub(super) fn stops(&self) -> Option<Stage> {
        // Files show what the client does; they stop nobody who logs in with what they hold.
        let of_line =
            |mark: &&Mark| matches!(mark.sight, Sight::Line | Sight::Contradiction) || mark.is_of_file();
        let state = self.marks.iter().filter(|mark| !of_line(mark));
        state.map(|mark| mark.stage).min()
    }

    /// Its client meets its trouble later than the other's; one of whom only the line tells stands as it is.
    pub(super) fn comes_after(&self, other: &Self) -> bool {
        matches!((self.stops(), other.stops()), (Some(own), Some(theirs)) if own > theirs)
    }

    /// Nothing but the client's line shows it.
    fn is_of_line(&self) -> bool {
        self.has_line && self.stops().is_none()
    }

    fn changes(&self, place: &[&str]) -> bool {
        self.marks
            .iter()
            .any(|mark| mark.place.starts_with(&owned(place)))
    }
}

fn owned(place: &[&str]) -> Vec<String> {
    place.iter().map(|name| (*name).to_owned()).collect()
}

/// What only the line shows keeps the line, whoever comes first.
pub(super) fn keeps_line(one: &Sights, other: &Sights) -> bool {
    other.is_of_line() && !one.is_of_line()
}

/// Where a difference shows and which step it makes fail; `None` for what is not wrong by itself.
fn mark(place: &[&str], base: &Side, side: &Side) -> Option<(Sight, Stage)> {
    use Sight::{Account, Key, Line, RightPair, Told, Wire};
    let is_new_user = |name: &str| !is_client_user(base, name);
    let private = is_private(side);
    Some(match place {
        ["client", "error"] => (Line, Stage::Message),
        ["client", "file", ..] => (Told, Stage::Message),
        ["client", "host"] if private => return None,
        ["client", "host"] if goes_to_another_region(side) => (Told, Stage::Login),
        ["client", "host"] => (Told, Stage::Resolve),
        ["client", "tls"] => (Told, Stage::Tls),
        ["client", "trust"] => (Wire, Stage::Tls),
        ["client", "password", "derive" | "key" | "secret"] => (RightPair, Stage::Login),
        ["client", "username" | "password", ..] => (Told, Stage::Login),
        ["client", "from" | "to"] => (Told, Stage::Message),
        ["dns", ..] if private => return None,
        ["dns", ..] => (Wire, Stage::Resolve),
        ["smtp", region, what] if *region == side.region() => return of_endpoint(what),
        ["account", _, "user", name, ..] if is_new_user(name) => return None,
        ["account", _, "user", _, "key", id, ..] | ["account", _, "root_key", id, ..]
            if *id != names::KEY =>
        {
            return None;
        }
        ["account", _, "user", _, "key", ..] | ["account", _, "user", _] => (Key, Stage::Login),
        ["account", _, "root_key", ..] => (Key, Stage::Login),
        ["account", _, "user", _, "created"] => return None,
        ["account", _, "user", ..] => (Key, Stage::Message),
        // What was counted is no fault.
        ["account", _, "ses", _, "metric", ..] => return None,
        ["account", _, "ses", region, ..] if *region != side.region() => return None,
        ["account", _, "ses", ..] if !is_subscribed(side) => (RightPair, Stage::Login),
        ["account", _, "ses", _, rest @ ..] if is_harmless(rest, side) => return None,
        // A policy says something about a caller.
        ["account", _, "ses", _, "identity", _, "policy", ..] => (Key, Stage::Message),
        ["account", _, "ses", ..] => (Account, Stage::Message),
        ["account", _, "vpc_endpoint", _, "policy"] | ["organization", ..] => (Key, Stage::Message),
        _ => return None,
    })
}

fn is_subscribed(side: &Side) -> bool {
    let world = &side.world;
    world
        .account
        .first()
        .is_none_or(|account| account.ses(&world.client.region).subscribed)
}

/// What is unusual of SES, and nothing wrong: a sandbox whose recipient is verified, a configuration set or a tenant that
/// is there.
fn is_harmless(place: &[&str], side: &Side) -> bool {
    match place {
        ["production_access"] => has_recipient(side),
        ["identity", name, ..] if *name == names::RECIPIENT => true,
        ["identity", _, "configuration_set"] => true,
        ["configuration_set" | "tenant", _, what] => *what == "name",
        _ => false,
    }
}

fn of_endpoint(what: &str) -> Option<(Sight, Stage)> {
    Some(match what {
        "listen" | "blocked" | "refuse" => (Sight::Wire, Stage::Connect),
        "certificate" | "tls_versions" | "strip_starttls" => (Sight::Wire, Stage::Tls),
        "mechanisms" => (Sight::Wire, Stage::Ehlo),
        "propagation_seconds" | "fault_454" => (Sight::RightPair, Stage::Login),
        "region" => return None,
        _ => (Sight::Wire, Stage::Greeting),
    })
}

/// The client goes through a VPC endpoint, which is no fault by itself.
fn is_private(side: &Side) -> bool {
    side.world.client.host_name().starts_with("vpce-")
}

fn is_client_user(base: &Side, name: &str) -> bool {
    let users = base.world.account.iter().flat_map(|account| &account.user);
    users.filter(|user| user.name == name).any(|user| {
        let operator = base.world.operator.as_ref().map(|operator| operator.key.as_str());
        !user.key.iter().any(|key| Some(key.id.as_str()) == operator)
    })
}

impl Side {
    /// The region as the merge tells it.
    fn region(&self) -> &str {
        self.of_client("region").unwrap_or_default()
    }

    /// The user name as the merge tells it, when it is written out.
    fn username(&self) -> Option<&str> {
        self.of_client("username")
    }

    fn number_of_client(&self, key: &str) -> Option<i64> {
        self.table.get("client")?.as_table()?.get(key)?.as_integer()
    }

    /// The endpoint of the client's region is described.
    fn has_endpoint(&self) -> bool {
        let endpoints = self.table.get("smtp").and_then(Value::as_array);
        let region = |endpoint: &Value| Some(endpoint.as_table()?.get("region")?.as_str()? == self.region());
        endpoints.is_some_and(|endpoints| endpoints.iter().any(|endpoint| region(endpoint) == Some(true)))
    }

    fn of_client(&self, key: &str) -> Option<&str> {
        self.table.get("client")?.as_table()?.get(key)?.as_str()
    }
}

/// Refuses a pair of which one could not be seen, or undoes the other.
pub(super) fn check(one: (&Side, &Sights), other: (&Side, &Sights)) -> Result<(), Incompatible> {
    varied(one.0, other.0)?;
    varied(other.0, one.0)?;
    too_new(one.0, other.0)?;
    too_new(other.0, one.0)?;
    undone(one, other)?;
    undone(other, one)?;
    hidden(one, other)?;
    hidden(other, one)
}

/// Trouble that shows only when the login is varied is not looked for where something else is wrong for everybody to see.
fn varied(side: &Side, by: &Side) -> Result<(), Incompatible> {
    let plain = by.world.causes.is_empty() && !is_private(by) && !is_too_new(by);
    if !side.world.client.experiment || plain {
        return Ok(());
    }
    Err(Incompatible::Hidden {
        hidden: side.name.clone(),
        why: "it shows only when the login is varied, and what else is wrong is met without that",
    })
}

/// A refused login proves little while SES may not know the key yet.
fn too_new(side: &Side, by: &Side) -> Result<(), Incompatible> {
    const BY_EXCLUSION: [&str; 2] = ["password-mismatch", "wrong-host-or-region-endpoint"];
    let causes = &side.world.causes;
    let excluded = causes.iter().any(|cause| BY_EXCLUSION.contains(&cause.as_str()));
    if !excluded || !is_too_new(by) {
        return Ok(());
    }
    Err(Incompatible::Hidden {
        hidden: side.name.clone(),
        why: "a refused login alone shows it, and one of a key that is too new is refused as well",
    })
}

/// Nothing is wrong with the key but that SES does not know it at once.
fn is_too_new(side: &Side) -> bool {
    side.world.healthy
        && side
            .world
            .smtp
            .iter()
            .any(|endpoint| endpoint.propagation_seconds > 0)
}

/// Nothing shows `side` while `by` stands before it.
fn hidden(side: (&Side, &Sights), by: (&Side, &Sights)) -> Result<(), Incompatible> {
    let Some(why) = hidden_by(side, by) else {
        return Ok(());
    };
    Err(Incompatible::Hidden {
        hidden: side.0.name.clone(),
        why,
    })
}

fn hidden_by(side: (&Side, &Sights), by: (&Side, &Sights)) -> Option<&'static str> {
    if side.1.is_of_line() && by.1.is_of_line() {
        return Some("both show in the line that the client logs, and there is one");
    }
    // The line of one who meets trouble elsewhere may give way to the other's.
    let gives_way = |mark: &&Mark| mark.sight != Sight::Line || side.1.is_of_line();
    let seen = side.1.marks.iter().filter(gives_way);
    let reasons: Option<Vec<&'static str>> = seen.map(|mark| behind(mark, by)).collect();
    reasons?.first().copied()
}

/// Why a difference cannot be seen behind another world's; `None` when it can.
fn behind(mark: &Mark, (side, by): (&Side, &Sights)) -> Option<&'static str> {
    let stops = by.stops()?;
    let renamed = by.changes(&["client", "username"]);
    let is_of_another_account = renamed && side.username().is_some_and(|name| name.starts_with("AKIA"));
    match mark.sight {
        Sight::Contradiction if stops <= Stage::Login => {
            Some("only a login that works contradicts the line, and the login fails")
        }
        Sight::Wire if stops < mark.stage => Some("an earlier step of the connection fails already"),
        Sight::Wire if stops == mark.stage && by.is_wire_at(mark.stage) => {
            Some("the same step of the connection fails already")
        }
        Sight::RightPair if stops < Stage::Login => Some("no login can be tried"),
        Sight::RightPair if stops == Stage::Login => {
            Some("the login fails anyhow, and only one that is otherwise right would show it")
        }
        Sight::Key | Sight::Account if is_of_another_account => {
            Some("the key is of another account, whose state nobody can read")
        }
        Sight::Line if renamed && side.username() == Some("") => {
            Some("a client without a user name has nothing to log in with")
        }
        Sight::Key | Sight::Account if mark.stage == Stage::Message && !is_subscribed(side) => Some(
            "SES tells nothing of an account that has not signed up, not even whom the message would be sent as",
        ),
        Sight::Key if mark.stage == Stage::Message && has_root_key(by) => {
            Some("the key is the root user's, and there is no user whose policies count")
        }
        Sight::Key if mark.is("created") && by.marks.iter().any(|it| it.is("status")) => {
            Some("a key that is switched off is not waited for")
        }
        Sight::Key if renamed => {
            Some("the user name is not the key id, so nobody can tell whose key and policies count")
        }
        Sight::Account
            if mark.is("sending_enabled") && by.marks.iter().any(|it| it.is("enforcement_status")) =>
        {
            Some("SES shows an account that AWS has paused as switched off, too")
        }
        Sight::Told
        | Sight::Line
        | Sight::Wire
        | Sight::RightPair
        | Sight::Key
        | Sight::Account
        | Sight::Contradiction => None,
    }
}

impl Mark {
    /// The policy that lets the client's user send is gone, or another one.
    fn takes_the_send_policy(&self) -> bool {
        matches!(
            self.names().as_slice(),
            ["account", _, "user", _, "policy"] | ["account", _, "user", _, "policy", plain::SEND_POLICY]
        )
    }

    fn names(&self) -> Vec<&str> {
        self.place.iter().map(String::as_str).collect()
    }

    fn is_of_set(&self) -> bool {
        self.names().contains(&"configuration_set")
    }

    /// The key, or its user, is gone.
    fn takes_the_key(&self) -> bool {
        matches!(
            self.names().as_slice(),
            ["account", _, "user", _] | ["account", _, "user", _, "key"]
        )
    }

    fn is_of_file(&self) -> bool {
        matches!(self.names().as_slice(), ["client", "file", ..])
    }

    /// A setting that the client's files hold too.
    fn is_setting(&self) -> bool {
        matches!(
            self.names().as_slice(),
            [
                "client",
                "host" | "port" | "tls" | "username" | "password" | "region",
                ..
            ]
        )
    }

    fn is(&self, name: &str) -> bool {
        self.place.last().is_some_and(|last| last == name)
    }
}

impl Sights {
    fn is_wire_at(&self, stage: Stage) -> bool {
        let wire = |mark: &&Mark| {
            mark.sight == Sight::Wire || mark.place.first().is_some_and(|name| name == "client")
        };
        self.marks.iter().filter(wire).any(|mark| mark.stage == stage)
    }
}
