//! SES API v2: account, identities, configuration sets, tenants. Paths and JSON.

mod configuration_set;
mod policy;
mod tenant;

use serde_json::{Map, Value, json};

use super::error::{ApiError, Protocol};
use super::query::{decode_marker, encode_marker, small_first};
use super::request::{Caller, Reply, Request, form, resource};
use super::{Operation, Service};
use crate::state::Shared;
use crate::world::{Enforcement, Identity, MailFrom, Ses};

pub(super) const SERVICE: Service = Service {
    signing_name: "ses",
    prefix: "ses",
    source: "ses.amazonaws.com",
    protocol: Protocol::RestJson,
    operation,
    answer,
};

fn operation(request: &Request) -> Option<Operation> {
    let segments = request.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v2", "email", rest @ ..] = parts.as_slice() else {
        return None;
    };
    let (name, subject) = match (request.method.as_str(), rest) {
        ("POST", ["outbound-emails"]) => ("SendEmail", None),
        ("GET", ["account"]) => ("GetAccount", None),
        ("PUT", ["account", "sending"]) => ("PutAccountSendingAttributes", None),
        // Newer SDKs list by POST with a body, older ones by GET with a query.
        ("GET", ["identities"]) | ("POST", ["list-identities"]) => ("ListEmailIdentities", None),
        ("POST", ["identities"]) => ("CreateEmailIdentity", None),
        ("GET", ["identities", name]) => ("GetEmailIdentity", Some(("emailIdentity", *name))),
        ("DELETE", ["identities", name]) => ("DeleteEmailIdentity", Some(("emailIdentity", *name))),
        ("GET", ["identities", name, "policies"]) => {
            ("GetEmailIdentityPolicies", Some(("emailIdentity", *name)))
        }
        (method @ ("POST" | "PUT" | "DELETE"), ["identities", _, "policies", _]) => {
            (policy::name(method), None)
        }
        ("PUT", ["identities", name, "configuration-set"]) => (
            "PutEmailIdentityConfigurationSetAttributes",
            Some(("emailIdentity", *name)),
        ),
        ("GET", ["configuration-sets"]) | ("POST", ["list-configuration-sets"]) => {
            ("ListConfigurationSets", None)
        }
        ("POST", ["configuration-sets"]) => ("CreateConfigurationSet", None),
        ("GET", ["configuration-sets", name]) => {
            ("GetConfigurationSet", Some(("configurationSetName", *name)))
        }
        ("DELETE", ["configuration-sets", name]) => {
            ("DeleteConfigurationSet", Some(("configurationSetName", *name)))
        }
        ("PUT", ["configuration-sets", name, "sending"]) => (
            "PutConfigurationSetSendingOptions",
            Some(("configurationSetName", *name)),
        ),
        (method, path) => tenant::operation(method, path)?,
    };
    let mut parameters: Map<String, Value> = request
        .json()
        .into_iter()
        .map(|(k, v)| (small_first(&k), v))
        .collect();
    parameters.extend(subject.map(|(key, value)| (key.to_owned(), json!(value))));
    if let ["identities", identity, "policies", policy] = rest {
        let named = [("emailIdentity", identity), ("policyName", policy)];
        parameters.extend(named.map(|(key, value)| (key.to_owned(), json!(value))));
    }
    let identity = parameters.get("emailIdentity").and_then(Value::as_str);
    let resources = identity
        .map(|name| resource("AWS::SES::EmailIdentity", name))
        .into_iter()
        .collect();
    Some(Operation {
        name: name.to_owned(),
        parameters,
        resources,
    })
}

