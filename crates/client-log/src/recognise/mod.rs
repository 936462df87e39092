//! From the words of one record to what happened.

mod signs;

use crate::client::Client;
use crate::event::{Event, Failure, Side, Success, Worked};
use crate::marks::{Mark, marks};
use crate::place::{Place, place};
use crate::sign::Sign;
use crate::{login, text};
use ses_smtp::catalogue::{self, FoundReply, Meaning};

/// How it is known that a text is about sending mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// A person says so, by giving it.
    Given,
    /// The text must show it: it is one record of a log of many things.
    Log,
}

/// What a text that a person gives says about sending mail. `None` when it says nothing of it.
pub fn recognise(text: &str) -> Option<Event> {
    recognise_in(text, Context::Given)
}

/// What a record says about sending mail.
pub(crate) fn recognise_in(record: &str, context: Context) -> Option<Event> {
    let plain = text::plain(record);
    let reading = Reading::of(&plain, context);
    reading
        .failure()
        .map(|failure| Event::Failed(Box::new(failure)))
        .or_else(|| reading.success().map(Event::Worked))
}

/// Statuses of HTTP that no mail server answers with.
const HTTP_ALONE: [u16; 6] = [400, 403, 404, 409, 413, 429];

/// A record, and all that is found in it.
struct Reading<'a> {
    text: &'a str,
    lower: String,
    marks: Vec<Mark>,
    place: Place,
    reply: Option<FoundReply>,
    context: Context,
}

impl<'a> Reading<'a> {
    fn of(text: &'a str, context: Context) -> Self {
        let lower = text.to_ascii_lowercase();
        Self {
            marks: marks(&lower),
            place: place(text),
            reply: catalogue::find_in_text(text),
            context,
            text,
            lower,
        }
    }

    fn has(&self, is: impl Fn(Mark) -> bool) -> bool {
        self.marks.iter().any(|mark| is(*mark))
    }

    fn first<T>(&self, of: impl Fn(Mark) -> Option<T>) -> Option<T> {
        self.marks.iter().find_map(|mark| of(*mark))
    }

    fn client(&self) -> Option<Client> {
        self.first(|mark| match mark {
            Mark::Client(client) => Some(client),
            Mark::Sign(_)
            | Mark::Stranger(_)
            | Mark::Side(_)
            | Mark::Worked(_)
            | Mark::Smtp
            | Mark::Mail
            | Mark::Noise => None,
        })
    }

    fn meaning(&self) -> Option<Meaning> {
        catalogue::recognise(&self.reply.as_ref()?.reply)
    }

    fn is_at_ses(&self) -> bool {
        self.place
            .endpoint
            .as_ref()
            .is_some_and(ses_smtp::Endpoint::is_ses_smtp)
    }

    fn is_about_mail(&self) -> bool {
        let told = self.has(|mark| matches!(mark, Mark::Smtp | Mark::Client(_)));
        let given = self.context == Context::Given || self.has(|mark| mark == Mark::Mail);
        let hinted = given && !self.has(|mark| mark == Mark::Noise);
        told || hinted || self.is_at_ses()
    }

    fn failure(&self) -> Option<Failure> {
        let signs = signs::signs(self);
        let reply = self.reply.as_ref().filter(|_| self.reply_counts(&signs));
        let stranger = self.stranger();
        let refused_by_stranger = stranger.is_some() && signs.contains(&Sign::LoginFailed);
        if reply.is_none() && !signs.iter().any(|sign| *sign != Sign::ApiCall) && !refused_by_stranger {
            return None;
        }
        // A dialogue that went through holds words of failure too: `verify error:num=20`.
        if reply.is_none() && !signs.iter().any(|sign| sign.is_telling()) && self.worked().is_some() {
            return None;
        }
        Some(Failure {
            client: self.client(),
            side: self.side(&signs),
            phase: reply.and_then(|found| found.phase),
            reply: reply.map(|found| found.reply.clone()),
            signs,
            endpoint: self.place.endpoint.clone(),
            port: self.place.port,
            tls: self.place.tls,
            stranger,
            login: login::login(self.text),
            sender: login::sender(self.text),
            recipient: login::recipient(self.text),
        })
    }

    /// A reply of SES counts; any other only where mail is spoken of, or where it stands alone.
    fn reply_counts(&self, signs: &[Sign]) -> bool {
        let Some(found) = &self.reply else { return false };
        let alone = self.context == Context::Given
            && self.text.trim_start().starts_with(&found.reply.code.to_string())
            && !self.text.contains(char::REPLACEMENT_CHARACTER);
        let known = self
            .meaning()
            .is_some_and(|meaning| meaning != Meaning::BadSequence);
        known || self.is_about_mail() || self.stranger().is_some() || !signs.is_empty() || alone
    }

    /// Another provider, by its words; SES's own host outweighs them.
    fn stranger(&self) -> Option<String> {
        if self.is_at_ses() {
            return None;
        }
        self.first(|mark| match mark {
            Mark::Stranger(name) => Some(name.to_owned()),
            Mark::Sign(_)
            | Mark::Client(_)
            | Mark::Side(_)
            | Mark::Worked(_)
            | Mark::Smtp
            | Mark::Mail
            | Mark::Noise => None,
        })
    }

