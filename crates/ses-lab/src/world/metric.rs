//! What CloudWatch counted before the lab started.

use serde::Deserialize;

use super::when::When;

/// The names of the metrics that SES publishes for an account.
pub const METRICS: [&str; 7] = [
    "Send",
    "Delivery",
    "Bounce",
    "Complaint",
    "Reject",
    "Reputation.BounceRate",
    "Reputation.ComplaintRate",
];

/// One data point for every five minutes of a stretch of time. Several of one name add up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// One of [`METRICS`].
    pub name: String,
    /// The value of each data point.
    pub value: f64,
    /// Where it begins; sixty days ago if absent.
    #[serde(default = "sixty_days_ago")]
    pub from: When,
    /// Where it ends; it goes on if absent.
    pub until: Option<When>,
    /// The hours of each day (UTC) in which there are data points: from the first up to the second. All if absent.
    pub hours: Option<(i8, i8)>,
}

fn sixty_days_ago() -> When {
    When::days_ago(60)
}
