//! Two groups of levels of one factor: those that failed at the first look, and those that worked.

use super::{Attempt, Planner};
use crate::experiment::chance::{self, ALPHA_EACH};
use crate::experiment::conclusion::{Flip, Tally};
use crate::experiment::design::Alternative;
use crate::experiment::factor::Factor;
use crate::experiment::trial::{Purpose, Reach, Setup};

/// Fresh pairs that settle a difference without exception: a chance of 1/64, below the share of one test.
pub(super) const PAIRS: usize = 3;
/// Differences that are put to this test; [`chance::TESTS`] counts one series besides.
pub(super) const SHORT: usize = chance::TESTS as usize - 1;
/// Trials of each side in a series at most.
const LONGEST: u32 = 30;

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) factor: Factor,
    pub(super) reach: Reach,
    pub(super) fails: Vec<Setup>,
    pub(super) works: Vec<Setup>,
}

/// How far a test has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing spoke against it yet.
    Open,
    /// The difference did not hold.
    Refuted,
    /// It held in every fresh pair.
    Settled,
}

impl Comparison {
    /// The circumstances of a turn: the sides in the order ABBA, so that a drift hits both alike, the levels of a side in
    /// rotation.
    pub(super) fn turn(&self, at: usize) -> Option<&Setup> {
        let side = if matches!(at % 4, 0 | 3) {
            &self.fails
        } else {
            &self.works
        };
        side.iter().cycle().nth(at / 2)
    }

    /// Where the two sides are the two address families, the family is what differs.
    pub(super) fn refined(&self) -> Factor {
        let all = |setups: &[Setup], v6: bool| {
            setups
                .iter()
                .all(|setup| setup.address.is_some_and(|address| address.is_ipv6() == v6))
        };
        let split = |v6| all(&self.fails, v6) && all(&self.works, !v6);
        if self.factor == Factor::Address && (split(true) || split(false)) {
            Factor::AddressFamily
        } else {
            self.factor
        }
    }
}

impl Planner {
    /// What the first looks at a factor suggest, if its levels ended differently and none of them both ways.
    pub(super) fn candidate(&self, alternative: &Alternative) -> Option<Comparison> {
        let of_logins = (alternative.factor == Factor::Address && self.design.repeat == Some(Reach::Login))
            .then_some(Reach::Login);
        [Some(alternative.reach), of_logins]
            .into_iter()
            .flatten()
            .find_map(|reach| self.candidate_at(alternative, reach))
    }

    fn candidate_at(&self, alternative: &Alternative, reach: Reach) -> Option<Comparison> {
        let (mut fails, mut works) = (Vec::new(), Vec::new());
        for setup in self.levels(alternative) {
            let looks: Vec<bool> = self
                .exploratory(setup, reach)
                .map(|trial| trial.outcome.works())
                .collect();
            match (looks.contains(&true), looks.contains(&false)) {
                (true, false) => works.push(setup.clone()),
                (false, true) => fails.push(setup.clone()),
                (true, true) | (false, false) => {}
            }
        }
        (!fails.is_empty() && !works.is_empty()).then_some(Comparison {
            factor: alternative.factor,
            reach,
            fails,
            works,
        })
    }

    /// The levels of a factor, the client's own first.
    fn levels<'a>(&'a self, alternative: &'a Alternative) -> impl Iterator<Item = &'a Setup> {
        let own = alternative.factor.has_baseline().then_some(&self.design.baseline);
        own.into_iter().chain(&alternative.levels)
    }

    /// How far the test of a candidate has come, and how many fresh trials it has had.
    pub(super) fn state(&self, of: &Comparison) -> (State, usize) {
        let tally = self.tally(of, Purpose::Confirmation);
        let made = [tally.fails_failed, tally.works_worked].map(|count| usize::try_from(count).unwrap_or(0));
        let made = made.iter().sum();
        let state = match (tally.fails_worked + tally.works_failed, made) {
            (0, made) if made >= PAIRS * 2 => State::Settled,
            (0, _) => State::Open,
            _ => State::Refuted,
        };
        (state, made)
    }

    /// Whether a factor is settled.
    pub(super) fn settled(&self, alternative: &Alternative) -> bool {
        let candidate = self.candidate(alternative);
        candidate.is_some_and(|one| self.state(&one).0 == State::Settled)
    }

    /// Factors that fresh trials were spent on.
    pub(super) fn factors_tested(&self) -> usize {
        let tested = |one: &&Alternative| {
            let mut trials = self.trials.iter();
            trials.any(|trial| trial.purpose == Purpose::Confirmation && trial.factor == Some(one.factor))
        };
        self.design.alternatives.iter().filter(tested).count()
    }

    /// The trials of a comparison that were made for this purpose.
    pub(super) fn tally(&self, of: &Comparison, purpose: Purpose) -> Tally {
        let mut tally = Tally::default();
        let concerned = self.trials.iter().filter(|trial| {
            trial.purpose == purpose && trial.factor == Some(of.factor) && trial.reach == of.reach
        });
        for trial in concerned {
            let expected_to_work = of.works.contains(&trial.setup);
            if expected_to_work || of.fails.contains(&trial.setup) {
                tally.count(expected_to_work, trial.outcome.works());
            }
        }
        tally
    }