    fn side(&self, signs: &[Sign]) -> Side {
        let incoming = self.has(|mark| mark == Mark::Side(Side::Incoming));
        if incoming && !self.is_at_ses() && self.client() != Some(Client::Postfix) {
            return Side::Incoming;
        }
        let told = signs.iter().any(|sign| {
            matches!(
                sign,
                Sign::ApiCall | Sign::ApiRejected | Sign::ApiSignature | Sign::ApiKey
            )
        });
        if told && !self.code_is_written() {
            Side::Api
        } else {
            Side::Submission
        }
    }

    /// The code stands in the text: it is not only inferred from SES's words, nor the status of an HTTP answer.
    fn code_is_written(&self) -> bool {
        self.reply.as_ref().is_some_and(|found| {
            let code = found.reply.code;
            !HTTP_ALONE.contains(&code) && self.text.contains(&format!("{code} "))
        })
    }

    fn worked(&self) -> Option<Worked> {
        let marked = self.marks.iter().filter_map(|mark| match *mark {
            Mark::Worked(what) => Some(what),
            Mark::Sign(_)
            | Mark::Client(_)
            | Mark::Stranger(_)
            | Mark::Side(_)
            | Mark::Smtp
            | Mark::Mail
            | Mark::Noise => None,
        });
        let sent = has_message_id(&self.lower).then_some(Worked::Sent);
        marked.chain(sent).max()
    }

    fn success(&self) -> Option<Success> {
        Some(Success {
            what: self.worked()?,
            endpoint: self.place.endpoint.clone(),
        })
    }
}

/// `250 Ok 0107017033dbb64d-be13a01e-…`: SES has taken the message.
fn has_message_id(lower: &str) -> bool {
    lower.match_indices("250 ok ").any(|(at, ok)| {
        let id = lower.get(at + ok.len()..).unwrap_or_default();
        let length = id
            .find(|c: char| !(c.is_ascii_hexdigit() || c == '-'))
            .unwrap_or(id.len());
        length >= 30 && id.get(..length).is_some_and(|id| id.contains('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn failed(text: &str) -> Failure {
        match recognise(text) {
            Some(Event::Failed(failure)) => *failure,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_code_decides_and_not_the_class_of_the_exception() {
        let failure =
            failed("smtplib.SMTPAuthenticationError: (530, b'Must issue a STARTTLS command first')");
        assert_eq!(failure.reply.map(|reply| reply.code), Some(530));
        assert_eq!(failure.client, Some(Client::Smtplib));
    }

    #[test]
    fn a_line_of_postfix_is_taken_apart() {
        let failure = failed(
            "Jun  6 15:49:11 mail postfix/smtp[2486]: 65B2B1DC7BA: to=<user@example.com>, relay=email-smtp.us-east-2.amazonaws.com[198.51.100.113]:25, dsn=5.0.0, status=bounced (host email-smtp.us-east-2.amazonaws.com[198.51.100.113] said: 530 Authentication required (in reply to MAIL FROM command))",
        );
        assert_eq!(failure.client, Some(Client::Postfix));
        assert_eq!(failure.port, Some(25));
        assert_eq!(
            failure.endpoint.and_then(|endpoint| endpoint.region).as_deref(),
            Some("us-east-2")
        );
        assert_eq!(failure.phase, Some(ses_smtp::Phase::MailFrom));
        assert_eq!(failure.recipient.as_deref(), Some("user@example.com"));
    }

    #[test]
    fn the_servers_own_side_and_the_api_are_told_apart() {
        let line = "mail postfix/smtpd[77]: warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6";
        assert_eq!(failed(line).side, Side::Incoming);
        let api =
            "MessageRejected: Sending paused for this account. For more information, please check the inbox";
        assert_eq!(failed(api).side, Side::Api);
        let smtp = "SMTPDataError: (554, b'Message rejected: Sending paused for this account.')";
        assert_eq!(failed(smtp).side, Side::Submission);
    }

    #[test]
    fn other_providers_are_known_by_their_words_unless_the_host_is_of_ses() {
        let gmail = "Invalid login: 535-5.7.8 Username and Password not accepted. For more information, go to support.google.com - gsmtp";
        assert_eq!(failed(gmail).stranger.as_deref(), Some("Gmail"));
        let ses = format!("host email-smtp.eu-west-1.amazonaws.com said: {gmail}");
        assert_eq!(failed(&ses).stranger, None);
    }

    #[test]
    fn what_worked_and_what_says_nothing() {
        let sent = "relay=email-smtp.eu-west-1.amazonaws.com[198.51.100.1]:587, dsn=2.0.0, status=sent (250 Ok 0102018f3c2b1a00-0c0ffee0-1111-2222-3333-444455556666-000000)";
        assert!(matches!(
            recognise(sent),
            Some(Event::Worked(Success {
                what: Worked::Sent,
                ..
            }))
        ));
        for line in [
            "",
            "GET /index.html HTTP/1.1\" 535 12",
            "user 535 logged in",
            "PHP Fatal error: Uncaught TypeError",
            "sshd[535]: Failed password for root",
            "postgres: connection refused",
        ] {
            assert_eq!(recognise(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,200}") {
            let _ = recognise(&text);
        }

        #[test]
        fn pieces_of_real_lines_have_an_answer(pieces in proptest::collection::vec(
            proptest::sample::select(vec!["535 ", "://", "@", "ENOTFOUND ", "invalid port \":", "AUTH LOGIN ", "\\n", "\"", "S: 4", "\n", "from=<", ">", "554 ", "in region ", "email-smtp", ".amazonaws.com", "é"]), 0..25)) {
            let _ = recognise(&pieces.concat());
        }
    }
}
