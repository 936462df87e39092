//! One HTTP client, one configuration, one set of credentials; service clients are made from them.

use crate::credentials::Operator;
use crate::http;
use crate::ledger::Attempts;
use crate::lookup_budget::LookupBudget;
use crate::outcome::{Look, Trouble, observed};
use crate::patience::Session;
use crate::region::home_of;
use crate::settings::Settings;
use crate::signed::{Rest, Service, Signed};
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::region::Region;
use jiff::Timestamp;
use secrecy::SecretString;
use ses_doctor_core::Observation;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::timeout;

const ATTEMPTS: u32 = 4;
const FIRST_BACKOFF: Duration = Duration::from_millis(400);
const CONNECT: Duration = Duration::from_secs(4);

/// The operator's view of AWS. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Aws(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: SdkConfig,
    operator: Operator,
    deadline: Duration,
    session_wait: Duration,
    session: Session,
    trust: OnceCell<()>,
    lookups: LookupBudget,
}

impl Aws {
    /// Reads the AWS configuration. It never fails and calls nobody: whatever is wrong with the credentials is found
    /// when the first need is collected, and is then the reason why it could not be met.
    pub async fn connect(settings: &Settings) -> Self {
        let http = http::client();
        let region = region(settings).await;
        let operator = Operator::new(settings, region.clone(), http.clone());
        Self::load(settings, region, http, operator).await
    }

