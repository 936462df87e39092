//! Since when it fails: not before one moment, not after another.

use crate::cause::{Cause, Group};
use crate::evidence::{Evidence, KeyLastUsed, LogTime, SendingMetrics};
use crate::need::Need;
use jiff::{SignedDuration, Timestamp};

/// IAM is eventually consistent, and clocks differ: a login may work for so long after the change that ends it. AWS gives
/// no figure; Terraform waits two minutes.
pub(super) const SETTLING: SignedDuration = SignedDuration::from_mins(5);

/// One end of the time in which it began to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What tells.
    pub need: Need,
    /// What happened then, for a sentence.
    pub what: &'static str,
    /// The time is right if the client's clock runs in this zone.
    pub assumed_zone: Option<String>,
}

impl Moment {
    fn of_log(time: &LogTime, what: &'static str) -> Self {
        Self {
            at: time.at,
            need: Need::ClientLog,
            what,
            assumed_zone: time.assumed_zone.clone(),
        }
    }
}

/// When it began to fail, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Onset {
    /// It worked at this moment.
    pub worked: Option<Moment>,
    /// It failed at this moment.
    pub failed: Option<Moment>,
}

impl Onset {
    /// For the login as a whole.
    pub(super) fn of(evidence: &Evidence) -> Self {
        Self::when(evidence, true)
    }

    /// For one cause: a login that works says nothing of what is decided after it.
    pub(super) fn of_cause(evidence: &Evidence, cause: &Cause) -> Self {
        let at_login = match cause.group {
            Group::Credentials | Group::Transport | Group::Client => true,
            Group::Permission | Group::Account => false,
        };
        Self::when(evidence, at_login)
    }

    fn when(evidence: &Evidence, at_login: bool) -> Self {
        let (worked, failed) = of_log(evidence, at_login);
        let (sent, silent) = of_metrics(evidence);
        let (worked, failed) = match failed {
            Some(failed) => (worked, Some(failed)),
            None => (worked.or(sent), silent.or_else(|| of_probe(evidence))),
        };
        let until = failed.as_ref().map(|failed| failed.at);
        let used = of_key(evidence).filter(|used| at_login && until.is_none_or(|until| used.at <= until));
        Self {
            worked: [worked, used]
                .into_iter()
                .flatten()
                .max_by_key(|moment| moment.at),
            failed,
        }
    }

    /// The first failure is known, not only that it fails by now.
    pub fn is_dated(&self) -> bool {
        self.failed
            .as_ref()
            .is_some_and(|failed| failed.need != Need::Probe)
    }

    /// What was changed at `at` cannot be why: it failed already.
    pub(super) fn is_before(&self, at: Timestamp) -> bool {
        self.failed.as_ref().is_some_and(|failed| at > failed.at)
    }

    /// What was changed at `at` did no harm: mail was taken later. The key's last use does not count, since it is not
    /// documented what of SMTP is recorded there.
    pub(super) fn is_after(&self, at: Timestamp) -> bool {
        let worked = self
            .worked
            .as_ref()
            .filter(|worked| worked.need == Need::ClientLog);
        worked.is_some_and(|worked| {
            at.saturating_add(SETTLING)
                .is_ok_and(|settled| settled < worked.at)
        })
    }
}

/// A success between the failures tells that the first ones were another trouble, or that it comes and goes: then it broke
/// after that success.
fn of_log(evidence: &Evidence, at_login: bool) -> (Option<Moment>, Option<Moment>) {
    let Some(log) = evidence.client_log.known() else {
        return (None, None);
    };
    let logins = [log.last_login.as_ref(), log.last_sent.as_ref()];
    let successes = logins
        .into_iter()
        .flatten()
        .filter(|time| at_login || Some(*time) == log.last_sent.as_ref());
    let worked = successes.max_by_key(|time| time.at);
    let after = |time: &&LogTime| worked.is_none_or(|worked| time.at > worked.at);
    let first = log.first.as_ref().filter(after);
    let last = log.last.as_ref().filter(after);
    match (first.or(last), worked) {
        (Some(failed), worked) => (
            worked.map(|worked| Moment::of_log(worked, "mail was last taken")),
            Some(Moment::of_log(
                failed,
                if first.is_some() {
                    "the first failure in the log"
                } else {
                    "a failure in the log"
                },
            )),
        ),
        // Since the last failure it has worked: only the beginning is of interest.
        (None, _) => (
            None,
            log.first
                .as_ref()
                .map(|first| Moment::of_log(first, "the first failure in the log")),
        ),
    }
}

/// The account has stopped sending. Since when it could not send is less sure: a message that nobody tried to send is
/// missed only once a pause is longer than those before.
fn of_metrics(evidence: &Evidence) -> (Option<Moment>, Option<Moment>) {
    let Some((metrics, onset)) = evidence
        .sending_metrics
        .known()
        .and_then(|all| Some((all, all.onset()?)))
    else {
        return (None, None);
    };
    let moment = |at, what| Moment {
        at,
        need: Need::SendingMetrics,
        what,
        assumed_zone: None,
    };
    let missed = onset.since.checked_add(longest_pause(metrics)).ok();
    (
        Some(moment(onset.last_sent, "a message of the account was last taken")),
        missed.map(|missed| moment(missed, "mail of the account was missing")),
    )
}

