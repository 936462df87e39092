//! Waiting out a session that is too new. Temporary credentials that were just issued may be refused for up to a minute,
//! by the error of an unknown key or as if they had no permission (AWS names no figure; 60 s is what its users report),
//! so such a refusal is tried again before it counts.
//!
//! A permission that is really missing must not cost that minute: as soon as any call with a permission went through, the
//! session is known to be there, and what is then refused is refused. What was refused before is asked once more.

use crate::client::Aws;
use crate::ledger::{Ledger, Seen};
use crate::permissions::GET_CALLER_IDENTITY;
use crate::subject::Subject;
use ses_doctor_core::{Fact, Need, Waited};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What is known of the operator's session.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// A service knew it.
    known: AtomicBool,
    /// A call that takes a permission went through.
    permitted: AtomicBool,
    /// One of the two has just become true.
    changed: Notify,
    /// When it was first refused: the limit counts from here, for all needs together.
    first_refusal: OnceLock<Instant>,
    /// The person knows that it is waited for.
    told: AtomicBool,
}

impl Session {
    fn learn(&self, seen: &Seen) {
        let by_permission = seen.permitted.iter().any(|action| action != GET_CALLER_IDENTITY);
        let known = !seen.permitted.is_empty() || !seen.denied.is_empty();
        let news = (known && !self.known.swap(true, Ordering::Relaxed))
            | (by_permission && !self.permitted.swap(true, Ordering::Relaxed));
        if news {
            self.changed.notify_waiters();
        }
    }

    /// Whether what was refused may be so only because the session is new.
    fn may_be_too_new(&self, seen: &Seen) -> bool {
        let unknown = seen.unknown_session && !self.known.load(Ordering::Relaxed);
        let denied = !seen.denied.is_empty() && !self.permitted.load(Ordering::Relaxed);
        unknown || denied
    }
}

/// The pauses of one need.
struct Pauses {
    next: Duration,
    tries: u32,
    begun: Instant,
    first_answer: String,
    /// The session was still not known after a pause.
    in_earnest: bool,
}

impl Pauses {
    fn begin(first_answer: String) -> Self {
        Self {
            next: FIRST_PAUSE,
            tries: 0,
            begun: Instant::now(),
            first_answer,
            in_earnest: false,
        }
    }

    /// The next pause, half of it left to chance, so that many callers do not come back at once.
    fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = LONGEST_PAUSE.min(pause * 2);
        pause.mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    /// What the evidence says of it: nothing, if it was only asked once more and the answer was the same.
    fn waited(self, answer: &str) -> Option<Waited> {
        let same = self.first_answer == answer;
        (self.in_earnest || !same).then(|| Waited {
            tries: self.tries,
            waited_ms: u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            first_answer: self.first_answer,
        })
    }
}

impl Aws {
    /// Meets one need. It always gives a fact for that need, within the deadline of one look, or, as long as the session
    /// may be too new, within [`crate::Settings::session_wait`]; see [`crate::can_meet`].
    pub async fn collect(&self, need: Need, subject: &Subject) -> Fact {
        let look = || self.look(need, subject);
        let (fact, seen, waited) = self.patiently(look, Fact::unavailable).await;
        fact.looked_for(seen.denied.into_iter().collect(), waited)
    }

    /// Looks, and looks again as long as the answer may be due to a session that is too new. `unavailable` says why there is
    /// no answer.
    pub(crate) async fn patiently<T, F: Future<Output = T>>(
        &self,
        mut look: impl FnMut() -> F,
        unavailable: impl Fn(&T) -> Option<String>,
    ) -> (T, Seen, Option<Waited>) {
        let mut pauses: Option<Pauses> = None;
        loop {
            let known_before = self.session().known.load(Ordering::Relaxed);
            let ledger = Ledger::default();
            let answer = ledger.of(Box::pin(look())).await;
            let seen = ledger.seen();
            self.session().learn(&seen);
            // A look of many calls may have met a session that became known in its midst.
            let in_its_midst = seen.unknown_session && !known_before;
            let left = self.time_for_session(&seen, in_its_midst).await;
            if left.is_zero() {
                let words = unavailable(&answer).unwrap_or_default();
                let waited = pauses.and_then(|pauses| pauses.waited(&words));
                return (answer, seen, waited);
            }
            let pauses =
                pauses.get_or_insert_with(|| Pauses::begin(unavailable(&answer).unwrap_or_default()));
            let pause = pauses.next().min(left);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.session().changed.notified() => {}
            }
            pauses.tries += 1;
            if self.session().may_be_too_new(&seen) {
                pauses.in_earnest = true;
                self.tell_once();
            }
        }
    }

    /// Somebody is waiting at the screen.
    fn tell_once(&self) {
        if !self.session().told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "AWS refuses the operator's session, which may be too new: trying again for up to {} s (--no-wait turns \
                 this off)",
                self.session_wait().as_secs()
            );
        }
    }

    /// How long it may still be waited for the session; nothing when it is not to blame.
    async fn time_for_session(&self, seen: &Seen, in_its_midst: bool) -> Duration {
        let limit = self.session_wait();
        let to_blame = in_its_midst || self.session().may_be_too_new(seen);
        if limit.is_zero() || !to_blame || !self.session_is_fresh().await {
            return Duration::ZERO;
        }
        let since = self.session().first_refusal.get_or_init(Instant::now);
        limit.saturating_sub(since.elapsed())
    }
}
