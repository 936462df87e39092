//! What to try next. One level of one factor at a time, in the order of the design: a first look at each, fresh trials of
//! what differs, then the client's own circumstances again, in case the fault comes and goes. It ends with the first factor
//! that is settled.
//!
//! A claim rests on fresh trials only, never on the first look that raised it, and no experiment tests more often than
//! [`chance::TESTS`]: so the chance of a wrong claim stays below [`chance::ALPHA`] however many levels were looked at.

mod comparison;
mod pause;

use super::chance;
use super::conclusion::{Conclusion, Experiment, Flip};
use super::design::{Alternative, Design};
use super::factor::Factor;
use super::trial::{Purpose, Reach, Setup, Stop, Trial, TrialOutcome};
use comparison::{Comparison, State};
use std::time::Duration;

/// Repetitions of a login that fails: more would tell little and might lock somebody out.
const FAILING_REPEATS: usize = 2;

/// A trial to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Why.
    pub purpose: Purpose,
    /// The factor that it looks at.
    pub factor: Option<Factor>,
    /// How far to go.
    pub reach: Reach,
    /// Under which circumstances.
    pub setup: Setup,
    /// How long to wait after the trial before it.
    pub wait: Duration,
}

/// An experiment under way.
#[derive(Debug, Clone)]
pub struct Planner {
    design: Design,
    trials: Vec<Trial>,
    stopped: Option<Stop>,
}

impl Planner {
    /// Begins.
    pub fn new(design: Design) -> Self {
        let trials = design.given.clone();
        Self {
            design,
            trials,
            stopped: None,
        }
    }

    /// The next trial; `None` when the question is settled, the budget spent or the experiment stopped.
    pub fn next(&self) -> Option<Attempt> {
        if self.stopped.is_some() {
            return None;
        }
        for alternative in &self.design.alternatives {
            let planned = self
                .screening(alternative)
                .or_else(|| self.confirmation(alternative));
            if planned.is_some() {
                return planned;
            }
            if self.settled(alternative) {
                return None;
            }
        }
        self.repetition().or_else(|| self.series())
    }

    /// Takes the outcome of a trial.
    pub fn record(&mut self, trial: Trial) {
        self.trials.push(trial);
        self.stopped = self.stopped.or_else(|| pause::sign_to_stop(&self.trials));
    }

    /// Ends it early.
    pub fn stop(&mut self, why: Stop) {
        self.stopped = self.stopped.or(Some(why));
    }

    /// How many trials have been made, without those that were given.
    pub fn made(&self) -> usize {
        self.trials.len() - self.design.given.len()
    }

    /// How many there can be at most, for whoever waits.
    pub fn at_most(&self) -> usize {
        let levels: usize = self
            .design
            .alternatives
            .iter()
            .map(|one| one.levels.len() + 1)
            .sum();
        let tested = comparison::PAIRS * 2 * comparison::SHORT;
        let repeats = usize::try_from(self.design.limits.repeats).unwrap_or(usize::MAX);
        let planned = levels.saturating_add(tested).saturating_add(repeats);
        let series = self.series_length().map_or(0, |(_, length)| length * 2);
        planned.max(self.made()).saturating_add(series)
    }

    /// All that is known by now.
    pub fn experiment(&self) -> Experiment {
        Experiment {
            trials: self.trials.clone(),
            conclusion: self.conclusion(),
            logins: self.spent(|_| true).0,
            connections: self.spent(|_| true).1,
            stopped: self.stopped,
            proven: self.design.proven.clone(),
        }
    }

    /// The first look at the levels of a factor.
    fn screening(&self, alternative: &Alternative) -> Option<Attempt> {
        let baseline = &self.design.baseline;
        let first = alternative.factor.has_baseline().then_some(baseline);
        if alternative.first_difference_suffices() && self.candidate(alternative).is_some() {
            return None;
        }
        let level = first
            .into_iter()
            .chain(&alternative.levels)
            .find(|setup| self.exploratory(setup, alternative.reach).next().is_none())?;
        let factor = (level != baseline).then_some(alternative.factor);
        self.attempt(Purpose::Screening, factor, alternative.reach, level)
    }

