//! What a shell script, a Dockerfile or a manual does, as far as it bears upon a login.

use std::ops::Range;

/// A command of interest, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `echo X | base64` without `-n`: the encoded value ends in a line feed.
    EchoToBase64(Range<usize>),
    /// `postmap FILE`, `newaliases` for maps: the map is compiled here.
    Postmap(Range<usize>),
    /// A file is written; its name.
    Writes(String, Range<usize>),
    /// A package is installed; its name.
    Installs(String, Range<usize>),
    /// `docker run --env-file FILE`: quotes in that file become part of the values.
    EnvFile(String, Range<usize>),
}

impl Command {
    /// Where it stands.
    pub fn span(&self) -> &Range<usize> {
        match self {
            Self::EchoToBase64(span)
            | Self::Postmap(span)
            | Self::Writes(_, span)
            | Self::Installs(_, span)
            | Self::EnvFile(_, span) => span,
        }
    }

    pub(crate) fn shift(&mut self, by: usize) {
        let (Self::EchoToBase64(span)
        | Self::Postmap(span)
        | Self::Writes(_, span)
        | Self::Installs(_, span)
        | Self::EnvFile(_, span)) = self;
        *span = span.start + by..span.end + by;
    }
}
