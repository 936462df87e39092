//! `ses-api-not-smtp`: the program calls the HTTPS API of SES and uses no SMTP.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::send::refused;
use crate::verdict::Verdict;
use client_log::{Client, Side, Sign};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "ses-api-not-smtp",
    group: Group::Client,
    title: "The program uses the SES API over HTTPS, not SMTP",
    next_check: "see which driver the program is set to: one that asks for access key, secret and region uses the API, and the SMTP password is of no use there",
    reads: &[Need::Symptom],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`MessageRejected`, `sendRawEmail`, `Request Id` or an exception of an AWS SDK, and no three-digit reply code. The text is often
the same as over SMTP.

## Why it happens

Many plugins and frameworks have two ways to SES, and the names are close: `ses` is the API, `smtp` is SMTP. The API wants an
access key or a role, signs with the secret itself, and needs `ses:SendEmail` or `ses:SendRawEmail`.

## How it is proven

By the API's names in the text. What SES then complains of has its own cause.

## What to do

Mend what the API complains of; or set the program to SMTP, with the SMTP user name and password.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(reported) = evidence.reported().filter(|reported| reported.side == Side::Api) else {
        return Verdict::NotApplicable;
    };
    let called = reported.client == Some(Client::AwsSdk)
        || [Sign::ApiCall, Sign::ApiRejected]
            .iter()
            .any(|sign| reported.signs.contains(sign));
    if !called {
        return Verdict::NotApplicable;
    }
    if refused(evidence).is_some() {
        let why = "the HTTPS API was called, not SMTP; what it refuses is a question of permission";
        return Verdict::possible(0.4, [Need::Symptom], why);
    }
    Verdict::likely(
        0.7,
        [Need::Symptom],
        "the text is of the HTTPS API: it names the API's operation or error, and no reply code",
    )
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Mend what the API complains of, or switch the program to SMTP")
        .step("Find the driver in the program's settings: `ses` is the API, `smtp` is SMTP")
        .step(
            "For the API give access key, secret access key and region (or a role); never the SMTP password",
        )
        .step("For SMTP give email-smtp.REGION.amazonaws.com, port 587, and the SMTP user name and password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, found, logged};

    #[test]
    fn the_apis_names_make_it_likely() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "SimpleEmailService::sendRawEmail(): Sender - MessageRejected: Email address is not verified. The following identities failed the check in region US-EAST-1: a@example.com",
        );
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.7)));
    }

    #[test]
    fn a_reply_code_is_of_smtp() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "smtplib.SMTPDataError: (554, b'Message rejected: Email address is not verified.')",
        );
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
