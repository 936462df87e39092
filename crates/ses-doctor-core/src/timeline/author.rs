//! Who made a change, with which program, from where. The user agent is told by the caller, so it names a program as a log
//! does: it proves nothing.

use crate::evidence::TrailEvent;

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// For people: `user key-janitor`, `role deploy (session run-77)`, `the root user`.
    pub name: String,
    /// What kind of identity it is.
    pub kind: AuthorKind,
    /// ARN.
    pub arn: Option<String>,
    /// ARN of the role behind a session.
    pub role: Option<String>,
    /// What made the call.
    pub program: Program,
    /// Where the call came from; absent for a service of AWS.
    pub address: Option<String>,
}

/// `userIdentity.type`, as far as it matters (CloudTrail User Guide: CloudTrail userIdentity element).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorKind {
    /// An IAM user.
    User,
    /// A session of a role.
    Role,
    /// Somebody who came through IAM Identity Center.
    IdentityCenter,
    /// The root user.
    Root,
    /// A service of AWS.
    Service,
    /// Another account, a federated user, or something newer.
    Other,
    /// The event does not tell.
    Unknown,
}

/// What made a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// The AWS console.
    Console,
    /// The AWS CLI.
    CommandLine,
    /// Terraform, CloudFormation and their like: what is changed by hand comes back with their next run.
    Infrastructure(&'static str),
    /// A program built on an AWS SDK.
    Sdk(&'static str),
    /// A service of AWS, on its own or on somebody's behalf.
    Service(String),
    /// Not told, or not known.
    Unknown,
}

impl Program {
    /// In words.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Console => Some("the AWS console"),
            Self::CommandLine => Some("the AWS CLI"),
            Self::Infrastructure(name) | Self::Sdk(name) => Some(name),
            Self::Service(name) => Some(name),
            Self::Unknown => None,
        }
    }
}

/// Parts of user agents, in lower case; the first that is found decides. What the tools send is general knowledge.
const INFRASTRUCTURE: [(&str, &str); 8] = [
    ("opentofu", "OpenTofu"),
    ("terraform", "Terraform"),
    ("pulumi", "Pulumi"),
    ("ansible", "Ansible"),
    ("crossplane", "Crossplane"),
    ("aws-cdk", "the AWS CDK"),
    ("cloudformation.amazonaws.com", "CloudFormation"),
    ("serverless", "the Serverless Framework"),
];
const SDKS: [(&str, &str); 8] = [
    ("boto3", "boto3"),
    ("botocore", "botocore"),
    ("aws-sdk-go", "the AWS SDK for Go"),
    ("aws-sdk-java", "the AWS SDK for Java"),
    ("aws-sdk-js", "the AWS SDK for JavaScript"),
    ("aws-sdk-rust", "the AWS SDK for Rust"),
    ("aws-sdk-php", "the AWS SDK for PHP"),
    ("aws-sdk", "an AWS SDK"),
];

impl Author {
    /// As the event tells.
    pub fn of(event: &TrailEvent) -> Self {
        let arn = event.actor.clone().filter(|actor| actor.starts_with("arn:"));
        let kind = kind(event, arn.as_deref());
        let is_address = |text: &&String| text.parse::<std::net::IpAddr>().is_ok();
        Self {
            name: name(event, kind, arn.as_deref()),
            kind,
            arn,
            role: event.identity.issuer.clone(),
            program: program(event),
            address: event.source_ip.as_ref().filter(is_address).cloned(),
        }
    }

    /// `user a.b (the AWS console) from 192.0.2.1`.
    pub fn words(&self) -> String {
        let program = self.program.words().filter(|words| *words != self.name);
        let program = program.map_or_else(String::new, |words| format!(" ({words})"));
        let address = self.address.as_deref();
        let address = address.map_or_else(String::new, |address| format!(" from {address}"));
        format!("{}{program}{address}", self.name)
    }
}

fn kind(event: &TrailEvent, arn: Option<&str>) -> AuthorKind {
    let through_center = arn.is_some_and(|arn| arn.contains(":assumed-role/AWSReservedSSO_"));
    match event.identity.kind.as_deref() {
        Some("IAMUser") => AuthorKind::User,
        Some("AssumedRole") if through_center => AuthorKind::IdentityCenter,
        Some("AssumedRole" | "Role") => AuthorKind::Role,
        Some("IdentityCenterUser") => AuthorKind::IdentityCenter,
        Some("Root") => AuthorKind::Root,
        Some("AWSService") => AuthorKind::Service,
        Some(_) => AuthorKind::Other,
        None if arn.is_some_and(|arn| arn.contains(":user/")) => AuthorKind::User,
        None => AuthorKind::Unknown,
    }
}

