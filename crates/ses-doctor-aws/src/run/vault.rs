//! What a run knows of the key that it makes, in files of its own folder: a record without secrets, and, from the answer of
//! `CreateAccessKey` until the pair is stored and proven, the one file that holds the secret.
//!
//! AWS gives the secret once. So it is on the disk, for the owner only, before anything else is done with it; and it is
//! overwritten and removed as soon as every place was read back. (On a copy-on-write or journalling file system the old
//! blocks may outlive the overwriting.)

use super::store::{StoreError, private, settle};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use ses_doctor_core::digest::sha256;
use ses_smtp::credential;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const RECORD: &str = "rotation.json";
const SECRET: &str = "new-key.secret";

/// The record. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VaultRecord {
    /// A key is about to be made, since this moment.
    pub announced: Option<Timestamp>,
    /// The key whose secret was kept.
    pub key: Option<String>,
    /// Keys that were made and whose secret was lost; they were deleted.
    #[serde(default)]
    pub lost: Vec<String>,
    /// SHA-256 of the key's SMTP password, by region: so that a place can be read back once the secret is gone.
    #[serde(default)]
    pub passwords: BTreeMap<String, String>,
    /// The pair was printed.
    #[serde(default)]
    pub printed: bool,
    /// Every place holds the pair and was proven; the secret is destroyed.
    #[serde(default)]
    pub handed_over: bool,
}

/// The file with the secret.
#[derive(Deserialize)]
struct Secret {
    access_key_id: String,
    #[serde(deserialize_with = "sealed")]
    secret_access_key: SecretString,
}

fn sealed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// The files of one run.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// In the folder of a run.
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The record; what the process was killed before writing is taken from the file with the secret.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn record(&self) -> Result<VaultRecord, StoreError> {
        let path = self.path(RECORD);
        let io = StoreError::io("read", &path);
        let mut record = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| io(error.into()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => VaultRecord::default(),
            Err(error) => return Err(io(error)),
        };
        if let Some(secret) = self.kept()?.filter(|_| record.key.is_none()) {
            record.key = Some(secret.access_key_id);
        }
        Ok(record)
    }

    fn write(&self, record: &VaultRecord) -> Result<(), StoreError> {
        let path = self.path(RECORD);
        let fresh = self.path("rotation.json.new");
        let write = || -> io::Result<()> {
            let mut file = private().create(true).write(true).truncate(true).open(&fresh)?;
            file.write_all(&serde_json::to_vec_pretty(record)?)?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
            settle(&self.folder)
        };
        write().map_err(StoreError::io("write", &path))
    }

    fn change(&self, change: impl FnOnce(&mut VaultRecord)) -> Result<(), StoreError> {
        let mut record = self.record()?;
        change(&mut record);
        self.write(&record)
    }

    /// Says, on the disk, that a key is about to be made.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn announce(&self, at: Timestamp) -> Result<(), StoreError> {
        self.change(|record| {
            record.announced.get_or_insert(at);
        })
    }

    /// Keeps the secret. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self, key: &str, secret: &SecretString) -> Result<(), StoreError> {
        let path = self.path(SECRET);
        let write = || -> io::Result<()> {
            // One that was torn while it was written holds nothing that is of use.
            destroy(&path)?;
            let text =
                serde_json::json!({ "access_key_id": key, "secret_access_key": secret.expose_secret() });
            let text = SecretString::from(text.to_string());
            let mut file = private().create_new(true).write(true).open(&path)?;
            file.write_all(text.expose_secret().as_bytes())?;
            file.sync_all()?;
            settle(&self.folder)
        };
        write().map_err(StoreError::io("write", &path))?;
        self.change(|record| record.key = Some(key.to_owned()))
    }

    /// Notes that a key's secret was lost, and the key deleted.
    pub(crate) fn lose(&self, key: &str) -> Result<(), StoreError> {
        self.change(|record| record.lost.push(key.to_owned()))
    }

    /// The secret, as long as it is there; a torn file holds none.
    fn kept(&self) -> Result<Option<Secret>, StoreError> {
        let path = self.path(SECRET);
        match fs::read_to_string(&path).map(SecretString::from) {
            Ok(text) => Ok(serde_json::from_str(text.expose_secret()).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", &path)(error)),
        }
    }

    /// The new pair for a region, as long as the secret is there. What will tell it again later is noted first.
    ///
    /// # Errors
    /// When the files cannot be read or written.
    pub fn pair(&self, region: &str) -> Result<Option<(String, SecretString)>, StoreError> {
        let Some(secret) = self.kept()? else {
            return Ok(None);
        };
        let password = credential::smtp_password(&secret.secret_access_key, region);
        let digest = sha256(password.expose_secret().as_bytes());
        if self.record()?.passwords.get(region) != Some(&digest) {
            self.change(|record| {
                record.passwords.insert(region.to_owned(), digest);
            })?;
        }
        Ok(Some((secret.access_key_id, password)))
    }

    /// Notes that the pair was printed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn printed(&self) -> Result<(), StoreError> {
        self.change(|record| record.printed = true)
    }

    /// Destroys the secret: every place holds the pair, or the key is of no use any more.
    ///
    /// # Errors
    /// When it cannot be destroyed.
    pub fn hand_over(&self) -> Result<(), StoreError> {
        self.change(|record| record.handed_over = true)?;
        let path = self.path(SECRET);
        let remove = || destroy(&path).and_then(|()| settle(&self.folder));
        remove().map_err(StoreError::io("destroy", &path))
    }

    /// Whether a file with the secret is there.
    pub fn holds_secret(&self) -> bool {
        self.path(SECRET).exists()
    }
}

