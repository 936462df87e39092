//! Narrowing a deny in a policy of the user, where it is proven that nothing but this message gets through. In an inline policy of
//! the user's own, the statement leaves the message's resources out; in one that reaches others, see [`shared_deny`]. A deny of
//! any other layer is its owner's to change.

use super::request;
use super::shared_deny;
use super::statement;
use super::{Fix, Wishes};
use crate::action::{Action, OfUser, UserPolicy};
use crate::diagnosis::Judged;
use crate::evidence::{Attachment, Evidence, PolicyDocument};
use crate::permission::judgement::{Denial, denials};
use crate::permission::layer::{self, Policies};
use crate::permission::{Layer, send};
use crate::plan::{Risk, Step};
use iam_eval::compare::{Documents, Hints, compare};
use iam_eval::minimize::literally;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn fix(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    match steps(evidence, judged) {
        Ok(steps) => Fix {
            steps,
            ..Fix::default()
        },
        Err(why) => request::because(evidence, judged, Layer::Identity.owner(), &why).into(),
    }
}

fn steps(evidence: &Evidence, judged: &Judged) -> Result<Vec<Step>, String> {
    let send = send::send(evidence).ok_or("it is not known which user sends")?;
    let all = denials(evidence);
    if all
        .iter()
        .any(|denial| !(denial.layer == Layer::Identity && denial.explicit))
    {
        return Err("another layer refuses the message too, or may".to_owned());
    }
    let policy = policy_of(evidence, &all)
        .ok_or("the denies are in several policies or statements, of which each has an owner")?;
    let before = policy.document.clone()?;
    let index = all
        .first()
        .and_then(|denial| denial.at.as_ref())
        .map_or(0, |at| at.index);
    let resources: Vec<&str> = all
        .iter()
        .map(|denial| denial.authorization.resource.as_str())
        .collect();
    let user = send.principal.rsplit('/').next().unwrap_or_default().to_owned();
    let change = match policy.attachment {
        Attachment::UserInline => of_own(policy, &before, index, &user, &resources)?,
        Attachment::UserManaged
        | Attachment::GroupInline(_)
        | Attachment::GroupManaged(_)
        | Attachment::Boundary => of_others(policy, &before, index, &send.principal, &resources)?,
    };
    prove(evidence, policy, &change.after, &resources)?;
    let proof = [
        "evaluated with it, every layer that could be read lets the message through".to_owned(),
        format!(
            "compared, the user's policies grant nothing with it but {} on {}",
            send::ACTION,
            resources.join(" and ")
        ),
    ];
    let proof: Vec<String> = proof.into_iter().chain(change.proof).collect();
    let step = |action| Step {
        causes: vec![judged.cause.id.to_owned()],
        action,
        why: "takes the resources of this message, and nothing else, out of the deny for this user"
            .to_owned(),
        risk: Risk::High,
        risk_why: "somebody wrote the deny, perhaps for exactly this user: ask them first".to_owned(),
        blast_radius: vec![change.reach.clone()],
        proof: proof.clone(),
    };
    Ok(change.actions.into_iter().map(step).collect())
}

/// How a policy is changed.
struct Change {
    after: String,
    actions: Vec<Action>,
    reach: String,
    proof: Option<String>,
}

const NOT_SO: &str = "the statement names its resources or its conditions in a way that cannot be narrowed by this message alone";

fn of_own(
    policy: &PolicyDocument,
    before: &str,
    index: usize,
    user: &str,
    resources: &[&str],
) -> Result<Change, String> {
    let after = narrowed(before, index, resources).ok_or(NOT_SO)?;
    let action = UserPolicy {
        owner: OfUser {
            user: user.to_owned(),
        },
        name: policy.name.clone(),
        before: Some(before.to_owned()),
        after: Some(after.clone()),
    };
    Ok(Change {
        after,
        actions: vec![action.into()],
        reach: format!("only the user {user}: an inline policy reaches nobody else"),
        proof: None,
    })
}