    pub(crate) async fn load(
        settings: &Settings,
        region: Option<Region>,
        http: SharedHttpClient,
        operator: Operator,
    ) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .region(region)
            .credentials_provider(SharedCredentialsProvider::new(operator.clone()))
            .retry_config(retries())
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build());
        if let Ok(name) = AppName::new("ses-doctor") {
            loader = loader.app_name(name);
        }
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Self::new(loader.load().await, operator, settings)
    }

    pub(crate) fn new(config: SdkConfig, operator: Operator, settings: &Settings) -> Self {
        Self(Arc::new(Inner {
            config,
            operator,
            deadline: settings.deadline,
            session_wait: settings.session_wait,
            session: Session::default(),
            trust: OnceCell::new(),
            lookups: LookupBudget::default(),
        }))
    }

    /// The same with another budget of look-ups: for a lab whose own limit is lifted.
    #[cfg(test)]
    pub(crate) fn with_lookups(self, lookups: LookupBudget) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { lookups, ..inner })),
            Err(shared) => Self(shared),
        }
    }

    /// The secret access key, if the operator's own AWS credentials are this long-term key: the SMTP password can then
    /// be derived and compared offline.
    pub async fn secret_of_operator(&self, access_key_id: &str) -> Option<SecretString> {
        timeout(self.0.deadline, self.0.operator.secret_of(access_key_id))
            .await
            .ok()
            .flatten()
    }

    /// The access key of the operator's own AWS credentials.
    pub async fn operator_key_id(&self) -> Option<String> {
        let found = timeout(self.0.deadline, self.0.operator.credentials())
            .await
            .ok()?;
        found.ok().map(|found| found.access_key_id().to_owned())
    }

    /// Why AWS cannot be read at all: there are no usable credentials. `None` when there are some.
    pub async fn unavailable(&self) -> Option<String> {
        match timeout(self.0.deadline, self.0.operator.credentials()).await {
            Ok(found) => found.err().map(str::to_owned),
            Err(_) => Some(self.too_late("the search for AWS credentials")),
        }
    }

    /// Looks once, within the deadline, and gives whatever came of it, free of secrets.
    pub(crate) async fn observe<T>(
        &self,
        source: impl Into<String>,
        look: impl Future<Output = Look<T>>,
    ) -> Observation<T> {
        let source = source.into();
        let look = self.within(&source, look).await;
        Observation::new(source, Timestamp::now(), observed(look, |text| self.clean(text)))
    }

    /// One look or change, within the deadline, once there are credentials.
    pub(crate) async fn within<T>(&self, source: &str, look: impl Future<Output = Look<T>>) -> Look<T> {
        let look = async {
            let (found, ()) = futures::join!(self.0.operator.credentials(), self.load_trust());
            found.map_err(Trouble::failed)?;
            look.await
        };
        match timeout(self.0.deadline, look).await {
            Ok(look) => look,
            Err(_) => Err(Trouble::failed(self.too_late(source))),
        }
    }

    /// The AWS configuration.
    pub(crate) fn sdk_config(&self) -> &SdkConfig {
        &self.0.config
    }

    /// Who reads AWS.
    pub(crate) fn operator(&self) -> &Operator {
        &self.0.operator
    }

    /// What is known of the operator's session.
    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    /// How long it may be too new.
    pub(crate) fn session_wait(&self) -> Duration {
        self.0.session_wait
    }

    /// The operator's credentials are temporary and may have been issued a moment ago.
    pub(crate) async fn session_is_fresh(&self) -> bool {
        self.0.operator.is_fresh_session().await
    }

    /// The text without secrets.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.0.operator.redactor().clean(text)
    }

    fn too_late(&self, what: &str) -> String {
        let seconds = self.0.deadline.as_secs_f64();
        format!(
            "no answer within {seconds} s from {what}; is AWS reachable from here, or only through a proxy?"
        )
    }

    /// The certificates are read once, off the threads that drive the collection, and only if they are of use.
    async fn load_trust(&self) {
        if self
            .0
            .config
            .endpoint_url()
            .is_some_and(|url| url.starts_with("http:"))
        {
            return;
        }
        let load = || async {
            if tokio::task::spawn_blocking(http::load_certificates)
                .await
                .is_err()
            {
                tracing::warn!("the system's certificates could not be loaded");
            }
        };
        self.0.trust.get_or_init(load).await;
    }

    /// IAM of the partition that `region`, else the operator's own region, belongs to.
    pub(crate) fn iam(&self, region: Option<&str>) -> aws_sdk_iam::Client {
        let config = aws_sdk_iam::config::Builder::from(&self.config(self.home(region)));
        aws_sdk_iam::Client::from_conf(config.interceptor(Attempts).build())
    }

    /// The same for a call that must not be made twice: the SDK makes no retries of its own.
    pub(crate) fn iam_once(&self, region: Option<&str>) -> aws_sdk_iam::Client {
        let once = aws_sdk_iam::config::Builder::from(&self.config(self.home(region)))
            .retry_config(RetryConfig::disabled())
            .interceptor(Attempts);
        aws_sdk_iam::Client::from_conf(once.build())
    }

    /// STS in the partition's home region: the one that no account can switch off.
    pub(crate) fn sts(&self, region: Option<&str>) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.config(self.home(region)))
    }

    /// Organizations, of which each partition has one.
    pub(crate) fn organizations(&self, region: Option<&str>) -> aws_sdk_organizations::Client {
        aws_sdk_organizations::Client::new(&self.config(self.home(region)))
    }

    /// CloudTrail in one region: each keeps its own history, and that of IAM and Organizations is in the partition's home
    /// region. Retries draw from the budget too, so the SDK makes none of its own.
    pub(crate) fn trail(&self, region: &str) -> aws_sdk_cloudtrail::Client {
        let once = self
            .config(region)
            .to_builder()
            .retry_config(RetryConfig::disabled());
        aws_sdk_cloudtrail::Client::new(&once.build())
    }

    /// The budget of `LookupEvents`, which every collector shares.
    pub(crate) fn lookups(&self) -> &LookupBudget {
        &self.0.lookups
    }

    /// Access Analyzer in the operator's own region, else in the partition's home region: it judges documents alike everywhere.
    pub(crate) fn access_analyzer(&self) -> aws_sdk_accessanalyzer::Client {
        let own = self.0.config.region().map(Region::as_ref);
        aws_sdk_accessanalyzer::Client::new(&self.config(own.unwrap_or(self.home(None))))
    }

    /// SES in one region.
    pub(crate) fn ses(&self, region: &str) -> aws_sdk_sesv2::Client {
        let config = aws_sdk_sesv2::config::Builder::from(&self.config(region));
        aws_sdk_sesv2::Client::from_conf(config.interceptor(Attempts).build())
    }

    /// A service without SDK crate, in one region.
    pub(crate) fn signed<P>(&self, service: Service<P>, region: &str) -> Signed<P> {
        Signed::new(service, self.0.config.clone(), Region::new(region.to_owned()))
    }

    /// The same for a service of resources.
    pub(crate) fn rest(&self, service: Service<Rest>, region: &str) -> Signed<Rest> {
        Signed::rest(service, self.0.config.clone(), Region::new(region.to_owned()))
    }

    /// The home region of the partition at hand.
    pub(crate) fn home(&self, region: Option<&str>) -> &'static str {
        let own = self.0.config.region().map(Region::as_ref);
        home_of(region.or(own).unwrap_or_default())
    }

    fn config(&self, region: &str) -> SdkConfig {
        self.0
            .config
            .to_builder()
            .region(Region::new(region.to_owned()))
            .build()
    }
}

/// Throttling and passing failures are tried again with backoff and jitter, as long as the deadline allows.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
}

/// As told, else of the environment or the profile. EC2's metadata is not asked: off EC2 that would cost a second.
async fn region(settings: &Settings) -> Option<Region> {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    let told = settings.region.clone().map(Region::new);
    let chain = RegionProviderChain::first_try(told).or_else(EnvironmentVariableRegionProvider::new());
    chain.or_else(profile.build()).region().await
}
