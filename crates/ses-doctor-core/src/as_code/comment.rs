//! Comments. All three languages begin one with `#`, and end it with the line.

use crate::plan::{Drafted, Plan};
use crate::shell::in_one_line;

const WIDTH: usize = 110;

/// Text over as many lines as it takes.
pub(super) fn prose(out: &mut String, text: &str) {
    let text = in_one_line(text);
    let mut line = String::from("#");
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if line.chars().count() + 1 + word.chars().count() > WIDTH && line.len() > 1 {
            push(out, &line);
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    push(out, &line);
}

/// Something that is to be copied: it stays in one line.
pub(super) fn verbatim(out: &mut String, text: &str) {
    push(out, &format!("#     {}", in_one_line(text)));
}

/// Lines of code that do not count as yet.
pub(super) fn inactive(out: &mut String, code: &str) {
    for line in code.lines() {
        push(out, format!("# {line}").trim_end());
    }
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// What the file is, and where it applies.
pub(super) fn title(out: &mut String, drafted: &Drafted, language: &str) {
    let plan = drafted.plan();
    let account = plan.target.account.as_deref().unwrap_or("(not known)");
    prose(
        out,
        &format!(
            "ses-doctor plan {}, made {:.0} by {}, {language}.",
            drafted.id().short(),
            plan.made_at,
            plan.made_by
        ),
    );
    prose(
        out,
        &format!("For account {account}, region {}.", plan.target.region),
    );
    if plan.steps.is_empty() {
        prose(
            out,
            "The plan has no step: there is nothing that it would change.",
        );
    }
}

/// What the plan leaves to others.
pub(super) fn requests(out: &mut String, plan: &Plan) {
    if plan.requests.is_empty() {
        return;
    }
    out.push('\n');
    prose(
        out,
        "Only others can change the following; the plan has the texts to send to them.",
    );
    for request in &plan.requests {
        prose(out, &format!("- {}: {}", request.cause, request.to));
    }
}
