//! The SMTP dialogue as a person reads it.

use anstyle::{AnsiColor, Style};
use ses_smtp::transcript::{Speaker, Transcript};
use std::io::{self, Write};

/// One line each: milliseconds, who, what.
pub(crate) fn dialogue(out: &mut dyn Write, transcript: &Transcript) -> io::Result<()> {
    for line in &transcript.lines {
        let (mark, style) = match line.speaker {
            Speaker::Client => ("C:", Style::new().fg_color(Some(AnsiColor::Cyan.into()))),
            Speaker::Server => ("S:", Style::new()),
            Speaker::Event => ("--", Style::new().dimmed()),
        };
        writeln!(
            out,
            "  {:>6} ms  {style}{mark} {}{style:#}",
            line.at_ms, line.text
        )?;
    }
    Ok(())
}
