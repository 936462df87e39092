//! Version 1 of what `permissions --output json` prints. The schema is published as
//! `docs/reference/permissions-v1.schema.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of `schema` in every version 1 list of permissions.
pub const SCHEMA: &str = "ses-doctor/permissions/v1";

/// The permissions that a task takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Permissions {
    /// Always `ses-doctor/permissions/v1`.
    pub schema: String,
    /// What they are for.
    pub task: String,
    /// The least policies, ready to be attached.
    pub policies: Vec<Policy>,
    /// Every action that may be called; once for each kind of thing that it is called on.
    pub actions: Vec<Action>,
    /// What the policies still leave broad.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_broad: Vec<LeftBroad>,
}

/// Something that an option would narrow.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LeftBroad {
    /// What is granted without the option.
    pub granted: String,
    /// The option.
    pub option: String,
}

/// A policy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// A name for it.
    pub name: String,
    /// Whom to attach it to.
    pub attach_to: String,
    /// The document.
    pub document: serde_json::Value,
}

/// An IAM action.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// As in a policy.
    pub action: String,
    /// How often it is called in one run.
    pub calls: String,
    /// What the answer tells.
    pub tells: String,
    /// What it is granted on.
    pub resources: Vec<String>,
    /// Why nothing narrower than `*` is granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub star_because: Option<String>,
    /// Why it is no part of the least policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out_because: Option<String>,
    /// What its absence costs.
    pub costs: Costs,
}

/// What cannot be concluded without an action.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Default)]
pub struct Costs {
    /// Ids of the evidence that it brings.
    pub evidence: Vec<String>,
    /// Ids of the causes that judge this evidence: they may become unknown.
    pub causes: Vec<String>,
    /// Ids of further evidence that may not be found without it, since its answer tells what to ask for.
    pub then_also_evidence: Vec<String>,
    /// Ids of the causes that judge that evidence.
    pub then_also_causes: Vec<String>,
}
