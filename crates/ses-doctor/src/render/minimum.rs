//! The answer of `policy minimize`.

use super::text::paragraph;
use anstyle::{AnsiColor, Style};
use iam_eval::Excerpt;
use iam_eval::minimize::{Blocker, Cause, Minimum, Proposal};
use ses_doctor_core::permission::message::Authorization;
use ses_doctor_core::report::policy_minimize_v1::{self as v1, BlockedBy, PolicyMinimum, SCHEMA};
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();

/// What was found, with what it was asked for.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) principal: String,
    pub(crate) action: String,
    /// The authorisations of the message, where one was described.
    pub(crate) parts: Vec<Authorization>,
    pub(crate) minimum: Minimum<'a>,
    /// Why the answer is not certain.
    pub(crate) doubt: Option<Said>,
    pub(crate) notes: Vec<String>,
}

/// Where what AWS said and what is at hand do not make one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// AWS refused, without a reason, and no policy is at hand.
    NoReason,
    /// AWS refused what the policies at hand allow.
    AllowedHere,
}

impl Said {
    fn sentence(self) -> &'static str {
        match self {
            Self::NoReason => {
                "The denial gives no reason (SMTP never does), and no policies were given: a missing allow looks like a Deny from \
                 above. The proposal cures a missing allow and nothing else. Have the account read with --principal, or give the policies \
                 with --policies, to know."
            }
            Self::AllowedHere => {
                "AWS refused the call that these policies allow: a policy is missing here, or one changed since."
            }
        }
    }
}

/// Why the allow is a statement of its own.
const WHY_NEW: &str = "A statement of its own touches no statement that others rely on, says by its Sid what it is for, and is undone by \
                       deleting it.";

const ENOUGH: &str = "With it, the evaluator allows the call, as far as the policies at hand go.";

/// For people.
pub(crate) fn text(out: &mut dyn Write, answer: &Answer<'_>) -> io::Result<()> {
    let (colour, word, sentence) = headline(answer);
    let style = Style::new().bold().fg_color(Some(colour.into()));
    writeln!(out, "{style}{word}:{style:#} {BOLD}{sentence}{BOLD:#}")?;
    match &answer.minimum {
        Minimum::Proposal(proposal) => proposed(out, answer, proposal)?,
        Minimum::Useless(proposal) => writeln!(out, "\n{}", proposal.document.text())?,
        Minimum::Blocked(blockers) => blockers.iter().try_for_each(|blocker| blocked(out, blocker))?,
        Minimum::AlreadyAllowed | Minimum::OnlyStar { .. } | Minimum::Undetermined { .. } => {}
    }
    if let Some(doubt) = answer.doubt {
        writeln!(out, "\n{BOLD}Not certain{BOLD:#}")?;
        paragraph(out, "  ", doubt.sentence())?;
    }
    if !answer.notes.is_empty() {
        writeln!(out, "\n{BOLD}Note{BOLD:#}")?;
    }
    answer
        .notes
        .iter()
        .try_for_each(|note| paragraph(out, "  ", note))
}

fn headline(answer: &Answer<'_>) -> (AnsiColor, &'static str, String) {
    let (action, principal) = (&answer.action, &answer.principal);
    match (&answer.minimum, answer.doubt) {
        (Minimum::Proposal(_), None) => (
            AnsiColor::Green,
            "proposal",
            format!("the least that lets {principal} do {action}"),
        ),
        (Minimum::Proposal(_), Some(_)) => (
            AnsiColor::Yellow,
            "undetermined",
            format!("if only an allow is missing, this is the least that lets {principal} do {action}"),
        ),
        (Minimum::AlreadyAllowed, None) => (
            AnsiColor::Green,
            "already allowed",
            format!("{principal} may do {action}; nothing is missing"),
        ),
        (Minimum::AlreadyAllowed, Some(_)) => (
            AnsiColor::Yellow,
            "undetermined",
            format!("the policies at hand allow {action}"),
        ),
        (Minimum::Blocked(_), _) => (
            AnsiColor::Red,
            "refused",
            "no allow of the principal's own cures this; ask the owners of what stands in the way".to_owned(),
        ),
        (Minimum::OnlyStar { action }, _) => (
            AnsiColor::Red,
            "refused",
            format!(
                "{action} was asked for on no resource, so only \"Resource\": \"*\" could allow it, which is never proposed"
            ),
        ),
        (Minimum::Undetermined { missing }, _) => (
            AnsiColor::Yellow,
            "undetermined",
            format!("it depends on {}; tell them with --context", missing.join(", ")),
        ),
        (Minimum::Useless(_), _) => (
            AnsiColor::Red,
            "refused",
            "with the conditions asked for, the allow would not match this call".to_owned(),
        ),
    }
}

