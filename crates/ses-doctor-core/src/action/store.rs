//! Where a client finds its SMTP pair, as far as this program can put one there.

use serde::{Deserialize, Serialize};

/// One place that keeps a pair, or half of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "keeper")]
pub enum Store {
    /// A secret of Secrets Manager.
    Secret {
        /// Name or ARN.
        id: String,
        /// The member of its JSON object that is the password, where its name is no usual one.
        member: Option<String>,
    },
    /// A parameter of Systems Manager.
    Parameter {
        /// Name or ARN.
        id: String,
        /// As of a secret.
        member: Option<String>,
    },
    /// A configuration file of this computer.
    File {
        /// Absolute path.
        path: String,
        /// What it is to be, where the person said so.
        form: Option<FileForm>,
    },
    /// Standard output: whoever reads it keeps the pair.
    Stdout,
}

/// The files that can be made where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileForm {
    /// Variables, `NAME=value`.
    Env,
    /// A manifest with a Kubernetes Secret.
    Kubernetes,
    /// Postfix's `sasl_passwd`.
    Postfix,
}

/// What a place keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// User name and password.
    Pair,
    /// The password alone.
    Password,
    /// The user name alone, which is the key id.
    Username,
}

impl Store {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Secret { id, .. } => format!("the secret {id}"),
            Self::Parameter { id, .. } => format!("the parameter {id}"),
            Self::File { path, .. } => format!("the file {path}"),
            Self::Stdout => "standard output".to_owned(),
        }
    }

    /// What is put there can be read again.
    pub fn is_readable(&self) -> bool {
        match self {
            Self::Secret { .. } | Self::Parameter { .. } | Self::File { .. } => true,
            Self::Stdout => false,
        }
    }

    /// What whoever uses it has still to do once it holds another pair.
    pub fn afterwards(&self) -> Option<String> {
        let form = match self {
            Self::Secret { .. } | Self::Parameter { .. } => {
                return Some(format!(
                    "programs that read {} only when they start have to be restarted",
                    self.words()
                ));
            }
            Self::Stdout => return None,
            Self::File { path, form } => (path, form),
        };
        Some(match form {
            (path, Some(FileForm::Postfix)) => {
                format!("Postfix reads the compiled map: run `postmap {path}`, then `postfix reload`")
            }
            (path, Some(FileForm::Kubernetes)) => format!(
                "the cluster knows nothing of the file yet: run `kubectl apply -f {path}`, and restart what takes it as \
                 variables"
            ),
            (path, Some(FileForm::Env) | None) => {
                format!("programs that read {path} only when they start have to be restarted")
            }
        })
    }
}
