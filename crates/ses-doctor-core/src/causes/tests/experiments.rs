//! What a settled experiment makes of the causes.

use crate::diagnosis::{Outcome, diagnose};
use crate::evidence::Evidence;
use crate::experiment::{Factor, Setup, TrialOutcome};
use crate::testimony::{evidence_of_235, evidence_of_535, evidence_of_client, flipped, reply};
use crate::verdict::Certainty;
use ses_smtp::probe::{Failure, FailureKind, Mechanism, TlsMode};
use ses_smtp::reply::Phase;
use std::net::IpAddr;

fn failed(phase: Phase, kind: FailureKind) -> TrialOutcome {
    TrialOutcome::Failed(Failure {
        phase,
        kind,
        detail: "as the test says".into(),
        elapsed_ms: 1,
    })
}

fn refused(code: u16) -> TrialOutcome {
    TrialOutcome::Refused {
        phase: Phase::Auth,
        reply: reply(code, "no"),
    }
}

fn at(address: &'static str) -> impl FnOnce(&mut Setup) {
    let address: IpAddr = address.parse().unwrap();
    move |setup| setup.address = Some(address)
}

/// The first finding where a login works and an experiment found this.
fn first(
    factor: Factor,
    fails: impl FnOnce(&mut Setup),
    works: impl FnOnce(&mut Setup),
    failure: TrialOutcome,
) -> (&'static str, Certainty) {
    let evidence = Evidence {
        experiment: flipped(factor, fails, works, failure),
        ..evidence_of_235()
    };
    let diagnosis = diagnose(&evidence);
    assert_eq!(diagnosis.outcome, Outcome::CauseFound, "{factor:?}");
    let judged = diagnosis.findings.first().unwrap();
    let remedy = (judged.cause.remedy)(&evidence);
    assert!(!remedy.steps.is_empty());
    (judged.cause.id, judged.finding.certainty)
}

#[test]
fn an_address_that_fails_is_named_by_how_it_fails() {
    let silent = failed(Phase::Connect, FailureKind::TimedOut);
    let refusing = failed(Phase::Connect, FailureKind::Refused);
    let untrusted = failed(Phase::Tls, FailureKind::Certificate);
    let of = |failure| first(Factor::Address, at("192.0.2.1"), at("192.0.2.2"), failure);
    assert_eq!(of(silent.clone()), ("port-blocked", Certainty::Confirmed));
    assert_eq!(of(refusing), ("dns-failure", Certainty::Likely));
    assert_eq!(of(untrusted), ("tls-intercepted", Certainty::Likely));
    let family = first(Factor::AddressFamily, at("2001:db8::1"), at("192.0.2.2"), silent);
    assert_eq!(family, ("port-blocked", Certainty::Confirmed));
}

#[test]
fn a_port_a_mode_and_a_mechanism_that_flip_confirm_their_causes() {
    let port = |number| move |setup: &mut Setup| setup.port = number;
    let silent = failed(Phase::Connect, FailureKind::TimedOut);
    assert_eq!(
        first(Factor::Port, port(25), port(587), silent),
        ("port-blocked", Certainty::Confirmed)
    );
    let mode = |tls| move |setup: &mut Setup| setup.tls = tls;
    let plaintext = failed(Phase::Tls, FailureKind::PlaintextInsteadOfTls);
    let wrapper = first(
        Factor::TlsMode,
        mode(TlsMode::Wrapper),
        mode(TlsMode::StartTls),
        plaintext,
    );
    assert_eq!(wrapper, ("tls-wrapper-mismatch", Certainty::Confirmed));
    let plain = first(
        Factor::TlsMode,
        mode(TlsMode::Plain),
        mode(TlsMode::StartTls),
        refused(530),
    );
    assert_eq!(plain, ("starttls-not-used", Certainty::Confirmed));
    let mechanism = |mechanism| move |setup: &mut Setup| setup.mechanism = mechanism;
    let login = first(
        Factor::Mechanism,
        mechanism(Mechanism::Login),
        mechanism(Mechanism::Plain),
        refused(504),
    );
    assert_eq!(login, ("auth-mechanism-unsupported", Certainty::Confirmed));
}

#[test]
fn connections_and_pauses_that_flip_confirm_their_causes() {
    let many = |setup: &mut Setup| setup.connections = 4;
    let idle = |setup: &mut Setup| setup.pause_ms = 4000;
    let closed = failed(Phase::Idle, FailureKind::Closed);
    assert_eq!(
        first(Factor::Concurrency, many, |_| (), refused(421)),
        ("connection-limit", Certainty::Confirmed)
    );
    assert_eq!(
        first(Factor::Concurrency, many, |_| (), closed.clone()),
        ("connection-limit", Certainty::Likely)
    );
    assert_eq!(
        first(Factor::Session, idle, |_| (), closed),
        ("idle-timeout", Certainty::Confirmed)
    );
}

#[test]
fn a_login_taken_in_another_region_proves_the_regions_password() {
    let mut evidence = evidence_of_535();
    evidence.experiment = flipped(
        Factor::Region,
        |_| (),
        |setup| setup.region = Some("us-east-1".into()),
        refused(535),
    );
    if let crate::Observed::Known(experiment) = &mut evidence.experiment.observed {
        let setup = experiment.flip().unwrap().works[0].clone();
        experiment.trials.push(crate::experiment::Trial {
            purpose: crate::experiment::Purpose::Screening,
            factor: Some(Factor::Region),
            reach: crate::experiment::Reach::Login,
            setup,
            outcome: TrialOutcome::Works,
            peer: None,
            at: crate::testimony::now(),
            elapsed_ms: 1,
        });
    }
    let diagnosis = diagnose(&evidence);
    assert_eq!(diagnosis.findings[0].cause.id, "wrong-region-password");
    assert_eq!(diagnosis.findings[0].finding.certainty, Certainty::Confirmed);
}

/// Where no cause of the catalogue fits, the difference stands by itself, and nothing is called healthy.
#[test]
fn a_difference_without_a_cause_is_still_said() {
    let evidence = Evidence {
        experiment: flipped(
            Factor::Mechanism,
            |setup| setup.mechanism = Mechanism::Login,
            |_| (),
            refused(535),
        ),
        ..evidence_of_235()
    };
    let diagnosis = diagnose(&evidence);
    assert!(diagnosis.findings.is_empty(), "{:?}", diagnosis.findings);
    assert_eq!(diagnosis.outcome, Outcome::Inconclusive);
    let report = crate::report::v1::Report::new(&diagnosis, &evidence);
    assert_eq!(
        report.headline,
        "The difference is the login mechanism: it fails with AUTH LOGIN, and works with AUTH PLAIN"
    );
}

#[test]
fn without_an_experiment_no_cause_asks_for_one() {
    for evidence in [evidence_of_235(), evidence_of_535(), evidence_of_client()] {
        let lacking = diagnose(&evidence)
            .undecided
            .into_iter()
            .flat_map(|one| one.missing);
        assert!(!lacking.into_iter().any(|need| need == crate::Need::Experiment));
    }
}
