//! Experiments against worlds made of chances.

mod planner;
mod properties;

use super::*;
use jiff::Timestamp;
use ses_smtp::probe::{Failure, FailureKind, Mechanism, TlsMode};
use ses_smtp::reply::{Phase, Reply};
use std::net::IpAddr;
use std::time::Duration;

pub(super) fn setup() -> Setup {
    Setup {
        region: Some("eu-west-1".into()),
        host: "email-smtp.eu-west-1.amazonaws.com".into(),
        port: 587,
        tls: TlsMode::StartTls,
        mechanism: Mechanism::Plain,
        address: None,
        connections: 1,
        pause_ms: 0,
    }
}

pub(super) fn limits(logins: u32) -> Limits {
    Limits {
        logins,
        connections: 120,
        at_once: 8,
        repeats: 8,
        pace: Duration::from_secs(1),
    }
}

/// Everything that can vary, varied.
pub(super) fn design(limits: Limits) -> Design {
    let own = setup;
    let address = |text: &str| Setup {
        address: Some(text.parse::<IpAddr>().unwrap()),
        ..own()
    };
    let one = |factor: Factor, levels: Vec<Setup>| Alternative {
        factor,
        reach: factor.reach(),
        levels,
    };
    let port = |port, tls| Setup { port, tls, ..own() };
    let login = Setup {
        mechanism: Mechanism::Login,
        ..own()
    };
    let many = |connections| Setup { connections, ..own() };
    Design {
        baseline: own(),
        alternatives: vec![
            one(
                Factor::Address,
                vec![address("192.0.2.1"), address("192.0.2.2"), address("2001:db8::1")],
            ),
            one(
                Factor::Port,
                vec![port(2587, TlsMode::StartTls), port(465, TlsMode::Wrapper)],
            ),
            one(Factor::Concurrency, vec![many(2), many(4), many(8)]),
            one(
                Factor::Session,
                vec![Setup {
                    pause_ms: 4000,
                    ..own()
                }],
            ),
            one(Factor::Mechanism, vec![login]),
        ],
        given: Vec::new(),
        repeat: Some(Reach::Login),
        limits,
        proven: None,
    }
}

pub(super) fn busy() -> TrialOutcome {
    refused(421, "Too many concurrent SMTP connections")
}

pub(super) fn refused(code: u16, text: &str) -> TrialOutcome {
    TrialOutcome::Refused {
        phase: Phase::Auth,
        reply: Reply {
            code,
            lines: vec![text.into()],
        },
    }
}

pub(super) fn broken() -> TrialOutcome {
    TrialOutcome::Failed(Failure {
        phase: Phase::Connect,
        kind: FailureKind::TimedOut,
        detail: "no answer".into(),
        elapsed_ms: 5,
    })
}

/// An experiment that has run to its end, with the moment, in milliseconds, at which each trial began.
pub(super) struct Ran {
    pub(super) experiment: Experiment,
    pub(super) begun: Vec<(Reach, u64)>,
    pub(super) at_most: usize,
}

/// Runs a design in a world that answers each trial by its circumstances.
pub(super) fn run(design: Design, mut world: impl FnMut(&Attempt) -> TrialOutcome) -> Ran {
    let mut planner = Planner::new(design);
    let (mut clock, mut begun, mut at_most) = (0_u64, Vec::new(), planner.at_most());
    while let Some(attempt) = planner.next() {
        assert!(begun.len() < 500, "it does not end");
        clock += u64::try_from(attempt.wait.as_millis()).unwrap();
        begun.push((attempt.reach, clock));
        at_most = at_most.max(planner.at_most());
        let outcome = world(&attempt);
        clock += 10;
        planner.record(Trial {
            purpose: attempt.purpose,
            factor: attempt.factor,
            reach: attempt.reach,
            peer: attempt.setup.address,
            setup: attempt.setup,
            outcome,
            at: Timestamp::UNIX_EPOCH,
            elapsed_ms: 10,
        });
    }
    Ran {
        experiment: planner.experiment(),
        begun,
        at_most,
    }
}

/// The factor that the experiment claims.
pub(super) fn claimed(ran: &Ran) -> Option<Factor> {
    ran.experiment.flip().map(|flip| flip.factor)
}
