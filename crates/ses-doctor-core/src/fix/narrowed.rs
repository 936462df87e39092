//! Policies of the user that are changed so that they let one message through: each in one statement or in several.

use super::left_of::{Spared, left_of};
use super::{shared_deny, statement};
use crate::action::{Action, OfUser, UserPolicy};
use crate::evidence::{Attachment, Evidence, PolicyDocument};
use crate::permission::judgement::Denial;
use crate::permission::send::Send;
use serde_json::Value;

const NOT_SO: &str = "the statement names its resources or its conditions in a way that cannot be narrowed by this message alone";

/// A policy that is changed, in one statement or in several.
pub(super) struct Narrowed {
    policy: PolicyDocument,
    before: String,
    /// `None`: nothing is left of it.
    after: Option<String>,
}

/// Narrows the statement that a denial stands on, in the evidence.
pub(super) fn narrow(
    evidence: &mut Evidence,
    narrowed: &mut Vec<Narrowed>,
    denial: &Denial,
    (send, resources, spared): (&Send, &[String], Option<&Spared>),
) -> Result<(), String> {
    let at = denial
        .at
        .as_ref()
        .ok_or("the statement that denies it is not known")?;
    let policy = policy_of(evidence, &at.text)
        .ok_or("several policies have the same text, and each has an owner")?
        .clone();
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    let after = match policy.attachment {
        Attachment::UserInline => of_own(&at.text, at.index, &resources, spared),
        Attachment::UserManaged
        | Attachment::GroupInline(_)
        | Attachment::GroupManaged(_)
        | Attachment::Boundary => {
            shared_deny::excepting(&at.text, at.index, &send.principal, &resources, spared).map(Some)
        }
    };
    let after = after
        .filter(|after| after.as_deref() != Some(at.text.as_str()))
        .ok_or(NOT_SO)?;
    put(evidence, &at.text, after.as_deref());
    match narrowed
        .iter_mut()
        .find(|known| known.after.as_ref() == Some(&at.text))
    {
        Some(known) => known.after = after,
        None => narrowed.push(Narrowed {
            before: at.text.clone(),
            policy,
            after,
        }),
    }
    Ok(())
}

/// Puts a text in the place of another one, or takes the policy away.
fn put(evidence: &mut Evidence, before: &str, after: Option<&str>) {
    let crate::Observed::Known(policies) = &mut evidence.policies.observed else {
        return;
    };
    policies.retain_mut(|known| {
        let is_it = known.document.as_deref() == Ok(before);
        if let (true, Some(after)) = (is_it, after) {
            known.document = Ok(after.to_owned());
        }
        !is_it || after.is_some()
    });
}

/// The document without this message; `Some(None)` where nothing is left of it.
fn of_own(text: &str, index: usize, resources: &[&str], spared: Option<&Spared>) -> Option<Option<String>> {
    let document: Value = serde_json::from_str(text).ok()?;
    let mut statements = statement::statements(&document);
    let left = left_of(statements.get(index)?, resources, spared)?;
    statements.splice(index..=index, left);
    // IAM takes no policy without a statement.
    Some((!statements.is_empty()).then(|| statement::with_statements(&document, statements)))
}

impl Narrowed {
    /// The policy is not the user's alone.
    pub(super) fn reaches_others(&self) -> bool {
        self.policy.attachment != Attachment::UserInline
    }

    /// The changes, and whom they reach.
    pub(super) fn actions(self, principal: &str) -> Result<(Vec<Action>, String), String> {
        let user = principal.rsplit('/').next().unwrap_or_default();
        if !self.reaches_others() {
            let action = UserPolicy {
                owner: OfUser {
                    user: user.to_owned(),
                },
                name: self.policy.name,
                before: Some(self.before),
                after: self.after,
            };
            let reach = format!("only the user {user}: an inline policy reaches nobody else");
            return Ok((vec![action.into()], reach));
        }
        // In a policy that reaches others, the statement for them is always left.
        let after = self.after.unwrap_or_default();
        let actions = shared_deny::actions(&self.policy, &self.before, &after)
            .ok_or("the deny is in a policy that this account cannot change")?;
        match shared_deny::spares_all_others(&self.before, &after, principal) {
            true => Ok((actions, shared_deny::reach(&self.policy))),
            false => Err("it could not be proven that others would get nothing".to_owned()),
        }
    }
}

/// The one policy of this text. A managed one may reach the user on several ways.
fn policy_of<'a>(evidence: &'a Evidence, text: &str) -> Option<&'a PolicyDocument> {
    let mut with_it = evidence
        .policies
        .known()?
        .iter()
        .filter(|policy| policy.document.as_deref() == Ok(text));
    let policy = with_it.next()?;
    let is_same = |other: &PolicyDocument| other.arn.is_some() && other.arn == policy.arn;
    with_it.all(is_same).then_some(policy)
}
