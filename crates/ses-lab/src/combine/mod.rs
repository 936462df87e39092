//! Scenarios combine: two broken worlds become one in which both things are wrong.
//!
//! Every scenario is the healthy world with something changed, told of other people. So each is told anew of the same
//! people ([`names`]), what is healthy in it is written as the healthy world writes it ([`plain`]), and a three-way merge
//! takes what either of them changed ([`merge`]). Which pairs cannot be, and why, is said by [`Incompatible`]; it is found
//! from the worlds alone ([`sight`]), never from what a program that diagnoses them answers.

mod merge;
mod names;
mod plain;
mod sight;

use toml::{Table, Value};

use crate::world::{World, WorldError, has_smtp};
use names::Names;

/// Two worlds that do not make one.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatible {
    /// Both change the same place to different values.
    #[error("both change `{place}`")]
    Conflict {
        /// The place, as a path of names.
        place: String,
    },
    /// Nothing that anybody could look at would differ, were this one not there.
    #[error("`{hidden}` cannot be seen: {why}")]
    Hidden {
        /// The scenario.
        hidden: String,
        /// What stands before it.
        why: &'static str,
    },
    /// What is wrong in one is right again through the other.
    #[error("one undoes the other: {why}")]
    Undone {
        /// How.
        why: &'static str,
    },
    /// Both at once would be no world.
    #[error("together they contradict AWS: {why}")]
    Contradiction {
        /// The rule that they break.
        why: String,
    },
    /// A source that is no world.
    #[error(transparent)]
    Malformed(#[from] WorldError),
}

/// One world as the merge sees it.
#[derive(Clone, Debug)]
struct Side {
    name: String,
    world: World,
    table: Table,
}

impl World {
    /// One world with everything that is wrong in these scenarios (name and source each).
    ///
    /// What the client logged is the line of the trouble that it meets first; the causes are in the order in which it
    /// would meet them.
    pub fn combine(scenarios: &[(&str, &str)]) -> Result<Self, Incompatible> {
        let [first, rest @ ..] = scenarios else {
            return Err(malformed("", "there is no scenario").into());
        };
        let mut whole = (first.0.to_owned(), first.1.to_owned());
        for next in rest {
            let text = pair((&whole.0, &whole.1), *next)?;
            whole = (format!("{} + {}", whole.0, next.0), text);
        }
        match rest {
            [] => Ok(Self::parse(&whole.0, &whole.1)?),
            [..] => parsed(&whole.0, &whole.1),
        }
    }
}

/// Two scenarios, and what becomes of them together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pair {
    /// The one.
    pub one: &'static str,
    /// The other.
    pub other: &'static str,
    /// The world in which both are wrong.
    pub world: Result<World, Incompatible>,
    /// The causes of the one whose trouble the client meets first; of both, where that is the same step or only the
    /// client's line shows one.
    pub first: Vec<String>,
}

/// Every pair of the scenarios that come with the lab.
pub fn pairs() -> Result<Vec<Pair>, WorldError> {
    let scenarios = crate::scenarios();
    let worlds = scenarios.iter().map(|(name, text)| World::parse(name, text));
    let worlds: Vec<World> = worlds.collect::<Result<_, _>>()?;
    let usual = base(USUAL_REGION)?;
    let told = scenarios.iter().zip(&worlds);
    let sides = told.map(|((name, text), world)| Side::new(&usual, name, world.clone(), text, USUAL_REGION));
    let sides: Vec<Side> = sides.collect::<Result<_, _>>()?;
    let mut pairs = Vec::new();
    for (at, (one, side)) in scenarios.iter().zip(&sides).enumerate() {
        let after = scenarios.iter().zip(&sides).skip(at + 1);
        for (other, next) in after {
            let usual_region = [side, next]
                .iter()
                .all(|side| has_smtp(&side.world.client.region));
            let text = match usual_region {
                true => merged(&usual, side.clone(), next.clone()),
                false => pair(*one, *other),
            };
            let name = format!("{} + {}", one.0, other.0);
            pairs.push(Pair {
                one: one.0,
                other: other.0,
                world: text.and_then(|text| parsed(&name, &text)),
                first: first_met(&usual, side, next),
            });
        }
    }
    Ok(pairs)
}

fn first_met(base: &Side, one: &Side, other: &Side) -> Vec<String> {
    let (of_one, of_other) = (sight::Sights::of(base, one), sight::Sights::of(base, other));
    if of_one.comes_after(&of_other) {
        return other.world.causes.clone();
    }
    if of_other.comes_after(&of_one) {
        return one.world.causes.clone();
    }
    [one, other]
        .iter()
        .flat_map(|side| side.world.causes.clone())
        .collect()
}

