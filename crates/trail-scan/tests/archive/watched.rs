//! A scan whose outcome is kept.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use trail_scan::{Damage, Filter, Match, Order, ScanError, Settings, Source, Summary, Watcher, scan, walk};

/// What a scan gave.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    pub(crate) records: Vec<String>,
    /// What was damaged, by the file's name, and how.
    pub(crate) damaged: Vec<(String, String)>,
    pub(crate) summary: Summary,
}

impl Watcher for Watched {
    fn found(&mut self, found: &Match) -> io::Result<()> {
        self.records
            .push(String::from_utf8(found.record.to_vec()).expect("wanted records are UTF-8"));
        Ok(())
    }

    fn damaged(&mut self, damage: &Damage) {
        let name = Path::new(&damage.name).file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        self.damaged.push((name, damage.fault.to_string()));
    }

    fn progress(&mut self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) const SETTINGS: Settings = Settings {
    threads: 2,
    memory: 64 * 1024 * 1024,
    order: Order::NewestFirst,
    check: false,
};

/// Scans a folder.
pub(crate) fn scanned(folder: &Path, filter: &Filter) -> Watched {
    scanned_as(folder, filter, SETTINGS)
}

pub(crate) fn scanned_as(folder: &Path, filter: &Filter, settings: Settings) -> Watched {
    let sources = walk(vec![folder.to_owned()], filter).map(Source::from);
    of_sources(sources, filter, settings).expect("temporary files can be written")
}

pub(crate) fn of_sources(
    sources: impl Iterator<Item = Source> + Send,
    filter: &Filter,
    settings: Settings,
) -> Result<Watched, ScanError> {
    let mut watched = Watched::default();
    watched.summary = scan(sources, filter, settings, &mut watched)?;
    watched.damaged.sort();
    Ok(watched)
}

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

pub(crate) fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A folder with files of these contents.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path: PathBuf = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}
