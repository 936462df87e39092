//! One file for each thing to look at. A look asks for what it needs itself, so that no need waits for another one
//! without a reason.

mod access_keys;
mod account_summary;
mod caller;
mod configuration_set;
pub(crate) mod convert;
pub(crate) mod document;
mod event;
mod health_events;
#[cfg(test)]
mod health_events_tests;
mod identities;
mod key_account;
mod key_last_used;
mod organization;
#[cfg(test)]
mod organization_tests;
mod policies;
#[cfg(test)]
mod policies_tests;
mod sending_metrics;
#[cfg(test)]
mod sending_metrics_tests;
mod ses_account;
mod simulation;
#[cfg(test)]
mod simulation_tests;
pub(crate) mod tenant;
mod trail;
#[cfg(test)]
mod trail_tests;
mod user;
pub(crate) mod vpc_endpoints;
#[cfg(test)]
mod vpc_endpoints_tests;

pub use event::event_of_record;
pub use health_events::health_events;
pub(crate) use identities::candidates as identity_names;

use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::{
    DESCRIBE_EVENTS, DESCRIBE_ORGANIZATION, DESCRIBE_VPC_ENDPOINTS, GET_ACCESS_KEY_INFO,
    GET_ACCESS_KEY_LAST_USED, GET_ACCOUNT, GET_ACCOUNT_SUMMARY, GET_CALLER_IDENTITY, GET_CONFIGURATION_SET,
    GET_EMAIL_IDENTITY, GET_METRIC_DATA, GET_TENANT, GET_USER, LIST_ACCESS_KEYS, LIST_USER_POLICIES,
    LOOKUP_EVENTS, SIMULATE_PRINCIPAL_POLICY,
};
use crate::subject::{Owner, Subject};
use jiff::Timestamp;
use ses_doctor_core::{Fact, Need};

impl Aws {
    /// Looks once for what meets the need. It always gives a fact for it, within the deadline. The larger looks are boxed: side by
    /// side in one future they outgrow the stack of a thread in a build without optimisation.
    pub(crate) async fn look(&self, need: Need, subject: &Subject) -> Fact {
        match need {
            Need::Caller => Fact::Caller(
                self.observe(GET_CALLER_IDENTITY, caller::look(self, subject))
                    .await,
            ),
            Need::KeyAccount => Fact::KeyAccount(
                self.observe(GET_ACCESS_KEY_INFO, key_account::look(self, subject))
                    .await,
            ),
            Need::KeyLastUsed => Fact::KeyLastUsed(
                self.observe(GET_ACCESS_KEY_LAST_USED, key_last_used::look(self, subject))
                    .await,
            ),
            Need::AccessKeys => Fact::AccessKeys(
                self.observe(LIST_ACCESS_KEYS, access_keys::look(self, subject))
                    .await,
            ),
            Need::User => Fact::User(self.observe(GET_USER, user::look(self, subject)).await),
            Need::Policies => Fact::Policies(
                self.observe(
                    format!("{LIST_USER_POLICIES} and related reads"),
                    Box::pin(policies::look(self, subject)),
                )
                .await,
            ),
            Need::Organization => Fact::Organization(
                self.observe(
                    format!("{DESCRIBE_ORGANIZATION} and related reads"),
                    Box::pin(organization::look(self, subject)),
                )
                .await,
            ),
            Need::AccountSummary => Fact::AccountSummary(
                self.observe(GET_ACCOUNT_SUMMARY, account_summary::look(self, subject))
                    .await,
            ),
            Need::Simulation => Fact::Simulation(
                self.observe(
                    SIMULATE_PRINCIPAL_POLICY,
                    Box::pin(simulation::look(self, subject)),
                )
                .await,
            ),
            Need::VpcEndpoints => Fact::VpcEndpoints(
                self.observe(
                    format!("{DESCRIBE_VPC_ENDPOINTS} in {}", place(subject)),
                    Box::pin(vpc_endpoints::look(self, subject)),
                )
                .await,
            ),
            Need::SesAccount
            | Need::SenderIdentity
            | Need::SenderIdentityElsewhere
            | Need::RecipientIdentity
            | Need::ConfigurationSet
            | Need::Tenant => Box::pin(self.collect_ses(need, subject)).await,
            Need::HealthEvents | Need::SendingMetrics => Box::pin(self.collect_records(need, subject)).await,
            Need::KeyEvents
            | Need::UserEvents
            | Need::PolicyEvents
            | Need::SesEvents
            | Need::OrganizationEvents
            | Need::VpcEvents
            | Need::SecretEvents => Box::pin(self.collect_trail(need, subject)).await,
            Need::Symptom
            | Need::ClientConfig
            | Need::ClientLog
            | Need::ArchivedEvents
            | Need::ArchivedUse
            | Need::Credential
            | Need::Probe
            | Need::Regions
            | Need::Repairs
            | Need::PasswordSource
            | Need::StoredLogins
            | Need::Ports
            | Need::Experiment => not_of_aws(need),
        }
    }

