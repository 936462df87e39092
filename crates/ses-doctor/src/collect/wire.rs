//! The SMTP side of the collection: the login as the client makes it, and the further logins and connections that
//! tell causes apart. Each login is tried once; nothing is ever tried in a loop.

use super::Readiness;
use super::experiment::Trials;
use crate::context::Place;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use jiff::Timestamp;
use secrecy::SecretString;
use ses_doctor_core::evidence::{
    LoginOutcome, PortCheck, RegionLogin, RepairLogin, StoredLogin, StoredVersion,
};
use ses_doctor_core::experiment::Stop;
use ses_doctor_core::{Evidence, Fact, Need, Observation, Observed, Waited};
use ses_smtp::credential;
use ses_smtp::endpoint::{self, Endpoint, SMTP_REGIONS};
use ses_smtp::probe::{Failure, FailureKind, ProbeFacts, TlsMode};
use ses_smtp::reply::Phase;
use ses_smtp::{Goal, ProbeRequest, Prober};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between tries of a login whose key may be too new; longer from try to try, since each is a failed login.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// User name and password as the client has them.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// User name.
    pub(crate) username: String,
    /// Password.
    pub(crate) password: SecretString,
}

/// The pairs that AWS keeps, for logins beside the client's own.
#[derive(Clone)]
pub(crate) struct StoredPairs {
    /// The current version.
    pub(crate) current: Pair,
    /// It is what the client itself uses.
    pub(crate) is_clients: bool,
    /// Reads the version before, when it is wanted.
    pub(crate) previous: Arc<dyn Fn() -> BoxFuture<'static, Option<Pair>> + Send + Sync>,
}

/// The SMTP side.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(super) prober: Arc<Prober>,
    place: Place,
    pub(super) pair: Option<Pair>,
    goal: Goal,
    sweep: bool,
    repair: bool,
    trials: Option<Trials>,
    wait: bool,
    stored: Option<StoredPairs>,
}

impl Wire {
    /// Probes `place` up to `goal`.
    pub(crate) fn new(prober: Prober, place: Place, pair: Option<Pair>, goal: Goal) -> Self {
        Self {
            prober: Arc::new(prober),
            place,
            pair,
            goal,
            sweep: true,
            repair: true,
            trials: None,
            wait: false,
            stored: None,
        }
    }

