//! What a whole log says, in groups: the same failure at the same host counts once, however often it was logged.

use crate::event::{Event, Failure, Success};
use crate::fingerprint::fingerprint;
use crate::redact::redact;
use crate::time::time_of;
use std::collections::HashMap;

/// More different failures than a person reads.
const MOST_GROUPS: usize = 200;
/// Characters of a sample.
const MOST_CHARACTERS: usize = 1600;
const MOST_SAMPLE_LINES: usize = 16;

/// Records that say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they say.
    pub event: Event,
    /// How many records.
    pub count: u64,
    /// The line, from 1, on which the first begins.
    pub first_line: u64,
    /// The line on which the last begins.
    pub last_line: u64,
    /// The time at the head of the first, as it stands there.
    pub first_time: Option<String>,
    /// The time at the head of the last.
    pub last_time: Option<String>,
    /// The first record, redacted.
    pub sample: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    /// In the order in which they began.
    pub groups: Vec<Group>,
    /// Records whose group would have been one too many.
    pub left_out: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Lines read.
    pub lines: u64,
    /// The first line that is not empty, redacted: it stands for a log in which nothing was found.
    pub opening: String,
    /// The text speaks of mail at all.
    pub mentions_mail: bool,
}

impl Log {
    /// Puts the log of the part that follows behind this one.
    pub fn append(&mut self, later: Self) {
        let mut by_key: HashMap<u64, usize> = HashMap::new();
        for (index, group) in self.groups.iter().enumerate() {
            by_key.insert(key(&group.event), index);
        }
        let before = self.lines;
        for group in later.groups {
            let known = by_key.get(&key(&group.event)).copied();
            let room = self.groups.len() < MOST_GROUPS;
            if let Some(first) = known.and_then(|index| self.groups.get_mut(index)) {
                first.count += group.count;
                first.last_line = before + group.last_line;
                first.last_time = group.last_time;
            } else if room {
                self.groups.push(Group {
                    first_line: before + group.first_line,
                    last_line: before + group.last_line,
                    ..group
                });
            } else {
                self.left_out += group.count;
            }
        }
        self.left_out += later.left_out;
        self.bytes += later.bytes;
        self.lines += later.lines;
        self.mentions_mail |= later.mentions_mail;
        if self.opening.is_empty() {
            self.opening = later.opening;
        }
    }
}

/// Where a record stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) line: u64,
    pub(crate) record: &'a [u8],
}

/// Groups as they grow.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Vec<Growing>,
    by_key: HashMap<u64, usize>,
    pub(crate) left_out: u64,
}

#[derive(Debug)]
struct Growing {
    group: Group,
    /// The head of the last record; its time is read at the end.
    last_head: Vec<u8>,
}

const HEAD: usize = 64;

impl Groups {
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Puts an event into its group; the group's number.
    pub(crate) fn add(&mut self, event: Event, spot: Spot<'_>) -> Option<usize> {
        let key = key(&event);
        if let Some(index) = self.by_key.get(&key).copied() {
            self.again(index, spot);
            return Some(index);
        }
        if self.groups.len() >= MOST_GROUPS {
            self.left_out += 1;
            return None;
        }
        let index = self.groups.len();
        self.by_key.insert(key, index);
        self.groups.push(Growing {
            group: Group {
                event,
                count: 1,
                first_line: spot.line,
                last_line: spot.line,
                first_time: time(spot.record),
                last_time: None,
                sample: sample(spot.record),
            },
            last_head: head(spot.record).to_vec(),
        });
        Some(index)
    }

    /// The group of an event, when there is one.
    pub(crate) fn index_of(&self, event: &Event) -> Option<usize> {
        self.by_key.get(&key(event)).copied()
    }

    /// One more record of a group.
    pub(crate) fn again(&mut self, index: usize, spot: Spot<'_>) {
        if let Some(growing) = self.groups.get_mut(index) {
            growing.group.count += 1;
            growing.group.last_line = spot.line;
            growing.last_head.clear();
            growing.last_head.extend_from_slice(head(spot.record));
        }
    }

    pub(crate) fn finish(self) -> Vec<Group> {
        self.groups
            .into_iter()
            .map(|growing| Group {
                last_time: time(&growing.last_head),
                ..growing.group
            })
            .collect()
    }
}

fn head(record: &[u8]) -> &[u8] {
    record.get(..HEAD).unwrap_or(record)
}

fn time(record: &[u8]) -> Option<String> {
    time_of(&String::from_utf8_lossy(head(record))).map(str::to_owned)
}

/// What tells groups apart; sender, recipient and the text's numbers do not.
fn key(event: &Event) -> u64 {
    let text = match event {
        Event::Worked(Success { what, endpoint }) => {
            format!("{what:?} {:?}", endpoint.as_ref().map(|endpoint| &endpoint.host))
        }
        Event::Failed(failure) => key_of_failure(failure),
    };
    fingerprint(text.as_bytes())
}

fn key_of_failure(failure: &Failure) -> String {
    let reply = failure.reply.as_ref().map(ToString::to_string);
    let host = failure.endpoint.as_ref().map(|endpoint| &endpoint.host);
    let login = failure.login.as_ref().map(|login| login.shape);
    format!(
        "{reply:?} {:?} {host:?} :{:?} {:?} {:?} {login:?} {:?}",
        failure.signs, failure.port, failure.stranger, failure.side, failure.client
    )
}

/// A record for people: redacted, bounded, without what a terminal would obey.
pub(crate) fn sample(record: &[u8]) -> String {
    let text = String::from_utf8_lossy(record);
    let lines: Vec<&str> = text.lines().map(str::trim_end).take(MOST_SAMPLE_LINES).collect();
    let redacted = visible(&redact(&lines.join("\n")));
    let bounded: String = redacted.chars().take(MOST_CHARACTERS).collect();
    bounded.trim_matches('\n').to_owned()
}

/// Without what a terminal would obey.
pub fn visible(text: &str) -> String {
    let plain = |c: char| {
        if c.is_control() && c != '\n' && c != '\t' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(plain).collect()
}
