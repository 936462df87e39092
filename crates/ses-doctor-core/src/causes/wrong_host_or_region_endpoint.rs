//! `wrong-host-or-region-endpoint`: the client connects to a host, or a region, that is not the one it means.

use super::Greeter;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Login};
use crate::need::Need;
use crate::reading::{Elsewhere, blamed, elsewhere, sender_is_unverified};
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::endpoint::{Endpoint, EndpointKind, HostDamage, has_smtp, smtp_host};
use ses_smtp::probe::FailureKind;
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "wrong-host-or-region-endpoint",
    group: Group::Transport,
    title: "The client connects to the wrong host or to another region's endpoint",
    next_check: "compare the host with email-smtp.REGION.amazonaws.com, letter by letter",
    reads: &[
        Need::Symptom,
        Need::Credential,
        Need::Probe,
        Need::Regions,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::SenderIdentityElsewhere,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

A host name that does not exist, a host that offers no login, `535 Authentication Credentials Invalid` or `554 Message
rejected: Email address is not verified`, although everything is right in the region that you mean.

## Why it happens

The host is misspelt, is a look-alike (`inbound-smtp.…` receives mail, `feedback-smtp.…` takes bounces,
`email-smtp.amazonaws.com` stands only in SES's banner), or belongs to another region than the password and the sender.

## How it is proven

By the name: it is a known look-alike, or it does not exist while a very similar one does. For a region: the password or
the sender's identity belongs to the region that you mean, and the host does not.

## What to do

Put the right host, `email-smtp.<region>.amazonaws.com`, into the client's settings. Nothing changes in AWS.
";

/// The password belongs to the region that the person means to send from, and the host is of another region.
pub(super) fn host_is_at_fault(evidence: &Evidence) -> bool {
    let password = evidence.password_region().map(|(region, _)| region);
    region_meant(evidence).is_some_and(|meant| password == Some(meant))
}

/// The sender is verified in the region that the person means, and not in that of the host.
pub(super) fn identity_is_where_meant(evidence: &Evidence) -> bool {
    let rejected = blamed(evidence).is_some_and(|blamed| blamed.sender) || sender_is_unverified(evidence);
    let Some(meant) = region_meant(evidence).filter(|_| rejected) else {
        return false;
    };
    matches!(elsewhere(evidence), Elsewhere::VerifiedIn(regions) if regions.contains(&meant))
}

/// The host's name is not the one of an SES endpoint, although it looks like one.
pub(super) fn host_is_mistaken(evidence: &Evidence) -> bool {
    evidence
        .endpoint()
        .is_some_and(|endpoint| fault_of(&endpoint).is_some())
}

/// The region that the person named, when the host is of another and it has SMTP at all.
fn region_meant(evidence: &Evidence) -> Option<String> {
    let meant = evidence.symptom.known()?.region.clone()?;
    let of_host = evidence.endpoint()?.region?;
    (meant != of_host && has_smtp(&meant) != Some(false)).then_some(meant)
}

/// What is wrong with a host name, and whether the name alone proves it.
fn fault_of(endpoint: &Endpoint) -> Option<(String, bool)> {
    let host = &endpoint.host;
    let resembles = ["email", "ses", "smtp"].iter().any(|word| host.starts_with(word));
    let proven = |what: &str| Some((format!("{host} {what}"), true));
    match (&endpoint.kind, endpoint.suggestion()) {
        (EndpointKind::Inbound, _) => proven("receives mail for SES and takes no login"),
        (EndpointKind::Feedback, _) => proven("is the MX of a custom MAIL FROM domain"),
        (EndpointKind::BannerName, _) => {
            proven("stands in the banner of every region, but is no host to connect to")
        }
        (EndpointKind::AwsOther, Some(meant)) if resembles && !host.ends_with(".cn") => Some((
            format!("{host} is not the name of an SES endpoint; the nearest is {meant}"),
            false,
        )),
        (EndpointKind::Other, Some(meant)) => Some((format!("{host} looks like a misspelt {meant}"), false)),
        _ => {
            let harmful = [
                HostDamage::Whitespace,
                HostDamage::Quoted,
                HostDamage::Path,
                HostDamage::UserInformation,
            ];
            let damaged =
                endpoint.is_ses_smtp() && endpoint.damage.iter().any(|damage| harmful.contains(damage));
            damaged.then(|| (format!("the host field holds more than the name {host}"), false))
        }
    }
}

fn check(evidence: &Evidence) -> Verdict {
    if super::told(evidence, &[Sign::HttpToSmtp]).is_some() {
        return Verdict::likely(
            0.85,
            [Need::Symptom],
            "a client for HTTP talks to the SMTP endpoint",
        );
    }
    let why = "a host name belongs there, without scheme, and with a port only where the client has no field for it";
    if let Some(verdict) = super::told_by_client(evidence, &[Sign::HostMalformed], 0.85, why) {
        return verdict;
    }
    let Some(endpoint) = evidence.endpoint() else {
        return Verdict::NotApplicable;
    };
    if super::greeter(evidence) == Some(Greeter::SesInbound) {
        return Verdict::confirmed(
            [Need::Probe],
            "SES's endpoint for incoming mail answers, which takes no login",
        );
    }
    match fault_of(&endpoint) {
        Some((what, proven)) => by_name(evidence, what, proven),
        None => by_region(evidence, &endpoint),
    }
}

fn by_name(evidence: &Evidence, what: String, proven: bool) -> Verdict {
    let failure = super::failure(evidence).map(|failure| (failure.phase, failure.kind));
    match (evidence.login(), failure) {
        (Login::Accepted, _) => Verdict::absent([Need::Probe], "the login works at this host"),
        (_, Some((Phase::Resolve, FailureKind::NoSuchName))) => Verdict::confirmed(
            [Need::Probe, Need::Symptom],
            format!("{what}; the name as given does not exist"),
        ),
        (_, Some(_)) if proven => Verdict::confirmed([Need::Symptom, Need::Probe], what),
        _ if proven => Verdict::likely(0.95, [Need::Symptom], what),
        // Somebody answers under this name: it may be a relay of one's own.
        _ if super::greeter(evidence).is_some() => Verdict::NotApplicable,
        _ => Verdict::likely(0.8, [Need::Symptom], what),
    }
}

fn by_region(evidence: &Evidence, endpoint: &Endpoint) -> Verdict {
    let (Some(meant), Some(of_host)) = (region_meant(evidence), endpoint.region.as_deref()) else {
        return Verdict::NotApplicable;
    };
    let host = format!("the host is of {of_host}, {meant} is meant");
    if host_is_at_fault(evidence) && !evidence.login_accepted() {
        let basis = evidence
            .password_region()
            .map_or(Need::Regions, |(_, basis)| basis);
        let why = format!("{host}, and the password belongs to {meant}");
        return match evidence.credentials_refused() {
            Some(refused) => Verdict::confirmed([basis, refused, Need::Symptom], why),
            None => Verdict::likely(0.9, [basis, Need::Symptom], why),
        };
    }
    if identity_is_where_meant(evidence) && super::account_decides(evidence) {
        let why = format!("{host}, and the sender is verified there only");
        let because = [Need::SenderIdentityElsewhere, Need::Symptom];
        return match blamed(evidence) {
            Some(_) => Verdict::confirmed(because, why),
            None => Verdict::likely(0.85, because, format!("predicted: {why}")),
        };
    }
    let open = evidence.password_region().is_none() && evidence.regions.known().is_none();
    if open && evidence.credentials_refused().is_some() && evidence.shapes_are_right() {
        return Verdict::unknown([Need::Regions], host);
    }
    // Something else stops the client first, so that no login tells which of the two is right.
    if evidence.probe.known().is_some() && !evidence.login_accepted() {
        return Verdict::possible(0.45, [Need::Symptom], host);
    }
    Verdict::NotApplicable
}

fn remedy(evidence: &Evidence) -> Remedy {
    let suggestion = evidence.endpoint().and_then(|endpoint| endpoint.suggestion());
    let meant = region_meant(evidence).map(|region| smtp_host(&region));
    let told = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.region.as_deref())
        .map(smtp_host);
    let host = meant.or(suggestion).or(told);
    let host = super::argument(host.as_deref(), "email-smtp.REGION.amazonaws.com");
    Remedy::new(format!("Connect to {host}"))
        .command(
            "See that it answers, from the client's host",
            format!("ses-doctor probe --host {host} --port 587"),
        )
        .step(format!(
            "Put {host} into the client's settings: the name alone, without scheme, path or spaces"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::{IdentityElsewhere, RegionLogin};
    use crate::testimony::{
        accepted, client_of, evidence_of_235, evidence_of_535, evidence_of_failure, identity, known, missing,
        probed, symptom,
    };

    fn certainty(evidence: &Evidence) -> Option<Certainty> {
        match check(evidence) {
            Verdict::Present(finding) => Some(finding.certainty),
            Verdict::Absent { .. } | Verdict::Unknown { .. } | Verdict::NotApplicable => None,
        }
    }

    #[test]
    fn a_misspelt_name_that_does_not_exist_is_confirmed() {
        let mut evidence = evidence_of_failure(Phase::Resolve, FailureKind::NoSuchName);
        symptom(&mut evidence, |symptom| {
            symptom.host = "email-smtp.eu-west1.amazonaws.com".into()
        });
        probed(&mut evidence, |probe| probe.greeting = None);
        assert_eq!(certainty(&evidence), Some(Certainty::Confirmed));
        assert!(
            remedy(&evidence)
                .summary
                .contains("email-smtp.eu-west-1.amazonaws.com")
        );
        let unprobed = client_of("email-smtp.eu-west1.amazonaws.com");
        assert_eq!(certainty(&unprobed), Some(Certainty::Likely));
    }

    #[test]
    fn look_alikes_are_known_by_name_unless_the_login_works() {
        for host in ["inbound-smtp.eu-west-1.amazonaws.com", "email-smtp.amazonaws.com"] {
            assert_eq!(certainty(&client_of(host)), Some(Certainty::Likely), "{host}");
            let mut evidence = evidence_of_235();
            symptom(&mut evidence, |symptom| symptom.host = host.into());
            assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        }
    }

    #[test]
    fn a_password_of_the_region_meant_puts_the_host_at_fault() {
        let mut evidence = evidence_of_535();
        symptom(&mut evidence, |symptom| symptom.region = Some("us-east-1".into()));
        assert!(matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::Regions]));
        evidence.regions = known(vec![RegionLogin {
            region: "us-east-1".into(),
            outcome: accepted(),
        }]);
        assert!(host_is_at_fault(&evidence));
        assert_eq!(certainty(&evidence), Some(Certainty::Confirmed));
    }

    #[test]
    fn a_sender_of_the_region_meant_predicts_it() {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.region = Some("us-east-1".into());
            symptom.from = Some("me@example.com".into());
        });
        evidence.sender_identity = missing();
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        let there = identity("us-east-1", "example.com", true);
        evidence.sender_identity_elsewhere = known(vec![IdentityElsewhere {
            region: "us-east-1".into(),
            identity: Ok(Some(there)),
        }]);
        assert_eq!(certainty(&evidence), Some(Certainty::Likely));
    }

    #[test]
    fn the_right_host_is_not_at_fault() {
        assert_eq!(check(&evidence_of_535()), Verdict::NotApplicable);
        assert_eq!(check(&client_of("mail.example.com")), Verdict::NotApplicable);
    }
}
