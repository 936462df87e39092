//! The refused call, in the forms that it comes in: a request with its policies, a CloudTrail event, a line of a log.

use super::{documents, event};
use crate::error::CliError;
use iam_eval::Layer;
use iam_eval::simulation::Simulation;
use serde_json::Value;
use serde_json::value::RawValue;
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::reply::Reply;
use std::collections::BTreeMap;

/// A call that AWS refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeniedCall {
    pub(super) principal: String,
    pub(super) action: String,
    pub(super) resource: String,
    /// What is known of its context.
    pub(super) context: Vec<(String, Vec<String>)>,
    /// The layer that AWS names, where it names one.
    pub(super) reason: Option<Reason>,
}

/// What AWS says of the cause (IAM User Guide, "Troubleshoot access denied error messages"). SMTP never says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) layer: Layer,
    /// An explicit deny; else no policy of the layer allows.
    pub(super) explicit: bool,
}

/// What the command was given.
#[derive(Debug)]
pub(super) enum Given {
    /// A request that brings its policies.
    Request(Box<Simulation>),
    /// A call that brings none.
    Call(DeniedCall),
}

const WANTED: &str = "wanted: a request as `policy simulate` takes it, a CloudTrail event with its errorMessage, or the line of a \
                      log that says who is not authorized to perform what on which resource";

/// Reads whichever form it is.
pub(super) fn read(name: &str, text: &str) -> Result<Given, CliError> {
    let json: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_str(text);
    match json {
        Ok(members) if members.contains_key("principal") => {
            let simulation = serde_json::from_str(text);
            let simulation = simulation.map_err(|error| documents::not_json(name, text, &error, WANTED))?;
            Ok(Given::Request(Box::new(simulation)))
        }
        Ok(_) => {
            let event: Value = serde_json::from_str(text)
                .map_err(|error| documents::not_json(name, text, &error, WANTED))?;
            let found = event::first(&event).map(|refused| Given::Call(refused.call));
            found.ok_or_else(|| nothing(name, text, "no refused call of a principal in this JSON"))
        }
        Err(_) => {
            let found = of_text(text).map(Given::Call);
            found.ok_or_else(|| nothing(name, text, "no denial of IAM in this text"))
        }
    }
}

fn nothing(name: &str, text: &str, what: &str) -> CliError {
    CliError::Content {
        what: what.to_owned(),
        text: std::sync::Arc::new(miette::NamedSource::new(name, text.to_owned())),
        at: None,
        help: WANTED.to_owned(),
    }
}

/// A denial in SMTP's or the API's words, anywhere in a text.
pub(super) fn of_text(text: &str) -> Option<DeniedCall> {
    let reply = catalogue::find_in_text(text).map(|found| found.reply);
    let meant = reply.as_ref().and_then(catalogue::recognise).and_then(denial);
    meant.or_else(|| text.lines().find_map(of_line))
}

/// The API's words about any service.
fn of_line(line: &str) -> Option<DeniedCall> {
    let at = line.find(" is not authorized to perform")?;
    let user = line.get(..at)?.rfind("User")?;
    let reply = Reply {
        code: 554,
        lines: vec![line.get(user..)?.to_owned()],
    };
    denial(catalogue::recognise(&reply)?)
}

fn denial(meaning: Meaning) -> Option<DeniedCall> {
    let Meaning::AccessDenied {
        user_arn,
        action,
        resource,
        reason,
    } = meaning
    else {
        return None;
    };
    Some(DeniedCall {
        principal: user_arn,
        action,
        resource: if resource.is_empty() {
            "*".to_owned()
        } else {
            resource
        },
        context: Vec::new(),
        reason: reason.as_deref().and_then(Reason::of),
    })
}

impl Reason {
    fn of(text: &str) -> Option<Self> {
        const LAYERS: [(&str, Layer); 7] = [
            ("identity-based policy", Layer::IdentityPolicy),
            ("resource-based policy", Layer::ResourcePolicy),
            ("permissions boundary", Layer::PermissionsBoundary),
            ("session policy", Layer::SessionPolicy),
            ("service control policy", Layer::ServiceControlPolicy),
            ("resource control policy", Layer::ResourceControlPolicy),
            ("vpc endpoint policy", Layer::VpcEndpointPolicy),
        ];
        let text = text.to_ascii_lowercase();
        let (_, layer) = LAYERS.into_iter().find(|(words, _)| text.contains(words))?;
        Some(Self {
            layer,
            explicit: text.contains("explicit deny"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "arn:aws:iam::111122223333:user/app";
    const IDENTITY: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";

    fn call(text: &str) -> DeniedCall {
        match read("test", text).unwrap() {
            Given::Call(call) => call,
            Given::Request(request) => panic!("{request:?}"),
        }
    }

    #[test]
    fn both_wordings_of_ses_are_understood_and_the_api_tells_the_layer() {
        let smtp = format!(
            "smtp: 554 Access denied: User `{USER}' is not authorized to perform `ses:SendRawEmail' on resource `{IDENTITY}'"
        );
        let found = call(&smtp);
        assert_eq!(
            (
                found.principal.as_str(),
                found.action.as_str(),
                found.resource.as_str()
            ),
            (USER, "ses:SendRawEmail", IDENTITY)
        );
        assert_eq!(found.reason, None);
        let api = |end: &str| {
            format!(
                "User: {USER} is not authorized to perform: ses:SendRawEmail on resource: {IDENTITY} {end}"
            )
        };
        let reason = |end: &str| call(&api(end)).reason.unwrap();
        let missing = reason("because no identity-based policy allows the ses:SendRawEmail action");
        assert_eq!((missing.layer, missing.explicit), (Layer::IdentityPolicy, false));
        let denied = reason("with an explicit deny in a service control policy");
        assert_eq!(
            (denied.layer, denied.explicit),
            (Layer::ServiceControlPolicy, true)
        );
    }

    #[test]
    fn other_services_are_understood_too() {
        let found = call(
            "An error occurred (AccessDenied): User: arn:aws:iam::1:user/u is not authorized to perform: iam:GetUser on resource: user u because no permissions boundary allows the iam:GetUser action",
        );
        assert_eq!(
            (found.action.as_str(), found.reason.map(|reason| reason.layer)),
            ("iam:GetUser", Some(Layer::PermissionsBoundary))
        );
    }

    #[test]
    fn what_is_no_denial_is_said() {
        for text in [
            "",
            "{}",
            "[]",
            "535 Authentication Credentials Invalid",
            r#"{"principal":1}"#,
            r#"{"Records":[3]}"#,
        ] {
            assert!(
                matches!(read("test", text), Err(CliError::Content { .. })),
                "{text}"
            );
        }
    }
}
