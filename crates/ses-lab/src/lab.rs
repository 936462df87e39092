//! A lab in operation.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::aws::{HeldUp, HoldUp};
use crate::smtp::{Disturbances, Held, Server, SmtpPort};
use crate::state::{Datum, Login, Message, Published, Shared};
use crate::tls::{Authorities, TlsError};
use crate::world::{Certificate, Endpoint, Fault, Key, Ses, TlsMode, Trust, User, World};

/// How a lab is run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Added to every API call and every SMTP reply.
    pub latency: Duration,
}

impl Options {
    /// Options with this latency.
    pub fn with_latency(latency: Duration) -> Self {
        Self { latency }
    }
}

/// A lab could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// A port or a file of the lab could not be had.
    #[error("open {what} of the lab")]
    Io {
        /// Which one.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The certificates could not be made.
    #[error("set up the lab's TLS")]
    Tls(#[from] TlsError),
}

fn io(what: &'static str) -> impl Fn(std::io::Error) -> LabError {
    move |source| LabError::Io { what, source }
}

/// A world being served on loopback. It ends when this is dropped.
#[derive(Debug)]
pub struct Lab {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
    held: Vec<Held>,
    api: SocketAddr,
    dns: SocketAddr,
    smtp: Vec<SmtpPort>,
    folder: TempDir,
    ca_pem: String,
}

/// Where a lab listens.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Endpoints {
    /// All AWS APIs, as `http://127.0.0.1:NNNN`.
    pub api: String,
    /// The name server.
    pub dns: SocketAddr,
    /// SMTP, by region and logical port.
    pub smtp: Vec<SmtpPort>,
    /// The PEM file of the authority that the client trusts.
    pub ca_file: PathBuf,
}

/// An access key for the AWS APIs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperatorCredentials {
    /// The access key id.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: SecretString,
    /// The session token of temporary credentials.
    pub session_token: Option<SecretString>,
}

impl Lab {
    /// Serves a world: loopback only, on ports that the system chooses.
    pub async fn start(world: World, options: Options) -> Result<Self, LabError> {
        let authorities = Authorities::new()?;
        let folder = tempfile::Builder::new()
            .prefix("ses-lab-")
            .tempdir()
            .map_err(io("the folder"))?;
        let ca_pem = match world.client.trust {
            Trust::Current => authorities.amazon.pem.clone(),
            Trust::Outdated => authorities.forgotten.pem.clone(),
        };
        let shared = Arc::new(Shared::new(world, options.latency));
        let (mut tasks, mut held) = (JoinSet::new(), Vec::new());
        let smtp = open_smtp(&shared, &authorities, &mut tasks, &mut held).await?;
        let dns = crate::dns::open(Arc::clone(&shared), &mut tasks)
            .await
            .map_err(io("the name server"))?;
        let api = crate::aws::open(Arc::clone(&shared), &mut tasks)
            .await
            .map_err(io("the API listener"))?;
        let lab = Self {
            shared,
            tasks,
            held,
            api,
            dns,
            smtp,
            folder,
            ca_pem,
        };
        lab.write_files()?;
        tracing::info!(%api, %dns, ports = lab.smtp.len(), "the lab is open");
        Ok(lab)
    }

    fn write_files(&self) -> Result<(), LabError> {
        private_file(&self.ca_file(), &self.ca_pem)?;
        private_file(&self.password_file(), self.client_password().expose_secret())?;
        if let Some(secret) = self.client_secret_key() {
            private_file(&self.secret_key_file(), secret.expose_secret())?;
        }
        let (username, password) = (self.client_username(), self.client_password());
        for file in &self.world().client.file {
            let text = file.text.replace("@USERNAME@", &username);
            let text = text.replace("@PASSWORD@", password.expose_secret());
            private_file(&self.folder.path().join(&file.name), &text)?;
        }
        Ok(())
    }

