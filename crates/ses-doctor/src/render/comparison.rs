//! The answer of `policy compare`.

use super::text::paragraph;
use crate::commands::policy::SecondOpinion;
use anstyle::{AnsiColor, Style};
use iam_eval::compare::{Comparison, Difference, Example, GrantedBy, Verdict};
use iam_eval::{Excerpt, Span};
use ses_doctor_aws::{AccessCheck, PolicyRemark, RemarkKind};
use ses_doctor_core::Observation;
use ses_doctor_core::report::policy_compare_v1::{
    AccessAnalyzer, Account, Answered, Check, Finding, Findings, Validation,
};
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// For people.
pub(crate) fn text(
    out: &mut dyn Write,
    comparison: &Comparison,
    account: Option<&Account>,
    second: &SecondOpinion,
) -> io::Result<()> {
    let (colour, sentence) = headline(comparison);
    let style = Style::new().bold().fg_color(Some(colour.into()));
    writeln!(
        out,
        "{style}{}:{style:#} {BOLD}{sentence}{BOLD:#}",
        comparison.verdict().id()
    )?;
    if let Some(account) = account {
        old_side(out, account)?;
    }
    let (added, removed) = match account {
        None => (
            "Granted now, and neither by the old policy nor intended",
            "Granted before or intended, and no longer",
        ),
        Some(_) => (
            "Granted with the new policy, and neither by what the user has nor intended",
            "Granted today or intended, and no longer with the new policy",
        ),
    };
    difference(out, &comparison.added, added)?;
    difference(out, &comparison.removed, removed)?;
    told_by_access_analyzer(out, second)
}

/// Whose policies the new one was held against, and which of them nobody knows.
fn old_side(out: &mut dyn Write, account: &Account) -> io::Result<()> {
    let policies = match account.policies.as_slice() {
        [] => "no policy".to_owned(),
        policies => policies.join(", "),
    };
    paragraph(out, "", &format!("{} has {policies}.", account.principal))?;
    let how = match &account.replaces {
        Some(replaced) => format!("The new policy takes the place of the {replaced}; the others stay."),
        None => "The new policy is added to that.".to_owned(),
    };
    paragraph(out, "", &how)?;
    for unread in &account.unread {
        let policy = unread.policy.as_deref().unwrap_or("the user's policies");
        paragraph(out, "", &format!("Not read: {policy}: {}.", unread.why))?;
    }
    Ok(())
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

fn told_by_access_analyzer(out: &mut dyn Write, second: &SecondOpinion) -> io::Result<()> {
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

/// Access Analyzer's answers for programs, where it was asked.
pub(crate) fn second_opinion(second: &SecondOpinion) -> Option<AccessAnalyzer> {
    let validated = second.remarks.iter().map(|(document, remarks)| Validation {
        document: document.clone(),
        answer: answered(remarks, |remarks| Findings {
            findings: remarks.iter().map(finding).collect(),
        }),
    });
    Some(AccessAnalyzer {
        validate_policy: validated.collect(),
        check_no_new_access: answered(second.no_new_access.as_ref()?, checked),
        check_access_not_granted: second
            .example_not_granted
            .as_ref()
            .map(|check| answered(check, checked)),
    })
}

fn answered<T, U>(answer: &Observation<T>, published: impl FnOnce(&T) -> U) -> Answered<U> {
    match answer.known() {
        Some(answer) => Answered::Given(published(answer)),
        None => Answered::Unavailable {
            unavailable: answer.unavailable().unwrap_or_default(),
        },
    }
}

fn checked(check: &AccessCheck) -> Check {
    Check {
        passes: check.passes,
        reasons: check.reasons.clone(),
    }
}

fn finding(remark: &PolicyRemark) -> Finding {
    Finding {
        kind: kind(remark.kind),
        code: remark.code.clone(),
        details: remark.details.clone(),
        line: remark.line,
    }
}
