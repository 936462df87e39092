//! The scenarios that come with the lab: a world for every cause, and healthy ones that look like trouble.

/// Names and sources of all scenarios.
pub fn scenarios() -> &'static [(&'static str, &'static str)] {
    SCENARIOS
}

/// The source of one scenario.
pub fn scenario(name: &str) -> Option<&'static str> {
    SCENARIOS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

macro_rules! scenarios {
    ($($name:literal,)*) => {
        [$(($name, include_str!(concat!("../scenarios/", $name, ".toml"))),)*]
    };
}

/// Held to the folder by a test.
const SCENARIOS: &[(&str, &str)] = &scenarios![
    "account-not-subscribed",
    "account-paused",
    "api-endpoint-as-smtp-host",
    "api-version-condition",
    "auth-mechanism-unsupported",
    "base64-error",
    "certificate-name-mismatch",
    "client-bug",
    "client-not-sending-auth",
    "client-config-conflict",
    "configuration-set-missing",
    "configuration-set-not-permitted",
    "configuration-set-paused",
    "connection-limit",
    "console-or-api-credentials-not-smtp",
    "cross-account-identity-header",
    "daily-quota",
    "dns-failure",
    "ehlo-name-invalid",
    "empty-credentials",
    "envelope-sender-is-login",
    "explicit-deny",
    "from-address-as-login",
    "from-address-condition",
    "healthy",
    "healthy-denied-reads",
    "healthy-old-key",
    "healthy-organization",
    "healthy-plus-and-slash-password",
    "healthy-sandbox",
    "healthy-tenant",
    "healthy-vpc-endpoint",
    "healthy-wrapper-port",
    "iam-username-as-login",
    "identity-in-another-region",
    "identity-not-verified",
    "identity-policy-deny",
    "idle-timeout",
    "ip-condition",
    "key-deleted",
    "key-expired",
    "key-inactive",
    "key-not-propagated",
    "key-of-another-account",
    "mail-from-domain-invalid",
    "mail-manager-credentials",
    "mail-manager-endpoint",
    "mailer-dsn-invalid",
    "masked-password-submitted",
    "message-too-large",
    "missing-send-permission",
    "not-ses",
    "null-sender",
    "password-mismatch",
    "password-shell-or-env-quoting",
    "password-truncated-or-altered",
    "password-url-encoding",
    "password-whitespace-or-newline",
    "permission-boundary",
    "port-blocked",
    "postfix-missing-sasl-package",
    "postfix-relayhost-mismatch",
    "postfix-sasl-map-not-hashed",
    "quarantine-policy",
    "rate-throttled",
    "raw-secret-key-as-password",
    "rcp-deny",
    "recipient-not-permitted-in-sandbox",
    "region-without-smtp",
    "root-access-key",
    "sandbox-recipient",
    "scp-deny",
    "secret-not-reloaded",
    "security-group-blocks-endpoint",
    "sending-disabled",
    "ses-api-not-smtp",
    "sigv2-password",
    "smtp-credentials-used-for-api",
    "stale-credentials-cached",
    "starttls-not-used",
    "swapped-credentials",
    "temporary-credentials",
    "tenant-missing",
    "tenant-paused",
    "tenant-resource-missing",
    "tls-ca-missing",
    "tls-intercepted",
    "tls-version-too-old",
    "tls-wrapper-mismatch",
    "unsupported-condition-key",
    "user-deleted",
    "vpc-endpoint-policy-deny",
    "wrong-host-or-region-endpoint",
    "wrong-region-password",
];
