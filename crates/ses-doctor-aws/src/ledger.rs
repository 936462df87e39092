//! What the calls of one look came to: which permissions were refused, whether the session was known at all. A look may
//! turn a refusal into a part of a larger answer; here it stays visible, for the report and for [`crate::patience`].

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    /// Of the look under way. A look is one task: its calls run side by side in it, never in tasks of their own.
    static OPEN: Ledger;
}

/// The book of one look. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Seen>>);

/// What was seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Actions that were refused.
    pub(crate) denied: BTreeSet<String>,
    /// Actions whose permission was there, whatever the answer.
    pub(crate) permitted: BTreeSet<String>,
    /// A service did not know the session or the key.
    pub(crate) unknown_session: bool,
    /// A call that is no read was answered with yes.
    pub(crate) changed: bool,
    /// An attempt of a call came to no answer that tells whether it was carried out.
    pub(crate) unclear: bool,
    /// The code of the last answer, where that was a definite no.
    pub(crate) refusal: Option<String>,
}

impl Ledger {
    /// Runs a look with this book open.
    pub(crate) async fn of<T>(&self, look: impl Future<Output = T>) -> T {
        OPEN.scope(self.clone(), look).await
    }

    /// The entries.
    pub(crate) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The service refused the action.
pub(crate) fn denied(action: &str) {
    enter(|seen| {
        seen.denied.insert(action.to_owned());
    });
}

/// The service let the action through.
pub(crate) fn permitted(action: &str) {
    enter(|seen| {
        seen.permitted.insert(action.to_owned());
    });
}

/// The service carried the call out.
pub(crate) fn taken(action: &str) {
    let is_read = READS.iter().any(|verb| operation(action).starts_with(verb));
    enter(|seen| {
        seen.changed |= !is_read;
        seen.refusal = None;
    });
}

/// The service says no, and would again.
pub(crate) fn refused(code: &str) {
    enter(|seen| seen.refusal = Some(code.to_owned()));
}

/// Nobody can tell by its answer what became of an attempt.
fn unclear() {
    enter(|seen| seen.unclear = true);
}

/// How the operations begin that change nothing.
const READS: [&str; 4] = ["Describe", "Get", "List", "Simulate"];

fn operation(action: &str) -> &str {
    action.rsplit(':').next().unwrap_or_default()
}

/// Watches every attempt of a call, the SDK's own retries included: one that was lost may have been carried out, whatever the
/// next one is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempts;

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answered = context.response().map(|response| response.status().as_u16());
        if answered.is_none_or(|status| status >= 500) {
            unclear();
        }
        Ok(())
    }
}

/// The service does not know who calls.
pub(crate) fn unknown_session() {
    enter(|seen| seen.unknown_session = true);
}

/// Calls outside of a look are nobody's business.
fn enter(entry: impl FnOnce(&mut Seen)) {
    let _ = OPEN.try_with(|ledger| entry(&mut ledger.0.lock().unwrap_or_else(PoisonError::into_inner)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_look_has_its_own_book() {
        let (one, other) = (Ledger::default(), Ledger::default());
        let look = async {
            denied("iam:GetUser");
            permitted("iam:ListUsers");
        };
        let (_, ()) = futures::join!(other.of(async { unknown_session() }), one.of(look));
        assert!(one.seen().denied.contains("iam:GetUser") && !one.seen().unknown_session);
        assert_eq!(
            (other.seen().denied.len(), other.seen().unknown_session),
            (0, true)
        );
        denied("outside");
        assert_eq!(one.seen().permitted.len(), 1);
    }
}
