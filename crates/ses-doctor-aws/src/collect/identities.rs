//! The identities of sender and recipient: SES `GetEmailIdentity` of the most specific identity that exists.
//!
//! An address identity takes precedence over that of its domain, so an address that could not be read is not passed
//! over for a domain that could.

use super::{region_of, told};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble, optional};
use crate::permissions::GET_EMAIL_IDENTITY;
use crate::subject::Subject;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityOutput;
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use ses_doctor_core::evidence::{Identity, IdentityElsewhere, IdentityPolicy};
use std::collections::BTreeMap;

const AT_A_TIME: usize = 8;

pub(super) async fn of_sender(aws: &Aws, subject: &Subject) -> Look<Identity> {
    most_specific(
        aws,
        region_of(subject)?,
        told(subject.from.as_ref(), "the sender")?,
    )
    .await
}

pub(super) async fn of_recipient(aws: &Aws, subject: &Subject) -> Look<Identity> {
    most_specific(
        aws,
        region_of(subject)?,
        told(subject.to.as_ref(), "the recipient")?,
    )
    .await
}

pub(super) async fn elsewhere(aws: &Aws, subject: &Subject) -> Look<Vec<IdentityElsewhere>> {
    let from = told(subject.from.as_ref(), "the sender")?;
    let looks = stream::iter(subject.other_regions.iter().cloned()).map(|region| async move {
        let identity = optional(most_specific(aws, &region, from).await);
        IdentityElsewhere {
            identity: identity.map_err(|trouble| aws.clean(&trouble.reason())),
            region,
        }
    });
    Ok(looks.buffered(AT_A_TIME).collect().await)
}

/// All candidates at once: they do not depend on each other, and there are two or three.
async fn most_specific(aws: &Aws, region: &str, mailbox: &str) -> Look<Identity> {
    let candidates = candidates(mailbox);
    let ses = aws.ses(region);
    let looks = join_all(candidates.iter().map(|name| identity(&ses, region, name))).await;
    looks
        .into_iter()
        .find(|look| *look != Err(Trouble::Missing))
        .unwrap_or(Err(Trouble::Missing))
}

async fn identity(ses: &Client, region: &str, name: &str) -> Look<Identity> {
    let answer = ses
        .get_email_identity()
        .email_identity(name)
        .send()
        .await
        .judge(GET_EMAIL_IDENTITY)?;
    Ok(from_answer(answer, region, name))
}

fn from_answer(answer: GetEmailIdentityOutput, region: &str, name: &str) -> Identity {
    let mail_from = answer.mail_from_attributes.as_ref();
    let dkim = answer.dkim_attributes.as_ref();
    let policies = BTreeMap::from_iter(answer.policies.unwrap_or_default()).into_iter();
    Identity {
        region: region.to_owned(),
        name: name.to_owned(),
        verified_for_sending: answer.verified_for_sending_status,
        verification_status: answer
            .verification_status
            .map(|status| status.as_str().to_owned()),
        dkim_status: dkim.and_then(|dkim| Some(dkim.status.as_ref()?.as_str().to_owned())),
        dkim_signing: dkim.map(|dkim| dkim.signing_enabled),
        mail_from_domain: mail_from
            .map(|from| from.mail_from_domain.clone())
            .filter(|domain| !domain.is_empty()),
        mail_from_status: mail_from.map(|from| from.mail_from_domain_status.as_str().to_owned()),
        behavior_on_mx_failure: mail_from.map(|from| from.behavior_on_mx_failure.as_str().to_owned()),
        configuration_set: answer.configuration_set_name.filter(|name| !name.is_empty()),
        policies: policies
            .map(|(name, document)| IdentityPolicy { name, document })
            .collect(),
    }
}

/// The identities that can stand for a mailbox, the most specific first: the address, its domain, the parent domains
/// down to two labels.
pub(crate) fn candidates(mailbox: &str) -> Vec<String> {
    let address = bare(mailbox);
    let (user, domain) = match address.rsplit_once('@') {
        Some((user, domain)) => (Some(user), domain.to_ascii_lowercase()),
        None => (None, address.to_ascii_lowercase()),
    };
    let address = user.map(|user| format!("{user}@{domain}"));
    address.into_iter().chain(with_parents(&domain)).collect()
}

/// `Name <user@example.com>` without the name.
fn bare(mailbox: &str) -> &str {
    let inner = mailbox
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address);
    inner.unwrap_or(mailbox).trim()
}

