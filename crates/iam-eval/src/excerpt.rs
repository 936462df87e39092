//! A line of a document with a pointer at what matters in it.

use crate::document::{DocumentError, DocumentErrors, PolicyDocument};
use crate::span::Span;
use std::fmt;

/// Characters of a line that are shown; documents on one line are cut around the place.
const WIDTH: usize = 100;
/// Of these, how many stand before the place.
const BEFORE: usize = 24;

/// The line where something stands, and a pointer under it.
#[derive(Debug, Clone, Copy)]
pub struct Excerpt<'a> {
    name: &'a str,
    text: &'a str,
    span: Span,
}

impl<'a> Excerpt<'a> {
    /// Of a place in a document.
    #[must_use]
    pub fn new(document: &'a PolicyDocument, span: Span) -> Self {
        Self {
            name: document.name(),
            text: document.text(),
            span,
        }
    }

    /// Of the place of an error.
    #[must_use]
    pub fn of_error(errors: &'a DocumentErrors, error: &DocumentError) -> Self {
        Self {
            name: errors.name(),
            text: errors.text(),
            span: error.span,
        }
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text;
        let position = self.span.position(text);
        let line = text.lines().nth(position.line - 1).unwrap_or_default();
        let start = position.column - 1;
        let length = self
            .span
            .of(text)
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count();
        let skipped = if line.chars().count() > WIDTH {
            start.saturating_sub(BEFORE)
        } else {
            0
        };
        let shown: String = line.chars().skip(skipped).take(WIDTH).map(visible).collect();
        let ellipsis = if skipped > 0 { "…" } else { "" };
        let rest = if line.chars().count() > skipped + WIDTH {
            "…"
        } else {
            ""
        };
        let number = position.line.to_string();
        let margin = " ".repeat(number.len());
        let pad = " ".repeat(start - skipped + ellipsis.chars().count());
        let room = WIDTH.saturating_sub(start - skipped).max(1);
        let pointer = "^".repeat(length.clamp(1, room));
        writeln!(f, "{margin} --> {}:{position}", self.name)?;
        writeln!(f, "{number} | {ellipsis}{shown}{rest}")?;
        write!(f, "{margin} | {pad}{pointer}")
    }
}

/// One column for each character: what moves the cursor would move the pointer away.
fn visible(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, found: &str) -> String {
        let document = PolicyDocument::parse("p", text).unwrap();
        let start = text.find(found).unwrap();
        Excerpt::new(&document, Span::new(start, start + found.len())).to_string()
    }

    #[test]
    fn the_pointer_stands_under_what_it_points_at() {
        let text = "{\"Statement\": {\n\t\"Effect\": \"Deny\", \"Action\": \"*\",\n  \"Resource\": \"*\"}}";
        insta::assert_snapshot!(excerpt(text, "\"Action\": \"*\""), @r#"
          --> p:2:20
        2 |  "Effect": "Deny", "Action": "*",
          |                    ^^^^^^^^^^^^^
        "#);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let many = "\"s3:GetObject\", ".repeat(40);
        let text = format!(
            "{{\"Statement\": {{\"Effect\": \"Deny\", \"Action\": [{many}\"ses:SendRawEmail\", {many}\"sns:Publish\"], \"Resource\": \"*\"}}}}"
        );
        insta::assert_snapshot!(excerpt(&text, "\"ses:SendRawEmail\""), @r#"
          --> p:1:685
        1 | …bject", "s3:GetObject", "ses:SendRawEmail", "s3:GetObject", "s3:GetObject", "s3:GetObject", "s3:GetO…
          |                          ^^^^^^^^^^^^^^^^^^
        "#);
    }
}