fn longest_pause(metrics: &SendingMetrics) -> SignedDuration {
    let Some(sends) = metrics.series("Send") else {
        return SignedDuration::ZERO;
    };
    let with_mail: Vec<Timestamp> = sends
        .points()
        .filter(|(_, sent)| *sent > 0.0)
        .map(|(at, _)| at)
        .collect();
    let pauses = with_mail
        .iter()
        .zip(with_mail.iter().skip(1))
        .map(|(one, next)| next.duration_since(*one));
    pauses.max().unwrap_or_default()
}

/// Our own login failed: whatever is at fault was there by then.
fn of_probe(evidence: &Evidence) -> Option<Moment> {
    evidence.probe.known()?;
    let fails = !evidence.login_accepted() || !evidence.refusals().is_empty();
    let at = evidence.probe.observed_at.filter(|_| fails)?;
    Some(Moment {
        at,
        need: Need::Probe,
        what: "our own login",
        assumed_zone: None,
    })
}

/// The key's last use with SES. That a login counts as a use, and how soon it shows, is not documented.
fn of_key(evidence: &Evidence) -> Option<Moment> {
    let (used, at) = last_use(evidence)?;
    let by_ses = used
        .service
        .as_deref()
        .is_some_and(|service| service.eq_ignore_ascii_case("ses"));
    by_ses.then_some(Moment {
        at,
        need: Need::KeyLastUsed,
        what: "the key was last used with SES",
        assumed_zone: None,
    })
}

/// The key's last use by another than this diagnosis: IAM may tell of our own login already, which says nothing of the client.
pub(super) fn last_use(evidence: &Evidence) -> Option<(&KeyLastUsed, Timestamp)> {
    let used = evidence.key_last_used.known()?;
    let at = used.last_used?;
    let began = Need::ALL
        .iter()
        .filter_map(|need| evidence.observed_at(*need))
        .min();
    // IAM tells whole seconds.
    let is_ours = began.is_some_and(|began| at.as_second() >= began.as_second());
    (!is_ours).then_some((used, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::LoggedFailures;
    use crate::testimony::{evidence_of_535, known, now};

    fn ago(minutes: i64) -> Timestamp {
        now() - SignedDuration::from_mins(minutes)
    }

    fn log(first: i64, last: i64, sent: Option<i64>) -> Evidence {
        let time = |minutes| LogTime {
            at: ago(minutes),
            assumed_zone: None,
        };
        let mut evidence = evidence_of_535();
        evidence.client_log = known(LoggedFailures {
            count: 3,
            first: Some(time(first)),
            last: Some(time(last)),
            last_login: None,
            last_sent: sent.map(time),
        });
        evidence
    }

    fn minutes(onset: &Onset) -> (Option<i64>, Option<i64>) {
        let ago = |moment: &Option<Moment>| {
            moment
                .as_ref()
                .map(|moment| (now().as_second() - moment.at.as_second()) / 60)
        };
        (ago(&onset.worked), ago(&onset.failed))
    }

    #[test]
    fn the_log_bounds_it_from_both_sides() {
        assert_eq!(minutes(&Onset::of(&log(60, 5, Some(70)))), (Some(70), Some(60)));
        assert_eq!(minutes(&Onset::of(&log(60, 5, None))), (None, Some(60)));
    }

    #[test]
    fn a_success_between_the_failures_begins_anew() {
        assert_eq!(minutes(&Onset::of(&log(9000, 5, Some(30)))), (Some(30), Some(5)));
        assert_eq!(
            minutes(&Onset::of(&log(60, 30, Some(10)))),
            (None, Some(60)),
            "over by now"
        );
    }

    #[test]
    fn without_a_log_our_own_login_and_the_keys_last_use_bound_it() {
        let mut evidence = evidence_of_535();
        evidence.key_last_used = known(KeyLastUsed {
            user_name: Some("mailer".into()),
            last_used: Some(ago(300)),
            service: Some("ses".into()),
            region: None,
        });
        let onset = Onset::of(&evidence);
        assert_eq!(minutes(&onset), (Some(300), Some(0)));
        assert!(!onset.is_dated());
        let of_sending = crate::causes::by_id("explicit-deny").unwrap();
        assert_eq!(
            minutes(&Onset::of_cause(&evidence, of_sending)),
            (None, Some(0)),
            "a login proves no permission"
        );
    }

    #[test]
    fn our_own_login_is_no_use_by_the_client() {
        let mut evidence = evidence_of_535();
        evidence.key_last_used = known(KeyLastUsed {
            user_name: Some("mailer".into()),
            last_used: Some(now()),
            service: Some("ses".into()),
            region: None,
        });
        assert_eq!(minutes(&Onset::of(&evidence)), (None, Some(0)));
        assert!(last_use(&evidence).is_none());
    }
}
