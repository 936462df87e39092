//! Writing a transcript while the session runs, with limits and without secrets.

use super::redact::Redactor;
use super::{Line, Speaker, Transcript};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

const MAX_LINES: usize = 200;
const MAX_BYTES: usize = 64 * 1024;
const MAX_LINE: usize = 512;

/// A transcript in the making. Clones write to the same one.
#[derive(Debug, Clone)]
pub struct Recorder {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    start: Instant,
    bytes: usize,
    transcript: Transcript,
    redactor: Redactor,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// An empty transcript that begins now.
    pub fn new() -> Self {
        let inner = Inner {
            start: Instant::now(),
            bytes: 0,
            transcript: Transcript::default(),
            redactor: Redactor::default(),
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    /// Values that must not be seen from now on, in whatever encoding a server may echo them.
    pub fn guard(&self, username: &str, password: &str) {
        self.lock().redactor.add(username, password);
    }

    /// A text without the guarded values.
    pub fn redact(&self, text: &str) -> String {
        self.lock().redactor.redact(text)
    }

    /// A line of this side. Give credentials as their redacted stand-in.
    pub fn client(&self, text: &str) {
        self.push(Speaker::Client, text);
    }

    /// A line of the server.
    pub fn server(&self, text: &str) {
        self.push(Speaker::Server, text);
    }

    /// Something that is not a line.
    pub fn event(&self, text: &str) {
        self.push(Speaker::Event, text);
    }

    /// Milliseconds since the beginning.
    pub fn elapsed_ms(&self) -> u64 {
        millis(self.lock().start)
    }

    /// The transcript so far.
    pub fn transcript(&self) -> Transcript {
        self.lock().transcript.clone()
    }

    fn push(&self, speaker: Speaker, text: &str) {
        let mut inner = self.lock();
        let count = inner.transcript.lines.len();
        if count >= MAX_LINES || inner.bytes >= MAX_BYTES {
            return;
        }
        let last = count + 1 == MAX_LINES;
        let text = if last {
            "transcript cut here".to_owned()
        } else {
            cut(&inner.redactor.redact(&escape(text)))
        };
        let speaker = if last { Speaker::Event } else { speaker };
        inner.bytes += text.len();
        let at_ms = millis(inner.start);
        inner.transcript.lines.push(Line { at_ms, speaker, text });
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since a moment.
pub(crate) fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn escape(text: &str) -> String {
    let plain = |c: char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .flat_map(|c| {
            if plain(c) {
                vec![c]
            } else {
                c.escape_default().collect()
            }
        })
        .collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_enter() {
        let recorder = Recorder::new();
        recorder.guard(
            "AKIAIOSFODNN7EXAMPLE",
            "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
        );
        recorder.server("500 what is AUTH PLAIN AEFLSUFJT1NGT0ROTjdFWEFNUExFAEJMQk0?");
        recorder.server("500 you said BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9");
        recorder.server("500 you said QkxCTS85aFNVRUxmcThHdytyVTFZY0Jqa094R2JoVDJYRzc2M3hWTEdXTDk=");
        insta::assert_snapshot!(recorder.transcript(), @r"
        S: 500 what is AUTH PLAIN <redacted 35 bytes>?
        S: 500 you said <redacted 44 bytes>
        S: 500 you said <redacted 60 bytes>
        ");
    }

    #[test]
    fn lines_and_their_number_are_bounded() {
        let recorder = Recorder::new();
        (0..500).for_each(|_| recorder.server(&"é".repeat(2000)));
        let transcript = recorder.transcript();
        assert!(transcript.lines.len() <= MAX_LINES);
        assert!(
            transcript
                .lines
                .iter()
                .all(|line| line.text.chars().count() < MAX_LINE + 30)
        );
        assert!(transcript.to_string().len() < MAX_BYTES + 4096);
    }

    #[test]
    fn control_characters_are_escaped() {
        let recorder = Recorder::new();
        recorder.server("250 \u{1b}[31mred\0\u{202e}");
        assert_eq!(
            recorder.transcript().lines[0].text,
            "250 \\u{1b}[31mred\\u{0}\\u{202e}"
        );
    }
}
