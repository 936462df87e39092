//! Making plain text of what a log holds: other encodings, escapes of JSON, colours, prefixes of log collectors.

use std::borrow::Cow;

/// How the bytes of a text are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or any superset of ASCII: what is not UTF-8 is replaced.
    AsciiLike,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
}

impl Encoding {
    /// By the byte order mark, else by where the zero bytes of the head stand.
    pub(crate) fn of(head: &[u8]) -> Self {
        match head {
            [0xFF, 0xFE, ..] => return Self::Utf16Le,
            [0xFE, 0xFF, ..] => return Self::Utf16Be,
            _ => {}
        }
        let head = head.get(..head.len().min(512)).unwrap_or(head);
        let zeros = |offset: usize| {
            head.iter()
                .skip(offset)
                .step_by(2)
                .filter(|byte| **byte == 0)
                .count()
        };
        let most = |count: usize| head.len() >= 8 && count * 10 >= head.len() / 2 * 8;
        match (most(zeros(0)), most(zeros(1))) {
            (false, true) => Self::Utf16Le,
            (true, false) => Self::Utf16Be,
            (true, true) | (false, false) => Self::AsciiLike,
        }
    }
}

/// UTF-16 in pieces; half a character waits for the next piece.
#[derive(Debug)]
pub(crate) struct Utf16 {
    big_endian: bool,
    rest: Vec<u8>,
}

impl Utf16 {
    pub(crate) fn new(big_endian: bool) -> Self {
        Self {
            big_endian,
            rest: Vec::new(),
        }
    }

    /// The characters that are complete.
    pub(crate) fn decode(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let mut units: Vec<u16> = self.rest.chunks_exact(2).map(|pair| self.unit(pair)).collect();
        let half = units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit));
        if half {
            units.pop();
        }
        self.rest.drain(..units.len() * 2);
        char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .filter(|character| *character != '\u{feff}')
            .collect()
    }

    fn unit(&self, pair: &[u8]) -> u16 {
        let pair = [
            pair.first().copied().unwrap_or(0),
            pair.get(1).copied().unwrap_or(0),
        ];
        if self.big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    }
}

/// Without escapes of JSON, colours, and the prefix that Docker Compose puts before each line.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let text = without_colours(text);
    let text = if text.contains(" | ") {
        Cow::Owned(without_prefixes(&text))
    } else {
        text
    };
    // Logs of logs are escaped twice.
    let once = if is_escaped(&text) {
        Cow::Owned(unescape(&text))
    } else {
        text
    };
    if is_escaped(&once) {
        Cow::Owned(unescape(&once))
    } else {
        once
    }
}

fn is_escaped(text: &str) -> bool {
    ["\\\"", "\\n", "\\u", "\\/"]
        .iter()
        .any(|escape| text.contains(escape))
}

fn without_colours(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = after
            .split_once(|c: char| c.is_ascii_alphabetic())
            .map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `web-1  | text`: the name of a service, blanks, a bar.
pub(crate) fn without_prefix(line: &str) -> &str {
    let Some((name, rest)) = line.split_once(" | ") else {
        return line;
    };
    let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    if name.len() <= 40 && !name.is_empty() && name.chars().all(fits) {
        rest
    } else {
        line
    }
}

fn without_prefixes(text: &str) -> String {
    text.split('\n')
        .map(without_prefix)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Undoes one layer of JSON's escapes; a backslash that begins none stays.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (decoded, length) = escape(after);
        match decoded {
            Some(decoded) => out.push(decoded),
            None if length == 0 => out.push('\\'),
            None => {}
        }
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character behind a backslash, and how many bytes it takes. `\r` is dropped.
fn escape(after: &str) -> (Option<char>, usize) {
    let unicode = || {
        let digits = after.get(1..5)?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    };
    match after.chars().next() {
        Some('n') => (Some('\n'), 1),
        Some('t') => (Some('\t'), 1),
        Some('r') => (None, 1),
        Some(plain @ ('"' | '/' | '\'' | '\\')) => (Some(plain), 1),
        Some('u') => match unicode() {
            Some(decoded) => (Some(decoded), 5),
            None => (None, 0),
        },
        Some(_) | None => (None, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn json_is_unescaped_once_or_twice() {
        assert_eq!(
            plain(r#"{"err":"said \"535 no\"\n\tat x"}"#),
            "{\"err\":\"said \"535 no\"\n\tat x\"}"
        );
        assert_eq!(
            plain(r#"\\n \\\" \u003ca\u003e \x"#),
            "
 \" <a> \\x"
        );
        assert_eq!(plain("C:\\temp"), "C:\\temp");
    }

    #[test]
    fn colours_and_prefixes_go() {
        assert_eq!(plain("\u{1b}[31m535\u{1b}[0m no"), "535 no");
        assert_eq!(plain("web-1  | 535 no\nweb-1  |   at x"), "535 no\n  at x");
        assert_eq!(plain("a <b> | c"), "a <b> | c");
    }

    #[test]
    fn utf16_is_told_by_its_mark_or_its_zeros() {
        let bytes: Vec<u8> = "535 no way".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Encoding::of(&bytes), Encoding::Utf16Le);
        assert_eq!(Encoding::of(b"\xfe\xff\0a"), Encoding::Utf16Be);
        assert_eq!(Encoding::of(b"535 no way"), Encoding::AsciiLike);
        assert_eq!(Encoding::of(&[0; 40]), Encoding::AsciiLike);
    }

    proptest! {
        #[test]
        fn utf16_may_be_cut_anywhere(text in "\\PC{0,40}", at in 0usize..80) {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let (head, tail) = bytes.split_at(at.min(bytes.len()));
            let mut decoder = Utf16::new(true);
            let decoded = decoder.decode(head) + &decoder.decode(tail);
            prop_assert_eq!(decoded, text.replace('\u{feff}', ""));
        }

        #[test]
        fn any_text_becomes_plain(text in "\\PC{0,80}") {
            let _ = plain(&text);
        }
    }
}
