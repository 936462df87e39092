//! What the command decides about the AWS side.

use std::time::Duration;

/// How AWS is reached. Whatever is absent comes from the SDK's own environment variables and configuration files.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The region of the SMTP endpoint; it also tells the partition.
    pub region: Option<String>,
    /// A profile that the person named. It then counts before credentials in the environment, as with the AWS CLI.
    pub profile: Option<String>,
    /// One endpoint for all services, `http://` or `https://`: the lab, a proxy, another stand-in.
    pub endpoint_url: Option<String>,
    /// How long one look may take, retries and the search for credentials included.
    pub deadline: Duration,
    /// How long a session that was just issued may be unknown or seem to have no permission before that counts; zero to
    /// take every refusal at its word.
    pub session_wait: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: None,
            profile: None,
            endpoint_url: None,
            deadline: Duration::from_secs(10),
            session_wait: Duration::ZERO,
        }
    }
}
