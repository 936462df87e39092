//! Who changes things: AWS through its APIs, and the files of this computer.

use crate::file_in_place;
use crate::kept_file;
use crate::local_file;
use crate::smtp_proof::SmtpProof;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use ses_doctor_aws::{Actuator, AwsActuator, CallError, StoredAt, Vault, VaultRecord};
use ses_doctor_core::action::{
    Action, Holds, LoginProof, NEW_PAIR, ProvenLogin, State, Store, StoredPair, Which,
};
use ses_doctor_core::evidence::{Keeper, StoredVersion};
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

/// See the [module](self).
pub(crate) struct Hands {
    aws: AwsActuator,
    smtp: OnceLock<SmtpProof>,
}

impl Hands {
    /// AWS through this actuator, files directly.
    pub(crate) fn new(aws: AwsActuator) -> Self {
        Self {
            aws,
            smtp: OnceLock::new(),
        }
    }

    /// AWS alone.
    pub(crate) fn aws(&self) -> &AwsActuator {
        &self.aws
    }

    /// How logins are proven; what is told first counts.
    pub(crate) fn log_in_by(&self, smtp: SmtpProof) {
        let _already = self.smtp.set(smtp);
    }

    /// Takes away what a process that was killed left beside the files that these actions change.
    pub(crate) fn sweep<'a>(&self, actions: impl Iterator<Item = &'a Action>) {
        for path in actions.filter_map(file_of) {
            match file_in_place::sweep(path) {
                Ok(0) => {}
                Ok(gone) => tracing::warn!(
                    "{}: took away {gone} left behind by a run that was killed",
                    path.display()
                ),
                Err(error) => tracing::warn!(
                    "{}: what a run left beside it cannot be taken away: {error}",
                    path.display()
                ),
            }
        }
    }

    fn vault(&self) -> Result<&Vault, String> {
        self.aws
            .vault()
            .ok_or_else(|| "there is no run whose folder could keep a secret".to_owned())
    }

    fn record(&self) -> Result<VaultRecord, String> {
        match self.aws.vault() {
            Some(vault) => vault.record().map_err(|error| error.to_string()),
            None => Ok(VaultRecord::default()),
        }
    }

    /// Logs in with the new pair, as the run or a place keeps it.
    pub(crate) async fn prove(&self, proof: &LoginProof) -> Result<(), String> {
        let smtp = self
            .smtp
            .get()
            .ok_or("it is not told how the endpoint is reached")?;
        for login in &proof.logins {
            if let Some((username, password)) = self.pair_of(login).await? {
                smtp.prove(&login.region, &username, password).await?;
            }
        }
        Ok(())
    }

    /// The pair to log in with; `None` when the run has handed it over, which it does once it is proven.
    async fn pair_of(&self, login: &ProvenLogin) -> Result<Option<(String, SecretString)>, String> {
        let Some((store, holds)) = &login.kept else {
            let pair = self
                .vault()?
                .pair(&login.region)
                .map_err(|error| error.to_string())?;
            return match pair {
                None if !self.record()?.handed_over => {
                    Err("the secret of the new key is not kept".to_owned())
                }
                pair => Ok(pair),
            };
        };
        self.kept_pair(store, *holds, &login.region).await.map(Some)
    }

    async fn kept_pair(
        &self,
        store: &Store,
        holds: Holds,
        region: &str,
    ) -> Result<(String, SecretString), String> {
        let record = self.record()?;
        let (keeper, id, key) = match store {
            Store::Secret { id, member } => (Keeper::SecretsManager, id, member),
            Store::Parameter { id, member } => (Keeper::ParameterStore, id, member),
            Store::File { path, .. } => return kept_file::pair(Path::new(path), region, &record),
            Store::Stdout => return Err("standard output cannot be read back".to_owned()),
        };
        let at = StoredAt {
            keeper,
            id: id.clone(),
            key: key.clone(),
            region: Some(self.aws.region().to_owned()),
        };
        let read = self.aws.aws().stored_password(&at, StoredVersion::Current).await;
        let read = read.map_err(|error| error.to_string())?;
        let stored = read
            .known()
            .ok_or_else(|| read.unavailable().unwrap_or_else(|| format!("there is no {id}")))?;
        let username = match holds {
            Holds::Pair => stored.username.clone(),
            Holds::Password | Holds::Username => record.key,
        };
        let username = username.ok_or_else(|| format!("{} names no user", store.words()))?;
        Ok((username, stored.password.clone()))
    }

    fn print(&self, pair: &StoredPair) -> Result<(), CallError> {
        let refused = |why: String| CallError::refused(why);
        if pair.after == Which::Old {
            return Err(refused("what was printed stays so".to_owned()));
        }
        let vault = self.vault().map_err(refused)?;
        let new = vault
            .pair(&pair.region)
            .map_err(|error| refused(error.to_string()))?;
        let (username, password) =
            new.ok_or_else(|| refused("the secret of the new key is not kept any more".to_owned()))?;
        let mut out = anstream::stdout();
        let mut print = || {
            writeln!(
                out,
                "SMTP_USERNAME={username}\nSMTP_PASSWORD={}",
                password.expose_secret()
            )?;
            out.flush()
        };
        print().map_err(|error| refused(format!("standard output: {error}")))?;
        vault.printed().map_err(|error| refused(error.to_string()))
    }
}

