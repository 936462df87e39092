//! Every environment variable that this program reads by itself. The AWS SDK reads its own besides
//! (`AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` …), and clap reads those named in `args.rs`.

/// The region, when neither `--region` nor a host names one; the older name counts second.
pub(crate) const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Level of the log on standard error: off, error, warn, info, debug or trace.
pub(crate) const LOG: &str = "SES_DOCTOR_LOG";

/// A proxy on the way to AWS.
pub(crate) const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Whether these are set helps whoever reads a bundle; their values are nobody's business.
pub(crate) const WORTH_KNOWING: [&str; 14] = [
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SESV2",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SES_DOCTOR_SMTP_ENDPOINTS",
];

/// Whether this is a job of continuous integration: the services that run such jobs set `CI`.
pub(crate) fn is_ci() -> bool {
    first_of(&["CI"]).is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "no"))
}

/// The name of the first of these variables that is set to something.
pub(crate) fn first_set(names: &[&'static str]) -> Option<&'static str> {
    names.iter().copied().find(|name| first_of(&[name]).is_some())
}

/// The first of these variables that is set to something.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub(crate) fn first_of(names: &[&str]) -> Option<String> {
    names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|value| value.trim().to_owned())
        .find(|v| !v.is_empty())
}
