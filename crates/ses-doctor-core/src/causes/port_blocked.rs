//! `port-blocked`: something on the way drops or refuses connections to this port.

use super::security_group_blocks_endpoint::behind_security_group;
use super::tls_wrapper_mismatch::mode_contradicts_port;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, PortCheck};
use crate::experiment::Factor;
use crate::need::Need;
use crate::reading::{self, BadAddress};
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::endpoint::{EndpointKind, tls_mode_of_port};
use ses_smtp::probe::{Failure, FailureKind, TlsMode};
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "port-blocked",
    group: Group::Transport,
    title: "The SMTP port is blocked on the way to the endpoint",
    next_check: "connect from the client's host to ports 587 and 2587: ses-doctor probe --host HOST --port 587",
    reads: &[Need::Symptom, Need::Probe, Need::Ports, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`Connection timed out`, `Connection refused` or `No route to host` on connecting, or a connection on which no greeting
ever comes. There is no SMTP reply at all.

## Why it happens

A firewall, a security group, a network ACL or the provider blocks outgoing connections to the port. From EC2 and Lambda,
AWS itself throttles or blocks port 25.

## How it is proven

From the same host, another SMTP port of the same endpoint answers while this one does not. When none answers, all outgoing
SMTP may be blocked. An experiment (`--experiment`) also finds the address of the DNS answer, or the address family, from
which nothing comes back while the others answer.

## What to do

Use port 587, or 2587 where 587 is blocked too. SES listens on 25, 587 and 2587 (STARTTLS) and on 465 and 2465 (TLS
wrapper).
";

/// What the other SMTP ports of the host say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// These can be reached.
    Open(Vec<u16>),
    /// None can.
    Closed,
    /// Nobody asked, or there was no answer.
    NotTold,
}

/// Reads the checks of the other ports. A port at which a later step fails can be reached.
pub(super) fn others(evidence: &Evidence) -> Others {
    let Some(checks) = evidence.ports.known().filter(|checks| !checks.is_empty()) else {
        return Others::NotTold;
    };
    let early = [Phase::Resolve, Phase::Connect, Phase::Greeting];
    let is_open = |check: &&PortCheck| {
        check.reachable
            || check
                .failure
                .as_ref()
                .is_some_and(|failure| !early.contains(&failure.phase))
    };
    let open: Vec<u16> = checks
        .iter()
        .filter(is_open)
        .map(|check| check.target.port)
        .collect();
    if open.is_empty() {
        Others::Closed
    } else {
        Others::Open(open)
    }
}

/// No TCP connection to a host that may be SES.
pub(super) fn no_connection(evidence: &Evidence) -> Option<&Failure> {
    let failure = super::failure(evidence).filter(|failure| failure.phase == Phase::Connect)?;
    (!super::names_another_service(evidence)).then_some(failure)
}

/// A connection to SES's own name on which nobody speaks.
fn no_greeting(evidence: &Evidence) -> Option<&Failure> {
    let silent = [FailureKind::TimedOut, FailureKind::Closed, FailureKind::Reset];
    let failure = super::failure(evidence)?;
    let here = failure.phase == Phase::Greeting && silent.contains(&failure.kind);
    (here && super::is_ses_host(evidence) && !mode_contradicts_port(evidence)).then_some(failure)
}

fn check(evidence: &Evidence) -> Verdict {
    let port = evidence.symptom.known().map_or(0, |symptom| symptom.port);
    if let Some(why) = by_experiment(evidence) {
        return Verdict::confirmed([Need::Experiment, Need::Probe], why);
    }
    if let Some(failure) = no_connection(evidence) {
        return by_connection(evidence, failure, port);
    }
    if let Some(failure) = no_greeting(evidence) {
        let seen = format!(
            "port {port} takes the connection, but no greeting comes ({})",
            failure.detail
        );
        return match others(evidence) {
            Others::NotTold => Verdict::unknown([Need::Ports], seen),
            Others::Open(open) => Verdict::likely(
                0.8,
                [Need::Probe, Need::Ports],
                format!("{seen}; port {} answers", list(&open)),
            ),
            Others::Closed => {
                Verdict::possible(0.45, [Need::Probe, Need::Ports], format!("{seen}, on no port"))
            }
        };
    }
    by_log(evidence, port)
}

