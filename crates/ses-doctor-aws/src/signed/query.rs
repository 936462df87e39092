//! The Query protocol: a form in, XML out.

use super::{Refused, Signed, Written, operation_of, text_of};
use crate::outcome::Look;
use crate::xml::Element;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A service that takes forms and answers in XML.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query;

impl Signed<Query> {
    /// One call; `permission` is the IAM action.
    pub(crate) async fn call(&self, permission: &str, parameters: &[(&str, &str)]) -> Look<Element> {
        let headers = vec![(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
        )];
        let form = form(operation_of(permission), self.service.version, parameters);
        self.send(permission, Written::posted(headers, form), read).await
    }
}

fn form(name: &str, version: &str, parameters: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("&{}={}", encoded(name), encoded(value)));
    format!("Action={name}&Version={version}{}", pairs.collect::<String>())
}

fn read(response: &HttpResponse) -> Result<Element, Refused> {
    match text_of(response).and_then(Element::parse) {
        Some(root) if response.status().is_success() => Ok(root),
        root => Err(refused(root.as_ref())),
    }
}

fn refused(root: Option<&Element>) -> Refused {
    let error = root.and_then(|root| root.find("Error"));
    let word = |name: &str| error.and_then(|error| error.text_of(name));
    Refused::new(word("Code"), word("Message"))
}