    /// Logins that a test still lacks, beyond those that may be spent.
    pub(super) fn lacking(&self, of: &Comparison) -> u32 {
        let (_, made) = self.state(of);
        let due = match of.reach {
            Reach::Login => u32::try_from(PAIRS * 2 - made.min(PAIRS * 2)).unwrap_or(0),
            Reach::Connection => 0,
        };
        let (logins, _) = self.spent(|_| true);
        due.saturating_sub(self.design.limits.logins.saturating_sub(logins))
    }

    /// A trial of the one long comparison: for a fault that comes and goes under the client's own circumstances.
    pub(super) fn series(&self) -> Option<Attempt> {
        let (of, length) = self.series_length()?;
        let made = self
            .trials
            .iter()
            .filter(|trial| trial.purpose == Purpose::Comparison)
            .count();
        let setup = of.turn(made).filter(|_| made < length * 2)?;
        self.attempt(Purpose::Comparison, Some(of.factor), of.reach, setup)
    }

    /// What the long comparison compares, and the trials of each side; `None` when the budget is too small to tell anything.
    /// Both are fixed by what was known before it began.
    pub(super) fn series_length(&self) -> Option<(Comparison, usize)> {
        let (of, needed) = self.series_needed()?;
        let (logins, connections) = self.spent(|trial| trial.purpose != Purpose::Comparison);
        let limits = &self.design.limits;
        let room = match of.reach {
            Reach::Login => limits.logins.saturating_sub(logins),
            Reach::Connection => u32::MAX,
        };
        let both: u32 = [&of.fails, &of.works]
            .into_iter()
            .flat_map(|side| side.iter().map(|setup| u32::from(setup.connections)).max())
            .sum();
        let room = (room / 2).min(limits.connections.saturating_sub(connections) / both.max(1));
        (needed <= room).then(|| (of, usize::try_from(needed).unwrap_or(usize::MAX)))
    }

    /// The comparison that would tell, and the trials of each side that it needs.
    fn series_needed(&self) -> Option<(Comparison, u32)> {
        let reach = self.design.repeat?;
        let own: Vec<bool> = self
            .own_trials(reach)
            .into_iter()
            .filter(|trial| trial.purpose != Purpose::Comparison)
            .map(|trial| trial.outcome.works())
            .collect();
        if !own.contains(&true) || !own.contains(&false) {
            return None;
        }
        let of = self
            .design
            .alternatives
            .iter()
            .find_map(|one| self.extremes(one, reach))?;
        let failed = own.iter().filter(|works| !**works).count();
        #[expect(clippy::cast_precision_loss, reason = "a handful of trials")]
        let rate = failed as f64 / own.len() as f64;
        let needed = chance::trials_to_tell(rate).filter(|needed| *needed <= LONGEST)?;
        Some((of, needed))
    }

    /// More trials that would tell whether a factor decides a fault that comes and goes.
    pub(super) fn more_to_tell(&self, reach: Reach) -> Option<u32> {
        if self
            .trials
            .iter()
            .any(|trial| trial.purpose == Purpose::Comparison)
        {
            return None;
        }
        let (_, needed) = self.series_needed().filter(|(of, _)| of.reach == reach)?;
        Some(needed * 2)
    }

    /// The level of a factor that failed most against the one that failed least, by all trials before the series.
    fn extremes(&self, alternative: &Alternative, reach: Reach) -> Option<Comparison> {
        if alternative.reach != reach && alternative.factor != Factor::Address {
            return None;
        }
        let rated: Vec<(f64, &Setup)> = self
            .levels(alternative)
            .filter_map(|setup| Some((self.rate(setup, reach)?, setup)))
            .collect();
        let worst = rated.iter().rev().max_by(|a, b| a.0.total_cmp(&b.0))?;
        let best = rated.iter().find(|(rate, setup)| {
            *setup != worst.1 && rated.iter().all(|(other, one)| *one == worst.1 || rate <= other)
        })?;
        Some(Comparison {
            factor: alternative.factor,
            reach,
            fails: vec![worst.1.clone()],
            works: vec![best.1.clone()],
        })
    }

    fn rate(&self, setup: &Setup, reach: Reach) -> Option<f64> {
        let trials = self.trials.iter().filter(|trial| {
            trial.reach == reach && trial.setup == *setup && trial.purpose != Purpose::Comparison
        });
        let (all, failed) = trials.fold((0_u32, 0_u32), |(all, failed), trial| {
            (all + 1, failed + u32::from(!trial.outcome.works()))
        });
        (all > 0).then(|| f64::from(failed) / f64::from(all))
    }

    /// What the long comparison settled, once it is complete.
    pub(super) fn settled_by_series(&self) -> Option<Flip> {
        let (of, length) = self.series_length()?;
        let made = self
            .trials
            .iter()
            .filter(|trial| trial.purpose == Purpose::Comparison)
            .count();
        if made < length * 2 {
            return None;
        }
        let flip = self.flip(&of, Purpose::Comparison);
        (flip.chance <= ALPHA_EACH).then_some(flip)
    }
}
