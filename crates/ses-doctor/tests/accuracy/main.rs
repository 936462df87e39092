//! How often the diagnosis is right: every scenario and every pair of scenarios, with less and less access, and with AWS APIs that
//! misbehave. The real program against the lab; the figures stand in `docs/reference/accuracy.md` and `accuracy-pairs.md`.
//!
//! `SES_DOCTOR_ACCURACY=all` runs every pair with every access (`make accuracy-all`); otherwise a sample of the pairs, another one
//! each day (in CI always the same), is run with full access. While working on something, `SES_DOCTOR_SCENARIOS=TEXT` and `SES_DOCTOR_PAIRS=TEXT,TEXT` run
//! those alone whose name holds the text.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that meets the unexpected is to fail there"
)]

mod answer;
mod level;
mod page;
mod pairs;
mod program;
mod singles;

use anyhow::Result;
use std::time::Instant;

#[test]
fn no_scenario_is_misdiagnosed() -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let begun = Instant::now();
    let singles = runtime.block_on(singles::run());
    println!(
        "{} runs of single scenarios took {:.0?}",
        singles.runs(),
        begun.elapsed()
    );
    let begun = Instant::now();
    let pairs = runtime.block_on(pairs::run());
    println!("{} runs of pairs took {:.0?}", pairs.runs(), begun.elapsed());
    println!("{}\n{}", page::of_singles(&singles), page::of_pairs(&pairs));
    let misses: Vec<String> = singles.misses().chain(pairs.complaints().to_vec()).collect();
    assert!(
        misses.is_empty(),
        "{} misses:\n{}",
        misses.len(),
        misses.join("\n")
    );
    if singles.is_whole() {
        page::keep("accuracy.md", &page::of_singles(&singles));
    }
    page::keep("scenario-pairs.md", &page::of_incompatible(&pairs));
    if pairs.is_whole() {
        page::keep("accuracy-pairs.md", &page::of_pairs(&pairs));
    }
    Ok(())
}
