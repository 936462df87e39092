//! The corpus of this repository: `crates/client-log/corpus`, a file a client.

use super::Expected;
use std::path::Path;

/// All samples. A mistake in a file is a failure of the test.
pub(crate) fn samples() -> Vec<Expected> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../client-log/corpus");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let files = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "toml"));
    files.flat_map(|path| file(path)).collect()
}

fn file(path: &Path) -> Vec<Expected> {
    let text = std::fs::read_to_string(path).unwrap();
    let table: toml::Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let client = path.file_stem().unwrap().to_string_lossy().into_owned();
    let samples = table["sample"].as_array().unwrap();
    let field = |sample: &toml::Value, name: &str| {
        sample
            .get(name)
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    samples
        .iter()
        .enumerate()
        .map(|(number, sample)| {
            let place = format!("{client} #{}", number + 1);
            let open = field(sample, "among");
            Expected {
                decidable: open.is_none(),
                cause: open
                    .or_else(|| field(sample, "cause"))
                    .unwrap_or_else(|| panic!("{place}: cause or among")),
                text: field(sample, "text").unwrap_or_else(|| panic!("{place}: text")),
                client: client.clone(),
                name: place,
            }
        })
        .collect()
}
