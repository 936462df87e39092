//! Making the trials that an experiment plans: one after the other, paced, and with what is known by then at hand when
//! somebody stops it.

use super::wire::Wire;
use crate::render::progress::Progress;
use futures::future::join_all;
use jiff::Timestamp;
use ses_doctor_core::experiment::{
    Attempt, Design, Factor, Limits, Planner, Reach, Reachable, Setup, Stop, Trial, TrialOutcome,
};
use ses_doctor_core::{Evidence, Fact, Observation, Observed};
use ses_smtp::endpoint::{self, Endpoint};
use ses_smtp::probe::ProbeFacts;
use ses_smtp::{Goal, ProbeRequest, Prober};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Connections that are to stand at the same time wait for each other this long.
const OVERLAP: Duration = Duration::from_secs(1);
/// A trial repeats what the probe has seen already, so it need not wait as long.
const CONNECT: Duration = Duration::from_secs(3);

/// An experiment that was asked for.
#[derive(Clone)]
pub(crate) struct Trials {
    limits: Limits,
    progress: Progress,
    planner: Arc<Mutex<Option<Planner>>>,
}

impl Trials {
    /// Within these limits; each trial is shown as it begins.
    pub(crate) fn within(limits: Limits, progress: Progress) -> Self {
        Self {
            limits,
            progress,
            planner: Arc::default(),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Planner) -> T) -> Option<T> {
        let mut planner = self.planner.lock().unwrap_or_else(PoisonError::into_inner);
        planner.as_mut().map(act)
    }

    /// What is known when somebody stops it before its end.
    pub(super) fn so_far(&self, why: Stop) -> Option<Fact> {
        self.with(|planner| planner.stop(why))?;
        Some(self.fact())
    }

    fn fact(&self) -> Fact {
        let observed = match self.with(|planner| planner.experiment()) {
            Some(experiment) => Observed::Known(experiment),
            None => Observed::Failed {
                why: "nothing was tried".to_owned(),
            },
        };
        Fact::Experiment(Observation::new("SMTP trials", Timestamp::now(), observed))
    }
}

impl Wire {
    /// Plans the experiment and makes its trials.
    pub(super) async fn experiment(self, trials: Trials, evidence: Evidence) -> Fact {
        let reachable = Reachable {
            ports: self.other_ports(),
            regions: self.regions_to_vary(),
            pair: self.pair.is_some(),
        };
        let Some(design) = Design::of(&evidence, &reachable, trials.limits) else {
            return trials.fact();
        };
        *trials.planner.lock().unwrap_or_else(PoisonError::into_inner) = Some(Planner::new(design));
        while let Some(Some(attempt)) = trials.with(|planner| planner.next()) {
            let numbers = trials.with(|planner| (planner.made() + 1, planner.at_most()));
            let (number, at_most) = numbers.unwrap_or_default();
            trials.progress.trial(number, at_most, &words(&attempt));
            tokio::time::sleep(attempt.wait).await;
            let trial = self.trial(attempt).await;
            trials.with(|planner| planner.record(trial));
        }
        trials.fact()
    }

    async fn trial(&self, attempt: Attempt) -> Trial {
        let begun = Instant::now();
        let mut request = self.request_of(&attempt.setup);
        if attempt.reach == Reach::Login {
            request.goal = Goal::Auth;
            request.credentials = self
                .pair
                .as_ref()
                .map(|pair| (pair.username.clone(), pair.password.clone()));
        }
        let mut prober = Prober::clone(&self.prober);
        prober.timeouts.connect = prober.timeouts.connect.min(CONNECT);
        let at_once = (0..attempt.setup.connections.max(1)).map(|_| prober.probe(&request));
        let all = join_all(at_once).await;
        let failed = all.iter().find(|facts| !TrialOutcome::from(*facts).works());
        let telling = failed.or(all.first());
        Trial {
            purpose: attempt.purpose,
            factor: attempt.factor,
            reach: attempt.reach,
            setup: attempt.setup,
            outcome: telling.map_or(TrialOutcome::Works, TrialOutcome::from),
            peer: telling.and_then(peer),
            at: Timestamp::now(),
            elapsed_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn request_of(&self, setup: &Setup) -> ProbeRequest {
        let mut request = self.request(&setup.host, setup.port, Some(setup.tls));
        request.mechanisms = vec![setup.mechanism];
        request.hold = match (setup.pause_ms, setup.connections) {
            (0, 0 | 1) => None,
            (0, _) => Some(OVERLAP),
            (pause, _) => Some(Duration::from_millis(u64::from(pause))),
        };
        if let Some(address) = setup.address {
            // The certificate must bear the name that the client asks for, whichever address is dialled.
            request.acceptable_names = Endpoint::parse(&setup.host).acceptable_names();
            let redirected = request.dial.take();
            request
                .acceptable_names
                .extend(redirected.iter().map(|(host, _)| host.clone()));
            let port = redirected.map_or(setup.port, |(_, port)| port);
            request.dial = Some((address.to_string(), port));
        }
        request
    }

    /// Other regions, one by one, where no sweep has tried them all at once.
    fn regions_to_vary(&self) -> Vec<(String, String)> {
        let regions = self.other_regions().into_iter();
        regions
            .map(|region| (region.clone(), endpoint::smtp_host(&region)))
            .collect()
    }
}

fn peer(facts: &ProbeFacts) -> Option<IpAddr> {
    facts.peer.map(|peer| peer.ip())
}

/// What a trial looks at.
fn words(attempt: &Attempt) -> String {
    let what = match attempt.factor {
        Some(factor) => factor.level(&attempt.setup),
        None => match attempt.setup.address {
            Some(_) => format!(
                "the client's settings at {}",
                Factor::Address.level(&attempt.setup)
            ),
            None => "the client's settings".to_owned(),
        },
    };
    match attempt.reach {
        Reach::Login => format!("login, {what}"),
        Reach::Connection => format!("connection only, {what}"),
    }
}
