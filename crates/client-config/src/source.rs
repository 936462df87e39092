//! From bytes to text: encodings as editors leave them, and what is no text at all.

use std::fmt::Write as _;

/// Larger files are no configuration.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// So many of the first bytes decide whether a file is text.
const SAMPLE: usize = 8 * 1024;

/// Text, and what had to be done to get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// Said when the bytes were not plain UTF-8.
    pub note: Option<String>,
    /// The text is byte for byte what stands in the file, so that it can be written back.
    pub verbatim: bool,
}

/// Why bytes are not read as a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecodable {
    /// There are zero bytes in it.
    Binary,
    /// It is larger than 16 MiB.
    TooLarge,
}

impl std::fmt::Display for Undecodable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Binary => "this is a binary file, not a configuration",
            Self::TooLarge => "more than 16 MiB, which is no configuration",
        })
    }
}

impl std::error::Error for Undecodable {}

/// UTF-8 with or without a byte order mark, UTF-16 with one, and Latin-1 where nothing else fits.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Undecodable> {
    if bytes.len() > MAX_BYTES {
        return Err(Undecodable::TooLarge);
    }
    match bytes {
        [0xff, 0xfe, rest @ ..] => Ok(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Ok(utf16(rest, u16::from_be_bytes)),
        _ if bytes.iter().take(SAMPLE).any(|byte| *byte == 0) => Err(Undecodable::Binary),
        _ => Ok(eight_bit(bytes)),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    Decoded {
        text: String::from_utf16_lossy(&units),
        note: Some("the file is UTF-16: most mail clients cannot read it".to_owned()),
        verbatim: false,
    }
}

fn eight_bit(bytes: &[u8]) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: text.to_owned(),
            note: None,
            verbatim: true,
        },
        Err(error) => {
            let mut note = "the file is not UTF-8 and is read as Latin-1".to_owned();
            // Writing to a String cannot fail.
            let _ = write!(note, "; the first such byte is at offset {}", error.valid_up_to());
            Decoded {
                text: bytes.iter().map(|byte| char::from(*byte)).collect(),
                note: Some(note),
                verbatim: false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode(b"a=b").unwrap().text, "a=b");
        assert_eq!(decode(b"\xff\xfea\0=\0").unwrap().text, "a=");
        let latin = decode(b"# caf\xe9").unwrap();
        assert_eq!(latin.text, "# café");
        assert!(latin.note.is_some_and(|note| note.contains("offset 5")));
        assert_eq!(decode(b"\x7fELF\0\0"), Err(Undecodable::Binary));
        assert_eq!(decode(&vec![b'a'; MAX_BYTES + 1]), Err(Undecodable::TooLarge));
    }
}
