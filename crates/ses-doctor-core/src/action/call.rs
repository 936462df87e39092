//! The exact call of an action, and the same as a command of the AWS CLI.

use crate::shell::{is_deceptive, json_in_one_line, quoted};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The service by the name that the AWS CLI gives it: `iam`, `sesv2`, `ec2`. `file` for this computer, `smtp` for a login.
    pub service: String,
    /// The operation, by the service's own name.
    pub operation: String,
    /// Its parameters, by the service's own names.
    pub parameters: BTreeMap<String, Value>,
}

impl Call {
    pub(super) fn new(service: &str, operation: &str) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            parameters: BTreeMap::new(),
        }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// The same without one of its parameters.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.remove(name);
        self
    }

    /// `iam:UpdateAccessKey`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// The same as a command in one line; `None` for what is no call to AWS.
    pub fn command_line(&self, region: &str) -> Option<String> {
        if matches!(self.service.as_str(), "file" | "smtp") {
            return None;
        }
        let options = match self.parameters.values().any(is_read_otherwise) {
            true => option("cli-input-json", &json_in_one_line(&json!(self.parameters))),
            false => self.options(),
        };
        let regional = match self.service.as_str() {
            "iam" => String::new(),
            _ => option("region", region),
        };
        Some(format!(
            "aws {} {}{options}{regional}",
            self.service,
            kebab(&self.operation)
        ))
    }

    fn options(&self) -> String {
        let options = self.parameters.iter().map(|(name, value)| {
            let name = kebab(name);
            match value {
                Value::Bool(true) => format!(" --{name}"),
                Value::Bool(false) => format!(" --no-{name}"),
                Value::String(text) => option(&name, &document_in_one_line(text)),
                Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    option(&name, &json_in_one_line(value))
                }
            }
        });
        options.collect()
    }
}

/// One option with its value. A value that looks like an option is tied to its name.
fn option(name: &str, value: &str) -> String {
    match value.starts_with('-') {
        true => format!(" --{name}={}", quoted(value)),
        false => format!(" --{name} {}", quoted(value)),
    }
}

/// The AWS CLI would take the text for the place of a file or page to read (AWS CLI User Guide, "Load a parameter from a
/// file"), or a person would not see what stands there.
fn is_read_otherwise(value: &Value) -> bool {
    let Value::String(text) = value else {
        return false;
    };
    let text = document_in_one_line(text);
    let places = ["file://", "fileb://", "http://", "https://"];
    places.iter().any(|place| text.starts_with(place)) || text.chars().any(is_deceptive)
}

/// A document without the spaces between its parts; any other text as it is.
fn document_in_one_line(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(document) if document.is_object() => document.to_string(),
        Ok(_) | Err(_) => text.to_owned(),
    }
}

/// `UpdateAccessKey` as `update-access-key`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_also_a_command_that_a_shell_takes_as_meant() {
        let call = Call::new("iam", "PutUserPolicy")
            .with("PolicyDocument", r#"{"a": "it's"}"#)
            .with("UserName", "mailer");
        assert_eq!(
            call.command_line("eu-west-1").unwrap(),
            r#"aws iam put-user-policy --policy-document '{"a":"it'\''s"}' --user-name mailer"#
        );
        let call = Call::new("sesv2", "PutAccountSendingAttributes").with("SendingEnabled", false);
        assert_eq!(
            call.command_line("eu-west-1").unwrap(),
            "aws sesv2 put-account-sending-attributes --no-sending-enabled --region eu-west-1"
        );
        assert_eq!(Call::new("file", "Write").command_line(""), None);
    }

    #[test]
    fn a_value_is_never_read_as_an_option_a_file_or_a_second_line() {
        let named = |name: &str| {
            let call = Call::new("iam", "DeleteUserPolicy").with("PolicyName", name);
            call.command_line("eu-west-1").unwrap()
        };
        assert_eq!(named("-x"), "aws iam delete-user-policy --policy-name=-x");
        assert_eq!(
            named("file:///etc/passwd"),
            r#"aws iam delete-user-policy --cli-input-json '{"PolicyName":"file:///etc/passwd"}'"#
        );
        assert_eq!(
            named("a\nb\u{2028}"),
            r#"aws iam delete-user-policy --cli-input-json '{"PolicyName":"a\nb\u2028"}'"#
        );
    }
}
