//! The snapshot of a run in a git repository of the person's own.

use crate::error::CliError;
use std::path::Path;
use std::process::Command;

/// Copies the snapshot into the repository and commits it, before anything is changed. Nothing is pushed, and what else is changed or
/// staged there stays so. If it fails, nothing of it stays.
pub(super) fn commit(repository: &Path, snapshot: &Path, run: &str) -> Result<(), CliError> {
    let refused = |why: String| CliError::Refused {
        what: format!(
            "the snapshot could not be committed to {}: {why}",
            repository.display()
        ),
        help: "--snapshot-repo wants the folder of a git repository in which you may commit".to_owned(),
    };
    let name = format!("ses-doctor-{run}.json");
    let copy = repository.join(&name);
    git(repository, &["rev-parse", "--git-dir"]).map_err(refused)?;
    std::fs::copy(snapshot, &copy).map_err(|error| refused(error.to_string()))?;
    let message = format!("State before the ses-doctor run {run}");
    let committed = git(repository, &["add", "--", &name]).and_then(|()| {
        git(
            repository,
            &["commit", "--quiet", "--message", &message, "--", &name],
        )
    });
    if committed.is_err() {
        // As far as it goes: what is told is why it could not be committed.
        let _unstaged = git(
            repository,
            &[
                "rm",
                "--cached",
                "--quiet",
                "--force",
                "--ignore-unmatch",
                "--",
                &name,
            ],
        );
        let _gone = std::fs::remove_file(&copy);
    }
    committed.map_err(refused)
}

fn git(repository: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(arguments)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(folder: &Path, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn the_snapshot_is_in_the_history_and_a_folder_without_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = folder.path().join("snapshot.json");
        std::fs::write(&snapshot, "{}").unwrap();
        assert!(commit(folder.path(), &snapshot, "r1").is_err());
        let repository = repository();
        commit(repository.path(), &snapshot, "r1").unwrap();
        assert!(said(repository.path(), &["log", "--stat"]).contains("ses-doctor-r1.json"));
        assert!(!folder.path().join("ses-doctor-r1.json").exists());
    }

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        said(folder.path(), &["init", "--quiet"]);
        said(folder.path(), &["config", "user.name", "t"]);
        said(folder.path(), &["config", "user.email", "t@example.com"]);
        folder
    }

    #[test]
    fn what_else_is_changed_there_is_not_committed_and_a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = folder.path().join("snapshot.json");
        std::fs::write(&snapshot, "{}").unwrap();
        let repository = repository();
        let path = repository.path();
        std::fs::write(path.join("staged"), "x").unwrap();
        said(path, &["add", "staged"]);
        std::fs::write(path.join("untracked"), "x").unwrap();
        let before = said(path, &["status", "--short"]);
        commit(path, &snapshot, "r1").unwrap();
        assert_eq!(said(path, &["status", "--short"]), before);
        // Its own index of the commit is locked by somebody.
        std::fs::write(path.join(".git/HEAD.lock"), "").unwrap();
        assert!(commit(path, &snapshot, "r2").is_err());
        assert_eq!(said(path, &["status", "--short"]), before);
    }
}
