//! Applying mechanical repairs.

use super::{Document, Edit, Finding, lint};

/// Repairs may bare further faults; so many rounds are made at most.
const MAX_ROUNDS: usize = 5;

/// Files with their mechanical repairs.
#[derive(Debug)]
pub struct Mended {
    /// The new text of each file; `None` where nothing changes.
    pub texts: Vec<Option<String>>,
    /// For each finding of the first look, whether its repair is in.
    pub applied: Vec<bool>,
    /// What a look at the new texts still finds.
    pub left: Vec<Finding>,
}

/// Mends what is mechanical, until a further look mends nothing more. Files that `may_change` refuses are left alone.
pub fn mend(documents: &[Document], findings: &[Finding], may_change: &dyn Fn(usize) -> bool) -> Mended {
    let mut texts: Vec<Option<String>> = vec![None; documents.len()];
    let (chosen, applied) = choose(documents, findings, may_change);
    let mut edits: Vec<Edit> = chosen.into_iter().cloned().collect();
    let mut left = findings.to_vec();
    for _ in 0..MAX_ROUNDS {
        if edits.is_empty() {
            break;
        }
        for (file, (slot, document)) in texts.iter_mut().zip(documents).enumerate() {
            let before = slot.as_deref().unwrap_or(&document.text);
            let after = edited(before, file, &edits);
            if after.is_some() {
                *slot = after;
            }
        }
        let renewed = renew(documents, &texts);
        left = lint(&renewed).findings;
        edits = choose(&renewed, &left, may_change)
            .0
            .into_iter()
            .cloned()
            .collect();
    }
    Mended { texts, applied, left }
}

fn renew(documents: &[Document], texts: &[Option<String>]) -> Vec<Document> {
    let renew = |(document, text): (&Document, &Option<String>)| Document {
        maps: document.maps.clone(),
        ..Document::new(
            &document.reading.name,
            text.clone().unwrap_or_else(|| document.text.clone()),
        )
    };
    documents.iter().zip(texts).map(renew).collect()
}

/// The edits of all findings whose edits fit; of two that overlap, the earlier one is taken.
fn choose<'a>(
    documents: &[Document],
    findings: &'a [Finding],
    may_change: &dyn Fn(usize) -> bool,
) -> (Vec<&'a Edit>, Vec<bool>) {
    let mut chosen: Vec<&Edit> = Vec::new();
    let mut applied = Vec::with_capacity(findings.len());
    for finding in findings {
        let edits: Vec<&Edit> = finding.fix.iter().flat_map(|fix| &fix.edits).collect();
        let fits = |edit: &&Edit| {
            may_change(edit.file)
                && documents
                    .get(edit.file)
                    .is_some_and(|d| d.text.get(edit.span.clone()).is_some())
        };
        let free = |edit: &&Edit| !chosen.iter().any(|other| overlap(edit, other));
        let take = !edits.is_empty() && edits.iter().all(fits) && edits.iter().all(free);
        applied.push(take);
        if take {
            chosen.extend(edits);
        }
    }
    (chosen, applied)
}

/// The text with these edits; `None` when they change nothing.
fn edited(text: &str, file: usize, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().filter(|edit| edit.file == file).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out != text).then_some(out)
}

fn overlap(one: &Edit, other: &Edit) -> bool {
    if one.file != other.file {
        return false;
    }
    let inserts = one.span.is_empty() && other.span.is_empty();
    if inserts {
        return one == other;
    }
    one.span.start < other.span.end && other.span.start < one.span.end
}
