//! Shell scripts, Dockerfiles and commands pasted from a manual.

use super::dotenv::assignment;
use super::{Found, found, shifted};
use crate::command::Command;
use crate::entry::{Quoting, Value};
use crate::format::Format;
use std::ops::Range;

mod run;

/// A word of a command line: its text, and its place without the quotes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    pub(crate) quoting: Quoting,
}

/// Reads it.
pub(crate) fn read(text: &str) -> Found {
    let mut found = Found::default();
    let mut rest = 0;
    while let Some(tail) = text.get(rest..).filter(|tail| !tail.is_empty()) {
        let length = logical_line(tail);
        let line = tail.get(..length).unwrap_or_default();
        let next = rest + length;
        let body = heredoc(line, text.get(next..).unwrap_or_default());
        if !line.trim_start().starts_with('#') {
            let words = words(text, line);
            run::pipeline(text, &words, &mut found);
            if let Some((length, content)) = &body {
                written(&words, content, next, &mut found);
                rest = next + length;
                continue;
            }
        }
        rest = next;
    }
    found
}

/// The length of a line with its continuations.
fn logical_line(text: &str) -> usize {
    let mut length = 0;
    let mut open = None;
    for line in text.split_inclusive('\n') {
        length += line.len();
        for c in line.chars() {
            match (open, c) {
                (None, '"' | '\'') => open = Some(c),
                (Some(quote), c) if quote == c => open = None,
                _ => {}
            }
        }
        let continues = line.trim_end().ends_with('\\') || (open.is_some() && length < 4096);
        if !continues {
            break;
        }
    }
    length
}

/// The body of a heredoc that this line opens: its length with the end mark, and its content.
fn heredoc<'a>(line: &str, after: &'a str) -> Option<(usize, &'a str)> {
    let (_, mark) = line.split_once("<<").filter(|(_, mark)| !mark.starts_with('<'))?;
    let mark: String = mark
        .trim_start_matches(['-', ' ', '"', '\'', '\\'])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let mut length = 0;
    for line in after.split_inclusive('\n') {
        if !mark.is_empty() && line.trim() == mark {
            return Some((length + line.len(), after.get(..length)?));
        }
        length += line.len();
    }
    None
}

/// What a heredoc writes is read as the file that it is written to.
fn written(words: &[Word], content: &str, at: usize, out: &mut Found) {
    let Some(file) = target(words) else { return };
    out.commands
        .push(Command::Writes(file.text.clone(), file.span.clone()));
    let mut inner = found(Format::of(&file.text, content), content);
    for map in &mut inner.maps {
        map.file = Some(file.text.clone());
    }
    out.extend(shifted(inner, at));
}

/// The file behind `>`, `>>` or `tee`.
fn target(words: &[Word]) -> Option<&Word> {
    let at = words
        .iter()
        .position(|word| word.text == ">" || word.text == ">>" || word.text == "tee")?;
    words.iter().skip(at + 1).find(|word| !word.text.starts_with('-'))
}

/// Cuts a command line into words; `line` is a slice of `text`. Signs between commands are words of their own.
pub(crate) fn words(text: &str, line: &str) -> Vec<Word> {
    let base = crate::entry::span_of(text, line).start;
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace()
            || (first == '\\' && rest.get(1..).is_some_and(|rest| rest.starts_with(['\n', '\r'])))
        {
            at += first.len_utf8();
        } else if first == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(sign) = [">>", "<<<", "<<", "&&", "||", "|", ";", ">", "&"]
            .into_iter()
            .find(|s| rest.starts_with(s))
        {
            words.push(Word {
                text: sign.to_owned(),
                span: base + at..base + at + sign.len(),
                quoting: Quoting::Bare,
            });
            at += sign.len();
        } else {
            let (word, length) = word(rest, base + at);
            words.push(word);
            at += length.max(1);
        }
    }
    words
}

