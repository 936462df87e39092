//! From what was named to what is read.

use crate::error::CliError;
use std::io;
use std::path::{Path, PathBuf};
use trail_scan::{Filter, Source, walk};

/// What is read from when a path is `-`.
const STANDARD_INPUT: &str = "-";

/// The paths that were named, with patterns replaced by what matches them. What does not exist is told before anything is
/// read.
pub(crate) fn paths(named: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut paths = Vec::new();
    for path in named {
        if path.as_os_str() == STANDARD_INPUT {
            paths.push(path.clone());
            continue;
        }
        match (path.symlink_metadata(), pattern(path)) {
            (Ok(_), _) => paths.push(path.clone()),
            (Err(_), Some(pattern)) => paths.extend(matching(pattern)?),
            (Err(error), None) => return Err(CliError::read(path, error)),
        }
    }
    Ok(paths)
}

fn pattern(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.contains(['*', '?', '[']))
}

fn matching(pattern: &str) -> Result<Vec<PathBuf>, CliError> {
    let found = glob::glob(pattern).map_err(|error| {
        CliError::usage(
            format!("`{pattern}` is no pattern: {error}"),
            "write it as a shell would take it",
        )
    })?;
    // A folder that cannot be read within a pattern is an error that must not be lost.
    let paths: Result<Vec<PathBuf>, _> = found.collect();
    let paths = paths.map_err(|error| {
        let path = error.path().to_owned();
        CliError::read(&path, error.into())
    })?;
    if paths.is_empty() {
        let what = format!("no file matches `{pattern}`");
        return Err(CliError::usage(what, "check the pattern"));
    }
    Ok(paths)
}

/// What is under the paths, one after another.
pub(crate) fn sources(paths: Vec<PathBuf>, filter: &Filter) -> impl Iterator<Item = Source> + Send + use<> {
    let filter = filter.clone();
    paths
        .into_iter()
        .flat_map(move |path| -> Box<dyn Iterator<Item = Source> + Send> {
            if path.as_os_str() == STANDARD_INPUT {
                let input = Source::Stream(STANDARD_INPUT.to_owned(), Box::new(io::stdin()));
                Box::new(std::iter::once(input))
            } else {
                Box::new(walk(vec![path], &filter).map(Source::from))
            }
        })
}
