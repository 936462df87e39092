//! Decides one request over and over, on one thread: policies compiled once, the trace kept. `bench/decisions.py` runs it
//! beside others; alone:
//!
//! `cargo run --release -p iam-eval --example decisions -- ready bench/iam/send.json 1`
//!
//! With `json` the request is read from JSON each time; the policies are not.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it reads a file, measures and prints"
)]

use iam_eval::evaluate;
use iam_eval::simulation::Simulation;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Between two looks at the clock.
const BATCH: u32 = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, file, seconds] = arguments.as_slice() else {
        return Err("usage: decisions ready|json REQUEST.json SECONDS".into());
    };
    let text = std::fs::read_to_string(file)?;
    let simulation = Simulation::parse(&text)?;
    let (policies, request) = (simulation.policies()?, simulation.request()?);
    let decision = evaluate(&policies, &request).decision();
    let request_alone = without_policies(&text)?;

    let seconds = Duration::from_secs_f64(seconds.parse()?);
    let per_second = match kind.as_str() {
        "ready" => rate(seconds, || {
            drop(black_box(evaluate(black_box(&policies), black_box(&request))));
            Ok(())
        })?,
        "json" => rate(seconds, || {
            let request = Simulation::parse(black_box(&request_alone))?.request()?;
            drop(black_box(evaluate(black_box(&policies), &request)));
            Ok(())
        })?,
        other => return Err(format!("{other} is neither ready nor json").into()),
    };
    println!(
        "{}",
        json!({ "decision": decision.to_string(), "per_second": per_second })
    );
    Ok(())
}

/// The request with what is asked, and nothing that applies to it.
fn without_policies(text: &str) -> Result<String, serde_json::Error> {
    let mut request: Map<String, Value> = serde_json::from_str(text)?;
    request.retain(|name, _| {
        !name.ends_with("policies") && !name.ends_with("boundaries") && name != "resource_policy"
    });
    serde_json::to_string(&request)
}

/// Runs a second on the processor, so that a busy machine makes no difference.
fn rate(time: Duration, mut run: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let (started, before, mut runs) = (Instant::now(), on_processor(), 0_u32);
    while runs == 0 || started.elapsed() < time {
        for _ in 0..BATCH {
            run()?;
        }
        runs += BATCH;
    }
    let seconds = match (before, on_processor()) {
        (Some(before), Some(after)) => after - before,
        _ => started.elapsed().as_secs_f64(),
    };
    Ok(f64::from(runs) / seconds)
}

/// Seconds that this thread has had the processor; nothing where the system does not tell.
fn on_processor() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos: f64 = told.split(' ').next()?.parse().ok()?;
    Some(nanos / 1e9)
}
