//! Where requests come from: a file that holds one, a file with one in every line, or the lines of standard input.

use std::fs;
use std::io::{self, BufRead, Read};
use std::path::Path;

/// Bytes that a line may have; AWS's own limits on policies add up to far less.
const MAX_LINE: u64 = 16 << 20;

/// The text of one request, and its first line in what it was read from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) line: usize,
    /// Or why the line is no text.
    pub(super) text: Result<String, &'static str>,
}

/// Requests, one after another. Standard input is not read ahead of the answers.
pub(super) fn of(path: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<Input>>>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(Lines::new(io::stdin().lock())));
    }
    let text = fs::read_to_string(path)?;
    if holds_lines(&text) {
        return Ok(Box::new(Lines::new(io::Cursor::new(text))));
    }
    let whole = Input {
        line: 1,
        text: Ok(text),
    };
    Ok(Box::new(std::iter::once(Ok(whole))))
}

/// Whether a file has a value in every line, rather than one value over all of them.
fn holds_lines(text: &str) -> bool {
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    lines.next().is_some() && !is_json(text) && is_json(first)
}

/// The lines of a stream that are not blank.
struct Lines<R> {
    stream: R,
    line: usize,
}

impl<R: BufRead> Lines<R> {
    fn new(stream: R) -> Self {
        Self { stream, line: 0 }
    }

    fn read(&mut self) -> io::Result<Option<Input>> {
        let mut bytes = Vec::new();
        if (&mut self.stream).take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let line = self.line;
        if bytes.len() as u64 == MAX_LINE && !bytes.ends_with(b"\n") {
            self.skip_line()?;
            return Ok(Some(Input {
                line,
                text: Err("the line is longer than 16 MiB"),
            }));
        }
        let text = String::from_utf8(bytes).map_err(|_| "the line is not UTF-8 text");
        Ok(Some(Input { line, text }))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.stream.fill_buf()?;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let (used, done) = match end {
                Some(at) => (at + 1, true),
                None => (bytes.len(), bytes.is_empty()),
            };
            self.stream.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Input>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read().transpose()? {
                Ok(Input { text: Ok(text), .. }) if text.trim().is_empty() => {}
                read => return Some(read),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(usize, Option<String>)> {
        Lines::new(io::Cursor::new(bytes))
            .map(|input| input.unwrap())
            .map(|input| (input.line, input.text.ok()))
            .collect()
    }

    #[test]
    fn blank_lines_are_no_requests_and_bad_ones_keep_their_place() {
        let found = lines(b"{}\n\n \n\xff\n[]");
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(found, [(1, text("{}\n")), (4, None), (5, text("[]"))]);
    }

    #[test]
    fn a_line_without_end_is_skipped_not_kept() {
        let mut bytes = vec![b'x'; MAX_LINE as usize + 10];
        bytes.extend_from_slice(b"\n{}\n");
        assert_eq!(lines(&bytes), [(1, None), (2, Some("{}\n".to_owned()))]);
    }

    #[test]
    fn one_value_over_many_lines_is_one_request() {
        assert!(!holds_lines("{\n}\n"));
        assert!(!holds_lines("{}\n"));
        assert!(!holds_lines("{\n\"a\": 1,\n"));
        assert!(holds_lines("{}\n{}\n"));
        assert!(holds_lines("{}\nnonsense\n"));
    }
}
