//! YAML: any tree; and what Docker Compose and Kubernetes do with theirs (environment lists, `name` and `value`,
//! base64 in a Secret's `data`, whole files in a ConfigMap).

use super::dotenv::assignment;
use super::{Found, found, shifted};
use crate::entry::{Encoding, Quoting, Value};
use crate::format::Format;
use crate::reading::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::ops::Range;

/// Reads it; what the parser refuses is read line by line.
pub(super) fn read(text: &str) -> Found {
    let mut reader = Reader::new(text);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => reader.event(event, &span),
            Err(error) => {
                let at = reader.offset(error.marker().index());
                let mut rest = super::code::read(text);
                rest.entries.retain(|entry| entry.name.start >= at);
                rest.problems.push(Problem {
                    at,
                    what: format!("this is no valid YAML: {}", error.info()),
                });
                reader.found.extend(rest);
                return reader.found;
            }
        }
    }
    reader.found
}

/// A mapping or a sequence that is open.
struct Level {
    is_mapping: bool,
    /// The key whose value comes next, and its place.
    key: Option<(String, Range<usize>)>,
    /// The `name` of a `name`/`value` pair, as Kubernetes lists variables.
    name: Option<(String, Range<usize>)>,
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offsets of characters, when the two differ.
    offsets: Option<Vec<usize>>,
    levels: Vec<Level>,
    /// The document is a Secret.
    secret: bool,
    found: Found,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let offsets = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self {
            text,
            offsets,
            levels: Vec::new(),
            secret: false,
            found: Found::default(),
        }
    }

    fn offset(&self, characters: usize) -> usize {
        match &self.offsets {
            Some(offsets) => offsets.get(characters).copied().unwrap_or(self.text.len()),
            None => characters.min(self.text.len()),
        }
    }

    fn event(&mut self, event: Event<'_>, span: &Span) {
        match event {
            Event::Scalar(value, style, _, _) => {
                let range = self.offset(span.start.index())..self.offset(span.end.index());
                self.scalar(&value, style, range);
            }
            Event::MappingStart(..) => self.open(true),
            Event::SequenceStart(..) => self.open(false),
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            Event::DocumentStart(_) => self.secret = false,
            Event::Alias(_) => self.value_done(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn open(&mut self, is_mapping: bool) {
        self.levels.push(Level {
            is_mapping,
            key: None,
            name: None,
        });
    }

    fn close(&mut self) {
        self.levels.pop();
        self.value_done();
    }

    fn value_done(&mut self) {
        if let Some(level) = self.levels.last_mut().filter(|level| level.is_mapping) {
            level.key = None;
        }
    }

    fn scope(&self) -> Vec<String> {
        self.levels
            .iter()
            .filter_map(|level| level.key.as_ref())
            .map(|(key, _)| key.clone())
            .collect()
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, range: Range<usize>) {
        let (quoting, span) = placed(self.text, style, range);
        match self.levels.last_mut() {
            Some(level) if level.is_mapping && level.key.is_none() => {
                level.key = Some((value.to_owned(), span));
            }
            Some(level) if level.is_mapping => {
                self.entry(Value::new(value, span, quoting));
                self.value_done();
            }
            Some(_) => self.item(&Value::new(value, span, quoting)),
            None => {}
        }
    }

    /// The value of a key.
    fn entry(&mut self, value: Value) {
        let mut scope = self.scope();
        let Some(key) = scope.pop() else { return };
        let place = self
            .levels
            .last()
            .and_then(|level| level.key.clone())
            .map_or(0..0, |(_, place)| place);
        if key == "kind" && value.text() == "Secret" {
            self.secret = true;
        }
        match key.as_str() {
            "name" => {
                if let Some(level) = self.levels.last_mut() {
                    level.name = Some((value.text().to_owned(), value.span.clone()));
                }
            }
            "value" => {
                if let Some((name, place)) = self.levels.last().and_then(|level| level.name.clone()) {
                    self.found.add(&scope, &name, place, value);
                    return;
                }
            }
            _ => {}
        }
        let in_data = self.secret && scope.last().is_some_and(|name| name == "data");
        let value = if in_data { decoded(value) } else { value };
        if value.quoting == Quoting::Block || value.text().contains('\n') {
            self.embedded(&key, &value);
        }
        self.found.add(&scope, &key, place, value);
    }

    /// A whole file as the value of a key.
    fn embedded(&mut self, key: &str, value: &Value) {
        let raw = self.text.get(value.span.clone()).unwrap_or_default();
        let format = Format::of(key, raw);
        if value.text().lines().count() > 1 && value.encoding == Encoding::Plain && format != Format::Yaml {
            self.found.extend(shifted(found(format, raw), value.span.start));
        }
    }

    /// An item of a list: `KEY=value` as Compose writes variables. Quotes in an unquoted item are part of its value.
    fn item(&mut self, value: &Value) {
        let scope = self.scope();
        let of_variables = scope.last().is_some_and(|name| name.contains("env"));
        let raw = value.text();
        if let Some((key, _)) = raw
            .split_once('=')
            .filter(|_| of_variables || assignment(raw, raw).is_some())
        {
            let at = key.len();
            let part = value.part(at + 1..raw.len());
            self.found.add(&scope, key, value.part(0..at).span, part);
        } else if raw.contains(' ')
            && matches!(scope.last().map(String::as_str), Some("command" | "args" | "run"))
        {
            let found = super::shell::read(raw);
            let verbatim = value.span.len() == raw.len();
            self.found
                .extend(shifted(found, if verbatim { value.span.start } else { 0 }));
        }
    }
}

/// Without the quotes, and for a block without its head line.
fn placed(text: &str, style: ScalarStyle, range: Range<usize>) -> (Quoting, Range<usize>) {
    match style {
        ScalarStyle::Plain => {
            let written = text.get(range.clone()).unwrap_or_default();
            let trimmed = written.split(" #").next().unwrap_or(written).trim_end();
            (Quoting::Bare, range.start..range.start + trimmed.len())
        }
        ScalarStyle::SingleQuoted => (Quoting::Single, inside(text, range, '\'')),
        ScalarStyle::DoubleQuoted => (Quoting::Double, inside(text, range, '"')),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let raw = text.get(range.clone()).unwrap_or_default();
            let head = raw
                .starts_with(['|', '>'])
                .then(|| raw.find('\n').map_or(0, |at| at + 1));
            (Quoting::Block, range.start + head.unwrap_or(0)..range.end)
        }
    }
}

/// The parser's span may reach up to the next token, so the closing quote is looked for.
fn inside(text: &str, range: Range<usize>, quote: char) -> Range<usize> {
    let start = (range.start + 1).min(range.end);
    let written = text.get(start..range.end).unwrap_or_default();
    let end = written.rfind(quote).map_or(range.end, |at| start + at);
    start..end
}

/// Base64 undone, when it is base64 of text.
fn decoded(value: Value) -> Value {
    let bytes = STANDARD.decode(value.text().trim()).ok();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) => Value::new(text, value.span, value.quoting).encoded(Encoding::Base64),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let found = read(text);
        let show = |entry: &crate::entry::Entry| format!("{}={}", entry.path.join("/"), entry.value.text());
        found.entries.iter().map(show).collect()
    }

    #[test]
    fn trees_and_lists_of_variables_become_entries() {
        let text = "services:\n  app:\n    environment:\n      - SMTP_HOST=h\n      - \"SMTP_PORT=587\"\n    ports: [25]\n";
        assert_eq!(
            shown(text),
            [
                "services/app/environment/SMTP_HOST=h",
                "services/app/environment/SMTP_PORT=587"
            ]
        );
    }

    #[test]
    fn kubernetes_variables_and_secrets_are_understood() {
        let text = "kind: Secret\ndata:\n  SMTP_PASSWORD: cHcK\n---\nkind: Pod\nspec:\n  env:\n  - name: A\n    value: \"1\"\n";
        let all = shown(text);
        assert!(all.contains(&"data/SMTP_PASSWORD=pw\n".to_owned()), "{all:?}");
        assert!(all.contains(&"spec/env/A=1".to_owned()), "{all:?}");
    }

    #[test]
    fn values_stand_where_they_are_said_to() {
        let text = "é: x\nsmtp:\n  host: 'h'  # c\n  port: 25\n";
        let found = read(text);
        let spans: Vec<&str> = found
            .entries
            .iter()
            .map(|e| text.get(e.value.span.clone()).unwrap())
            .collect();
        assert_eq!(spans, ["x", "h", "25"]);
    }

    #[test]
    fn broken_yaml_is_read_as_far_as_it_goes() {
        let found = read("smtp:\n  host: h\n  port: [25\nuser: u\n");
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.entries[0].value.text(), "h");
    }
}
