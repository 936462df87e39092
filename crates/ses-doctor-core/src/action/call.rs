//! The exact call of an action, and the same as a command of the AWS CLI.

use serde::{Deserialize, Serialize};
use serde_json::Value;
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

    /// `iam:UpdateAccessKey`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// The same as a command; `None` for what is no call to AWS.
    pub fn command_line(&self, region: &str) -> Option<String> {
        if matches!(self.service.as_str(), "file" | "smtp") {
            return None;
        }
        let options = self.parameters.iter().map(|(name, value)| {
            let option = kebab(name);
            match value {
                Value::Bool(true) => format!(" --{option}"),
                Value::Bool(false) => format!(" --no-{option}"),
                Value::String(text) => format!(" --{option} {}", quoted(&in_one_line(text))),
                Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    format!(" --{option} {}", quoted(&value.to_string()))
                }
            }
        });
        let regional = match self.service.as_str() {
            "iam" => String::new(),
            _ => format!(" --region {}", quoted(region)),
        };
        let options: String = options.collect();
        Some(format!(
            "aws {} {}{options}{regional}",
            self.service,
            kebab(&self.operation)
        ))
    }
}

/// A document without the spaces between its parts; any other text as it is.
fn in_one_line(text: &str) -> String {
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

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._+-=/:,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
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
}
