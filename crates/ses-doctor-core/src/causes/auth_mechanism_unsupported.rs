//! `auth-mechanism-unsupported`: client and SES have no SASL mechanism in common.

use super::Greeter;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Refusal};
use crate::experiment::{Factor, Flip};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::probe::FailureKind;
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "auth-mechanism-unsupported",
    group: Group::Transport,
    title: "The client and the endpoint have no login mechanism in common",
    next_check: "see which mechanism the client is set to: SES offers PLAIN and LOGIN only",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`offered no compatible authentication mechanisms`, `Requested auth method not available`, `AUTH extension not supported by
server`, or `504` in reply to AUTH. No password was ever checked.

## Why it happens

SES offers PLAIN and LOGIN, and nothing else: no CRAM-MD5, no XOAUTH2. The client is set to another one, or forbids passwords
sent as they are, as Postfix does by default. When Postfix lacks the library, that is `postfix-missing-sasl-package`.

## How it is proven

By the client's own words, or because the probe finds neither PLAIN nor LOGIN offered. In the latter case something on the
way has changed the EHLO reply. Or by an experiment (`--experiment`): one mechanism is answered `504`, the other logs in.

## What to do

Set the client to PLAIN or LOGIN, under TLS. For Postfix, also install the SASL modules.
";

const SIGNS: [Sign; 2] = [Sign::MechanismRefused, Sign::AuthNotOffered];

fn check(evidence: &Evidence) -> Verdict {
    let elsewhere = matches!(
        super::greeter(evidence),
        Some(Greeter::SesInbound | Greeter::MailManager | Greeter::OtherProduct | Greeter::Stranger)
    );
    if elsewhere || super::names_another_service(evidence) {
        return Verdict::NotApplicable;
    }
    if let Some((flip, why)) = reading::flipped(evidence, &[Factor::Mechanism])
        && is_refused_mechanism(flip)
    {
        return Verdict::confirmed([Need::Experiment], why);
    }
    if super::failure(evidence).is_some_and(|failure| failure.kind == FailureKind::AuthNotOffered) {
        let offered = evidence
            .probe
            .known()
            .and_then(|probe| probe.ehlo.as_ref())
            .map(|ehlo| ehlo.keywords.join(", "));
        let offered = offered
            .filter(|keywords| !keywords.is_empty())
            .unwrap_or_else(|| "nothing".into());
        return Verdict::confirmed(
            [Need::Probe],
            format!("neither PLAIN nor LOGIN is offered; the endpoint offers {offered}"),
        );
    }
    if let Some(refusal) = evidence.refusals().into_iter().find(is_504_at_auth) {
        return Verdict::confirmed(
            [refusal.basis],
            "the endpoint answered that it does not know the client's mechanism",
        );
    }
    match super::told(evidence, &SIGNS) {
        Some(_) if super::failure(evidence).is_some() => Verdict::NotApplicable,
        // The client chooses its mechanisms itself: a probe that goes through does not speak against it.
        Some(_) if super::told_of_another_service(evidence) => Verdict::NotApplicable,
        // SES offers AUTH on every port, before STARTTLS too, so that this is some other server's answer, or a changed one.
        Some(sign @ Sign::AuthNotOffered) if !super::is_ses_host(evidence) => Verdict::possible(
            0.5,
            [Need::Symptom],
            format!(
                "the client's log says that {}; which server that was, it does not say",
                sign.words()
            ),
        ),
        Some(sign) => Verdict::likely(
            0.8,
            [Need::Symptom],
            format!("the client's log says that {}", sign.words()),
        ),
        None => Verdict::NotApplicable,
    }
}

/// Refused for itself, not for the pair.
fn is_refused_mechanism(flip: &Flip) -> bool {
    let kind = flip.failure.failure().map(|failure| failure.kind);
    reading::code(flip) == Some(504) || kind == Some(FailureKind::AuthNotOffered)
}

fn is_504_at_auth(refusal: &Refusal) -> bool {
    refusal.reply.code == 504 && refusal.phase.is_none_or(|phase| phase == Phase::Auth)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    if let Some((flip, _)) = reading::flipped(evidence, &[Factor::Mechanism]) {
        let (works, fails) = (flip.working().join(", "), flip.failing().join(", "));
        return Remedy::new(format!("Set the client to {works}, under TLS"))
            .step(format!(
                "Take {fails} out of the client's list of mechanisms, or put {works} before it"
            ))
            .step("SES itself offers both: look for a proxy or firewall between that rewrites SMTP");
    }
    Remedy::new("Set the client to PLAIN or LOGIN, under TLS")
        .command("See what the endpoint offers, from the client's host", format!("ses-doctor probe --host {host} --port 587"))
        .step("Postfix: smtp_sasl_security_options = noanonymous, and install libsasl2-modules (Debian) or cyrus-sasl-plain (Red Hat)")
        .step("Elsewhere: take CRAM-MD5, DIGEST-MD5, NTLM and XOAUTH2 out of the client's list")
        .step("If the endpoint offers neither from the client's host, look for a proxy or firewall that rewrites SMTP")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        evidence_of_235, evidence_of_client, evidence_of_failure, evidence_of_report, logged, probed, reply,
    };

    #[test]
    fn an_endpoint_without_plain_and_login_confirms_it() {
        let evidence = evidence_of_failure(Phase::Auth, FailureKind::AuthNotOffered);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        let evidence = evidence_of_report(504, "Unrecognized authentication type", Some(Phase::Auth));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn another_server_is_another_cause() {
        let mut evidence = evidence_of_failure(Phase::Auth, FailureKind::AuthNotOffered);
        probed(&mut evidence, |probe| {
            probe.greeting = Some(reply(220, "mail.example.com ESMTP Exim 4.96"))
        });
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn the_clients_words_make_it_likely() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "SASL authentication failed: server x offered no compatible authentication mechanisms for this type of connection security",
        );
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn a_login_that_works_says_nothing_of_it() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
