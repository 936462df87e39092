//! What a message of the evidence asks IAM for: by whom, for which resources, in which request context.

use super::message::{Authorization, Message, Part, Place};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use ses_smtp::catalogue::Meaning;
use std::collections::BTreeMap;

/// The action behind the SMTP endpoint (SES Developer Guide, "Obtaining SMTP credentials").
pub const ACTION: &str = "ses:SendRawEmail";

/// A refusal for want of permission, as SES worded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The evidence that holds the reply.
    pub basis: Need,
    /// ARN of the user.
    pub user_arn: String,
    /// The action.
    pub action: String,
    /// ARN of the resource.
    pub resource: String,
    /// What stands behind it in the API's wording, such as `with an explicit deny in a service control policy`.
    pub reason: Option<String>,
}

/// The message of the evidence, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// ARN of the IAM user behind the access key.
    pub principal: String,
    /// The account of that user.
    pub account: String,
    /// What IAM is asked, the refused one first.
    pub authorizations: Vec<Authorization>,
    /// Condition keys that SES or IAM fills, with their values.
    pub context: BTreeMap<String, Vec<String>>,
}

/// The refusal for want of permission in the evidence.
pub fn refused(evidence: &Evidence) -> Option<Refused> {
    let refusal = reading::ses_said(evidence, |meaning| {
        matches!(meaning, Meaning::AccessDenied { .. })
    })?;
    let basis = refusal.basis;
    match refusal.meaning {
        Some(Meaning::AccessDenied {
            user_arn,
            action,
            resource,
            reason,
        }) => Some(Refused {
            basis,
            user_arn,
            action,
            resource,
            reason,
        }),
        _ => None,
    }
}

/// ARN of the user that SES's refusal names, or the person.
pub fn named_user(evidence: &Evidence) -> Option<String> {
    let refused = refused(evidence).map(|refused| refused.user_arn);
    let told = || evidence.symptom.known()?.principal.clone();
    refused.or_else(told).filter(|arn| is_user(arn))
}

fn is_user(arn: &str) -> bool {
    part_of_arn(arn, 2) == Some("iam") && part_of_arn(arn, 5).is_some_and(|name| name.starts_with("user/"))
}

/// The message, as soon as it is known who sends it.
pub fn send(evidence: &Evidence) -> Option<Send> {
    let refused = refused(evidence);
    let principal = principal(evidence)?;
    let account = part_of_arn(&principal, 4)?.to_owned();
    let partition = part_of_arn(&principal, 1)?.to_owned();
    let region = evidence
        .region()
        .or_else(|| part_of_arn(&refused.as_ref()?.resource, 3).map(str::to_owned))?;
    let place = Place {
        partition,
        region: region.clone(),
        account: account.clone(),
    };
    Some(Send {
        authorizations: authorizations(evidence, refused.as_ref(), &place),
        context: context(evidence, &principal, &account, &region),
        principal,
        account,
    })
}

fn principal(evidence: &Evidence) -> Option<String> {
    let read = || evidence.user.known().map(|user| user.arn.clone());
    let built = || {
        let key = evidence.access_key_id()?;
        let (owner, account) = (reading::owner(evidence, key)?, evidence.key_account.known()?);
        let partition = partition_of(&evidence.region()?);
        Some(format!("arn:{partition}:iam::{account}:user/{owner}"))
    };
    named_user(evidence).or_else(read).or_else(built)
}

/// The partition of a region (AWS General Reference, "Amazon Resource Names (ARNs)").
fn partition_of(region: &str) -> &'static str {
    match region {
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("cn-") => "aws-cn",
        _ => "aws",
    }
}

/// The field of an ARN with this index; `arn` is field 0.
pub(crate) fn part_of_arn(arn: &str, index: usize) -> Option<&str> {
    arn.splitn(6, ':').nth(index).filter(|part| !part.is_empty())
}

/// What SES named first; then what the message needs besides.
fn authorizations(evidence: &Evidence, refused: Option<&Refused>, place: &Place) -> Vec<Authorization> {
    let named = refused.filter(|refused| refused.resource.starts_with("arn:"));
    let named = named.map(|refused| Authorization {
        resource: refused.resource.clone(),
        part: part_of(evidence, &refused.resource),
        refused: true,
    });
    let message = Message {
        sender_identity: sender(evidence),
        configuration_set: reading::configuration_set(evidence).map(|(name, _)| name.to_owned()),
        sandbox_recipients: recipient(evidence).into_iter().collect(),
    };
    let mut found: Vec<Authorization> = named.into_iter().collect();
    for asked in message.authorizations(place) {
        let is_same = |other: &Authorization| other.resource.eq_ignore_ascii_case(&asked.resource);
        if !found.iter().any(is_same) {
            found.push(asked);
        }
    }
    found
}

