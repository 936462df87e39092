//! How often `explain` names the true cause: over the corpus of this repository, and over real incidents when they lie
//! beside it (`../shared/cases`). Prints a table by cause and by client, with every miss.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that reads the corpus and the cases, prints a table, and fails at what is not as it should be"
)]

mod cases;
mod corpus;
mod table;

use jiff::Timestamp;
use ses_doctor_core::explain::{self, Explained, Sureness};
use table::Table;

/// What a sample ought to be called.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub(crate) name: String,
    pub(crate) client: String,
    pub(crate) cause: String,
    /// The text decides. Otherwise `unknown` is right, with the cause among the candidates.
    pub(crate) decidable: bool,
    pub(crate) text: String,
}

/// How an answer is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Score {
    /// The cause first, or `unknown` where that is right.
    Right,
    /// `unknown` where the text decides.
    TooCautious,
    /// Not first, or not among the candidates.
    Missed,
    /// Another cause, likely or confirmed. The worst.
    ConfidentlyWrong,
}

/// The causes of the most telling group of a text.
fn answer(text: &str) -> Vec<Explained> {
    let mut scanner = client_log::Scanner::new();
    scanner.push(text.as_bytes());
    let log = scanner.finish();
    let explained = log
        .groups
        .iter()
        .map(|group| explain::explain(group, Timestamp::UNIX_EPOCH));
    let best = explained.max_by_key(|explanation| explanation.weight());
    best.unwrap_or_else(|| explain::of_nothing(&log)).causes
}

fn score(expected: &Expected, causes: &[Explained]) -> Score {
    let Some(first) = causes.first() else {
        return Score::Missed;
    };
    let open = first.cause == explain::UNKNOWN || first.verdict <= Sureness::Possible;
    let among = expected.cause == explain::UNKNOWN || causes.iter().any(|it| it.cause == expected.cause);
    match (expected.decidable, first.cause == expected.cause, open) {
        (true, true, _) => Score::Right,
        (true, false, true) if among => Score::TooCautious,
        (false, _, true) if among => Score::Right,
        // Proven by the text, although the label did not count on it.
        (false, true, false) => Score::Right,
        (_, false, false) => Score::ConfidentlyWrong,
        (true | false, _, true) => Score::Missed,
    }
}

fn judge(title: &str, samples: &[Expected]) -> Table {
    let mut table = Table::new(title);
    for expected in samples {
        let causes = answer(&expected.text);
        table.add(expected, score(expected, &causes), &causes);
    }
    table
}

fn main() {
    let corpus = corpus::samples();
    let own = judge("corpus of this repository", &corpus);
    own.print();
    let mut failures = own.complaints(corpus.len().min(120), 0.97);
    match cases::samples() {
        Some(cases) => {
            let shared = judge("real incidents (../shared/cases)", &cases);
            shared.print();
            failures.extend(shared.complaints(0, 0.9));
        }
        None => println!("\nreal incidents: ../shared/cases is not there, so they are left out"),
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
