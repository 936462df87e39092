//! What may vary, in the order of likelihood given the trouble, and within which limits.

mod order;

use super::factor::Factor;
use super::trial::{Purpose, Reach, Setup, Trial, TrialOutcome};
use crate::diagnosis::diagnose;
use crate::evidence::{Evidence, LoginOutcome};
use crate::verdict::Certainty;
use ses_smtp::endpoint::{PORTS, tls_mode_of_port};
use ses_smtp::probe::{Mechanism, ProbeFacts, TlsMode};
use ses_smtp::reply::Phase;
use std::net::IpAddr;
use std::time::Duration;

/// Addresses of a DNS answer that are looked at.
const MOST_ADDRESSES: usize = 8;

/// An experiment before its first trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// The client's own circumstances.
    pub baseline: Setup,
    /// What is varied, most likely first.
    pub alternatives: Vec<Alternative>,
    /// Trials that are there already: those of the probe.
    pub given: Vec<Trial>,
    /// How far the client's own circumstances are tried again; `None`: not at all.
    pub repeat: Option<Reach>,
    /// What may be spent.
    pub limits: Limits,
    /// The cause that is proven already, so that no login is worth its risk.
    pub proven: Option<String>,
}

/// The levels of one factor besides the client's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The factor.
    pub factor: Factor,
    /// How far a trial must go to show it.
    pub reach: Reach,
    /// The circumstances to try, in order.
    pub levels: Vec<Setup>,
}

/// What an experiment may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Logins.
    pub logins: u32,
    /// Connections, those of the logins included.
    pub connections: u32,
    /// Connections at once.
    pub at_once: u8,
    /// Repetitions of the client's own circumstances.
    pub repeats: u32,
    /// The time between two logins.
    pub pace: Duration,
}

/// What can be reached from here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reachable {
    /// Other ports of the host.
    pub ports: Vec<u16>,
    /// Other regions, with their hosts.
    pub regions: Vec<(String, String)>,
    /// There is a pair to log in with.
    pub pair: bool,
}

impl Factor {
    /// The client's own circumstances are one of the levels. Addresses are compared with each other, since nobody knows
    /// which of them the client took.
    pub(super) fn has_baseline(self) -> bool {
        !matches!(self, Self::Address | Self::AddressFamily)
    }
}

impl Alternative {
    /// Further levels would tell no more than the first that differs, and cost time or logins.
    pub(super) fn first_difference_suffices(&self) -> bool {
        match self.factor {
            Factor::Region | Factor::TlsMode | Factor::Mechanism | Factor::Concurrency | Factor::Session => {
                true
            }
            Factor::Port | Factor::AddressFamily | Factor::Address => false,
        }
    }
}

impl Design {
    /// Plans an experiment after everything else has been looked at. `None` without a probe to start from.
    pub fn of(evidence: &Evidence, reachable: &Reachable, mut limits: Limits) -> Option<Self> {
        let probe = evidence.probe.known()?;
        let baseline = baseline(evidence, probe);
        let proven = diagnose(evidence)
            .findings
            .into_iter()
            .find(|judged| judged.finding.certainty == Certainty::Confirmed);
        if proven.is_some() || !reachable.pair {
            limits.logins = 0;
        }
        let trouble = order::Trouble::of(evidence, probe);
        let alternatives = trouble
            .factors(evidence)
            .into_iter()
            .map(|factor| Alternative {
                factor,
                reach: factor.reach(),
                levels: levels(factor, &baseline, evidence, probe, reachable, limits.at_once),
            })
            .filter(|one| one.levels.len() > usize::from(!one.factor.has_baseline()))
            .filter(|one| one.reach == Reach::Connection || limits.logins > 0)
            .collect();
        Some(Self {
            given: given(evidence, probe, &baseline),
            repeat: trouble.repeat(limits.logins > 0),
            baseline,
            alternatives,
            limits,
            proven: proven.map(|judged| judged.cause.id.to_owned()),
        })
    }

    /// Why nothing was tried.
    pub(super) fn nothing_to_try(&self) -> String {
        match &self.proven {
            Some(cause) => format!("the cause is proven without an experiment: {cause}"),
            None => "the limits allow no trial".to_owned(),
        }
    }
}

fn baseline(evidence: &Evidence, probe: &ProbeFacts) -> Setup {
    Setup {
        region: evidence.region(),
        host: probe.target.host.clone(),
        port: probe.target.port,
        tls: probe.target.tls,
        mechanism: Mechanism::Plain,
        address: None,
        connections: 1,
        pause_ms: 0,
    }
}

