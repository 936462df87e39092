//! A deny in the policy of the identity itself, in the account of the user: the statement goes on to hold for everybody else as
//! it is. Who may send from the identity is its owner's to say, so that the step is of high risk, and is to be asked about.

use super::{Fix, Wishes, request, shared_deny, statement};
use crate::action::{IdentityPolicy, OfIdentity};
use crate::diagnosis::Judged;
use crate::evidence::Evidence;
use crate::permission::judgement::{Denial, denials};
use crate::permission::layer::{self, Policies};
use crate::permission::{Layer, send};
use crate::plan::{Risk, Step};
use iam_eval::compare::{Documents, Hints, compare};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn fix(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    step(evidence, judged).map_or_else(
        |why| request::because(evidence, judged, "the owner of the SES identity", &why).into(),
        Fix::from,
    )
}

fn step(evidence: &Evidence, judged: &Judged) -> Result<Step, String> {
    let send = send::send(evidence).ok_or("it is not known which user sends")?;
    let all = denials(evidence);
    let is_mine = |denial: &Denial| {
        denial.layer == Layer::SendingAuthorization
            && denial.explicit
            && denial.certain
            && !denial.cross_account
    };
    if !all.iter().all(is_mine) {
        return Err("another layer or another account refuses the message too, or may".to_owned());
    }
    let first = all
        .first()
        .and_then(|denial| denial.at.as_ref())
        .ok_or("the statement is not known")?;
    let same = |denial: &Denial| {
        denial
            .at
            .as_ref()
            .is_some_and(|at| (&at.text, at.index) == (&first.text, first.index))
    };
    if !all.iter().all(same) {
        return Err("the denies are in several statements, of which each has a reason".to_owned());
    }
    let (identity, name) =
        place(evidence, &first.text).ok_or("the policy is of no identity that was read")?;
    let resources: Vec<&str> = all
        .iter()
        .map(|denial| denial.authorization.resource.as_str())
        .collect();
    let after = shared_deny::excepting(&first.text, first.index, &send.principal, &resources, None).ok_or(
        "the statement names its resources or its conditions in a way that cannot leave one user out",
    )?;
    if !denials(&changed(evidence, &first.text, &after)).is_empty() {
        return Err("the message would be refused still".to_owned());
    }
    let (old, new) = of_everybody(&first.text)
        .zip(of_everybody(&after))
        .ok_or("the policy is not valid")?;
    if !shared_deny::spares_all_others(&old, &new, &send.principal) {
        return Err("it could not be proven that others would get nothing".to_owned());
    }
    if !is_only_the_message(evidence, (&old, &new), &resources) {
        return Err(
            "more than this message would get through, or it could not be proven otherwise".to_owned(),
        );
    }
    let user = send.principal.rsplit('/').next().unwrap_or_default();
    Ok(Step {
        causes: vec![judged.cause.id.to_owned()],
        action: IdentityPolicy {
            owner: OfIdentity {
                identity: identity.clone(),
            },
            name,
            before: Some(first.text.clone()),
            after: Some(after),
        }
        .into(),
        why: format!("leaves the user {user} out of the deny, for what this message needs"),
        risk: Risk::High,
        risk_why:
            "the policy says who may send from the identity: ask its owner whether this user is one of them"
                .to_owned(),
        blast_radius: vec![format!(
            "the policy holds for everybody who sends from {identity}: for all others it stays as it is"
        )],
        proof: vec![
            "evaluated with it, every layer that could be read lets the message through".to_owned(),
            format!(
                "compared with the user's own policies, nothing gets through with it but {} on {}",
                send::ACTION,
                resources.join(" and ")
            ),
            "compared, nobody but this user gets anything that the policy denied before".to_owned(),
        ],
    })
}

/// The identity, and the name of its policy with this text.
fn place(evidence: &Evidence, text: &str) -> Option<(String, String)> {
    let read = [&evidence.sender_identity, &evidence.recipient_identity];
    read.into_iter()
        .filter_map(|identity| identity.known())
        .find_map(|identity| {
            let policy = identity.policies.iter().find(|policy| policy.document == text)?;
            Some((identity.name.clone(), policy.name.clone()))
        })
}

fn changed(evidence: &Evidence, before: &str, after: &str) -> Evidence {
    let mut changed = evidence.clone();
    for identity in [&mut changed.sender_identity, &mut changed.recipient_identity] {
        if let crate::Observed::Known(identity) = &mut identity.observed {
            let mine = identity
                .policies
                .iter_mut()
                .filter(|policy| policy.document == before);
            mine.for_each(|policy| after.clone_into(&mut policy.document));
        }
    }
    changed
}

/// The denies of everybody, as if they were policies of a user: whatever else the document says is left out on both sides.
fn of_everybody(text: &str) -> Option<String> {
    let document: Value = serde_json::from_str(text).ok()?;
    let is_of_everybody = |statement: &Value| {
        let principal = statement.get("Principal");
        let everybody = principal.is_some_and(|who| *who == json!("*") || *who == json!({ "AWS": "*" }));
        everybody && statement.get("Effect").is_some_and(|effect| effect == "Deny")
    };
    let mut statements = statement::statements(&document);
    statements.retain(is_of_everybody);
    for members in statements.iter_mut().filter_map(Value::as_object_mut) {
        members.remove("Principal");
    }
    Some(statement::document(&statements))
}

/// With the new document, what the user's own policies allow grows by the message, and by nothing else.
fn is_only_the_message(evidence: &Evidence, (before, after): (&str, &str), resources: &[&str]) -> bool {
    let parse = |name: &str, text: &str| iam_eval::PolicyDocument::parse(name, text).ok().map(Arc::new);
    let own = match layer::policies(evidence, Layer::Identity, "*") {
        Policies::Whole(documents) => documents,
        Policies::NotThere | Policies::Part(_) | Policies::Unread => return false,
    };
    let own: Option<Vec<_>> = own.iter().map(|it| parse(&it.name, &it.text)).collect();
    let resources: Vec<String> = resources.iter().map(|it| (*it).to_owned()).collect();
    let asked = statement::allow("Asked", None, &resources, &statement::Conditions::new());
    let (Some(own), Some(before), Some(after), Some(asked)) = (
        own,
        parse("before", before),
        parse("after", after),
        parse("asked", &statement::document(&[asked])),
    ) else {
        return false;
    };
    let with = |document| own.iter().cloned().chain([document]).collect::<Vec<_>>();
    let documents = Documents {
        old: &with(before),
        new: &with(after),
        intended: &[asked],
    };
    compare(documents, Hints::default()).is_nothing_more()
}
