//! Trying the symptom again, as the plan knows it and the person tells it.

use super::drive::Follow;
use crate::args::{
    AgainArgs, CredentialArgs, DiagnoseArgs, EndpointArgs, ExperimentArgs, FollowArgs, MailArgs,
    OutputFormat, StoredArgs, Tls,
};
use crate::commands::{Console, diagnose};
use ses_doctor_core::plan::{PasswordSource, Plan, SymptomPath};
use ses_doctor_core::verification::{Verification, Verified, verify as judge};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// One collection of evidence takes no longer than this.
const DEADLINE: u64 = 60;
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// Tries until it is verified or the time is up: IAM gives no figure for how long a change takes to be in force.
pub(super) async fn verify(plan: &Plan, follow: Follow, console: &mut Console<'_>) -> Verification {
    let until = Instant::now() + Duration::from_secs(follow.args.verify_for);
    let Some(path) = follow.path.clone().or_else(|| told(&follow.args)) else {
        return Verification::not_tried(
            "the plan does not say how the symptom is tried; give --region and --username",
        );
    };
    let mut wait = FIRST_WAIT;
    loop {
        let args = arguments(&path, &follow);
        if args.credentials.username.is_none() && args.config.is_empty() {
            return Verification::not_tried(
                "no SMTP login to try: give --username and --password-file, --password-env or --password-stdin",
            );
        }
        let verification = match diagnose::evidence(args, console).await {
            Ok((evidence, _)) => judge(plan, &evidence),
            Err(error) => return Verification::not_tried(error.to_string()),
        };
        let again = verification.state == Verified::Failed && Instant::now() + wait < until;
        // What was typed or piped in is used up after one reading.
        if !again || follow.args.credentials.password_stdin {
            return verification;
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
}

/// Where the plan knows nothing, the options alone may do.
fn told(args: &FollowArgs) -> Option<SymptomPath> {
    let somewhere = args.endpoint.host.is_some() || args.endpoint.region.is_some();
    somewhere.then(|| SymptomPath {
        host: String::new(),
        port: 0,
        tls: None,
        username: None,
        password: None,
        from: None,
        to: None,
        configuration_set: None,
        tenant: None,
        config: Vec::new(),
        send: false,
    })
}

fn arguments(path: &SymptomPath, follow: &Follow) -> DiagnoseArgs {
    let given = &follow.args;
    DiagnoseArgs {
        endpoint: endpoint(path, &given.endpoint),
        credentials: credentials(path, &given.credentials),
        stored: stored(path, &given.credentials),
        aws: follow.aws.reading(),
        mail: mail(path, &given.mail),
        error: None,
        log: None,
        log_zone: None,
        config: path.config.iter().map(PathBuf::from).collect(),
        trail: Vec::new(),
        secret_key_file: None,
        experiment: ExperimentArgs::none(),
        no_region_sweep: true,
        no_repairs: true,
        no_wait: false,
        offline: false,
        deadline: DEADLINE,
        evidence_out: None,
        evidence: None,
        output: OutputFormat::Text,
    }
}

/// The endpoint as the person tells it, else as the plan knows it.
pub(crate) fn endpoint(path: &SymptomPath, given: &EndpointArgs) -> EndpointArgs {
    let mut endpoint = given.clone();
    if endpoint.host.is_none() && !path.host.is_empty() {
        endpoint.host = Some(path.host.clone());
        endpoint.port = endpoint.port.or(Some(path.port).filter(|port| *port > 0));
        if endpoint.tls == Tls::Auto {
            endpoint.tls = match path.tls.as_deref() {
                Some("starttls") => Tls::Starttls,
                Some("wrapper") => Tls::Wrapper,
                _ => Tls::Auto,
            };
        }
    }
    endpoint
}

/// A password is given with the command, which then counts alone.
fn is_given(given: &CredentialArgs) -> bool {
    given.password_stdin || given.password_file.is_some() || given.password_env.is_some()
}

/// Where AWS keeps the password, if that is where the plan knows it to be.
fn stored(path: &SymptomPath, given: &CredentialArgs) -> StoredArgs {
    let of = |secret: Option<&String>, parameter: Option<&String>, member: &Option<String>| StoredArgs {
        password_secret: secret.cloned(),
        password_secret_key: member.clone(),
        password_parameter: parameter.cloned(),
    };
    match &path.password {
        Some(PasswordSource::Secret { name, member }) if !is_given(given) => of(Some(name), None, member),
        Some(PasswordSource::Parameter { name, member }) if !is_given(given) => of(None, Some(name), member),
        Some(
            PasswordSource::Secret { .. }
            | PasswordSource::Parameter { .. }
            | PasswordSource::File(_)
            | PasswordSource::Env(_),
        )
        | None => StoredArgs::none(),
    }
}

fn credentials(path: &SymptomPath, given: &CredentialArgs) -> CredentialArgs {
    let (file, variable) = match &path.password {
        _ if is_given(given) => (given.password_file.clone(), given.password_env.clone()),
        Some(PasswordSource::File(file)) => (Some(PathBuf::from(file)), None),
        Some(PasswordSource::Env(variable)) => (None, Some(variable.clone())),
        Some(PasswordSource::Secret { .. } | PasswordSource::Parameter { .. }) | None => (None, None),
    };
    CredentialArgs {
        username: given.username.clone().or_else(|| path.username.clone()),
        password_stdin: given.password_stdin,
        password_file: file,
        password_env: variable,
    }
}

fn mail(path: &SymptomPath, given: &AgainArgs) -> MailArgs {
    let or = |given: &Option<String>, known: &Option<String>| given.clone().or_else(|| known.clone());
    let from = or(&given.from, &path.from);
    MailArgs {
        send: (given.send || path.send) && from.is_some(),
        from,
        to: or(&given.to, &path.to),
        configuration_set: or(&given.configuration_set, &path.configuration_set),
        tenant: path.tenant.clone(),
    }
}
