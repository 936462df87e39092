use super::*;
use crate::Certainty;
use crate::evidence::{HealthStatus, MetricSeries, PortCheck, SendingMetrics};
use crate::observed::Observed;
use crate::testimony::{
    KEY, asked, denied, evidence_of_235, evidence_of_535, evidence_of_failure, evidence_of_report, found,
    health, keys, known, minutes_ago, now, probe, probe_with_auth, reply,
};

const CODE: &str = "AWS_SES_OPERATIONAL_ISSUE";
const TEXT: &str = "Temporary authentication failure";

/// Our own probe is answered 454.
fn refused_for_now() -> Evidence {
    Evidence {
        probe: known(probe_with_auth(reply(454, TEXT))),
        ..evidence_of_535()
    }
}

fn timed_out() -> Evidence {
    evidence_of_failure(Phase::Connect, FailureKind::TimedOut)
}

fn with_issue(evidence: Evidence) -> Evidence {
    with(evidence, health("SES", CODE, "eu-west-1", 60))
}

fn with(evidence: Evidence, event: HealthEvent) -> Evidence {
    Evidence {
        health_events: known(vec![event]),
        ..evidence
    }
}

/// The account sent steadily until so many minutes ago.
fn stopped(evidence: Evidence, minutes: i64) -> Evidence {
    let (from, until) = (minutes_ago(14 * 24 * 60), now());
    let points = (0..).map(|n| minutes_ago(14 * 24 * 60 - 5 * n));
    let points = points
        .take_while(|at| *at < minutes_ago(minutes))
        .map(|at| (at, 2.0));
    let series = MetricSeries::of_points("Send", 300, (from, until), points);
    let metrics = SendingMetrics {
        region: "eu-west-1".into(),
        from,
        until,
        series: vec![series],
    };
    Evidence {
        sending_metrics: known(metrics),
        ..evidence
    }
}

fn ports(evidence: Evidence, reachable: bool) -> Evidence {
    let mut target = probe().target;
    target.port = 2587;
    Evidence {
        ports: known(vec![PortCheck {
            target,
            reachable,
            failure: None,
        }]),
        ..evidence
    }
}

fn right_pair() -> Evidence {
    let mut evidence = Evidence {
        access_keys: known(keys(KEY, KeyStatus::Active)),
        ..evidence_of_535()
    };
    if let Observed::Known(credential) = &mut evidence.credential.observed {
        credential.derivation = Some(Derivation::Region("eu-west-1".into()));
    }
    evidence
}

fn certainty(evidence: &Evidence) -> Option<Certainty> {
    found(&check(evidence)).map(|(certainty, _)| certainty)
}

#[test]
fn ses_refusing_for_now_while_an_issue_is_open_is_proof() {
    let evidence = with_issue(refused_for_now());
    let Verdict::Present(finding) = check(&evidence) else {
        panic!("not found");
    };
    assert_eq!(finding.certainty, Certainty::Confirmed);
    assert!(
        finding.why.contains(CODE)
            && finding.why.contains("(\"as the test says\")")
            && finding.why.contains("454"),
        "{}",
        finding.why
    );
    let fell = stopped(evidence, 50);
    assert!(matches!(check(&fell), Verdict::Present(f) if f.because.contains(&Need::SendingMetrics)));
    assert_eq!(certainty(&fell), Some(Certainty::Confirmed));
}

#[test]
fn mail_that_stopped_before_the_event_began_is_no_proof() {
    let evidence = stopped(with_issue(refused_for_now()), 600);
    assert_eq!(found(&check(&evidence)), Some((Certainty::Possible, 0.4)));
}

#[test]
fn silence_takes_the_metrics_and_the_other_ports_for_proof() {
    let silent = with_issue(timed_out());
    assert_eq!(found(&check(&silent)), Some((Certainty::Likely, 0.8)));
    assert_eq!(certainty(&stopped(silent.clone(), 50)), Some(Certainty::Likely));
    let all_ports = ports(silent.clone(), false);
    assert_eq!(certainty(&all_ports), Some(Certainty::Likely));
    assert_eq!(certainty(&stopped(all_ports, 50)), Some(Certainty::Confirmed));
    assert_eq!(
        check(&ports(silent, true)),
        Verdict::NotApplicable,
        "another port answers"
    );
}

