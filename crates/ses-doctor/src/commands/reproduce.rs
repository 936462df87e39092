//! `reproduce`: the SMTP user's key makes the same call by the SES API, with the signature's parts in view.

use super::Console;
use super::probe::SIMULATOR;
use crate::args::{ApiCall, OutputFormat, ReproduceArgs};
use crate::context::{self, check_region};
use crate::env;
use crate::error::CliError;
use crate::exchange::{Outgoing, exchange};
use crate::exit::Exit;
use crate::masking::Mask;
use crate::private_file;
use crate::render;
use crate::secret_input::{Source, secret_key};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use ses_doctor_aws::reproduce::{Call, ReproduceError, Signed, SigningKey};
use ses_doctor_aws::{Aws, Settings};
use ses_doctor_core::report::reproduction::{
    Endpoint, Exchange, Header, Reproduction, Request, SCHEMA, Signature,
};
use ses_doctor_core::reproduction::{Answer, Interpretation, interpret};
use ses_smtp::Message;
use ses_smtp::credential::{self, PasswordShape};
use std::path::Path;
use std::time::SystemTime;

/// As much of a signature as helps to compare two, and no more.
const SHOWN_OF_SIGNATURE: usize = 8;

/// Runs the command.
pub(crate) async fn run(args: &ReproduceArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let region = region(args)?;
    let roots = context::roots(args.tls_ca.as_deref())?;
    let settings = Settings {
        region: Some(region.clone()),
        profile: args.profile.clone(),
        endpoint_url: args.endpoint_url.clone(),
        ..Settings::default()
    };
    let aws = Aws::connect(&settings).await;
    let key = match key(args)? {
        Some(key) => key,
        None => aws.operator_key().await.map_err(|error| cannot(&error))?,
    };
    let at = SystemTime::now();
    let signed = aws.sign(call(args), &region, Some(key.clone()), at).await;
    let signed = signed.map_err(|error| cannot(&error))?;
    let exchanged = match args.send {
        true => Some(sent(&signed, &roots).await),
        false => None,
    };
    let report = report(&signed, &key, &region, at, exchanged, args.call)?;
    if let Some(path) = &args.out {
        save(path, &report)?;
    }
    match args.output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => render::reproduction::text(console.out, &report)?,
    }
    Ok(exit(&report))
}

fn region(args: &ReproduceArgs) -> Result<String, CliError> {
    let region = args.region.clone().or_else(|| env::first_of(&env::REGION));
    let region = region.ok_or_else(|| {
        CliError::usage(
            "no region: the signature names one",
            "give --region, the region of the SMTP endpoint",
        )
    })?;
    check_region(&region)?;
    Ok(region)
}

fn cannot(error: &ReproduceError) -> CliError {
    CliError::Secret {
        what: error.to_string(),
        help: "give the key with --username and --secret-key-file, --secret-key-env or --secret-key-stdin, or with --profile; \
               an endpoint of your own with --endpoint-url"
            .to_owned(),
    }
}

/// The key of the command line; `None`: the one of the profile.
fn key(args: &ReproduceArgs) -> Result<Option<SigningKey>, CliError> {
    if args.password_stdin || args.password_file.is_some() || args.password_env.is_some() {
        return Err(password_cannot_sign("an SMTP password cannot sign an API call"));
    }
    let Some(id) = &args.username else {
        return Ok(None);
    };
    let named = Source::named(
        args.secret_key_file.as_deref(),
        args.secret_key_env.as_deref(),
        args.secret_key_stdin,
    );
    let secret = secret_key(named.unwrap_or(Source::Prompt("Secret access key: ")))?;
    let shape = credential::inspect(id, &secret).password.shape;
    if matches!(shape, PasswordShape::SmtpV4 | PasswordShape::SmtpV2) {
        return Err(password_cannot_sign(
            "this is an SMTP password, which cannot sign an API call",
        ));
    }
    Ok(Some(SigningKey {
        id: id.trim().to_owned(),
        secret,
        session_token: None,
    }))
}

fn password_cannot_sign(what: &str) -> CliError {
    CliError::Secret {
        what: format!("{what}: it is derived from the secret access key, and there is no way back"),
        help: "take the secret access key from where the password was made of it (a secret store, a Terraform state); the SES \
               console never shows it, so for a pair made there make a second key for the user: `aws iam create-access-key \
               --user-name USER` shows its secret once. With nothing but the password, `ses-doctor probe` shows the SMTP side"
            .to_owned(),
    }
}

fn call(args: &ReproduceArgs) -> Call {
    match args.call {
        ApiCall::GetAccount => Call {
            operation: "GetAccount",
            method: "GET",
            path: "/v2/email/account",
            body: String::new(),
        },
        ApiCall::SendEmail => Call {
            operation: "SendEmail",
            method: "POST",
            path: "/v2/email/outbound-emails",
            body: message(args),
        },
    }
}

