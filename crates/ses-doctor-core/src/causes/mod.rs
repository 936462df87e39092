//! The catalogue: one file a cause, listed once as a module and once in [`CAUSES`]. A test holds both to the folder.
//!
//! The functions below read the evidence as several causes do.

use crate::cause::Cause;
use crate::evidence::{Evidence, KeyStatus, Login, Refusal, TrailEvent};
use crate::need::Need;
use crate::reading::{
    Greeter, account_unread, client_says, failure, gets_past_login, greeter, is_ses_host, names_another_service, ses_said,
    told_by_client,
};
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;
use ses_smtp::credential::UsernameShape;

mod account_not_subscribed;
mod account_paused;
mod api_endpoint_as_smtp_host;
mod auth_mechanism_unsupported;
mod base64_error;
mod certificate_name_mismatch;
mod configuration_set_missing;
mod connection_limit;
mod console_or_api_credentials_not_smtp;
mod daily_quota;
mod dns_failure;
mod empty_credentials;
mod from_address_as_login;
mod iam_username_as_login;
mod identity_in_another_region;
mod identity_not_verified;
mod idle_timeout;
mod key_deleted;
mod key_expired;
mod key_inactive;
mod key_not_propagated;
mod key_of_another_account;
mod mail_from_domain_invalid;
mod mail_manager_credentials;
mod mail_manager_endpoint;
mod masked_password_submitted;
mod not_ses;
mod password_mismatch;
mod password_shell_or_env_quoting;
mod password_truncated_or_altered;
mod password_url_encoding;
mod password_whitespace_or_newline;
mod port_blocked;
mod rate_throttled;
mod raw_secret_key_as_password;
mod region_without_smtp;
mod root_access_key;
mod sandbox_recipient;
mod secret_not_reloaded;
mod security_group_blocks_endpoint;
mod sending_disabled;
mod sigv2_password;
mod stale_credentials_cached;
mod starttls_not_used;
mod swapped_credentials;
mod temporary_credentials;
mod tls_ca_missing;
mod tls_intercepted;
mod tls_version_too_old;
mod tls_wrapper_mismatch;
mod user_deleted;
mod wrong_host_or_region_endpoint;
mod wrong_region_password;

/// Every cause, in the order in which reports name those of equal certainty and confidence.
pub const CAUSES: &[&Cause] = &[
    // Credentials
    &raw_secret_key_as_password::CAUSE,
    &wrong_region_password::CAUSE,
    &sigv2_password::CAUSE,
    &key_inactive::CAUSE,
    &key_expired::CAUSE,
    &key_deleted::CAUSE,
    &user_deleted::CAUSE,
    &key_of_another_account::CAUSE,
    &root_access_key::CAUSE,
    &key_not_propagated::CAUSE,
    &temporary_credentials::CAUSE,
    &swapped_credentials::CAUSE,
    &iam_username_as_login::CAUSE,
    &from_address_as_login::CAUSE,
    &mail_manager_credentials::CAUSE,
    &console_or_api_credentials_not_smtp::CAUSE,
    &empty_credentials::CAUSE,
    &masked_password_submitted::CAUSE,
    &password_whitespace_or_newline::CAUSE,
    &password_url_encoding::CAUSE,
    &password_shell_or_env_quoting::CAUSE,
    &base64_error::CAUSE,
    &password_truncated_or_altered::CAUSE,
    &stale_credentials_cached::CAUSE,
    &secret_not_reloaded::CAUSE,
    &password_mismatch::CAUSE,
    // Account
    &account_not_subscribed::CAUSE,
    &identity_not_verified::CAUSE,
    &identity_in_another_region::CAUSE,
    &sandbox_recipient::CAUSE,
    &account_paused::CAUSE,
    &sending_disabled::CAUSE,
    &configuration_set_missing::CAUSE,
    &mail_from_domain_invalid::CAUSE,
    &rate_throttled::CAUSE,
    &daily_quota::CAUSE,
    // Transport
    &dns_failure::CAUSE,
    &region_without_smtp::CAUSE,
    &wrong_host_or_region_endpoint::CAUSE,
    &api_endpoint_as_smtp_host::CAUSE,
    &mail_manager_endpoint::CAUSE,
    &port_blocked::CAUSE,
    &security_group_blocks_endpoint::CAUSE,
    &connection_limit::CAUSE,
    &idle_timeout::CAUSE,
    &starttls_not_used::CAUSE,
    &tls_wrapper_mismatch::CAUSE,
    &tls_version_too_old::CAUSE,
    &tls_ca_missing::CAUSE,
    &tls_intercepted::CAUSE,
    &certificate_name_mismatch::CAUSE,
    &auth_mechanism_unsupported::CAUSE,
    &not_ses::CAUSE,
];

