//! What a missing permission costs: the causes that cannot be decided without it. Derived from what causes read and from
//! what follows from what; nothing here names a cause.

use crate::cause::Cause;
use crate::causes::CAUSES;
use crate::diagnosis::Diagnosis;
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Certainty;
use std::collections::{BTreeMap, BTreeSet};

/// What one refused IAM action cost a diagnosis.
#[derive(Debug, Clone)]
pub struct Cost {
    /// The action, as in a policy.
    pub permission: String,
    /// The evidence that is missing or incomplete without it.
    pub evidence: Vec<Need>,
    /// The causes that could not be decided.
    pub undecided: Vec<&'static Cause>,
    /// The causes that were found, with less certainty than they might have.
    pub less_sure: Vec<&'static Cause>,
    /// The causes to which nothing points as far as could be seen; with the evidence, something might.
    pub not_judged: Vec<&'static Cause>,
}

/// Everything that stays open, or may, when these needs cannot be met.
pub fn open_without(needs: &[Need]) -> BTreeSet<Need> {
    let mut open: BTreeSet<Need> = needs.iter().copied().collect();
    loop {
        let before = open.len();
        let following = Need::ALL
            .iter()
            .filter(|need| need.follows().iter().any(|other| open.contains(other)));
        let following: Vec<Need> = following.copied().collect();
        open.extend(following);
        if open.len() == before {
            return open;
        }
    }
}

/// The causes that may stay undecided when these needs cannot be met.
pub fn at_stake(needs: &[Need]) -> Vec<&'static Cause> {
    let open = open_without(needs);
    let reads_one = |cause: &&&'static Cause| cause.reads.iter().any(|need| open.contains(need));
    CAUSES.iter().filter(reads_one).copied().collect()
}

/// What the permissions that were refused cost this diagnosis, in the order of their names.
pub fn of_refused(diagnosis: &Diagnosis, evidence: &Evidence) -> Vec<Cost> {
    let mut refused: BTreeMap<&str, Vec<Need>> = BTreeMap::new();
    for need in Need::ALL.iter().copied() {
        for permission in evidence.denied(need) {
            refused.entry(permission).or_default().push(need);
        }
    }
    let costs = refused.into_iter().map(|(permission, needs)| {
        let missing = missing_with(&needs, evidence);
        cost(permission, &missing, diagnosis)
    });
    costs.collect()
}

/// The needs themselves, and those that could not be met because these were not.
fn missing_with(needs: &[Need], evidence: &Evidence) -> BTreeSet<Need> {
    let direct = |need: &Need| needs.contains(need);
    let open = open_without(needs).into_iter();
    open.filter(|need| direct(need) || !evidence.is_settled(*need))
        .collect()
}

fn cost(permission: &str, missing: &BTreeSet<Need>, diagnosis: &Diagnosis) -> Cost {
    let lacks = |needs: &[Need]| needs.iter().any(|need| missing.contains(need));
    let undecided = diagnosis
        .undecided
        .iter()
        .filter(|one| lacks(&one.missing) || lacks(one.cause.reads));
    let less_sure = diagnosis
        .findings
        .iter()
        .filter(|judged| judged.finding.certainty < Certainty::Confirmed && lacks(judged.cause.reads));
    let silent = CAUSES
        .iter()
        .filter(|cause| is_silent(cause, diagnosis) && lacks(cause.reads));
    Cost {
        permission: permission.to_owned(),
        evidence: missing.iter().copied().collect(),
        undecided: undecided.map(|one| one.cause).collect(),
        less_sure: less_sure.map(|judged| judged.cause).collect(),
        not_judged: silent.copied().collect(),
    }
}

/// Neither found nor ruled out nor open: nothing that was seen points to it.
fn is_silent(cause: &Cause, diagnosis: &Diagnosis) -> bool {
    let spoken = diagnosis.findings.iter().map(|one| one.cause.id);
    let spoken = spoken.chain(diagnosis.ruled_out.iter().map(|one| one.cause.id));
    let mut spoken = spoken.chain(diagnosis.undecided.iter().map(|one| one.cause.id));
    !spoken.any(|id| id == cause.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose;
    use crate::testimony::{denied, evidence_of_535};

    fn ids(causes: &[&Cause]) -> Vec<&'static str> {
        causes.iter().map(|cause| cause.id).collect()
    }

    #[test]
    fn a_refused_permission_costs_the_causes_that_lack_its_evidence() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = denied("iam:ListAccessKeys");
        let costs = of_refused(&diagnose(&evidence), &evidence);
        let [cost] = costs.as_slice() else {
            panic!("{costs:?}")
        };
        assert_eq!(cost.permission, "iam:ListAccessKeys");
        assert!(
            ids(&cost.undecided).contains(&"key-inactive"),
            "{:?}",
            ids(&cost.undecided)
        );
        assert!(!ids(&cost.undecided).contains(&"account-paused"));
    }

    #[test]
    fn what_follows_from_a_refused_answer_is_lost_with_it() {
        let open = open_without(&[Need::KeyLastUsed]);
        assert!(
            open.contains(&Need::Policies) && open.contains(&Need::Simulation),
            "{open:?}"
        );
        assert!(!open.contains(&Need::SesAccount));
        assert!(ids(&at_stake(&[Need::SesAccount])).contains(&"account-paused"));
        assert_eq!(at_stake(&[]).len(), 0);
    }

    #[test]
    fn a_part_that_was_refused_counts_though_the_rest_is_known() {
        let mut evidence = evidence_of_535();
        evidence.key_events = crate::testimony::history(Vec::new());
        evidence.key_events.denied = vec!["cloudtrail:LookupEvents".into()];
        let costs = of_refused(&diagnose(&evidence), &evidence);
        assert!(costs.iter().any(|cost| cost.evidence.contains(&Need::KeyEvents)));
    }

    #[test]
    fn nothing_refused_costs_nothing() {
        let evidence = evidence_of_535();
        assert!(of_refused(&diagnose(&evidence), &evidence).is_empty());
    }
}
