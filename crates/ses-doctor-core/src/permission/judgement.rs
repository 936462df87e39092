//! Which layer refuses the message, by which statement, and what the decision turns on.

use super::decide::{Answer, Asked, Pointer};
use super::layer::{Layer, Policies, policies};
use super::message::Authorization;
use super::send::{self, Refused, Send, Standing};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use std::collections::BTreeSet;

/// A layer's no to one of the message's authorisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The layer.
    pub layer: Layer,
    /// What was asked.
    pub authorization: Authorization,
    /// A statement denies it; false when none allows it.
    pub explicit: bool,
    /// The statement that denies, or the allow that comes nearest.
    pub at: Option<Pointer>,
    /// The condition that the decision turns on, when it is one.
    pub turns_on: Option<TurnsOn>,
    /// False when the decision hangs on a key whose value is not known here.
    pub certain: bool,
    /// The identity belongs to another account than the user.
    pub cross_account: bool,
}

/// The condition keys that turn a denial into an allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnsOn {
    /// `aws:SourceIp`.
    SourceIp,
    /// Sender, recipients, display name, return path.
    Address(Vec<String>),
    /// `ses:ApiVersion`.
    ApiVersion,
    /// Keys that SES does not fill, as far as is documented.
    Unsupported(Vec<String>),
    /// Any others.
    Other(Vec<String>),
}

impl TurnsOn {
    fn of(keys: Vec<String>) -> Self {
        let all = |is: &dyn Fn(&str) -> bool| keys.iter().all(|key| is(&key.to_ascii_lowercase()));
        if all(&|key| key == "aws:sourceip") {
            Self::SourceIp
        } else if all(&|key| key == "ses:apiversion") {
            Self::ApiVersion
        } else if all(&is_address) {
            Self::Address(keys)
        } else {
            Self::Other(keys)
        }
    }

    /// In words, for a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::SourceIp => "aws:SourceIp".to_owned(),
            Self::ApiVersion => "ses:ApiVersion, which is 2 for SMTP".to_owned(),
            Self::Address(keys) | Self::Other(keys) => keys.join(", "),
            Self::Unsupported(keys) => format!("{}, which SES does not fill", keys.join(", ")),
        }
    }
}

fn is_address(key: &str) -> bool {
    [
        "ses:fromaddress",
        "ses:feedbackaddress",
        "ses:fromdisplayname",
        "ses:recipients",
    ]
    .contains(&key)
}

/// What one layer says to one authorisation; `None` when it lets it through, or cannot be told.
pub fn denial(
    evidence: &Evidence,
    send: &Send,
    layer: Layer,
    authorization: &Authorization,
) -> Option<Denial> {
    let policies = policies(evidence, layer, &authorization.resource);
    denial_by(evidence, send, (layer, &policies), authorization)
}

fn denial_by(
    evidence: &Evidence,
    send: &Send,
    (layer, policies): (Layer, &Policies),
    authorization: &Authorization,
) -> Option<Denial> {
    let resource = &authorization.resource;
    let asked = Asked::new(layer, policies)?;
    let unknown = keys_of(&asked, send, Standing::Unknown);
    let (explicit, at, turns_on, certain) = match asked.answer(send, resource, &unknown) {
        Answer::Through => return None,
        // Of policies that could not all be read, only a deny counts.
        Answer::Open(_) | Answer::Denied { explicit: false, .. } if !asked.whole => return None,
        // IAM could not be asked so.
        Answer::Open(keys) if keys.is_empty() => return None,
        Answer::Open(keys) => (false, None, Some(TurnsOn::of(keys)), false),
        Answer::Denied { explicit, at } => {
            (explicit, at, turning_keys(&asked, send, resource, &unknown), true)
        }
    };
    // Seen from outside of the VPC, the ordinary name says nothing of the client's way.
    let elsewhere = layer == Layer::VpcEndpoint && !reading::is_private(evidence);
    let way = || TurnsOn::Other(vec!["whether the client goes through the endpoint".to_owned()]);
    Some(Denial {
        layer,
        authorization: authorization.clone(),
        explicit,
        at,
        turns_on: if elsewhere { Some(way()) } else { turns_on },
        certain: certain && !elsewhere,
        cross_account: send::part_of_arn(resource, 4).is_some_and(|account| account != send.account),
    })
}

fn keys_of(asked: &Asked, send: &Send, standing: Standing) -> Vec<String> {
    let keys = asked.keys.iter().filter(|key| send.standing(key) == standing);
    keys.cloned().collect()
}

