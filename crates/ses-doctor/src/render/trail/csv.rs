//! Events for spreadsheets.

use std::io::{self, Write};
use trail_scan::Event;

/// The members that have a column.
pub(super) const COLUMNS: [&str; 10] = [
    "eventTime",
    "awsRegion",
    "eventSource",
    "eventName",
    "errorCode",
    "userIdentity",
    "accessKeyId",
    "sourceIPAddress",
    "requestID",
    "eventID",
];

/// A spreadsheet under way. (RFC 4180.)
pub(crate) struct Spreadsheet<W: Write> {
    rows: csv::Writer<W>,
    has_head: bool,
}

impl<W: Write> Spreadsheet<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            rows: csv::Writer::from_writer(out),
            has_head: false,
        }
    }

    /// The names of the columns, once.
    pub(crate) fn head(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_head, true) {
            self.rows.write_record(COLUMNS)?;
        }
        Ok(())
    }

    /// One event.
    pub(crate) fn row(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.head()?;
        self.rows
            .write_record(cells(event).map(Option::unwrap_or_default))?;
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.rows.flush()
    }

    /// Where it was written to, once all of it is.
    pub(crate) fn end(mut self) -> io::Result<W> {
        self.head()?;
        self.rows.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The values of an event, in the order of the columns.
pub(super) fn cells<'e>(event: &'e Event<'_>) -> [Option<&'e str>; COLUMNS.len()] {
    [
        event.event_time.as_deref(),
        event.aws_region.as_deref(),
        event.event_source.as_deref(),
        event.event_name.as_deref(),
        event.error_code.as_deref(),
        event.who(),
        event.user_identity.access_key_id.as_deref(),
        event.source_ip_address.as_deref(),
        event.request_id.as_deref(),
        event.event_id.as_deref(),
    ]
}
