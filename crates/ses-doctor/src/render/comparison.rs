//! The answer of `policy compare`.

use crate::commands::policy::SecondOpinion;
use anstyle::{AnsiColor, Style};
use iam_eval::compare::{Comparison, Difference, Example, GrantedBy, Verdict};
use iam_eval::{Excerpt, Span};
use serde_json::{Value, json};
use ses_doctor_aws::{AccessCheck, RemarkKind};
use ses_doctor_core::Observation;
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The value of `schema`.
const SCHEMA: &str = "ses-doctor/policy-compare/v1";

/// For people.
pub(crate) fn text(out: &mut dyn Write, comparison: &Comparison, second: &SecondOpinion) -> io::Result<()> {
    let (colour, sentence) = headline(comparison);
    let style = Style::new().bold().fg_color(Some(colour.into()));
    writeln!(
        out,
        "{style}{}:{style:#} {BOLD}{sentence}{BOLD:#}",
        comparison.verdict().id()
    )?;
    difference(
        out,
        &comparison.added,
        "Granted now, and neither by the old policy nor intended",
    )?;
    difference(
        out,
        &comparison.removed,
        "Granted before or intended, and no longer",
    )?;
    second_opinion(out, second)
}

fn headline(comparison: &Comparison) -> (AnsiColor, &'static str) {
    let nothing_more = comparison.is_nothing_more();
    match comparison.verdict() {
        Verdict::Equal => (AnsiColor::Green, "both grant exactly the same"),
        Verdict::Narrower => (
            AnsiColor::Green,
            "the new policy grants nothing beyond the old and what was intended, and less than they do",
        ),
        Verdict::Wider => (
            AnsiColor::Red,
            "the new policy grants more than the old and what was intended",
        ),
        Verdict::Incomparable => (
            AnsiColor::Red,
            "the new policy grants something that neither the old does nor was intended, and takes something away",
        ),
        Verdict::Undetermined if nothing_more => (
            AnsiColor::Green,
            "the new policy grants nothing beyond the old and what was intended; whether it takes something away could not be told",
        ),
        Verdict::Undetermined => (
            AnsiColor::Yellow,
            "whether the new policy grants more could not be told",
        ),
    }
}

fn difference(out: &mut dyn Write, difference: &Difference, title: &str) -> io::Result<()> {
    match difference {
        Difference::Nothing => Ok(()),
        Difference::Example { example, by } => {
            writeln!(out, "\n{BOLD}{title}, for one{BOLD:#}")?;
            request(out, example)?;
            granted_by(out, by)
        }
        Difference::Possible { example, by } => {
            writeln!(out, "\n{BOLD}{title}, possibly{BOLD:#}")?;
            request(out, example)?;
            for assumption in &example.assumptions {
                writeln!(out, "  if        {assumption}")?;
            }
            granted_by(out, by)
        }
        Difference::TooComplex(why) => writeln!(out, "\n{BOLD}{title}{BOLD:#}\n  not to be told: {why}"),
    }
}

fn request(out: &mut dyn Write, example: &Example) -> io::Result<()> {
    if let Some(principal) = &example.principal {
        writeln!(out, "  principal {principal}")?;
    }
    writeln!(
        out,
        "  action    {}\n  resource  {}",
        example.action, example.resource
    )?;
    for (key, values) in &example.context {
        writeln!(
            out,
            "  context   {key} = {}",
            values
                .iter()
                .map(|value| format!("{value:?}"))
                .collect::<Vec<_>>()
                .join(", ")
        )?;
    }
    Ok(())
}