impl VaultRecord {
    /// Whether this is the new key's password for the region.
    pub fn is_password(&self, region: &str, password: &str) -> bool {
        let digest = sha256(password.as_bytes());
        self.passwords.get(region) == Some(&digest)
    }

    /// Whether this is the new key's id.
    pub fn is_username(&self, username: &str) -> bool {
        self.key.as_deref() == Some(username)
    }
}

/// Overwrites a file and removes it; one that is not there is fine.
fn destroy(path: &Path) -> io::Result<()> {
    let length = match fs::metadata(path) {
        Ok(metadata) => usize::try_from(metadata.len()).unwrap_or(0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut file = private().write(true).open(path)?;
    file.write_all(&vec![0; length])?;
    file.sync_all()?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::of(folder.path());
        (folder, vault)
    }

    fn secret() -> SecretString {
        SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned())
    }

    #[test]
    fn a_secret_is_kept_until_it_is_handed_over_and_its_passwords_are_known_after() {
        let (folder, vault) = vault();
        vault.announce(Timestamp::UNIX_EPOCH).unwrap();
        vault.keep(KEY, &secret()).unwrap();
        let (key, password) = vault.pair("eu-west-1").unwrap().unwrap();
        assert_eq!(
            (key.as_str(), password.expose_secret()),
            (KEY, "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk")
        );
        vault.hand_over().unwrap();
        vault.hand_over().unwrap();
        assert!(vault.pair("eu-west-1").unwrap().is_none() && !vault.holds_secret());
        let record = vault.record().unwrap();
        assert!(record.is_username(KEY) && record.is_password("eu-west-1", password.expose_secret()));
        assert!(!record.is_password("us-east-1", password.expose_secret()) && record.handed_over);
        for entry in fs::read_dir(folder.path()).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(
                !text.contains("wJalrXUtnFEMI") && !text.contains("BMW5RDrX"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_process_killed_right_after_the_secret_was_written_finds_its_key() {
        let (folder, vault) = vault();
        vault.keep(KEY, &secret()).unwrap();
        fs::remove_file(folder.path().join(RECORD)).unwrap();
        assert_eq!(vault.record().unwrap().key.as_deref(), Some(KEY));
    }

    #[test]
    fn a_torn_file_holds_no_secret_and_is_written_anew() {
        let (folder, vault) = vault();
        fs::write(folder.path().join(SECRET), "{\"access_key_id\":\"AKIA").unwrap();
        assert_eq!(vault.record().unwrap().key, None);
        assert!(vault.pair("eu-west-1").unwrap().is_none());
        vault.keep(KEY, &secret()).unwrap();
        assert!(vault.pair("eu-west-1").unwrap().is_some());
    }

    #[test]
    fn a_record_that_is_none_is_an_error_and_not_an_empty_one() {
        let (folder, vault) = vault();
        fs::write(folder.path().join(RECORD), "{").unwrap();
        assert!(vault.record().is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_secret() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, vault) = vault();
        vault.keep(KEY, &secret()).unwrap();
        for name in [SECRET, RECORD] {
            let mode = fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
