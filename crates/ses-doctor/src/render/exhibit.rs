//! One line for each piece of evidence.

use jiff::Timestamp;
use ses_doctor_core::evidence::{
    ArchivedUse, ControlPolicy, Evidence, HealthEvent, Keeper, LogTime, LoggedFailures, LoginOutcome,
    MetricSeries, OrganizationLevel, OrganizationPolicies, OrganizationTarget, PasswordSource,
    PolicyDocument, SendingMetrics, Simulation, TargetKind, Tenant, TrailHistory, VpcEndpoint,
};
use ses_doctor_core::{Need, Observed};
use ses_smtp::credential::{CredentialFacts, Derivation};
use ses_smtp::probe::ProbeFacts;

/// What was seen, in a line; `None` when nobody looked or it could not be had.
pub(crate) fn line(need: Need, evidence: &Evidence) -> Option<String> {
    if evidence.is_settled(need)
        && evidence
            .exhibit(need)
            .is_some_and(|e| e.value == Ok(serde_json::Value::Null))
    {
        return Some("there is none".to_owned());
    }
    match need {
        Need::Symptom => symptom(evidence),
        Need::ClientConfig => evidence
            .client_config
            .known()
            .map(|faults| config_faults(faults.len())),
        Need::Credential => evidence.credential.known().map(credential),
        Need::Probe => evidence.probe.known().map(probe),
        Need::Regions => regions(evidence),
        Need::Repairs => repairs(evidence),
        Need::PasswordSource => evidence.password_source.known().map(password_source),
        Need::StoredLogins => stored_logins(evidence),
        Need::Ports => ports(evidence),
        Need::Experiment => evidence.experiment.known().map(super::experiment::line),
        Need::Caller => evidence
            .caller
            .known()
            .map(|caller| format!("{} in account {}", caller.arn, caller.account)),
        Need::KeyAccount => evidence
            .key_account
            .known()
            .map(|account| format!("the key belongs to account {account}")),
        Need::KeyLastUsed => key_last_used(evidence),
        Need::AccessKeys => access_keys(evidence),
        Need::User => evidence.user.known().map(|user| user.arn.clone()),
        Need::Policies => evidence.policies.known().map(|documents| policies(documents)),
        Need::Organization => evidence.organization.known().map(organization),
        Need::Simulation => evidence.simulation.known().map(simulation),
        Need::VpcEndpoints => evidence.vpc_endpoints.known().map(|all| vpc_endpoints(all)),
        Need::AccountSummary => evidence
            .root_keys_present
            .known()
            .map(|yes| format!("root access keys exist: {yes}")),
        Need::SesAccount => ses_account(evidence),
        Need::SenderIdentity => identity(&evidence.sender_identity.observed),
        Need::RecipientIdentity => identity(&evidence.recipient_identity.observed),
        Need::SenderIdentityElsewhere => elsewhere(evidence),
        Need::ConfigurationSet => evidence
            .configuration_set
            .known()
            .map(|set| format!("{}, sending enabled: {}", set.name, set.sending_enabled)),
        Need::Tenant => evidence.tenant.known().map(tenant),
        Need::HealthEvents => evidence.health_events.known().map(|events| health_events(events)),
        Need::SendingMetrics => evidence.sending_metrics.known().map(sending_metrics),
        Need::ClientLog => evidence.client_log.known().map(client_log),
        Need::KeyEvents => evidence.key_events.known().map(history),
        Need::UserEvents => evidence.user_events.known().map(history),
        Need::PolicyEvents => evidence.policy_events.known().map(history),
        Need::SesEvents => evidence.ses_events.known().map(history),
        Need::OrganizationEvents => evidence.organization_events.known().map(history),
        Need::VpcEvents => evidence.vpc_events.known().map(history),
        Need::SecretEvents => evidence.secret_events.known().map(history),
        Need::ArchivedEvents => evidence.archived_events.known().map(archived),
        Need::ArchivedUse => evidence.archived_use.known().map(archived_use),
    }
}

fn tenant(tenant: &Tenant) -> String {
    let status = tenant.sending_status.as_deref().unwrap_or("of unknown status");
    match &tenant.resources {
        Ok(resources) => format!("{} is {status}, with {} resources", tenant.name, resources.len()),
        Err(_) => format!("{} is {status}; its resources could not be read", tenant.name),
    }
}

fn archived(history: &TrailHistory) -> String {
    let more = if history.complete {
        ""
    } else {
        ", but a part could not be read"
    };
    let events = count(history.events.len() as u64, "event");
    format!("{events} in CloudTrail's files{more}")
}

