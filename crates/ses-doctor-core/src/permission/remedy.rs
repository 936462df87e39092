//! Steps that the remedies of refused permissions share.

use super::send;
use crate::cause::Remedy;
use crate::evidence::Evidence;
use crate::reading::{argument, region_argument};

/// Adds the step that shows every layer's answer, with the statement at fault as source.
pub(crate) fn show_decision(remedy: Remedy, evidence: &Evidence) -> Remedy {
    let send = send::send(evidence);
    let principal = argument(send.as_ref().map(|send| send.principal.as_str()), "USER_ARN");
    let region = region_argument(evidence);
    let symptom = evidence.symptom.known();
    let from = argument(symptom.and_then(|symptom| symptom.from.as_deref()), "SENDER");
    remedy.command(
        "See what each layer of policies answers, with the statement at fault",
        format!("ses-doctor policy explain --principal {principal} --from {from} --region {region}"),
    )
}
