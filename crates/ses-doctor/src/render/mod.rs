//! Forms of output. A form knows the published report; nothing knows the form.

pub(crate) mod comparison;
mod dialogue;
mod exhibit;
mod experiment;
pub(crate) mod explanation;
pub(crate) mod lint;
pub(crate) mod minimum;
pub(crate) mod permissions;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod progress;
pub(crate) mod reproduction;
pub(crate) mod run;
pub(crate) mod sarif;
pub(crate) mod text;
mod timeline;
pub(crate) mod trail;

pub(crate) use dialogue::dialogue;
pub(crate) use exhibit::words;

use serde::Serialize;
use std::io::{self, Write};

/// One JSON object in one line.
pub(crate) fn json_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    writeln!(out)
}

/// One JSON object, indented, with a line feed.
pub(crate) fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    writeln!(out)
}
