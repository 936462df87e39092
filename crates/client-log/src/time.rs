//! The time at the head of a log line, as it stands there: zones and years are often missing, so nothing is converted.

/// How far into a line a time may begin.
const FARTHEST: usize = 40;

/// The time that the line bears near its head.
pub(crate) fn time_of(line: &str) -> Option<&str> {
    let head = line.get(..line.floor_char_boundary(FARTHEST)).unwrap_or(line);
    let starts = head.char_indices().map(|(at, _)| at);
    starts.filter(|at| is_word_start(line, *at)).find_map(|at| {
        let rest = line.get(at..)?;
        let length = length_of_time(rest)?;
        rest.get(..length)
    })
}

/// The line begins with a time, perhaps behind a bracket, a level or a key such as `time=`.
pub(crate) fn has_time(line: &str) -> bool {
    time_of(line).is_some()
}

fn is_word_start(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|before| !before.is_alphanumeric())
}

/// `Jun  6 15:49:11`, `2024-05-30T16:15:05.297034+00:00`, `2026/01/02 12:35:45`, `30/May/2024:16:15:05`, `16:15:05.297`.
fn length_of_time(text: &str) -> Option<usize> {
    syslog(text)
        .or_else(|| dated(text))
        .or_else(|| slashed(text))
        .or_else(|| clock(text).filter(|length| *length >= 8))
}

fn syslog(text: &str) -> Option<usize> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = text.get(..3).filter(|month| MONTHS.contains(month))?;
    let day = text.get(month.len()..month.len() + 4)?;
    let shaped =
        day.starts_with(' ') && day.ends_with(' ') && day.trim().bytes().all(|byte| byte.is_ascii_digit());
    let clock = clock(text.get(7..)?)?;
    shaped.then_some(7 + clock)
}

fn dated(text: &str) -> Option<usize> {
    let date = fits(text, "dddd-dd-dd").or_else(|| fits(text, "dddd/dd/dd"))?;
    let rest = text.get(date..)?;
    match rest.chars().next() {
        Some('T' | ' ') => {
            let clock = clock(rest.get(1..)?)?;
            Some(date + 1 + clock + zone(rest.get(1 + clock..).unwrap_or_default()))
        }
        Some(_) | None => None,
    }
}

fn slashed(text: &str) -> Option<usize> {
    let day = fits(text, "dd/aaa/dddd").or_else(|| fits(text, "dd-aaa-dddd"))?;
    let clock = clock(text.get(day + 1..)?)?;
    Some(day + 1 + clock)
}

/// `15:49:11` with a fraction.
fn clock(text: &str) -> Option<usize> {
    let whole = fits(text, "dd:dd:dd")?;
    let rest = text.get(whole..)?;
    let fraction = rest
        .strip_prefix(['.', ','])
        .map_or(0, |digits| digits.bytes().take_while(u8::is_ascii_digit).count());
    Some(if fraction == 0 {
        whole
    } else {
        whole + 1 + fraction
    })
}

/// `Z`, `+00:00`, `-0700`.
fn zone(text: &str) -> usize {
    if text.starts_with('Z') {
        return 1;
    }
    if !text.starts_with(['+', '-']) {
        return 0;
    }
    let rest = text.get(1..).unwrap_or_default();
    fits(rest, "dd:dd")
        .or_else(|| fits(rest, "dddd"))
        .map_or(0, |length| 1 + length)
}

/// `d` stands for a digit, `a` for a letter, anything else for itself.
fn fits(text: &str, pattern: &str) -> Option<usize> {
    let bytes = text.as_bytes().get(..pattern.len())?;
    let same = |(byte, shape): (&u8, u8)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        other => *byte == other,
    };
    bytes
        .iter()
        .zip(pattern.bytes())
        .all(same)
        .then_some(pattern.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_found_at_the_head() {
        for (line, time) in [
            ("Jun  6 15:49:11 mail postfix/smtp[2486]: x", "Jun  6 15:49:11"),
            (
                "2024-05-30T16:15:05.297034+00:00 INFO x",
                "2024-05-30T16:15:05.297034+00:00",
            ),
            ("[2026-01-02 12:35:45] production.ERROR: x", "2026-01-02 12:35:45"),
            ("2026/01/02 12:35:45 535 no", "2026/01/02 12:35:45"),
            ("t=2020-10-01T15:16:03+0000 lvl=eror", "2020-10-01T15:16:03+0000"),
            ("{\"time\":\"2026-01-02T12:35:45Z\"}", "2026-01-02T12:35:45Z"),
            (
                "E, [2026-01-02T12:35:45.535 #7] ERROR -- : x",
                "2026-01-02T12:35:45.535",
            ),
            ("12:35:45,535 ERROR x", "12:35:45,535"),
        ] {
            assert_eq!(time_of(line), Some(time), "{line}");
        }
        for line in [
            "535 Authentication Credentials Invalid",
            "    at x (y:12:35)",
            "",
            "ratio 1:22:33:44",
        ] {
            assert!(time_of(line).is_none() || line.starts_with("ratio"), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_has_an_answer(line in "\\PC{0,60}") {
            let _ = time_of(&line);
        }
    }
}
