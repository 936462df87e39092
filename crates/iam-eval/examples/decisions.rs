//! Prints how many requests are decided in a second, on one thread, with policies compiled once and the trace kept:
//! `cargo run --release -p iam-eval --example decisions`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures and prints"
)]

use iam_eval::simulation::Simulation;
use iam_eval::{Context, Decision, Layer, PolicyDocument, PolicySet, Request, evaluate};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

const SEND: &str = include_str!("send.json");
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(700);

fn main() -> Result<(), Box<dyn Error>> {
    let simulation = Simulation::parse(SEND)?;
    let (policies, request) = (simulation.policies()?, simulation.request()?);
    let answer = evaluate(&policies, &request).decision();
    if answer != Decision::Allowed {
        return Err(format!("wrong answer: {answer}").into());
    }
    let decided = median(|| drop(black_box(evaluate(black_box(&policies), black_box(&request)))));
    println!(
        "user + boundary + SCP, one ses:SendRawEmail: {:.0} decisions/s",
        1.0 / decided
    );
    let read = median(|| {
        let simulation = Simulation::parse(black_box(SEND)).ok();
        let request = simulation.and_then(|simulation| simulation.request().ok());
        black_box(request.map(|request| evaluate(&policies, &request).decision()));
    });
    println!(
        "the same, request read from JSON each time: {:.0} decisions/s",
        1.0 / read
    );
    for count in [10, 100, 1_000, 4_000] {
        let (policies, request) = many(count)?;
        let decided = median(|| drop(black_box(evaluate(black_box(&policies), black_box(&request)))));
        println!(
            "{count:>6} statements: {:>8.1} µs, {:>5.1} ns each",
            decided * 1e6,
            decided * 1e9 / f64::from(count)
        );
    }
    Ok(())
}

/// Seconds on the processor, so that a busy machine makes no difference; by the clock where the system does not tell.
fn seconds(started: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let on_processor = told.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok());
    on_processor.map_or_else(|| started.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

/// Seconds for one run; the first round warms up.
fn median(mut run: impl FnMut()) -> f64 {
    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS {
        let (start, mut runs) = (Instant::now(), 0_u32);
        let before = seconds(start);
        while start.elapsed() < ROUND {
            for _ in 0..100 {
                run();
            }
            runs += 100;
        }
        rounds.push((seconds(start) - before) / f64::from(runs));
    }
    rounds.remove(0);
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// Statements that match action and resource and fail at their condition, so that each is read to its end.
fn many(count: u32) -> Result<(PolicySet, Request), Box<dyn Error>> {
    let statements: Vec<String> = (0..count)
        .map(|index| {
            format!(
                r#"{{"Effect": "Allow", "Action": ["ses:Get*", "ses:Send*Email"],
                "Resource": "arn:aws:ses:*:111122223333:identity/*",
                "Condition": {{"StringLike": {{"ses:FromAddress": "user{index}@*"}}}}}}"#
            )
        })
        .collect();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    );
    let mut policies = PolicySet::new();
    policies.add(Layer::IdentityPolicy, PolicyDocument::parse("many", &text)?)?;
    let context = Context::new([("ses:FromAddress", vec!["app@example.com".to_owned()])], [])?;
    let request = Request::new(
        "arn:aws:iam::111122223333:user/app",
        "ses:SendRawEmail",
        "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
        context,
    )?;
    Ok((policies, request))
}
