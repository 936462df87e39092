//! `mailer-dsn-invalid`: the client cannot read the URL that holds its settings.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "mailer-dsn-invalid",
    group: Group::Client,
    title: "The client cannot read its mailer DSN or URL",
    next_check: "see the variable as the client gets it: scheme://USER:PASSWORD@HOST:PORT, with / as %2F and + as %2B in the password, no quotes around it",
    reads: &[Need::Symptom, Need::Credential],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`The mailer DSN is invalid.`, `The \"…\" mailer DSN must contain a scheme.`, `ERR_INVALID_URL` or `invalid port`, before any
connection.

## Why it happens

All settings stand in one URL. It is empty or misspelt in this environment, quotes became part of it, its bridge is not
installed, or the password holds a `/`, as every second SES password does, and ends a part of the URL early.

## How it is proven

By the client's own words. When they show a piece of the login where a host or port is due, it is
`password-url-encoding`.

## What to do

Write the URL anew, with the password encoded, or use separate settings.
";

fn check(evidence: &Evidence) -> Verdict {
    match super::told(evidence, &[Sign::InvalidDsn]) {
        Some(_) if super::names_another_service(evidence) => Verdict::NotApplicable,
        Some(_) => Verdict::likely(
            0.75,
            [Need::Symptom],
            "the client says that the URL with its settings is invalid, and connects to nothing",
        ),
        None => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new("Write the URL anew, with user name and password encoded")
        .step(format!(
            "The form: smtp://USER:PASSWORD@email-smtp.{region}.amazonaws.com:587, with / as %2F and + as %2B in the password"
        ))
        .step("Symfony and Laravel: ses+smtp:// wants symfony/amazon-mailer; plain smtp:// needs nothing")
        .step("See that the variable is set where the client runs, and that no quotes are part of it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, found, logged};

    #[test]
    fn the_clients_word_makes_it_likely() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "Symfony\\Component\\Mailer\\Exception\\InvalidArgumentException: The mailer DSN is invalid.",
        );
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.75)));
    }

    #[test]
    fn a_piece_of_the_password_as_port_is_another_cause() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "smtp: ValueError: Port could not be cast to integer value as 'BLBM'",
        );
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
