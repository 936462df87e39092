//! What AWS Health tells, and who may ask it.

use serde::Deserialize;

use super::when::When;

/// An event of AWS Health.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthEvent {
    /// The account that it is about; absent: everybody sees it.
    pub account: Option<String>,
    /// `SES`, `IAM`, `RISK` …
    pub service: String,
    /// `AWS_SES_OPERATIONAL_ISSUE` …
    pub code: String,
    /// What kind of event it is.
    #[serde(default)]
    pub category: HealthCategory,
    /// A region, or `global`.
    pub region: String,
    /// When it began.
    pub start: When,
    /// When it ended; absent, or still to come: it is open.
    pub end: Option<When>,
    /// When AWS last wrote about it; its end or start if absent.
    pub updated: Option<When>,
    /// AWS's words.
    pub description: String,
    /// What of the account it affects, as an access key id.
    #[serde(default)]
    pub entities: Vec<String>,
}

/// `eventTypeCategory`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum HealthCategory {
    /// Something of AWS does not work.
    #[default]
    Issue,
    /// AWS tells the account something.
    AccountNotification,
    /// AWS is going to change something.
    ScheduledChange,
}

impl HealthCategory {
    /// The word that the API uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::AccountNotification => "accountNotification",
            Self::ScheduledChange => "scheduledChange",
        }
    }
}

/// The support plan of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SupportPlan {
    /// Without the AWS Health API.
    Basic,
    /// With it.
    #[default]
    Business,
}
