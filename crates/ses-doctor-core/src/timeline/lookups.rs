//! Which parts of the CloudTrail history are worth a look-up. Two a second is all that AWS allows, so that one is made only
//! where it can matter for what is found.

use super::change::changes_of;
use crate::diagnosis::diagnose;
use crate::evidence::{Attachment, Evidence, Login, Refusal};
use crate::need::Need;
use crate::permission::send;
use crate::reading;
use ses_smtp::catalogue::Meaning;
use ses_smtp::reply::Phase;
use std::collections::BTreeSet;

/// The histories that can tell who brought about what was `found`, and those that the causes of a refused login read
/// anyway. The latter are asked for at once: with them the search waits for nothing.
pub(crate) fn worth<'a>(evidence: &Evidence, found: impl Iterator<Item = &'a str>) -> BTreeSet<Need> {
    let of_found = found
        .filter_map(|cause| changes_of(evidence, cause))
        .flat_map(|changes| changes.needs(evidence));
    let of_login = login_in_doubt(evidence).then_some([Need::KeyEvents, Need::UserEvents]);
    let of_user = send::refused(evidence).is_some().then_some(Need::UserEvents);
    let wanted = of_found.chain(of_login.into_iter().flatten()).chain(of_user);
    wanted.filter(|need| is_there(evidence, *need)).collect()
}

/// Nothing says yet that the pair works: its key may be at fault.
fn login_in_doubt(evidence: &Evidence) -> bool {
    match evidence.login() {
        Login::Accepted => false,
        Login::Refused(Refusal {
            meaning: Some(meaning),
            ..
        }) => meaning == Meaning::CredentialsInvalid || meaning.expected_phase() != Some(Phase::EndOfData),
        Login::Refused(_) | Login::NotReached(_) | Login::NotTried | Login::Unknown => true,
    }
}

/// Where nobody has such a history for us, none is asked for.
fn is_there(evidence: &Evidence, need: Need) -> bool {
    if need == Need::OrganizationEvents {
        return reads_management_account(evidence);
    }
    need != Need::VpcEvents || !way(evidence).is_empty()
}

/// Changes of control policies are recorded in the management account alone.
fn reads_management_account(evidence: &Evidence) -> bool {
    let pair = evidence.organization.known().zip(evidence.caller.known());
    pair.is_some_and(|(organization, caller)| organization.management_account == caller.account)
}

/// The managed policies that reach the user, and the groups they come from: what [`Need::PolicyEvents`] is asked about.
/// Policies that AWS wrote change by no call of the account.
pub fn reach(evidence: &Evidence) -> Vec<String> {
    let documents = evidence.policies.known().map_or(&[][..], Vec::as_slice);
    let arns = documents.iter().filter_map(|document| document.arn.clone());
    let arns = arns.filter(|arn| !arn.contains(":iam::aws:"));
    let groups = documents
        .iter()
        .filter_map(|document| match &document.attachment {
            Attachment::GroupInline(group) | Attachment::GroupManaged(group) => {
                Some(group.clone()).filter(|group| group != Attachment::UNREAD_GROUP)
            }
            Attachment::UserInline | Attachment::UserManaged | Attachment::Boundary => None,
        });
    let all: BTreeSet<String> = arns.chain(groups).collect();
    all.into_iter().collect()
}

/// The VPC endpoints on the way, before them their security groups when no connection comes about: what
/// [`Need::VpcEvents`] is asked about.
pub fn way(evidence: &Evidence) -> Vec<String> {
    let endpoints = reading::endpoints(evidence);
    let unreached = matches!(evidence.login(), Login::NotReached(_));
    let groups = endpoints.iter().flat_map(|endpoint| &endpoint.security_groups);
    let groups: BTreeSet<String> = groups
        .filter(|_| unreached)
        .map(|group| group.id.clone())
        .collect();
    let ids: BTreeSet<String> = endpoints.iter().map(|endpoint| endpoint.id.clone()).collect();
    groups.into_iter().chain(ids).collect()
}

/// Names of the changes in this history that could have brought about what is found: looked up by name where the history
/// is crowded.
pub fn changes(evidence: &Evidence, need: Need) -> Vec<&'static str> {
    let findings = diagnose(evidence).findings;
    let of_found = findings
        .iter()
        .filter_map(|judged| changes_of(evidence, judged.cause.id));
    let names = of_found
        .filter(|changes| changes.needs(evidence).any(|other| other == need))
        .flat_map(|changes| changes.names);
    let mut seen = BTreeSet::new();
    names.copied().filter(|name| seen.insert(*name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{KeyStatus, StoredVersion};
    use crate::needs;
    use crate::testimony::{
        KEY, accepted, evidence_of_235, evidence_of_535, evidence_of_client, healthy_account, kept,
        kept_login, keys, known, reported,
    };

    const EVENTS: [Need; 7] = [
        Need::KeyEvents,
        Need::UserEvents,
        Need::PolicyEvents,
        Need::SesEvents,
        Need::OrganizationEvents,
        Need::VpcEvents,
        Need::SecretEvents,
    ];

    fn asked(evidence: &Evidence) -> Vec<Need> {
        let needs = needs(evidence);
        EVENTS.into_iter().filter(|need| needs.contains(need)).collect()
    }

    #[test]
    fn a_login_in_doubt_asks_for_key_and_user_at_once() {
        for evidence in [evidence_of_client(), evidence_of_535()] {
            assert_eq!(asked(&evidence), [Need::KeyEvents, Need::UserEvents]);
        }
    }

    #[test]
    fn a_login_that_works_asks_for_nothing() {
        assert_eq!(asked(&evidence_of_235()), []);
    }

    #[test]
    fn a_switch_that_is_off_asks_who_switched_it_off_and_nothing_else() {
        let mut evidence = evidence_of_235();
        let mut account = healthy_account();
        account.sending_enabled = false;
        evidence.ses_account = known(account);
        assert_eq!(asked(&evidence), [Need::SesEvents]);
        assert_eq!(
            changes(&evidence, Need::SesEvents),
            ["PutAccountSendingAttributes", "UpdateAccountSendingEnabled"]
        );
    }

    #[test]
    fn a_refused_permission_asks_for_the_user_first() {
        let mut evidence = evidence_of_client();
        let text = "Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform \
                    `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";
        reported(&mut evidence, 554, text, None);
        assert!(
            asked(&evidence).starts_with(&[Need::UserEvents]),
            "{:?}",
            asked(&evidence)
        );
        assert!(!asked(&evidence).contains(&Need::KeyEvents));
    }

    #[test]
    fn a_kept_password_that_is_wrong_asks_who_wrote_it() {
        let mut evidence = evidence_of_535();
        assert!(
            !asked(&evidence).contains(&Need::SecretEvents),
            "nothing keeps it"
        );
        evidence.password_source = known(kept(3600, None));
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        evidence.stored_logins = kept_login(StoredVersion::Previous, accepted());
        let found = crate::diagnose(&evidence).findings;
        assert!(found.iter().any(|judged| judged.cause.id == "password-mismatch"));
        assert_eq!(
            asked(&evidence),
            [Need::KeyEvents, Need::UserEvents, Need::SecretEvents]
        );
    }
}