/// The cause with this id.
pub fn by_id(id: &str) -> Option<&'static Cause> {
    CAUSES.iter().copied().find(|cause| cause.id == id)
}

/// The key id whose state in IAM can explain a refusal: a long-term one that SES refused, or that was never tried.
fn key_to_judge(evidence: &Evidence) -> Option<&str> {
    let refused_otherwise = match evidence.login() {
        Login::Refused(Refusal { meaning, .. }) => meaning != Some(Meaning::CredentialsInvalid),
        Login::Accepted | Login::NotReached(_) | Login::NotTried | Login::Unknown => false,
    };
    let long_term = evidence.username_shape() == Some(UsernameShape::AccessKeyId);
    (long_term && !refused_otherwise).then(|| evidence.access_key_id()).flatten()
}

/// The status that IAM gives to a key of the owning user.
fn status_of_key(evidence: &Evidence, key: &str) -> Option<KeyStatus> {
    let keys = evidence.access_keys.known()?;
    keys.keys.iter().find(|candidate| candidate.id == key).map(|found| found.status)
}

/// The newest successful change that satisfies `is`, of the key or of its user.
fn last_event(evidence: &Evidence, is: impl Fn(&TrailEvent) -> bool) -> Option<&TrailEvent> {
    let slots = [evidence.key_events.known(), evidence.user_events.known()];
    let events = slots.into_iter().flatten().flatten();
    events.filter(|event| event.succeeded() && is(event)).max_by_key(|event| event.at)
}

/// "AWS user did X at T from IP", for a proof.
fn who_and_when(event: &TrailEvent) -> String {
    let actor = event.actor.as_deref().unwrap_or("somebody");
    let from = event.source_ip.as_deref().map_or_else(String::new, |ip| format!(" from {ip}"));
    format!("{actor} called {} at {}{from}", event.name, event.at)
}

/// Without a pair to inspect: a candidate if SES refused one, else nothing to say.
fn unless_login_explained(evidence: &Evidence, why: &str) -> Verdict {
    match evidence.credentials_refused() {
        Some(_) => Verdict::unknown([Need::Credential], why),
        None => Verdict::NotApplicable,
    }
}

/// The state of the key could not be read: a candidate as long as the login is refused without a better explanation.
fn unless_key_is_settled(evidence: &Evidence, why: &str) -> Verdict {
    match (evidence.credentials_refused(), evidence.access_keys.is_missing() || evidence.access_keys.known().is_some()) {
        (None, _) => Verdict::NotApplicable,
        (Some(_), true) => Verdict::absent([Need::AccessKeys], "IAM answered, and the key is not among the user's keys"),
        (Some(_), false) => Verdict::unknown([Need::AccessKeys], why),
    }
}

/// A value for a command line; the placeholder stands in for one that a shell might read otherwise.
pub(crate) fn argument<'a>(value: Option<&'a str>, placeholder: &'a str) -> &'a str {
    let safe = |text: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._+-=/:".contains(&byte);
        !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain)
    };
    value.filter(safe).unwrap_or(placeholder)
}

/// The endpoint's region for a command line.
pub(crate) fn region_argument(evidence: &Evidence) -> String {
    argument(evidence.region().as_deref(), "REGION").to_owned()
}
