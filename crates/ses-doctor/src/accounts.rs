//! Which AWS accounts are which: labels in a file `ses-doctor.toml`, so that production is not changed by mistake.
//!
//! ```toml
//! [[account]]
//! id = "111122223333"
//! label = "production"
//! ```

use crate::error::CliError;
use miette::NamedSource;
use serde::Deserialize;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file in the folder where the command runs.
const NAME: &str = "ses-doctor.toml";
const PRODUCTION: &str = "production";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Accounts with their labels.
    #[serde(default)]
    account: Vec<Account>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    /// Twelve digits.
    id: String,
    /// A word of the team's own; `production` is guarded.
    label: String,
}

/// Refuses a production account without consent. An account without a label is not guarded.
pub(crate) fn guard(file: Option<&Path>, account: Option<&str>, consented: bool) -> Result<(), CliError> {
    let settings = read(file)?;
    let Some(account) = account else {
        return Ok(());
    };
    let found = settings.account.iter().find(|known| known.id == account);
    match found {
        Some(known) if known.label.eq_ignore_ascii_case(PRODUCTION) && !consented => Err(CliError::Refused {
            what: format!("the account {account} is labelled {PRODUCTION}"),
            help: "try the fix in another account first; then consent with --production".to_owned(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// The file that was named, which must be there, or the one of this folder, which may be.
fn read(file: Option<&Path>) -> Result<Settings, CliError> {
    let path = file.map_or_else(|| PathBuf::from(NAME), Path::to_owned);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
            return Ok(Settings::default());
        }
        Err(source) => return Err(CliError::read(&path, source)),
    };
    let settings: Result<Settings, toml::de::Error> = toml::from_str(&text);
    settings.and_then(check).map_err(|error| CliError::Content {
        what: format!("{} is not what it should be: {}", path.display(), error.message()),
        at: error.span().map(Into::into),
        text: Arc::new(NamedSource::new(path.display().to_string(), text)),
        help: "it lists accounts: [[account]] with id = \"111122223333\" and label = \"production\""
            .to_owned(),
    })
}

/// An id that is mistyped would guard nothing.
fn check(settings: Settings) -> Result<Settings, toml::de::Error> {
    let is_id = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    match settings.account.iter().find(|account| !is_id(&account.id)) {
        None => Ok(settings),
        Some(wrong) => Err(serde::de::Error::custom(format!(
            "`{}` is no account id, which has twelve digits",
            wrong.id
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(text: &str, consented: bool) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, text).unwrap();
        guard(Some(&path), Some("111122223333"), consented).map_err(|error| error.to_string())
    }

    #[test]
    fn production_needs_consent_and_other_labels_do_not() {
        let labelled = |label: &str| format!("[[account]]\nid = \"111122223333\"\nlabel = \"{label}\"\n");
        let refused = guarded(&labelled("Production"), false).unwrap_err();
        assert!(refused.contains("labelled production"), "{refused}");
        assert_eq!(guarded(&labelled("production"), true), Ok(()));
        assert_eq!(guarded(&labelled("sandbox"), false), Ok(()));
        assert_eq!(guarded("", false), Ok(()));
    }

    #[test]
    fn a_file_with_a_mistake_guards_by_being_refused() {
        for text in [
            "[[account]]\nid = \"1111-2222-3333\"\nlabel = \"production\"\n",
            "[[acount]]\nid = \"111122223333\"\n",
            "[[account]\n",
        ] {
            assert!(guarded(text, true).is_err(), "{text}");
        }
        let none = guard(Some(Path::new("/nowhere/x.toml")), None, false);
        assert!(none.is_err());
    }
}