/// The name of the sender's identity: the one that SES has, else the address itself, which is what SES then names.
fn sender(evidence: &Evidence) -> Option<String> {
    let from = evidence.symptom.known()?.from.as_deref().map(reading::bare);
    let identity = &evidence.sender_identity;
    match identity.known() {
        Some(identity) => Some(identity.name.clone()),
        None => from.filter(|from| !from.is_empty() && identity.is_missing()),
    }
}

fn recipient(evidence: &Evidence) -> Option<String> {
    let sandbox = evidence
        .ses_account
        .known()
        .is_some_and(|account| !account.production_access);
    let to = evidence.symptom.known()?.to.as_deref().map(reading::bare)?;
    let asked = sandbox && !to.is_empty() && !to.ends_with("@simulator.amazonses.com");
    asked.then(|| {
        let identity = evidence.recipient_identity.known();
        identity.map_or(to, |identity| identity.name.clone())
    })
}

/// What a resource is in the message, as far as its name alone tells.
pub(crate) fn part_of_name(resource: &str) -> Part {
    match resource.contains(":configuration-set/") {
        true => Part::ConfigurationSet,
        false => Part::Sender,
    }
}

/// What a resource that SES named is in the message.
fn part_of(evidence: &Evidence, resource: &str) -> Part {
    if part_of_name(resource) == Part::ConfigurationSet {
        return Part::ConfigurationSet;
    }
    let name = resource
        .rsplit_once("identity/")
        .map_or("", |(_, name)| name)
        .to_lowercase();
    let symptom = evidence.symptom.known();
    let is = |address: Option<&str>| {
        address
            .map(reading::bare)
            .is_some_and(|address| reading::covers(&name, &address))
    };
    let from = symptom.and_then(|symptom| symptom.from.as_deref());
    let to = symptom.and_then(|symptom| symptom.to.as_deref());
    match is(to) && !is(from) {
        true => Part::Recipient,
        false => Part::Sender,
    }
}

/// The keys that SES fills: its own (Service Authorization Reference of SES), the five AWS-wide ones that its Developer
/// Guide names, and those that IAM itself knows of the caller. Which further keys reach IAM is unsourced.
fn context(
    evidence: &Evidence,
    principal: &str,
    account: &str,
    region: &str,
) -> BTreeMap<String, Vec<String>> {
    let symptom = evidence.symptom.known();
    // Conditions on SES's keys match by case (developer guide, "Amazon SES sending policy examples").
    let address = |told: Option<&str>| told.map(|address| reading::as_written(address).to_owned());
    let from = address(symptom.and_then(|symptom| symptom.from.as_deref()));
    let to = address(symptom.and_then(|symptom| symptom.to.as_deref()));
    let user = principal.rsplit_once('/').map(|(_, name)| name.to_owned());
    let at = evidence
        .probe
        .observed_at
        .or(evidence.symptom.observed_at)
        .unwrap_or_default();
    let pairs = [
        ("ses:ApiVersion", Some("2".to_owned())),
        ("ses:FromAddress", from.clone()),
        ("ses:FeedbackAddress", from),
        ("ses:Recipients", to),
        ("aws:SecureTransport", Some("true".to_owned())),
        ("aws:CurrentTime", Some(at.to_string())),
        ("aws:EpochTime", Some(at.as_second().to_string())),
        ("aws:RequestedRegion", Some(region.to_owned())),
        ("aws:PrincipalArn", Some(principal.to_owned())),
        ("aws:PrincipalAccount", Some(account.to_owned())),
        ("aws:PrincipalType", Some("User".to_owned())),
        ("aws:PrincipalIsAWSService", Some("false".to_owned())),
        ("aws:ViaAWSService", Some("false".to_owned())),
        ("aws:username", user),
    ];
    pairs
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), vec![value?])))
        .collect()
}

