//! What could not be read: the first of each kind is told when it is met, the rest is counted; and all of it is written to a file,
//! where one was asked for.

use super::{Sink, damage, plural, warning};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use trail_scan::{Damage, Loss, Summary};

/// So many of each kind are told one by one: a bucket may deny a million objects.
const MOST: u64 = 10;

/// What was met so far.
pub(crate) struct Losses {
    most: u64,
    met: BTreeMap<Loss, u64>,
    file: Option<BufWriter<Sink>>,
    failed: Option<io::Error>,
}

/// A line of the file.
#[derive(Serialize)]
struct Lost<'a> {
    file: &'a str,
    loss: &'static str,
    reason: String,
    help: &'static str,
}

/// Its last line.
#[derive(Serialize)]
struct Last {
    summary: Counts,
}

#[derive(Serialize)]
struct Counts {
    schema: &'static str,
    events: u64,
    files: u64,
    bytes: u64,
    left_out: u64,
    denied: u64,
    unreadable: u64,
    damaged: u64,
    records: u64,
}

impl Losses {
    /// With `all`, every one is told.
    pub(crate) fn new(all: bool, file: Option<Sink>) -> Self {
        Self {
            most: if all { u64::MAX } else { MOST },
            met: BTreeMap::new(),
            file: file.map(BufWriter::new),
            failed: None,
        }
    }

    /// What is to be said about it, if it is not only counted.
    pub(crate) fn met(&mut self, found: &Damage) -> Option<String> {
        let loss = found.fault.loss();
        self.write(&Lost {
            file: &found.name,
            loss: word(loss),
            reason: found.fault.to_string(),
            help: found.fault.help(),
        });
        let met = self.met.entry(loss).or_default();
        *met += 1;
        (*met <= self.most).then(|| damage(found))
    }

    /// How many were only counted, by kind. `help` tells how to see them.
    pub(crate) fn rest(&self, help: &str) -> Option<String> {
        let more: Vec<String> = self
            .met
            .iter()
            .filter_map(|(loss, met)| Some((*loss, met.checked_sub(self.most)?)))
            .filter(|(_, more)| *more > 0)
            .map(|(loss, more)| counted_only(loss, more))
            .collect();
        (!more.is_empty()).then(|| warning(format!("not named here: {}", more.join("; ")), help))
    }

    /// The file is whole.
    pub(crate) fn end(mut self, summary: &Summary) -> io::Result<()> {
        let summary = Counts {
            schema: "ses-doctor/not-read/v1",
            events: summary.matches,
            files: summary.files,
            bytes: summary.bytes,
            left_out: summary.left_out,
            denied: summary.denied,
            unreadable: summary.unreadable,
            damaged: summary.damaged,
            records: summary.unread,
        };
        self.write(&Last { summary });
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        match self.file {
            Some(file) => file.into_inner().map_err(io::IntoInnerError::into_error)?.end(),
            None => Ok(()),
        }
    }

    /// An error is told at the end: what else is found does not depend on this file.
    fn write(&mut self, line: &impl Serialize) {
        let Some(file) = &mut self.file else { return };
        let written = serde_json::to_writer(&mut *file, line)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }
}

fn word(loss: Loss) -> &'static str {
    match loss {
        Loss::Denied => "denied",
        Loss::Unreadable => "unreadable",
        Loss::Damaged => "damaged",
        Loss::Records => "records",
    }
}

fn counted_only(loss: Loss, more: u64) -> String {
    match loss {
        Loss::Records => format!("{} with unreadable records", plural(more, "more file")),
        Loss::Denied | Loss::Unreadable | Loss::Damaged => lost(loss, more, "more "),
    }
}

/// What was not read, by kind.
pub(crate) fn not_read(summary: &Summary) -> Vec<String> {
    let kinds = [
        (Loss::Denied, summary.denied),
        (Loss::Unreadable, summary.unreadable),
        (Loss::Damaged, summary.damaged),
        (Loss::Records, summary.unread),
    ];
    let met = kinds.into_iter().filter(|(_, count)| *count > 0);
    met.map(|(loss, count)| lost(loss, count, "")).collect()
}

/// A prefix of a bucket or a folder that may not be entered counts once, whatever it holds.
fn lost(loss: Loss, count: u64, more: &str) -> String {
    let (files, places) = match count {
        1 => ("file", "file or folder"),
        _ => ("files", "files or folders"),
    };
    match loss {
        Loss::Denied => format!("access denied to {count} {more}{places}"),
        Loss::Unreadable => format!("{count} {more}{places} could not be had"),
        Loss::Damaged => format!("{count} {more}damaged {files} skipped"),
        Loss::Records => format!("{} unreadable", plural(count, "record")),
    }
}
