//! The minimal allow of sending, in an inline policy of its own: it reaches one user, replaces nothing, and is undone by
//! taking it away. Where a condition keeps an allow from applying, the new one carries the other conditions of that allow on,
//! and names this sender, address or version in place of the one at fault.

use super::statement::{self, Conditions};
use super::{Fix, Wishes, narrow_deny, request};
use crate::action::{OfUser, UserPolicy};
use crate::diagnosis::Judged;
use crate::evidence::{Attachment, Evidence, PolicyDocument};
use crate::permission::judgement::{Denial, TurnsOn, denial};
use crate::permission::layer::{self, Policies};
use crate::permission::send::{self, Send};
use crate::permission::{Layer, question};
use crate::plan::{Risk, Step};
use iam_eval::compare::{Documents, Hints, compare};
use std::sync::Arc;

/// What only the person can tell.
pub(super) const NO_SOURCE_IP: &str =
    "the address that the client sends from, as AWS sees it, is not known; give it with --source-ip";

const NAME: &str = "SesDoctorSend";

/// IAM's quota for all inline policies of a user together, spaces not counted (IAM User Guide, "IAM and AWS STS quotas").
const INLINE_QUOTA: usize = 2048;

/// What is missing once every deny is narrowed, in the evidence as it is then.
pub(super) fn besides(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Result<Fix, String> {
    step(evidence, judged, wishes).map_err(|refused| refused.why)
}

pub(super) fn fix(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Fix {
    match step(evidence, judged, wishes) {
        Ok(fix) => fix,
        Err(refused) => request::because(evidence, judged, &refused.to, &refused.why).into(),
    }
}

/// Why no allow is planned, and who can do something.
struct Refused {
    to: String,
    why: String,
}

fn refuse(layer: Layer, why: impl Into<String>) -> Refused {
    Refused {
        to: layer.owner().to_owned(),
        why: why.into(),
    }
}

fn of_iam(why: impl Into<String>) -> Refused {
    refuse(Layer::Identity, why)
}

fn step(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Result<Fix, Refused> {
    let send = message(evidence, wishes).ok_or_else(|| of_iam("it is not known which user sends"))?;
    let denials = denials(evidence, &send);
    let is_deny = |denial: &Denial| denial.layer == Layer::Identity && denial.explicit;
    if denials.iter().any(is_deny) {
        // No allow outweighs a deny. What is missing besides comes with the narrowing.
        return Ok(narrow_deny::fix(evidence, judged, wishes));
    }
    let mine = curable(&denials)?;
    if mine.is_empty() {
        return Err(of_iam(match wishes.source_ip {
            Some(ip) => {
                format!("the policies let the message through from {ip}: it comes from another address")
            }
            None => "nothing that could be read refuses the message".to_owned(),
        }));
    }
    let policies = evidence.policies.known().map_or(&[][..], Vec::as_slice);
    if !layer::is_whole(policies) {
        return Err(of_iam("not all policies of the user could be read"));
    }
    let mut statements = Vec::new();
    for (number, (conditions, resources)) in (1..).zip(grouped(&mine, evidence, wishes)?) {
        let sid = format!("AllowSendingOverSmtp{number}");
        statements.push(statement::allow(&sid, None, &resources, &conditions));
    }
    let document = statement::document(&statements);
    let user = send.principal.rsplit('/').next().unwrap_or_default().to_owned();
    let name = free_name(policies);
    fits(policies, &document)?;
    let proof = prove(evidence, &send, &name, &document)?;
    let step = Step {
        causes: vec![judged.cause.id.to_owned()],
        action: UserPolicy {
            owner: OfUser { user: user.clone() },
            name,
            before: None,
            after: Some(document),
        }
        .into(),
        why: format!("allows {} for exactly what this message needs", send::ACTION),
        risk: risk(&mine),
        risk_why: risk_why(&mine),
        blast_radius: vec![format!(
            "only the user {user}: an inline policy reaches nobody else"
        )],
        proof,
    };
    Ok(Fix {
        assumptions: unread(evidence, &send),
        ..step.into()
    })
}

/// The message, with what the person told of its way.
pub(super) fn message(evidence: &Evidence, wishes: &Wishes) -> Option<Send> {
    let mut send = send::send(evidence)?;
    if let Some(ip) = wishes.source_ip {
        send.context
            .insert("aws:SourceIp".to_owned(), vec![ip.to_string()]);
    }
    Some(send)
}

pub(super) fn denials(evidence: &Evidence, send: &Send) -> Vec<Denial> {
    let asked = send.authorizations.iter();
    let of = |asked| {
        let layers = Layer::ALL.iter();
        layers.filter_map(move |layer| denial(evidence, send, *layer, asked))
    };
    asked.flat_map(of).collect()
}

/// The denials that an allow of the user's own cures; none, if any other stands beside them.
fn curable(denials: &[Denial]) -> Result<Vec<&Denial>, Refused> {
    for denial in denials {
        let layer = denial.layer.words();
        if denial.cross_account {
            return Err(refuse(
                Layer::SendingAuthorization,
                "the identity belongs to another account",
            ));
        }
        match (denial.layer, denial.explicit) {
            (Layer::Identity, false) => {}
            // What is missing in the endpoint's policy is a step of its own.
            (Layer::VpcEndpoint, false) if denial.certain => {}
            (layer_of, true) => {
                let why = format!("a statement in {layer} denies it, and no allow outweighs a deny");
                return Err(refuse(layer_of, why));
            }
            (Layer::VpcEndpoint, false) => {}
            (layer_of, false) => {
                let why = format!("{layer} do not let it through, and no allow of the user cures that");
                return Err(refuse(layer_of, why));
            }
        }
    }
    Ok(denials
        .iter()
        .filter(|denial| denial.layer == Layer::Identity)
        .collect())
}

/// The resources that lack an allow, by the conditions that it is to carry.
fn grouped(
    denials: &[&Denial],
    evidence: &Evidence,
    wishes: &Wishes,
) -> Result<Vec<(Conditions, Vec<String>)>, Refused> {
    let mut groups: Vec<(Conditions, Vec<String>)> = Vec::new();
    for denial in denials {
        let conditions = conditions(denial, evidence, wishes)?;
        let resource = denial.authorization.resource.clone();
        match groups.iter_mut().find(|(known, _)| *known == conditions) {
            Some((_, resources)) => resources.push(resource),
            None => groups.push((conditions, vec![resource])),
        }
    }
    Ok(groups)
}

/// What the new allow asks for, in place of the condition that the denial turns on.
fn conditions(denial: &Denial, evidence: &Evidence, wishes: &Wishes) -> Result<Conditions, Refused> {
    let kept = |keys: &[String]| {
        denial.at.as_ref().map_or_else(Conditions::new, |at| {
            statement::conditions_without(&at.text, at.index, keys)
        })
    };
    let from = || {
        let symptom = evidence.symptom.known();
        let from = symptom.and_then(|symptom| symptom.from.as_deref());
        let from = from.map(crate::reading::bare);
        from.ok_or_else(|| of_iam("the sender is not known; give it with --from"))
    };
    match &denial.turns_on {
        None | Some(TurnsOn::Other(_)) if denial.certain => Ok(Conditions::new()),
        Some(TurnsOn::Address(keys)) if denial.certain => {
            let mut conditions = kept(keys);
            statement::require(&mut conditions, "StringEquals", "ses:FromAddress", &from()?);
            Ok(conditions)
        }
        Some(TurnsOn::Unsupported(keys)) => {
            let mut conditions = kept(keys);
            statement::require(&mut conditions, "StringEquals", "ses:FromAddress", &from()?);
            Ok(conditions)
        }
        Some(TurnsOn::ApiVersion) => {
            let mut conditions = kept(&["ses:ApiVersion".to_owned()]);
            statement::require(&mut conditions, "StringEquals", "ses:ApiVersion", "2");
            Ok(conditions)
        }
        Some(TurnsOn::SourceIp) => {
            let Some(ip) = wishes.source_ip else {
                return Err(of_iam(NO_SOURCE_IP));
            };
            let mut conditions = kept(&["aws:SourceIp".to_owned()]);
            let length = if ip.is_ipv4() { 32 } else { 128 };
            statement::require(
                &mut conditions,
                "IpAddress",
                "aws:SourceIp",
                &format!("{ip}/{length}"),
            );
            Ok(conditions)
        }
        Some(turns_on @ (TurnsOn::Address(_) | TurnsOn::Other(_))) => {
            let why = format!(
                "whether it is allowed hangs on {}, which is not known here",
                turns_on.words()
            );
            Err(of_iam(why))
        }
        None => Err(of_iam("whether it is allowed is not known here")),
    }
}

/// A name that no inline policy of the user has.
fn free_name(policies: &[PolicyDocument]) -> String {
    let taken = |name: &str| {
        policies
            .iter()
            .any(|policy| policy.attachment == Attachment::UserInline && policy.name == name)
    };
    let numbered = (2_u32..).map(|number| format!("{NAME}{number}"));
    let mut names = std::iter::once(NAME.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

fn fits(policies: &[PolicyDocument], document: &str) -> Result<(), Refused> {
    let size = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).count();
    let inline = policies
        .iter()
        .filter(|policy| policy.attachment == Attachment::UserInline);
    let own: usize = inline
        .filter_map(|policy| policy.document.as_ref().ok())
        .map(|text| size(text))
        .sum();
    if own + size(document) <= INLINE_QUOTA {
        return Ok(());
    }
    Err(of_iam(format!(
        "the user's inline policies have no room for it: IAM takes {INLINE_QUOTA} characters"
    )))
}

/// That the change is enough, and that it grants nothing beyond what it says.
fn prove(evidence: &Evidence, send: &Send, name: &str, document: &str) -> Result<Vec<String>, Refused> {
    let mut changed = evidence.clone();
    if let crate::Observed::Known(policies) = &mut changed.policies.observed {
        policies.push(PolicyDocument {
            name: name.to_owned(),
            arn: None,
            attachment: Attachment::UserInline,
            document: Ok(document.to_owned()),
        });
    }
    let left = denials(&changed, send);
    if let Some(denial) = left.iter().find(|denial| denial.layer == Layer::Identity) {
        let why = crate::permission::judgement::describe(denial);
        return Err(of_iam(format!("an allow alone would not be enough: {why}")));
    }
    let parsed = |name: &str, text: &str| iam_eval::PolicyDocument::parse(name, text).ok().map(Arc::new);
    let unreadable = || of_iam("a policy of the user cannot be compared, since it is not valid");
    let old = match layer::policies(evidence, Layer::Identity, "*") {
        Policies::Whole(documents) => documents,
        Policies::NotThere | Policies::Part(_) | Policies::Unread => return Err(unreadable()),
    };
    let old: Option<Vec<_>> = old.iter().map(|it| parsed(&it.name, &it.text)).collect();
    let old = old.ok_or_else(unreadable)?;
    let added = parsed(name, document).ok_or_else(unreadable)?;
    let new: Vec<_> = old.iter().cloned().chain([Arc::clone(&added)]).collect();
    let compared = compare(
        Documents {
            old: &old,
            new: &new,
            intended: &[added],
        },
        Hints::default(),
    );
    if !compared.is_nothing_more() {
        return Err(of_iam(
            "it could not be proven that nothing else would be allowed",
        ));
    }
    Ok(vec![
        "evaluated with it, the user's policies let every part of the message through".to_owned(),
        format!(
            "compared, the user's policies grant nothing with it but {} on the resources and under the conditions that it names",
            send::ACTION
        ),
    ])
}

fn risk(denials: &[&Denial]) -> Risk {
    let by_condition = denials.iter().any(|denial| {
        matches!(
            denial.turns_on,
            Some(TurnsOn::Unsupported(_) | TurnsOn::SourceIp | TurnsOn::Address(_))
        )
    });
    if by_condition { Risk::Medium } else { Risk::Low }
}

fn risk_why(denials: &[&Denial]) -> String {
    let limit = denials.iter().find_map(|denial| {
        let statement = denial.at.as_ref()?;
        Some(format!(
            "{} was limited by somebody with {}: ask whether this sender was to be kept out",
            statement.named(),
            denial.turns_on.as_ref()?.words()
        ))
    });
    limit.unwrap_or_else(|| "whoever has the key can send as this sender, which the key is for".to_owned())
}

/// Layers that nobody could read may refuse it still.
fn unread(evidence: &Evidence, send: &Send) -> Vec<String> {
    let mut layers: Vec<Layer> = question::questions(evidence, send)
        .into_iter()
        .flat_map(|question| question.case.unread)
        .collect();
    layers.sort_unstable();
    layers.dedup();
    let words: Vec<&str> = layers.into_iter().map(Layer::words).collect();
    match words.is_empty() {
        true => Vec::new(),
        false => vec![format!(
            "not read, so that they may refuse the message still: {}",
            words.join(", ")
        )],
    }
}
