//! A plan: the steps that are to put it right, as a value that a person can review and a program can apply.
//!
//! A plan says what it saw and when, what it would change, by which exact calls, and how each is undone. Its id is the
//! SHA-256 of its content. One that was made or read is [`Drafted`]; only one that was held against the present state of
//! everything it touches is [`Checked`], and only that can be applied.

mod check;
mod format;
mod paper;
mod rehearsal;

pub use check::{Checked, Drift, Refusal, Standing};
pub use format::{Format, PlanId};
pub use paper::{Drafted, PlanError};
pub use rehearsal::rehearsal;

use crate::action::{Action, LoginProof, StoredPair};
use crate::verdict::Certainty;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a plan applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The AWS account; `None` for a plan that changes nothing in AWS.
    pub account: Option<String>,
    /// The region of SES and of the VPC endpoints; IAM has none.
    pub region: String,
}

/// A finding that the plan answers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saw {
    /// The cause.
    pub cause: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// The proof in words.
    pub why: String,
}

/// How much harm a step may do if it is the wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// It reaches this sender only.
    Low,
    /// It reaches others, or brings back what somebody took away.
    Medium,
    /// It may undo a protection.
    High,
}

impl Risk {
    /// The word for a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The causes that it cures.
    pub causes: Vec<String>,
    /// The write.
    pub action: Action,
    /// Why this, in a sentence.
    pub why: String,
    /// How much harm it may do.
    pub risk: Risk,
    /// What that harm would be.
    pub risk_why: String,
    /// Who else uses what is changed.
    pub blast_radius: Vec<String>,
    /// What shows that it is enough, and no more than that.
    pub proof: Vec<String>,
}

/// What only somebody else can change: a text that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The cause.
    pub cause: String,
    /// Who can change it.
    pub to: String,
    /// The text, with the evidence.
    pub text: String,
}

/// How the symptom is tried again afterwards. It names where the password is, and never holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymptomPath {
    /// Host that the client connects to.
    pub host: String,
    /// Port that the client connects to.
    pub port: u16,
    /// How TLS is begun, where it was told: `starttls` or `wrapper`.
    pub tls: Option<String>,
    /// The SMTP user name, where it is an access key id.
    pub username: Option<String>,
    /// Where the password is.
    pub password: Option<PasswordSource>,
    /// The sender.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// The configuration set.
    pub configuration_set: Option<String>,
    /// The tenant.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Configuration files of the client, from which the login is taken where nothing else tells it.
    #[serde(default)]
    pub config: Vec<String>,
    /// Whether a message is sent, too.
    pub send: bool,
}

/// Where the password of a login is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordSource {
    /// In this file.
    File(String),
    /// In this environment variable.
    Env(String),
    /// In this secret of Secrets Manager.
    Secret {
        /// Its name or ARN.
        name: String,
        /// The member of a JSON object, where its name is no usual one.
        member: Option<String>,
    },
    /// In this parameter of the Parameter Store.
    Parameter {
        /// Its name or ARN.
        name: String,
        /// The member of a JSON object, where its name is no usual one.
        member: Option<String>,
    },
}

/// A plan. See the [module](self).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// When it was made.
    pub made_at: Timestamp,
    /// The program that made it, with its version.
    pub made_by: String,
    /// Where it applies.
    pub target: Target,
    /// The findings that it answers to.
    pub saw: Vec<Saw>,
    /// What it changes, in this order.
    pub steps: Vec<Step>,
    /// What only others can change.
    pub requests: Vec<Request>,
    /// What the plan takes for granted, since it could not be read.
    pub assumptions: Vec<String>,
    /// How the symptom is tried again.
    pub symptom_path: Option<SymptomPath>,
    /// The run that it undoes.
    pub undoes: Option<String>,
    /// The plan of another account that it tries.
    #[serde(default)]
    pub rehearses: Option<PlanId>,
}

impl Plan {
    /// Every IAM action that applying it takes, sorted.
    pub fn permissions(&self) -> Vec<&'static str> {
        let all = self.steps.iter().flat_map(|step| step.action.permissions());
        let mut all: Vec<&'static str> = all.copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The user whose key is replaced, of a plan that makes a new credential. Such a plan answers to no finding.
    pub fn rotates(&self) -> Option<&str> {
        let made = self.steps.iter().find_map(|step| user_of_new_key(&step.action));
        made.filter(|_| self.undoes.is_none())
    }

    /// It makes a new credential.
    pub fn is_rotation(&self) -> bool {
        self.rotates().is_some()
    }

    /// The pairs that it stores.
    pub fn stored_pairs(&self) -> impl Iterator<Item = &StoredPair> {
        self.steps.iter().filter_map(|step| {
            if let Action::StoredPair(pair) = &step.action {
                return Some(pair);
            }
            None
        })
    }

    /// The logins that it proves.
    pub fn login_proofs(&self) -> impl Iterator<Item = &LoginProof> {
        self.steps.iter().filter_map(|step| {
            if let Action::LoginProof(proof) = &step.action {
                return Some(proof);
            }
            None
        })
    }

    /// It only takes away keys that nobody uses: there is no symptom that could be tried again.
    pub fn only_deletes_keys(&self) -> bool {
        let is_deletion = |step: &Step| matches!(step.action, Action::AccessKeyDeletion(_));
        !self.steps.is_empty() && self.steps.iter().all(is_deletion)
    }

    /// The causes that its steps cure.
    pub fn cures(&self, cause: &str) -> bool {
        let mut causes = self.steps.iter().flat_map(|step| &step.causes);
        causes.any(|cured| cured == cause)
    }
}

/// The user that gets a new key.
fn user_of_new_key(action: &Action) -> Option<&str> {
    if let Action::NewAccessKey(key) = action {
        return Some(&key.user);
    }
    None
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
