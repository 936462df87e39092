//! JSON, also with comments and trailing commas, as appsettings.json and editors have it.

use super::Found;
use crate::entry::{Quoting, Value as Held};
use crate::reading::Problem;
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;

/// Reads it; what the parser refuses is read as code, which wants less.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    match parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()) {
        Ok(tree) => {
            if let Some(value) = tree.value {
                walk(text, &value, &mut Vec::new(), &(0..0), &mut found);
            }
        }
        Err(error) => {
            found = super::code::read(text);
            found.problems.push(Problem {
                at: error.range().start,
                what: format!("this is no valid JSON: {}", error.kind()),
            });
        }
    }
    found
}

fn walk(text: &str, value: &Value<'_>, path: &mut Vec<String>, name: &Range<usize>, found: &mut Found) {
    let range = value.range();
    let written = text.get(range.start..range.end).unwrap_or_default();
    let held = match value {
        Value::Object(object) => return walk_object(text, object, path, found),
        Value::Array(array) => {
            array
                .elements
                .iter()
                .for_each(|item| walk(text, item, path, name, found));
            return;
        }
        Value::StringLit(string) => {
            let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
            Held::new(string.value.as_ref(), inner, Quoting::Double)
        }
        Value::NumberLit(_) | Value::BooleanLit(_) => {
            Held::new(written, range.start..range.end, Quoting::Bare)
        }
        Value::NullKeyword(_) => Held::new("", range.start..range.end, Quoting::Bare),
    };
    if let Some((key, scope)) = path.split_last() {
        found.add(scope, key, name.clone(), held);
    }
}

/// A colon in a name nests, as .NET reads `Smtp:Host`.
fn walk_object(text: &str, object: &Object<'_>, path: &mut Vec<String>, found: &mut Found) {
    for property in &object.properties {
        let range = property.name.range();
        let length = path.len();
        path.extend(property.name.as_str().split([':', '.']).map(str::to_owned));
        let quoted = text
            .get(range.start..)
            .is_some_and(|rest| rest.starts_with(['"', '\'']));
        let name = if quoted {
            range.start + 1..range.end.saturating_sub(1)
        } else {
            range.start..range.end
        };
        walk(text, &property.value, path, &name, found);
        path.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_nest_and_know_their_places() {
        let text =
            "{ // c\n \"Smtp:Host\": \"h\", \"smtp\": {\"port\": 587, \"secure\": true, \"x\": null,}}";
        let found = read(text);
        let shown: Vec<String> = found
            .entries
            .iter()
            .map(|e| format!("{}={}", e.path.join("/"), text.get(e.value.span.clone()).unwrap()))
            .collect();
        assert_eq!(
            shown,
            ["Smtp/Host=h", "smtp/port=587", "smtp/secure=true", "smtp/x=null"]
        );
    }

    #[test]
    fn broken_json_is_read_as_far_as_it_goes() {
        let found = read("{\"smtp\": {\"host\": \"h\", \"port\": 587");
        assert_eq!(found.problems.len(), 1);
        assert!(found.entries.iter().any(|e| e.value.text() == "h"));
    }
}