    /// The world that is served, as it was read.
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// Where everything listens.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            api: self.api_url(),
            dns: self.dns,
            smtp: self.smtp.clone(),
            ca_file: self.ca_file(),
        }
    }

    /// The URL of all AWS APIs.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// Each region and logical port as `REGION:PORT=127.0.0.1:NNNN`, 587 first in each region; the region's own name
    /// stands for the address where it has several.
    pub fn smtp_endpoints(&self) -> Vec<String> {
        self.smtp
            .iter()
            .map(|smtp| format!("{}:{}={}", smtp.region, smtp.port, self.reached_at(smtp)))
            .collect()
    }

    /// By the region's name where it has several addresses, so that whoever dials looks them up.
    fn reached_at(&self, smtp: &SmtpPort) -> String {
        let endpoint = self.world().endpoint(&smtp.region);
        if endpoint.is_some_and(|endpoint| !endpoint.addresses.is_empty()) {
            format!("email-smtp.{}.amazonaws.com:{}", smtp.region, smtp.address.port())
        } else {
            smtp.address.to_string()
        }
    }

    /// Where a logical port of a region really is, at its first address.
    pub fn smtp_address(&self, region: &str, port: u16) -> Option<SocketAddr> {
        self.smtp
            .iter()
            .find(|smtp| smtp.region == region && smtp.port == port)
            .map(|smtp| smtp.address)
    }

    /// The name server.
    pub fn dns_server(&self) -> SocketAddr {
        self.dns
    }

    /// The authority that the client trusts, as PEM text.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The same as a file.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The SMTP user name that the client submits.
    pub fn client_username(&self) -> String {
        let username = crate::password::submitted(self.world(), &self.world().client.username);
        username.expose_secret().to_owned()
    }

    /// The SMTP password that the client submits.
    pub fn client_password(&self) -> SecretString {
        crate::password::submitted(self.world(), &self.world().client.password)
    }

    /// A file with the very bytes of the client's password, for its owner only.
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("smtp-password")
    }

    /// The client's configuration files.
    pub fn config_files(&self) -> Vec<PathBuf> {
        let files = &self.world().client.file;
        files
            .iter()
            .map(|file| self.folder.path().join(&file.name))
            .collect()
    }

    /// The secret access key behind the client's user name, if the operator has it.
    pub fn client_secret_key(&self) -> Option<SecretString> {
        let world = self.world();
        world
            .operator
            .as_ref()
            .filter(|operator| operator.secret_key_at_hand)?;
        let key = world.key(&self.client_username())?;
        Some(key.secret.secret().clone())
    }

    /// A file with that secret; it exists only if the operator has the secret.
    pub fn secret_key_file(&self) -> PathBuf {
        self.folder.path().join("secret-key")
    }

    /// The AWS credentials of the person who diagnoses; `None`: they have none.
    pub fn operator_credentials(&self) -> Option<OperatorCredentials> {
        let operator = self.world().operator.as_ref()?;
        let key = self.world().key(&operator.key)?;
        Some(OperatorCredentials {
            access_key: key.id.clone(),
            secret_key: key.secret.secret().clone(),
            session_token: operator
                .session_token
                .as_ref()
                .map(|token| token.secret().clone()),
        })
    }

    /// How often each action of the AWS APIs was called, as `iam:GetUser`.
    pub fn calls(&self) -> BTreeMap<String, u32> {
        self.shared.live().calls.clone()
    }

    /// From now on, these policies (JSON texts) alone say what the operator may do; `None`: everything. Calls are counted
    /// anew.
    pub fn permit(&self, policies: Option<Vec<String>>) {
        let mut live = self.shared.live();
        live.operator_policies = policies;
        live.calls.clear();
    }

    /// Puts the accounts back to what the world says, as if somebody had undone every change.
    pub fn reset_accounts(&self) {
        self.shared.live().accounts.clone_from(&self.world().account);
    }

    /// Holds up the nth API call from now, for good: before it is carried out, or its answer.
    pub fn hold_up(&self, nth: u32, what: HeldUp) {
        self.shared.live().hold_up = Some(HoldUp::new(nth, what));
    }

    /// Whether that call has come.
    pub fn is_holding_up(&self) -> bool {
        self.shared.live().hold_up.is_some_and(HoldUp::has_come)
    }

    /// Everything that is configured at this moment, accounts in full, without the traces of use: equal texts are equal
    /// worlds.
    pub fn configuration(&self) -> String {
        let mut accounts = self.shared.live().accounts.clone();
        for account in &mut accounts {
            let of_users = account.user.iter_mut().flat_map(|user| &mut user.key);
            for key in account.root_key.iter_mut().chain(of_users) {
                key.last_used = None;
            }
            for ses in &mut account.ses {
                ses.sent_last_24_hours = 0.0;
            }
            // A region is there once it was read: that configures nothing.
            let untouched = |ses: &Ses| format!("{ses:?}") == format!("{:?}", Ses::untouched(&ses.region));
            account.ses.retain(|ses| !untouched(ses));
        }
        format!("{accounts:#?}")
    }

    /// The keys of the user whose key the client's world began with, as they are now.
    pub fn smtp_keys(&self) -> Vec<Key> {
        let began_with = self.client_username();
        let of_user = |user: &User| user.key.iter().any(|key| key.id == began_with);
        let accounts = || self.world().account.iter();
        let named = accounts()
            .find_map(|account| Some((&account.id, account.user.iter().find(|user| of_user(user))?)));
        let Some((account, user)) = named else {
            return Vec::new();
        };
        let live = self.shared.live();
        let users = live.account(account).map(|account| account.user.as_slice());
        let now = users.into_iter().flatten().find(|now| now.name == user.name);
        now.map(|user| user.key.clone()).unwrap_or_default()
    }

    /// The secrets of all keys that `CreateAccessKey` made, also of those that are gone again.
    pub fn made_secrets(&self) -> Vec<SecretString> {
        self.shared.live().made_secrets.clone()
    }

    /// The values that secrets and parameters hold by now, each whole.
    pub fn stored_values(&self) -> Vec<SecretString> {
        let live = self.shared.live();
        let versions = live.stored.iter().flat_map(|stored| &stored.versions);
        versions.map(|version| version.value.clone()).collect()
    }

    /// The passwords in the secrets and parameters that the world began with.
    pub fn stored_passwords(&self) -> Vec<SecretString> {
        let accounts = self.world().account.iter();
        let versions = accounts.flat_map(|account| {
            let secrets = account.secret.iter().flat_map(|secret| &secret.version);
            secrets.chain(account.parameter.iter().flat_map(|parameter| &parameter.version))
        });
        let passwords = versions.map(|version| crate::password::submitted(self.world(), &version.password));
        passwords.collect()
    }

    /// Messages that SES has accepted.
    pub fn messages(&self) -> Vec<Message> {
        self.shared.live().messages.clone()
    }

    /// What was published to topics of SNS, first to last.
    pub fn published(&self) -> Vec<Published> {
        self.shared.live().published.clone()
    }

    /// What was put to CloudWatch, first to last.
    pub fn metric_data(&self) -> Vec<Datum> {
        self.shared.live().data.clone()
    }

    /// Logins that SES has answered, first to last.
    pub fn logins(&self) -> Vec<Login> {
        self.shared.live().logins.clone()
    }

    /// The environment in which ordinary programs use the lab as they use AWS.
    pub fn environment(&self) -> Vec<(String, String)> {
        let client = &self.world().client;
        let mut environment = vec![
            ("AWS_ENDPOINT_URL", self.api_url()),
            ("AWS_REGION", client.region.clone()),
            ("AWS_DEFAULT_REGION", client.region.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("SES_DOCTOR_SMTP_ENDPOINTS", self.smtp_endpoints().join(",")),
            ("SES_DOCTOR_TLS_CA", self.ca_file().display().to_string()),
            ("SES_DOCTOR_DNS_SERVER", self.dns.to_string()),
        ];
        if let Some(operator) = self.operator_credentials() {
            environment.push(("AWS_ACCESS_KEY_ID", operator.access_key));
            environment.push((
                "AWS_SECRET_ACCESS_KEY",
                operator.secret_key.expose_secret().to_owned(),
            ));
            environment.extend(
                operator
                    .session_token
                    .map(|t| ("AWS_SESSION_TOKEN", t.expose_secret().to_owned())),
            );
        }
        if let Some(address) = self.client_address() {
            environment.push(("SMTP_HOST", address.ip().to_string()));
            environment.push(("SMTP_PORT", address.port().to_string()));
        }
        environment.push(("SMTP_USERNAME", self.client_username()));
        environment.push(("SMTP_PASSWORD", self.client_password().expose_secret().to_owned()));
        environment
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Where the client's host and port really are: at a lab's port if the host is (an alias of) an SES endpoint, else
    /// at the address that the name server gives.
    fn client_address(&self) -> Option<SocketAddr> {
        let client = &self.world().client;
        let (name, addresses) = crate::dns::resolve(self.world(), &client.host_name())?;
        if name.contains("email-smtp") {
            return name
                .split('.')
                .find_map(|region| self.smtp_address(region, client.port));
        }
        addresses
            .first()
            .map(|address| SocketAddr::new(*address, client.port))
    }

    /// The arguments of `ses-doctor diagnose` with which a person of this world would ask.
    pub fn diagnose_arguments(&self) -> Vec<String> {
        let client = &self.world().client;
        let username = self.client_username();
        let mut arguments = Arguments::default();
        arguments.give("--region", &client.region);
        arguments.give("--host", &client.host_name());
        arguments.give("--port", &client.port.to_string());
        if client.tls != TlsMode::Auto {
            arguments.give("--tls", client.tls.word());
        }
        if client.own_pair || client.parameter.is_some() {
            arguments.give("--username", &username);
        }
        if client.own_pair {
            arguments.give("--password-file", &self.password_file().display().to_string());
        }
        let lines = [
            ("--from", &client.from),
            ("--to", &client.to),
            ("--configuration-set", &client.configuration_set),
            ("--tenant", &client.tenant),
            ("--password-secret", &client.secret),
            ("--password-parameter", &client.parameter),
            ("--error", &client.error),
        ];
        for (name, value) in lines {
            if let Some(value) = value {
                arguments.give(name, value);
            }
        }
        for file in self.config_files() {
            arguments.give("--config", &file.display().to_string());
        }
        if client.experiment {
            arguments.0.push("--experiment".to_owned());
            arguments.give("--experiment-pace-ms", "50");
        }
        if self.client_secret_key().is_some() {
            arguments.give("--secret-key-file", &self.secret_key_file().display().to_string());
        }
        for endpoint in self.smtp_endpoints() {
            arguments.give("--smtp-endpoint", &endpoint);
        }
        arguments.give("--tls-ca", &self.ca_file().display().to_string());
        arguments.give("--dns-server", &self.dns.to_string());
        arguments.give("--endpoint-url", &self.api_url());
        arguments.0
    }

    /// Closes all ports and connections, and waits until that is done.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
        self.held.clear();
        tracing::info!("the lab is closed");
    }
}

