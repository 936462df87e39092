//! Where a record of a log begins and ends: one line, or a line and the trace that belongs to it.

use crate::text::without_prefix;
use crate::time::has_time;

/// More lines than a stack trace has before it says its cause.
pub(crate) const MOST_LINES: usize = 60;

/// The line begins a record of its own: it bears a time, or is an object or a set of pairs.
pub(crate) fn is_head(line: &str) -> bool {
    let line = without_prefix(line);
    const KEYS: [&str; 9] = [
        "{\"",
        "level=",
        "time=",
        "ts=",
        "t=",
        "logger=",
        "lvl=",
        "severity=",
        "msg=",
    ];
    !line.starts_with([' ', '\t']) && (KEYS.iter().any(|key| line.starts_with(key)) || has_time(line))
}

/// The line belongs to the one before it, though it bears no indent.
pub(crate) fn continues(line: &str, previous: &str) -> bool {
    const HEADS: [&str; 16] = [
        "at ",
        "Caused by",
        "}",
        ")",
        "]",
        "...",
        "…",
        "Reporting-MTA:",
        "Remote-MTA:",
        "Diagnostic-Code:",
        "Action:",
        "Status:",
        "Final-Recipient:",
        "Original-Recipient:",
        "Arrival-Date:",
        "X-Postfix-",
    ];
    let line = without_prefix(line);
    let previous = without_prefix(previous).trim_end();
    line.starts_with([' ', '\t'])
        || HEADS.iter().any(|head| line.starts_with(head))
        || previous.ends_with([':', '{', '(', '[', ',', '\\'])
        || (is_dialogue(line) && is_dialogue(previous) && !ends_dialogue(previous))
}

/// A line of an SMTP dialogue: `C: EHLO x`, `S: 250 Ok`, `<- 250 Ok`, `-> EHLO x`, `250-AUTH PLAIN LOGIN`.
fn is_dialogue(line: &str) -> bool {
    const HEADS: [&str; 17] = [
        "C: ",
        "S: ",
        "<- ",
        "-> ",
        "<~ ",
        "~> ",
        "<** ",
        "<~* ",
        "=== ",
        "*** ",
        "send: ",
        "reply: ",
        "SERVER -> CLIENT:",
        "CLIENT -> SERVER:",
        "SMTP<<",
        "SMTP>>",
        "DEBUG SMTP",
    ];
    HEADS.iter().any(|head| line.trim_start().starts_with(head)) || code(line).is_some() || line == "..."
}

/// A bare refusal ends a dialogue, unless something is indented below it.
fn ends_dialogue(line: &str) -> bool {
    code(line).is_some_and(|code| code >= 400)
}

fn code(line: &str) -> Option<u16> {
    let (digits, rest) = line.split_at_checked(3)?;
    rest.starts_with([' ', '-'])
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|code| (200..600).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_begin_with_a_time_or_a_key() {
        for line in [
            "Jun  6 15:49:11 mail postfix/smtp[1]: x",
            "{\"level\":\"error\"}",
            "level=error err=x",
            "web | 2026-01-02 12:00:00 x",
        ] {
            assert!(is_head(line), "{line}");
        }
        for line in [
            "535 Authentication Credentials Invalid",
            "\tat x",
            "  code: 'EAUTH',",
            "Error: x",
        ] {
            assert!(!is_head(line), "{line}");
        }
    }

    #[test]
    fn traces_and_dialogues_hang_together() {
        assert!(continues("\tat x", "Error: y"));
        assert!(continues(
            "error:1408F10B:SSL routines",
            "OpenSSL Error messages:"
        ));
        assert!(continues("S: 250 Ok", "C: RSET"));
        assert!(continues("501 Invalid MAIL FROM address provided", "..."));
        assert!(!continues(
            "535 Authentication Credentials Invalid",
            "535 Authentication Credentials Invalid"
        ));
        assert!(!continues("Error: y", "Error: x"));
    }
}
