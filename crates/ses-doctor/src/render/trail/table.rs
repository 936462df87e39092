//! Events of CloudTrail as a table, line by line, so that none has to wait for the last.

use std::io::{self, Write};
use trail_scan::Event;

const HEAD: [(&str, usize); 6] = [
    ("TIME", 20),
    ("REGION", 14),
    ("ACTION", 34),
    ("ERROR", 22),
    ("FROM", 16),
    ("WHO", 0),
];

/// A table under way.
pub(crate) struct Table<W: Write> {
    out: W,
    has_head: bool,
}

impl<W: Write> Table<W> {
    /// Nothing is written before the first row.
    pub(crate) fn new(out: W) -> Self {
        Self { out, has_head: false }
    }

    /// One event.
    pub(crate) fn row(&mut self, event: &Event<'_>) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_head, true) {
            self.cells(HEAD.map(|(name, _)| name.to_owned()))?;
        }
        let service = event.event_source.as_deref().unwrap_or("?");
        let service = service.strip_suffix(".amazonaws.com").unwrap_or(service);
        let who = match (event.who(), event.user_identity.access_key_id.as_deref()) {
            (Some(who), Some(key)) => format!("{who} ({key})"),
            (Some(who), None) => who.to_owned(),
            (None, key) => key.unwrap_or("-").to_owned(),
        };
        self.cells([
            event.event_time.as_deref().unwrap_or("-").to_owned(),
            event.aws_region.as_deref().unwrap_or("-").to_owned(),
            format!("{service}:{}", event.event_name.as_deref().unwrap_or("?")),
            event.error_code.as_deref().unwrap_or("-").to_owned(),
            event.source_ip_address.as_deref().unwrap_or("-").to_owned(),
            who,
        ])
    }

    fn cells(&mut self, cells: [String; 6]) -> io::Result<()> {
        let line: String = cells
            .iter()
            .zip(HEAD)
            .map(|(cell, (_, width))| format!("{:width$}  ", super::within_line(cell)))
            .collect();
        writeln!(self.out, "{}", line.trim_end())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Where it was written to.
    pub(crate) fn end(self) -> W {
        self.out
    }
}