fn of_others(
    policy: &PolicyDocument,
    before: &str,
    index: usize,
    principal: &str,
    resources: &[&str],
) -> Result<Change, String> {
    let after = shared_deny::excepting(before, index, principal, resources).ok_or(NOT_SO)?;
    let actions = shared_deny::actions(policy, before, &after)
        .ok_or("the deny is in a policy that this account cannot change")?;
    match shared_deny::spares_all_others(before, &after, principal) {
        true => Ok(Change {
            after,
            actions,
            reach: shared_deny::reach(policy),
            proof: Some(
                "compared, nobody but this user gets anything that the policy denied before".to_owned(),
            ),
        }),
        false => Err("it could not be proven that others would get nothing".to_owned()),
    }
}

/// The one policy in which every deny stands, in one statement. A managed one may reach the user on several ways.
fn policy_of<'a>(evidence: &'a Evidence, denials: &[Denial]) -> Option<&'a PolicyDocument> {
    let first = denials.first()?.at.as_ref()?;
    let same = |denial: &Denial| {
        denial
            .at
            .as_ref()
            .is_some_and(|at| (&at.text, at.index) == (&first.text, first.index))
    };
    if !denials.iter().all(same) {
        return None;
    }
    let mut with_it = evidence
        .policies
        .known()?
        .iter()
        .filter(|policy| policy.document.as_deref() == Ok(first.text.as_str()));
    let policy = with_it.next()?;
    let is_same = |other: &PolicyDocument| other.arn.is_some() && other.arn == policy.arn;
    with_it.all(is_same).then_some(policy)
}

/// The document with a statement that no longer reaches these resources.
fn narrowed(text: &str, index: usize, resources: &[&str]) -> Option<String> {
    let document: Value = serde_json::from_str(text).ok()?;
    let mut statements = statement::statements(&document);
    let members = statements.get_mut(index)?.as_object_mut()?;
    match members.get("Resource")?.clone() {
        Value::String(all) if all == "*" => {
            members.remove("Resource");
            let literally: Vec<String> = resources.iter().map(|it| literally(it)).collect();
            members.insert("NotResource".to_owned(), json!(literally));
        }
        Value::Array(named) => {
            let kept: Vec<Value> = named
                .into_iter()
                .filter(|name| !name.as_str().is_some_and(|name| resources.contains(&name)))
                .collect();
            if kept.is_empty() {
                return None;
            }
            members.insert("Resource".to_owned(), json!(kept));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => return None,
    }
    Some(statement::with_statements(&document, statements))
}

fn prove(
    evidence: &Evidence,
    policy: &PolicyDocument,
    after: &str,
    resources: &[&str],
) -> Result<(), String> {
    let mut changed = evidence.clone();
    if let crate::Observed::Known(policies) = &mut changed.policies.observed {
        for known in policies
            .iter_mut()
            .filter(|known| known.document == policy.document)
        {
            known.document = Ok(after.to_owned());
        }
    }
    if !denials(&changed).is_empty() {
        return Err("the message would be refused still".to_owned());
    }
    let parse = |name: &str, text: &str| iam_eval::PolicyDocument::parse(name, text).ok().map(Arc::new);
    let parsed = |evidence: &Evidence| match layer::policies(evidence, Layer::Identity, "*") {
        Policies::Whole(documents) => documents.iter().map(|it| parse(&it.name, &it.text)).collect(),
        Policies::NotThere | Policies::Part(_) | Policies::Unread => None,
    };
    let both: (Option<Vec<_>>, Option<Vec<_>>) = (parsed(evidence), parsed(&changed));
    let (Some(old), Some(new)) = both else {
        return Err("not all policies of the user could be read".to_owned());
    };
    let resources: Vec<String> = resources.iter().map(|it| (*it).to_owned()).collect();
    let asked = statement::allow("Asked", None, &resources, &statement::Conditions::new());
    let intended: Vec<_> = parse("asked", &statement::document(&[asked]))
        .into_iter()
        .collect();
    let documents = Documents {
        old: &old,
        new: &new,
        intended: &intended,
    };
    match compare(documents, Hints::default()).is_nothing_more() {
        true => Ok(()),
        false => {
            Err("more than this message would get through, or it could not be proven otherwise".to_owned())
        }
    }
}
