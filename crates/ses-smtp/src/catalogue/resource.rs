//! Refusals for the sake of a configuration set or a tenant. AWS names these errors for its API (botocore model of SES v2,
//! `ConfigurationSetSendingPausedException` and others); their words over SMTP are unsourced, so they are told by what
//! they name and what they say of it.

use super::Meaning;

const MISSING: &[&str] = &["does not exist", "doesn't exist", "not found"];
const STOPPED: &[&str] = &["paused", "disabled", "not enabled", "suspended"];
const STRANGE: &[&str] = &["not associated", "does not belong", "doesn't belong"];

/// What is said of a tenant. Its refusal may name a configuration set besides.
const OF_TENANT: &[(&[&str], Meaning)] = &[
    (STRANGE, Meaning::TenantResourceMissing),
    (STOPPED, Meaning::TenantPaused),
    (MISSING, Meaning::TenantMissing),
];
const OF_CONFIGURATION_SET: &[(&[&str], Meaning)] = &[
    (MISSING, Meaning::ConfigurationSetMissing),
    (STOPPED, Meaning::ConfigurationSetPaused),
];

/// The meaning of a 554 that names a tenant or a configuration set. (One for want of permission is told before this.)
pub(super) fn refused(code: u16, text: &str) -> Option<Meaning> {
    let text = text.to_ascii_lowercase();
    let sayings = if names(&text, "tenant") {
        OF_TENANT
    } else if text.contains("configuration set") {
        OF_CONFIGURATION_SET
    } else {
        return None;
    };
    let said = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    let found = sayings.iter().find(|(phrases, _)| said(phrases));
    found.filter(|_| code == 554).map(|(_, meaning)| meaning.clone())
}

/// The word, not a part of a longer one: a host or a file may be named after tenants.
fn names(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.' && c != '_')
        .any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_what_it_names_and_what_it_says_of_it() {
        let cases = [
            (
                "Message rejected: Sending is paused for configuration set <news>.",
                Some(Meaning::ConfigurationSetPaused),
            ),
            (
                "Email sending is disabled for the configuration set.",
                Some(Meaning::ConfigurationSetPaused),
            ),
            (
                "Configuration set news doesn't exist",
                Some(Meaning::ConfigurationSetMissing),
            ),
            (
                "Message rejected: Sending is paused for tenant <acme>.",
                Some(Meaning::TenantPaused),
            ),
            ("Tenant acme does not exist", Some(Meaning::TenantMissing)),
            (
                "Configuration set <news> is not associated with tenant <acme>.",
                Some(Meaning::TenantResourceMissing),
            ),
            ("Transaction failed: tenant", None),
            ("the mailbox of tenants.example is disabled", None),
        ];
        for (text, expected) in cases {
            assert_eq!(refused(554, text), expected, "{text}");
        }
        assert_eq!(refused(550, "Tenant acme does not exist"), None);
    }
}
