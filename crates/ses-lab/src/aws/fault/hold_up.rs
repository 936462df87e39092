//! One call that is held up for good, so that whoever made it can be stopped at exactly that point.

use crate::state::Shared;

/// What of the call is held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldUp {
    /// The call itself: it is never carried out.
    Call,
    /// The answer: the call is carried out, and nobody hears of it.
    Answer,
}

/// Which call is held up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HoldUp {
    /// Calls until it comes.
    left: u32,
    what: HeldUp,
    has_come: bool,
}

impl HoldUp {
    pub(crate) fn new(nth: u32, what: HeldUp) -> Self {
        Self {
            left: nth,
            what,
            has_come: false,
        }
    }

    pub(crate) fn has_come(self) -> bool {
        self.has_come
    }
}

/// Whether this call is the one, and what of it is held up.
pub(crate) fn turn(shared: &Shared) -> Option<HeldUp> {
    let mut live = shared.live();
    let hold_up = live.hold_up.as_mut().filter(|hold_up| hold_up.left > 0)?;
    hold_up.left -= 1;
    (hold_up.left == 0).then_some(hold_up.what)
}

/// Nothing comes of the call any more.
pub(crate) async fn hold(shared: &Shared) {
    if let Some(hold_up) = &mut shared.live().hold_up {
        hold_up.has_come = true;
    }
    std::future::pending().await
}
