//! SES API v2 `SendEmail` with raw content: the same message, and the same decisions, as over SMTP. Codes are those of the
//! API reference; the sentences behind them, but for IAM's, are SMTP's, since AWS publishes none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::smtp::login::Principal;
use crate::smtp::submission::{Refusal, Submission, address_in, header, take};
use crate::smtp::text;
use crate::smtp::wire::Body;
use crate::state::Shared;

use super::error::ApiError;
use super::request::{Caller, Reply, Request};

/// The most of a message that is kept.
const KEPT: usize = 64 * 1024;

pub(super) fn answer(shared: &Shared, caller: &Caller, request: &Request) -> Result<Reply, ApiError> {
    let subscribed = {
        let live = shared.live();
        let account = live.account(&caller.account);
        account.is_some_and(|account| account.ses(&caller.region).subscribed)
    };
    if !subscribed {
        let message = "The AWS Access Key Id needs a subscription for the service";
        return Err(ApiError::new(403, "SubscriptionRequiredException", message));
    }
    let input = Value::Object(request.json());
    let message = message(&input)?;
    let from = text(&input, "/FromEmailAddress").map(str::to_owned);
    let from = from
        .or_else(|| header(&message, "from"))
        .and_then(|from| address_in(&from));
    let from = from.ok_or_else(|| bad("Missing sender"))?;
    let to = recipients(&input);
    if to.is_empty() {
        return Err(bad("Missing destination"));
    }
    let principal = Principal {
        account: caller.account.clone(),
        user: caller.user.clone(),
        key: caller.key.clone(),
    };
    let submission = Submission {
        region: &caller.region,
        principal: &principal,
        from: &from,
        to: &to,
        body: body(message, text(&input, "/ConfigurationSetName")),
    };
    let id = take(shared, submission).map_err(|refusal| error(&refusal))?;
    Ok(Reply::json(&json!({ "MessageId": id })))
}

fn text<'a>(input: &'a Value, pointer: &str) -> Option<&'a str> {
    input.pointer(pointer)?.as_str()
}

fn bad(what: &str) -> ApiError {
    ApiError::new(400, "BadRequestException", what)
}

fn message(input: &Value) -> Result<Vec<u8>, ApiError> {
    let data = text(input, "/Content/Raw/Data").ok_or_else(|| bad("the lab takes raw content only"))?;
    STANDARD.decode(data).map_err(|_| bad("Raw data is not base64"))
}

fn recipients(input: &Value) -> Vec<String> {
    let lists = ["To", "Cc", "Bcc"].map(|list| format!("/Destination/{list}Addresses"));
    let all = lists
        .iter()
        .filter_map(|list| input.pointer(list)?.as_array())
        .flatten();
    all.filter_map(Value::as_str).filter_map(address_in).collect()
}

/// A configuration set that the call names counts as the header that names one.
fn body(message: Vec<u8>, set: Option<&str>) -> Body {
    let size = message.len();
    let named = set.map(|name| format!("X-SES-CONFIGURATION-SET: {name}\r\n").into_bytes());
    let mut kept = named.unwrap_or_default();
    kept.extend(message);
    kept.truncate(KEPT);
    Body { size, kept }
}

fn error(refusal: &Refusal) -> ApiError {
    if let Some(denial) = &refusal.denial {
        let message = format!(
            "User: {} is not authorized to perform: ses:SendRawEmail on resource: {} {}",
            denial.principal, denial.resource, denial.reason
        );
        return ApiError::new(403, "AccessDeniedException", message);
    }
    let reply = refusal.reply.as_str();
    let sentence = reply.split_once(' ').map_or(reply, |(_, sentence)| sentence);
    let sentence = sentence
        .trim_start_matches("Message rejected: ")
        .trim_start_matches("Throttling failure: ");
    let (status, code) = match reply {
        text::PAUSED => (400, "SendingPausedException"),
        text::BAD_MAIL_FROM_DOMAIN => (400, "MailFromDomainNotVerifiedException"),
        text::DAILY_QUOTA => (400, "LimitExceededException"),
        text::RATE => (429, "TooManyRequestsException"),
        _ if reply.contains("is not verified") => (400, "MessageRejected"),
        _ if reply.contains("does not exist") => (404, "NotFoundException"),
        _ if reply.contains("onfiguration set") => (400, "SendingPausedException"),
        _ => (400, "BadRequestException"),
    };
    ApiError::new(status, code, sentence)
}
