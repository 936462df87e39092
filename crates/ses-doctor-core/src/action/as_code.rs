//! An action as code: as a command, and as the thing that Terraform or CloudFormation declares. What the languages call a thing
//! stands in the files below, one a service; how they are written is [`crate::as_code`]'s affair.
//!
//! Names and arguments of Terraform are those of the AWS provider's documentation (`website/docs/r`), those of CloudFormation
//! of its resource schemas, in which a type without a `read` handler cannot be imported.

mod ec2;
mod iam;
mod local;
mod named_policy;
mod rotation;
mod ses;

use serde_json::Value;

/// What every action can say of itself as code. Nothing has a default: a new action has to answer.
pub(super) trait AsCode {
    /// How a person does it by the AWS CLI.
    fn by_hand(&self) -> ByHand;
    /// The thing in Terraform's AWS provider.
    fn terraform(&self) -> Code;
    /// The thing in CloudFormation.
    fn cloudformation(&self) -> Code;
}

/// How a person does the same by the AWS CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// By the action's call as it stands.
    Call,
    /// By the call, whose answer has the id of the version that it made.
    MakesVersion,
    /// By the call, for the version of a policy that says this; IAM gave it an id that the plan does not know.
    OnVersion {
        /// What the version says.
        document: String,
        /// What the version said that is the default until then, where the call changes that.
        replaces: Option<String>,
    },
    /// By the call, which only looks, until its answer says this.
    LookUntil(String),
    /// By no command of the AWS CLI; what is to be done in its place.
    Instead(String),
}

/// What a language has for the thing that an action changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// It declares the thing, as it is after the action.
    Declared(Thing),
    /// It would declare the thing, of which nothing is left after the action.
    Removed(Thing),
    /// It declares a thing of which this is a part that no code names; why.
    Implied(&'static str),
    /// It declares nothing of the kind; why.
    Nowhere(&'static str),
}

/// A thing as a language declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// The type of the resource.
    pub kind: &'static str,
    /// What tells it from others of its type. Its label is made of these.
    pub names: Vec<String>,
    /// Its arguments, by the language's own names.
    pub arguments: Vec<(&'static str, Argument)>,
    /// How one that exists is found.
    pub identity: Identity,
    /// Arguments that the plan does not know, and that are to stay as they are.
    pub untouched: &'static [&'static str],
    /// There was none before the action.
    pub is_new: bool,
    /// What whoever takes it over has to know.
    pub note: Option<&'static str>,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// As it is.
    Plain(Value),
    /// A policy document, JSON text.
    Document(String),
    /// A block within.
    Block(Vec<(&'static str, Value)>),
    /// The plan does not know it: whoever uses the code has to say it.
    Asked {
        /// The parameter's name.
        parameter: &'static str,
        /// Its type.
        kind: &'static str,
        /// What it likely is.
        default: Option<String>,
    },
}

/// How a language finds a thing that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// By this text.
    Id(String),
    /// By these properties.
    Properties(Vec<(&'static str, String)>),
    /// By the id that this command shows; the first field is the property's name.
    Shown(&'static str, String),
}

impl Thing {
    fn of(kind: &'static str, names: &[&str], identity: Identity) -> Self {
        Self {
            kind,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            arguments: Vec::new(),
            identity,
            untouched: &[],
            is_new: false,
            note: None,
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.arguments.push((name, Argument::Plain(value.into())));
        self
    }

    fn argument(mut self, name: &'static str, argument: Argument) -> Self {
        self.arguments.push((name, argument));
        self
    }

    fn leaving(mut self, untouched: &'static [&'static str]) -> Self {
        self.untouched = untouched;
        self
    }

    fn noting(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    /// With the document of a policy that may be new, and may be gone.
    fn policy(self, name: &'static str, before: Option<&String>, after: Option<&String>) -> Code {
        match after {
            None => Code::Removed(self),
            Some(document) => Code::Declared(Self {
                is_new: before.is_none(),
                ..self.argument(name, Argument::Document(document.clone()))
            }),
        }
    }

    /// There, or not there.
    fn presence(self, before: bool, after: bool) -> Code {
        match after {
            true => Code::Declared(Self {
                is_new: !before,
                ..self
            }),
            false => Code::Removed(self),
        }
    }
}
