//! How likely a difference is chance.
//!
//! The question is one-sided, since the first look says which level ought to fail. The test is exact and unconditional
//! (Boschloo 1970): tables are ordered by Fisher's one-sided p, and the chance is the largest probability, whatever the
//! true rate of failure, of a table at least that extreme. Three failures of three against none of three give 1/64.

use super::conclusion::Tally;

/// The chance of a wrong claim that a whole experiment may run.
pub(super) const ALPHA: f64 = 0.05;
/// Two short confirmations and one long comparison: no experiment tests more often.
pub(super) const TESTS: u32 = 3;
/// The share of each.
pub(super) const ALPHA_EACH: f64 = ALPHA / 3.0;

/// Beyond this many trials of one side the tables are too many; no budget comes near it.
const MOST: u32 = 60;
/// Points between 0 and 1 at which the rate of failure is tried.
const GRID: u32 = 100;

/// The chance that the level that ought to fail fails so much more often without any difference between the two.
pub(super) fn of_difference(tally: Tally) -> f64 {
    let Tally {
        fails_failed: a,
        fails_worked: b,
        works_failed: c,
        works_worked: d,
    } = tally;
    let (n, m) = (a + b, c + d);
    if n == 0 || m == 0 || n > MOST || m > MOST {
        return 1.0;
    }
    let logs = Logs::up_to(n + m);
    let observed = logs.fisher(a, n, c, m);
    let mut extreme = Vec::new();
    for x in 0..=n {
        for y in 0..=m {
            if logs.fisher(x, n, y, m) <= observed * (1.0 + 1e-9) {
                extreme.push((x, y));
            }
        }
    }
    (1..GRID)
        .map(|step| {
            let rate = f64::from(step) / f64::from(GRID);
            let table = |(x, y): &(u32, u32)| logs.binomial(*x, n, rate) * logs.binomial(*y, m, rate);
            extreme.iter().map(table).sum::<f64>()
        })
        .fold(0.0, f64::max)
        .min(1.0)
}

/// Trials of each side that tell a level which fails at this rate from one that never does; `None` beyond any budget. By
/// Fisher's own p, which is quick and asks for a few more than the test does.
pub(super) fn trials_to_tell(rate: f64) -> Option<u32> {
    let logs = Logs::up_to(2 * MOST);
    (3..=MOST).find(|n| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and n"
        )]
        let failed = (f64::from(*n) * rate).floor() as u32;
        logs.fisher(failed, *n, 0, *n) <= ALPHA_EACH
    })
}

/// The rate of failure that as many successes in a row leave possible, with a chance of 5 %.
pub(super) fn rate_left_possible(successes: u32) -> f64 {
    1.0 - ALPHA.powf(1.0 / f64::from(successes.max(1)))
}

/// Logarithms of factorials.
struct Logs(Vec<f64>);

impl Logs {
    fn up_to(most: u32) -> Self {
        let mut logs = vec![0.0];
        let mut sum = 0.0;
        for number in 1..=most {
            sum += f64::from(number).ln();
            logs.push(sum);
        }
        Self(logs)
    }

    fn factorial(&self, number: u32) -> f64 {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        self.0.get(index).copied().unwrap_or(f64::INFINITY)
    }

    fn choose(&self, n: u32, k: u32) -> f64 {
        self.factorial(n) - self.factorial(k) - self.factorial(n - k)
    }

    fn binomial(&self, k: u32, n: u32, rate: f64) -> f64 {
        let log = self.choose(n, k) + f64::from(k) * rate.ln() + f64::from(n - k) * (1.0 - rate).ln();
        log.exp()
    }

    /// Fisher's one-sided p of `a` of `n` failures against `c` of `m`.
    fn fisher(&self, a: u32, n: u32, c: u32, m: u32) -> f64 {
        let failures = a + c;
        let whole = self.choose(n + m, failures);
        (a..=n.min(failures))
            .filter(|x| failures - x <= m)
            .map(|x| (self.choose(n, x) + self.choose(m, failures - x) - whole).exp())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(a: u32, b: u32, c: u32, d: u32) -> Tally {
        Tally {
            fails_failed: a,
            fails_worked: b,
            works_failed: c,
            works_worked: d,
        }
    }

    #[test]
    fn perfect_separation_is_a_power_of_four() {
        for n in 1..=6 {
            let chance = of_difference(tally(n, 0, 0, n));
            assert!(
                (chance - 0.25_f64.powi(i32::try_from(n).unwrap())).abs() < 1e-6,
                "{n}: {chance}"
            );
        }
    }

    #[test]
    fn fishers_p_is_the_textbooks() {
        // The lady tasting tea: 3 of 4 against 1 of 4 has 17/70.
        let p = Logs::up_to(8).fisher(3, 4, 1, 4);
        assert!((p - 17.0 / 70.0).abs() < 1e-9, "{p}");
    }

    #[test]
    fn no_difference_and_no_trials_are_no_evidence() {
        assert!(of_difference(tally(5, 5, 5, 5)) > 0.4);
        assert!((of_difference(tally(0, 0, 0, 9)) - 1.0).abs() < f64::EPSILON);
        assert!(of_difference(tally(0, 9, 9, 0)) > 0.9, "the wrong way round");
    }

    #[test]
    fn the_rarer_the_fault_the_more_trials() {
        let (always, half, rare) = (trials_to_tell(1.0), trials_to_tell(0.5), trials_to_tell(0.2));
        assert_eq!(always, Some(4));
        assert!(half > always && rare > half, "{half:?} {rare:?}");
        assert_eq!(trials_to_tell(0.0), None);
    }

    #[test]
    fn ten_successes_leave_a_fault_in_every_fourth_login_possible() {
        let rate = rate_left_possible(10);
        assert!((0.25..0.27).contains(&rate), "{rate}");
    }
}
