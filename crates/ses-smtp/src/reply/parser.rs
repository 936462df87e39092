//! Bytes in, replies out, with limits that a hostile server cannot stretch.

use super::Reply;
use std::fmt;

/// Longest line taken, without its line ending. RFC 5321 section 4.5.3.1.5 says 512; some servers say more.
pub const MAX_LINE: usize = 2048;
/// Most lines of one reply.
pub const MAX_LINES: usize = 128;
const EXCERPT: usize = 120;

/// Why what came is not a reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// A line beyond [`MAX_LINE`].
    #[error("a reply line is longer than {MAX_LINE} bytes")]
    LineTooLong,
    /// A reply beyond [`MAX_LINES`].
    #[error("a reply has more than {MAX_LINES} lines")]
    TooManyLines,
    /// The lines of one reply bear different codes (RFC 5321 section 4.2.1).
    #[error("a reply began with code {first} and went on with {then}")]
    CodeChanged {
        /// Of the first line.
        first: u16,
        /// Of the offending line.
        then: u16,
    },
    /// A line that does not begin with a code from 200 to 599.
    #[error("not an SMTP reply: {line}")]
    NotAReply {
        /// The line's beginning, with control characters replaced.
        line: String,
    },
}

impl ReplyError {
    /// Whether a limit was exceeded, rather than the syntax broken.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::LineTooLong | Self::TooManyLines)
    }
}

/// Takes bytes as they come and gives replies as they are complete. Bare LF line endings are tolerated.
#[derive(Default)]
pub struct ReplyParser {
    buffer: Vec<u8>,
    code: Option<u16>,
    lines: Vec<String>,
}

impl fmt::Debug for ReplyParser {
    /// Only sizes: a server may echo a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ReplyParser({} bytes, {} lines)",
            self.buffer.len(),
            self.lines.len()
        )
    }
}

impl ReplyParser {
    /// An empty parser.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes received.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Takes the next whole reply, `None` when more bytes are needed. After an error the parser starts anew behind the
    /// offending line.
    pub fn take(&mut self) -> Result<Option<Reply>, ReplyError> {
        while let Some(line) = self.take_line()? {
            if let Some(reply) = self.add(&line).inspect_err(|_| self.code = None)? {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    /// Whether bytes or lines are left over that no reply has used.
    pub fn has_leftover(&self) -> bool {
        !self.buffer.is_empty() || self.code.is_some()
    }

    /// The beginning of what is buffered, made harmless for display.
    pub fn leftover(&self) -> String {
        excerpt(&self.buffer)
    }

    fn take_line(&mut self) -> Result<Option<Vec<u8>>, ReplyError> {
        let end = self.buffer.iter().position(|byte| *byte == b'\n');
        if end.unwrap_or(self.buffer.len()) > MAX_LINE + 1 {
            self.buffer.clear();
            self.code = None;
            return Err(ReplyError::LineTooLong);
        }
        let Some(end) = end else { return Ok(None) };
        let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
        line.pop();
        line.pop_if(|last| *last == b'\r');
        Ok(Some(line))
    }

    fn add(&mut self, line: &[u8]) -> Result<Option<Reply>, ReplyError> {
        let (code, last, text) = split(line).ok_or_else(|| ReplyError::NotAReply { line: excerpt(line) })?;
        let first = *self.code.get_or_insert(code);
        if self.lines.is_empty() || first == code {
            self.lines.push(printable(text));
        } else {
            self.lines.clear();
            return Err(ReplyError::CodeChanged { first, then: code });
        }
        if self.lines.len() > MAX_LINES {
            self.lines.clear();
            return Err(ReplyError::TooManyLines);
        }
        if !last {
            return Ok(None);
        }
        self.code = None;
        Ok(Some(Reply {
            code,
            lines: std::mem::take(&mut self.lines),
        }))
    }
}

/// Code, whether it is the last line, and text.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) || !(200..600).contains(&code) {
        return None;
    }
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', text)) => Some((code, true, text)),
        Some((b'-', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

fn excerpt(bytes: &[u8]) -> String {
    printable(bytes).chars().take(EXCERPT).collect()
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(bytes: &[u8]) -> Result<Option<Reply>, ReplyError> {
        let mut parser = ReplyParser::new();
        parser.push(bytes);
        parser.take()
    }

    #[test]
    fn one_line_and_many() {
        let reply = parse(b"535 Authentication Credentials Invalid\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(reply.to_string(), "535 Authentication Credentials Invalid");
        let ehlo = parse(b"250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250 Ok\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(ehlo.lines, ["email-smtp.amazonaws.com", "8BITMIME", "Ok"]);
        assert_eq!(parse(b"250\n").unwrap().unwrap().lines, [""], "no text, bare LF");
        assert_eq!(parse(b"250-half\r\n25").unwrap(), None);
    }

    #[test]
    fn broken_replies_are_named() {
        assert!(matches!(
            parse(b"HTTP/1.1 400 Bad Request\r\n"),
            Err(ReplyError::NotAReply { .. })
        ));
        assert!(
            matches!(parse(b"\0\0\0\n"), Err(ReplyError::NotAReply { line }) if line == "\u{fffd}\u{fffd}\u{fffd}")
        );
        assert!(matches!(parse(b"250x\r\n"), Err(ReplyError::NotAReply { .. })));
        assert!(matches!(parse(b"199 a\r\n"), Err(ReplyError::NotAReply { .. })));
        assert_eq!(
            parse(b"250-a\r\n251 b\r\n"),
            Err(ReplyError::CodeChanged {
                first: 250,
                then: 251
            })
        );
        assert_eq!(parse(&[b'2'; 5000]), Err(ReplyError::LineTooLong));
        assert_eq!(parse(&b"250-x\r\n".repeat(200)), Err(ReplyError::TooManyLines));
    }

    #[test]
    fn what_follows_a_reply_is_left_over() {
        let mut parser = ReplyParser::new();
        parser.push(b"220 Ready\r\n250 injected\r\n");
        assert_eq!(parser.take().unwrap().unwrap().code, 220);
        assert!(parser.has_leftover());
        assert_eq!(parser.leftover(), "250 injected\u{fffd}\u{fffd}");
    }

    #[test]
    fn enhanced_status_codes_are_found_at_the_head() {
        let reply = |text: &str| Reply {
            code: 451,
            lines: vec![text.to_owned()],
        };
        assert_eq!(
            reply("4.4.2 Timeout waiting").enhanced_status_code(),
            Some("4.4.2")
        );
        assert_eq!(reply("Timeout 4.4.2").enhanced_status_code(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces(bytes in proptest::collection::vec(any::<u8>(), 0..600), size in 1usize..50) {
            let mut parser = ReplyParser::new();
            for piece in bytes.chunks(size) {
                parser.push(piece);
                while let Ok(Some(reply)) = parser.take() {
                    prop_assert!((200..600).contains(&reply.code));
                }
            }
        }

        #[test]
        fn pieces_make_no_difference(code in 200u16..600, lines in proptest::collection::vec("[ -~]{0,60}", 1..6), size in 1usize..20) {
            let last = lines.len() - 1;
            let wire: String = lines.iter().enumerate()
                .map(|(at, line)| format!("{code}{}{line}\r\n", if at == last { ' ' } else { '-' })).collect();
            let mut parser = ReplyParser::new();
            let mut found = None;
            for piece in wire.as_bytes().chunks(size) {
                parser.push(piece);
                found = parser.take().unwrap().or(found);
            }
            prop_assert_eq!(found, Some(Reply { code, lines }));
        }
    }
}