/// The statement, at its action and, where that stands in another line, its resource.
fn granted_by(out: &mut dyn Write, by: &GrantedBy) -> io::Result<()> {
    let Some(statement) = by.document.statements.get(by.statement) else {
        return Ok(());
    };
    let sid = statement
        .sid
        .as_ref()
        .map_or_else(String::new, |sid| format!(" {:?}", sid.value));
    writeln!(
        out,
        "  granted by statement {}{sid} of {}:",
        by.statement + 1,
        by.document.name()
    )?;
    let line = |span: Span| span.position(by.document.text()).line;
    let action = statement.action.span;
    let resource = statement.resource.as_ref().map(|element| element.span);
    for span in std::iter::once(action).chain(resource.filter(|resource| line(*resource) != line(action))) {
        for line in Excerpt::new(&by.document, span).to_string().lines() {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn second_opinion(out: &mut dyn Write, second: &SecondOpinion) -> io::Result<()> {
    if second.no_new_access.is_none() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}IAM Access Analyzer{BOLD:#}")?;
    for (name, remarks) in &second.remarks {
        match remarks.known() {
            Some(remarks) if remarks.is_empty() => writeln!(out, "  ValidatePolicy finds nothing in {name}")?,
            Some(remarks) => {
                for remark in remarks {
                    let line = remark.line.map_or_else(String::new, |line| format!(":{line}"));
                    writeln!(
                        out,
                        "  ValidatePolicy, {}: {name}{line}: {} ({})",
                        kind(remark.kind),
                        remark.details,
                        remark.code
                    )?;
                }
            }
            None => unavailable(out, "ValidatePolicy", remarks)?,
        }
    }
    check(out, "CheckNoNewAccess", second.no_new_access.as_ref())?;
    check(
        out,
        "CheckAccessNotGranted for the example",
        second.example_not_granted.as_ref(),
    )
}

fn check(out: &mut dyn Write, name: &str, check: Option<&Observation<AccessCheck>>) -> io::Result<()> {
    let Some(check) = check else { return Ok(()) };
    match check.known() {
        Some(answer) => {
            let verdict = if answer.passes { "passes" } else { "fails" };
            writeln!(out, "  {name} {verdict}")?;
            answer
                .reasons
                .iter()
                .try_for_each(|reason| writeln!(out, "    {DIM}{reason}{DIM:#}"))
        }
        None => unavailable(out, name, check),
    }
}

fn unavailable<T>(out: &mut dyn Write, name: &str, answer: &Observation<T>) -> io::Result<()> {
    writeln!(
        out,
        "  {name} is unavailable: {}",
        answer.unavailable().unwrap_or_default()
    )
}

fn kind(kind: RemarkKind) -> &'static str {
    match kind {
        RemarkKind::Error => "error",
        RemarkKind::SecurityWarning => "security warning",
        RemarkKind::Warning => "warning",
        RemarkKind::Suggestion => "suggestion",
        RemarkKind::Other => "remark",
    }
}

/// For programs.
pub(crate) fn json(comparison: &Comparison, second: &SecondOpinion) -> Value {
    let mut answer = json!({
        "schema": SCHEMA,
        "verdict": comparison.verdict().id(),
        "added": difference_json(&comparison.added),
        "removed": difference_json(&comparison.removed),
    });
    if let (Some(check), Value::Object(members)) = (&second.no_new_access, &mut answer) {
        let remarks = second.remarks.iter().map(|(name, remarks)| match remarks.known() {
            Some(remarks) => {
                let remark = remarks.iter().map(|remark| {
                    json!({ "kind": kind(remark.kind), "code": remark.code, "details": remark.details, "line": remark.line })
                });
                json!({ "document": name, "findings": remark.collect::<Vec<_>>() })
            }
            None => json!({ "document": name, "unavailable": remarks.unavailable() }),
        });
        let opinion = json!({
            "validate_policy": remarks.collect::<Vec<_>>(),
            "check_no_new_access": check_json(check),
            "check_access_not_granted": second.example_not_granted.as_ref().map(check_json),
        });
        members.insert("access_analyzer".to_owned(), opinion);
    }
    answer
}

fn check_json(check: &Observation<AccessCheck>) -> Value {
    match check.known() {
        Some(answer) => json!({ "passes": answer.passes, "reasons": answer.reasons }),
        None => json!({ "unavailable": check.unavailable() }),
    }
}

fn difference_json(difference: &Difference) -> Value {
    match difference {
        Difference::Nothing => json!({ "result": "nothing" }),
        Difference::Example { example, by } => json!({
            "result": "example", "example": example_json(example), "granted_by": granted_by_json(by),
        }),
        Difference::Possible { example, by } => {
            let assumption = example
                .assumptions
                .iter()
                .map(|it| json!({ "text": it.text, "holds": it.holds }));
            json!({
                "result": "possible", "example": example_json(example), "granted_by": granted_by_json(by),
                "assumptions": assumption.collect::<Vec<_>>(),
            })
        }
        Difference::TooComplex(why) => json!({ "result": "too-complex", "why": why.to_string() }),
    }
}

fn example_json(example: &Example) -> Value {
    let context: serde_json::Map<String, Value> = example
        .context
        .iter()
        .map(|(key, values)| (key.clone(), json!(values)))
        .collect();
    json!({
        "principal": example.principal, "action": example.action, "resource": example.resource, "context": context,
    })
}

fn granted_by_json(by: &GrantedBy) -> Value {
    let statement = by.document.statements.get(by.statement);
    let place = statement.map(|statement| statement.span.position(by.document.text()));
    json!({
        "document": by.document.name(), "index": by.statement,
        "statement": statement.and_then(|statement| statement.sid.as_ref()).map(|sid| sid.value.as_str()),
        "line": place.map(|place| place.line), "column": place.map(|place| place.column),
    })
}
