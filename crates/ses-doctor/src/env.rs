//! Every environment variable that this program reads by itself. The AWS SDK reads its own besides
//! (`AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` …), and clap reads those named in `args.rs`.

/// The region, when neither `--region` nor a host names one; the older name counts second.
pub(crate) const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Level of the log on standard error: off, error, warn, info, debug or trace.
pub(crate) const LOG: &str = "SES_DOCTOR_LOG";

/// The first of these variables that is set to something.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub(crate) fn first_of(names: &[&str]) -> Option<String> {
    names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|value| value.trim().to_owned())
        .find(|v| !v.is_empty())
}
