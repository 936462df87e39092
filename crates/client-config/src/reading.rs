//! Reading one file: its format, its settings, and what could not be read.

use crate::command::Command;
use crate::entry::Entry;
use crate::format::Format;
use crate::gather;
use crate::position::Lines;
use crate::postfix::{MapEntry, Parameter, Postfix};
use crate::read::found;
use crate::settings::{Field, Settings};
use std::ops::Range;

mod iam;
mod secrets;

pub use iam::{IamAttribute, IamValue};

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Byte offset.
    pub at: usize,
    /// What is wrong there.
    pub what: String,
}

/// What one file holds.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The file's name, as given.
    pub name: String,
    /// The format that it was read in.
    pub format: Format,
    /// Its lines.
    pub lines: Lines,
    /// The logins set up in it.
    pub settings: Vec<Settings>,
    /// Postfix's parameters.
    pub postfix: Postfix,
    /// Entries of password maps.
    pub maps: Vec<MapEntry>,
    /// What a script does.
    pub commands: Vec<Command>,
    /// Attributes of Terraform that give an SMTP password: `ses_smtp_password`, `ses_smtp_password_v4`.
    pub terraform: Vec<Field>,
    /// Attributes of IAM that infrastructure code gives to an SMTP login.
    pub iam_values: Vec<IamValue>,
    /// Every region told, wherever it stands.
    pub regions: Vec<Field>,
    /// Names of IAM users that Terraform makes for SMTP.
    pub smtp_users: Vec<Field>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Where values stand that may be secrets, of mail or of anything else, in the order of the text.
    pub secrets: Vec<Range<usize>>,
}

impl Reading {
    /// The text with asterisks in place of everything that may be a secret. Lines and columns stay as they are.
    pub fn masked(&self, text: &str) -> String {
        let mut spans = self.secrets.iter().peekable();
        let mut covered = 0;
        let shown = |(at, c): (usize, char)| {
            while let Some(span) = spans.next_if(|span| span.start <= at) {
                covered = covered.max(span.end);
            }
            if at < covered && c != '\n' && c != '\r' {
                '*'
            } else {
                c
            }
        };
        text.char_indices().map(shown).collect()
    }
}

/// Reads a file by its name and text. Any text has a reading.
pub fn read(name: &str, text: &str) -> Reading {
    let format = Format::of(name, text);
    let found = found(format, text);
    let parameters = parameters(format, &found.entries);
    let postfix = Postfix { parameters };
    let mut settings = gather::settings(format, name, text, &found.entries);
    settings.extend(gather::postfix(&postfix));
    settings.extend(found.maps.iter().map(gather::map));
    let secrets = secrets::spans(text, &found.entries, &settings);
    Reading {
        name: name.to_owned(),
        format,
        lines: Lines::of(text),
        settings,
        postfix,
        maps: found.maps,
        commands: found.commands,
        terraform: terraform(text),
        iam_values: iam::values(text),
        regions: gather::regions(&found.entries),
        smtp_users: smtp_users(format, text, &found.entries),
        problems: found.problems,
        secrets,
    }
}

/// Parameters of `main.cf`, `master.cf` and `postconf -e`; also of container images that take them as `POSTFIX_name`.
fn parameters(format: Format, entries: &[Entry]) -> Vec<Parameter> {
    let of = |entry: &Entry| {
        let key = entry.key();
        let prefixed = key
            .strip_prefix("POSTFIX_")
            .filter(|rest| rest.starts_with("smtp"));
        let of_postfix = matches!(format, Format::PostfixMain | Format::PostfixMaster);
        let by_postconf = entry.scope().first().is_some_and(|scope| scope == "postconf");
        let name = if of_postfix || by_postconf { key } else { prefixed? };
        let service =
            (format == Format::PostfixMaster).then(|| entry.scope().first().cloned().unwrap_or_default());
        Some(Parameter {
            name: name.to_owned(),
            at: entry.name.clone(),
            value: entry.value.clone(),
            service,
        })
    };
    entries.iter().filter_map(of).collect()
}

/// Where an attribute is used, found by its name: it stands in expressions that no reader of values keeps.
fn terraform(text: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    for (at, _) in text.match_indices("ses_smtp_password") {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        let is_attribute = text.get(..at).is_some_and(|before| before.ends_with('.'));
        if is_attribute && matches!(name, "ses_smtp_password" | "ses_smtp_password_v4") {
            fields.push(Field::bare(name, at..at + end, name));
        }
    }
    fields
}

fn smtp_users(format: Format, text: &str, entries: &[Entry]) -> Vec<Field> {
    if format != Format::Terraform || !text.contains("\"aws_iam_user\"") {
        return Vec::new();
    }
    let of_user = |entry: &&Entry| {
        let before = text.get(..entry.name.start).unwrap_or_default();
        let head = before
            .rfind("resource \"")
            .and_then(|at| before.get(at..))
            .unwrap_or_default();
        entry.key() == "name"
            && head.starts_with("resource \"aws_iam_user\"")
            && entry.value.text().to_ascii_lowercase().contains("smtp")
    };
    entries.iter().filter(of_user).map(gather::field).collect()
}