/// The condition keys whose values, were they others, would turn a denial. Keys that SES does not fill come first: a
/// condition on one of them can never be met.
fn turning_keys(asked: &Asked, send: &Send, resource: &str, unknown: &[String]) -> Option<TurnsOn> {
    let turns = |open: &[String]| {
        let open: Vec<String> = unknown.iter().chain(open).cloned().collect();
        !matches!(asked.answer(send, resource, &open), Answer::Denied { .. })
    };
    let unsupported = keys_of(asked, send, Standing::Unsupported);
    if !unsupported.is_empty() && turns(&unsupported) {
        return Some(TurnsOn::Unsupported(unsupported));
    }
    let filled = [Standing::Known, Standing::Absent].map(|standing| keys_of(asked, send, standing));
    let (addresses, others): (Vec<String>, Vec<String>) = filled
        .into_iter()
        .flatten()
        .partition(|key| is_address(&key.to_ascii_lowercase()));
    if !addresses.is_empty() && turns(&addresses) {
        return Some(TurnsOn::Address(addresses));
    }
    let other = others.into_iter().find(|key| turns(std::slice::from_ref(key)))?;
    Some(TurnsOn::of(vec![other]))
}

/// Every layer's no to every authorisation of the message, that of the refused one first.
pub fn denials(evidence: &Evidence) -> Vec<Denial> {
    let Some(send) = send::send(evidence) else {
        return Vec::new();
    };
    let asked = send.authorizations.iter();
    asked
        .flat_map(|asked| {
            let layers = Layer::ALL.iter();
            layers
                .filter_map(|layer| denial(evidence, &send, *layer, asked))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// What the user's policies lack behind a statement that denies: with that gone, would anything allow it?
fn lacks_behind_denies(evidence: &Evidence, send: &Send) -> Vec<Denial> {
    let asked = send.authorizations.iter();
    asked
        .filter_map(|asked| {
            let policies = policies(evidence, Layer::Identity, &asked.resource).without_denies();
            denial_by(evidence, send, (Layer::Identity, &policies), asked)
        })
        .collect()
}

/// The verdict of a cause to which the denials that `holds` picks belong, all of them in `layer`.
pub(crate) fn judge(
    evidence: &Evidence,
    layer: Layer,
    holds: fn(&Denial) -> bool,
    candidate: &str,
) -> Verdict {
    let refused = send::refused(evidence);
    if refused.is_none() && !predicts(evidence) {
        return Verdict::NotApplicable;
    }
    if let Some(verdict) = refused
        .as_ref()
        .and_then(|refused| by_reason(refused, layer, holds))
    {
        return verdict;
    }
    let denials = denials(evidence);
    let mine = denials.iter().find(|denial| holds(denial));
    let behind = match (mine, send::send(evidence)) {
        (None, Some(send)) if layer == Layer::Identity => lacks_behind_denies(evidence, &send),
        (Some(_) | None, _) => Vec::new(),
    };
    let mine = mine.or_else(|| behind.iter().find(|denial| holds(denial)));
    match (mine, &refused) {
        (Some(denial), Some(refused)) => observed(denial, refused, &denials),
        (Some(denial), None) => predicted(evidence, denial),
        (None, _) => not_found(evidence, layer, candidate, refused.is_some()),
    }
}

/// Neither a login that works nor one that fails shows what the message may do: what the policies say predicts the answer.
fn predicts(evidence: &Evidence) -> bool {
    let told = evidence
        .symptom
        .known()
        .is_some_and(|symptom| symptom.from.is_some());
    let by_key = reading::key_in_question(evidence).is_some() || reading::pair_was_accepted(evidence);
    told && by_key && evidence.probe.known().is_some() && reading::account_decides(evidence)
}

fn predicted(evidence: &Evidence, denial: &Denial) -> Verdict {
    let (basis, why) = ([denial.layer.need()], format!("predicted: {}", describe(denial)));
    match denial.certain {
        true if denial.is_settled() => Verdict::likely(0.9, basis, why),
        true => Verdict::likely(0.8, basis, why),
        // Where nothing is wrong yet, a condition that may or may not hold is no trouble.
        false if reading::trouble_is_seen(evidence) => Verdict::possible(0.35, basis, why),
        false => Verdict::unknown([Need::Symptom], describe(denial)),
    }
}

fn observed(denial: &Denial, refused: &Refused, denials: &[Denial]) -> Verdict {
    let because = [denial.layer.need(), refused.basis];
    let why = describe(denial);
    if !denial.authorization.refused {
        let why = format!("{why}; SES named another resource, but this one would be refused next");
        return Verdict::likely(0.8, because, why);
    }
    let others = denials.iter().any(|other| {
        other.authorization.refused
            && other.certain
            && (other.layer, other.explicit) != (denial.layer, denial.explicit)
    });
    match (denial.certain, others) {
        (true, _) if denial.is_settled() => Verdict::confirmed(because, why),
        (true, _) => Verdict::likely(0.85, because, why),
        (false, false) => {
            let why = format!("{why}; nothing else in what could be read refuses it");
            Verdict::likely(0.8, because, why)
        }
        (false, true) => Verdict::possible(0.4, because, why),
    }
}

impl Denial {
    /// The facts that the decision stands on are documented; what SES does with other keys and with RCPs is not.
    fn is_settled(&self) -> bool {
        self.layer != Layer::ResourceControl && !matches!(self.turns_on, Some(TurnsOn::Unsupported(_)))
    }
}

/// The reason that the API's wording gives, and SMTP's does not.
fn by_reason(refused: &Refused, layer: Layer, holds: fn(&Denial) -> bool) -> Option<Verdict> {
    let reason = refused.reason.as_deref()?;
    let lower = reason.to_ascii_lowercase();
    let named = match lower.as_str() {
        text if text.contains("service control policy") => Layer::ServiceControl,
        text if text.contains("resource control policy") => Layer::ResourceControl,
        text if text.contains("permissions boundary") => Layer::Boundary,
        text if text.contains("vpc endpoint policy") => Layer::VpcEndpoint,
        text if text.contains("resource-based policy") => Layer::SendingAuthorization,
        text if text.contains("identity-based policy") => Layer::Identity,
        _ => return None,
    };
    let told = Denial {
        layer: named,
        authorization: Authorization {
            resource: refused.resource.clone(),
            part: send::part_of_name(&refused.resource),
            refused: true,
        },
        explicit: lower.contains("explicit deny"),
        at: None,
        turns_on: None,
        certain: true,
        cross_account: false,
    };
    if !holds(&told) {
        let why = format!("the reply itself names {}: {reason}", named.words());
        return (named != layer).then(|| Verdict::absent([refused.basis], why));
    }
    let why = format!("the reply says so itself: {reason}");
    Some(Verdict::likely(0.95, [refused.basis], why))
}

/// No denial is this cause's: it is ruled out once the layer was read whole for everything that the message asks, and
/// what it asks is known.
fn not_found(evidence: &Evidence, layer: Layer, candidate: &str, refused: bool) -> Verdict {
    let asked = send::send(evidence).map_or_else(Vec::new, |send| send.authorizations);
    let read: Vec<Policies> = asked
        .iter()
        .map(|asked| policies(evidence, layer, &asked.resource))
        .collect();
    let is_read = |policies: &Policies| matches!(policies, Policies::Whole(_) | Policies::NotThere);
    if !read.is_empty() && read.iter().all(is_read) {
        let takes_part = read.iter().any(|policies| *policies != Policies::NotThere);
        let said = if takes_part {
            "let the message through"
        } else {
            "take no part"
        };
        return Verdict::absent([layer.need()], format!("{} {said}", layer.words()));
    }
    let needs = BTreeSet::from([layer.need(), Need::User, Need::SenderIdentity]);
    let missing: Vec<Need> = needs
        .into_iter()
        .filter(|need| !evidence.is_settled(*need))
        .collect();
    match refused || layer == Layer::Identity {
        true => Verdict::unknown(missing, candidate),
        false => Verdict::NotApplicable,
    }
}

/// The denial in one sentence.
pub fn describe(denial: &Denial) -> String {
    let layer = denial.layer.words();
    let asked = format!(
        "{} on {}, {}",
        send::ACTION,
        denial.authorization.resource,
        denial.authorization.part.words()
    );
    let turns_on = denial.turns_on.as_ref().map(TurnsOn::words);
    match (&denial.at, denial.explicit, turns_on) {
        (_, _, Some(keys)) if !denial.certain => {
            format!("whether {layer} allow {asked} hangs on {keys}, which is not known here")
        }
        (Some(at), true, Some(keys)) => {
            format!("{} denies {asked}; the decision turns on {keys}", at.named())
        }
        (Some(at), true, None) => format!("{} denies {asked}", at.named()),
        (None, true, _) => format!("{layer} deny {asked}"),
        (Some(at), false, Some(keys)) => {
            format!(
                "no statement in {layer} allows {asked}: the one that would, {}, turns on {keys}",
                at.named()
            )
        }
        (Some(at), false, None) => format!(
            "no statement in {layer} allows {asked}; {} comes nearest, but {}",
            at.named(),
            at.reason()
        ),
        (None, false, _) => format!("no statement in {layer} allows {asked}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::refused_with;
    use crate::testimony::{denied, evidence_of_235, evidence_of_report, found, symptom};
    use crate::{Certainty, diagnose};

    fn ids(evidence: &Evidence) -> Vec<&'static str> {
        diagnose(evidence)
            .findings
            .iter()
            .map(|judged| judged.cause.id)
            .collect()
    }

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;
    const DENY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":"ses:*","Resource":"*"}]}"#;

    #[test]
    fn two_layers_that_refuse_are_both_named() {
        let evidence = refused_with(&[("mailer", DENY), ("boundary", DENY)]);
        let found = ids(&evidence);
        assert!(
            found.contains(&"explicit-deny") && found.contains(&"permission-boundary"),
            "{found:?}"
        );
    }

    #[test]
    fn policies_that_allow_blame_nothing_in_the_account() {
        assert_eq!(ids(&refused_with(&[("mailer", ALLOW)])), Vec::<&str>::new());
    }

    #[test]
    fn an_open_condition_beside_a_sure_denial_is_only_possible() {
        let by_address = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*",
            "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#;
        let evidence = refused_with(&[("mailer", by_address), ("boundary", DENY)]);
        let holds = |denial: &Denial| denial.layer == Layer::Identity && !denial.certain;
        let verdict = judge(&evidence, Layer::Identity, holds, "");
        assert_eq!(found(&verdict).unwrap().0, Certainty::Possible);
    }

    #[test]
    fn a_deny_of_other_places_is_not_blamed_where_nothing_allows_anyway() {
        let elsewhere = r#"{"Statement":{"Effect":"Deny","Action":"ses:*","Resource":"*",
            "Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#;
        let evidence = refused_with(&[("mailer", elsewhere)]);
        assert_eq!(ids(&evidence), ["missing-send-permission"]);
        let evidence = refused_with(&[("mailer", elsewhere), ("mailer", ALLOW)]);
        assert_eq!(ids(&evidence), ["ip-condition"]);
    }

    #[test]
    fn a_denied_read_of_endpoints_or_of_another_identity_rules_nothing_out() {
        let mut evidence = refused_with(&[("mailer", ALLOW)]);
        evidence.vpc_endpoints = denied("ec2:DescribeVpcEndpoints");
        let verdict = |layer, evidence: &Evidence| judge(evidence, layer, |_| false, "");
        assert!(matches!(
            verdict(Layer::VpcEndpoint, &evidence),
            Verdict::Unknown { .. }
        ));
        assert!(matches!(
            verdict(Layer::SendingAuthorization, &evidence),
            Verdict::Absent { .. }
        ));
        evidence.sender_identity = denied("ses:GetEmailIdentity");
        assert!(matches!(
            verdict(Layer::SendingAuthorization, &evidence),
            Verdict::Unknown { .. }
        ));
    }

    #[test]
    fn policies_rule_nothing_out_as_long_as_it_is_not_known_what_the_message_asks() {
        let mut evidence = refused_with(&[("mailer", ALLOW)]);
        symptom(&mut evidence, |symptom| symptom.reported = None);
        evidence.probe = evidence_of_235().probe;
        let verdict = |evidence: &Evidence| judge(evidence, Layer::Identity, |_| false, "");
        assert!(matches!(verdict(&evidence), Verdict::Absent { .. }));
        evidence.sender_identity = denied("ses:GetEmailIdentity");
        let Verdict::Unknown { missing, .. } = verdict(&evidence) else {
            panic!("ruled out without a question")
        };
        assert_eq!(missing, [Need::SenderIdentity]);
    }

    #[test]
    fn the_words_of_the_api_name_the_layer() {
        let text = "User: arn:aws:iam::111122223333:user/mailer is not authorized to perform: ses:SendRawEmail on resource: \
                    arn:aws:ses:eu-west-1:111122223333:identity/example.com with an explicit deny in a service control policy";
        let evidence = evidence_of_report(554, text, None);
        assert_eq!(ids(&evidence), ["scp-deny"]);
    }

    #[test]
    fn a_part_that_could_not_be_read_hides_no_allow() {
        let mut evidence = refused_with(&[("mailer", r#"{"Statement":[]}"#)]);
        if let crate::Observed::Known(policies) = &mut evidence.policies.observed {
            let mut unread = policies[0].clone();
            unread.document = Err("denied".into());
            policies.push(unread);
        }
        assert!(denials(&evidence).is_empty());
    }
}