    async fn collect_ses(&self, need: Need, subject: &Subject) -> Fact {
        let source = |action: &str| format!("{action} in {}", place(subject));
        match need {
            Need::SesAccount => Fact::SesAccount(
                self.observe(source(GET_ACCOUNT), ses_account::look(self, subject))
                    .await,
            ),
            Need::SenderIdentity => Fact::SenderIdentity(
                self.observe(source(GET_EMAIL_IDENTITY), identities::of_sender(self, subject))
                    .await,
            ),
            Need::RecipientIdentity => Fact::RecipientIdentity(
                self.observe(
                    source(GET_EMAIL_IDENTITY),
                    identities::of_recipient(self, subject),
                )
                .await,
            ),
            Need::SenderIdentityElsewhere => {
                let source = format!("{GET_EMAIL_IDENTITY} in {} regions", subject.other_regions.len());
                Fact::SenderIdentityElsewhere(
                    self.observe(source, identities::elsewhere(self, subject)).await,
                )
            }
            Need::ConfigurationSet => Fact::ConfigurationSet(
                self.observe(
                    source(GET_CONFIGURATION_SET),
                    configuration_set::look(self, subject),
                )
                .await,
            ),
            Need::Tenant => Fact::Tenant(
                self.observe(source(GET_TENANT), tenant::look(self, subject))
                    .await,
            ),
            _ => not_of_aws(need),
        }
    }

    /// What AWS recorded over time.
    async fn collect_records(&self, need: Need, subject: &Subject) -> Fact {
        match need {
            Need::HealthEvents => {
                let region = health_events::home(self, subject);
                Fact::HealthEvents(
                    self.observe(
                        format!("{DESCRIBE_EVENTS} in {region}"),
                        health_events::look(self, subject),
                    )
                    .await,
                )
            }
            Need::SendingMetrics => Fact::SendingMetrics(
                self.observe(
                    format!("{GET_METRIC_DATA} in {}", place(subject)),
                    sending_metrics::look(self, subject),
                )
                .await,
            ),
            _ => not_of_aws(need),
        }
    }

    async fn collect_trail(&self, need: Need, subject: &Subject) -> Fact {
        let home = format!("{LOOKUP_EVENTS} in {}", self.home(subject.region.as_deref()));
        let here = format!("{LOOKUP_EVENTS} in {}", place(subject));
        match need {
            Need::KeyEvents => Fact::KeyEvents(self.observe(home, trail::of_key(self, subject)).await),
            Need::UserEvents => Fact::UserEvents(self.observe(home, trail::of_user(self, subject)).await),
            Need::PolicyEvents => {
                Fact::PolicyEvents(self.observe(home, trail::of_policies(self, subject)).await)
            }
            Need::SesEvents => Fact::SesEvents(self.observe(here, trail::of_ses(self, subject)).await),
            Need::OrganizationEvents => {
                Fact::OrganizationEvents(self.observe(home, trail::of_organization(self, subject)).await)
            }
            Need::VpcEvents => Fact::VpcEvents(self.observe(here, trail::of_vpc(self, subject)).await),
            Need::SecretEvents => {
                let region = subject
                    .source
                    .as_ref()
                    .map_or(place(subject), |source| &source.region);
                let there = format!("{LOOKUP_EVENTS} in {region}");
                Fact::SecretEvents(self.observe(there, trail::of_secret(self, subject)).await)
            }
            _ => not_of_aws(need),
        }
    }
}

fn place(subject: &Subject) -> &str {
    subject.region.as_deref().unwrap_or("an unknown region")
}

fn not_of_aws(need: Need) -> Fact {
    Fact::failed(need, "AWS", Timestamp::now(), "AWS cannot be asked for that")
}

/// What the person has to tell first.
fn told<'a>(value: Option<&'a String>, what: &str) -> Look<&'a str> {
    value
        .map(String::as_str)
        .ok_or_else(|| Trouble::failed(format!("{what} is not known")))
}

fn key_of(subject: &Subject) -> Look<&str> {
    told(subject.access_key_id.as_ref(), "the access key id")
}

fn region_of(subject: &Subject) -> Look<&str> {
    told(subject.region.as_ref(), "the region")
}

/// The owner's name, or why it is not known: without it there is nothing to call.
fn user_of(subject: &Subject) -> Look<&str> {
    if let Some(name) = &subject.user_name {
        return Ok(name);
    }
    Err(Trouble::failed(match &subject.owner {
        Owner::Unasked if subject.named_user.is_some() => {
            "the user that was named is not known to be of the operator's account".to_owned()
        }
        Owner::Unasked | Owner::User(_) => "the user that owns the key is not known".to_owned(),
        Owner::NoUser => "the key belongs to no IAM user: it may be a root key".to_owned(),
        Owner::NoKey => {
            "the user that owned the key is not known: IAM has no such key, and no event of the last 90 days names its user"
                .to_owned()
        }
        Owner::Denied(why) | Owner::Failed(why) => format!("the user that owns the key is not known: {why}"),
    }))
}