    /// Fresh trials of what the first look showed, if all that are due can be afforded.
    fn confirmation(&self, alternative: &Alternative) -> Option<Attempt> {
        let candidate = self.candidate(alternative)?;
        let (State::Open, made) = self.state(&candidate) else {
            return None;
        };
        if made == 0 && self.factors_tested() >= comparison::SHORT {
            return None;
        }
        let rest: Vec<&Setup> = (made..comparison::PAIRS * 2)
            .filter_map(|at| candidate.turn(at))
            .collect();
        let affordable = self.can_afford(&rest, candidate.reach);
        let setup = rest.first().filter(|_| affordable)?;
        self.attempt(
            Purpose::Confirmation,
            Some(candidate.factor),
            candidate.reach,
            setup,
        )
    }

    /// The client's own circumstances once more, at each address in turn where the name has several.
    fn repetition(&self) -> Option<Attempt> {
        let reach = self.design.repeat?;
        let own = self.own_trials(reach);
        let failed = own.iter().filter(|trial| !trial.outcome.works()).count();
        let repeats = own
            .iter()
            .filter(|trial| trial.purpose == Purpose::Repetition)
            .count();
        let enough = match failed {
            0 => usize::try_from(self.design.limits.repeats).unwrap_or(usize::MAX),
            _ if failed == own.len() => FAILING_REPEATS,
            _ => 0,
        };
        if repeats >= enough {
            return None;
        }
        let setup = self.addressed(repeats);
        self.attempt(Purpose::Repetition, None, reach, &setup)
    }

    fn addressed(&self, turn: usize) -> Setup {
        let addresses = self
            .design
            .alternatives
            .iter()
            .find(|one| !one.factor.has_baseline());
        let levels = addresses.map(|one| one.levels.as_slice()).unwrap_or_default();
        let working: Vec<&Setup> = levels
            .iter()
            .filter(|setup| {
                self.exploratory(setup, Reach::Connection)
                    .all(|trial| trial.outcome.works())
            })
            .collect();
        let pinned = working.get(turn % working.len().max(1)).copied();
        pinned.unwrap_or(&self.design.baseline).clone()
    }

    fn attempt(
        &self,
        purpose: Purpose,
        factor: Option<Factor>,
        reach: Reach,
        setup: &Setup,
    ) -> Option<Attempt> {
        self.can_afford(&[setup], reach).then(|| Attempt {
            purpose,
            factor,
            reach,
            setup: setup.clone(),
            wait: pause::before(&self.trials, reach, self.design.limits.pace),
        })
    }

    fn can_afford(&self, setups: &[&Setup], reach: Reach) -> bool {
        let (logins, connections) = self.spent(|_| true);
        let more_logins = match reach {
            Reach::Login => setups.len(),
            Reach::Connection => 0,
        };
        let more_connections: usize = setups.iter().map(|setup| usize::from(setup.connections)).sum();
        let fits = |spent: u32, more: usize, limit: u32| {
            u32::try_from(more).is_ok_and(|more| spent.saturating_add(more) <= limit)
        };
        let limits = &self.design.limits;
        fits(logins, more_logins, limits.logins) && fits(connections, more_connections, limits.connections)
    }

    /// Logins and connections of the trials that were made here.
    fn spent(&self, counts: impl Fn(&Trial) -> bool) -> (u32, u32) {
        let made = self
            .trials
            .iter()
            .filter(|trial| trial.purpose != Purpose::Given && counts(trial));
        made.fold((0, 0), |(logins, connections), trial| {
            let login = u32::from(trial.reach == Reach::Login);
            (logins + login, connections + u32::from(trial.setup.connections))
        })
    }

