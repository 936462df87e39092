//! What the file's own syntax does to a password.

use super::{Edit, Finding, Place, Relevance};
use crate::verdict::Certainty;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_config::{Encoding, Field, Format, Settings};

/// Judges how the values of one login are written.
pub(super) fn findings(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Vec<Finding> {
    let fields = [&settings.username, &settings.password];
    let fields = || fields.into_iter().flatten();
    let breaks = fields()
        .filter(|_| relevance != Relevance::OtherProvider)
        .filter_map(|field| line_break(at, field));
    let specifiers = fields().filter_map(|field| specifier(at, field));
    breaks.chain(specifiers).collect()
}

/// A line break at the end of a base64 value: the Secret was made with `echo`.
fn line_break(at: &Place<'_>, field: &Field) -> Option<Finding> {
    let text = field.value.text();
    let inner = text.trim_end_matches(['\r', '\n']);
    if field.value.encoding != Encoding::Base64 || inner.len() == text.len() || inner.is_empty() {
        return None;
    }
    let message = format!(
        "{} decodes to a value with a line break at its end, as `echo` without -n makes it",
        field.name
    );
    let finding = at
        .finding(
            "password-whitespace-or-newline",
            Certainty::Confirmed,
            &field.value.span,
            message,
        )
        .weighing(8);
    let edit = Edit {
        file: at.file,
        span: field.value.span.clone(),
        text: base64(inner),
    };
    Some(finding.repair("encode the value without the line break", vec![edit]))
}

/// A percent sign in a systemd unit begins a specifier (systemd.unit(5)).
fn specifier(at: &Place<'_>, field: &Field) -> Option<Finding> {
    let is_unit = at
        .document()
        .is_some_and(|document| document.reading.format == Format::Systemd);
    let raw = at.written(&field.value.span);
    let single = raw.replace("%%", "");
    if !is_unit || !single.contains('%') || !field.name.is_ascii() {
        return None;
    }
    let message = "systemd takes a single % for a specifier, so the value reaches the program changed";
    let finding = at
        .finding(
            "password-shell-or-env-quoting",
            Certainty::Confirmed,
            &field.value.span,
            message,
        )
        .weighing(8);
    let doubled = raw.replace("%%", "%").replace('%', "%%");
    let edit = Edit {
        file: at.file,
        span: field.value.span.clone(),
        text: doubled,
    };
    Some(finding.repair("write each % as %%", vec![edit]))
}

/// Base64 with padding, as Kubernetes wants it.
pub(super) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}
