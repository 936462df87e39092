//! `password-mismatch`: user name and password have the right shape, but do not belong together.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, KeyStatus, LoginOutcome, StoredVersion};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use ses_smtp::credential::Derivation;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "password-mismatch",
    group: Group::Credentials,
    title: "The password has the right shape, but is not of this access key",
    next_check: "derive the password anew from the key's secret access key and compare: ses-doctor password --check",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Regions,
        Need::PasswordSource,
        Need::StoredLogins,
        Need::AccessKeys,
        Need::KeyEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` in every region, while the access key is active and both values look right.

## Why it happens

User name and password come from two different keys: one half was replaced in a rotation, two entries of a vault were mixed up, or
the password was derived from another secret. One wrong character of the right kind has the same effect.

## How it is proven

By exclusion: the key is active and not new, the shapes are right, and every other region refuses the pair as well. When the secret
access key is given, the passwords of all regions are derived from it and compared; none of them being the one in use is proof.
With `--password-secret` or `--password-parameter`, the version before is tried once: if it logs in and the current one does not, the
last change of the secret broke it. A version that was written before its key was made cannot hold that key's password.

## What to do

Derive the password again from the secret access key that belongs to this key id. When that secret is lost, make a new key.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a right-looking password of another key gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    if evidence.login_accepted() {
        return Verdict::absent([Need::Probe], "the login works");
    }
    if evidence.regions.known().is_some() && reading::refused_everywhere(evidence) == Some(false) {
        return Verdict::absent(
            [Need::Regions],
            "the pair logs in in another region, so it belongs together",
        );
    }
    let explained = reading::unusable(evidence, key).is_some() || super::key_not_propagated::holds(evidence);
    let Some(basis) = reading::unexplained_refusal(evidence).filter(|_| !explained) else {
        return Verdict::NotApplicable;
    };
    match evidence
        .credential
        .known()
        .and_then(|credential| credential.derivation.as_ref())
    {
        Some(Derivation::NoMatch) => by_derivation(evidence, basis),
        Some(Derivation::Region(region)) if Some(region) != evidence.region().as_ref() => {
            Verdict::NotApplicable
        }
        Some(Derivation::Region(_) | Derivation::Version2 | Derivation::TheSecretItself) | None => {
            by_exclusion(evidence, key, basis, candidate)
        }
    }
}

/// The secret that was given may itself be another key's, so the other regions have their say too.
fn by_derivation(evidence: &Evidence, basis: Need) -> Verdict {
    let why = "no region's password of the secret access key that was given is the one in use";
    match reading::refused_everywhere(evidence) {
        Some(true) => Verdict::confirmed([Need::Credential, basis, Need::Regions], why),
        Some(false) | None => Verdict::likely(0.85, [Need::Credential, basis], why),
    }
}

fn by_exclusion(evidence: &Evidence, key: &str, basis: Need, candidate: &str) -> Verdict {
    match reading::status(evidence, key) {
        Some(KeyStatus::Active) => {}
        Some(_) => return Verdict::NotApplicable,
        None => return reading::unless_settled(evidence, key, candidate),
    }
    if let Some(verdict) = by_source(evidence, key, basis) {
        return verdict;
    }
    match reading::refused_everywhere(evidence) {
        Some(true) => {
            let why = "the key is active and both values look right, but every region that answered refuses the pair";
            Verdict::likely(
                0.8,
                [basis, Need::Regions, Need::AccessKeys, Need::Credential],
                why,
            )
        }
        Some(false) => Verdict::NotApplicable,
        None if basis == Need::Probe => Verdict::unknown([Need::Regions], candidate),
        None => Verdict::unknown([Need::Probe], candidate),
    }
}

/// What the secret or parameter tells that the pair came from; `None` when it tells nothing.
fn by_source(evidence: &Evidence, key: &str, basis: Need) -> Option<Verdict> {
    let source = evidence.password_source.known()?;
    if reading::client_has_another(source) {
        return None;
    }
    let kept = reading::source_name(source);
    if previous_works(evidence) {
        let since = source
            .written
            .map_or_else(String::new, |at| format!(", written at {at},"));
        let why = format!("the current version of {kept}{since} is refused, and the one before it logs in");
        return Some(Verdict::confirmed(
            [Need::StoredLogins, Need::PasswordSource, basis],
            why,
        ));
    }
    let older = reading::is_older_than_key(evidence, source, key);
    let why = reading::age(evidence, source, key).filter(|_| older)?;
    Some(Verdict::likely(
        0.9,
        [Need::PasswordSource, Need::AccessKeys, basis],
        why,
    ))
}

fn previous_works(evidence: &Evidence) -> bool {
    reading::stored_login(evidence, StoredVersion::Previous) == Some(&LoginOutcome::Accepted)
}

fn remedy(evidence: &Evidence) -> Remedy {
    if let Some(source) = evidence
        .password_source
        .known()
        .filter(|_| previous_works(evidence))
    {
        let kept = reading::source_name(source);
        let remedy = Remedy::new(format!("Make the version before the current one of {kept} again"));
        return reading::restore_previous(remedy, source)
            .step("Restart the clients that have read the wrong version")
            .step("Then mend the rotation: it has to try the new pair with a login before it makes it the current one");
    }
    let key = super::argument(evidence.access_key_id(), "KEY_ID");
    let user = reading::owner(evidence, key);
    let remedy = Remedy::new("Derive the password again from the secret access key of this key id").step(
        format!("Find the secret access key that was stored when {key} was made; AWS cannot show it again"),
    );
    let remedy = reading::derive_password(remedy, evidence, "FILE");
    reading::new_key(
        remedy.step("If the secret is lost, replace the key as follows"),
        evidence,
        user,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::RegionLogin;
    use crate::observed::Observed;
    use crate::testimony::{
        KEY, accepted, asked, denied, evidence_of_235, evidence_of_535, evidence_of_report, found, kept,
        kept_login, keys, known, refused_elsewhere,
    };

    fn active() -> Evidence {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        evidence
    }

    #[test]
    fn an_active_key_refused_everywhere_has_another_password() {
        let mut evidence = active();
        refused_elsewhere(&mut evidence);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.8)));
    }

    #[test]
    fn derivation_proves_it_once_the_regions_agree() {
        let mut evidence = active();
        if let Observed::Known(credential) = &mut evidence.credential.observed {
            credential.derivation = Some(Derivation::NoMatch);
        }
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.85)));
        refused_elsewhere(&mut evidence);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn a_login_here_or_elsewhere_rules_it_out() {
        assert!(matches!(check(&evidence_of_235()), Verdict::Absent { .. }));
        let mut evidence = active();
        evidence.regions = known(vec![RegionLogin {
            region: "us-east-1".into(),
            outcome: accepted(),
        }]);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn the_state_of_the_key_explains_it_better() {
        let mut evidence = active();
        refused_elsewhere(&mut evidence);
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn the_version_before_that_logs_in_proves_that_the_current_one_is_wrong() {
        let mut evidence = active();
        evidence.password_source = known(kept(3600, None));
        assert!(crate::needs(&evidence).contains(&Need::StoredLogins));
        evidence.stored_logins = kept_login(StoredVersion::Previous, accepted());
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        let commands = remedy(&evidence)
            .steps
            .into_iter()
            .filter_map(|step| step.command);
        let restore = commands.collect::<String>();
        assert!(
            restore.contains("--remove-from-version-id v-2 --move-to-version-id v-1"),
            "{restore}"
        );
        evidence.stored_logins = kept_login(StoredVersion::Previous, crate::testimony::refused_535());
        assert_eq!(asked(&check(&evidence)), [Need::Regions]);
    }

    #[test]
    fn a_secret_that_is_older_than_its_key_cannot_hold_its_password() {
        let mut evidence = active();
        // The key of the tests was made in November 2023, years before the look.
        let years = crate::testimony::now().as_second() - 1_600_000_000;
        evidence.password_source = known(kept(years, None));
        let verdict = check(&evidence);
        assert_eq!(found(&verdict), Some((Certainty::Likely, 0.9)));
        assert!(
            matches!(verdict, Verdict::Present(finding) if finding.why.contains("before the key was made"))
        );
        evidence.password_source = known(kept(years, Some(crate::evidence::OwnPair::Different)));
        assert_eq!(
            asked(&check(&evidence)),
            [Need::Regions],
            "the client has another pair than the kept one"
        );
    }

    #[test]
    fn what_was_not_read_is_asked_for() {
        assert_eq!(asked(&check(&active())), [Need::Regions]);
        let reported = evidence_of_report(535, "Authentication Credentials Invalid", None);
        let reported = Evidence {
            access_keys: known(keys(KEY, KeyStatus::Active)),
            ..reported
        };
        assert_eq!(asked(&check(&reported)), [Need::Probe]);
        let unread = Evidence {
            access_keys: denied("iam:ListAccessKeys"),
            ..active()
        };
        assert_eq!(
            asked(&check(&unread)),
            [Need::AccessKeys, Need::Caller, Need::KeyAccount]
        );
    }
}
