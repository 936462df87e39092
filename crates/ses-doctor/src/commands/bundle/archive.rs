//! A tar file compressed with gzip: the same content gives the same bytes.

use flate2::{Compression, GzBuilder};
use std::io::{self, Write};
use tar::{Builder, EntryType, Header};

/// Everything stands in this folder, so that unpacking strews nothing.
const FOLDER: &str = "ses-doctor-bundle";

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, in one line of the README.
    pub(super) about: &'static str,
    /// Its bytes.
    pub(super) content: Vec<u8>,
}

/// Packs the files in the order given: for their owner only, at time zero, of nobody.
pub(super) fn pack(files: &[File]) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::default());
    let mut archive = Builder::new(gzip);
    for file in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(file.content.len()).unwrap_or(u64::MAX));
        header.set_mode(0o600);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(
            &mut header,
            format!("{FOLDER}/{}", file.name),
            file.content.as_slice(),
        )?;
    }
    let mut gzip = archive.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn what_is_packed_is_there_for_its_owner_only_and_the_same_every_time() {
        let file = |name, content: &str| File {
            name,
            about: "",
            content: content.into(),
        };
        let files = [file("b.txt", "second"), file("a.txt", "first")];
        let packed = pack(&files).unwrap();
        assert_eq!(packed, pack(&files).unwrap());
        let mut archive = tar::Archive::new(GzDecoder::new(packed.as_slice()));
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let header = entry.header();
            assert_eq!(
                (
                    header.mode().unwrap(),
                    header.mtime().unwrap(),
                    header.uid().unwrap()
                ),
                (0o600, 0, 0)
            );
            seen.push((entry.path().unwrap().display().to_string(), text));
        }
        let expected = [
            ("ses-doctor-bundle/b.txt", "second"),
            ("ses-doctor-bundle/a.txt", "first"),
        ];
        assert_eq!(
            seen,
            expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
    }
}
