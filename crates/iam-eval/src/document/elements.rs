//! `Action`, `Resource` and their negations.

use super::PatternElement;
use super::error::Problem;
use super::parse::Reader;
use crate::arn::completed;
use crate::document::Version;
use crate::json::Member;
use crate::pattern::{Pattern, Syntax};
use crate::span::{Span, Spanned};

pub(super) fn action(reader: &mut Reader, member: &Member<'_>, negated: bool) -> Option<PatternElement> {
    let element = patterns(reader, member, negated, Pattern::action)?;
    for pattern in &element.patterns {
        let text = pattern.value.text();
        let named = text.split_once(':').is_some_and(|(service, action)| {
            !service.is_empty() && !action.is_empty() && !action.contains(':')
        });
        if !named && text != "*" {
            reader.report(pattern.span, Problem::BadAction(text.to_owned()));
        }
    }
    Some(element)
}

pub(super) fn resource(
    reader: &mut Reader,
    member: &Member<'_>,
    negated: bool,
    version: Version,
) -> Option<PatternElement> {
    let syntax = resource_syntax(version);
    patterns(reader, member, negated, |text| Pattern::new(text, syntax))
}

fn resource_syntax(version: Version) -> Syntax {
    Syntax {
        wildcards: true,
        variables: version == Version::V2012,
    }
}

/// AWS completes an ARN that leaves its last parts away, in identity-based policies only (IAM User Guide, "Identify AWS
/// resources with Amazon Resource Names").
pub(super) fn complete_arns(element: &mut PatternElement, version: Version) {
    for pattern in &mut element.patterns {
        let text = pattern.value.text();
        if let Some(whole) = completed(text) {
            pattern.value = Pattern::compared_as(text, &whole, resource_syntax(version));
        }
    }
}

fn patterns(
    reader: &mut Reader,
    member: &Member<'_>,
    negated: bool,
    pattern: impl Fn(&str) -> Pattern,
) -> Option<PatternElement> {
    let nodes = reader.one_or_more(member.value);
    if nodes.is_empty() {
        let element = member.key.to_string();
        reader.report(member.value.span, Problem::Empty { element });
        return None;
    }
    let patterns: Vec<Spanned<Pattern>> = nodes
        .into_iter()
        .filter_map(|node| reader.string(node, &member.key))
        .map(|text| Spanned {
            value: pattern(&text.value),
            span: text.span,
        })
        .collect();
    Some(PatternElement {
        negated,
        span: whole(member),
        patterns,
    })
}

/// A member from its key to its value's end.
pub(super) fn whole(member: &Member<'_>) -> Span {
    Span {
        start: member.key_span.start,
        end: member.value.span.end,
    }
}
