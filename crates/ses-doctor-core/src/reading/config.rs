//! What the configuration files show of a cause, beside all other evidence.

use crate::cause::{Cause, Group};
use crate::evidence::{ConfigFault, Evidence};
use crate::need::Need;
use crate::verdict::Verdict;

/// The most certain fault of this cause in the files.
fn fault<'a>(evidence: &'a Evidence, id: &str) -> Option<&'a ConfigFault> {
    let faults = evidence.client_config.known()?;
    faults
        .iter()
        .filter(|fault| fault.cause == id)
        .max_by_key(|fault| fault.certainty)
}

/// The judgement of a cause that only the files can show.
pub(crate) fn by_config(evidence: &Evidence, id: &str) -> Verdict {
    fault(evidence, id).map_or(Verdict::NotApplicable, present)
}

fn present(fault: &ConfigFault) -> Verdict {
    use crate::verdict::Certainty;
    let why = format!("{}: {}", fault.place, fault.message);
    match fault.certainty {
        Certainty::Confirmed => Verdict::confirmed([Need::ClientConfig], why),
        Certainty::Likely => Verdict::likely(0.92, [Need::ClientConfig], why),
        Certainty::Possible => Verdict::possible(0.4, [Need::ClientConfig], why),
    }
}

/// A cause's judgement with what the files show. Other evidence goes before them: a login that works with their pair
/// refutes a fault of the pair or of the way, but not one that keeps the client from using the pair.
pub(crate) fn with_config(cause: &Cause, evidence: &Evidence, verdict: Verdict) -> Verdict {
    let Some(fault) = fault(evidence, cause.id) else {
        return verdict;
    };
    match verdict {
        Verdict::Present(mut finding) => {
            if !finding.because.contains(&Need::ClientConfig) {
                finding.because.push(Need::ClientConfig);
                finding.why = format!("{} ({})", finding.why, fault.place);
            }
            Verdict::Present(finding)
        }
        Verdict::Absent { .. } => verdict,
        Verdict::Unknown { .. } | Verdict::NotApplicable
            if evidence.login_accepted() && cause.group != Group::Client =>
        {
            let why = format!(
                "the login works with the settings as they are, though {} looks wrong",
                fault.place
            );
            Verdict::absent([Need::Probe, Need::ClientConfig], why)
        }
        Verdict::Unknown { .. } | Verdict::NotApplicable => present(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::causes::by_id;
    use crate::testimony::{evidence_of_235, evidence_of_535, evidence_of_client, known};

    fn with_fault(mut evidence: Evidence, cause: &str) -> Evidence {
        let fault = ConfigFault {
            cause: cause.to_owned(),
            certainty: Certainty::Confirmed,
            place: ".env:4:10".to_owned(),
            message: "the quotes are part of the value".to_owned(),
        };
        evidence.client_config = known(vec![fault]);
        evidence
    }

    fn judged(id: &str, evidence: &Evidence) -> Verdict {
        let cause = by_id(id).unwrap();
        with_config(cause, evidence, (cause.check)(evidence))
    }

    #[test]
    fn a_fault_in_the_files_is_found_without_a_probe() {
        let evidence = with_fault(evidence_of_client(), "region-without-smtp");
        assert!(
            matches!(judged("region-without-smtp", &evidence), Verdict::Present(f) if f.why.contains(".env:4:10"))
        );
    }

    #[test]
    fn a_login_that_works_refutes_a_fault_of_the_pair_and_not_one_of_the_client() {
        let evidence = with_fault(evidence_of_235(), "mail-manager-endpoint");
        assert!(matches!(
            judged("mail-manager-endpoint", &evidence),
            Verdict::Absent { .. }
        ));
        let evidence = with_fault(evidence_of_235(), "postfix-relayhost-mismatch");
        assert!(matches!(
            judged("postfix-relayhost-mismatch", &evidence),
            Verdict::Present(_)
        ));
    }

    #[test]
    fn what_the_shapes_rule_out_stays_ruled_out() {
        let evidence = with_fault(evidence_of_535(), "raw-secret-key-as-password");
        assert!(matches!(
            judged("raw-secret-key-as-password", &evidence),
            Verdict::Absent { .. }
        ));
    }
}
