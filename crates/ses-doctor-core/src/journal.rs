//! What a run wrote down, and what follows from it. A record stands on disk before what it announces is done: from any
//! journal that ends anywhere it can be told what was done, what was not, and what has to be looked at.

use crate::automatic::Automatic;
use crate::note::Note;
use crate::plan::{Format, PlanId, Target};
use crate::verification::Verification;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id of a run, which is the name of its folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// A text that is no run id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no run id; `ses-doctor runs list` shows them")]
pub struct NotARunId(String);

impl RunId {
    /// A run begun at this time, of this plan; `turn` tells apart what begins in the same second.
    pub fn new(at: Timestamp, plan: &PlanId, turn: u32) -> Self {
        let plan = plan.as_str().get(..8).unwrap_or_default();
        let turn = if turn == 0 {
            String::new()
        } else {
            format!("-{turn}")
        };
        Self(format!("{}-{plan}{turn}", at.strftime("%Y%m%dT%H%M%SZ")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RunId {
    type Error = NotARunId;

    fn try_from(text: String) -> Result<Self, NotARunId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        match (1..=64).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-') {
            true => Ok(Self(text)),
            false => Err(NotARunId(text)),
        }
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    pub entry: Entry,
}

/// What a record says. Steps count from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// The run begins; nothing was changed yet.
    Began {
        /// Version of the journal; see [`Format`].
        format: Format,
        /// The run.
        run: RunId,
        /// The plan.
        plan: PlanId,
        /// Where it applies.
        target: Target,
        /// The run that it undoes.
        undoes: Option<RunId>,
        /// By what it is known that no person was at it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        automatic: Option<Automatic>,
    },
    /// The call of this step is about to be made.
    Intent {
        /// The step.
        step: usize,
    },
    /// What came of it, by reading the thing again.
    Outcome {
        /// The step.
        step: usize,
        /// What came of it.
        outcome: Outcome,
    },
    /// The symptom was tried again.
    Verified {
        /// What was seen.
        verification: Verification,
    },
    /// Something beside the steps.
    Noted {
        /// What.
        note: Note,
    },
    /// Nothing more will be done.
    Ended {
        /// How it ended.
        end: End,
    },
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The thing is as planned, by our call.
    Done,
    /// The thing was as planned before any call.
    AlreadyDone,
    /// The thing is as it was.
    NotDone {
        /// What AWS said.
        why: String,
        /// The service's code of a definite refusal; `None` where it was not a service that refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// The thing could not be read, or is neither as it was nor as planned.
    Unknown {
        /// What was seen.
        why: String,
    },
    /// A gate that opens later: the run waits, and is gone on with by whoever resumes it.
    NotYet {
        /// What it waits for.
        why: String,
    },
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Every step is done.
    Applied,
    /// A step could not be done, or the verification failed; what was done is to be undone by a run of its own.
    Failed,
    /// It was stopped, and a run that undoes it took its place.
    Abandoned,
}

/// Where a step stands by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// Nothing was done.
    Pending,
    /// A call was announced and nothing is written of its outcome: only the thing itself tells.
    Intended,
    /// Something came of it.
    Settled(Outcome),
}

/// What a journal tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The run.
    pub run: RunId,
    /// When it began.
    pub began_at: Timestamp,
    /// The plan.
    pub plan: PlanId,
    /// Where it applies.
    pub target: Target,
    /// The run that it undoes.
    pub undoes: Option<RunId>,
    /// By what it is known that no person was at it.
    pub automatic: Option<Automatic>,
    /// Where each step stands.
    pub steps: Vec<StepState>,
    /// What the symptom showed.
    pub verification: Option<Verification>,
    /// What was noted beside the steps.
    pub notes: Vec<Note>,
    /// How it ended; `None` for a run that was stopped.
    pub end: Option<End>,
}

/// Why a journal tells nothing.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A line that is none.
    #[error("line {line} of the journal: {source}")]
    Malformed {
        /// From 1.
        line: usize,
        /// The parser's word.
        source: serde_json::Error,
    },
    /// It does not begin as journals do.
    #[error("the journal does not begin with its run")]
    NoBeginning,
    /// Written by a newer program.
    #[error(
        "the journal's format is {found}, this program knows up to {}",
        Format::CURRENT
    )]
    TooNew {
        /// The version found.
        found: Format,
    },
    /// A record of a step that the plan does not have.
    #[error("the journal speaks of step {0}, which the plan does not have")]
    NoSuchStep(usize),
}

/// Reads a journal. A last line without its end was being written when the process was stopped; what it would have
/// announced was not begun, and what it would have reported can be read again.
///
/// # Errors
/// When any other line is not a record.
pub fn read(text: &str) -> Result<Vec<Record>, JournalError> {
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let lines = whole.lines().zip(1..).filter(|(line, _)| !line.is_empty());
    lines
        .map(|(text, line)| {
            serde_json::from_str(text).map_err(|source| JournalError::Malformed { line, source })
        })
        .collect()
}

