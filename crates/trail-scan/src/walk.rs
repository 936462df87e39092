//! From paths to files: folders are walked, and left out is what a file's name in CloudTrail's layout rules out.

use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use walkdir::WalkDir;

use crate::filter::Filter;
use crate::layout::latest_delivery;

/// What a walk comes upon.
#[derive(Debug)]
pub enum Walked {
    /// A file to read.
    File(PathBuf),
    /// A file whose name tells that it cannot hold what is wanted.
    LeftOut,
    /// What cannot be entered: a folder without permission, a link in a circle.
    Barred(PathBuf, io::Error),
}

/// The files at and under `paths`, folders in the order of names. What is named itself is read whatever its name; in folders,
/// only what is named as CloudTrail's files, or JSON at least.
pub fn walk(paths: Vec<PathBuf>, filter: &Filter) -> impl Iterator<Item = Walked> + use<> {
    let filter = filter.clone();
    let entries = paths.into_iter().flat_map(|path| {
        let folder = WalkDir::new(path).follow_links(true);
        folder.sort_by_file_name().into_iter()
    });
    entries.filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) if entry.depth() == 0 => Some(Walked::File(entry.into_path())),
        // To read from a pipe that lies about may take for ever.
        Ok(entry) if !entry.file_type().is_file() => None,
        Ok(entry) => match standing(&entry.file_name().to_string_lossy(), &filter) {
            Standing::Strange => None,
            Standing::RuledOut => Some(Walked::LeftOut),
            Standing::Wanted => Some(Walked::File(entry.into_path())),
        },
        Err(error) => {
            let path = error.path().map(Path::to_owned).unwrap_or_default();
            let why = why(error, path.is_symlink());
            Some(Walked::Barred(path, why))
        }
    })
}

fn why(error: walkdir::Error, is_link: bool) -> io::Error {
    let circle = error
        .loop_ancestor()
        .map(|ancestor| format!("the link leads back to {}", ancestor.display()));
    if let Some(circle) = circle {
        return io::Error::other(circle);
    }
    match error.into_io_error() {
        Some(error) if is_link && error.kind() == io::ErrorKind::NotFound => {
            io::Error::other("the link leads to nothing")
        }
        Some(error) => error,
        None => io::Error::other("it cannot be entered"),
    }
}

/// What the name of a file in a folder tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may hold what is wanted.
    Wanted,
    /// It is of another region or time, by what CloudTrail writes into its name.
    RuledOut,
    /// It is not named as CloudTrail's files, nor as JSON.
    Strange,
}

/// What the name of a file in a folder tells.
pub fn standing(name: &str, filter: &Filter) -> Standing {
    if !is_json(name) {
        return Standing::Strange;
    }
    match Delivery::of(name) {
        Some(delivery) if !delivery.may_hold(filter) => Standing::RuledOut,
        _ => Standing::Wanted,
    }
}

/// By its ending, in whatever case a file system left it. Digests of CloudTrail hold no events. (CloudTrail User Guide, "digest file
/// structure".)
fn is_json(name: &str) -> bool {
    let without = |name, ending| before_ending(name, ending).unwrap_or(name);
    let unpacked = without(without(name, ".gz"), ".zst");
    let known = [".json", ".jsonl", ".ndjson"];
    known
        .iter()
        .any(|ending| before_ending(unpacked, ending).is_some())
        && !name.contains("_CloudTrail-Digest_")
}

fn before_ending<'n>(name: &'n str, ending: &str) -> Option<&'n str> {
    let (before, end) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending).then_some(before)
}

/// `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz`. (CloudTrail User Guide, "log file name format".)
struct Delivery<'n> {
    region: &'n str,
    at: Timestamp,
}

impl<'n> Delivery<'n> {
    fn of(name: &'n str) -> Option<Self> {
        let mut parts = name.split('_');
        let account = parts.next()?;
        let is_account = account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit());
        let (kind, region, at) = (parts.next()?, parts.next()?, parts.next()?);
        let at = DateTime::strptime("%Y%m%dT%H%MZ", at).ok()?;
        let at = TimeZone::UTC.to_timestamp(at).ok()?;
        (is_account && kind == "CloudTrail").then_some(Self { region, at })
    }

    /// A file holds events of the time before its delivery: minutes as a rule, of which AWS gives no bound, so that only
    /// a day after the last wanted moment counts as too late.
    fn may_hold(&self, filter: &Filter) -> bool {
        let region = filter.regions.is_empty() || filter.regions.iter().any(|name| name.matches(self.region));
        let after = |since: &Timestamp| self.at + SignedDuration::from_mins(1) >= *since;
        let before = |until: &Timestamp| self.at <= latest_delivery(*until);
        region && filter.since.as_ref().is_none_or(after) && filter.until.as_ref().is_none_or(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Name;

    const NAME: &str = "111122223333_CloudTrail_eu-west-1_20260304T0505Z_Abcdefgh12345678.json.gz";

    #[test]
    fn names_of_cloudtrail_tell_region_and_time() {
        let of_region = |region: &str| Filter {
            regions: vec![Name::new(region)],
            ..Filter::default()
        };
        let since = |since: &str| Filter {
            since: Some(since.parse().unwrap()),
            ..Filter::default()
        };
        let until = |until: &str| Filter {
            until: Some(until.parse().unwrap()),
            ..Filter::default()
        };
        for (filter, expected) in [
            (Filter::default(), true),
            (of_region("eu-west-1"), true),
            (of_region("eu-*"), true),
            (of_region("us-east-1"), false),
            (since("2026-03-04T05:05:30Z"), true),
            (since("2026-03-04T05:07:00Z"), false),
            (until("2026-03-04T05:00:00Z"), true),
            (until("2026-03-02T00:00:00Z"), false),
        ] {
            let expected = if expected {
                Standing::Wanted
            } else {
                Standing::RuledOut
            };
            assert_eq!(standing(NAME, &filter), expected, "{filter:?}");
        }
        for (name, expected) in [
            ("notes.txt", false),
            ("picture.gz", false),
            ("b.json.zst", true),
            ("B.JSONL.GZ", true),
            ("json", false),
            (".json.gz", true),
            ("ü.gz", false),
            (NAME, true),
            (
                "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260304T0505Z.json.gz",
                false,
            ),
        ] {
            let is_strange = standing(name, &Filter::default()) == Standing::Strange;
            assert_eq!(is_strange, !expected, "{name}");
        }
        assert_eq!(standing("b.json", &of_region("us-east-1")), Standing::Wanted);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_circle_is_told_and_left() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.json"), "").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        let walked: Vec<Walked> = walk(vec![folder.path().to_owned()], &Filter::default()).collect();
        assert!(
            matches!(walked.as_slice(), [Walked::File(_), Walked::Barred(..)]),
            "{walked:?}"
        );
    }
}