fn proposed(out: &mut dyn Write, answer: &Answer<'_>, proposal: &Proposal) -> io::Result<()> {
    writeln!(
        out,
        "\n{BOLD}Inline policy {}{BOLD:#}\n{}",
        proposal.name,
        proposal.document.text()
    )?;
    writeln!(out, "\n{BOLD}Why so{BOLD:#}")?;
    paragraph(out, "  ", WHY_NEW)?;
    for condition in &proposal.held {
        let sentence = format!(
            "A statement that is there allows this call but for its condition on {}: the allow is tied to the call's own value, so \
             that it does not go past what that statement keeps out.",
            condition.key
        );
        paragraph(out, "  ", &sentence)?;
    }
    for key in &proposal.past {
        let sentence = format!(
            "It goes past a condition on {key}: a statement that is there allows this call but for it, and the call does not tell a \
             value that could be held. Ask whoever wrote that statement whether it is meant to keep this call out."
        );
        paragraph(out, "  ", &sentence)?;
    }
    for part in &answer.parts {
        let part_of = super::words(&part.part);
        let sentence = format!("{} is authorised as the message's {part_of}.", part.resource);
        paragraph(out, "  ", &sentence)?;
    }
    writeln!(out, "\n{BOLD}Proof{BOLD:#}\n  {ENOUGH}\n  {}", compared(proposal))
}

fn compared(proposal: &Proposal) -> &'static str {
    if proposal.comparison.is_nothing_more() {
        "The comparison proves that nothing else is granted."
    } else {
        "Whether anything else is granted could not be proven: the policies at hand are too complex."
    }
}

fn blocked(out: &mut dyn Write, blocker: &Blocker<'_>) -> io::Result<()> {
    let target = blocker
        .target
        .map_or_else(String::new, |target| format!(" on {target}"));
    let verb = match blocker.cause {
        Cause::Denies { .. } | Cause::DeniesUnseen => "denies",
        Cause::DoesNotAllow { .. } => "does not allow",
    };
    let title = blocker.layer.title();
    writeln!(out, "\n{BOLD}{title}{target} {verb} it{BOLD:#}")?;
    match &blocker.cause {
        Cause::Denies {
            document, statement, ..
        } => excerpt(out, &Excerpt::new(document, statement.span))?,
        Cause::DoesNotAllow { nearest } => {
            for (document, index, _, span) in nearest {
                writeln!(
                    out,
                    "  nearest: statement {} of {}, but for this:",
                    index + 1,
                    document.name()
                )?;
                excerpt(out, &Excerpt::new(document, *span))?;
            }
        }
        Cause::DeniesUnseen => {}
    }
    paragraph(out, "  owner:   ", &blocker.owner())?;
    paragraph(out, "  ask for: ", &blocker.ask())
}

fn excerpt(out: &mut dyn Write, excerpt: &Excerpt<'_>) -> io::Result<()> {
    excerpt
        .to_string()
        .lines()
        .try_for_each(|line| writeln!(out, "    {line}"))
}

/// For programs.
pub(crate) fn published(answer: &Answer<'_>) -> PolicyMinimum {
    let (outcome, proposal) = match (&answer.minimum, answer.doubt) {
        (Minimum::Proposal(proposal), None) => ("proposal", Some(proposal)),
        (Minimum::Proposal(proposal), Some(_)) => ("undetermined", Some(proposal)),
        (Minimum::AlreadyAllowed, None) => ("already-allowed", None),
        (Minimum::Blocked(_) | Minimum::OnlyStar { .. } | Minimum::Useless(_), _) => ("refused", None),
        (Minimum::AlreadyAllowed, Some(_)) | (Minimum::Undetermined { .. }, _) => ("undetermined", None),
    };
    let blocked_by: Vec<BlockedBy> = match &answer.minimum {
        Minimum::Blocked(blockers) => blockers.iter().map(BlockedBy::from).collect(),
        Minimum::AlreadyAllowed
        | Minimum::Proposal(_)
        | Minimum::OnlyStar { .. }
        | Minimum::Undetermined { .. }
        | Minimum::Useless(_) => Vec::new(),
    };
    let missing: &[String] = match &answer.minimum {
        Minimum::Undetermined { missing } => missing,
        Minimum::AlreadyAllowed
        | Minimum::Proposal(_)
        | Minimum::OnlyStar { .. }
        | Minimum::Blocked(_)
        | Minimum::Useless(_) => &[],
    };
    let (_, _, why) = headline(answer);
    PolicyMinimum {
        schema: SCHEMA,
        outcome,
        why,
        principal: answer.principal.clone(),
        action: answer.action.clone(),
        proposal: proposal.map(|proposal| v1::Proposal::new(proposal, WHY_NEW)),
        message: answer.parts.iter().map(v1::Part::from).collect(),
        blocked_by,
        missing_context: missing.to_vec(),
        doubt: answer.doubt.map(Said::sentence),
        notes: answer.notes.clone(),
    }
}
