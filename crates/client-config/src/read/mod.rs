//! One reader a family of formats. Each gives entries in the order of the file, and never fails: what cannot be read
//! becomes a problem with its place, and the rest is read line by line.

pub(crate) mod assignments;
pub(crate) mod code;
pub(crate) mod dotenv;
mod json;
pub(crate) mod postfix;
mod sendmail;
pub(crate) mod shell;
mod systemd;
mod tokens;
mod toml;
mod words;
mod xml;
mod yaml;

use crate::command::Command;
use crate::entry::{Entry, Quoting, Value};
use crate::format::Format;
use crate::postfix::MapEntry;
use crate::reading::Problem;
use std::ops::Range;

/// What a reader found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    pub(crate) maps: Vec<MapEntry>,
    pub(crate) commands: Vec<Command>,
    pub(crate) problems: Vec<Problem>,
}

impl Found {
    /// Adds an entry.
    pub(crate) fn add(&mut self, scope: &[String], key: &str, name: Range<usize>, value: Value) {
        let path = scope.iter().cloned().chain([key.to_owned()]).collect();
        self.entries.push(Entry { path, name, value });
    }

    /// Adds everything that another reader found.
    pub(crate) fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.maps.extend(other.maps);
        self.commands.extend(other.commands);
        self.problems.extend(other.problems);
    }
}

/// Reads a text in this format.
pub(crate) fn found(format: Format, text: &str) -> Found {
    match format {
        Format::Dotenv => dotenv::read(text),
        Format::Yaml => yaml::read(text),
        Format::Toml => toml::read(text),
        Format::Json => json::read(text),
        Format::Xml => xml::read(text),
        Format::Ini => assignments::ini(text),
        Format::Properties => assignments::properties(text),
        Format::Systemd => systemd::read(text),
        Format::PostfixMain => postfix::main(text),
        Format::PostfixMaster => postfix::master(text),
        Format::PasswordMap => postfix::password_map(text),
        Format::EximPasswords => postfix::exim_passwords(text),
        Format::Sendmail => sendmail::read(text),
        Format::Words => words::read(text),
        Format::Shell | Format::Dockerfile => shell::read(text),
        Format::Terraform | Format::Code => code::read(text),
    }
}

/// A value as written, quotes taken off. `raw` is a slice of `text`.
pub(crate) fn unquoted(text: &str, raw: &str) -> Value {
    let span = crate::entry::span_of(text, raw);
    for (quote, quoting) in [('"', Quoting::Double), ('\'', Quoting::Single)] {
        let inner = raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|_| raw.len() >= 2) {
            return Value::new(inner, span.start + 1..span.end - 1, quoting);
        }
    }
    Value::new(raw, span, Quoting::Bare)
}

/// Moves spans of an embedded text to their place in the whole.
pub(crate) fn shifted(mut found: Found, by: usize) -> Found {
    let moved = |range: &Range<usize>| range.start + by..range.end + by;
    for entry in &mut found.entries {
        entry.name = moved(&entry.name);
        entry.value.span = moved(&entry.value.span);
    }
    for map in &mut found.maps {
        map.shift(by);
    }
    for command in &mut found.commands {
        command.shift(by);
    }
    for problem in &mut found.problems {
        problem.at += by;
    }
    found
}