fn parsed(name: &str, text: &str) -> Result<World, Incompatible> {
    World::parse(name, text).map_err(|error| Incompatible::Contradiction { why: error.message })
}

/// The healthy world that every scenario is compared with.
const HEALTHY: &str = include_str!("../../scenarios/healthy.toml");

/// The healthy world's region.
const USUAL_REGION: &str = "eu-central-1";

fn base(region: &str) -> Result<Side, WorldError> {
    let mut base = Side::read("healthy", World::parse("healthy", HEALTHY)?, HEALTHY, region)?;
    plain::keep_region(&mut base.table, region);
    Ok(base)
}

/// Both are told of the healthy world's region, unless one of them is about its region having no SMTP.
fn region_of(worlds: &[&World]) -> String {
    let special = worlds.iter().find(|world| !has_smtp(&world.client.region));
    special.map_or_else(|| USUAL_REGION.to_owned(), |world| world.client.region.clone())
}

impl Side {
    fn new(base: &Self, name: &str, world: World, text: &str, region: &str) -> Result<Self, WorldError> {
        let mut side = Self::read(name, world, text, region)?;
        plain::lend_operator(&mut side.table, &base.table);
        Ok(side)
    }

    fn read(name: &str, world: World, text: &str, region: &str) -> Result<Self, WorldError> {
        let renamed = Names::of(&world).tell(text, region);
        let mut table: Table = renamed.parse().map_err(|error: toml::de::Error| {
            malformed(name, &format!("told of other people it is no TOML: {error}"))
        })?;
        plain::write_plainly(&mut table);
        Ok(Self {
            name: name.to_owned(),
            world,
            table,
        })
    }
}

fn malformed(name: &str, message: &str) -> WorldError {
    WorldError {
        message: message.to_owned(),
        span: None,
        name: name.to_owned(),
        text: String::new(),
    }
}

/// The source of the world that two scenarios make.
fn pair(first: (&str, &str), second: (&str, &str)) -> Result<String, Incompatible> {
    let read = |(name, text): (&str, &str)| World::parse(name, text);
    let worlds = (read(first)?, read(second)?);
    let region = region_of(&[&worlds.0, &worlds.1]);
    let base = base(&region)?;
    let one = Side::new(&base, first.0, worlds.0, first.1, &region)?;
    let other = Side::new(&base, second.0, worlds.1, second.1, &region)?;
    merged(&base, one, other)
}

fn merged(base: &Side, mut one: Side, mut other: Side) -> Result<String, Incompatible> {
    let (of_one, of_other) = (sight::Sights::of(base, &one), sight::Sights::of(base, &other));
    sight::check((&one, &of_one), (&other, &of_other))?;
    if of_one.comes_after(&of_other) {
        std::mem::swap(&mut one, &mut other);
    }
    let (line, next) = (
        plain::take_line(&mut one.table),
        plain::take_line(&mut other.table),
    );
    let line = match sight::keeps_line(&of_one, &of_other) {
        true => next.or(line),
        false => line.or(next),
    };
    let mut plainest = base.table.clone();
    for table in [&mut plainest, &mut one.table, &mut other.table] {
        plain::forget_the_telling(table);
    }
    let merged = merge::three_way(
        Some(&Value::Table(plainest)),
        Some(&Value::Table(one.table.clone())),
        Some(&Value::Table(other.table.clone())),
    )?;
    let Some(Value::Table(mut table)) = merged else {
        return Err(malformed(&one.name, "nothing is left of the two").into());
    };
    plain::set_line(&mut table, line);
    tell(&mut table, &one, &other);
    toml::to_string(&table).map_err(|error| malformed(&one.name, &error.to_string()).into())
}

/// Title, story and the true answer.
fn tell(table: &mut Table, one: &Side, other: &Side) {
    let both = |list: fn(&World) -> &Vec<String>| {
        let mut all: Vec<String> = Vec::new();
        for id in list(&one.world).iter().chain(list(&other.world)) {
            if !all.contains(id) {
                all.push(id.clone());
            }
        }
        all
    };
    let causes = both(|world| &world.causes);
    let mut possible = both(|world| &world.possible);
    possible.retain(|id| !causes.contains(id));
    let strings = |list: Vec<String>| Value::Array(list.into_iter().map(Value::String).collect());
    let title = format!("{}; and: {}", one.world.title, other.world.title);
    let story = format!("{}\n{}", one.world.story.trim(), other.world.story.trim());
    table.insert("title".to_owned(), Value::String(title));
    table.insert("story".to_owned(), Value::String(story));
    table.insert("healthy".to_owned(), Value::Boolean(causes.is_empty()));
    table.insert("causes".to_owned(), strings(causes));
    table.insert("possible".to_owned(), strings(possible));
}

#[cfg(test)]
mod tests;