/// Trials that show the port, or an address of the endpoint, to be cut off while the others answer.
fn by_experiment(evidence: &Evidence) -> Option<String> {
    if let Some((BadAddress::Silent, why)) = reading::bad_address(evidence) {
        return Some(format!(
            "the way to one address of the endpoint is cut off: {why}"
        ));
    }
    let (flip, why) = reading::flipped(evidence, &[Factor::Port])?;
    let failure = flip.failure.failure()?;
    let cut_off = failure.phase == Phase::Connect
        || (failure.phase == Phase::Greeting && failure.kind == FailureKind::TimedOut);
    (cut_off && super::is_ses_host(evidence)).then_some(why)
}

fn by_connection(evidence: &Evidence, failure: &Failure, port: u16) -> Verdict {
    let seen = format!("no connection to port {port} ({})", failure.detail);
    match others(evidence) {
        Others::Open(open) => {
            let why = format!("{seen}, while port {} of the same host answers", list(&open));
            Verdict::confirmed([Need::Probe, Need::Ports], why)
        }
        Others::Closed if behind_security_group(evidence) => Verdict::NotApplicable,
        Others::Closed if super::is_ses_host(evidence) => {
            let why =
                format!("{seen}, nor to any other SMTP port: all outgoing SMTP seems blocked from this host");
            Verdict::likely(0.75, [Need::Probe, Need::Ports], why)
        }
        Others::Closed => {
            let why = format!("{seen}, nor to any other SMTP port: blocked, or nothing listens there");
            Verdict::possible(0.5, [Need::Probe, Need::Ports], why)
        }
        Others::NotTold => Verdict::unknown([Need::Ports], seen),
    }
}

fn by_log(evidence: &Evidence, port: u16) -> Verdict {
    const SIGNS: [Sign; 3] = [Sign::ConnectTimedOut, Sign::ConnectRefused, Sign::Unreachable];
    // A client that waits for a greeting on a wrapper port times out in the same words.
    let other_fault = mode_contradicts_port(evidence)
        || super::names_another_service(evidence)
        || told_of_wrapper_port(evidence)
        || dials_its_own_machine(evidence)
        || super::told(evidence, &[Sign::NoGreeting]).is_some();
    if other_fault {
        return Verdict::NotApplicable;
    }
    // Where the step is not told, waiting for the greeting of a wrapper port sounds the same, unless the port is told.
    let told_port = evidence.reported().and_then(|reported| reported.port);
    let signs = match told_port {
        Some(_) => [&SIGNS[..], &[Sign::TimedOut]].concat(),
        None => SIGNS.to_vec(),
    };
    let confidence = if port == 25 { 0.75 } else { 0.65 };
    let told = super::told_by_client(
        evidence,
        &signs,
        confidence,
        "no mail server was reached from the client's host",
    );
    told.unwrap_or(Verdict::NotApplicable)
}

/// Nothing stands between a client and its own machine: nothing listens there.
fn dials_its_own_machine(evidence: &Evidence) -> bool {
    evidence
        .endpoint()
        .is_some_and(|endpoint| endpoint.kind == EndpointKind::Loopback)
}

fn told_of_wrapper_port(evidence: &Evidence) -> bool {
    let port = evidence.reported().and_then(|reported| reported.port);
    port.is_some_and(|port| tls_mode_of_port(port) == Some(TlsMode::Wrapper))
}

