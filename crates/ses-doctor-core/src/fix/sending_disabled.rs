//! Switching sending on again.

use super::{Fix, Wishes, request};
use crate::action::AccountSending;
use crate::diagnosis::Judged;
use crate::evidence::Evidence;
use crate::plan::{Risk, Step};

pub(super) fn fix(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    let Some(account) = evidence
        .ses_account
        .known()
        .filter(|account| !account.sending_enabled)
    else {
        let why = "SES was not seen to have the switch off";
        return request::because(evidence, judged, "whoever administers the account", why).into();
    };
    let standing = account.enforcement_status.as_deref().unwrap_or("not told");
    Step {
        causes: vec![judged.cause.id.to_owned()],
        action: AccountSending {
            before: false,
            after: true,
        }
        .into(),
        why: format!("switches sending on again in {}", account.region),
        risk: Risk::Medium,
        risk_why: "it was switched off by a person, or by an alarm on bounces and complaints: if their cause is still there, \
                   AWS may pause the account"
            .to_owned(),
        blast_radius: vec![
            format!("everybody who sends with this account in {}", account.region),
            format!("the account's standing with AWS: {standing}"),
        ],
        proof: vec!["AWS itself has not paused the account".to_owned()],
    }
    .into()
}
