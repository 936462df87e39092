//! A process is killed between any two steps of a replacement: what it leaves is whole, and nothing of it stays behind.

use super::*;
use std::cell::Cell;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

const OLD: &str = "SMTP_PASSWORD=the old one\n";
const NEW: &str = "SMTP_PASSWORD=the new one\n";
const FOLDER: &str = "SES_DOCTOR_TEST_FOLDER";
const DIES_AT: &str = "SES_DOCTOR_TEST_DIES_AT";

fn file_in(folder: &Path) -> PathBuf {
    folder.join("client.env")
}

fn copy_in(folder: &Path) -> PathBuf {
    folder.join("client.env.bak-1")
}

/// The process that is killed: this very program once more, with this test alone.
#[test]
#[ignore = "run by the test below, which kills it"]
fn a_replacement_in_a_process_of_its_own() {
    let (Some(folder), Some(dies_at)) = (std::env::var_os(FOLDER), std::env::var_os(DIES_AT)) else {
        return;
    };
    let dies_at: u32 = dies_at.to_str().unwrap().parse().unwrap();
    let (folder, at) = (PathBuf::from(folder), Cell::new(0));
    let step = || {
        if at.get() == dies_at {
            std::process::abort();
        }
        at.set(at.get() + 1);
    };
    let (old, new) = (OLD.as_bytes(), NEW.as_bytes());
    replace_watched(&file_in(&folder), (old, new), &copy_in(&folder), &step).unwrap();
}

fn dies_at(folder: &Path, point: u32) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--ignored",
            "file_in_place::tests::a_replacement_in_a_process_of_its_own",
        ])
        .env(FOLDER, folder)
        .env(DIES_AT, point.to_string())
        .output()
        .unwrap()
        .status
}

/// Mode, owner and group. Only root can give a file away; for others the owner is their own.
fn belongings(path: &Path) -> (u32, u32, u32) {
    let metadata = fs::metadata(path).unwrap();
    (
        metadata.permissions().mode() & 0o7777,
        metadata.uid(),
        metadata.gid(),
    )
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn killed_between_any_two_steps_the_file_is_whole_and_nothing_is_left_behind() {
    let mut left_over = 0;
    for point in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (file_in(folder.path()), copy_in(folder.path()));
        fs::write(&file, OLD).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let _only_root_may = chown(&file, Some(1234), Some(1235));
        let own = belongings(&file);

        let status = dies_at(folder.path(), point);
        let lived = status.success();
        assert!(lived || status.signal().is_some(), "{status}");
        let now = fs::read_to_string(&file).unwrap();
        assert!(now == OLD || now == NEW, "killed at {point}: {now}");
        assert_eq!(belongings(&file), own, "killed at {point}");
        if now == NEW {
            assert_eq!(
                fs::read_to_string(&copy).unwrap(),
                OLD,
                "killed at {point}: the old bytes are lost"
            );
        }
        if copy.exists() {
            assert_eq!(belongings(&copy), own, "killed at {point}");
        }

        left_over += sweep(&file).unwrap();
        assert!(
            names(folder.path()).iter().all(|name| !name.starts_with('.')),
            "killed at {point}: {:?}",
            names(folder.path())
        );
        // Whoever goes on finishes it, and whoever undoes it brings the old one back.
        if now == OLD {
            replace_keeping(&file, OLD.as_bytes(), NEW.as_bytes(), &copy).unwrap();
        }
        assert_eq!(
            (fs::read_to_string(&file).unwrap(), belongings(&file)),
            (NEW.to_owned(), own)
        );
        replace_keeping(
            &file,
            NEW.as_bytes(),
            OLD.as_bytes(),
            &folder.path().join("client.env.bak-2"),
        )
        .unwrap();
        assert_eq!(
            (fs::read_to_string(&file).unwrap(), belongings(&file)),
            (OLD.to_owned(), own)
        );
        if lived {
            assert!(point >= 14, "only {point} points were tried");
            break;
        }
    }
    assert!(left_over >= 10, "the kills left only {left_over} files behind");
}

#[test]
fn only_what_a_replacement_of_this_file_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(folder.path());
    let others = [
        ".client.env.swp",
        ".other.env.ses-doctor-a1b2c3",
        "client.env",
        "client.env.bak-1",
    ];
    for name in others {
        fs::write(folder.path().join(name), OLD).unwrap();
    }
    fs::write(folder.path().join(".client.env.ses-doctor-a1b2c3"), NEW).unwrap();
    assert_eq!((sweep(&file).unwrap(), sweep(&file).unwrap()), (1, 0));
    assert_eq!(names(folder.path()), others);
}

#[test]
fn what_somebody_is_still_at_work_on_is_not_swept() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(folder.path());
    let at_work = fresh(&file).unwrap();
    assert_eq!(sweep(&file).unwrap(), 0);
    let (_, left) = at_work.keep().unwrap();
    assert!(left.exists());
    assert_eq!((sweep(&file).unwrap(), left.exists()), (1, false));
}
