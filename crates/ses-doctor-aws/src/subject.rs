//! What the AWS reads are about, taken from what is known so far.

use crate::region::same_partition;
use ses_doctor_core::evidence::PasswordSource;
use ses_doctor_core::permission::send::{self, Send};
use ses_doctor_core::{Evidence, Need, Observed, timeline};
use ses_smtp::catalogue::Meaning;
use ses_smtp::endpoint::SMTP_REGIONS;

/// What is asked for. It is a snapshot: build it anew for every need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The user name of the login, when it is an access key id.
    pub access_key_id: Option<String>,
    /// What IAM says of the key's owner.
    pub owner: Owner,
    /// The owner's name, from IAM or, when the key is gone, from its CloudTrail events; without a key the user that was
    /// named, if it is of the operator's account.
    pub user_name: Option<String>,
    /// ARN of the user that SES's refusal names, or the person.
    pub named_user: Option<String>,
    /// The account of the key: of the key itself or of SES's refusal; when neither can be had, the operator's.
    pub account: Option<String>,
    /// The message as IAM sees it, as soon as it is known who sends it.
    pub send: Option<Send>,
    /// The region of the SMTP endpoint.
    pub region: Option<String>,
    /// The other regions of the same partition that have an SMTP endpoint.
    pub other_regions: Vec<String>,
    /// The envelope sender.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// The configuration set in use: as the client names it, else the default one of the sender's identity.
    pub configuration_set: Option<String>,
    /// The tenant that the client names.
    pub tenant: Option<String>,
    /// The managed policies that reach the user, and its groups.
    pub reach: Vec<String>,
    /// The VPC endpoints on the way, and their security groups.
    pub way: Vec<String>,
    /// What keeps the password.
    pub source: Option<PasswordSource>,
    /// The names of the changes that are searched for in the history at hand.
    pub changes: Vec<&'static str>,
}

/// Who owns the key, as far as IAM told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Owner {
    /// Nobody asked yet.
    #[default]
    Unasked,
    /// This user.
    User(String),
    /// The key belongs to no user: it may be a root key.
    NoUser,
    /// IAM knows no such key in this account.
    NoKey,
    /// The operator may not ask.
    Denied(String),
    /// The question failed.
    Failed(String),
}

impl Subject {
    /// The subject of one need.
    pub fn of_need(need: Need, evidence: &Evidence) -> Self {
        let crowded = matches!(need, Need::SesEvents | Need::OrganizationEvents);
        Self {
            changes: if crowded {
                timeline::changes(evidence, need)
            } else {
                Vec::new()
            },
            ..Self::of(evidence)
        }
    }

    /// The subject as far as the evidence tells it.
    pub fn of(evidence: &Evidence) -> Self {
        let symptom = evidence.symptom.known();
        let owner = owner(evidence);
        let region = evidence.region();
        Self {
            access_key_id: evidence.access_key_id().map(str::to_owned),
            user_name: user_name(evidence, &owner),
            named_user: send::named_user(evidence),
            owner,
            account: account(evidence),
            send: send::send(evidence),
            other_regions: region.as_deref().map(other_regions).unwrap_or_default(),
            region,
            from: symptom.and_then(|symptom| filled(symptom.from.as_deref())),
            to: symptom.and_then(|symptom| filled(symptom.to.as_deref())),
            configuration_set: configuration_set(evidence),
            tenant: symptom.and_then(|symptom| filled(symptom.tenant.as_deref())),
            reach: timeline::reach(evidence),
            way: timeline::way(evidence),
            source: evidence.password_source.known().cloned(),
            changes: Vec::new(),
        }
    }
}

fn owner(evidence: &Evidence) -> Owner {
    let observation = &evidence.key_last_used;
    match &observation.observed {
        Observed::NotAsked => Owner::Unasked,
        Observed::Known(key) => key.user_name.clone().map_or(Owner::NoUser, Owner::User),
        Observed::Missing => Owner::NoKey,
        Observed::Denied { .. } => Owner::Denied(observation.unavailable().unwrap_or_default()),
        Observed::Failed { why } => Owner::Failed(why.clone()),
    }
}

fn user_name(evidence: &Evidence, owner: &Owner) -> Option<String> {
    if let Owner::User(name) = owner {
        return Some(name.clone());
    }
    let of_keys = evidence.access_keys.known().map(|keys| keys.user_name.clone());
    of_keys
        .or_else(|| user_of_events(evidence))
        .or_else(|| user_of_name(evidence))
}

/// The user that was named, as long as no key tells more and it is of the account that the operator reads.
fn user_of_name(evidence: &Evidence) -> Option<String> {
    let arn = send::named_user(evidence).filter(|_| evidence.access_key_id().is_none())?;
    let account = arn.split(':').nth(4)?;
    let ours = account == evidence.caller.known()?.account;
    let name = arn.rsplit_once('/').map(|(_, name)| name.to_owned());
    name.filter(|_| ours)
}

/// The user that the newest successful event of the key names.
fn user_of_events(evidence: &Evidence) -> Option<String> {
    let events = evidence
        .key_events
        .known()?
        .events
        .iter()
        .filter(|event| event.succeeded());
    events
        .filter(|event| event.user_name.is_some())
        .max_by_key(|event| event.at)?
        .user_name
        .clone()
}

fn account(evidence: &Evidence) -> Option<String> {
    let of_key = evidence.key_account.known().cloned();
    let hopeless = evidence.access_key_id().is_none() || !evidence.key_account.is_not_asked();
    let of_operator = || {
        let caller = evidence.caller.known().filter(|_| hopeless);
        caller.map(|caller| caller.account.clone())
    };
    of_key.or_else(|| account_refused(evidence)).or_else(of_operator)
}

/// The account in the ARN of the user that SES refused.
fn account_refused(evidence: &Evidence) -> Option<String> {
    let denied = |meaning: &Meaning| matches!(meaning, Meaning::AccessDenied { .. });
    let Some(Meaning::AccessDenied { user_arn, .. }) = evidence.refusal_meaning(denied)?.meaning else {
        return None;
    };
    let account = user_arn.split(':').nth(4)?;
    let is_one = account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit());
    is_one.then(|| account.to_owned())
}

fn other_regions(region: &str) -> Vec<String> {
    let others = SMTP_REGIONS
        .iter()
        .filter(|other| **other != region && same_partition(other, region));
    others.map(|other| (*other).to_owned()).collect()
}

fn configuration_set(evidence: &Evidence) -> Option<String> {
    let named = evidence
        .symptom
        .known()
        .and_then(|symptom| filled(symptom.configuration_set.as_deref()));
    named.or_else(|| evidence.sender_identity.known()?.configuration_set.clone())
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
