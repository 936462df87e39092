//! What AWS Health tells: issues of the services that a login needs, and notices to the account.

use crate::evidence::{Evidence, HealthCategory, HealthEvent};
use jiff::{SignedDuration, Timestamp};

/// AWS writes the beginning of an event down to some minutes.
const SLACK: SignedDuration = SignedDuration::from_mins(30);

/// Issues, open or over, of a service on the way of a login in the endpoint's region, the newest first.
pub(crate) fn issues(evidence: &Evidence) -> Vec<&HealthEvent> {
    let region = evidence.region();
    let events = evidence.health_events.known().into_iter().flatten();
    let mut issues: Vec<&HealthEvent> = events
        .filter(|event| {
            matches!(
                event.category,
                HealthCategory::Issue | HealthCategory::Investigation
            )
        })
        .filter(|event| region.as_deref().is_some_and(|region| concerns(event, region)))
        .collect();
    issues.sort_by_key(|event| std::cmp::Reverse((event.is_open(), event.start)));
    issues
}

/// SES authorises a login in its own region; IAM, whose keys it asks for, is one for the whole partition.
fn concerns(event: &HealthEvent, region: &str) -> bool {
    let of_region = event.region == region || event.region == "global";
    match event.service.as_str() {
        "SES" | "STS" => of_region,
        "IAM" => of_region || ["us-east-1", "us-gov-west-1", "cn-north-1"].contains(&event.region.as_str()),
        _ => false,
    }
}

/// The event was going on at that moment, as nearly as it can be told; an event without a beginning tells nothing.
pub(crate) fn was_on(event: &HealthEvent, at: Timestamp) -> bool {
    let begun = event
        .start
        .is_some_and(|start| at.duration_since(start) >= -SLACK);
    let over = !event.is_open() && event.end.is_none_or(|end| at.duration_since(end) > SLACK);
    begun && !over
}

/// The newest notice that this key is exposed, by which AWS also puts users into quarantine. The codes were seen in
/// public programs (`AWS_RISK_CREDENTIALS_EXPOSED`, `AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED`); AWS documents none.
pub(crate) fn exposure<'a>(evidence: &'a Evidence, key: &str) -> Option<&'a HealthEvent> {
    let events = evidence.health_events.known()?.iter();
    let of_key = events.filter(|event| {
        event.service == "RISK" && event.code.contains("CREDENTIALS_EXPOS") && event.names(key)
    });
    of_key.max_by_key(|event| event.start)
}

/// The newest notice that AWS has paused the account's sending in the endpoint's region.
///
/// That there is one is documented (SES developer guide, "Sending review process FAQs"); its type code is not sourced, so
/// it is known by its words, and only among what AWS tells the account of SES or of abuse.
pub(crate) fn pause(evidence: &Evidence) -> Option<&HealthEvent> {
    let region = evidence.region()?;
    let events = evidence.health_events.known()?.iter();
    let notices = events.filter(|event| {
        let of_account = event.category == HealthCategory::AccountNotification || event.service == "ABUSE";
        let of_sending = ["SES", "ABUSE"].contains(&event.service.as_str());
        let here = event.region == region || event.region == "global";
        of_account && of_sending && here && event.is_open() && tells_of_pause(event)
    });
    notices.max_by_key(|event| event.start)
}

/// `sending` and `paused` in the same sentence, and no word of its end.
fn tells_of_pause(event: &HealthEvent) -> bool {
    let code = event.code.contains("SENDING_PAUSED");
    let text = event.description.as_deref().unwrap_or_default().to_lowercase();
    let sentence = |sentence: &str| {
        let has = |word: &str| sentence.contains(word);
        (has("sending") || has("ability to send"))
            && (has("paused") || has("suspended"))
            && ![
                "may be paused",
                "might be paused",
                "could be paused",
                "not paused",
                "resumed",
                "lifted",
                "reinstated",
            ]
            .iter()
            .any(|word| has(word))
    };
    code || text.split(['.', '!', '\n']).any(sentence)
}

/// "CODE in REGION since T", for a proof.
pub(crate) fn which_and_since(event: &HealthEvent) -> String {
    let since = event.start.map_or_else(String::new, |at| format!(" since {at}"));
    let until = event.end.map_or_else(String::new, |at| format!(" until {at}"));
    format!("{} in {}{since}{until}", event.code, event.region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{KEY, evidence_of_535, health, known, minutes_ago};

    fn told(description: &str) -> Evidence {
        let mut notice = health("SES", "AWS_SES_NOTICE", "eu-west-1", 60);
        notice.category = HealthCategory::AccountNotification;
        notice.description = Ok(description.to_owned());
        Evidence {
            health_events: known(vec![notice]),
            ..evidence_of_535()
        }
    }

    #[test]
    fn a_pause_is_told_from_a_warning_and_from_its_end() {
        for text in [
            "We have paused your account's ability to send email.",
            "Amazon SES sending paused\nYour bounce rate is above 10%.",
        ] {
            assert!(pause(&told(text)).is_some(), "{text}");
        }
        for text in [
            "Your sending may be paused if the bounce rate stays.",
            "Sending is no longer paused: it was resumed today.",
            "Sending is under review. A deployment was paused.",
            "",
        ] {
            assert!(pause(&told(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn only_the_services_of_a_login_in_this_region_concern_it() {
        let found = |service: &str, region: &str| {
            let event = health(service, "AWS_X_OPERATIONAL_ISSUE", region, 60);
            let evidence = Evidence {
                health_events: known(vec![event]),
                ..evidence_of_535()
            };
            issues(&evidence).len() == 1
        };
        assert!(found("SES", "eu-west-1") && found("STS", "eu-west-1") && found("SES", "global"));
        assert!(found("IAM", "us-east-1"));
        assert!(!found("SES", "us-east-1") && !found("STS", "us-east-1") && !found("EC2", "eu-west-1"));
    }

    #[test]
    fn a_moment_is_covered_from_the_beginning_to_the_end() {
        let mut event = health("SES", "AWS_SES_OPERATIONAL_ISSUE", "eu-west-1", 60);
        assert!(was_on(&event, minutes_ago(0)) && was_on(&event, minutes_ago(80)));
        assert!(!was_on(&event, minutes_ago(120)));
        event.status = crate::evidence::HealthStatus::Closed;
        event.end = Some(minutes_ago(40));
        assert!(was_on(&event, minutes_ago(20)) && !was_on(&event, minutes_ago(0)));
        event.start = None;
        assert!(!was_on(&event, minutes_ago(50)));
    }

    #[test]
    fn an_exposure_names_the_key() {
        let mut notice = health("RISK", "AWS_RISK_CREDENTIALS_EXPOSED", "global", 60);
        let evidence = |notice: HealthEvent| Evidence {
            health_events: known(vec![notice]),
            ..evidence_of_535()
        };
        assert!(exposure(&evidence(notice.clone()), KEY).is_none());
        notice.entities = Ok(vec![KEY.to_owned()]);
        assert!(exposure(&evidence(notice), KEY).is_some());
    }
}