#[test]
fn a_right_pair_that_is_refused_is_likely_at_most() {
    let evidence = with_issue(right_pair());
    assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.85)));
    assert_eq!(certainty(&stopped(evidence, 50)), Some(Certainty::Likely));
    assert_eq!(
        check(&with_issue(evidence_of_535())),
        Verdict::NotApplicable,
        "an ordinary 535"
    );
}

#[test]
fn a_key_that_was_touched_lately_explains_its_refusal() {
    let mut evidence = with_issue(right_pair());
    evidence.key_events = crate::testimony::history(vec![crate::testimony::event(
        "UpdateAccessKey",
        "mailer",
        Some(KEY),
        120,
    )]);
    assert_eq!(check(&evidence), Verdict::NotApplicable);
}

#[test]
fn events_of_other_regions_services_and_times_rule_nothing_in() {
    let other_region = health("SES", CODE, "us-east-1", 60);
    let other_service = health("EC2", "AWS_EC2_OPERATIONAL_ISSUE", "eu-west-1", 60);
    let mut over = health("SES", CODE, "eu-west-1", 600);
    (over.status, over.end) = (HealthStatus::Closed, Some(minutes_ago(300)));
    for event in [other_region, other_service, over] {
        let told = with(refused_for_now(), event.clone());
        assert_eq!(
            found(&check(&told)),
            Some((Certainty::Possible, 0.3)),
            "{}",
            event.code
        );
        let silent = with(timed_out(), event);
        assert!(matches!(check(&silent), Verdict::Absent { .. }));
    }
}

#[test]
fn without_health_it_stays_open_and_only_where_the_symptom_fits() {
    for evidence in [refused_for_now(), timed_out(), right_pair()] {
        assert_eq!(asked(&check(&evidence)), [Need::HealthEvents]);
        let refused = Evidence {
            health_events: denied("health:DescribeEvents"),
            ..evidence
        };
        assert_eq!(asked(&check(&refused)), [Need::HealthEvents]);
    }
    for evidence in [evidence_of_235(), evidence_of_535()] {
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }
}

#[test]
fn an_open_issue_beside_a_login_that_works_or_a_key_that_cannot_is_ruled_out() {
    assert!(matches!(
        check(&with_issue(evidence_of_235())),
        Verdict::Absent { .. }
    ));
    let mut inactive = with_issue(evidence_of_535());
    inactive.access_keys = known(keys(KEY, KeyStatus::Inactive));
    let Verdict::Absent { because, .. } = check(&inactive) else {
        panic!("not ruled out");
    };
    assert_eq!(because, [Need::AccessKeys, Need::HealthEvents]);
}

#[test]
fn a_line_of_the_log_bears_no_time() {
    let logged = evidence_of_report(454, TEXT, None);
    assert_eq!(
        found(&check(&with_issue(logged.clone()))),
        Some((Certainty::Likely, 0.75))
    );
    let mut over = health("SES", CODE, "eu-west-1", 600);
    (over.status, over.end) = (HealthStatus::Closed, Some(minutes_ago(300)));
    assert_eq!(
        found(&check(&with(logged, over))),
        Some((Certainty::Possible, 0.4))
    );
}

#[test]
fn the_remedy_changes_no_credential_and_names_a_verified_region() {
    let mut evidence = with_issue(refused_for_now());
    let place = crate::evidence::IdentityElsewhere {
        region: "eu-central-1".into(),
        identity: Ok(Some(crate::testimony::identity(
            "eu-central-1",
            "example.com",
            true,
        ))),
    };
    evidence.sender_identity_elsewhere = known(vec![place]);
    let remedy = remedy(&evidence);
    let commands: Vec<&str> = remedy
        .steps
        .iter()
        .filter_map(|step| step.command.as_deref())
        .collect();
    assert!(
        commands[0].contains("arn:aws:health:eu-west-1::event/SES/"),
        "{commands:?}"
    );
    assert!(
        commands
            .iter()
            .any(|command| command.contains("--region eu-central-1"))
    );
    assert!(
        !commands.iter().any(|command| command.contains("access-key")),
        "{commands:?}"
    );
}
