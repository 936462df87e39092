//! The actions and condition keys of SES that policies about sending name.

/// SES actions that send, for examples that a person knows.
pub const SEND_ACTIONS: [&str; 6] = [
    "ses:SendRawEmail",
    "ses:SendEmail",
    "ses:SendTemplatedEmail",
    "ses:SendBulkTemplatedEmail",
    "ses:SendBulkEmail",
    "ses:SendCustomVerificationEmail",
];

/// SES actions that do not send, for examples that a person knows.
pub const OTHER_ACTIONS: [&str; 6] = [
    "ses:GetAccount",
    "ses:GetSendQuota",
    "ses:ListIdentities",
    "ses:GetEmailIdentity",
    "ses:PutEmailIdentityMailFromAttributes",
    "ses:DeleteIdentity",
];

/// The context keys that SES gives to `ses:SendRawEmail`.
pub const SES_KEYS: [&str; 5] = [
    "ses:ApiVersion",
    "ses:FeedbackAddress",
    "ses:FromAddress",
    "ses:FromDisplayName",
    "ses:Recipients",
];

/// The AWS-wide context keys that SES implements (developer guide, 2023); a condition on any other may never match.
pub const AWS_KEYS: [&str; 5] = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:UserAgent",
];

/// Context keys that have several values.
pub const MULTIVALUED_KEYS: [&str; 5] = [
    "ses:Recipients",
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:ResourceOrgPaths",
    "aws:TagKeys",
];

/// Whether SES gives this key to `ses:SendRawEmail`.
#[must_use]
pub fn is_supported_key(key: &str) -> bool {
    SES_KEYS
        .iter()
        .chain(&AWS_KEYS)
        .any(|known| known.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_know_no_case() {
        assert!(is_supported_key("AWS:sourceip") && !is_supported_key("aws:SourceVpce"));
    }
}