/// What is known of a condition key in a request that the SMTP endpoint makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// SES or IAM fills it, and the value stands in [`Send::context`].
    Known,
    /// SES or IAM fills it, with what is not known here.
    Unknown,
    /// It is not there, by its nature: a long-term key brings no session, no MFA, no service in between.
    Absent,
    /// SES does not name it among those that it fills, so that it counts as absent. The list of the Developer Guide is
    /// of 2023; whether newer keys reach IAM is unsourced.
    Unsupported,
}

impl Send {
    /// What is known of a condition key.
    pub fn standing(&self, key: &str) -> Standing {
        const UNKNOWN: [&str; 7] = [
            "ses:fromaddress",
            "ses:feedbackaddress",
            "ses:recipients",
            "ses:fromdisplayname",
            "aws:sourceip",
            "aws:useragent",
            "aws:userid",
        ];
        const ABSENT: [&str; 9] = [
            "aws:multifactorauthpresent",
            "aws:multifactorauthage",
            "aws:tokenissuetime",
            "aws:federatedprovider",
            "aws:sourceidentity",
            "aws:assumedroot",
            "aws:calledvia",
            "aws:calledviafirst",
            "aws:calledvialast",
        ];
        let key = key.to_ascii_lowercase();
        if self.context.keys().any(|known| known.eq_ignore_ascii_case(&key)) {
            return Standing::Known;
        }
        if UNKNOWN.contains(&key.as_str()) || key.starts_with("aws:principal") {
            return Standing::Unknown;
        }
        match ABSENT.contains(&key.as_str()) || key.starts_with("sts:") {
            true => Standing::Absent,
            false => Standing::Unsupported,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::refused_with;
    use crate::testimony::{evidence_of_235, healthy_account, identity, known, missing, symptom};

    fn parts(evidence: &Evidence) -> Vec<(Part, String)> {
        let send = send(evidence).unwrap();
        let of = |asked: Authorization| (asked.part, asked.resource.rsplit(':').next().unwrap().to_owned());
        send.authorizations.into_iter().map(of).collect()
    }

    #[test]
    fn the_addresses_of_the_context_keep_their_case() {
        let mut evidence = refused_with(&[]);
        symptom(&mut evidence, |told| {
            told.from = Some("App <App+Alerts@Example.com>".to_owned());
        });
        let context = send(&evidence).unwrap().context;
        assert_eq!(context["ses:FromAddress"], ["App+Alerts@Example.com"]);
    }

    #[test]
    fn a_message_asks_for_sender_configuration_set_and_in_the_sandbox_recipient() {
        let mut evidence = refused_with(&[]);
        let mut sender = identity("eu-west-1", "example.com", true);
        sender.configuration_set = Some("default".into());
        evidence.sender_identity = known(sender);
        assert_eq!(
            parts(&evidence),
            [
                (Part::Sender, "identity/example.com".into()),
                (Part::ConfigurationSet, "configuration-set/default".into())
            ]
        );
        let mut account = healthy_account();
        account.production_access = false;
        evidence.ses_account = known(account);
        symptom(&mut evidence, |symptom| {
            symptom.configuration_set = Some("named".into())
        });
        assert_eq!(
            parts(&evidence).split_off(1),
            [
                (Part::ConfigurationSet, "configuration-set/named".into()),
                (Part::Recipient, "identity/you@example.net".into())
            ]
        );
    }

    #[test]
    fn a_sender_that_ses_does_not_know_is_asked_for_by_its_address() {
        let mut evidence = refused_with(&[]);
        evidence.sender_identity = missing();
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("Me <Me@Other.example>".into());
        });
        assert_eq!(
            parts(&evidence)[1],
            (Part::Sender, "identity/me@other.example".into())
        );
    }

    #[test]
    fn without_a_user_there_is_nothing_to_ask_for() {
        assert_eq!(send(&evidence_of_235()), None);
    }

    #[test]
    fn keys_are_known_open_absent_or_not_filled_by_ses() {
        let send = send(&refused_with(&[])).unwrap();
        for (key, standing) in [
            ("ses:fromaddress", Standing::Known),
            ("aws:PrincipalArn", Standing::Known),
            ("aws:PrincipalTag/team", Standing::Unknown),
            ("aws:SourceIp", Standing::Unknown),
            ("aws:MultiFactorAuthPresent", Standing::Absent),
            ("aws:SourceVpce", Standing::Unsupported),
            ("ses:FromAdress", Standing::Unsupported),
        ] {
            assert_eq!(send.standing(key), standing, "{key}");
        }
    }
}
