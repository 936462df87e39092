//! An experiment in sentences.

use super::conclusion::{Conclusion, Experiment, Flip};

/// What the experiment shows, in one or two sentences.
pub fn difference(experiment: &Experiment) -> String {
    match &experiment.conclusion {
        Conclusion::Flips(flip) => {
            let tally = flip.tally;
            format!(
                "The difference is {}: {}. In fresh trials {} of {} failed and {} of {} worked as expected; the chance of that \
                 without a difference is {} at most",
                flip.factor.words(),
                sides(flip),
                tally.fails_failed,
                tally.fails_failed + tally.fails_worked,
                tally.works_worked,
                tally.works_failed + tally.works_worked,
                percent(flip.chance),
            )
        }
        Conclusion::Suggests { flip, more_logins } => {
            let lacking = match more_logins {
                0 => "but it was not tested again".to_owned(),
                more => format!("but {more} more logins are needed to rule chance out (--experiment-logins)"),
            };
            format!(
                "At a first look {} differs: {}; {lacking}",
                flip.factor.words(),
                sides(flip)
            )
        }
        Conclusion::NoDifference {
            works: true,
            trials,
            rarer_than,
        } => {
            let left = rarer_than.map_or_else(String::new, |rate| {
                format!(
                    "; a fault that comes more often than in {} of all tries would have shown, with 95 %",
                    percent(rate)
                )
            });
            format!(
                "No difference: whatever was varied works, and the client's own settings worked {trials} of {trials} times{left}"
            )
        }
        Conclusion::NoDifference {
            works: false, trials, ..
        } => format!(
            "No difference: whatever was varied fails alike, and the client's own settings failed {trials} of {trials} times"
        ),
        Conclusion::Intermittent {
            worked,
            failed,
            failure,
            more,
        } => {
            let more = more.map_or_else(String::new, |more| {
                format!("; {more} more logins would tell whether a factor decides (--experiment-logins)")
            });
            format!(
                "It comes and goes: under the same settings {failed} of {} tries failed ({}), and no factor that was varied \
                 explains it{more}",
                worked + failed,
                failure.words(),
            )
        }
        Conclusion::Nothing { why } => format!("Nothing was tried: {why}"),
    }
}

fn sides(flip: &Flip) -> String {
    let (working, failing) = (flip.working().join(", "), flip.failing().join(", "));
    format!(
        "it works with {working}, and fails with {failing} ({})",
        flip.failure.words()
    )
}

fn percent(chance: f64) -> String {
    if chance >= 0.1 {
        format!("{:.0} %", chance * 100.0)
    } else {
        format!("{:.1} %", chance * 100.0)
    }
}
