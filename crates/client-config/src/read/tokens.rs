//! Words, strings and signs of program text, of any language that looks like C, Ruby, Python or HCL.

use crate::entry::Quoting;
use std::ops::Range;

/// Longer files of code are cut: settings stand in small ones.
const MAX_TOKENS: usize = 200_000;

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A bare word: a name, a number, an unquoted value.
    Word(String),
    /// `:name` of Ruby and Elixir.
    Symbol(String),
    /// A quoted string, escapes undone.
    Text(String, Quoting),
    /// A sign: `=`, `:`, `=>`, `(` …
    Sign(&'static str),
    /// A line's end.
    Newline,
}

/// A token and its place; for a string, without the quotes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

const SIGNS: [&str; 20] = [
    "===", "=>", ":=", "==", "!=", "<=", ">=", "??", "||", "&&", "=", ":", "(", ")", "[", "]", "{", "}", ",",
    ";",
];

/// Cuts a text into tokens; comments are left out.
pub(super) fn tokens(text: &str) -> Vec<Placed> {
    let mut cutter = Cutter {
        text,
        at: 0,
        found: Vec::new(),
    };
    while cutter.at < text.len() && cutter.found.len() < MAX_TOKENS {
        cutter.step();
    }
    cutter.found
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Placed>,
}

impl<'a> Cutter<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn before(&self) -> Option<char> {
        self.text.get(..self.at)?.chars().next_back()
    }

    fn push(&mut self, token: Token, span: Range<usize>, next: usize) {
        self.found.push(Placed { token, span });
        self.at = next;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if first == '\n' {
            return self.push(Token::Newline, self.at..self.at + 1, self.at + 1);
        }
        if let Some(length) = self.comment(rest) {
            self.at += length;
        } else if !self.heredoc(rest) && !self.string(rest) && !self.symbol(rest) && !self.word(rest) {
            match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
                Some(sign) => self.push(
                    Token::Sign(sign),
                    self.at..self.at + sign.len(),
                    self.at + sign.len(),
                ),
                None => self.at += first.len_utf8(),
            }
        }
    }

    /// The length of a comment that begins here. `//` within a URL and `#{` are none.
    fn comment(&self, rest: &str) -> Option<usize> {
        let line = rest.find('\n').unwrap_or(rest.len());
        let free = self
            .before()
            .is_none_or(|c| c.is_whitespace() || "{}();,".contains(c));
        if rest.starts_with("/*") {
            return Some(rest.find("*/").map_or(rest.len(), |end| end + 2));
        }
        let hash = rest.starts_with('#') && !rest.starts_with("#{");
        (free && (hash || rest.starts_with("//") || rest.starts_with("-- "))).then_some(line)
    }

    /// `<<EOF … EOF` of HCL, Ruby and PHP.
    fn heredoc(&mut self, rest: &str) -> bool {
        let Some(after) = rest.strip_prefix("<<") else {
            return false;
        };
        let mark = after.trim_start_matches(['<', '-', '~']);
        let name: String = mark
            .trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let line = mark.lines().next().unwrap_or_default();
        if name.is_empty() || line.contains('>') {
            return false;
        }
        let Some(start) = rest.find('\n').map(|end| self.at + end + 1) else {
            return false;
        };
        let body = self.text.get(start..).unwrap_or_default();
        let mut length = 0;
        for line in body.split_inclusive('\n') {
            if line.trim().trim_end_matches([';', ')', ',']) == name {
                let content = body.get(..length).unwrap_or_default().to_owned();
                self.push(
                    Token::Text(content, Quoting::Block),
                    start..start + length,
                    start + length + line.len(),
                );
                return true;
            }
            length += line.len();
        }
        false
    }

    fn string(&mut self, rest: &str) -> bool {
        const QUOTES: [(&str, Quoting); 5] = [
            ("\"\"\"", Quoting::Block),
            ("'''", Quoting::Block),
            ("\"", Quoting::Double),
            ("'", Quoting::Single),
            ("`", Quoting::Single),
        ];
        let Some((quote, quoting)) = QUOTES.into_iter().find(|(quote, _)| rest.starts_with(quote)) else {
            return false;
        };
        let inner = rest.get(quote.len()..).unwrap_or_default();
        let Some((end, value)) = string_end(inner, quote) else {
            return false;
        };
        let start = self.at + quote.len();
        self.push(
            Token::Text(value, quoting),
            start..start + end,
            start + end + quote.len(),
        );
        true
    }

    /// A colon before a name and after a blank or an opening sign.
    fn symbol(&mut self, rest: &str) -> bool {
        let free = self
            .before()
            .is_none_or(|c| c.is_whitespace() || "([{,>".contains(c));
        let Some(name) = rest.strip_prefix(':').filter(|_| free) else {
            return false;
        };
        let length = name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(name.len());
        let word = name.get(..length).unwrap_or_default();
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return false;
        }
        let start = self.at + 1;
        self.push(
            Token::Symbol(word.to_owned()),
            start..start + length,
            start + length,
        );
        true
    }

    /// Also `a->b`, `a::b`, `<placeholder>`.
    fn word(&mut self, rest: &str) -> bool {
        if let Some(length) = placeholder(rest) {
            let written = rest.get(..length).unwrap_or_default().to_owned();
            self.push(Token::Word(written), self.at..self.at + length, self.at + length);
            return true;
        }
        let mut length = 0;
        while let Some(tail) = rest.get(length..).filter(|tail| !tail.is_empty()) {
            let joined = ["->", "::"].into_iter().find(|sign| {
                let after = tail.strip_prefix(sign).unwrap_or_default();
                length > 0 && after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            });
            match (joined, tail.chars().next()) {
                (Some(sign), _) => length += sign.len(),
                (None, Some('-')) if tail.starts_with("->") => break,
                (None, Some(c)) if is_word(c) => length += c.len_utf8(),
                // `smtp://` within a bare word.
                (None, Some(':')) if tail.starts_with("://") && length > 0 => length += 3,
                (None, _) => break,
            }
        }
        let written = rest.get(..length).unwrap_or_default();
        if written.is_empty() {
            return false;
        }
        let in_url = written.contains("://");
        let length = if in_url {
            rest.find(|c: char| c.is_whitespace() || "\"',;)".contains(c))
                .unwrap_or(rest.len())
        } else {
            length
        };
        let written = rest.get(..length).unwrap_or_default().to_owned();
        self.push(Token::Word(written), self.at..self.at + length, self.at + length);
        true
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_$@.-/+%*~\\!•●…".contains(c)
}

