//! Narrowing a deny in an inline policy of the user's own, where it is proven that nothing but this message gets through.
//! A deny that reaches others (of a group, of a managed policy) is its owner's to change.

use super::request;
use super::statement;
use super::{Fix, Wishes};
use crate::action::UserPolicy;
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
    step(evidence, judged).map_or_else(
        |why| request::because(evidence, judged, Layer::Identity.owner(), &why).into(),
        Fix::from,
    )
}

fn step(evidence: &Evidence, judged: &Judged) -> Result<Step, String> {
    let send = send::send(evidence).ok_or("it is not known which user sends")?;
    let all = denials(evidence);
    if all
        .iter()
        .any(|denial| !(denial.layer == Layer::Identity && denial.explicit))
    {
        return Err("another layer refuses the message too, or may".to_owned());
    }
    let policy = own_policy(evidence, &all).ok_or(
        "the deny is not in one inline policy of the user alone, so that changing it reaches others",
    )?;
    let before = policy.document.clone()?;
    let index = all
        .first()
        .and_then(|denial| denial.at.as_ref())
        .map_or(0, |at| at.index);
    let resources: Vec<&str> = all
        .iter()
        .map(|denial| denial.authorization.resource.as_str())
        .collect();
    let after = narrowed(&before, index, &resources)
        .ok_or("the statement names its resources in a way that cannot be narrowed by this one alone")?;
    prove(evidence, policy, &after, &resources)?;
    let user = send.principal.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Step {
        causes: vec![judged.cause.id.to_owned()],
        action: UserPolicy {
            user: user.clone(),
            name: policy.name.clone(),
            before: Some(before),
            after: Some(after),
        }
        .into(),
        why: "takes the resources of this message, and nothing else, out of the deny".to_owned(),
        risk: Risk::High,
        risk_why: "somebody wrote the deny, perhaps for exactly this user: ask them first".to_owned(),
        blast_radius: vec![format!(
            "only the user {user}: an inline policy reaches nobody else"
        )],
        proof: vec![
            "evaluated with it, every layer that could be read lets the message through".to_owned(),
            format!(
                "compared, the user's policies grant nothing with it but {} on {}",
                send::ACTION,
                resources.join(" and ")
            ),
        ],
    })
}

/// The one inline policy of the user in which every deny stands, in one statement.
fn own_policy<'a>(evidence: &'a Evidence, denials: &[Denial]) -> Option<&'a PolicyDocument> {
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
    (with_it.next().is_none() && policy.attachment == Attachment::UserInline).then_some(policy)
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
        for known in policies.iter_mut().filter(|known| *known == policy) {
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
