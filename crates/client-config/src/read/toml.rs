//! TOML, with the spans of the `toml` crate.

use super::Found;
use crate::entry::{Quoting, Value};
use crate::reading::Problem;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Reads it; what the parser refuses is left out and said.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    walk(text, table.get_ref(), &mut Vec::new(), &mut found);
    if let Some(error) = errors.first() {
        let at = error.span().map_or(0, |span| span.start);
        found.problems.push(Problem {
            at,
            what: format!("this is no valid TOML: {}", error.message()),
        });
        if found.entries.is_empty() {
            found.extend(super::assignments::ini(text));
        }
    }
    found
}

fn walk(text: &str, table: &DeTable<'_>, scope: &mut Vec<String>, found: &mut Found) {
    for (key, value) in table {
        one(
            text,
            key.get_ref(),
            key.span(),
            value.get_ref(),
            &value.span(),
            scope,
            found,
        );
    }
}

fn one(
    text: &str,
    key: &str,
    name: Range<usize>,
    value: &DeValue<'_>,
    span: &Range<usize>,
    scope: &mut Vec<String>,
    found: &mut Found,
) {
    let written = || text.get(span.clone()).unwrap_or_default();
    match value {
        DeValue::Table(table) => {
            scope.push(key.to_owned());
            walk(text, table, scope, found);
            scope.pop();
        }
        DeValue::Array(array) => {
            for (index, item) in array.iter().enumerate() {
                // Tables of an array are apart from each other; items that are no tables share the key.
                let key = if matches!(item.get_ref(), DeValue::Table(_)) {
                    format!("{key}[{index}]")
                } else {
                    key.to_owned()
                };
                one(
                    text,
                    &key,
                    name.clone(),
                    item.get_ref(),
                    &item.span(),
                    scope,
                    found,
                );
            }
        }
        DeValue::String(string) => {
            let (quoting, inner) = quotes(written(), span);
            found.add(scope, key, name, Value::new(string.as_ref(), inner, quoting));
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            found.add(
                scope,
                key,
                name,
                Value::new(written(), span.clone(), Quoting::Bare),
            );
        }
    }
}

fn quotes(written: &str, span: &Range<usize>) -> (Quoting, Range<usize>) {
    let signs = [
        ("\"\"\"", Quoting::Block),
        ("'''", Quoting::Block),
        ("\"", Quoting::Double),
        ("'", Quoting::Single),
    ];
    let found = signs.into_iter().find(|(sign, _)| written.starts_with(sign));
    found.map_or((Quoting::Bare, span.clone()), |(sign, quoting)| {
        let inner = span.start + sign.len()..span.end.saturating_sub(sign.len());
        (
            quoting,
            if inner.start <= inner.end {
                inner
            } else {
                span.clone()
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_arrays_and_places_are_kept() {
        let text = "[[smtp]]\nhost = \"h\"\nport = 587\n[[smtp]]\nhost = 'i'\n";
        let found = read(text);
        let shown: Vec<String> = found
            .entries
            .iter()
            .map(|e| format!("{}={}", e.path.join("/"), text.get(e.value.span.clone()).unwrap()))
            .collect();
        assert_eq!(shown, ["smtp[0]/host=h", "smtp[0]/port=587", "smtp[1]/host=i"]);
    }

    #[test]
    fn broken_toml_is_read_as_far_as_it_goes() {
        let found = read("[smtp]\nhost = \"h\"\nport = = 3\nuser = \"u\"\n");
        assert_eq!(found.problems.len(), 1);
        assert!(found.entries.iter().any(|e| e.value.text() == "h"));
    }
}
