//! Real incidents, which lie beside the repository on some machines and are never part of it.

use super::Expected;
use saphyr_parser::{Event, Parser};
use std::collections::BTreeMap;
use std::path::Path;

/// Those that have a symptom; `None` when the folder is not there.
pub(crate) fn samples() -> Option<Vec<Expected>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/cases");
    let entries = std::fs::read_dir(folder)
        .or_else(|_| std::fs::read_dir(beside))
        .ok()?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let cases = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    let read = cases.filter_map(|path| case(&std::fs::read_to_string(path).ok()?));
    Some(read.filter(|case| !case.text.trim().is_empty()).collect())
}

fn case(yaml: &str) -> Option<Expected> {
    let mut fields = fields(yaml);
    let cause = fields.remove("true_cause")?;
    let from = fields.remove("evidence_available")?;
    let client = fields.remove("client").unwrap_or_default();
    let client = client.split([' ', '(', '/', ',']).next().unwrap_or_default();
    Some(Expected {
        name: fields.remove("id")?,
        client: client.to_owned(),
        // The log alone: what only the configuration decides is `lint`'s.
        decidable: from == "log",
        cause,
        text: fields.remove("symptom")?,
    })
}

/// The scalars of a flat map.
fn fields(yaml: &str) -> BTreeMap<String, String> {
    let scalars = Parser::new_from_str(yaml).filter_map(|event| match event.ok()?.0 {
        Event::Scalar(value, ..) => Some(value.into_owned()),
        _ => None,
    });
    let all: Vec<String> = scalars.collect();
    all.chunks(2)
        .filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone())))
        .collect()
}
