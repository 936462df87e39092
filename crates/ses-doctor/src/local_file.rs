//! A configuration file of this computer as a thing that plans change: the mechanical repair of `lint`, and the way back.

use crate::commands::lint::{files, write};
use crate::file_in_place::replace_keeping;
use ses_doctor_aws::CallError;
use ses_doctor_core::action::{LocalFile, State};
use ses_doctor_core::digest::sha256;
use ses_doctor_core::lint::{lint, mend};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file with its mechanical repair.
pub(crate) struct Repair {
    /// What changes.
    pub(crate) change: LocalFile,
    /// The causes that the repair answers to.
    pub(crate) causes: Vec<&'static str>,
    /// The change for people, secrets masked.
    pub(crate) diff: String,
}

/// The repair of one file, looked at alone; `None` where nothing in it is mechanical.
pub(crate) fn repair(path: &Path) -> Option<Repair> {
    let path = fs::canonicalize(path).ok()?;
    let read = files::read(std::slice::from_ref(&path));
    let (document, findings) = (read.documents.first()?, lint(&read.documents).findings);
    let mended = mend(&read.documents, &findings, &|file| read.is_verbatim(file));
    let text = mended.texts.into_iter().next().flatten()?;
    let applied = findings
        .iter()
        .zip(&mended.applied)
        .filter(|(_, applied)| **applied);
    let mut causes: Vec<&'static str> = applied.map(|(finding, _)| finding.cause).collect();
    causes.sort_unstable();
    causes.dedup();
    Some(Repair {
        causes,
        diff: write::diff(document, &text),
        change: LocalFile {
            before: sha256(&read.sources.first()?.bytes),
            after: sha256(text.as_bytes()),
            path: path.display().to_string(),
        },
    })
}

/// What the file is now.
pub(crate) fn read(change: &LocalFile) -> Result<State, String> {
    match fs::read(&change.path) {
        Ok(bytes) => Ok(State::File(sha256(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::Absent),
        Err(error) => Err(format!("{}: {error}", change.path)),
    }
}

/// Puts the planned bytes in the place of the old ones: at once or not at all, and the old ones are kept beside it.
pub(crate) fn replace(change: &LocalFile) -> Result<(), CallError> {
    let refused = |why: String| CallError::refused(format!("{}: {why}", change.path));
    let bytes = fs::read(&change.path).map_err(|error| refused(error.to_string()))?;
    if sha256(&bytes) != change.before {
        return Err(refused("it was changed by somebody else meanwhile".to_owned()));
    }
    let planned =
        planned(change).ok_or_else(|| refused("its repair no longer gives what was planned".to_owned()))?;
    let copy = PathBuf::from(change.copy_of(&change.before));
    replace_keeping(Path::new(&change.path), &bytes, &planned, &copy)
        .map_err(|error| CallError::Unclear(format!("{}: {error}", change.path)))
}

/// The bytes that are to be there: of a copy that was kept, else made again by the repair.
fn planned(change: &LocalFile) -> Option<Vec<u8>> {
    let is_planned = |bytes: &Vec<u8>| sha256(bytes) == change.after;
    let kept = fs::read(change.copy_of(&change.after)).ok().filter(is_planned);
    kept.or_else(|| {
        let read = files::read(&[PathBuf::from(&change.path)]);
        let findings = lint(&read.documents).findings;
        let mended = mend(&read.documents, &findings, &|file| read.is_verbatim(file));
        let text = mended.texts.into_iter().next().flatten()?;
        Some(text.into_bytes()).filter(is_planned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ses_doctor_core::action::Action;

    const WRONG: &str = "SMTP_HOST=email-smtp.eu-west-1.amazonaws.com\nSMTP_PORT=587\nSMTP_USERNAME=AKIAIOSFODNN7EXAMPLE\n\
                         SMTP_PASSWORD=BLBM%2F9hSUELfq8Gw%2BrU1YcBjkOxGbhT2XG763xVLGWL9\n";

    fn turned(change: &LocalFile) -> LocalFile {
        let Action::LocalFile(change) = Action::from(change.clone()).inverse() else {
            panic!("another kind of action")
        };
        change
    }

    #[test]
    fn a_file_is_mended_and_put_back_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, WRONG).unwrap();
        let repair = repair(&path).unwrap();
        assert!(!repair.diff.contains("9hSUELfq8Gw"), "{}", repair.diff);
        assert!(!repair.causes.is_empty());
        assert_eq!(
            read(&repair.change).unwrap(),
            State::File(repair.change.before.clone())
        );
        replace(&repair.change).unwrap();
        assert_eq!(
            read(&repair.change).unwrap(),
            State::File(repair.change.after.clone())
        );
        assert!(super::repair(&path).is_none(), "mended twice");
        replace(&turned(&repair.change)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), WRONG);
        replace(&repair.change).unwrap();
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, WRONG).unwrap();
        let repair = repair(&path).unwrap();
        fs::write(&path, "SMTP_PORT=25\n").unwrap();
        assert!(matches!(replace(&repair.change), Err(CallError::Refused { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "SMTP_PORT=25\n");
        fs::remove_file(&path).unwrap();
        assert_eq!(read(&repair.change), Ok(State::Absent));
    }
}
