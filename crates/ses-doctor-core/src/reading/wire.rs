//! How the way to the endpoint looks: the probe's end, who greeted it, what the client logged.

use crate::evidence::{Evidence, Refusal};
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::{Side, Sign};
use ses_smtp::catalogue::Meaning;
use ses_smtp::endpoint::EndpointKind as Kind;
use ses_smtp::probe::Failure;

/// What ended the probe, as long as no login succeeded in it.
pub(crate) fn failure(evidence: &Evidence) -> Option<&Failure> {
    let probe = evidence.probe.known().filter(|_| !evidence.login_accepted())?;
    probe.failure.as_ref()
}

/// Who stands behind the greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Greeter {
    /// SES's submission endpoint, by its banner.
    Ses,
    /// SES's endpoint for incoming mail.
    SesInbound,
    /// A Mail Manager ingress endpoint.
    MailManager,
    /// A firewall put asterisks over the banner.
    Rewritten,
    /// Another mail server, by its own name.
    OtherProduct,
    /// Anybody else.
    Stranger,
}

/// Who greeted the probe; `None` without a `220`, or when it bears no text.
pub(crate) fn greeter(evidence: &Evidence) -> Option<Greeter> {
    const PRODUCTS: [&str; 8] = [
        "postfix",
        "exim",
        "sendmail",
        "microsoft",
        "haraka",
        "opensmtpd",
        "gsmtp",
        "exchange",
    ];
    let greeting = evidence
        .probe
        .known()?
        .greeting
        .as_ref()
        .filter(|reply| reply.code == 220)?;
    let text = greeting.lines.first()?.trim().to_lowercase();
    Some(match text.as_str() {
        "" => return None,
        text if text.starts_with("inbound-smtp") => Greeter::SesInbound,
        text if text.contains("mail-manager") => Greeter::MailManager,
        text if text.contains("simpleemailservice") || text.starts_with("email-smtp") => Greeter::Ses,
        text if text.contains("***") => Greeter::Rewritten,
        text if PRODUCTS.iter().any(|product| text.contains(product)) => Greeter::OtherProduct,
        _ => Greeter::Stranger,
    })
}

/// The host is one of SES's own SMTP names.
pub(crate) fn is_ses_host(evidence: &Evidence) -> bool {
    evidence.endpoint().is_some_and(|endpoint| endpoint.is_ses_smtp())
}

/// The host's name says that another service stands behind it, or one that takes no mail clients.
pub(crate) fn names_another_service(evidence: &Evidence) -> bool {
    evidence.endpoint().is_some_and(|endpoint| {
        matches!(
            endpoint.kind,
            Kind::Api
                | Kind::Inbound
                | Kind::Feedback
                | Kind::MailManager
                | Kind::WorkMail
                | Kind::BannerName
                | Kind::AwsOther
                | Kind::OtherProvider(_)
        )
    })
}

/// A refusal with this meaning, from a host that may be SES: other services copy its words.
pub(crate) fn ses_said(evidence: &Evidence, is: impl Fn(&Meaning) -> bool) -> Option<Refusal> {
    let elsewhere = evidence.endpoint().is_some_and(|endpoint| {
        matches!(
            endpoint.kind,
            Kind::MailManager | Kind::OtherProvider(_) | Kind::WorkMail
        )
    });
    let of_another = |refusal: &Refusal| refusal.basis == Need::Symptom && told_of_another_service(evidence);
    evidence
        .refusal_meaning(is)
        .filter(|refusal| !elsewhere && !of_another(refusal))
}

/// Postfix went on to MAIL FROM without a login.
pub(crate) fn is_unauthenticated_postfix(evidence: &Evidence) -> bool {
    let by_postfix = evidence
        .reported()
        .is_some_and(|reported| reported.line.contains("postfix"));
    by_postfix && ses_said(evidence, |meaning| *meaning == Meaning::AuthRequired).is_some()
}

/// The first of these signs in the client's log. A line that bears a server's refusal does not count.
pub(crate) fn told(evidence: &Evidence, signs: &[Sign]) -> Option<Sign> {
    let reported = evidence.reported()?;
    let refused = reported.reply.as_ref().is_some_and(|reply| reply.code >= 400);
    let found = signs.iter().find(|sign| reported.signs.contains(sign));
    found.copied().filter(|_| !refused)
}

/// The client's log is of a conversation with something else: another provider's server, or the login to one's own.
pub(crate) fn told_of_another_service(evidence: &Evidence) -> bool {
    evidence
        .reported()
        .is_some_and(|reported| reported.stranger.is_some() || reported.side == Side::Incoming)
}

/// A fault on the client's way that only its log shows. It counts for less when our own probe met no failure, and not
/// at all when the probe met another one.
pub(crate) fn told_by_client(
    evidence: &Evidence,
    signs: &[Sign],
    confidence: f64,
    why: &str,
) -> Option<Verdict> {
    let sign = told(evidence, signs).filter(|_| !told_of_another_service(evidence))?;
    let why = format!("the client's log says that {}: {why}", sign.words());
    Some(match evidence.probe.known() {
        None => Verdict::likely(confidence, [Need::Symptom], why),
        Some(probe) if probe.failure.is_some() => Verdict::NotApplicable,
        Some(_) => Verdict::possible(
            0.5,
            [Need::Symptom, Need::Probe],
            format!("{why}; from here the endpoint can be reached"),
        ),
    })
}