fn archived_use(used: &ArchivedUse) -> String {
    let refused: u64 = used.refused.iter().map(|call| call.count).sum();
    let time = match (used.first, used.last) {
        (Some(first), Some(last)) => format!(", from {first} to {last}"),
        _ => String::new(),
    };
    let more = if used.complete {
        ""
    } else {
        ", but a part of the files could not be read"
    };
    let calls = count(used.calls, "call");
    format!("{calls} with the key{time}, {refused} refused{more}")
}

fn count(many: u64, one: &str) -> String {
    match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

fn history(history: &TrailHistory) -> String {
    let events = match history.events.len() {
        0 => "no event".to_owned(),
        1 => "1 event".to_owned(),
        many => format!("{many} events"),
    };
    let lookups = match history.lookups {
        1 => "1 look-up".to_owned(),
        many => format!("{many} look-ups"),
    };
    let more = if history.complete {
        ""
    } else {
        ", not all that there are"
    };
    format!("{events} in 90 days ({lookups}{more})")
}

fn client_log(log: &LoggedFailures) -> String {
    let at = |time: &Option<LogTime>| time.as_ref().map(|time| time.at.to_string());
    let times = match (at(&log.first), at(&log.last)) {
        (Some(first), Some(last)) if log.count > 1 => format!(", from {first} to {last}"),
        (Some(only), _) | (None, Some(only)) => format!(", at {only}"),
        (None, None) => ", at times that the log does not tell".to_owned(),
    };
    let number = if log.count == 1 {
        "1 failure".to_owned()
    } else {
        format!("{} failures", log.count)
    };
    format!("{number}{times}")
}

fn config_faults(number: usize) -> String {
    match number {
        0 => "nothing wrong in the files".to_owned(),
        1 => "1 fault in the files".to_owned(),
        many => format!("{many} faults in the files"),
    }
}

fn symptom(evidence: &Evidence) -> Option<String> {
    let symptom = evidence.symptom.known()?;
    let place = if symptom.host.is_empty() {
        "no host told".to_owned()
    } else {
        format!("{}:{}", symptom.host, symptom.port)
    };
    Some(match &symptom.reported {
        Some(reported) => format!("{place}; the client logged: {}", reported.line),
        None => place,
    })
}

fn credential(facts: &CredentialFacts) -> String {
    let mut text = format!(
        "user name {} ({}), password of {} characters ({})",
        facts.username.shown,
        words(&facts.username.shape),
        facts.password.length,
        words(&facts.password.shape),
    );
    for damage in facts.username.damage.iter().chain(&facts.password.damage) {
        text.push_str(&format!(", damage: {}", words(damage)));
    }
    if facts.swapped {
        text.push_str(", swapped");
    }
    match &facts.derivation {
        None => text,
        Some(Derivation::Region(region)) => format!("{text}; derived: the password of {region}"),
        Some(Derivation::Version2) => format!("{text}; derived: the old algorithm's password"),
        Some(Derivation::TheSecretItself) => format!("{text}; it is the secret access key"),
        Some(Derivation::NoMatch) => format!("{text}; derived: of no region of this key"),
    }
}

fn probe(facts: &ProbeFacts) -> String {
    let target = format!("{}:{}", facts.target.host, facts.target.port);
    let tls = facts
        .tls
        .as_ref()
        .map_or_else(|| "no TLS".to_owned(), |tls| tls.version.clone());
    let end = match (facts.auth.last(), &facts.failure, &facts.refusal) {
        (_, _, Some((phase, reply))) => format!("{} at {}", reply, words(phase)),
        (Some(attempt), _, None) => attempt.reply.to_string(),
        (None, Some(failure), None) => format!(
            "{} at {}: {}",
            words(&failure.kind),
            words(&failure.phase),
            failure.detail
        ),
        (None, None, None) => "reached".to_owned(),
    };
    format!("{target}, {tls}: {end} ({} ms)", facts.elapsed_ms)
}

fn regions(evidence: &Evidence) -> Option<String> {
    let logins = evidence.regions.known()?;
    let of = |is: fn(&LoginOutcome) -> bool| {
        let names: Vec<&str> = logins
            .iter()
            .filter(|l| is(&l.outcome))
            .map(|l| l.region.as_str())
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let accepted = of(|outcome| matches!(outcome, LoginOutcome::Accepted));
    let refused = of(|outcome| matches!(outcome, LoginOutcome::Refused(_)));
    let unreached = logins
        .iter()
        .filter(|l| matches!(l.outcome, LoginOutcome::NotReached(_)))
        .count();
    let rest = if unreached == 0 {
        String::new()
    } else {
        format!("; not reached: {unreached}")
    };
    Some(format!("accepted in: {accepted}; refused in: {refused}{rest}"))
}

fn repairs(evidence: &Evidence) -> Option<String> {
    let logins = evidence.repairs.known()?;
    let accepted = logins
        .iter()
        .find(|login| login.outcome == LoginOutcome::Accepted);
    Some(match accepted {
        Some(login) if login.swapped => {
            "accepted with user name and password in each other's place".to_owned()
        }
        Some(login) => {
            let damage: Vec<String> = login.damage.iter().map(words).collect();
            format!("accepted once mended: {}", damage.join(", "))
        }
        None => format!("{} mended pairs tried, none accepted", logins.len()),
    })
}

fn password_source(source: &PasswordSource) -> String {
    let keeper = match source.keeper {
        Keeper::SecretsManager => "secret",
        Keeper::ParameterStore => "parameter",
    };
    let version = source.version.as_deref().unwrap_or("of unknown version");
    let mut text = format!("{keeper} {} in {}, version {version}", source.name, source.region);
    if let Some(written) = source.written {
        text.push_str(&format!(", written {written}"));
    }
    if let Some(by) = &source.written_by {
        text.push_str(&format!(" by {by}"));
    }
    if source.rotation_enabled == Some(true) {
        text.push_str(", rotated on a schedule");
    }
    if source.pending.is_some() {
        text.push_str(", a rotation is unfinished");
    }
    if let Some(own) = &source.own_pair {
        text.push_str(&format!("; the client's own pair: {}", words(own)));
    }
    text
}

fn stored_logins(evidence: &Evidence) -> Option<String> {
    let logins = evidence.stored_logins.known()?;
    let each = logins.iter().map(|login| {
        let end = match &login.outcome {
            LoginOutcome::Accepted => "accepted".to_owned(),
            LoginOutcome::Refused(reply) => reply.to_string(),
            LoginOutcome::NotReached(failure) => failure.detail.clone(),
        };
        format!("{} version: {end}", words(&login.version))
    });
    Some(each.collect::<Vec<_>>().join("; "))
}

fn ports(evidence: &Evidence) -> Option<String> {
    let checks = evidence.ports.known()?;
    let of = |reachable: bool| {
        let ports: Vec<String> = checks
            .iter()
            .filter(|c| c.reachable == reachable)
            .map(|c| c.target.port.to_string())
            .collect();
        if ports.is_empty() {
            "none".to_owned()
        } else {
            ports.join(", ")
        }
    };
    Some(format!("reachable: {}; not reachable: {}", of(true), of(false)))
}

fn key_last_used(evidence: &Evidence) -> Option<String> {
    let used = evidence.key_last_used.known()?;
    let owner = used.user_name.as_deref().unwrap_or("no user (a root key?)");
    Some(match (&used.last_used, &used.service) {
        (Some(at), service) => format!(
            "{owner}; last used {at} for {}",
            service.as_deref().unwrap_or("?")
        ),
        (None, _) => format!("{owner}; never used"),
    })
}

fn access_keys(evidence: &Evidence) -> Option<String> {
    let keys = evidence.access_keys.known()?;
    let each: Vec<String> = keys
        .keys
        .iter()
        .map(|key| format!("{} {:?}", key.id, key.status))
        .collect();
    Some(format!(
        "{}: {}",
        keys.user_name,
        if each.is_empty() {
            "no keys".to_owned()
        } else {
            each.join(", ")
        }
    ))
}

fn policies(documents: &[PolicyDocument]) -> String {
    let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn organization(organization: &OrganizationPolicies) -> String {
    let OrganizationPolicies {
        organization: id,
        management_account,
        path,
        ..
    } = organization;
    if organization.is_management_account() {
        return format!("account {management_account} manages {id}: no SCP and no RCP binds it");
    }
    let steps: Vec<&str> = path.iter().map(|level| step(&level.target)).collect();
    let service = control_policies(path, |level| &level.service_control_policies);
    let resource = control_policies(path, |level| &level.resource_control_policies);
    format!("{} in {id}; SCPs: {service}; RCPs: {resource}", steps.join(" / "))
}

fn simulation(simulation: &Simulation) -> String {
    let each = simulation.decisions.iter().map(|one| {
        let what = one.resource.rsplit(':').next().unwrap_or(&one.resource);
        format!("{what}: {}", words(&one.decision))
    });
    each.collect::<Vec<_>>().join("; ")
}

fn vpc_endpoints(endpoints: &[VpcEndpoint]) -> String {
    let each = endpoints.iter().map(|endpoint| {
        let groups: Vec<&str> = endpoint
            .security_groups
            .iter()
            .map(|group| group.id.as_str())
            .collect();
        format!(
            "{} ({}, security groups: {})",
            endpoint.id,
            endpoint.state,
            groups.join(", ")
        )
    });
    each.collect::<Vec<_>>().join("; ")
}

fn health_events(events: &[HealthEvent]) -> String {
    if events.is_empty() {
        return "no open event and none that ended lately".to_owned();
    }
    let each = events.iter().map(|event| {
        let HealthEvent { code, region, .. } = event;
        let time = |at: Option<Timestamp>| at.map_or_else(|| "?".to_owned(), |at| at.to_string());
        let when = match event.end {
            Some(end) => format!("from {} to {end}", time(event.start)),
            None => format!("since {}", time(event.start)),
        };
        format!("{code} in {region}, {} {when}", words(&event.status))
    });
    each.collect::<Vec<_>>().join("; ")
}

fn sending_metrics(metrics: &SendingMetrics) -> String {
    let sent = metrics.series("Send");
    let number = sent.map_or(0.0, MetricSeries::sum);
    let last = sent.and_then(|series| series.points().map(|(at, _)| at).last());
    match (metrics.onset(), last) {
        (Some(onset), _) => format!("{number} sent in 14 days, none since {}", onset.since),
        (None, Some(last)) => format!("{number} sent in 14 days, the last about {last}"),
        (None, None) => "nothing sent in 14 days".to_owned(),
    }
}

fn step(target: &OrganizationTarget) -> &str {
    match (&target.name, target.kind) {
        (Some(name), _) => name,
        (None, TargetKind::Root) => "root",
        (None, TargetKind::OrganizationalUnit | TargetKind::Account) => &target.id,
    }
}

/// The names along the path, each once, and how many lists could not be read.
fn control_policies(
    path: &[OrganizationLevel],
    of: impl Fn(&OrganizationLevel) -> &Result<Vec<ControlPolicy>, String>,
) -> String {
    let mut names: Vec<&str> = Vec::new();
    for policy in path.iter().filter_map(|level| of(level).as_ref().ok()).flatten() {
        if !names.contains(&policy.name.as_str()) {
            names.push(&policy.name);
        }
    }
    let unread = path.iter().filter(|level| of(level).is_err()).count();
    match (names.is_empty(), unread) {
        (true, 0) => "none".to_owned(),
        (_, 0) => names.join(", "),
        (true, _) => "not readable".to_owned(),
        (false, _) => format!("{}, at {unread} levels not readable", names.join(", ")),
    }
}

fn ses_account(evidence: &Evidence) -> Option<String> {
    let account = evidence.ses_account.known()?;
    let stage = if account.production_access {
        "production"
    } else {
        "sandbox"
    };
    let sending = if account.sending_enabled {
        "enabled"
    } else {
        "disabled"
    };
    let status = account.enforcement_status.as_deref().unwrap_or("unknown");
    Some(format!(
        "{}: {stage}, sending {sending}, enforcement {status}",
        account.region
    ))
}

fn identity(observed: &Observed<ses_doctor_core::evidence::Identity>) -> Option<String> {
    match observed {
        Observed::Known(identity) => {
            let verified = if identity.verified_for_sending {
                "verified"
            } else {
                "not verified"
            };
            Some(format!("{} is {verified} in {}", identity.name, identity.region))
        }
        Observed::Missing => Some("there is none".to_owned()),
        Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => None,
    }
}

fn elsewhere(evidence: &Evidence) -> Option<String> {
    let all = evidence.sender_identity_elsewhere.known()?;
    let verified = all
        .iter()
        .filter(|e| matches!(&e.identity, Ok(Some(identity)) if identity.verified_for_sending));
    let names: Vec<&str> = verified.map(|e| e.region.as_str()).collect();
    Some(if names.is_empty() {
        "verified in no other region asked".to_owned()
    } else {
        format!("verified in {}", names.join(", "))
    })
}

/// The kebab-case name of a unit variant, as words.
pub(crate) fn words(value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    name.as_ref()
        .and_then(|name| name.as_str())
        .unwrap_or_default()
        .replace('-', " ")
}
