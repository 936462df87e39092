//! The old side of `policy compare`, where it is what a user of an account has; and what a comparison comes to when some of
//! that could not be read.

use super::account::{self, Asked};
use super::documents;
use crate::args::CompareArgs;
use crate::commands::Console;
use crate::error::CliError;
use iam_eval::PolicyDocument;
use iam_eval::compare::{Assumption, Comparison, Difference, Documents, Hints};
use ses_doctor_core::evidence::{Attachment, PolicyDocument as Attached};
use ses_doctor_core::permission::send;
use ses_doctor_core::report::policy_compare_v1::{Account, UnreadPolicy};
use ses_doctor_core::{Evidence, Need};
use std::path::Path;
use std::sync::Arc;

/// Both sides of the comparison: everything that the user has today, and everything that it would have.
pub(super) struct Sides {
    pub(super) old: Vec<Arc<PolicyDocument>>,
    pub(super) new: Vec<Arc<PolicyDocument>>,
    pub(super) account: Account,
}

/// Reads the policies of the user, and puts the new ones beside them or in place of one.
pub(super) async fn read(args: &CompareArgs, new: &Path, console: &Console<'_>) -> Result<Sides, CliError> {
    let new = documents::read(new)?;
    let asked = Asked {
        aws: &args.aws,
        sender: &args.sender,
        from: None,
        to: None,
        configuration_set: None,
        error: None,
        event: None,
    };
    let evidence = account::evidence(&asked, console).await?;
    let attached: Vec<&Attached> = evidence
        .policies
        .known()
        .into_iter()
        .flatten()
        .filter(|policy| policy.attachment != Attachment::Boundary)
        .collect();
    let mut unread = unread_list(&evidence);
    let replaced = args
        .policy
        .as_deref()
        .map(|name| find(name, &attached, unread.is_empty()))
        .transpose()?;
    let (mut old, mut kept) = (Vec::new(), Vec::new());
    for policy in attached {
        match parsed(policy) {
            Ok(document) => {
                if replaced != Some(policy) {
                    kept.push(Arc::clone(&document));
                }
                old.push(document);
            }
            Err(_) if replaced == Some(policy) => return Err(unreadable(policy)),
            Err(why) => unread.push(UnreadPolicy {
                policy: Some(title(policy)),
                why,
            }),
        }
    }
    let account = Account {
        principal: principal(&evidence)?,
        policies: old.iter().map(|document| document.name().to_owned()).collect(),
        replaces: replaced.map(title),
        unread,
    };
    kept.extend(new);
    Ok(Sides {
        old,
        new: kept,
        account,
    })
}

fn principal(evidence: &Evidence) -> Result<String, CliError> {
    let named = send::named_user(evidence);
    let read = || evidence.user.known().map(|user| user.arn.clone());
    named.or_else(read).ok_or_else(|| {
        CliError::usage(
            "the evidence does not tell whose policies it holds",
            "give the ARN of the IAM user with --principal",
        )
    })
}

/// Why not even the list of policies is there.
fn unread_list(evidence: &Evidence) -> Vec<UnreadPolicy> {
    if evidence.policies.known().is_some() {
        return Vec::new();
    }
    let told = || match evidence.policies.is_missing() {
        true => "IAM has no such user".to_owned(),
        false => "nobody looked".to_owned(),
    };
    let why = evidence.unavailable(Need::Policies).unwrap_or_else(told);
    vec![UnreadPolicy { policy: None, why }]
}

/// The policy that is to be replaced: by its name, its ARN, or the words in which it is listed.
fn find<'a>(name: &str, attached: &[&'a Attached], is_list_whole: bool) -> Result<&'a Attached, CliError> {
    let is_it = |policy: &&&Attached| {
        policy.name == name || policy.arn.as_deref() == Some(name) || title(policy) == name
    };
    let found: Vec<&&Attached> = attached.iter().filter(is_it).collect();
    let listed = || {
        let titles: Vec<String> = attached.iter().map(|policy| title(policy)).collect();
        titles.join("; ")
    };
    match found.as_slice() {
        [one] => Ok(one),
        [] if !is_list_whole => Err(CliError::usage(
            "the policies of the user could not be read, so that none can be replaced",
            "read them with credentials that may use iam:ListUserPolicies, iam:ListAttachedUserPolicies and what comes after",
        )),
        [] => Err(CliError::usage(
            format!("the user has no policy {name:?}"),
            format!(
                "it has: {}; leave --policy away to add the new one to them",
                listed()
            ),
        )),
        [..] => Err(CliError::usage(
            format!("the user has several policies {name:?}"),
            format!("say which, in these words: {}", listed()),
        )),
    }
}

