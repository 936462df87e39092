//! Events of AWS Health.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One event of `DescribeEvents`, with its description and what it affects. AWS Health holds events of the last 90 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthEvent {
    /// The event's ARN.
    pub arn: String,
    /// `SES`, `IAM`, `STS`, `RISK` or `ABUSE`.
    pub service: String,
    /// `eventTypeCode`, as `AWS_SES_OPERATIONAL_ISSUE`.
    pub code: String,
    /// What kind of event it is.
    pub category: HealthCategory,
    /// Whether it is over.
    pub status: HealthStatus,
    /// A region, or `global`.
    pub region: String,
    /// When it began.
    pub start: Option<Timestamp>,
    /// When it ended.
    pub end: Option<Timestamp>,
    /// When AWS last wrote about it.
    pub updated: Option<Timestamp>,
    /// AWS's newest words about it; `Err` with the reason when they could not be read.
    pub description: Result<String, String>,
    /// What of this account it affects, as `AKIA…`; read for account notices only. `Err` with the reason when it could not
    /// be read.
    pub entities: Result<Vec<String>, String>,
}

impl HealthEvent {
    /// It is not over.
    pub fn is_open(&self) -> bool {
        self.status == HealthStatus::Open
    }

    /// It names this, as an affected entity or in its description.
    pub fn names(&self, what: &str) -> bool {
        let affected = self.entities.iter().flatten().any(|entity| entity.contains(what));
        affected || self.description.iter().any(|text| text.contains(what))
    }
}

/// `eventTypeCategory` (botocore model of `health`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthCategory {
    /// Something of AWS does not work.
    Issue,
    /// AWS tells the account something.
    AccountNotification,
    /// AWS is going to change something.
    ScheduledChange,
    /// AWS looks into something.
    Investigation,
    /// A category that is not known here.
    Other,
}

/// `statusCode` (botocore model of `health`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthStatus {
    /// Going on.
    Open,
    /// Over.
    Closed,
    /// Announced.
    Upcoming,
    /// A status that is not known here.
    Other,
}
