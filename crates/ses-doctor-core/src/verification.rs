//! Did it work? The evidence collected again after a run, held against what the plan set out to cure.

use crate::cause::{Cause, Group};
use crate::diagnosis::{Outcome, diagnose};
use crate::evidence::Evidence;
use crate::plan::Plan;
use crate::verdict::Certainty;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What trying the symptom again showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// In one word.
    pub state: Verified,
    /// In a sentence.
    pub why: String,
    /// Causes that still hold, or are new.
    pub causes: Vec<String>,
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verified {
    /// The symptom is gone, and nothing contradicts it.
    Verified,
    /// What the plan set out to cure is cured; another cause that it had seen still holds.
    CausesLeft,
    /// What the plan set out to cure still holds, or something new is wrong.
    Failed,
    /// It could not be tried, or not to the end.
    NotVerified,
}

impl Verification {
    /// It could not be tried.
    pub fn not_tried(why: impl Into<String>) -> Self {
        Self {
            state: Verified::NotVerified,
            why: why.into(),
            causes: Vec::new(),
        }
    }
}

/// Judges the evidence that was collected after the run.
pub fn verify(plan: &Plan, after: &Evidence) -> Verification {
    let diagnosis = diagnose(after);
    let strong = diagnosis
        .findings
        .iter()
        .filter(|judged| judged.finding.certainty >= Certainty::Likely);
    let strong: Vec<_> = strong.collect();
    let causes: Vec<String> = strong.iter().map(|judged| judged.cause.id.to_owned()).collect();
    let seen = |id: &str| plan.saw.iter().any(|saw| saw.cause == id);
    let bad = strong.iter().find(|judged| {
        plan.cures(judged.cause.id) || (!seen(judged.cause.id) && !is_of_the_way(judged.cause))
    });
    let of = |state, why: String| Verification {
        state,
        why,
        causes: causes.clone(),
    };
    if let Some(judged) = bad {
        let how = if plan.cures(judged.cause.id) {
            "still holds"
        } else {
            "is new"
        };
        let why = format!("{} {how}: {}", judged.cause.id, judged.finding.why);
        return of(Verified::Failed, why);
    }
    if let Some(new) = strong.iter().find(|judged| !seen(judged.cause.id)) {
        // Nothing that a plan changes in AWS stands between us and the endpoint.
        let why = format!(
            "SES was not reached as before, so that nothing was shown: {}",
            new.finding.why
        );
        return of(Verified::NotVerified, why);
    }
    if let Some(left) = strong.first() {
        let why = format!(
            "{} was seen before and still holds: {}",
            left.cause.id, left.finding.why
        );
        return of(Verified::CausesLeft, why);
    }
    match diagnosis.outcome {
        Outcome::Healthy if message_accepted(after) => of(
            Verified::Verified,
            "the login works, and SES accepted a message".to_owned(),
        ),
        Outcome::Healthy => of(
            Verified::Verified,
            "the login works, and nothing that could be read keeps messages from being sent".to_owned(),
        ),
        Outcome::CauseFound | Outcome::Inconclusive => match refusal(after) {
            Some(reply) => of(
                Verified::Failed,
                format!("it is refused still, for no cause that could be seen: {reply}"),
            ),
            None => of(
                Verified::NotVerified,
                "no cause is left that could be seen, but the evidence does not suffice to call it healthy"
                    .to_owned(),
            ),
        },
    }
}

/// What the server said no to, for good: a 4xx reply may be another one in a moment (RFC 5321, section 4.2.1).
fn refusal(evidence: &Evidence) -> Option<String> {
    let (_, reply) = evidence.probe.known()?.refusal.as_ref()?;
    (reply.code >= 500).then(|| format!("{} {}", reply.code, reply.text()))
}

/// Of the network, of TLS, or of the settings that this very verification was made with.
fn is_of_the_way(cause: &Cause) -> bool {
    match cause.group {
        Group::Transport | Group::Client => true,
        Group::Credentials | Group::Permission | Group::Account => false,
    }
}

fn message_accepted(evidence: &Evidence) -> bool {
    let reply = evidence
        .probe
        .known()
        .and_then(|probe| probe.end_of_data.as_ref());
    reply.is_some_and(|reply| (200..300).contains(&reply.code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Evidence, KeyStatus};
    use crate::plan::{Saw, testing::plan};
    use crate::testimony::{KEY, evidence_of_235, evidence_of_535, keys, known};

    fn saw(cause: &str) -> Saw {
        Saw {
            cause: cause.into(),
            certainty: Certainty::Confirmed,
            why: String::new(),
        }
    }

    fn inactive() -> Evidence {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        evidence
    }

    #[test]
    fn a_login_that_works_verifies_and_the_old_cause_fails() {
        assert_eq!(verify(&plan(), &evidence_of_235()).state, Verified::Verified);
        let failed = verify(&plan(), &inactive());
        assert_eq!(
            (failed.state, failed.causes),
            (Verified::Failed, vec!["key-inactive".into()])
        );
    }

    #[test]
    fn a_cause_that_the_plan_saw_and_leaves_to_others_is_no_failure_but_a_new_one_is() {
        let mut plan = plan();
        plan.steps.clear();
        assert_eq!(verify(&plan, &inactive()).state, Verified::Failed);
        plan.saw.push(saw("key-inactive"));
        assert_eq!(verify(&plan, &inactive()).state, Verified::CausesLeft);
    }

    #[test]
    fn an_endpoint_that_is_not_reached_any_more_shows_nothing() {
        use ses_smtp::probe::FailureKind;
        use ses_smtp::reply::Phase;
        let after = crate::testimony::evidence_of_failure(Phase::Resolve, FailureKind::NoSuchName);
        assert_eq!(verify(&plan(), &after).state, Verified::NotVerified);
    }

    #[test]
    fn a_refusal_that_no_cause_explains_is_a_failure_all_the_same() {
        let verification = verify(&plan(), &evidence_of_535());
        assert_eq!(verification.state, Verified::Failed, "{verification:?}");
        assert!(verification.why.contains("535"), "{}", verification.why);
    }

    #[test]
    fn without_evidence_nothing_is_verified() {
        assert_eq!(verify(&plan(), &Evidence::default()).state, Verified::NotVerified);
    }
}