fn unreadable(policy: &Attached) -> CliError {
    CliError::usage(
        format!(
            "the {} could not be read, so that nothing can be said of replacing it",
            title(policy)
        ),
        "read it with credentials that may, or compare two files",
    )
}

fn title(policy: &Attached) -> String {
    let name = &policy.name;
    match &policy.attachment {
        Attachment::UserInline => format!("inline policy {name}"),
        Attachment::UserManaged => format!("attached policy {name}"),
        Attachment::GroupInline(group) => format!("inline policy {name} of the group {group}"),
        Attachment::GroupManaged(group) => format!("policy {name} attached to the group {group}"),
        Attachment::Boundary => format!("permissions boundary {name}"),
    }
}

fn parsed(policy: &Attached) -> Result<Arc<PolicyDocument>, String> {
    let text = policy.document.as_ref().map_err(Clone::clone)?;
    let document = PolicyDocument::parse(&title(policy), text);
    document.map(Arc::new).map_err(|errors| errors.to_string())
}

/// Compares. Policies that could not be read stand on both sides, so that the extremes tell: if they grant nothing, and if they
/// grant everything. What is proven for both is proven, since a Deny of theirs takes from both sides; any example may fail by
/// them.
pub(super) fn compare(sides: &Documents<'_>, hints: Hints<'_>, has_unread: bool) -> Comparison {
    let at_least = iam_eval::compare::compare(*sides, hints);
    let everything = PolicyDocument::parse("(not read)", EVERYTHING).map(Arc::new);
    let (true, Ok(everything)) = (has_unread, everything) else {
        return at_least;
    };
    let with = |documents: &[Arc<PolicyDocument>]| {
        let everything = Arc::clone(&everything);
        documents.iter().cloned().chain([everything]).collect::<Vec<_>>()
    };
    let (old, new) = (with(sides.old), with(sides.new));
    let most = Documents {
        old: &old,
        new: &new,
        intended: sides.intended,
    };
    let at_most = iam_eval::compare::compare(most, hints);
    Comparison {
        added: either(at_least.added, at_most.added),
        removed: either(at_least.removed, at_most.removed),
    }
}

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn either(at_least: Difference, at_most: Difference) -> Difference {
    let assuming = |difference: Difference, text: &str, holds: bool| match difference {
        Difference::Example { mut example, by } | Difference::Possible { mut example, by } => {
            let text = text.to_owned();
            example.assumptions.push(Assumption { text, holds });
            Difference::Possible { example, by }
        }
        difference @ (Difference::Nothing | Difference::TooComplex(_)) => difference,
    };
    if matches!(at_least, Difference::Nothing) {
        return assuming(at_most, "a policy that could not be read allows it", true);
    }
    let text = "a policy that could not be read allows or denies it";
    assuming(at_least, text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statements: &str) -> Vec<Arc<PolicyDocument>> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        vec![Arc::new(PolicyDocument::parse("policy", &text).unwrap())]
    }

    const SEND: &str = r#"{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}"#;
    const ALL: &str = r#"{"Effect":"Allow","Action":"ses:*","Resource":"*"}"#;
    const NO_DELETE: &str = r#"{"Effect":"Deny","Action":"ses:DeleteIdentity","Resource":"*"}"#;

    fn added(old: &str, new: &str, has_unread: bool) -> &'static str {
        let (old, new) = (document(old), document(new));
        let sides = Documents {
            old: &old,
            new: &new,
            intended: &[],
        };
        match compare(&sides, Hints::default(), has_unread).added {
            Difference::Nothing => "nothing",
            Difference::Example { .. } => "example",
            Difference::Possible { .. } => "possible",
            Difference::TooComplex(_) => "too complex",
        }
    }

    #[test]
    fn what_was_not_read_makes_an_example_doubtful_and_leaves_a_proof_that_needs_nothing_of_it() {
        assert_eq!(added(SEND, ALL, false), "example");
        assert_eq!(added(SEND, ALL, true), "possible");
        assert_eq!(added(ALL, SEND, true), "nothing");
    }

    #[test]
    fn a_deny_that_goes_may_uncover_what_was_not_read() {
        let guarded = [SEND, NO_DELETE].join(",");
        assert_eq!(added(&guarded, SEND, false), "nothing");
        assert_eq!(added(&guarded, SEND, true), "possible");
        assert_eq!(added(SEND, &guarded, true), "nothing");
    }
}
