//! `client-not-sending-auth`: the client sends mail without logging in first.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;
use ses_smtp::credential::{PasswordShape, UsernameShape};
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "client-not-sending-auth",
    group: Group::Client,
    title: "The client does not log in before it sends",
    next_check: "see whether the client's dialogue has an AUTH command at all; in Postfix, whether postmap -q HOST finds the pair under the very words of relayhost",
    reads: &[Need::Symptom, Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`530 Authentication required`, in reply to MAIL FROM. Some clients call it a failed authentication, although no password was
ever judged. Often only some of the mail fails: that of one program, or that with an empty sender.

## Why it happens

Authentication is switched off in the client, its user name is empty, or the client finds no pair for this server: Postfix
looks it up under the text of `relayhost`, or under the sender when `smtp_sender_dependent_authentication` is on, which an empty
sender never matches.

## How it is proven

By the reply, from a client that ends the session when a login is refused. .NET, gen_smtp and some others go on without a
login after a refused one: there the reply does not tell the two apart.

## What to do

Switch authentication on in the client and give it the pair; in Postfix, make the key of the map the same text as
`relayhost`.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::AuthRequired) else {
        return Verdict::NotApplicable;
    };
    if refusal.basis == Need::Probe || has_nothing_to_send(evidence) {
        return Verdict::NotApplicable;
    }
    let why = "SES asked for the login that the client had not made";
    if evidence.login_accepted() {
        let why = format!("{why}; the pair logs in from here");
        return Verdict::likely(0.9, [Need::Symptom, Need::Probe], why);
    }
    if shows_no_login(evidence, refusal.phase) {
        return Verdict::likely(0.85, [Need::Symptom], why);
    }
    let why = format!(
        "{why}; some clients go on without a login after a refused one, and this line does not exclude it"
    );
    Verdict::possible(0.5, [Need::Symptom], why)
}

/// Without user name or password no client can log in: that is `empty-credentials`.
fn has_nothing_to_send(evidence: &Evidence) -> bool {
    evidence.username_shape() == Some(UsernameShape::Empty)
        || evidence.password_shape() == Some(PasswordShape::Empty)
}

/// The client is one that gives up after a refused login; or the line tells the command, and no client that goes on.
fn shows_no_login(evidence: &Evidence, phase: Option<Phase>) -> bool {
    match evidence.reported().and_then(|reported| reported.client) {
        Some(client) => client.stops_after_refused_login(),
        None => phase == Some(Phase::MailFrom),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    Remedy::new("Switch authentication on in the client, and let it find the pair for this server")
        .step(
            "JavaMail: mail.smtp.auth = true; PHPMailer: SMTPAuth = true; nodemailer: auth.user and auth.pass; Django: \
             EMAIL_HOST_USER and EMAIL_HOST_PASSWORD; Rails: user_name, password and authentication; .NET: Credentials, and \
             UseDefaultCredentials = false before it",
        )
        .command(
            "Postfix: ask the map for the very text of relayhost; it must answer user name and password",
            format!("postmap -q '[{host}]:587' hash:/etc/postfix/sasl_passwd"),
        )
        .step("Postfix: if only mail with an empty sender fails, give the map a key for the host beside those for senders")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, found, logged, password_shape};

    fn certainty(line: &str) -> Option<Certainty> {
        let mut evidence = evidence_of_client();
        logged(&mut evidence, line);
        found(&check(&evidence)).map(|(certainty, _)| certainty)
    }

    #[test]
    fn a_client_that_stops_after_a_refused_login_shows_it() {
        for line in [
            "postfix/smtp[1]: Q: status=bounced (host x said: 530 Authentication required (in reply to MAIL FROM command))",
            "smtplib.SMTPSenderRefused: (530, b'Authentication required', 'me@example.com')",
            "Error: Mail command failed: 530 Authentication required",
        ] {
            assert_eq!(certainty(line), Some(Certainty::Likely), "{line}");
        }
    }

    #[test]
    fn a_client_that_goes_on_or_is_not_named_leaves_it_open() {
        for line in [
            "The SMTP server requires a secure connection or the client was not authenticated. The server response was: Authentication required",
            "{:permanent_failure, \"email-smtp.us-east-1.amazonaws.com\", \"530 Authentication required\\r\\n\"}",
            "530 Authentication required",
        ] {
            assert_eq!(certainty(line), Some(Certainty::Possible), "{line}");
        }
    }

    #[test]
    fn an_empty_password_and_a_working_login_are_something_else() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "Error: Mail command failed: 530 Authentication required",
        );
        password_shape(&mut evidence, PasswordShape::Empty);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