/// The file of this computer that an action changes.
fn file_of(action: &Action) -> Option<&Path> {
    if let Action::LocalFile(change) = action {
        return Some(Path::new(&change.path));
    }
    if let Action::StoredPair(pair) = action
        && let Store::File { path, .. } = &pair.store
    {
        return Some(Path::new(path));
    }
    None
}

impl Actuator for Hands {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other thing is of AWS")]
    async fn read(&self, action: &Action) -> Result<State, String> {
        match action {
            Action::LocalFile(change) => local_file::read(change),
            Action::LoginProof(_) => Ok(self.aws.gate(action)),
            Action::StoredPair(pair) => match &pair.store {
                Store::File { path, .. } => kept_file::state(Path::new(path), pair, &self.record()?),
                Store::Stdout => Ok(match self.record()?.printed {
                    true => State::Word(NEW_PAIR.to_owned()),
                    false => State::Absent,
                }),
                Store::Secret { .. } | Store::Parameter { .. } => self.aws.read(action).await,
            },
            _ => self.aws.read(action).await,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other thing is of AWS")]
    async fn act(&self, action: &Action) -> Result<(), CallError> {
        match action {
            Action::LocalFile(change) => local_file::replace(change),
            Action::LoginProof(proof) => {
                self.prove(proof).await.map_err(CallError::refused)?;
                self.aws.pass(action);
                Ok(())
            }
            Action::WritableStore(gate) => {
                match &gate.store {
                    Store::File { path, .. } => kept_file::try_beside(Path::new(path))?,
                    Store::Stdout => {}
                    Store::Secret { .. } | Store::Parameter { .. } => return self.aws.act(action).await,
                }
                self.aws.pass(action);
                Ok(())
            }
            Action::StoredPair(pair) => match &pair.store {
                Store::File { path, .. } => {
                    let vault = self.vault().map_err(CallError::refused)?;
                    kept_file::replace(Path::new(path), pair, vault)
                }
                Store::Stdout => self.print(pair),
                Store::Secret { .. } | Store::Parameter { .. } => self.aws.act(action).await,
            },
            _ => self.aws.act(action).await,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other thing is of AWS")]
    async fn describe(&self, action: &Action) -> Result<Value, String> {
        match action {
            // Its bytes may hold a password: they are kept beside the file, under its own mode.
            Action::LocalFile(change) => Ok(
                json!({ "Path": change.path, "Sha256": change.before, "Copy": change.copy_of(&change.before) }),
            ),
            Action::StoredPair(pair) => match (&pair.store, &pair.old) {
                (Store::File { path, .. }, Some(old)) => Ok(json!({
                    "Path": path, "Sha256": old, "Copy": kept_file::copy_of(Path::new(path), old),
                })),
                (Store::File { path, .. }, None) => Ok(json!({ "Path": path })),
                (Store::Stdout, _) => Ok(Value::Null),
                (Store::Secret { .. } | Store::Parameter { .. }, _) => self.aws.describe(action).await,
            },
            _ => self.aws.describe(action).await,
        }
    }
}
