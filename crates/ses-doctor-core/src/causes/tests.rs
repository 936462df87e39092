//! What holds for the catalogue as a whole.

mod experiments;
mod worlds;

use super::*;
use crate::cause::DOC_HEADINGS;
use crate::testimony::{OURS, accounts, evidence_of_235, evidence_of_report};
use crate::{Certainty, Evidence, Fact, Need, Observation, Verdict};
use proptest::prelude::*;
use std::collections::BTreeSet;
use worlds::worlds;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the folder of causes is what the catalogue is held to"
)]
fn the_catalogue_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/causes");
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = names
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| !["mod", "tests"].contains(&name.as_str()))
        .collect();
    let ids: BTreeSet<String> = CAUSES.iter().map(|cause| cause.id.replace('-', "_")).collect();
    assert_eq!(ids, files);
    assert_eq!(ids.len(), CAUSES.len(), "an id is listed twice");
}

#[test]
fn every_entry_is_complete() {
    for cause in CAUSES {
        let id = cause.id;
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{id}"
        );
        assert!(
            !cause.title.is_empty() && !cause.title.ends_with('.') && !cause.title.contains('\n'),
            "{id}: title"
        );
        assert!(!cause.reads.is_empty(), "{id}: reads");
        assert!(
            !cause.next_check.is_empty() && !cause.next_check.ends_with('.'),
            "{id}: next_check"
        );
        let headings: Vec<&str> = cause.docs.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, DOC_HEADINGS, "{id}: docs");
        let paragraphs = cause
            .docs
            .split("## ")
            .skip(1)
            .all(|part| part.lines().skip(1).any(|line| !line.is_empty()));
        assert!(paragraphs, "{id}: an empty section");
    }
}

#[test]
fn every_remedy_says_what_to_do() {
    for cause in CAUSES {
        for (name, evidence) in worlds() {
            let remedy = (cause.remedy)(&evidence);
            assert!(
                !remedy.summary.is_empty() && !remedy.steps.is_empty(),
                "{} in {name}",
                cause.id
            );
            assert!(!remedy.summary.ends_with('.'), "{}: {}", cause.id, remedy.summary);
        }
    }
}

#[test]
fn a_working_login_has_no_finding() {
    let mut evidence = evidence_of_235();
    for account in [OURS, "999988887777"] {
        accounts(&mut evidence, account);
        let findings = crate::diagnose(&evidence).findings;
        let credentials: Vec<&str> = findings.iter().map(|judged| judged.cause.id).collect();
        assert_eq!(credentials, Vec::<&str>::new());
    }
}

#[test]
fn a_bare_535_names_candidates_and_no_culprit() {
    let mut evidence = evidence_of_report(535, "Authentication Credentials Invalid", None);
    evidence.credential = Observation::default();
    let diagnosis = crate::diagnose(&evidence);
    assert!(diagnosis.findings.is_empty(), "{:?}", diagnosis.findings);
    let candidates: Vec<&str> = diagnosis
        .undecided
        .iter()
        .map(|undecided| undecided.cause.id)
        .collect();
    for id in [
        "raw-secret-key-as-password",
        "wrong-region-password",
        "key-inactive",
        "iam-username-as-login",
    ] {
        assert!(candidates.contains(&id), "{id} is not among {candidates:?}");
    }
}

#[test]
fn each_world_is_named_by_its_cause_first() {
    for (id, evidence) in worlds() {
        let found: Vec<&str> = crate::diagnose(&evidence)
            .findings
            .iter()
            .map(|judged| judged.cause.id)
            .collect();
        assert_eq!(found.first(), Some(&id), "{found:?}");
    }
}

/// Causes that stay silent because another one, which is found, has them as its part.
const SWALLOWED: [(&str, &str); 1] = [("key-deleted", "user-deleted")];

fn is_found(cause: &Cause, evidence: &Evidence) -> bool {
    matches!((cause.check)(evidence), Verdict::Present(_))
}

fn without(mut evidence: Evidence, removed: &[bool]) -> Evidence {
    for (need, _) in Need::ALL.iter().zip(removed).filter(|(_, removed)| **removed) {
        evidence.record(Fact::failed(*need, "test", crate::testimony::now(), "taken away"));
    }
    evidence
}

fn some_reads() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), Need::ALL.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn less_evidence_never_makes_a_proof(world in 0..worlds().len(), removed in some_reads()) {
        let (_, whole) = worlds().swap_remove(world);
        let less = without(whole.clone(), &removed);
        for cause in CAUSES {
            let before = is_found(cause, &whole) || SWALLOWED.iter().any(|(part, by)| {
                *part == cause.id && by_id(by).is_some_and(|cause| is_found(cause, &whole))
            });
            let proven = matches!((cause.check)(&less), Verdict::Present(finding) if finding.certainty == Certainty::Confirmed);
            prop_assert!(before || !proven, "{} is proven by less", cause.id);
        }
    }

    #[test]
    fn an_undecided_cause_says_what_it_lacks(world in 0..worlds().len(), removed in some_reads()) {
        let less = without(worlds().swap_remove(world).1, &removed);
        for cause in CAUSES {
            if let Verdict::Unknown { missing, why } = (cause.check)(&less) {
                prop_assert!(!missing.is_empty() && !why.is_empty(), "{}", cause.id);
            }
        }
    }
}