fn name(event: &TrailEvent, kind: AuthorKind, arn: Option<&str>) -> String {
    let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
    let short = arn.or(event.actor.as_deref()).map(last);
    let role = || {
        let issuer = event.identity.issuer.as_deref().map(last);
        issuer.or_else(|| arn?.rsplit('/').nth(1).map(str::to_owned))
    };
    match (kind, short) {
        (AuthorKind::Root, _) => "the root user".to_owned(),
        (AuthorKind::Service, short) => event
            .identity
            .invoked_by
            .clone()
            .or(short)
            .unwrap_or_else(|| "AWS".to_owned()),
        (AuthorKind::User, Some(short)) => format!("user {short}"),
        (AuthorKind::IdentityCenter, Some(short)) => format!("{short} (IAM Identity Center)"),
        (AuthorKind::Role, Some(session)) => match role() {
            Some(role) => format!("role {role} (session {session})"),
            None => format!("session {session}"),
        },
        (AuthorKind::Other | AuthorKind::Unknown, Some(short)) => short,
        (_, None) => "somebody".to_owned(),
    }
}

fn program(event: &TrailEvent) -> Program {
    let agent = event.user_agent.as_deref().unwrap_or_default();
    let lower = agent.to_ascii_lowercase();
    let known = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(part, _)| lower.contains(part))
            .map(|(_, name)| *name)
    };
    let through = event.identity.invoked_by.as_deref().unwrap_or_default();
    let of_service = [through, agent, event.source_ip.as_deref().unwrap_or_default()]
        .into_iter()
        .find(|name| name.ends_with(".amazonaws.com") && !name.contains(' ') && !is_console(name));
    if let Some(name) =
        known(&INFRASTRUCTURE).or((through == "cloudformation.amazonaws.com").then_some("CloudFormation"))
    {
        return Program::Infrastructure(name);
    }
    if event.from_console || is_console(&lower) {
        return Program::Console;
    }
    if let Some(service) = of_service {
        return Program::Service(service.to_owned());
    }
    if lower.contains("aws-cli/") {
        return Program::CommandLine;
    }
    known(&SDKS).map_or(Program::Unknown, Program::Sdk)
}

fn is_console(agent: &str) -> bool {
    agent.starts_with("console.") || agent.starts_with("signin.") || agent.contains("aws-console")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::UserIdentity;

    fn author(kind: &str, arn: &str, agent: &str, ip: &str) -> Author {
        Author::of(&TrailEvent {
            actor: Some(arn.to_owned()),
            identity: UserIdentity {
                kind: Some(kind.to_owned()),
                ..UserIdentity::default()
            },
            user_agent: Some(agent.to_owned()),
            source_ip: Some(ip.to_owned()),
            ..TrailEvent::default()
        })
    }

    #[test]
    fn authors_are_named_as_people_name_them() {
        for (kind, arn, agent, ip, words) in [
            (
                "IAMUser",
                "arn:aws:iam::1:user/ops/j.okafor",
                "console.amazonaws.com",
                "198.51.100.23",
                "user j.okafor (the AWS console) from 198.51.100.23",
            ),
            (
                "AssumedRole",
                "arn:aws:sts::1:assumed-role/deploy/run-77",
                "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 aws-sdk-go-v2/1.39.0",
                "203.0.113.90",
                "role deploy (session run-77) (Terraform) from 203.0.113.90",
            ),
            (
                "AssumedRole",
                "arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0a1b/m.ruiz@shop.example",
                "aws-cli/2.31.5 md/awscrt",
                "192.0.2.9",
                "m.ruiz@shop.example (IAM Identity Center) (the AWS CLI) from 192.0.2.9",
            ),
            (
                "Root",
                "arn:aws:iam::1:root",
                "",
                "192.0.2.9",
                "the root user from 192.0.2.9",
            ),
            (
                "AssumedRole",
                "arn:aws:sts::1:assumed-role/stacks/AWSCloudFormation",
                "cloudformation.amazonaws.com",
                "cloudformation.amazonaws.com",
                "role stacks (session AWSCloudFormation) (CloudFormation)",
            ),
        ] {
            assert_eq!(author(kind, arn, agent, ip).words(), words);
        }
        assert_eq!(Author::of(&TrailEvent::default()).words(), "somebody");
    }

    #[test]
    fn a_service_that_acts_by_itself_is_the_author() {
        let event = TrailEvent {
            identity: UserIdentity {
                kind: Some("AWSService".to_owned()),
                invoked_by: Some("ses.amazonaws.com".to_owned()),
                ..UserIdentity::default()
            },
            source_ip: Some("ses.amazonaws.com".to_owned()),
            user_agent: Some("ses.amazonaws.com".to_owned()),
            ..TrailEvent::default()
        };
        assert_eq!(Author::of(&event).words(), "ses.amazonaws.com");
    }
}
