//! The three-way merge: what differs from the healthy world wins; what differs in both, and differently, is a conflict.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Incompatible;

/// Lists of which both sides' additions are taken.
const SETS: [&str; 9] = [
    "groups",
    "attached",
    "security_groups",
    "delegated",
    "accounts",
    "event",
    "health_event",
    "topic",
    "metric",
];

/// The merge of two values that both came from `base`.
pub(super) fn three_way(
    base: Option<&Value>,
    one: Option<&Value>,
    other: Option<&Value>,
) -> Result<Option<Value>, Incompatible> {
    at(&[], base, one, other)
}

fn at(
    place: &[&str],
    base: Option<&Value>,
    one: Option<&Value>,
    other: Option<&Value>,
) -> Result<Option<Value>, Incompatible> {
    if one == other || other == base {
        return Ok(one.cloned());
    }
    if one == base {
        return Ok(other.cloned());
    }
    match (one, other) {
        (Some(Value::Table(one)), Some(Value::Table(other))) => {
            tables(place, base.and_then(Value::as_table), one, other).map(|table| Some(Value::Table(table)))
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let base = base.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            lists(place, base, one, other).map(|list| Some(Value::Array(list)))
        }
        _ => Err(conflict(place)),
    }
}

fn conflict(place: &[&str]) -> Incompatible {
    Incompatible::Conflict {
        place: place.join("."),
    }
}

fn tables(place: &[&str], base: Option<&Table>, one: &Table, other: &Table) -> Result<Table, Incompatible> {
    let empty = Table::new();
    let base = base.unwrap_or(&empty);
    let names: BTreeSet<&String> = base.keys().chain(one.keys()).chain(other.keys()).collect();
    let mut merged = Table::new();
    for name in names {
        let below = [place, &[name.as_str()]].concat();
        if let Some(value) = at(&below, base.get(name), one.get(name), other.get(name))? {
            merged.insert(name.clone(), value);
        }
    }
    Ok(merged)
}

/// Lists of things with names merge name by name; other lists are sets, or one value.
fn lists(place: &[&str], base: &[Value], one: &[Value], other: &[Value]) -> Result<Vec<Value>, Incompatible> {
    let all = || base.iter().chain(one).chain(other);
    let is_set = place.last().is_some_and(|name| SETS.contains(name));
    if is_set {
        let kept = |value: &&Value| {
            let taken_away = base.contains(value) && !(one.contains(value) && other.contains(value));
            !taken_away
        };
        let mut merged: Vec<Value> = Vec::new();
        for value in all().filter(kept) {
            if !merged.contains(value) {
                merged.push(value.clone());
            }
        }
        return Ok(merged);
    }
    if !all().all(|value| name_of(value).is_some()) {
        return Err(conflict(place));
    }
    let mut names: Vec<&str> = Vec::new();
    for name in one.iter().chain(other).filter_map(name_of) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut merged = Vec::new();
    for name in names {
        let of = |list: &'_ [Value]| list.iter().find(|value| name_of(value) == Some(name)).cloned();
        let below = [place, &[name]].concat();
        merged.extend(at(
            &below,
            of(base).as_ref(),
            of(one).as_ref(),
            of(other).as_ref(),
        )?);
    }
    Ok(merged)
}

/// The value by which a table in a list is known.
pub(super) fn name_of(value: &Value) -> Option<&str> {
    let table = value.as_table()?;
    ["id", "name", "region"]
        .iter()
        .find_map(|key| table.get(*key)?.as_str())
}

/// Every place at which `changed` differs from `base`, as a path of names.
pub(super) fn differences(base: &Value, changed: &Value) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    differ(&mut Vec::new(), Some(base), Some(changed), &mut found);
    found
}

fn differ(
    place: &mut Vec<String>,
    base: Option<&Value>,
    changed: Option<&Value>,
    found: &mut Vec<Vec<String>>,
) {
    if base == changed {
        return;
    }
    let children = |value: Option<&Value>| -> Option<Vec<(String, Value)>> {
        match value {
            Some(Value::Table(table)) => Some(
                table
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            ),
            Some(Value::Array(list)) if !list.is_empty() => list
                .iter()
                .map(|value| Some((name_of(value)?.to_owned(), value.clone())))
                .collect(),
            _ => None,
        }
    };
    let (Some(before), Some(after)) = (
        children(base).or_else(|| base.is_none().then(Vec::new)),
        children(changed),
    ) else {
        found.push(place.clone());
        return;
    };
    let names: BTreeSet<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    for name in names {
        let of = |list: &[(String, Value)]| {
            list.iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        place.push(name.clone());
        differ(place, of(&before).as_ref(), of(&after).as_ref(), found);
        place.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Value {
        Value::Table(text.parse().unwrap())
    }

    fn merged(base: &str, one: &str, other: &str) -> Result<Value, String> {
        three_way(Some(&table(base)), Some(&table(one)), Some(&table(other)))
            .map(Option::unwrap)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_either_changed_is_taken() {
        let both = merged(
            "a = 1\nb = 1\n[[user]]\nname = 'x'\nkey = 1",
            "a = 2\nb = 1\n[[user]]\nname = 'x'\nkey = 1\nnew = 3",
            "a = 1\n[[user]]\nname = 'x'\nkey = 2\n[[user]]\nname = 'y'",
        );
        let expected = "a = 2\n[[user]]\nname = 'x'\nkey = 2\nnew = 3\n[[user]]\nname = 'y'";
        assert_eq!(both, Ok(table(expected)));
    }

    #[test]
    fn what_both_changed_differently_is_a_conflict_with_its_place() {
        let text = |value: &str| format!("[[user]]\nname = 'x'\nstatus = '{value}'");
        let refused = merged(&text("a"), &text("b"), &text("c"));
        assert_eq!(refused, Err("both change `user.x.status`".to_owned()));
        let removed = merged(&text("a"), "user = []", &text("c"));
        assert_eq!(removed, Err("both change `user.x`".to_owned()));
    }

    #[test]
    fn differences_are_named_one_by_one() {
        let found = differences(
            &table("a = 1\n[[user]]\nname = 'x'"),
            &table("a = 1\n[[user]]\nname = 'x'\ngroups = ['g']\n[dns]\nh = 'nxdomain'"),
        );
        assert_eq!(found, [vec!["dns", "h"], vec!["user", "x", "groups"]]);
    }
}
