//! `not-ses`: what answers, or what the host names, is not Amazon SES.

use super::{Greeter, greeter};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Side;
use ses_smtp::endpoint::EndpointKind;
use ses_smtp::probe::{Failure, FailureKind};
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "not-ses",
    group: Group::Transport,
    title: "The server is not Amazon SES",
    next_check: "see which host the client connects to: SES's is email-smtp.REGION.amazonaws.com",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

A host name of another provider, a greeting that is not `220 email-smtp.amazonaws.com ESMTP SimpleEmailService-…`, or replies
in other words, such as `535 5.7.8 Username and Password not accepted`.

## Why it happens

The client is configured for another provider or a relay of your own, a proxy answers in place of SES, or the host is a
service that does not speak SMTP. That the application runs on AWS does not mean that its mail goes through SES.

## How it is proven

By the greeting, or because what comes is no SMTP at all. The host name alone makes it likely. A new banner at SES's own
name, under a certificate that is in order, does not count: the banner is not documented by AWS.

## What to do

If SES is meant, put its host name into the client's settings. If not, ask the provider whose server this is.
";

fn check(evidence: &Evidence) -> Verdict {
    if let Some(verdict) = by_log(evidence) {
        return verdict;
    }
    let kind = evidence.endpoint().map(|endpoint| endpoint.kind);
    if matches!(
        kind,
        Some(EndpointKind::MailManager | EndpointKind::Inbound | EndpointKind::Feedback | EndpointKind::Api)
    ) {
        return Verdict::NotApplicable;
    }
    if let Some(failure) = super::failure(evidence).filter(|failure| is_no_smtp(failure)) {
        let why = format!("what answers does not speak SMTP: {}", failure.detail);
        // SES's greeting and then nonsense: perhaps something in between, not somebody else.
        return if greeter(evidence) == Some(Greeter::Ses) {
            Verdict::likely(0.65, [Need::Probe], why)
        } else {
            Verdict::confirmed([Need::Probe], why)
        };
    }
    let stranger = match greeter(evidence) {
        Some(Greeter::OtherProduct) => Some(true),
        Some(Greeter::Stranger) => Some(false),
        Some(Greeter::Ses | Greeter::SesInbound | Greeter::MailManager | Greeter::Rewritten) => {
            return Verdict::NotApplicable;
        }
        None => None,
    };
    match (stranger, kind) {
        (Some(named), _) => by_greeting(evidence, named),
        (None, Some(EndpointKind::OtherProvider(name))) => {
            Verdict::likely(0.9, [Need::Symptom], format!("the host belongs to {name}"))
        }
        (None, _) => by_reply(evidence),
    }
}

/// Anything but SMTP where a greeting or a reply was due. A mode mismatch has its own kinds.
fn is_no_smtp(failure: &Failure) -> bool {
    let early = [Phase::Greeting, Phase::Ehlo].contains(&failure.phase);
    early && [FailureKind::NotSmtp, FailureKind::TooLong].contains(&failure.kind)
}

fn by_greeting(evidence: &Evidence, names_a_product: bool) -> Verdict {
    let greeting = evidence.probe.known().and_then(|probe| probe.greeting.as_ref());
    let text = greeting
        .and_then(|reply| reply.lines.first())
        .map_or("", String::as_str);
    let why = format!("the server greets as `{text}`, not as SES");
    if evidence.login_accepted() {
        return Verdict::possible(
            0.5,
            [Need::Probe],
            format!("{why}; it takes the login all the same"),
        );
    }
    let tls = evidence.probe.known().and_then(|probe| probe.tls.as_ref());
    let is_proven_ses = super::is_ses_host(evidence) && tls.is_some_and(|tls| tls.problem.is_none());
    let withheld = super::failure(evidence).is_some_and(|failure| failure.kind == FailureKind::NotSes);
    match (is_proven_ses, names_a_product || withheld) {
        (true, false) => Verdict::NotApplicable,
        (true, true) => Verdict::likely(
            0.75,
            [Need::Probe],
            format!("{why}, though under a certificate for SES's name"),
        ),
        (false, _) => Verdict::confirmed([Need::Probe], why),
    }
}