fn list(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

fn remedy(evidence: &Evidence) -> Remedy {
    if let Some((BadAddress::Silent, _)) = reading::bad_address(evidence) {
        return way_to_an_address(evidence);
    }
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    let open = match others(evidence) {
        Others::Open(open) => open,
        Others::Closed | Others::NotTold => Vec::new(),
    };
    let here = evidence.symptom.known().map_or(0, |symptom| symptom.port);
    match [587, 2587, 465, 2465, 25].into_iter().find(|port| open.contains(port)) {
        Some(port) => {
            let mode = if port == 465 || port == 2465 { "TLS wrapper (implicit TLS)" } else { "STARTTLS" };
            Remedy::new(format!("Use port {port} with {mode}"))
                .step(format!("Put port {port} and {mode} into the client's settings; host and credentials stay"))
                .step(format!("Or have outgoing TCP to {host} port {here} allowed in the firewall or security group"))
        }
        None => Remedy::new("Have outgoing SMTP allowed from this host, to one port at least")
            .command(
                "See from the client's host what another port does",
                format!("ses-doctor probe --host {host} --port {}", if here == 2587 { 587 } else { 2587 }),
            )
            .step(format!("Have outgoing TCP to {host} port 587 allowed: firewall, security group, network ACL, provider"))
            .step("From EC2, AWS lifts the limit on port 25 on request only; 587 and 2587 need no request"),
    }
}

/// AWS gives no list of addresses to allow, and they change (developer guide, "Amazon SES SMTP issues").
fn way_to_an_address(evidence: &Evidence) -> Remedy {
    let flip = evidence.flip();
    let failing = flip.map(|flip| flip.failing().join(", ")).unwrap_or_default();
    let family = flip.is_some_and(|flip| flip.factor == Factor::AddressFamily);
    let port = evidence.symptom.known().map_or(587, |symptom| symptom.port);
    let remedy = Remedy::new(format!(
        "Open the way to {failing}, or keep the client from dialling it"
    ));
    let remedy = if family {
        remedy.step(format!(
            "Mend the {failing} route of the client's host or network; until then let the client use the other family only \
             (Postfix: inet_protocols)"
        ))
    } else {
        remedy.step(format!(
            "Allow outgoing TCP port {port} to any address: SES's addresses change, and AWS gives no list of them to allow"
        ))
    };
    remedy.step("Where a list must be kept, look the name up again and again, or use a VPC endpoint, whose addresses stay")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        denied, evidence_of_235, evidence_of_client, evidence_of_failure, known, logged, probe, symptom,
    };

    fn port(number: u16, reachable: bool) -> PortCheck {
        let mut target = probe().target;
        target.port = number;
        PortCheck {
            target,
            reachable,
            failure: None,
        }
    }

    fn timed_out() -> Evidence {
        evidence_of_failure(Phase::Connect, FailureKind::TimedOut)
    }

    #[test]
    fn another_port_that_answers_confirms_it() {
        let mut evidence = timed_out();
        assert!(matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::Ports]));
        evidence.ports = known(vec![port(25, false), port(2587, true)]);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        assert!(remedy(&evidence).summary.contains("2587"));
        evidence.ports = known(vec![port(25, false)]);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn checks_that_failed_leave_it_open() {
        let mut evidence = timed_out();
        evidence.ports = denied("none");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }

    #[test]
    fn a_connection_is_not_blocked() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
        assert_eq!(
            check(&evidence_of_failure(Phase::Resolve, FailureKind::NoSuchName)),
            Verdict::NotApplicable
        );
        let mut other_service = timed_out();
        symptom(&mut other_service, |symptom| {
            symptom.host = "email.eu-west-1.amazonaws.com".into()
        });
        assert_eq!(check(&other_service), Verdict::NotApplicable);
    }

    #[test]
    fn the_log_counts_unless_it_is_about_a_wrapper_port() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "connect to email-smtp.us-west-2.amazonaws.com[198.51.100.187]:25: Connection timed out",
        );
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        logged(
            &mut evidence,
            "Connection to tcp://email-smtp.us-east-1.amazonaws.com:465 Timed Out",
        );
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }
}