fn answer(
    shared: &Shared,
    caller: &Caller,
    operation: &Operation,
    request: &Request,
) -> Result<Reply, ApiError> {
    if operation.name == "SendEmail" {
        return super::send_email::answer(shared, caller, request);
    }
    let mut live = shared.live();
    let account = live.account_mut(&caller.account).ok_or_else(gone)?;
    let ses = account.ses_mut(&caller.region).ok_or_else(gone)?;
    if !ses.subscribed {
        // What SES v2 answers to an account without SES is unsourced; this is AWS's general sentence for it.
        let message = "The AWS Access Key Id needs a subscription for the service";
        return Err(ApiError::new(403, "SubscriptionRequiredException", message));
    }
    let value = match operation.name.as_str() {
        "GetAccount" => account_json(ses),
        "PutAccountSendingAttributes" => {
            ses.sending_enabled = operation
                .parameters
                .get("sendingEnabled")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            json!({})
        }
        "PutEmailIdentityConfigurationSetAttributes" => put_default_set(ses, operation)?,
        "ListEmailIdentities" => list(request, "EmailIdentities", &ses.identity, listed_identity)?,
        "CreateEmailIdentity" => create(ses, operation)?,
        "GetEmailIdentity" => identity_json(find(ses, operation)?),
        "DeleteEmailIdentity" => delete(ses, operation)?,
        "GetEmailIdentityPolicies" => {
            let policies = find(ses, operation)?
                .policy
                .iter()
                .map(|p| (p.name.clone(), json!(p.document)));
            json!({ "Policies": policies.collect::<Map<_, _>>() })
        }
        "CreateEmailIdentityPolicy" | "UpdateEmailIdentityPolicy" | "DeleteEmailIdentityPolicy" => {
            policy::answer(ses, operation)?
        }
        "ListConfigurationSets" => list(request, "ConfigurationSets", &ses.configuration_set, |set| {
            json!(set.name)
        })?,
        name if name.ends_with("ConfigurationSet") || name.starts_with("PutConfigurationSet") => {
            configuration_set::answer(ses, operation)?
        }
        _ => tenant::answer(ses, caller, operation, request)?,
    };
    Ok(Reply::json(&value))
}

fn gone() -> ApiError {
    ApiError::new(500, "InternalServiceError", "the lab has lost this account")
}

fn account_json(ses: &Ses) -> Value {
    json!({
        "DedicatedIpAutoWarmupEnabled": false,
        "EnforcementStatus": ses.enforcement_status.word(),
        "ProductionAccessEnabled": ses.production_access,
        "SendingEnabled": ses.sending_enabled && ses.enforcement_status != Enforcement::Shutdown,
        "SendQuota": {
            "Max24HourSend": ses.max_24_hour_send,
            "MaxSendRate": ses.max_send_rate,
            "SentLast24Hours": ses.sent_last_24_hours,
        },
        "SuppressionAttributes": { "SuppressedReasons": ["BOUNCE", "COMPLAINT"] },
        "VdmAttributes": { "VdmEnabled": "DISABLED" },
    })
}

fn kind(name: &str) -> &'static str {
    if name.contains('@') {
        "EMAIL_ADDRESS"
    } else {
        "DOMAIN"
    }
}

fn status(identity: &Identity) -> &'static str {
    if identity.verified { "SUCCESS" } else { "PENDING" }
}

fn listed_identity(identity: &Identity) -> Value {
    json!({
        "IdentityName": identity.name,
        "IdentityType": kind(&identity.name),
        "SendingEnabled": identity.verified,
        "VerificationStatus": status(identity),
    })
}

fn identity_json(identity: &Identity) -> Value {
    let policies: Map<_, _> = identity
        .policy
        .iter()
        .map(|p| (p.name.clone(), json!(p.document)))
        .collect();
    let mut value = json!({
        "IdentityType": kind(&identity.name),
        "FeedbackForwardingStatus": true,
        "VerifiedForSendingStatus": identity.verified,
        "VerificationStatus": status(identity),
        "DkimAttributes": {
            "SigningEnabled": identity.verified,
            "Status": status(identity),
            "SigningAttributesOrigin": "AWS_SES",
        },
        "Policies": policies,
        "Tags": [],
    });
    let set = identity
        .configuration_set
        .as_ref()
        .map(|set| ("ConfigurationSetName", json!(set)));
    let mail_from = identity
        .mail_from
        .as_ref()
        .map(|custom| ("MailFromAttributes", mail_from_json(custom)));
    if let Some(fields) = value.as_object_mut() {
        let told = set.into_iter().chain(mail_from);
        fields.extend(told.map(|(name, value)| (name.to_owned(), value)));
    }
    value
}

