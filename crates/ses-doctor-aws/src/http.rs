//! The HTTP client under all AWS calls: rustls with ring, the system's certificates, plain `http://` as well, and the
//! proxies of the environment, except for this machine itself.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use std::net::IpAddr;
use std::sync::Arc;

/// One client for everything, so that connections are shared.
pub(crate) fn client() -> SharedHttpClient {
    SharedHttpClient::new(Routes(Arc::new([
        Builder::new().build_with_connector_fn(plain),
        Builder::new()
            .build_with_connector_fn(|settings, parts| secure(ProxyConfig::disabled(), settings, parts)),
        Builder::new()
            .build_with_connector_fn(|settings, parts| secure(ProxyConfig::from_env(), settings, parts)),
    ])))
}

/// Reads the system's certificates, which later connectors share. It takes a moment: not for a thread that drives the
/// collection.
pub(crate) fn load_certificates() {
    drop(secure(ProxyConfig::disabled(), None, None));
}

/// Without TLS, and so without certificates to load.
fn plain(settings: Option<&HttpConnectorSettings>, parts: Option<&RuntimeComponents>) -> Connector {
    let mut builder = Connector::builder();
    builder.set_connector_settings(settings.cloned());
    builder.set_sleep_impl(parts.and_then(RuntimeComponents::sleep_impl));
    builder.build_http()
}

fn secure(
    proxy: ProxyConfig,
    settings: Option<&HttpConnectorSettings>,
    parts: Option<&RuntimeComponents>,
) -> Connector {
    let mut builder = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .proxy_config(proxy);
    builder.set_connector_settings(settings.cloned());
    builder.set_sleep_impl(parts.and_then(RuntimeComponents::sleep_impl));
    builder.build()
}

/// Where a request may go: straight to this machine, with and without TLS, or wherever the proxies of the environment
/// lead. A proxy must not be asked for this machine's metadata: it would give that of its own machine.
///
/// Unlike the SDK's own client, this one does not load the certificates anew for every service client.
#[derive(Debug, Clone)]
struct Routes(Arc<[SharedHttpClient; 3]>);

impl HttpClient for Routes {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        parts: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Fork {
            routes: self.clone(),
            settings: settings.clone(),
            parts: parts.clone(),
        })
    }
}

/// Connectors are made, and kept by the clients, once a request wants them.
#[derive(Debug)]
struct Fork {
    routes: Routes,
    settings: HttpConnectorSettings,
    parts: RuntimeComponents,
}

impl HttpConnector for Fork {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let [plain, direct, proxied] = self.routes.0.as_ref();
        let client = match (is_this_machine(request.uri()), request.uri().starts_with("http:")) {
            (true, true) => plain,
            (true, false) => direct,
            (false, _) => proxied,
        };
        client.http_connector(&self.settings, &self.parts).call(request)
    }
}

/// Loopback, and the link-local addresses at which EC2 and ECS tell of themselves.
fn is_this_machine(uri: &str) -> bool {
    const METADATA: [&str; 2] = ["fd00:ec2::254", "fd00:ec2::23"];
    let host = host_of(uri);
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || METADATA.contains(&host),
        Err(_) => host == "localhost",
    }
}

/// The host without port and brackets.
fn host_of(uri: &str) -> &str {
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?']).next().unwrap_or_default();
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_never_behind_a_proxy() {
        for uri in [
            "http://127.0.0.1:5000/?x",
            "http://localhost:4566",
            "http://169.254.169.254/latest/api/token",
            "http://[fd00:ec2::254]/latest",
            "http://[::1]:80",
        ] {
            assert!(is_this_machine(uri), "{uri}");
        }
        for uri in [
            "https://iam.amazonaws.com/",
            "http://127.example.com/",
            "https://localhost.example.com/",
            "",
        ] {
            assert!(!is_this_machine(uri), "{uri}");
        }
    }
}
