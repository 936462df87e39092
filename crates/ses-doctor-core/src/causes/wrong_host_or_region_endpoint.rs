//! `wrong-host-or-region-endpoint`: the client connects to a host, or a region, that is not the one it means.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;

/// The catalogue entry.
pub const CAUSE: Cause = Cause {
    id: "wrong-host-or-region-endpoint",
    group: Group::Transport,
    title: "The client connects to the wrong host or to another region's endpoint",
    reads: &[Need::Symptom, Need::Credential, Need::Probe, Need::Regions],
    docs: "",
    check,
    remedy,
};

/// The password belongs to the region that the person means to send from, and the host is of another region.
pub(super) fn host_is_at_fault(evidence: &Evidence) -> bool {
    let meant = evidence.symptom.known().and_then(|symptom| symptom.region.clone());
    let of_host = evidence.endpoint().and_then(|endpoint| endpoint.region);
    let password = evidence.password_region().map(|(region, _)| region);
    meant.is_some() && of_host.is_some() && meant != of_host && meant == password
}

fn check(_evidence: &Evidence) -> Verdict {
    Verdict::NotApplicable
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("")
}