fn placeholder(rest: &str) -> Option<usize> {
    const MAX_LENGTH: usize = 60;
    let end = rest.strip_prefix('<')?.find(['>', '\n'])? + 1;
    let inside = rest.get(1..end)?;
    let fits = end <= MAX_LENGTH
        && !inside.is_empty()
        && inside.chars().all(|c| c.is_alphanumeric() || " -_.<".contains(c));
    let closes = rest.get(end..)?;
    (fits && closes.starts_with('>')).then(|| {
        if closes.starts_with(">>") {
            end + 2
        } else {
            end + 1
        }
    })
}

/// Where the string ends, and its value. A string in single or double quotes ends on its line.
fn string_end(inner: &str, quote: &str) -> Option<(usize, String)> {
    let mut value = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, c)) = characters.next() {
        if inner.get(at..).is_some_and(|tail| tail.starts_with(quote)) {
            return Some((at, value));
        }
        match c {
            '\n' if quote.len() == 1 && quote != "`" => return None,
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(escaped) => value.push(escaped),
                None => return None,
            },
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |placed: Placed| match placed.token {
            Token::Word(word) => word,
            Token::Symbol(name) => format!(":{name}"),
            Token::Text(text, _) => format!("'{text}'"),
            Token::Sign(sign) => sign.to_owned(),
            Token::Newline => "\\n".to_owned(),
        };
        tokens(text).into_iter().map(show).collect()
    }

    #[test]
    fn several_languages_are_cut() {
        assert_eq!(shown("$mail->Host = 'h'; // c"), ["$mail->Host", "=", "'h'", ";"]);
        assert_eq!(
            shown(":port => 25, tls: :always # c"),
            [":port", "=>", "25", ",", "tls", ":", ":always"]
        );
        assert_eq!(
            shown("url = smtp://u:p@h:25/ # c"),
            ["url", "=", "smtp://u:p@h:25/"]
        );
        assert_eq!(shown("user: <user-key>,"), ["user", ":", "<user-key>", ","]);
        assert_eq!(shown("p = <<EOF\nx\nEOF\nq"), ["p", "=", "'x\n'", "q"]);
        assert_eq!(shown("a = \"x\\\"y\" /* c */ b"), ["a", "=", "'x\"y'", "b"]);
    }

    #[test]
    fn an_open_string_is_no_string() {
        assert_eq!(shown("it's\nhost = 'h'").last().map(String::as_str), Some("'h'"));
    }
}
