//! Reading the files: bounded, and each one's failure is its own.

use crate::error::CliError;
use client_config::{decode, map_type};
use ses_doctor_core::lint::{CompiledMap, Document, MapState};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Stands for standard input.
pub(crate) const STDIN: &str = "-";
/// One byte more than the most that is looked at.
const LIMIT: u64 = 16 * 1024 * 1024 + 1;

/// A file as it was when it was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path; `None` for standard input.
    pub(super) path: Option<PathBuf>,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    verbatim: bool,
}

/// Everything that was read, and what was not.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) documents: Vec<Document>,
    pub(crate) sources: Vec<Source>,
    pub(super) notes: Vec<Option<String>>,
    pub(crate) unreadable: Vec<(String, String)>,
}

impl Read {
    /// The text is byte for byte what stands in the file.
    pub(crate) fn is_verbatim(&self, file: usize) -> bool {
        self.sources.get(file).is_some_and(|source| source.verbatim)
    }
}

/// Reads all files, and looks for the compiled maps that they name.
pub(crate) fn read(paths: &[PathBuf]) -> Read {
    let mut read = Read::default();
    for path in paths {
        let name = if path.as_os_str() == STDIN {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        match one(path) {
            Ok((document, source, note)) => {
                read.documents.push(document);
                read.sources.push(source);
                read.notes.push(note);
            }
            Err(message) => read.unreadable.push((name, message)),
        }
    }
    let maps: Vec<Vec<CompiledMap>> = read
        .documents
        .iter()
        .map(|document| compiled(document, paths))
        .collect();
    for (document, maps) in read.documents.iter_mut().zip(maps) {
        document.maps = maps;
    }
    read
}

fn one(path: &Path) -> Result<(Document, Source, Option<String>), String> {
    let is_stdin = path.as_os_str() == STDIN;
    let bytes = bytes(path, is_stdin).map_err(|error| reason(path, error))?;
    let decoded = decode(&bytes).map_err(|error| error.to_string())?;
    let name = if is_stdin {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let source = Source {
        path: (!is_stdin).then(|| path.to_owned()),
        bytes,
        verbatim: decoded.verbatim,
    };
    Ok((Document::new(&name, decoded.text), source, decoded.note))
}

fn bytes(path: &Path, is_stdin: bool) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if is_stdin {
        std::io::stdin().lock().take(LIMIT).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    file.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why, and what to do about it, in one line.
fn reason(path: &Path, error: std::io::Error) -> String {
    let error = CliError::read(path, error);
    let help = miette::Diagnostic::help(&error).map(|help| format!(" ({help})"));
    let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    format!("{cause}{}", help.unwrap_or_default())
}

/// The state of the maps that a `main.cf` names: at the path named, or beside a file that was given for it.
fn compiled(document: &Document, given: &[PathBuf]) -> Vec<CompiledMap> {
    let maps = document.reading.postfix.value("smtp_sasl_password_maps");
    let Some((kind, named)) = maps.and_then(map_type) else {
        return Vec::new();
    };
    let ending = match kind {
        "lmdb" => "lmdb",
        "cdb" => "cdb",
        _ => "db",
    };
    let exact = Path::new(named);
    let same_name = |path: &&PathBuf| exact.file_name().is_some() && path.file_name() == exact.file_name();
    let state = if exact.is_file() {
        state(exact, ending, MapState::Missing)
    } else {
        given
            .iter()
            .find(same_name)
            .and_then(|path| state(path, ending, MapState::NotBeside))
    };
    state
        .map(|state| CompiledMap {
            path: named.to_owned(),
            state,
        })
        .into_iter()
        .collect()
}

fn state(text: &Path, ending: &str, without: MapState) -> Option<MapState> {
    let mut name = text.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    let time = |path: &Path| -> Option<SystemTime> { std::fs::metadata(path).ok()?.modified().ok() };
    let changed = time(text)?;
    Some(match time(Path::new(&name)) {
        None => without,
        Some(compiled) if compiled < changed => MapState::Older,
        Some(_) => MapState::Fresh,
    })
}