/// The probe, as the trials that it amounts to.
fn given(evidence: &Evidence, probe: &ProbeFacts, baseline: &Setup) -> Vec<Trial> {
    let trial = |reach, outcome| Trial {
        purpose: Purpose::Given,
        factor: None,
        reach,
        setup: baseline.clone(),
        outcome,
        peer: probe.peer.map(|peer| peer.ip()),
        at: evidence.probe.observed_at.unwrap_or_default(),
        elapsed_ms: probe.elapsed_ms,
    };
    let at_login = |phase: Phase| {
        matches!(
            phase,
            Phase::Auth | Phase::MailFrom | Phase::RcptTo | Phase::Data | Phase::EndOfData
        )
    };
    let ended = outcome(probe);
    let reached = match &ended {
        TrialOutcome::Works => true,
        TrialOutcome::Refused { phase, .. } => at_login(*phase) && baseline.tls != TlsMode::Plain,
        TrialOutcome::Failed(failure) => at_login(failure.phase),
    };
    if !reached {
        return vec![trial(Reach::Connection, ended)];
    }
    let login = probe.auth.last().map(|attempt| match attempt.reply.code {
        235 => TrialOutcome::Works,
        _ => TrialOutcome::Refused {
            phase: Phase::Auth,
            reply: attempt.reply.clone(),
        },
    });
    let connection = trial(Reach::Connection, TrialOutcome::Works);
    let login = login.map(|outcome| trial(Reach::Login, outcome));
    std::iter::once(connection).chain(login).collect()
}

/// How a probe ended.
pub(super) fn outcome(probe: &ProbeFacts) -> TrialOutcome {
    match (&probe.refusal, &probe.failure) {
        (Some((phase, reply)), _) => TrialOutcome::Refused {
            phase: *phase,
            reply: reply.clone(),
        },
        (None, Some(failure)) => TrialOutcome::Failed(failure.clone()),
        (None, None) => TrialOutcome::Works,
    }
}

impl From<&ProbeFacts> for TrialOutcome {
    fn from(probe: &ProbeFacts) -> Self {
        outcome(probe)
    }
}

fn levels(
    factor: Factor,
    baseline: &Setup,
    evidence: &Evidence,
    probe: &ProbeFacts,
    reachable: &Reachable,
    at_once: u8,
) -> Vec<Setup> {
    let own = || baseline.clone();
    match factor {
        Factor::Region => {
            let used = evidence
                .key_last_used
                .known()
                .and_then(|used| used.region.as_deref());
            let untried = reachable
                .regions
                .iter()
                .filter(|(region, _)| !is_tried(evidence, region));
            let mut untried: Vec<_> = untried.collect();
            untried.sort_by_key(|(region, _)| Some(region.as_str()) != used);
            untried
                .into_iter()
                .map(|(region, host)| Setup {
                    region: Some(region.clone()),
                    host: host.clone(),
                    ..own()
                })
                .collect()
        }
        Factor::Port => {
            let ports = PORTS.iter().filter(|port| reachable.ports.contains(&port.number));
            let level = |port: &ses_smtp::endpoint::Port| Setup {
                port: port.number,
                tls: port.tls,
                ..own()
            };
            ports.map(level).collect()
        }
        Factor::TlsMode => {
            let wanted = tls_mode_of_port(baseline.port);
            let modes = [TlsMode::StartTls, TlsMode::Wrapper].into_iter();
            let others =
                modes.filter(|mode| *mode != baseline.tls && wanted.is_none_or(|port| port == *mode));
            others.map(|tls| Setup { tls, ..own() }).collect()
        }
        Factor::Mechanism => vec![Setup {
            mechanism: Mechanism::Login,
            ..own()
        }],
        Factor::AddressFamily | Factor::Address => {
            let addresses = addresses(probe).into_iter().take(MOST_ADDRESSES);
            let pinned = |address| Setup {
                address: Some(address),
                ..own()
            };
            addresses.map(pinned).collect()
        }
        Factor::Concurrency => {
            let numbers = [2_u8, 4, 8, 16, 32]
                .into_iter()
                .filter(|number| *number <= at_once);
            numbers
                .map(|connections| Setup { connections, ..own() })
                .collect()
        }
        Factor::Session => {
            let pauses = order::pauses(evidence);
            pauses
                .iter()
                .map(|pause_ms| Setup {
                    pause_ms: *pause_ms,
                    ..own()
                })
                .collect()
        }
    }
}

/// A login in this region has been answered already.
fn is_tried(evidence: &Evidence, region: &str) -> bool {
    let answered = |login: &crate::evidence::RegionLogin| match login.outcome {
        LoginOutcome::Accepted | LoginOutcome::Refused(_) => login.region == region,
        LoginOutcome::NotReached(_) => false,
    };
    evidence
        .regions
        .known()
        .is_some_and(|logins| logins.iter().any(answered))
}

/// IPv4 and IPv6 in turn, so that both families are among the first.
fn addresses(probe: &ProbeFacts) -> Vec<IpAddr> {
    let Some(dns) = &probe.dns else {
        return Vec::new();
    };
    let v4 = dns.ipv4.iter().copied().map(IpAddr::V4);
    let mut v6 = dns.ipv6.iter().copied().map(IpAddr::V6);
    let mut addresses: Vec<IpAddr> = v4
        .flat_map(|address| [Some(address), v6.next()])
        .flatten()
        .collect();
    addresses.extend(v6);
    addresses
}