/// One word and its length. A word that is quoted as a whole stands within its quotes.
fn word(rest: &str, base: usize) -> (Word, usize) {
    let mut text = String::new();
    let mut open = None;
    let mut quotes = Quoting::Bare;
    let mut length = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        length = at + c.len_utf8();
        match (open, c) {
            (None, '"' | '\'') => {
                open = Some(c);
                quotes = if c == '"' {
                    Quoting::Double
                } else {
                    Quoting::Single
                };
            }
            (Some(quote), c) if quote == c => open = None,
            (None | Some('"'), '\\') => {
                if let Some((at, escaped)) = characters.next() {
                    length = at + escaped.len_utf8();
                    if escaped != '\n' {
                        text.push(escaped);
                    }
                }
            }
            (None, c) if c.is_whitespace() || "|;&".contains(c) => {
                length = at;
                break;
            }
            (None, '>') => {
                length = at;
                break;
            }
            _ => text.push(c),
        }
    }
    let raw = rest.get(..length).unwrap_or_default();
    let whole = |quote| raw.len() >= 2 && raw.starts_with(quote) && raw.ends_with(quote);
    let span = if whole('"') || whole('\'') {
        base + 1..base + length - 1
    } else {
        base..base + length
    };
    let quoting = if span.len() == length {
        Quoting::Bare
    } else {
        quotes
    };
    // `KEY="value"`: the place is that of the value with its quotes; the text is without them.
    (Word { text, span, quoting }, length)
}

/// `KEY=value` of a word.
fn variable(source: &str, word: &Word) -> Option<(String, Range<usize>, Value)> {
    let raw = source.get(word.span.clone())?;
    let (key, value) = assignment(source, raw)?;
    let quoting = if value.quoting == Quoting::Bare {
        word.quoting
    } else {
        value.quoting
    };
    let text = word.text.strip_prefix(key)?.strip_prefix('=')?;
    Some((
        key.to_owned(),
        crate::entry::span_of(source, key),
        Value::new(text, value.span.clone(), quoting),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        read(text)
            .entries
            .iter()
            .map(|e| format!("{}={}", e.path.join("/"), e.value.text()))
            .collect()
    }

    #[test]
    fn variables_of_scripts_containers_and_images_are_read() {
        assert_eq!(shown("export A=1 B=\"x y\"\n# C=2\n"), ["A=1", "B=x y"]);
        assert_eq!(
            shown("docker run --rm \\\n  -e \"H=h:587\" \\\n  --env P=587 --env-file x.env image\n"),
            ["H=h:587", "P=587"]
        );
        assert_eq!(shown("ENV A=1 B=2\nENV C d e\n"), ["A=1", "B=2", "C=d e"]);
        assert_eq!(
            shown("postconf -e 'relayhost = [h]:587' smtp_use_tls=yes"),
            ["postconf/relayhost=[h]:587", "postconf/smtp_use_tls=yes"]
        );
    }

    #[test]
    fn values_stand_where_they_are_said_to() {
        let text = "docker run -e \"H=h\" -e P='q' x\n";
        let found = read(text);
        let spans: Vec<&str> = found
            .entries
            .iter()
            .map(|e| text.get(e.value.span.clone()).unwrap())
            .collect();
        assert_eq!(spans, ["h", "q"]);
    }

    #[test]
    fn maps_and_commands_are_noticed() {
        let text = "echo \"[$H]:$P $U\" >> /etc/postfix/sasl_passwd\npostmap /etc/postfix/sasl_passwd\n";
        let found = read(text);
        assert_eq!(found.maps[0].key.text(), "[$H]:$P");
        assert_eq!(found.maps[0].file.as_deref(), Some("/etc/postfix/sasl_passwd"));
        assert!(matches!(
            found.commands.as_slice(),
            [Command::Writes(..), Command::Postmap(_)]
        ));
        assert!(matches!(
            read("echo pw | base64").commands.as_slice(),
            [Command::EchoToBase64(_)]
        ));
        assert!(read("echo -n pw | base64").commands.is_empty());
    }

    #[test]
    fn a_heredoc_is_read_as_its_file() {
        let text = "cat > /etc/postfix/sasl_passwd <<EOF\n[h]:587 AKIA:pw\nEOF\n";
        let map = &read(text).maps[0];
        assert_eq!(text.get(map.key.span.clone()).unwrap(), "[h]:587");
    }
}
