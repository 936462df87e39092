//! From what was named to what is read.

use crate::error::CliError;
use crate::trail_s3::{self, Remote};
use std::io;
use std::path::{Path, PathBuf};
use trail_scan::{Filter, Source, walk};

/// What is read from when a path is `-`.
const STANDARD_INPUT: &str = "-";

/// Where files are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// Standard input.
    Input,
    /// A file or a folder here.
    Path(PathBuf),
    /// In S3.
    Bucket(trail_s3::Place),
}

/// The places that were named, with patterns replaced by what matches them. What does not exist here is told before anything is
/// read.
pub(crate) fn places(named: &[PathBuf]) -> Result<Vec<Place>, CliError> {
    let mut places = Vec::new();
    for path in named {
        if path.as_os_str() == STANDARD_INPUT {
            places.push(Place::Input);
            continue;
        }
        if let Some(place) = path.to_str().and_then(trail_s3::Place::read) {
            places.push(Place::Bucket(place?));
            continue;
        }
        match (path.symlink_metadata(), pattern(path)) {
            (Ok(_), _) => places.push(Place::Path(path.clone())),
            (Err(_), Some(pattern)) => places.extend(matching(pattern)?.into_iter().map(Place::Path)),
            (Err(error), None) => return Err(CliError::read(path, error)),
        }
    }
    Ok(places)
}

/// How many of them are in S3.
pub(crate) fn buckets(places: &[Place]) -> u64 {
    let in_s3 = places.iter().filter(|place| matches!(place, Place::Bucket(_)));
    in_s3.count() as u64
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
    // A folder within a pattern that cannot be read is kept: whoever walks it tells why.
    let paths: Vec<PathBuf> = found
        .map(|found| found.unwrap_or_else(|error| error.path().to_owned()))
        .collect();
    if paths.is_empty() {
        let what = format!("no file matches `{pattern}`");
        return Err(CliError::usage(what, "check the pattern"));
    }
    Ok(paths)
}

/// What is at the places, one after another. `remote` leads to those in S3.
pub(crate) fn sources(
    places: Vec<Place>,
    filter: &Filter,
    remote: Option<Remote>,
) -> impl Iterator<Item = Source> + Send + use<> {
    let filter = filter.clone();
    places
        .into_iter()
        .flat_map(move |place| -> Box<dyn Iterator<Item = Source> + Send> {
            match (place, &remote) {
                (Place::Input, _) => {
                    let input = Source::Stream(STANDARD_INPUT.to_owned(), Box::new(io::stdin()));
                    Box::new(std::iter::once(input))
                }
                (Place::Path(path), _) => Box::new(walk(vec![path], &filter).map(Source::from)),
                (Place::Bucket(place), Some(remote)) => Box::new(remote.sources(&place, &filter)),
                (Place::Bucket(place), None) => Box::new(std::iter::once(place.barred())),
            }
        })
}
