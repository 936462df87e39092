//! SNS: topics, and what is published to them. Query protocol; names as in botocore's model.

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{envelope, operation, page, tag};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::{Published, Shared, uuid};

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
/// Bytes of a message, at most (SNS API reference, `Publish`).
const LARGEST: usize = 256 * 1024;

pub(super) const SERVICE: Service = Service {
    signing_name: "sns",
    prefix: "sns",
    source: "sns.amazonaws.com",
    protocol: Protocol::Query(NAMESPACE),
    operation,
    answer,
};

fn answer(shared: &Shared, caller: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    let result = match operation.name.as_str() {
        "CreateTopic" => create(shared, caller, operation)?,
        "ListTopics" => list(shared, caller, operation)?,
        "Publish" => publish(shared, operation)?,
        other => {
            let message = format!("Could not find operation {other} for version 2010-03-31");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(Reply::text(envelope(NAMESPACE, &operation.name, &result)))
}

fn invalid(what: &str) -> ApiError {
    ApiError::new(400, "InvalidParameter", format!("Invalid parameter: {what}"))
}

fn create(shared: &Shared, caller: &Caller, operation: &Operation) -> Result<String, ApiError> {
    let name = operation.parameter("name").ok_or_else(|| invalid("Name"))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.len() > 256 || !name.bytes().all(plain) {
        return Err(invalid("Topic Name"));
    }
    let arn = format!("arn:aws:sns:{}:{}:{name}", caller.region, caller.account);
    let topics = &mut shared.live().topics;
    if !topics.contains(&arn) {
        topics.push(arn.clone());
    }
    Ok(tag("TopicArn", &arn))
}

fn list(shared: &Shared, caller: &Caller, operation: &Operation) -> Result<String, ApiError> {
    let own = format!("arn:aws:sns:{}:{}:", caller.region, caller.account);
    let live = shared.live();
    let topics = live.topics.iter().filter(|arn| arn.starts_with(&own));
    let items: Vec<String> = topics.map(|arn| tag("TopicArn", arn)).collect();
    // SNS's lists have no `IsTruncated`; the lab has fewer topics than fill a page.
    let page = page(operation, "Topics", &items)?;
    Ok(page.replacen(&tag("IsTruncated", "false"), "", 1))
}

fn publish(shared: &Shared, operation: &Operation) -> Result<String, ApiError> {
    let topic = operation
        .parameter("topicArn")
        .ok_or_else(|| invalid("TopicArn or TargetArn Reason: no value for required parameter"))?;
    let message = operation
        .parameter("message")
        .ok_or_else(|| invalid("Empty message"))?;
    let subject = operation.parameter("subject");
    // "Must be ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control
    // characters; and must be less than 100 characters long" (SNS API reference, `Publish`).
    let is_subject =
        |subject: &str| subject.len() <= 100 && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if message.len() > LARGEST || !subject.is_none_or(is_subject) {
        return Err(invalid(if message.len() > LARGEST {
            "Message too long"
        } else {
            "Subject"
        }));
    }
    let mut live = shared.live();
    if !live.topics.iter().any(|known| known == topic) {
        return Err(ApiError::new(404, "NotFound", "Topic does not exist"));
    }
    live.published.push(Published {
        topic: topic.to_owned(),
        subject: subject.map(str::to_owned),
        message: message.to_owned(),
    });
    Ok(tag("MessageId", &uuid()))
}
