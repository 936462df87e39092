//! What a person reads, as snapshots.

use crate::program::{Run, RunningLab, ses_doctor};
use anyhow::Result;

/// The text report of a scenario, without what differs from run to run.
fn screen(scenario: &str) -> Result<String> {
    let lab = RunningLab::of(scenario)?;
    Ok(Run::of(&mut lab.diagnose())?.stdout)
}

fn filters() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME");
    settings.add_filter(r"\(\d+ ms\)", "(N ms)");
    settings.add_filter(r"\d+ sent in 14 days", "N sent in 14 days");
    settings.add_filter(r"\d+\.\d s", "N s");
    settings.add_filter(r"\d+ s ago +", "N s ago  ");
    // CloudWatch counts by periods of its own, so that its times differ from run to run.
    settings.add_filter(
        r"(?m)^.*the last message that SES took from the account, by\n +CloudWatch\n",
        "",
    );
    settings.add_filter(
        r"which\s+came\s+\d+\s+min\s+later; [^.]*\.",
        "which came N min later.",
    );
    // A history that the causes of a refused login read is asked for before the answer to the login is known, or not at all.
    settings.add_filter(r"(?m)^  \+ cloudtrail\.(key|user)-events +no event .*\n", "");
    // A login of ours that works overwrites it: whether IAM was asked before or after differs from run to run.
    settings.add_filter(
        r"(?m)^  TIME  .* AKIAS7WNFY7IQUTRR5QQ was last used, with .*\n( {30,}\S.*\n)?",
        "",
    );
    // Whether the other regions are tried depends on what answers first: a 535 asks for it, a key that IAM lists as
    // inactive makes it idle. Both reports are right.
    settings.add_filter(r"(?m)^  \+ smtp\.regions .*\n", "");
    settings
}

#[test]
fn reports_read_well() -> Result<()> {
    for scenario in [
        "wrong-region-password",
        "key-inactive",
        "raw-secret-key-as-password",
        "identity-not-verified",
        "port-blocked",
        "aws-outage",
        "healthy",
    ] {
        let screen = screen(scenario)?;
        filters().bind(|| insta::assert_snapshot!(scenario, screen));
    }
    Ok(())
}

#[test]
fn version_and_help_are_answers() -> Result<()> {
    assert_eq!(Run::of(ses_doctor().arg("--version"))?.code, 0);
    let help = Run::of(ses_doctor().arg("--help"))?;
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("diagnose"));
    Ok(())
}