    /// First looks and repetitions: what raises a suspicion.
    fn exploratory<'a>(&'a self, setup: &'a Setup, reach: Reach) -> impl Iterator<Item = &'a Trial> {
        self.trials.iter().filter(move |trial| {
            let first = match trial.purpose {
                Purpose::Given | Purpose::Screening | Purpose::Repetition => true,
                Purpose::Confirmation | Purpose::Comparison => false,
            };
            first && trial.reach == reach && trial.setup == *setup
        })
    }

    /// Trials of the client's own circumstances, whichever address was dialled; all purposes.
    fn own_trials(&self, reach: Reach) -> Vec<&Trial> {
        let own = |setup: &Setup| {
            Setup {
                address: None,
                ..setup.clone()
            } == self.design.baseline
        };
        self.trials
            .iter()
            .filter(|trial| trial.reach == reach && own(&trial.setup))
            .filter(|trial| trial.factor.is_none() || trial.setup == self.design.baseline)
            .collect()
    }

    fn conclusion(&self) -> Conclusion {
        let candidates: Vec<Comparison> = self
            .design
            .alternatives
            .iter()
            .filter_map(|one| self.candidate(one))
            .collect();
        let settled = candidates.iter().find(|one| self.state(one).0 == State::Settled);
        if let Some(flip) = settled.map(|one| self.flip(one, Purpose::Confirmation)) {
            return Conclusion::Flips(flip);
        }
        if let Some(flip) = self.settled_by_series() {
            return Conclusion::Flips(flip);
        }
        let open = candidates.iter().find(|one| self.state(one).0 == State::Open);
        if let Some(one) = open {
            return Conclusion::Suggests {
                flip: self.flip(one, Purpose::Confirmation),
                more_logins: self.lacking(one),
            };
        }
        self.without_difference()
    }

    fn without_difference(&self) -> Conclusion {
        let reach = self.design.repeat.unwrap_or(Reach::Connection);
        let (own, reach) = match self.own_trials(reach) {
            own if own.is_empty() => (self.own_trials(Reach::Connection), Reach::Connection),
            own => (own, reach),
        };
        let own = self.both_ways(&own).unwrap_or(own);
        let (worked, failed) = (counted(&own, true), counted(&own, false));
        let failure = own.iter().find(|trial| !trial.outcome.works());
        match failure {
            Some(failure) if worked > 0 => Conclusion::Intermittent {
                worked,
                failed,
                failure: failure.outcome.clone(),
                more: self.more_to_tell(reach),
            },
            _ if worked + failed == 0 => Conclusion::Nothing {
                why: self.design.nothing_to_try(),
            },
            failure => Conclusion::NoDifference {
                works: failure.is_none(),
                trials: worked + failed,
                rarer_than: failure.is_none().then(|| chance::rate_left_possible(worked)),
            },
        }
    }

    /// When the client's own circumstances always end alike: others that ended both ways.
    fn both_ways(&self, own: &[&Trial]) -> Option<Vec<&Trial>> {
        let alike = |trials: &[&Trial]| counted(trials, true) == 0 || counted(trials, false) == 0;
        if !alike(own) {
            return None;
        }
        self.trials.iter().find_map(|first| {
            let same = |trial: &&Trial| trial.reach == first.reach && trial.setup == first.setup;
            let group: Vec<&Trial> = self.trials.iter().filter(same).collect();
            (!alike(&group)).then_some(group)
        })
    }

    fn flip(&self, of: &Comparison, purpose: Purpose) -> Flip {
        let tally = self.tally(of, purpose);
        let failed = |trial: &&Trial| {
            !trial.outcome.works() && trial.reach == of.reach && of.fails.contains(&trial.setup)
        };
        let failure = self
            .trials
            .iter()
            .rev()
            .find(failed)
            .map(|trial| trial.outcome.clone());
        Flip {
            factor: of.refined(),
            works: of.works.clone(),
            fails: of.fails.clone(),
            failure: failure.unwrap_or(TrialOutcome::Works),
            tally,
            chance: chance::of_difference(tally),
        }
    }
}

fn counted(trials: &[&Trial], works: bool) -> u32 {
    let count = trials
        .iter()
        .filter(|trial| trial.outcome.works() == works)
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
