//! Meets needs as soon as they can be met: no rounds, no barriers. Whatever arrives is recorded, every cause judges
//! again, and what they still lack is asked for at once.

mod aws;
mod experiment;
mod schedule;
mod wire;

pub(crate) use experiment::Trials;
pub(crate) use schedule::Timing;
pub(crate) use wire::{Pair, StoredPairs, Wire};

use crate::render::progress::Progress;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use schedule::Schedule;
use ses_doctor_core::experiment::Stop;
use ses_doctor_core::{Evidence, Fact, Need, causes, needs};
use std::collections::BTreeSet;
use std::time::Duration;

/// Where needs are met.
pub(crate) struct Sources {
    /// The SMTP side; `None` when offline.
    pub(crate) wire: Option<Wire>,
    /// The AWS side; `None` when offline or unwanted.
    pub(crate) aws: Option<aws::AwsSource>,
}

pub(crate) use aws::AwsSource;

/// How the collection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing more to ask.
    Complete,
    /// Stopped by the person.
    Interrupted,
    /// The overall deadline passed.
    Deadline,
}

/// Whether a need can be met now.
pub(crate) enum Readiness {
    /// Now: the work.
    Ready(BoxFuture<'static, Fact>),
    /// Something else must be known first.
    Waits,
    /// Not by this source, or never.
    Cannot,
}

/// Collects until no cause lacks anything that can be had. `stop` ends it early; what is in flight by then is recorded
/// as failed, so that nobody takes it for looked at.
pub(crate) async fn collect(
    mut evidence: Evidence,
    sources: &Sources,
    deadline: Duration,
    stop: impl Future<Output = ()>,
    progress: &Progress,
) -> (Evidence, End, Timing) {
    let mut schedule = Schedule::start();
    let mut flights: FuturesUnordered<BoxFuture<'static, Fact>> = FuturesUnordered::new();
    if let Some(secret) = sources
        .aws
        .as_ref()
        .and_then(|aws| aws.operator_secret(&evidence))
    {
        flights.push(secret);
    }
    let mut last_done = None;
    let mut end = End::Complete;
    tokio::pin!(stop);
    let over = tokio::time::sleep(deadline);
    tokio::pin!(over);
    let mut tried_again = false;
    loop {
        if !tried_again && let Some(flight) = again(&evidence, sources, progress) {
            tried_again = true;
            flights.push(flight);
        }
        for (need, flight) in departures(&evidence, sources, &schedule.begun(), flights.is_empty()) {
            schedule.begin(need, last_done);
            flights.push(flight);
        }
        progress.show(&schedule.in_flight(), schedule.done());
        tokio::select! {
            arrived = flights.next() => match arrived {
                Some(fact) => {
                    last_done = schedule.finish(fact.need()).then(|| fact.need());
                    evidence.record(fact);
                }
                None => break,
            },
            () = &mut stop => { end = End::Interrupted; break; }
            () = &mut over => { end = End::Deadline; break; }
        }
    }
    progress.clear();
    record_unfinished(&mut evidence, sources, &schedule.in_flight(), end);
    (evidence, end, schedule.timing())
}

/// A login with a key that is too new is tried again before its refusal counts.
fn again(evidence: &Evidence, sources: &Sources, progress: &Progress) -> Option<BoxFuture<'static, Fact>> {
    let wire = sources.wire.as_ref().filter(|wire| wire.waits())?;
    let until = causes::worth_trying_until(evidence)?;
    let seconds = until
        .as_second()
        .saturating_sub(Timestamp::now().as_second())
        .max(0);
    progress.say(&format!(
        "SES refuses the login, and the access key is so new that it may not know it yet: trying again for up to {seconds} s \
         (--no-wait turns this off)"
    ));
    Some(wire.clone().probe_until(until, evidence.probe.clone()).boxed())
}

/// What can be asked for now. The experiment comes last, and alone: it starts from all that is known, and a login that some
/// other answer makes needless is not tried.
fn departures(
    evidence: &Evidence,
    sources: &Sources,
    begun: &BTreeSet<Need>,
    idle: bool,
) -> Vec<(Need, BoxFuture<'static, Fact>)> {
    let wanted: Vec<Need> = needs(evidence)
        .into_iter()
        .filter(|need| !begun.contains(need))
        .collect();
    let of = |last: bool| {
        wanted
            .iter()
            .copied()
            .filter(move |need| (*need == Need::Experiment) == last)
    };
    let first = ready(of(false), evidence, sources);
    if first.is_empty() && idle {
        ready(of(true), evidence, sources)
    } else {
        first
    }
}

fn ready(
    wanted: impl Iterator<Item = Need>,
    evidence: &Evidence,
    sources: &Sources,
) -> Vec<(Need, BoxFuture<'static, Fact>)> {
    wanted
        .filter_map(|need| {
            let of_wire = sources
                .wire
                .as_ref()
                .map_or(Readiness::Cannot, |wire| wire.readiness(need, evidence));
            let readiness = match of_wire {
                Readiness::Cannot => sources
                    .aws
                    .as_ref()
                    .map_or(Readiness::Cannot, |aws| aws.readiness(need, evidence)),
                Readiness::Ready(_) | Readiness::Waits => of_wire,
            };
            match readiness {
                Readiness::Ready(flight) => Some((need, flight)),
                Readiness::Waits | Readiness::Cannot => None,
            }
        })
        .collect()
}

fn record_unfinished(evidence: &mut Evidence, sources: &Sources, in_flight: &[Need], end: End) {
    let (why, stop) = match end {
        End::Complete => return,
        End::Interrupted => ("stopped before the answer came", Stop::Interrupted),
        End::Deadline => (
            "the overall deadline passed before the answer came (raise it with --deadline)",
            Stop::Deadline,
        ),
    };
    for need in in_flight {
        let wire = sources.wire.as_ref().filter(|_| *need == Need::Experiment);
        if let Some(so_far) = wire.and_then(|wire| wire.experiment_so_far(stop)) {
            evidence.record(so_far);
            continue;
        }
        evidence.record(Fact::failed(*need, "ses-doctor", Timestamp::now(), why));
    }
}
