//! The `timeline` of a version 1 report.

use crate::timeline::{
    Author, AuthorKind, Change as CoreChange, Entry as CoreEntry, Happening, Mark, Moment as CoreMoment,
    Program, Silence, Suspect, Timeline as CoreTimeline, Unexplained as CoreUnexplained,
};
use crate::verdict::Certainty;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happened before and after it broke.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// The moment up to which it reaches, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The last moment at which it worked, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worked: Option<Moment>,
    /// The first moment at which it failed, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Moment>,
    /// For each cause that a change explains, the change most likely at fault; most likely cause first.
    pub at_fault: Vec<AtFault>,
    /// The causes, confirmed or likely, that no change is named for.
    pub unexplained: Vec<Unexplained>,
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// What the timeline cannot show.
    pub limits: Vec<String>,
    /// How many times CloudTrail `LookupEvents` was called.
    pub lookups: u32,
}

/// One end of the time in which it broke.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// RFC 3339.
    pub at: String,
    /// Id of the evidence that tells.
    pub evidence: String,
    /// What happened then.
    pub what: String,
    /// The time is right if the client's clock runs in this zone: its log names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed_zone: Option<String>,
}

/// The change most likely at fault for a cause.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AtFault {
    /// Cause id.
    pub cause: String,
    /// Id of its entry.
    pub entry: String,
    /// Id of the evidence that holds it.
    pub evidence: String,
    /// How sure.
    pub verdict: Certainty,
    /// Between 0 and 1.
    pub confidence: f64,
    /// The reasons, most telling first.
    pub why: Vec<String>,
}

/// A cause that no change is named for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Unexplained {
    /// Cause id.
    pub cause: String,
    /// Why.
    pub reason: Reason,
    /// The same in words.
    pub words: String,
}

/// Why no change is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// No change that CloudTrail records brings this cause about.
    NotRecorded,
    /// Everything was read, and no change fits.
    NoneFits,
    /// Something of the history could not be read.
    Unread,
    /// There is more of the history than was read.
    CutShort,
    /// The history that was read is another account's.
    OtherAccount,
    /// It failed before the history begins.
    TooOld,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// RFC 3339.
    pub at: String,
    /// CloudTrail's event id, or an id within this report.
    pub id: String,
    /// Id of the evidence that tells it.
    pub evidence: String,
    /// What happened, in words.
    pub what: String,
    /// What it means for what was found.
    pub mark: Meaning,
    /// The call, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// What an entry means for what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// Most likely at fault.
    AtFault,
    /// It failed already: this cannot be why.
    TooLate,
    /// The call was refused and changed nothing.
    Refused,
    /// Neither.
    None,
}

/// A call that changed something, or would have.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// `eventName`.
    pub event: String,
    /// `eventSource`.
    pub source: String,
    /// What of the request tells most.
    pub details: Vec<String>,
    /// What it acted upon.
    pub on: Vec<String>,
    /// Who.
    pub by: By,
    /// From where.
    pub from: From,
    /// `errorCode`, when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Who made a change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct By {
    /// For people.
    pub name: String,
    /// What kind of identity.
    pub kind: Identity,
    /// ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// ARN of the role behind a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// The kinds of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// An IAM user.
    User,
    /// A session of a role.
    Role,
    /// Somebody who came through IAM Identity Center.
    IdentityCenter,
    /// The root user.
    Root,
    /// A service of AWS.
    Service,
    /// Another one.
    Other,
    /// Not told.
    Unknown,
}

/// Where a change came from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct From {
    /// IP address; absent for a service of AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// By the user agent, which is the caller's word.
    pub through: Through,
    /// The program's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

/// What made a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// The AWS console.
    Console,
    /// The AWS CLI.
    CommandLine,
    /// Terraform, CloudFormation and their like.
    InfrastructureTool,
    /// A program built on an AWS SDK.
    Sdk,
    /// A service of AWS.
    Service,
    /// Not told, or not known.
    Unknown,
}

impl Timeline {
    /// As published.
    pub fn new(timeline: &CoreTimeline) -> Self {
        Self {
            now: timeline.now.map(|now| now.to_string()),
            worked: timeline.onset.worked.as_ref().map(moment),
            failed: timeline.onset.failed.as_ref().map(moment),
            at_fault: timeline.suspects.iter().map(at_fault).collect(),
            unexplained: timeline.unexplained.iter().map(unexplained).collect(),
            entries: timeline.entries.iter().map(entry).collect(),
            limits: timeline.limits.clone(),
            lookups: timeline.lookups,
        }
    }
}

fn moment(moment: &CoreMoment) -> Moment {
    Moment {
        at: moment.at.to_string(),
        evidence: moment.need.id().to_owned(),
        what: moment.what.to_owned(),
        assumed_zone: moment.assumed_zone.clone(),
    }
}

fn at_fault(suspect: &Suspect) -> AtFault {
    AtFault {
        cause: suspect.cause.to_owned(),
        entry: suspect.event.clone(),
        evidence: suspect.need.id().to_owned(),
        verdict: suspect.certainty,
        confidence: suspect.confidence,
        why: suspect.why.clone(),
    }
}

fn unexplained(unexplained: &CoreUnexplained) -> Unexplained {
    Unexplained {
        cause: unexplained.cause.to_owned(),
        reason: match unexplained.why {
            Silence::NotRecorded => Reason::NotRecorded,
            Silence::NoneFits => Reason::NoneFits,
            Silence::Unread => Reason::Unread,
            Silence::CutShort => Reason::CutShort,
            Silence::OtherAccount => Reason::OtherAccount,
            Silence::TooOld => Reason::TooOld,
        },
        words: unexplained.words.clone(),
    }
}

fn entry(entry: &CoreEntry) -> Entry {
    let (what, change) = match &entry.happening {
        Happening::Milestone(words) => (words.clone(), None),
        Happening::Change(change) => (change.words(), Some(self::change(change))),
    };
    Entry {
        at: entry.at.to_string(),
        id: entry.id.clone(),
        evidence: entry.need.id().to_owned(),
        what,
        mark: match entry.mark {
            Mark::Suspect => Meaning::AtFault,
            Mark::TooLate => Meaning::TooLate,
            Mark::Refused => Meaning::Refused,
            Mark::None => Meaning::None,
        },
        change,
    }
}

fn change(change: &CoreChange) -> Change {
    Change {
        event: change.name.clone(),
        source: change.source.clone(),
        details: change.details.clone(),
        on: change.on.clone(),
        by: by(&change.by),
        from: from(&change.by),
        error: change.error.clone(),
    }
}

fn by(author: &Author) -> By {
    By {
        name: author.name.clone(),
        kind: match author.kind {
            AuthorKind::User => Identity::User,
            AuthorKind::Role => Identity::Role,
            AuthorKind::IdentityCenter => Identity::IdentityCenter,
            AuthorKind::Root => Identity::Root,
            AuthorKind::Service => Identity::Service,
            AuthorKind::Other => Identity::Other,
            AuthorKind::Unknown => Identity::Unknown,
        },
        arn: author.arn.clone(),
        role: author.role.clone(),
    }
}

fn from(author: &Author) -> From {
    From {
        address: author.address.clone(),
        through: match author.program {
            Program::Console => Through::Console,
            Program::CommandLine => Through::CommandLine,
            Program::Infrastructure(_) => Through::InfrastructureTool,
            Program::Sdk(_) => Through::Sdk,
            Program::Service(_) => Through::Service,
            Program::Unknown => Through::Unknown,
        },
        program: author.program.words().map(str::to_owned),
    }
}
