//! Whole files to their text, in buffers that are kept from file to file.

use std::io::{self, BufRead as _, Read};

use libdeflater::Decompressor;
use memchr::memmem;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::memory::Buffer;

/// How a file is packed, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Not at all.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Packing {
    pub(crate) fn of(first: &[u8]) -> Self {
        match first {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// The text of what `reader` gives, piece by piece.
    pub(crate) fn unpack<'a>(self, reader: impl Read + 'a) -> Box<dyn Read + 'a> {
        match self {
            Self::Plain => Box::new(reader),
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(reader)),
            Self::Zstd => Box::new(ZstdFrames::new(reader)),
        }
    }
}

/// A gzip file of one member, unpacked at once into `text`; `None` when it has to be read piece by piece: because there is
/// no room for it, or it is made of several members, or it is damaged, of which the other way knows more.
pub(crate) fn gzip_whole<'t>(
    inflate: &mut Decompressor,
    packed: &[u8],
    text: &'t mut Buffer<'_>,
) -> Option<&'t [u8]> {
    let size = packed.last_chunk::<4>().map(|size| u32::from_le_bytes(*size))?;
    let size = usize::try_from(size).ok()?;
    // Deflate gives 1,032 bytes for one at the most: whoever says more lies.
    if size > packed.len().saturating_mul(1032) {
        return None;
    }
    let room = text.room(size)?;
    if has_another_member(inflate, packed, room) {
        return None;
    }
    let written = inflate.gzip_decompress(packed, room).ok()?;
    (written == size).then_some(())?;
    Some(room)
}

/// Among packed bytes, some look like the header of another member in one of 250 files of half a megabyte.
const MOST_LOOKALIKES: usize = 4;

/// Whether a member ends where the header of another may begin: its magic bytes and method, and flags without the reserved
/// bits.
fn has_another_member(inflate: &mut Decompressor, packed: &[u8], room: &mut [u8]) -> bool {
    let again = memmem::find_iter(packed, &[0x1F, 0x8B, 0x08]).skip(1);
    let headers = again.filter(|at| packed.get(at + 3).is_some_and(|flags| flags & 0xE0 == 0));
    headers.enumerate().any(|(count, at)| {
        let before = packed.get(..at).unwrap_or_default();
        count == MOST_LOOKALIKES || inflate.gzip_decompress(before, room).is_ok()
    })
}

/// The largest window of a Zstandard frame that is taken: the one that every decoder should take (RFC 8878, section
/// 3.1.1.1.2). Beyond lies what only `zstd --long` and `--ultra` make.
const WINDOW: u64 = 8 * 1024 * 1024;

/// A window that is larger than is taken.
#[derive(Debug, thiserror::Error)]
#[error("its window is larger than 8 MiB")]
pub(crate) struct WindowTooLarge;

/// All frames of a Zstandard file, one after another.
struct ZstdFrames<R: Read> {
    reader: io::BufReader<R>,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: Read> ZstdFrames<R> {
    fn new(reader: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Self {
            reader: io::BufReader::new(reader),
            decoder,
            in_frame: false,
        }
    }

    /// Enters the next frame that holds text. False at the end.
    fn enter(&mut self) -> io::Result<bool> {
        while !self.reader.fill_buf()?.is_empty() {
            let mut head = [0; 4];
            self.reader.read_exact(&mut head)?;
            if !is_to_be_skipped(head) {
                let frame = head.chain(&mut self.reader);
                self.decoder.init(frame).map_err(unentered)?;
                return Ok(true);
            }
            // Its size, and so many bytes of whoever made it. (RFC 8878, section 3.1.2.)
            let mut size = [0; 4];
            self.reader.read_exact(&mut size)?;
            let size = u64::from(u32::from_le_bytes(size));
            if io::copy(&mut self.reader.by_ref().take(size), &mut io::sink())? < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(false)
    }

    fn check(&self) -> io::Result<()> {
        match self.decoder.get_checksum_from_data() {
            Some(sum) if self.decoder.get_calculated_checksum() != Some(sum) => {
                Err(damaged("the checksum does not fit"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for ZstdFrames<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame {
                self.in_frame = self.enter()?;
                if !self.in_frame {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder
                    .decode_blocks(&mut self.reader, one)
                    .map_err(damaged)?;
            }
            let read = self.decoder.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            self.check()?;
            self.in_frame = false;
        }
    }
}

fn is_to_be_skipped(head: [u8; 4]) -> bool {
    matches!(head, [0x50..=0x5F, 0x2A, 0x4D, 0x18])
}

fn unentered(error: FrameDecoderError) -> io::Error {
    match matches!(error, FrameDecoderError::WindowSizeTooBig { .. }) {
        true => io::Error::new(io::ErrorKind::InvalidData, WindowTooLarge),
        false => damaged(error),
    }
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Budget;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let packing = Packing::of(packed);
        assert_ne!(packing, Packing::Plain);
        packing.unpack(packed).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn members_and_frames_follow_one_another() {
        assert_eq!(
            unpacked(&[gzip(b"one"), gzip(b"two")].concat()).unwrap(),
            b"onetwo"
        );
        let skipped = [0x53, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9];
        let frames = [&skipped[..], &zstd(b"one"), &skipped[..], &zstd(b"two")].concat();
        assert_eq!(unpacked(&frames).unwrap(), b"onetwo");
        assert!(unpacked(&[&zstd(b"one")[..], &skipped[..9]].concat()).is_err());
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let text = b"a text, and again: a text".repeat(9);
        for packed in [gzip(&text), zstd(&text)] {
            for length in 4..packed.len() {
                assert!(
                    unpacked(&packed[..length]).is_err(),
                    "{length} of {}",
                    packed.len()
                );
            }
        }
    }

    #[test]
    fn a_member_is_unpacked_at_once_only_when_it_is_alone_sound_and_has_room() {
        let budget = Budget::new(0);
        let mut text = Buffer::new(&budget);
        let mut inflate = Decompressor::new();
        let mut whole = |packed: &[u8]| gzip_whole(&mut inflate, packed, &mut text).map(<[u8]>::to_vec);
        assert_eq!(whole(&gzip(b"one")).unwrap(), b"one");
        assert_eq!(whole(&[gzip(b"one"), gzip(b"two")].concat()), None);
        assert_eq!(whole(&gzip(&vec![0; 1024 * 1024])), None);
        let mut lying = gzip(b"one");
        let size = lying.len() - 4;
        lying[size..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(whole(&lying), None);
    }

    #[test]
    fn what_looks_like_another_member_is_looked_at() {
        // Stored as it is, the text holds what it does.
        let stored = |text: &[u8]| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
            packer.write_all(text).unwrap();
            packer.finish().unwrap()
        };
        let budget = Budget::new(0);
        let mut text = Buffer::new(&budget);
        let mut inflate = Decompressor::new();
        let mut whole = |packed: &[u8]| gzip_whole(&mut inflate, packed, &mut text).map(<[u8]>::to_vec);
        let lookalike = b"a \x1F\x8B\x08\x00 b".repeat(MOST_LOOKALIKES);
        assert_eq!(whole(&stored(&lookalike)).unwrap(), lookalike);
        assert_eq!(whole(&[stored(&lookalike), stored(&lookalike)].concat()), None);
        assert_eq!(whole(&[stored(b"twice"), stored(b"twice")].concat()), None);
        assert_eq!(whole(&stored(&lookalike.repeat(2))), None);
    }
}