/// What the records tell of a plan with so many steps.
///
/// # Errors
/// When they do not begin with a run of a known format, or do not fit the plan.
pub fn progress(records: &[Record], steps: usize) -> Result<Progress, JournalError> {
    let Some(Record {
        at,
        entry:
            Entry::Began {
                format,
                run,
                plan,
                target,
                undoes,
                automatic,
            },
    }) = records.first()
    else {
        return Err(JournalError::NoBeginning);
    };
    if !format.is_readable() {
        return Err(JournalError::TooNew { found: *format });
    }
    let mut progress = Progress {
        run: run.clone(),
        began_at: *at,
        plan: plan.clone(),
        target: target.clone(),
        undoes: undoes.clone(),
        automatic: *automatic,
        steps: vec![StepState::Pending; steps],
        verification: None,
        notes: Vec::new(),
        end: None,
    };
    for record in records {
        match &record.entry {
            Entry::Began { .. } => {}
            Entry::Intent { step } => progress.set(*step, StepState::Intended)?,
            Entry::Outcome { step, outcome } => {
                progress.set(*step, StepState::Settled(outcome.clone()))?;
            }
            Entry::Verified { verification } => progress.verification = Some(verification.clone()),
            Entry::Noted { note } => progress.notes.push(note.clone()),
            Entry::Ended { end } => progress.end = Some(*end),
        }
    }
    Ok(progress)
}

impl Progress {
    fn set(&mut self, step: usize, state: StepState) -> Result<(), JournalError> {
        let index = step.checked_sub(1).ok_or(JournalError::NoSuchStep(step))?;
        let slot = self.steps.get_mut(index).ok_or(JournalError::NoSuchStep(step))?;
        *slot = state;
        Ok(())
    }

    /// Whether a step was, or may have been, carried out by this run.
    pub fn may_have_changed(&self, index: usize) -> bool {
        match self.steps.get(index) {
            Some(StepState::Intended | StepState::Settled(Outcome::Done | Outcome::Unknown { .. })) => true,
            Some(
                StepState::Pending
                | StepState::Settled(Outcome::AlreadyDone | Outcome::NotDone { .. } | Outcome::NotYet { .. }),
            )
            | None => false,
        }
    }

    /// What the run waits for, where it waits: nothing is at work then, and nothing is half done.
    pub fn waits_for(&self) -> Option<&str> {
        if self.end.is_some() || self.steps.contains(&StepState::Intended) {
            return None;
        }
        self.steps.iter().find_map(|step| match step {
            StepState::Settled(Outcome::NotYet { why }) => Some(why.as_str()),
            StepState::Pending
            | StepState::Intended
            | StepState::Settled(
                Outcome::Done | Outcome::AlreadyDone | Outcome::NotDone { .. } | Outcome::Unknown { .. },
            ) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::now;
    use proptest::prelude::*;

    fn record(entry: Entry) -> Record {
        Record { at: now(), entry }
    }

    fn journal() -> Vec<Record> {
        let plan = crate::plan::Drafted::new(crate::plan::testing::plan());
        let began = Entry::Began {
            format: Format::CURRENT,
            run: RunId::new(now(), plan.id(), 0),
            plan: plan.id().clone(),
            target: plan.plan().target.clone(),
            undoes: None,
            automatic: Some(Automatic::Ci),
        };
        let outcome = |step, outcome| Entry::Outcome { step, outcome };
        [
            began,
            outcome(1, Outcome::AlreadyDone),
            Entry::Intent { step: 2 },
            outcome(2, Outcome::Done),
            Entry::Intent { step: 3 },
        ]
        .map(record)
        .to_vec()
    }

    fn written(records: &[Record]) -> String {
        let line = |record| serde_json::to_string(record).unwrap() + "\n";
        records.iter().map(line).collect()
    }

    #[test]
    fn a_journal_tells_what_was_done_what_not_and_what_has_to_be_looked_at() {
        let records = read(&written(&journal())).unwrap();
        let progress = progress(&records, 4).unwrap();
        assert_eq!(
            progress.steps,
            [
                StepState::Settled(Outcome::AlreadyDone),
                StepState::Settled(Outcome::Done),
                StepState::Intended,
                StepState::Pending
            ]
        );
        let changed: Vec<bool> = (0..5).map(|at| progress.may_have_changed(at)).collect();
        assert_eq!(changed, [false, true, true, false, false]);
        assert_eq!((progress.end, progress.automatic), (None, Some(Automatic::Ci)));
        let earlier = written(&journal()).replacen(",\"automatic\":\"ci\"", "", 1);
        let earlier = super::progress(&read(&earlier).unwrap(), 4).unwrap();
        assert_eq!(earlier.automatic, None, "a journal of before");
    }

    #[test]
    fn a_line_that_was_being_written_counts_as_not_written() {
        let whole = written(&journal());
        let lines = journal().len();
        for cut in 0..whole.len() {
            let text = whole.get(..cut).unwrap();
            let records = read(text).unwrap();
            assert_eq!(records.len(), text.matches('\n').count());
            assert!(records.len() < lines);
        }
        assert!(matches!(progress(&[], 1), Err(JournalError::NoBeginning)));
    }

    #[test]
    fn a_broken_line_a_newer_format_and_a_foreign_step_are_errors() {
        assert!(matches!(
            read("{}\n"),
            Err(JournalError::Malformed { line: 1, .. })
        ));
        let newer = written(&journal()).replacen("\"format\":1", "\"format\":2", 1);
        let newer = read(&newer).unwrap();
        assert!(matches!(progress(&newer, 4), Err(JournalError::TooNew { .. })));
        assert!(matches!(
            progress(&journal(), 2),
            Err(JournalError::NoSuchStep(3))
        ));
    }

    #[test]
    fn a_run_id_is_a_name_and_never_a_path() {
        for bad in ["", "..", "a/b", "-x", "a b", "é"] {
            assert!(RunId::try_from(bad.to_owned()).is_err(), "{bad}");
        }
        let plan = crate::plan::Drafted::new(crate::plan::testing::plan());
        let id = RunId::new(now(), plan.id(), 2);
        assert_eq!(RunId::try_from(id.to_string()).unwrap(), id);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*\n.*") {
            if let Ok(records) = read(&text) {
                let _ = progress(&records, 3);
            }
        }
    }
}
