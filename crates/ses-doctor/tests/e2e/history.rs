//! `trail history`: the same rows as `trail scan`, within AWS's limits, and what is told when something is missing.

use crate::program::{Run, RunningLab, ses_doctor};
use anyhow::Result;
use std::fmt::Write;
use std::fs;
use std::path::Path;

const SCENARIO: &str = "key-inactive";
const JSON: [&str; 2] = ["-o", "json"];

/// The scenario with events of three pages, all of one role.
fn busy() -> Result<RunningLab> {
    RunningLab::changed(SCENARIO, |world| {
        (0..250).fold(world.to_owned(), |mut world, number| {
            let source = ["ses", "iam", "ec2"][number % 3];
            let _ = write!(
                world,
                "\n[[event]]\nname = \"GetThing{}\"\nsource = \"{source}.amazonaws.com\"\nat = \"-{}m\"\nrole = \"deployer\"\nsession = \"build\"\n\
                 source_ip = \"2001:db8::{number}\"\nregion = \"{}\"\n",
                number % 7,
                2 + number,
                ["us-east-1", "us-east-1", "eu-west-1"][number % 3],
            );
            world
        })
    })
}

fn history(lab: &RunningLab, options: &[&str]) -> Result<Run> {
    let mut command = ses_doctor();
    Run::of(
        command
            .envs(lab.lab().environment())
            .args(["trail", "history"])
            .args(options),
    )
}

fn scan(file: &Path, options: &[&str]) -> Result<Run> {
    Run::of(ses_doctor().args(["trail", "scan"]).arg(file).args(options))
}

#[test]
fn a_filter_gives_the_rows_that_a_scan_of_the_same_events_gives() -> Result<()> {
    let lab = busy()?;
    let both = ["--region", "us-east-1", "--region", "eu-west-1"];
    let all = history(&lab, &[&JSON[..], &both].concat())?;
    assert_eq!((all.code, all.stdout.lines().count()), (0, 254), "{}", all.stderr);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("all.jsonl");
    fs::write(&file, &all.stdout)?;
    for filter in [
        &["--access-key", "AKIAYS4N6Y3XANBV7QKQ"][..],
        &["--user", "key-janitor", "--action", "Update*"],
        &["--user", "arn:aws:iam::590318847726:user/intern"],
        &["--role", "deployer", "--event-source", "ses"],
        &["--action", "GetThing1", "--action", "GetThing2"],
        &[
            "--event-source",
            "ec2",
            "--event-source",
            "iam",
            "--text",
            "Thing3",
        ],
        &["--source-ip", "2001:db8::/120", "--error-code", "AccessDenied"],
        &["--error-code", "*Denied"],
        &["--source-ip", "2001:db8::40/122"],
        &["--since", "70m", "--role", "*"],
    ] {
        let found = history(&lab, &[&JSON[..], &both, filter].concat())?;
        let scanned = scan(&file, &[&JSON[..], &both, filter].concat())?;
        let sorted = |run: &Run| {
            let mut lines: Vec<String> = run.stdout.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&found), sorted(&scanned), "{filter:?}");
        assert_eq!(found.code, 0, "{}", found.stderr);
    }
    Ok(())
}

#[test]
fn a_search_that_was_cut_says_so_and_goes_on_with_its_cache() -> Result<()> {
    let lab = busy()?;
    let folder = tempfile::tempdir()?;
    let cache = folder.path().to_str().unwrap_or_default();
    let one = [
        &JSON[..],
        &[
            "--cache",
            cache,
            "--region",
            "us-east-1",
            "--role",
            "deployer",
            "--most-requests",
            "2",
        ],
    ]
    .concat();
    let cut = history(&lab, &one)?;
    assert_eq!(cut.code, 3, "{}", cut.stderr);
    assert!(
        cut.stderr.contains("us-east-1: 2 requests, 100 events read; CUT"),
        "{}",
        cut.stderr
    );
    let mut before = cut.stdout.lines().count();
    assert!((1..=100).contains(&before), "{before}");
    let whole = loop {
        let again = history(&lab, &one)?;
        if again.code == 0 {
            break again;
        }
        assert!(again.stdout.lines().count() >= before, "{}", again.stderr);
        before = again.stdout.lines().count();
    };
    let fresh = history(
        &lab,
        &[&JSON[..], &["--region", "us-east-1", "--role", "deployer"]].concat(),
    )?;
    assert_eq!(whole.stdout, fresh.stdout, "each event is given once");
    Ok(())
}

#[test]
fn without_permission_or_credentials_it_could_not_run() -> Result<()> {
    let lab = RunningLab::denying(SCENARIO, &["cloudtrail:LookupEvents"])?;
    let denied = history(&lab, &["--region", "us-east-1"])?;
    assert_eq!((denied.code, denied.stdout.as_str()), (4, ""));
    assert!(
        denied.stderr.contains("cloudtrail:LookupEvents was denied"),
        "{}",
        denied.stderr
    );
    assert!(denied.stderr.contains("permissions history"), "{}", denied.stderr);
    let nobody = Run::of(ses_doctor().args(["trail", "history", "--region", "us-east-1"]))?;
    assert_eq!(nobody.code, 4);
    assert!(nobody.stderr.contains("no AWS credentials"), "{}", nobody.stderr);
    Ok(())
}

#[test]
fn what_cannot_be_meant_is_told_before_anything_is_asked() -> Result<()> {
    for (options, words) in [
        (
            &["--until", "2020-01-01", "--region", "us-east-1"][..],
            "holds nothing of that time",
        ),
        (&["--region", "Ireland"], "is no region"),
        (&[], "which region"),
        (&["--region", "us-east-1", "--source-ip", "1.2.3"], "no address"),
    ] {
        let run = Run::of(ses_doctor().args(["trail", "history"]).args(options))?;
        assert_eq!(run.code, 2, "{options:?}");
        let told = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(words), "{told}");
    }
    Ok(())
}