fn mail_from_json(custom: &MailFrom) -> Value {
    json!({
        "MailFromDomain": custom.domain,
        "MailFromDomainStatus": custom.status,
        "BehaviorOnMxFailure": custom.behavior_on_mx_failure,
    })
}

/// One page: `PageSize` and `NextToken` come in the query or in the body.
fn list<T>(
    request: &Request,
    name: &str,
    items: &[T],
    show: impl Fn(&T) -> Value,
) -> Result<Value, ApiError> {
    let (query, body) = (form(&request.query), request.json());
    let given = |wanted: &str| {
        let in_query = query
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone());
        let in_body = || {
            body.get(wanted)
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        in_query.or_else(in_body)
    };
    let bad = |what: &str| ApiError::new(400, "BadRequestException", format!("Invalid {what}"));
    let start = match given("NextToken") {
        None => 0,
        Some(token) => decode_marker(&token)
            .filter(|start| *start <= items.len())
            .ok_or_else(|| bad("NextToken"))?,
    };
    let size = match given("PageSize") {
        None => 100,
        Some(size) => size
            .parse()
            .ok()
            .filter(|size| (1..=1000).contains(size))
            .ok_or_else(|| bad("PageSize"))?,
    };
    let shown: Vec<Value> = items.iter().skip(start).take(size).map(show).collect();
    let mut page = Map::from_iter([(name.to_owned(), Value::Array(shown))]);
    if start + size < items.len() {
        page.insert("NextToken".to_owned(), json!(encode_marker(start + size)));
    }
    Ok(Value::Object(page))
}

fn subject<'a>(operation: &'a Operation, name: &str) -> Result<&'a str, ApiError> {
    let value = operation
        .parameters
        .get(name)
        .and_then(Value::as_str)
        .filter(|value| !value.is_empty());
    value.ok_or_else(|| ApiError::new(400, "BadRequestException", format!("{name} is missing")))
}

fn find<'a>(ses: &'a Ses, operation: &Operation) -> Result<&'a Identity, ApiError> {
    let name = subject(operation, "emailIdentity")?;
    let found = ses
        .identity
        .iter()
        .find(|identity| identity.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| no_identity(name))
}

fn no_identity(name: &str) -> ApiError {
    ApiError::new(
        404,
        "NotFoundException",
        format!("Email identity {name} does not exist."),
    )
}

fn create(ses: &mut Ses, operation: &Operation) -> Result<Value, ApiError> {
    let name = subject(operation, "emailIdentity")?.to_owned();
    if ses
        .identity
        .iter()
        .any(|identity| identity.name.eq_ignore_ascii_case(&name))
    {
        return Err(ApiError::new(
            400,
            "AlreadyExistsException",
            format!("Email identity {name} already exists."),
        ));
    }
    let answer = json!({ "IdentityType": kind(&name), "VerifiedForSendingStatus": false });
    let set = operation
        .parameters
        .get("configurationSetName")
        .and_then(Value::as_str)
        .map(str::to_owned);
    ses.identity.push(Identity {
        name,
        verified: false,
        mail_from: None,
        configuration_set: set,
        policy: Vec::new(),
    });
    Ok(answer)
}

fn delete(ses: &mut Ses, operation: &Operation) -> Result<Value, ApiError> {
    let name = find(ses, operation)?.name.clone();
    ses.identity.retain(|identity| identity.name != name);
    Ok(json!({}))
}

/// Without a name, the identity loses its default set. Whether AWS asks that the set exists is unsourced; the lab does.
fn put_default_set(ses: &mut Ses, operation: &Operation) -> Result<Value, ApiError> {
    let identity = find(ses, operation)?.name.clone();
    let set = operation.parameters.get("configurationSetName");
    let set = set.and_then(Value::as_str).filter(|name| !name.is_empty());
    if let Some(name) = set
        && !ses.configuration_set.iter().any(|known| known.name == name)
    {
        let message = format!("Configuration set <{name}> does not exist.");
        return Err(ApiError::new(404, "NotFoundException", message));
    }
    for known in ses.identity.iter_mut().filter(|known| known.name == identity) {
        known.configuration_set = set.map(str::to_owned);
    }
    Ok(json!({}))
}