/// The raw message that `diagnose --send` submits by SMTP.
fn message(args: &ReproduceArgs) -> String {
    let from = args.from.as_deref().unwrap_or_default();
    let to = args.to.as_deref().unwrap_or(SIMULATOR);
    let wire = Message::test(from, to, Timestamp::now()).to_wire();
    // The final dot is of SMTP.
    let raw = wire.strip_suffix(".\r\n").unwrap_or(&wire);
    let mut body = serde_json::json!({
        "FromEmailAddress": from,
        "Destination": { "ToAddresses": [to] },
        "Content": { "Raw": { "Data": BASE64_STANDARD.encode(raw) } },
    });
    if let (Some(set), Some(fields)) = (&args.configuration_set, body.as_object_mut()) {
        fields.insert("ConfigurationSetName".to_owned(), set.as_str().into());
    }
    body.to_string()
}

async fn sent(signed: &Signed, roots: &ses_smtp::TrustRoots) -> Exchange {
    let mut headers = signed.headers.clone();
    headers.push((
        "authorization".to_owned(),
        signed.authorization.expose_secret().to_owned(),
    ));
    headers.push((
        "user-agent".to_owned(),
        concat!("ses-doctor/", env!("CARGO_PKG_VERSION")).to_owned(),
    ));
    let outgoing = Outgoing {
        url: &signed.endpoint.url,
        method: signed.call.method,
        path: signed.call.path,
        headers: &headers,
        body: &signed.call.body,
    };
    let mut exchange = exchange(&outgoing, roots).await;
    exchange.proxy_not_used = env::first_set(&env::PROXY).map(str::to_owned);
    exchange
}

fn report(
    signed: &Signed,
    key: &SigningKey,
    region: &str,
    at: SystemTime,
    exchange: Option<Exchange>,
    call: ApiCall,
) -> Result<Reproduction, CliError> {
    let interpretation = exchange
        .as_ref()
        .and_then(|exchange| interpretation(exchange, call));
    let signed_at = Timestamp::try_from(at)
        .map(|at| at.to_string())
        .unwrap_or_default();
    let whole = Reproduction {
        schema: SCHEMA.to_owned(),
        written_by: format!("ses-doctor {}", env!("CARGO_PKG_VERSION")),
        signed_at,
        operation: signed.call.operation.to_owned(),
        region: region.to_owned(),
        endpoint: Endpoint {
            url: signed.endpoint.url.clone(),
            decided_by: signed.endpoint.decided_by.clone(),
        },
        request: Request {
            method: signed.call.method.to_owned(),
            path: signed.call.path.to_owned(),
            headers: headers(signed),
            body: signed.call.body.clone(),
        },
        signature: Signature {
            access_key_id: key.id.clone(),
            canonical_request: signed.canonical_request.clone(),
            string_to_sign: signed.string_to_sign.clone(),
            credential_scope: signed.scope.clone(),
            signed_headers: signed.signed_headers.clone(),
            body_sha256: signed.body_sha256.clone(),
            begins_with: signed
                .signature
                .expose_secret()
                .chars()
                .take(SHOWN_OF_SIGNATURE)
                .collect(),
        },
        exchange,
        interpretation,
    };
    // AWS repeats the canonical request in some errors, so that secrets are taken out of everything at once.
    let masked = Mask::of(signed.secrets(key)).masked(&whole);
    masked.map_err(|error| CliError::Output(error.into()))
}

/// In the order in which they are sent.
fn headers(signed: &Signed) -> Vec<Header> {
    let authorization = (
        "authorization".to_owned(),
        signed.authorization.expose_secret().to_owned(),
    );
    let all = signed.headers.iter().cloned().chain([authorization]);
    all.map(|(name, value)| Header { name, value }).collect()
}

fn interpretation(exchange: &Exchange, call: ApiCall) -> Option<Interpretation> {
    let response = exchange.response.as_ref()?;
    let answer = Answer {
        status: response.status,
        code: response.error_code.as_deref(),
        message: response.error_message.as_deref(),
        of_aws: response.request_id.is_some(),
        clock_ahead: response.clock_ahead_seconds,
        sends: call == ApiCall::SendEmail,
    };
    Some(interpret(&answer, Timestamp::now()))
}

fn exit(report: &Reproduction) -> Exit {
    let Some(exchange) = &report.exchange else {
        return Exit::Success;
    };
    match (&exchange.response, &report.interpretation) {
        (Some(response), _) if response.status < 300 && response.request_id.is_some() => Exit::Success,
        (Some(_), Some(interpretation)) if !interpretation.causes.is_empty() => Exit::CauseFound,
        (Some(_) | None, _) => Exit::Inconclusive,
    }
}

fn save(path: &Path, report: &Reproduction) -> Result<(), CliError> {
    let mut content = Vec::new();
    if path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
    {
        render::json(&mut content, report)?;
    } else {
        render::reproduction::text(&mut content, report)?;
    }
    private_file::write(path, &content)
}
