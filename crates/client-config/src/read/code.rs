//! Program text and HCL, read for what it assigns: `name = value`, `name: value`, `name => value`, arguments with names,
//! setters, and the calls that mail libraries are set up with. It also reads what stricter parsers refuse.

use super::Found;
use super::tokens::{Placed, Token, tokens};
use crate::entry::{Entry, Quoting, Value};
use crate::role;
use std::ops::Range;

mod calls;

/// Deeper nesting is no configuration.
const MAX_DEPTH: usize = 64;

/// Reads it.
pub(crate) fn read(text: &str) -> Found {
    let tokens = tokens(text);
    let mut reader = Reader {
        tokens: &tokens,
        frames: Vec::new(),
        pending: None,
        found: Found::default(),
    };
    let mut at = 0;
    while at < tokens.len() {
        at = reader.step(at);
    }
    while !reader.frames.is_empty() {
        reader.close();
    }
    reader.found
}

/// What stands in a bracket without a name.
#[derive(Debug, Clone)]
enum Argument {
    Value(Value),
    Group(Vec<Self>),
}

/// An open bracket.
struct Frame {
    /// What it adds to the path of names.
    names: Vec<String>,
    /// The function, when it is a call, and its place.
    callee: Option<(String, Range<usize>)>,
    arguments: Vec<Argument>,
}

struct Reader<'a> {
    tokens: &'a [Placed],
    frames: Vec<Frame>,
    /// The name whose value is about to open a bracket.
    pending: Option<String>,
    found: Found,
}

impl Reader<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at).map(|placed| &placed.token)
    }

    fn span(&self, at: usize) -> Range<usize> {
        self.tokens.get(at).map_or(0..0, |placed| placed.span.clone())
    }

    fn sign(&self, at: usize) -> &'static str {
        match self.token(at) {
            Some(Token::Sign(sign)) => sign,
            _ => "",
        }
    }

    /// Handles the token at this place; gives the next one.
    fn step(&mut self, at: usize) -> usize {
        match self.token(at) {
            Some(Token::Sign("(" | "[" | "{")) => {
                self.open(at);
                at + 1
            }
            Some(Token::Sign(")" | "]" | "}")) => {
                self.close();
                at + 1
            }
            Some(Token::Word(_) | Token::Symbol(_) | Token::Text(..)) => self.named_or_value(at),
            Some(Token::Sign(_) | Token::Newline) | None => at + 1,
        }
    }

    fn open(&mut self, at: usize) {
        let pending = self.pending.take();
        let word_before = at.checked_sub(1).and_then(|before| match self.token(before) {
            Some(Token::Word(word)) => Some((word.clone(), self.span(before))),
            Some(Token::Text(word, _)) if self.sign(at) == "{" => Some((word.clone(), self.span(before))),
            _ => None,
        });
        let callee = word_before.clone().filter(|_| self.sign(at) == "(");
        let name = pending.or(word_before.map(|(word, _)| word));
        let names = name.map(|name| segments(&name)).unwrap_or_default();
        if self.frames.len() < MAX_DEPTH {
            self.frames.push(Frame {
                names,
                callee,
                arguments: Vec::new(),
            });
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if let Some((callee, place)) = &frame.callee {
            let scope = self.scope();
            calls::entries(callee, place, &frame.arguments, &scope, &mut self.found);
        }
        if frame.names.last().is_some_and(|name| name == "args") {
            calls::handler(&frame.arguments, &self.scope(), &mut self.found);
        }
        if let Some(outer) = self.frames.last_mut() {
            outer.arguments.push(Argument::Group(frame.arguments));
        }
    }

    /// The path of names here. Bodies of functions and classes have no name worth keeping.
    fn scope(&self) -> Vec<String> {
        self.frames
            .iter()
            .flat_map(|frame| frame.names.iter().cloned())
            .collect()
    }

    fn named_or_value(&mut self, at: usize) -> usize {
        if let Some((key, name, next)) = self.key(at) {
            return self.assigned(key, name, next);
        }
        if let (Some(Token::Word(word)), Some(Token::Word(_) | Token::Text(..))) =
            (self.token(at), self.token(at + 1))
            && role::is_login_word(word)
        {
            let (key, name) = (word.clone(), self.span(at));
            return self.assigned(key, name, at + 1);
        }
        if let Some((value, next)) = self.value(at) {
            if value.text().contains("://") {
                let (scope, span) = (self.scope(), value.span.clone());
                self.found.add(&scope, "url", span, value.clone());
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.arguments.push(Argument::Value(value));
            }
            return next;
        }
        at + 1
    }

    /// `name =`, `'name' =>`, `name['key'] =`: the name, its place and where the value begins.
    fn key(&self, at: usize) -> Option<(String, Range<usize>, usize)> {
        const OPERATORS: [&str; 4] = ["=", ":", "=>", ":="];
        let name = match self.token(at)? {
            Token::Word(word) | Token::Symbol(word) | Token::Text(word, _) => word,
            Token::Sign(_) | Token::Newline => return None,
        };
        if OPERATORS.contains(&self.sign(at + 1)) {
            return Some((name.clone(), self.span(at), at + 2));
        }
        let inner = match self.token(at + 2) {
            Some(Token::Text(inner, _) | Token::Symbol(inner)) => inner,
            _ => return None,
        };
        let indexed =
            self.sign(at + 1) == "[" && self.sign(at + 3) == "]" && OPERATORS.contains(&self.sign(at + 4));
        indexed.then(|| (format!("{name}.{inner}"), self.span(at + 2), at + 5))
    }

    fn assigned(&mut self, key: String, name: Range<usize>, next: usize) -> usize {
        // In many languages the value may stand on the next line, but a colon also ends the head of a block.
        if matches!(self.sign(next), "(" | "[" | "{") {
            self.pending = Some(key);
            return next;
        }
        let Some((value, after)) = self.value(next) else {
            return next;
        };
        let mut path = self.scope();
        let segments = segments(&key);
        // The place of `$mail->Username` is that of its last part.
        let last = segments.last().map_or(0, String::len);
        let name = if key.ends_with(segments.last().map_or("", String::as_str)) && name.len() == key.len() {
            name.end - last..name.end
        } else {
            name
        };
        path.extend(segments);
        self.found.entries.push(Entry { path, name, value });
        after
    }

    /// The value that begins here, and the place after it. A name of the program is a reference.
    fn value(&self, at: usize) -> Option<(Value, usize)> {
        let span = self.span(at);
        match self.token(at)? {
            Token::Text(text, quoting) => {
                let joined = matches!(self.token(at + 1), Some(Token::Word(word)) if matches!(word.as_str(), "+" | "." | "%" | ".."));
                let value = if joined {
                    Value::reference(text, span)
                } else {
                    Value::new(text, span, *quoting)
                };
                Some((value, at + 1))
            }
            Token::Symbol(name) => Some((Value::new(name, span, Quoting::Bare), at + 1)),
            Token::Word(word) => {
                let called = self.sign(at + 1) == "(" || self.sign(at + 1) == "[";
                let value = if !called && is_literal(word) {
                    Value::new(word, span, Quoting::Bare)
                } else {
                    Value::reference(word, span)
                };
                Some((value, at + 1))
            }
            Token::Sign(_) | Token::Newline => None,
        }
    }
}

