//! The shared cases, when they are there: incidents whose configuration is given to `lint`, and a table of what it says.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads files, and may fail"
)]

use ses_doctor_core::Certainty;
use ses_doctor_core::lint::{Document, Finding, lint};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The fields of one case: a file of `key: value` with YAML scalars.
struct Case {
    name: String,
    fields: BTreeMap<String, String>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut fields = BTreeMap::new();
        let mut key = None;
        for event in saphyr_parser::Parser::new_from_str(&text) {
            if let (saphyr_parser::Event::Scalar(value, ..), _) = event.unwrap() {
                match key.take() {
                    None => key = Some(value.into_owned()),
                    Some(key) => drop(fields.insert(key, value.into_owned())),
                }
            }
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Self { name, fields }
    }

    fn field(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", String::as_str)
    }
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    // The cases stand beside the repository, also when it is checked out as a work tree one level deeper.
    let places = [root.join("../shared/cases"), root.join("../../shared/cases")];
    let Some(folder) = places.iter().find(|place| place.is_dir()) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    files.iter().map(|path| Case::read(path)).collect()
}

fn said(findings: &[Finding]) -> String {
    let show = |finding: &Finding| {
        format!(
            "{} ({:?}, {}:{})",
            finding.cause, finding.certainty, finding.position.line, finding.position.column
        )
    };
    findings.iter().map(show).collect::<Vec<_>>().join(", ")
}

#[test]
fn configurations_of_real_incidents_are_judged_rightly() {
    let cases = cases();
    if cases.is_empty() {
        println!("no shared cases beside this repository: nothing was measured");
        return;
    }
    let (mut told, mut right) = (0, 0);
    let mut wrong = Vec::new();
    for case in cases
        .iter()
        .filter(|case| !case.field("config").trim().is_empty())
    {
        let findings = lint(&[Document::new("config", case.field("config").to_owned())]).findings;
        let (truth, evidence) = (case.field("true_cause"), case.field("evidence_available"));
        let first = findings.first();
        let named = first.is_some_and(|finding| finding.cause == truth);
        let decides = evidence == "config" && truth != "unknown";
        told += usize::from(decides);
        right += usize::from(decides && named);
        let confident =
            first.filter(|finding| finding.certainty > Certainty::Possible && finding.cause != truth);
        let verdict = match (decides, named, confident) {
            (_, _, Some(_)) => "WRONG",
            (true, false, None) => "missed",
            (_, true, None) => "named",
            (false, false, None) => "silent",
        };
        println!(
            "{verdict:<7} {:<48} {:<26} {truth:<32} {evidence:<12} {}",
            case.name,
            case.field("client")
                .get(..24.min(case.field("client").len()))
                .unwrap_or_default(),
            said(&findings)
        );
        wrong.extend(confident.map(|finding| format!("{}: {}", case.name, finding.cause)));
    }
    println!("named first: {right} of {told} that a configuration decides");
    assert!(wrong.is_empty(), "confidently wrong: {wrong:?}");
    assert!(right * 10 >= told * 9, "only {right} of {told} are named first");
}
