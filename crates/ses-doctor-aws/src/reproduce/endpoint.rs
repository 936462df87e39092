//! Which URL a call goes to, and which setting or rule decided it (SDKs and Tools Reference Guide: service-specific
//! endpoints).

use super::ReproduceError;
use aws_config::SdkConfig;
use aws_sdk_sesv2::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_types::origin::Origin;
use aws_types::service_config::ServiceConfigKey;

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme and host, with a port where one is named, without a path.
    pub url: String,
    /// What decided it, in words.
    pub decided_by: String,
}

impl Endpoint {
    /// `host`, or `host:port` where a port is named: what the Host header says.
    pub fn authority(&self) -> &str {
        self.url
            .split_once("://")
            .map_or("", |(_, rest)| rest.trim_end_matches('/'))
    }
}

pub(super) async fn resolve(config: &SdkConfig, region: &str) -> Result<Endpoint, ReproduceError> {
    let endpoint = match configured(config) {
        Some(endpoint) => endpoint,
        None => by_rules(config, region).await?,
    };
    let bad = || ReproduceError::BadEndpoint {
        url: endpoint.url.clone(),
    };
    let (scheme, authority) = endpoint.url.split_once("://").ok_or_else(bad)?;
    let authority = authority.trim_end_matches('/');
    let plain = !authority.is_empty() && !authority.contains(['/', '?', '#', '@', ' ']);
    if !matches!(scheme, "http" | "https") || !plain {
        return Err(bad());
    }
    Ok(Endpoint {
        url: format!("{scheme}://{authority}"),
        decided_by: endpoint.decided_by,
    })
}

/// A URL that somebody configured: an option, then the environment before the profile, for SES before for all services.
fn configured(config: &SdkConfig) -> Option<Endpoint> {
    let shared = config.endpoint_url().map(str::to_owned);
    if let Some(url) = shared.clone()
        && config.get_origin("endpoint_url") == Origin::shared_config()
    {
        let decided_by = "the option --endpoint-url".to_owned();
        return Some(Endpoint { url, decided_by });
    }
    let key = ServiceConfigKey::builder()
        .service_id("SESv2")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let found = key.ok().and_then(|key| config.service_config()?.load_config(key));
    let url = found.or_else(|| shared.clone())?;
    let variables = ["AWS_ENDPOINT_URL_SESV2", "AWS_ENDPOINT_URL"];
    let decided_by = match variables.into_iter().find(|name| is_set(name)) {
        Some(name) => format!("the environment variable {name}"),
        None if shared.as_ref() == Some(&url) => "`endpoint_url` of the AWS profile".to_owned(),
        None => "`endpoint_url` of sesv2 in the `services` section of the AWS profile".to_owned(),
    };
    Some(Endpoint { url, decided_by })
}

/// The SDK tells the value of such a variable, not its name.
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The SDK's own rule set for SES v2.
async fn by_rules(config: &SdkConfig, region: &str) -> Result<Endpoint, ReproduceError> {
    let no_endpoint = |why: String| ReproduceError::NoEndpoint {
        region: region.to_owned(),
        why,
    };
    let (fips, dual_stack) = (config.use_fips(), config.use_dual_stack());
    let parameters = Params::builder()
        .region(region)
        .use_fips(fips.unwrap_or(false))
        .use_dual_stack(dual_stack.unwrap_or(false))
        .build()
        .map_err(|error| no_endpoint(error.to_string()))?;
    let resolver = DefaultResolver::new();
    let found = resolver.resolve_endpoint(&parameters).await;
    let found = found.map_err(|error| no_endpoint(error.to_string()))?;
    let mut decided_by = format!("the SDK's endpoint rules of SES v2 for the region {region}");
    for (name, set) in [("FIPS", fips), ("dual stack", dual_stack)] {
        if set == Some(true) {
            decided_by.push_str(&format!(", with {name}"));
        }
    }
    Ok(Endpoint {
        url: found.url().to_owned(),
        decided_by,
    })
}
