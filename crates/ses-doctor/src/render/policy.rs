//! What IAM says to a message, for people.

use iam_eval::evaluate;
use ses_doctor_core::permission::case::Case;
use ses_doctor_core::permission::question::Question;
use ses_doctor_core::report::policy_simulate_v1::Decision;
use ses_doctor_core::report::policy_v1::{Authorized, PolicyExplanation, Refusal, Unread};
use std::io::{self, Write};

const WIDTH: usize = 100;

/// Each authorisation with the statement that decides it, then the layers that refuse, then what could not be read.
pub(crate) fn explanation(
    out: &mut dyn Write,
    explanation: &PolicyExplanation,
    questions: &[Question],
) -> io::Result<()> {
    let total = explanation.authorizations.len();
    for (number, (authorized, question)) in explanation.authorizations.iter().zip(questions).enumerate() {
        if total > 1 {
            writeln!(
                out,
                "Authorisation {} of {total}: {}",
                number + 1,
                question.authorization.part.words()
            )?;
        }
        decision(out, authorized.decision, &question.case)?;
        refusals(out, authorized)?;
        unread(out, &authorized.unread)?;
        if number + 1 < total {
            writeln!(out)?;
        }
    }
    Ok(())
}

/// One decision of `policy simulate` on an account, with the statement that decides it, then what could not be read.
pub(crate) fn simulated(out: &mut dyn Write, line: &Decision, case: &Case) -> io::Result<()> {
    decision(out, line.decision, case)?;
    unread(out, line.unread.as_deref().unwrap_or_default())
}

/// In the evaluator's words, under what that comes to once the missing policies are taken in.
fn decision(out: &mut dyn Write, decided: &str, case: &Case) -> io::Result<()> {
    let (Ok(policies), Ok(request)) = (case.simulation.policies(), case.simulation.request()) else {
        return Ok(());
    };
    let evaluation = evaluate(&policies, &request);
    if decided != evaluation.decision().id() {
        writeln!(
            out,
            "undetermined, as policies are missing; by those that could be read:"
        )?;
    }
    write!(out, "{}", evaluation.explain())
}

fn refusals(out: &mut dyn Write, authorized: &Authorized) -> io::Result<()> {
    let (certain, open): (Vec<&Refusal>, Vec<&Refusal>) =
        authorized.refusals.iter().partition(|refusal| refusal.certain);
    for (heading, refusals) in [("Refused by:", certain), ("May be refused by:", open)] {
        if !refusals.is_empty() {
            writeln!(out, "\n{heading}")?;
        }
        for refusal in refusals {
            let text = format!(
                "{}. It can be changed by {}.",
                capital(&refusal.why),
                refusal.owner
            );
            paragraph(out, "  ", &text)?;
        }
    }
    if authorized.refusals.is_empty() && authorized.refused {
        let text = match authorized.unread.is_empty() {
            true => "SES refused this; the policies allow it now, so they were changed since.",
            false => "SES refused this; of the policies that could be read none does.",
        };
        writeln!(out)?;
        paragraph(out, "", text)?;
    }
    Ok(())
}

fn unread(out: &mut dyn Write, unread: &[Unread]) -> io::Result<()> {
    if unread.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nNot read:")?;
    for unread in unread {
        paragraph(
            out,
            "  ",
            &format!("{} ({}): {}", unread.layer, unread.evidence, unread.why),
        )?;
    }
    Ok(())
}

fn paragraph(out: &mut dyn Write, indent: &str, text: &str) -> io::Result<()> {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(indent)
        .subsequent_indent(indent);
    writeln!(out, "{}", textwrap::fill(text, options))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