/// The log shows whose words these are, or that they are said to somebody who logs in to this host. What our own probe
/// met counts for more.
fn by_log(evidence: &Evidence) -> Option<Verdict> {
    let reported = evidence.reported().filter(|_| evidence.probe.known().is_none())?;
    if reported.side == Side::Incoming {
        let why = "the line is of the server's own side: somebody logs in to this host, or mail comes in; it does not tell of \
                   a login at SES";
        return Some(Verdict::likely(0.85, [Need::Symptom], why));
    }
    let name = reported
        .stranger
        .as_deref()
        .filter(|_| !super::is_ses_host(evidence))?;
    Some(Verdict::likely(
        0.9,
        [Need::Symptom],
        format!("these are the words, or the host, of {name}"),
    ))
}

/// SES sends no enhanced status code with any refusal but its idle time-out; most others do.
fn by_reply(evidence: &Evidence) -> Verdict {
    let foreign = evidence
        .reported_refusal()
        .filter(|refusal| refusal.meaning.is_none() && refusal.reply.enhanced_status_code().is_some());
    match foreign {
        Some(_) if super::is_ses_host(evidence) => {
            Verdict::possible(0.4, [Need::Symptom], "SES is not known to refuse in these words")
        }
        Some(_) => Verdict::likely(0.75, [Need::Symptom], "SES is not known to refuse in these words"),
        None => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let told = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.region.as_deref());
    let region = super::argument(told, "REGION");
    Remedy::new("Connect to SES if SES is meant; otherwise ask whoever runs this server")
        .command(
            "See what the SES endpoint answers, from the client's host",
            format!("ses-doctor probe --host email-smtp.{region}.amazonaws.com --port 587"),
        )
        .step(format!("If SES is meant, put email-smtp.{region}.amazonaws.com into the client's settings"))
        .step("If the host already is SES's, look for a proxy, a hosts file or a DNS answer that leads elsewhere")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        client_of, evidence_of_235, evidence_of_535, evidence_of_failure, evidence_of_report, handshake,
        probed, reply, symptom,
    };

    fn certainty(evidence: &Evidence) -> Option<Certainty> {
        match check(evidence) {
            Verdict::Present(finding) => Some(finding.certainty),
            Verdict::Absent { .. } | Verdict::Unknown { .. } | Verdict::NotApplicable => None,
        }
    }

    #[test]
    fn another_greeting_or_no_smtp_at_all_is_proof() {
        let mut evidence = evidence_of_535();
        probed(&mut evidence, |probe| {
            probe.greeting = Some(reply(220, "mail.example.com ESMTP Postfix"))
        });
        assert_eq!(certainty(&evidence), Some(Certainty::Confirmed));
        let mut garbage = evidence_of_failure(Phase::Greeting, FailureKind::NotSmtp);
        probed(&mut garbage, |probe| probe.greeting = None);
        assert_eq!(certainty(&garbage), Some(Certainty::Confirmed));
    }

    #[test]
    fn a_new_banner_of_ses_itself_is_not_held_against_it() {
        let mut evidence = evidence_of_535();
        let tls = handshake(
            "CN=Amazon RSA 2048 M01",
            "email-smtp.eu-west-1.amazonaws.com",
            None,
        );
        probed(&mut evidence, |probe| {
            probe.greeting = Some(reply(220, "smtp.amazonaws.com ESMTP ready"));
            probe.tls = Some(tls);
        });
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn the_name_of_another_provider_makes_it_likely() {
        assert_eq!(certainty(&client_of("smtp.gmail.com")), Some(Certainty::Likely));
        let mut evidence = evidence_of_report(535, "5.7.3 Authentication unsuccessful", None);
        symptom(&mut evidence, |symptom| symptom.host = String::new());
        assert_eq!(certainty(&evidence), Some(Certainty::Likely));
    }

    #[test]
    fn ses_is_ses_and_mail_manager_has_a_cause_of_its_own() {
        assert_eq!(check(&evidence_of_535()), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
        assert_eq!(
            check(&client_of("abcdefghijkl.abcd.mail-manager-smtp.amazonaws.com")),
            Verdict::NotApplicable
        );
    }
}