/// `config.action_mailer.smtp_settings`, `$mail->Host`, `Net::SMTP`: the names one by one.
fn segments(name: &str) -> Vec<String> {
    name.split(['.', '>', ':'])
        .map(|part| part.trim_matches(['$', '-', '@', '"', '\'']).to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// A bare word that is its own value: a number, a switch, a host name, a placeholder.
fn is_literal(word: &str) -> bool {
    const SWITCHES: [&str; 11] = [
        "true", "false", "yes", "no", "on", "off", "null", "nil", "none", "always", "never",
    ];
    const STARTS: [&str; 3] = ["<", "AKIA", "aws_"];
    const PARTS: [&str; 4] = ["://", "amazonaws", "...", "***"];
    let lower = word.to_ascii_lowercase();
    let numeric = word.bytes().all(|byte| byte.is_ascii_digit());
    let address = [".com", ".example", ".net", ".org"]
        .iter()
        .any(|end| lower.ends_with(end));
    numeric
        || address
        || SWITCHES.contains(&lower.as_str())
        || STARTS.iter().any(|start| word.starts_with(start))
        || PARTS.iter().any(|part| lower.contains(part))
        || lower.contains("xxx")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let found = read(text);
        found
            .entries
            .iter()
            .map(|e| format!("{}={}", e.path.join("/"), e.value.text()))
            .collect()
    }

    #[test]
    fn assignments_of_several_languages_are_read() {
        assert_eq!(
            shown("createTransport({ host: 'h', auth: { user: process.env.U, pass: \"p\" } })"),
            [
                "createTransport/host=h",
                "createTransport/auth/user=process.env.U",
                "createTransport/auth/pass=p"
            ]
        );
        assert_eq!(shown("$mail->SMTPAuth = true;"), ["mail/SMTPAuth=true"]);
        assert_eq!(
            shown("gitlab_rails['smtp_port'] = 587"),
            ["gitlab_rails/smtp_port=587"]
        );
        assert_eq!(
            shown("config.action_mailer.smtp_settings = {\n  :address => 'h',\n  port: 25 }"),
            [
                "config/action_mailer/smtp_settings/address=h",
                "config/action_mailer/smtp_settings/port=25"
            ]
        );
        assert_eq!(
            shown("resource \"aws_iam_user\" \"smtp\" {\n  name = \"u\"\n}"),
            ["smtp/name=u"]
        );
        assert_eq!(shown("smtp_server h.example.com,"), ["smtp_server=h.example.com"]);
    }

    #[test]
    fn names_of_the_program_are_references() {
        use crate::told::Told;
        let found = read("host: host, port: 587, user: os.environ['U']");
        let told: Vec<Told> = found.entries.iter().map(|e| e.value.told()).collect();
        assert_eq!(told, [Told::Reference, Told::Value, Told::Reference]);
    }
}