    /// Whether a refused login is tried again as long as its key may be too new.
    pub(crate) fn patient(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    pub(crate) fn waits(&self) -> bool {
        self.wait && self.pair.is_some()
    }

    /// Leaves out logins in other regions (`sweep`) or with mended pairs (`repair`).
    pub(crate) fn limited(mut self, sweep: bool, repair: bool) -> Self {
        self.sweep = sweep;
        self.repair = repair;
        self
    }

    /// Varies the circumstances of the login too, once everything else is known.
    pub(crate) fn with_trials(mut self, trials: Option<Trials>) -> Self {
        self.trials = trials;
        self
    }

    /// What the experiment knows when it is stopped.
    pub(super) fn experiment_so_far(&self, why: Stop) -> Option<Fact> {
        self.trials.as_ref()?.so_far(why)
    }

    /// Pairs that AWS keeps besides.
    pub(crate) fn with_stored(mut self, stored: Option<StoredPairs>) -> Self {
        self.stored = stored;
        self
    }

    /// Whether a need can be met now.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other need is of AWS")]
    pub(crate) fn readiness(&self, need: Need, evidence: &Evidence) -> Readiness {
        if self.place.host.is_empty() {
            return Readiness::Cannot;
        }
        let probed = evidence.probe.known().is_some();
        let wire = self.clone();
        match need {
            Need::Probe => Readiness::Ready(async move { wire.probe().await }.boxed()),
            Need::Regions | Need::Repairs | Need::StoredLogins | Need::Ports if !probed => Readiness::Waits,
            Need::Regions if !self.sweep => left_out(need, "left out by --no-region-sweep"),
            Need::Regions if self.other_regions().is_empty() => left_out(
                need,
                "no other region's endpoint is known here (--smtp-endpoint names them)",
            ),
            Need::Regions => Readiness::Ready(wire.sweep_regions().boxed()),
            Need::Repairs if !self.repair => left_out(need, "left out by --no-repairs"),
            Need::Repairs => Readiness::Ready(wire.try_repairs().boxed()),
            Need::StoredLogins if !self.repair => left_out(need, "left out by --no-repairs"),
            Need::StoredLogins => match self.stored.clone() {
                Some(stored) => Readiness::Ready(wire.try_stored(stored).boxed()),
                None => Readiness::Cannot,
            },
            Need::Ports if self.other_ports().is_empty() => {
                left_out(need, "no other port of this host is known here")
            }
            Need::Ports => Readiness::Ready(wire.check_ports().boxed()),
            Need::Experiment => match &self.trials {
                Some(trials) if probed => {
                    Readiness::Ready(wire.experiment(trials.clone(), evidence.clone()).boxed())
                }
                Some(_) => Readiness::Waits,
                None => Readiness::Cannot,
            },
            _ => Readiness::Cannot,
        }
    }

    async fn probe(self) -> Fact {
        Fact::Probe(self.observed().await)
    }

    async fn observed(&self) -> Observation<ProbeFacts> {
        let facts = self.prober.probe(&self.request_of_client()).await;
        observation(&format!("SMTP {}:{}", self.place.host, self.place.port), facts)
    }

    /// The same probe again and again, until the login is taken, is answered otherwise, or the time is over.
    pub(crate) async fn probe_until(self, until: Timestamp, first: Observation<ProbeFacts>) -> Fact {
        Fact::Probe(self.observed_until(until, first).await)
    }

    async fn observed_until(
        &self,
        until: Timestamp,
        first: Observation<ProbeFacts>,
    ) -> Observation<ProbeFacts> {
        let begun = Instant::now();
        let (mut pause, mut tries) = (FIRST_PAUSE, 0);
        let reply_to = |probe: &ProbeFacts| probe.auth.last().map(|attempt| attempt.reply.clone());
        let answer = first.known().and_then(reply_to);
        let mut last = first;
        while let Ok(left) = Duration::try_from(until.duration_since(Timestamp::now()))
            && !left.is_zero()
        {
            tokio::time::sleep(pause.min(left)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
            tries += 1;
            let facts = self.prober.probe(&self.request_of_client()).await;
            let same = reply_to(&facts) == answer;
            last = observation(&last.source, facts);
            if !same {
                break;
            }
        }
        last.waited = Some(Waited {
            tries,
            waited_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            first_answer: answer.map(|reply| reply.to_string()).unwrap_or_default(),
        });
        last
    }

    /// The login, tried again as long as it is refused and the time is not over.
    pub(crate) async fn log_in_until(self, until: Timestamp) -> Observation<ProbeFacts> {
        let first = self.observed().await;
        let refused = first.known().is_some_and(|probe| {
            let last = probe.auth.last();
            last.is_some_and(|attempt| attempt.reply.code != 235)
        });
        match refused {
            true => self.observed_until(until, first).await,
            false => first,
        }
    }

    /// The probe of the client's own settings. A temporary or otherwise hopeless user name is tried like any other: the
    /// reply is the proof. Only an empty pair is not.
    pub(crate) fn request_of_client(&self) -> ProbeRequest {
        let mut request = self.request(&self.place.host, self.place.port, self.place.tls);
        request.goal = self.goal.clone();
        request.credentials = self
            .pair
            .as_ref()
            .map(|pair| (pair.username.clone(), pair.password.clone()));
        request
    }

    async fn sweep_regions(self) -> Fact {
        let logins = self.other_regions().into_iter().map(|region| {
            let wire = self.clone();
            async move {
                let outcome = match &wire.pair {
                    Some(pair) => wire.login(&endpoint::smtp_host(&region), pair.clone()).await,
                    None => LoginOutcome::NotReached(no_pair()),
                };
                RegionLogin { region, outcome }
            }
        });
        Fact::Regions(observation(
            "SMTP AUTH in the other regions",
            join_all(logins).await,
        ))
    }

    async fn try_repairs(self) -> Fact {
        let repairs = match &self.pair {
            Some(pair) => credential::repairs(&pair.username, &pair.password),
            None => Vec::new(),
        };
        let logins = repairs.into_iter().map(|repair| {
            let wire = self.clone();
            async move {
                let pair = Pair {
                    username: repair.username,
                    password: repair.password,
                };
                let outcome = wire.login(&wire.place.host, pair).await;
                RepairLogin {
                    damage: repair.damage,
                    swapped: repair.swapped,
                    outcome,
                }
            }
        });
        Fact::Repairs(observation("SMTP AUTH with mended pairs", join_all(logins).await))
    }

    /// One login: with the current version where the client has another pair, else with the version before.
    async fn try_stored(self, stored: StoredPairs) -> Fact {
        let source = "SMTP AUTH with the kept pair";
        let (version, pair) = match stored.is_clients {
            false => (StoredVersion::Current, Some(stored.current)),
            true => (StoredVersion::Previous, (stored.previous)().await),
        };
        let Some(pair) = pair else {
            let why = "the version before the current one could not be read";
            return Fact::failed(Need::StoredLogins, source, Timestamp::now(), why);
        };
        let outcome = self.login(&self.place.host, pair).await;
        Fact::StoredLogins(observation(source, vec![StoredLogin { version, outcome }]))
    }

    async fn check_ports(self) -> Fact {
        let checks = self.other_ports().into_iter().map(|port| {
            let wire = self.clone();
            async move {
                let mut request = wire.request(&wire.place.host, port, None);
                request.goal = Goal::Ehlo;
                let facts = wire.prober.probe(&request).await;
                PortCheck {
                    target: facts.target,
                    reachable: facts.greeting.is_some(),
                    failure: facts.failure,
                }
            }
        });
        Fact::Ports(observation(
            "TCP connections to the other SMTP ports",
            join_all(checks).await,
        ))
    }

    async fn login(&self, host: &str, pair: Pair) -> LoginOutcome {
        let mut request = self.request(
            host,
            self.place.port,
            self.place.tls.filter(|mode| *mode != TlsMode::Plain),
        );
        request.goal = Goal::Auth;
        request.credentials = Some((pair.username, pair.password));
        outcome_of(self.prober.probe(&request).await)
    }

    pub(super) fn request(&self, host: &str, port: u16, tls: Option<TlsMode>) -> ProbeRequest {
        ProbeRequest {
            dial: self.place.dial(host, port),
            tls,
            ..ProbeRequest::new(host, port)
        }
    }

    /// Regions where the same login may be tried: the redirected ones where there are any, else every region that has
    /// a public endpoint; and only if the client talks to SES itself, so that a password never goes anywhere new.
    pub(super) fn other_regions(&self) -> Vec<String> {
        let own = Endpoint::parse(&self.place.host);
        let redirected = self.place.redirections.regions();
        let here = own.region.as_deref().or(self.place.region_meant.as_deref());
        let candidates: &[&str] = match redirected.as_slice() {
            [] if own.is_ses_smtp() => &SMTP_REGIONS,
            redirected => redirected,
        };
        let others = candidates
            .iter()
            .filter(|region| Some(**region) != here && same_partition(region, here));
        others.map(|region| (*region).to_owned()).collect()
    }

    pub(super) fn other_ports(&self) -> Vec<u16> {
        let own = Endpoint::parse(&self.place.host);
        let ports = endpoint::PORTS
            .iter()
            .map(|port| port.number)
            .filter(|port| *port != self.place.port);
        let region = own.region.as_deref().filter(|_| own.is_ses_smtp());
        let redirections = &self.place.redirections;
        match region {
            Some(region) if redirections.regions().contains(&region) => ports
                .filter(|port| redirections.lookup_exact(region, *port).is_some())
                .collect(),
            Some(_) => ports.collect(),
            None => Vec::new(),
        }
    }
}

/// What will not be looked at stands in the evidence as such, with the reason.
fn left_out(need: Need, why: &'static str) -> Readiness {
    Readiness::Ready(async move { Fact::failed(need, "ses-doctor", Timestamp::now(), why) }.boxed())
}

/// GovCloud keys never work in the commercial partition, nor the other way round.
fn same_partition(region: &str, here: Option<&str>) -> bool {
    here.is_none_or(|here| region.starts_with("us-gov-") == here.starts_with("us-gov-"))
}

fn outcome_of(facts: ProbeFacts) -> LoginOutcome {
    match (facts.auth.into_iter().last(), facts.failure) {
        (Some(attempt), _) if attempt.reply.code == 235 => LoginOutcome::Accepted,
        (Some(attempt), _) => LoginOutcome::Refused(attempt.reply),
        (None, Some(failure)) => LoginOutcome::NotReached(failure),
        (None, None) => LoginOutcome::NotReached(no_pair()),
    }
}

fn no_pair() -> Failure {
    let detail = "the endpoint was reached, but nothing was sent to log in with".to_owned();
    Failure {
        phase: Phase::Auth,
        kind: FailureKind::AuthNotOffered,
        detail,
        elapsed_ms: 0,
    }
}

fn observation<T>(source: &str, value: T) -> Observation<T> {
    Observation::new(source, Timestamp::now(), Observed::Known(value))
}
