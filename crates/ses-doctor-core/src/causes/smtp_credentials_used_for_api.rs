//! `smtp-credentials-used-for-api`: the HTTPS API is given the derived password.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "smtp-credentials-used-for-api",
    group: Group::Client,
    title: "SMTP credentials are given to the HTTPS API",
    next_check: "count the characters of the secret: a secret access key has 40, an SMTP password 44",
    reads: &[Need::ClientConfig, Need::Symptom],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`SignatureDoesNotMatch`, often with the canonical string of the request. The same pair works over SMTP.

## Why it happens

The API signs with the secret access key. The SMTP password is derived from that key and is no key itself. Some settings are
named after SES and mean the API.

## How it is proven

By the value: a secret access key has 40 characters, an SMTP password 44 and a version byte. The API's complaint alone makes it
likely.

## What to do

Give the API its own access key, or use the pair with an SMTP transport.
";

fn check(evidence: &Evidence) -> Verdict {
    let why = "an SMTP password given as the secret access key looks like this";
    let config = reading::by_config(evidence, CAUSE.id);
    if config != Verdict::NotApplicable {
        return config;
    }
    let told = reading::told_by_client(evidence, &[Sign::ApiSignature], 0.7, why);
    told.unwrap_or(Verdict::NotApplicable)
}

fn remedy(_: &Evidence) -> Remedy {
    Remedy::new("Give the API the secret access key, or use the pair over SMTP")
        .step("For the API: an access key of a user or role that may call ses:SendRawEmail; better, a role without any key")
        .step("For SMTP: host email-smtp.REGION.amazonaws.com, port 587 with STARTTLS, this user name and this password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::ConfigFault;
    use crate::testimony::{evidence_of_client, known, logged};

    #[test]
    fn the_files_show_it() {
        let mut evidence = evidence_of_client();
        evidence.client_config = known(vec![ConfigFault {
            cause: CAUSE.id.to_owned(),
            certainty: Certainty::Confirmed,
            place: "main.cf:1:1".to_owned(),
            message: "as the test says".to_owned(),
        }]);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        evidence.client_config = known(Vec::new());
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn the_complaint_of_the_api_makes_it_likely() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "The Canonical String for this request should have been 'POST",
        );
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }
}
