//! Which SES SMTP settings does this file hold, and where do they stand?
//!
//! Pure: text in, typed [`Settings`] out, each value with the span of text that it stands in. Nothing is judged here.
//!
//! A reader for each [`Format`] turns the text into entries (a path of names and a value); what a name means follows
//! from the [`Client`] whose words these are, in `role`; `gather` puts the entries of one login together.

mod client;
mod command;
mod entry;
mod format;
mod gather;
mod position;
mod postfix;
mod read;
mod reading;
mod role;
mod settings;
mod source;
mod told;

pub use client::{Client, DefaultTls};
pub use command::Command;
pub use entry::{Encoding, Quoting, Value};
pub use format::Format;
pub use position::{Lines, Position};
pub use postfix::{MapEntry, Parameter, Postfix, map_type};
pub use reading::{IamAttribute, IamValue, Problem, Reading, read};
pub use settings::{Field, Settings, TlsChoice, TlsField, Transport, Url};
pub use source::{Decoded, Undecodable, decode};
pub use told::Told;
