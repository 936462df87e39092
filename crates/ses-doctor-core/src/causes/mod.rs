//! The catalogue: one file a cause, listed once as a module and once in [`CAUSES`]. A test holds both to the folder.
//!
//! What several causes read alike is in `crate::reading`.

pub(crate) use tenant_resource_missing::lacking as lacking_of_tenant;

use crate::cause::Cause;
use crate::reading::{
    Greeter, account_decides, account_unread, argument, failure, greeter, is_line_alone, is_ses_host,
    names_another_service, region_argument, ses_account, ses_is_meant, ses_said, told, told_by_client,
    told_of_another_service, who_and_when,
};

pub use key_not_propagated::worth_trying_until;

mod account_not_subscribed;
mod account_paused;
mod api_endpoint_as_smtp_host;
mod api_version_condition;
mod auth_mechanism_unsupported;
mod aws_outage;
mod base64_error;
mod certificate_name_mismatch;
mod client_bug;
mod client_config_conflict;
mod client_not_sending_auth;
mod configuration_set_missing;
mod configuration_set_not_permitted;
mod configuration_set_paused;
mod connection_limit;
mod console_or_api_credentials_not_smtp;
mod cross_account_identity_header;
mod daily_quota;
mod dns_failure;
mod ehlo_name_invalid;
mod empty_credentials;
mod envelope_sender_is_login;
mod explicit_deny;
mod from_address_as_login;
mod from_address_condition;
mod iam_username_as_login;
mod identity_in_another_region;
mod identity_not_verified;
mod identity_policy_deny;
mod idle_timeout;
mod ip_condition;
mod key_deleted;
mod key_expired;
mod key_inactive;
mod key_not_propagated;
mod key_of_another_account;
mod mail_from_domain_invalid;
mod mail_manager_credentials;
mod mail_manager_endpoint;
mod mailer_dsn_invalid;
mod masked_password_submitted;
mod message_too_large;
mod missing_send_permission;
mod not_ses;
mod null_sender;
mod password_mismatch;
mod password_shell_or_env_quoting;
mod password_truncated_or_altered;
mod password_url_encoding;
mod password_whitespace_or_newline;
mod permission_boundary;
mod port_blocked;
mod postfix_missing_sasl_package;
mod postfix_relayhost_mismatch;
mod postfix_sasl_map_not_hashed;
mod quarantine_policy;
mod rate_throttled;
mod raw_secret_key_as_password;
mod rcp_deny;
mod recipient_not_permitted_in_sandbox;
mod region_without_smtp;
mod root_access_key;
mod sandbox_recipient;
mod scp_deny;
mod secret_not_reloaded;
mod security_group_blocks_endpoint;
mod sending_disabled;
mod ses_api_not_smtp;
mod sigv2_password;
mod smtp_credentials_used_for_api;
mod stale_credentials_cached;
mod starttls_not_used;
mod swapped_credentials;
mod temporary_credentials;
mod tenant_missing;
mod tenant_paused;
mod tenant_resource_missing;
mod tls_ca_missing;
mod tls_intercepted;
mod tls_version_too_old;
mod tls_wrapper_mismatch;
mod unsupported_condition_key;
mod user_deleted;
mod vpc_endpoint_policy_deny;
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
    // Permission
    &missing_send_permission::CAUSE,
    &configuration_set_not_permitted::CAUSE,
    &recipient_not_permitted_in_sandbox::CAUSE,
    &explicit_deny::CAUSE,
    &permission_boundary::CAUSE,
    &scp_deny::CAUSE,
    &rcp_deny::CAUSE,
    &vpc_endpoint_policy_deny::CAUSE,
    &identity_policy_deny::CAUSE,
    &ip_condition::CAUSE,
    &from_address_condition::CAUSE,
    &unsupported_condition_key::CAUSE,
    &api_version_condition::CAUSE,
    &cross_account_identity_header::CAUSE,
    &quarantine_policy::CAUSE,
    // Account
    &account_not_subscribed::CAUSE,
    &identity_not_verified::CAUSE,
    &identity_in_another_region::CAUSE,
    &sandbox_recipient::CAUSE,
    &account_paused::CAUSE,
    &sending_disabled::CAUSE,
    &configuration_set_missing::CAUSE,
    &configuration_set_paused::CAUSE,
    &tenant_paused::CAUSE,
    &tenant_missing::CAUSE,
    &tenant_resource_missing::CAUSE,
    &mail_from_domain_invalid::CAUSE,
    &rate_throttled::CAUSE,
    &daily_quota::CAUSE,
    &aws_outage::CAUSE,
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
    // Client
    &client_not_sending_auth::CAUSE,
    &postfix_missing_sasl_package::CAUSE,
    &envelope_sender_is_login::CAUSE,
    &null_sender::CAUSE,
    &ehlo_name_invalid::CAUSE,
    &message_too_large::CAUSE,
    &mailer_dsn_invalid::CAUSE,
    &ses_api_not_smtp::CAUSE,
    &client_bug::CAUSE,
    &postfix_sasl_map_not_hashed::CAUSE,
    &postfix_relayhost_mismatch::CAUSE,
    &smtp_credentials_used_for_api::CAUSE,
    &client_config_conflict::CAUSE,
];

/// The cause with this id.
pub fn by_id(id: &str) -> Option<&'static Cause> {
    CAUSES.iter().copied().find(|cause| cause.id == id)
}

#[cfg(test)]
mod tests;
