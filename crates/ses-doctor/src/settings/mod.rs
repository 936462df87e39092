//! What a team has settled for its accounts, in a file `ses-doctor.toml`: which is production, when may be changed, who is told
//! of it, how many fixes are too many. Every part may be left out; a mistake in the file guards by being refused.

mod notice;
mod window;

pub(crate) use notice::{Channel, Notice};
pub(crate) use window::Window;

use crate::error::CliError;
use miette::NamedSource;
use serde::Deserialize;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file in the folder where the command runs.
const NAME: &str = "ses-doctor.toml";
const PRODUCTION: &str = "production";

/// See the [module](self).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Accounts with their labels.
    #[serde(default)]
    account: Vec<Account>,
    /// When may be changed; always, where there is none.
    #[serde(default)]
    window: Vec<Window>,
    /// Who is told before and after.
    #[serde(default)]
    pub(crate) notice: Vec<Notice>,
    /// How many fixes of one cause are too many.
    #[serde(default)]
    pub(crate) breaker: Breaker,
    /// Whether every remediation is counted in CloudWatch.
    #[serde(default)]
    pub(crate) metric: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    /// Twelve digits.
    id: String,
    /// A word of the team's own; `production` is guarded.
    label: String,
}

/// So many fixes of one cause, in so many hours, are the last ones without a person's word.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Breaker {
    /// Fixes.
    pub(crate) fixes: usize,
    /// Hours.
    pub(crate) hours: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { fixes: 3, hours: 24 }
    }
}

impl Settings {
    /// The file that was named, which must be there, or the one of this folder, which may be.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, CliError> {
        let path = file.map_or_else(|| PathBuf::from(NAME), Path::to_owned);
        let text = match crate::bounded_file::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => return Err(CliError::read(&path, source)),
        };
        let settings: Result<Self, toml::de::Error> = toml::from_str(&text);
        settings.and_then(Self::check).map_err(|error| CliError::Content {
            what: format!("{} is not what it should be: {}", path.display(), error.message()),
            at: error.span().map(Into::into),
            text: Arc::new(NamedSource::new(path.display().to_string(), text)),
            help: "it may hold [[account]], [[window]], [[notice]], [breaker] and metric; the guide \"Guard it\" shows each"
                .to_owned(),
        })
    }

    /// What is mistyped would guard nothing.
    fn check(self) -> Result<Self, toml::de::Error> {
        let accounts = self.account.iter().map(Account::check);
        let windows = self.window.iter().map(Window::check);
        let notices = self.notice.iter().map(Notice::check);
        let breaker = std::iter::once(match self.breaker.fixes {
            0 => Err("a breaker of no fixes would refuse every one; give 1 or more".to_owned()),
            _ => Ok(()),
        });
        let all = accounts.chain(windows).chain(notices).chain(breaker);
        all.collect::<Result<Vec<()>, String>>()
            .map_err(serde::de::Error::custom)?;
        Ok(self)
    }

    /// The label of an account.
    pub(crate) fn label(&self, account: &str) -> Option<&str> {
        let found = self.account.iter().find(|known| known.id == account);
        found.map(|known| known.label.as_str())
    }

    /// Whether an account is labelled as production. One without a label is not.
    pub(crate) fn is_production(&self, account: &str) -> bool {
        self.label(account)
            .is_some_and(|label| label.eq_ignore_ascii_case(PRODUCTION))
    }

    /// The maintenance windows of an account; none: it may be changed at any time.
    pub(crate) fn windows(&self, account: Option<&str>) -> Vec<&Window> {
        let label = account.and_then(|account| self.label(account));
        self.window.iter().filter(|window| window.is_of(label)).collect()
    }
}

impl Account {
    fn check(&self) -> Result<(), String> {
        match self.id.len() == 12 && self.id.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(()),
            false => Err(format!("`{}` is no account id, which has twelve digits", self.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn read(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, text).unwrap();
        Settings::read(Some(&path)).map_err(|error| error.to_string())
    }

    #[test]
    fn labels_tell_production_whatever_the_letters() {
        let text = "[[account]]\nid = \"111122223333\"\nlabel = \"Production\"\n[[account]]\nid = \"444455556666\"\nlabel = \"sandbox\"\n";
        let settings = read(text).unwrap();
        assert!(settings.is_production("111122223333"));
        assert!(!settings.is_production("444455556666") && !settings.is_production("777788889999"));
        assert_eq!(settings.label("444455556666"), Some("sandbox"));
    }

    #[test]
    fn a_file_with_a_mistake_guards_by_being_refused() {
        for text in [
            "[[account]]\nid = \"1111-2222-3333\"\nlabel = \"production\"\n",
            "[[acount]]\nid = \"111122223333\"\n",
            "[[account]\n",
            "[breaker]\nfixes = 0\n",
            "[[window]]\ndays = [\"sat\"]\nfrom = \"22:00\"\nuntil = \"04:00\"\nzone = \"Europe/Nowhere\"\n",
            "[[window]]\ndays = []\nfrom = \"22:00\"\nuntil = \"04:00\"\nzone = \"UTC\"\n",
            "[[window]]\ndays = [\"caturday\"]\nfrom = \"22:00\"\nuntil = \"04:00\"\nzone = \"UTC\"\n",
            "[[notice]]\n",
            "[[notice]]\nwebhook = \"http://hooks.example/x\"\n",
            "[[notice]]\nsns_topic = \"team\"\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(Settings::read(Some(Path::new("/nowhere/x.toml"))).is_err());
    }

    #[test]
    fn an_empty_file_leaves_the_breaker_alone() {
        let settings = read("").unwrap();
        assert_eq!((settings.breaker.fixes, settings.breaker.hours), (3, 24));
        assert!(settings.windows(None).is_empty() && settings.notice.is_empty() && !settings.metric);
    }
}
