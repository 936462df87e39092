//! The snapshot of a run in a git repository of the person's own.

use crate::error::CliError;
use std::path::Path;
use std::process::Command;

/// Copies the snapshot into the repository and commits it, before anything is changed. Nothing is pushed.
pub(super) fn commit(repository: &Path, snapshot: &Path, run: &str) -> Result<(), CliError> {
    let refused = |why: String| CliError::Refused {
        what: format!(
            "the snapshot could not be committed to {}: {why}",
            repository.display()
        ),
        help: "--snapshot-repo wants the folder of a git repository in which you may commit".to_owned(),
    };
    let name = format!("ses-doctor-{run}.json");
    std::fs::copy(snapshot, repository.join(&name)).map_err(|error| refused(error.to_string()))?;
    let message = format!("State before the ses-doctor run {run}");
    for arguments in [
        &["add", "--", &name][..],
        &["commit", "--quiet", "--message", &message, "--", &name],
    ] {
        let git = Command::new("git")
            .arg("-C")
            .arg(repository)
            .args(arguments)
            .output();
        let output = git.map_err(|error| refused(format!("git: {error}")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(refused(said.trim().to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, arguments: &[&str]) -> String {
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
        git(folder.path(), &["init", "--quiet"]);
        git(folder.path(), &["config", "user.name", "t"]);
        git(folder.path(), &["config", "user.email", "t@example.com"]);
        commit(folder.path(), &snapshot, "r1").unwrap();
        assert!(git(folder.path(), &["log", "--stat"]).contains("ses-doctor-r1.json"));
    }
}
