//! Given AWS IAM policy documents and a request: which statement decides, and why?
//!
//! Pure: no AWS SDK, no async, no clock, no I/O, and nothing that only SES knows.
//!
//! ```
//! use iam_eval::{Context, Decision, Layer, PolicyDocument, PolicySet, Request, evaluate};
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ses:Send*", "Resource": "*"}}"#;
//! let mut policies = PolicySet::new();
//! policies.add(Layer::IdentityPolicy, PolicyDocument::parse("send", text)?)?;
//! let request = Request::new(
//!     "arn:aws:iam::111122223333:user/app",
//!     "ses:SendRawEmail",
//!     "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
//!     Context::default(),
//! )?;
//! assert_eq!(evaluate(&policies, &request).decision(), Decision::Allowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arn;
pub mod compare;
mod compiled;
mod condition;
mod context;
mod decision;
pub mod document;
mod evaluate;
mod excerpt;
mod explain;
mod json;
mod layer;
pub mod minimize;
pub mod operator;
pub mod pattern;
mod policies;
mod principal;
mod request;
pub mod simulation;
mod span;
mod statement;
mod tally;
mod trace;
mod truth;

pub use arn::Arn;
pub use condition::value::ConditionValue;
pub use context::{Context, ContextError, Lookup};
pub use decision::Decision;
pub use document::{DocumentError, DocumentErrors, Effect, PolicyDocument, Problem, Statement, Version};
pub use evaluate::{Evaluation, evaluate};
pub use excerpt::Excerpt;
pub use explain::Explanation;
pub use layer::Layer;
pub use operator::Operator;
pub use pattern::Pattern;
pub use policies::PolicySet;
pub use principal::{Kind, Named, Principal, PrincipalError};
pub use request::{Request, RequestError};
pub use span::{Position, Span, Spanned};
pub use statement::{Because, Match};
pub use tally::Outcome;
pub use trace::{Decider, DocumentTrace, GroupTrace, StatementTrace};
pub use truth::{Keys, Truth};
