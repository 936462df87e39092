//! AWS's own trouble: what AWS Health and CloudWatch add, and what their absence costs.

use crate::program::{Run, RunningLab, world};
use anyhow::Result;
use serde_json::Value;
use ses_lab::Options;
use ses_lab::world::SupportPlan;

fn evidence<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all = report["evidence"].as_array().unwrap();
    all.iter().find(|one| one["id"] == id).unwrap()
}

fn unknown(report: &Value) -> Option<&Value> {
    let all = report["unknown"].as_array().unwrap();
    all.iter().find(|one| one["cause"] == "aws-outage")
}

#[test]
fn an_outage_is_proven_by_its_event_and_by_the_end_of_sending() -> Result<()> {
    let lab = RunningLab::of("aws-outage")?;
    let report = Run::of(lab.diagnose().args(["--output", "json"]))?.report()?;
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["cause"], &finding["verdict"]),
        (&"aws-outage".into(), &"confirmed".into())
    );
    let because = finding["because"].as_array().unwrap();
    for id in ["health.events", "smtp.probe", "cloudwatch.sending"] {
        assert!(because.contains(&id.into()), "{id} in {because:?}");
    }
    let remedy = finding["remedy"].to_string();
    assert!(
        !remedy.contains("access-key"),
        "no credential is changed: {remedy}"
    );
    let events = evidence(&report, "health.events")["value"].as_array().unwrap();
    assert!(
        events[0]["description"]
            .to_string()
            .contains("SMTP authentication")
    );
    let sends = &evidence(&report, "cloudwatch.sending")["value"]["series"][0];
    assert_eq!(
        (&sends["metric"], &sends["values"][0]),
        (&"Send".into(), &7.0.into())
    );
    Ok(())
}

/// The same world, whose operator may not read AWS Health, or whose account has no support plan for it.
#[test]
fn without_aws_health_an_outage_stays_open_and_says_what_is_missing() -> Result<()> {
    let mut basic = world("aws-outage")?;
    for account in &mut basic.account {
        account.support_plan = SupportPlan::Basic;
    }
    let denied = RunningLab::denying("aws-outage", &["health:*"])?;
    let basic = RunningLab::start(basic, Options::default())?;
    for (lab, why) in [
        (denied, "health:DescribeEvents was denied"),
        (basic, "support plan does not include"),
    ] {
        let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
        let report = run.report()?;
        assert_eq!((run.code, &report["outcome"]), (3, &"inconclusive".into()));
        let missing = unknown(&report).map(|one| one["missing"].to_string());
        assert!(
            missing.is_some_and(|missing| missing.contains("health.events")),
            "{report}"
        );
        let told = evidence(&report, "health.events")["unavailable"].to_string();
        assert!(told.contains(why), "{told}");
    }
    Ok(())
}