fn with_parents(domain: &str) -> Vec<String> {
    let mut names = vec![domain.to_owned()];
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.').filter(|(_, parent)| parent.contains('.')) {
        names.push(parent.to_owned());
        rest = parent;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Call, Calls, aws, evidence};

    #[test]
    fn the_most_specific_identity_comes_first() {
        let expected = [
            "Ops@mail.eu.example.com",
            "mail.eu.example.com",
            "eu.example.com",
            "example.com",
        ];
        assert_eq!(candidates("Operations <Ops@Mail.EU.example.com>"), expected);
        assert_eq!(candidates("app@example.com"), ["app@example.com", "example.com"]);
        assert_eq!(candidates("example.com"), ["example.com"]);
    }

    fn verified(status: &str) -> Answer {
        let body = serde_json::json!({
            "IdentityType": "DOMAIN", "VerifiedForSendingStatus": status == "SUCCESS", "VerificationStatus": status,
            "DkimAttributes": { "SigningEnabled": true, "Status": status },
            "MailFromAttributes": {
                "MailFromDomain": "bounce.example.com", "MailFromDomainStatus": "FAILED",
                "BehaviorOnMxFailure": "REJECT_MESSAGE"
            },
            "ConfigurationSetName": "tracking",
            "Policies": { "partner": "{\"Statement\":[]}", "app": "{}" }
        });
        Answer::ok(body.to_string())
    }

    fn none() -> Answer {
        Answer::json_error(404, "NotFoundException", "Email identity does not exist.")
    }

    async fn sender(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (Look<Identity>, Calls) {
        let (aws, calls) = aws(script);
        (of_sender(&aws, &Subject::of(&evidence())).await, calls)
    }

    #[tokio::test]
    async fn the_domain_stands_for_an_address_without_identity() {
        let (look, calls) = sender(|call| match call.action.rsplit('/').next() {
            Some("mail.example.com") => verified("SUCCESS"),
            Some("example.com") => verified("PENDING"),
            _ => none(),
        })
        .await;
        let identity = look.unwrap();
        assert_eq!(identity.name, "mail.example.com");
        assert!(identity.verified_for_sending);
        assert_eq!(
            (identity.dkim_status.as_deref(), identity.dkim_signing),
            (Some("SUCCESS"), Some(true))
        );
        assert_eq!(identity.mail_from_status.as_deref(), Some("FAILED"));
        assert_eq!(identity.behavior_on_mx_failure.as_deref(), Some("REJECT_MESSAGE"));
        assert_eq!(identity.configuration_set.as_deref(), Some("tracking"));
        let policies: Vec<_> = identity
            .policies
            .iter()
            .map(|one| (one.name.as_str(), one.document.as_str()))
            .collect();
        assert_eq!(policies, [("app", "{}"), ("partner", r#"{"Statement":[]}"#)]);
        assert_eq!(calls.all().len(), 3);
        assert_eq!(calls.all()[0].host, "email.eu-west-1.amazonaws.com");
    }

    #[tokio::test]
    async fn no_identity_at_all_is_missing() {
        assert_eq!(sender(|_| none()).await.0, Err(Trouble::Missing));
    }

    #[tokio::test]
    async fn an_address_that_may_not_be_read_is_not_passed_over() {
        let (look, _) = sender(|call| match call.action.contains("app") {
            true => Answer::json_error(403, "AccessDeniedException", "not authorized"),
            false => verified("SUCCESS"),
        })
        .await;
        assert!(
            matches!(&look, Err(Trouble::Denied { action, .. }) if action == "ses:GetEmailIdentity"),
            "{look:?}"
        );
    }

    #[tokio::test]
    async fn each_other_region_answers_for_itself() {
        let (aws, _) = aws(|call| match call.host.as_str() {
            "email.us-east-1.amazonaws.com" if call.action.ends_with("/example.com") => verified("SUCCESS"),
            "email.us-west-2.amazonaws.com" => Answer::json_error(
                403,
                "UnrecognizedClientException",
                "The security token is invalid.",
            ),
            _ => none(),
        });
        let regions = elsewhere(&aws, &Subject::of(&evidence())).await.unwrap();
        let of = |region: &str| {
            regions
                .iter()
                .find(|one| one.region == region)
                .unwrap()
                .identity
                .clone()
        };
        assert_eq!(of("us-east-1").unwrap().unwrap().name, "example.com");
        assert_eq!(of("eu-central-1"), Ok(None));
        assert!(of("us-west-2").unwrap_err().contains("region is not enabled"));
        assert!(
            regions
                .iter()
                .all(|one| one.region != "eu-west-1" && !one.region.starts_with("us-gov"))
        );
    }
}