/// A command line as it grows.
#[derive(Default)]
struct Arguments(Vec<String>);

impl Arguments {
    /// A value that begins with a dash would be taken for an option, so it is given as `--name=value`.
    fn give(&mut self, name: &str, value: &str) {
        if value.starts_with('-') || value.is_empty() {
            self.0.push(format!("{name}={value}"));
        } else {
            self.0.extend([name.to_owned(), value.to_owned()]);
        }
    }
}

async fn open_smtp(
    shared: &Arc<Shared>,
    authorities: &Authorities,
    tasks: &mut JoinSet<()>,
    held: &mut Vec<Held>,
) -> Result<Vec<SmtpPort>, LabError> {
    let mut ports = Vec::new();
    for region in shared.world.smtp_regions() {
        let Some(endpoint) = shared.world.endpoint(&region) else {
            continue;
        };
        let tls = authorities.acceptor(&endpoint)?;
        let is_intercepted = endpoint
            .disturbance
            .iter()
            .any(|one| one.what == Fault::Intercepted);
        let intercepted = match is_intercepted {
            true => authorities.acceptor(&Endpoint {
                certificate: Certificate::InterceptingProxy,
                ..endpoint.clone()
            })?,
            false => None,
        };
        let server = Arc::new(Server {
            shared: Arc::clone(shared),
            disturbances: Disturbances::of(&endpoint),
            endpoint,
            tls,
            intercepted,
        });
        ports.extend(server.open(tasks, held).await.map_err(io("an SMTP port"))?);
    }
    Ok(ports)
}

/// Writes a file that only its owner may read.
fn private_file(path: &Path, content: &str) -> Result<(), LabError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(content.as_bytes()));
    written.map_err(io("a file"))
}
