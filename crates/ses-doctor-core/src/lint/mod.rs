//! What is wrong with the settings in these files, where, and what would put it right. Offline: the files are all there is.
//!
//! A finding is *confirmed* only when the files themselves prove it; what stands elsewhere (a variable, a secret) is
//! never judged, and settings of other services are left alone.

mod api;
mod commands;
mod conflict;
mod finding;
mod fix;
mod host;
mod iam;
mod pair;
mod postfix;
mod relevance;
mod terraform;
mod tls;

pub use finding::{Edit, Finding, Fix};
pub use fix::{Mended, mend};

use crate::verdict::Certainty;
use client_config::{Position, Reading};
use relevance::{Relevance, relevance};
use std::ops::Range;

/// A file that is looked at.
#[derive(Debug)]
pub struct Document {
    /// What it holds.
    pub reading: Reading,
    /// Its text: it may hold secrets.
    pub text: String,
    /// The compiled maps beside it, as far as they were looked for.
    pub maps: Vec<CompiledMap>,
}

impl Document {
    /// Reads a text under a name.
    pub fn new(name: &str, text: String) -> Self {
        Self {
            reading: client_config::read(name, &text),
            text,
            maps: Vec::new(),
        }
    }

    /// The place of an offset.
    pub fn position(&self, offset: usize) -> Position {
        self.reading.lines.position(&self.text, offset)
    }
}

/// A Postfix map whose file was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledMap {
    /// The map's text file, as named in the configuration.
    pub path: String,
    /// What stands beside it.
    pub state: MapState,
}

/// How a compiled map stands to its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapState {
    /// The text is there, the compiled map is not.
    Missing,
    /// The text was given by another path than the configuration names, and no compiled map stands beside it.
    NotBeside,
    /// The text was changed after the map was compiled.
    Older,
    /// The map is newer than its text.
    Fresh,
}

/// What all files together hold.
#[derive(Debug)]
pub struct Judgement {
    /// The most certain first, then in the order of the files.
    pub findings: Vec<Finding>,
    /// Whether any settings of SES were found.
    pub has_ses: bool,
}

/// Judges the files together.
pub fn lint(documents: &[Document]) -> Judgement {
    let mut findings = Vec::new();
    for (file, document) in documents.iter().enumerate() {
        let at = Place { documents, file };
        findings.extend(commands::findings(&at));
        for settings in &document.reading.settings {
            let relevance = relevance(settings);
            if relevance == Relevance::OtherProvider {
                continue;
            }
            findings.extend(host::findings(&at, settings));
            findings.extend(tls::findings(&at, settings, relevance));
            findings.extend(pair::findings(&at, settings, relevance));
            findings.extend(api::findings(&at, settings, relevance));
        }
    }
    findings.extend(postfix::findings(documents));
    findings.extend(terraform::findings(documents));
    findings.extend(iam::findings(documents));
    findings.extend(conflict::findings(documents));
    let has_ses = documents.iter().any(holds_ses);
    if !has_ses && findings.is_empty() {
        findings.extend(relevance::other_provider(documents));
    }
    rank(&mut findings);
    Judgement { findings, has_ses }
}

fn holds_ses(document: &Document) -> bool {
    let reading = &document.reading;
    let login = reading
        .settings
        .iter()
        .any(|settings| relevance(settings) == Relevance::Ses);
    login || !reading.terraform.is_empty() || !reading.iam_values.is_empty()
}

/// The most certain first; of two findings of one cause at one place, the first stays.
fn rank(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        let by_certainty = b.certainty.cmp(&a.certainty).then(b.weight.cmp(&a.weight));
        by_certainty.then((a.file, a.span.start).cmp(&(b.file, b.span.start)))
    });
    let mut seen: Vec<(&'static str, usize, Range<usize>)> = Vec::new();
    findings.retain(|finding| {
        let key = (finding.cause, finding.file, finding.span.clone());
        let fresh = !seen.contains(&key);
        seen.push(key);
        fresh
    });
}

/// Where the rules of one file stand.
struct Place<'a> {
    documents: &'a [Document],
    file: usize,
}

impl Place<'_> {
    fn document(&self) -> Option<&Document> {
        self.documents.get(self.file)
    }

    /// The text as written.
    fn written(&self, span: &Range<usize>) -> &str {
        self.document()
            .and_then(|document| document.text.get(span.clone()))
            .unwrap_or_default()
    }

    /// A finding in this file.
    fn finding(
        &self,
        cause: &'static str,
        certainty: Certainty,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(cause, certainty, self.documents, self.file, span, message)
    }

    /// A text that is meant to be filled in: `.env.example`.
    fn is_template(&self) -> bool {
        const SIGNS: [&str; 6] = ["example", "sample", "template", ".dist", ".tmpl", ".tpl"];
        let name = self
            .document()
            .map(|document| document.reading.name.to_ascii_lowercase())
            .unwrap_or_default();
        let base = name.rsplit('/').next().unwrap_or_default();
        SIGNS.iter().any(|sign| base.contains(sign))
    }
}
