//! What an answer is worth, by the truth of the world.

use crate::level::Level;
use crate::program::Report;
use ses_lab::World;
use ses_lab::world::{Account, SupportPlan};

/// The worth of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// Healthy, and it is; or every cause is named with confidence, the first of them first.
    Right,
    /// Some cause is named with confidence.
    Part,
    /// A true cause is named as possible, or as one that could not be told.
    Open,
    /// Nothing is said of the true causes, and nothing wrong.
    Silent,
    /// Something that does not hold is said with confidence, or something broken is called healthy.
    Wrong,
}

impl Worth {
    /// For a cell of the table.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Part => "part",
            Self::Open => "open",
            Self::Silent => "–",
            Self::Wrong => "**wrong**",
        }
    }

    /// For a count.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Right | Self::Part | Self::Open | Self::Wrong => self.mark().trim_matches('*'),
        }
    }

    pub(crate) fn of(world: &World, level: Level, report: &Report) -> Self {
        if !wrong(world, level, report).is_empty() {
            return Self::Wrong;
        }
        if world.healthy {
            return if report.outcome == "healthy" {
                Self::Right
            } else {
                Self::Open
            };
        }
        let sure: Vec<&str> = report
            .found
            .iter()
            .filter(|found| found.is_confident())
            .map(|found| found.cause.as_str())
            .collect();
        let open = report
            .found
            .iter()
            .map(|found| &found.cause)
            .chain(&report.unknown);
        if world.causes.iter().all(|cause| sure.contains(&cause.as_str())) {
            Self::Right
        } else if !sure.is_empty() {
            Self::Part
        } else if open.into_iter().any(|cause| world.causes.contains(cause)) {
            Self::Open
        } else {
            Self::Silent
        }
    }
}

/// It is a cause of this world. Of a deleted user the keys are deleted too: IAM refuses to delete a user that has one.
fn holds(world: &World, cause: &str) -> bool {
    let is_true = |cause: &str| world.causes.iter().any(|other| other == cause);
    is_true(cause) || (cause == "key-deleted" && is_true("user-deleted"))
}

/// What an answer may never be, however little could be seen.
fn wrong(world: &World, level: Level, report: &Report) -> Vec<String> {
    let confident = report
        .found
        .iter()
        .filter(|found| found.is_confident() && !holds(world, &found.cause));
    let mut wrong: Vec<String> = confident
        .map(|found| format!("{} ({}) does not hold", found.cause, found.verdict))
        .collect();
    // Who complains of nothing, and looks at the login alone, is told that the login works.
    let asks_of_login = level == Level::Smtp && world.client.error.is_none();
    if report.outcome == "healthy" && !world.healthy && !asks_of_login {
        wrong.push("it is called healthy".to_owned());
    }
    wrong
}

/// Everything that is to be complained of. `first` are the causes one of which has to come first, when all can be seen.
pub(crate) fn complaints(world: &World, level: Level, report: &Report, first: &[String]) -> Vec<String> {
    let mut complaints = wrong(world, level, report);
    // A world in which reads are denied is one of less access; only a healthy one is known to be complete without them.
    if level == Level::Aws && (world.healthy || (world.faults.denied.is_empty() && !hides_an_outage(world))) {
        complaints.extend(incomplete(world, report, first));
    }
    complaints
}

/// Without a support plan nobody may read AWS Health.
fn hides_an_outage(world: &World) -> bool {
    let basic = |account: &Account| account.support_plan == SupportPlan::Basic;
    world.causes.iter().any(|cause| cause == "aws-outage") && world.account.iter().any(basic)
}

fn incomplete(world: &World, report: &Report, first: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    let denied = !world.faults.denied.is_empty();
    let outcome = match world.causes.is_empty() {
        true if denied => "inconclusive",
        true => "healthy",
        false => "cause-found",
    };
    if report.outcome != outcome {
        complaints.push(format!("{outcome}, but the report says {}", report.outcome));
    }
    let is_found = |cause: &&String| report.found.iter().any(|found| found.cause == **cause);
    let missed = world.causes.iter().filter(|cause| !is_found(cause));
    complaints.extend(missed.map(|cause| format!("{cause} is not found")));
    if let Some(top) = report.found.first()
        && !first.contains(&top.cause)
    {
        complaints.push(format!("{} comes first, not {}", top.cause, first.join(" or ")));
    }
    complaints
}

/// Beside its causes a single scenario shows nothing but what it resembles.
pub(crate) fn superfluous(world: &World, report: &Report) -> Vec<String> {
    let is_allowed = |cause: &String| world.causes.contains(cause) || world.possible.contains(cause);
    let found = report.found.iter().filter(|found| !is_allowed(&found.cause));
    found
        .map(|found| format!("{} ({}) is not of this world", found.cause, found.verdict))
        .collect()
}
