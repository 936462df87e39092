//! The part of a probe that happens under TLS: EHLO, AUTH, the envelope, the message.

use super::run::{Run, Tcp};
use super::{Ehlo, Failure, FailureKind, Mechanism};
use crate::reply::Phase;
use crate::session::{Message, Session};
use crate::tls::VerifiedTls;
use std::time::Duration;

type Secure = Session<VerifiedTls<Tcp>>;

impl Run<'_> {
    pub(super) async fn under_tls(&mut self, mut session: Secure) -> Result<(), Failure> {
        let mut outcome = self.dialogue(&mut session).await;
        if let (Ok(()), Some(hold)) = (&outcome, self.request.hold) {
            outcome = self.hold(&mut session, hold).await;
        }
        let alive = match &outcome {
            Ok(()) => true,
            Err(failure) => matches!(
                failure.kind,
                FailureKind::ReplyCode | FailureKind::AuthNotOffered | FailureKind::NotSes
            ),
        };
        if alive {
            session.quit().await;
        }
        outcome
    }

    /// Says nothing for so long. A server that closes for it says so by itself; a device on the way that only forgets the
    /// connection shows at the command after the pause.
    async fn hold(&mut self, session: &mut Secure, hold: Duration) -> Result<(), Failure> {
        self.enter(Phase::Idle);
        self.recorder.event(&format!("in silence for {hold:?}"));
        match session.read_reply(Phase::Idle, hold).await {
            Ok(reply) => return Err(self.refuse(Phase::Idle, reply)),
            Err(failure) if failure.kind == FailureKind::TimedOut => {}
            Err(failure) => return Err(failure),
        }
        let reply = session.noop().await?;
        if reply.is_positive() {
            Ok(())
        } else {
            Err(self.refuse(Phase::Idle, reply))
        }
    }

    async fn dialogue(&mut self, session: &mut Secure) -> Result<(), Failure> {
        self.enter(Phase::Ehlo);
        let (reply, ehlo) = session.ehlo(&self.request.ehlo_name).await?;
        let Some(ehlo) = ehlo else {
            return Err(self.refuse(Phase::Ehlo, reply));
        };
        let mechanisms: Vec<Mechanism> = self
            .request
            .mechanisms
            .iter()
            .copied()
            .filter(|mechanism| ehlo.offers_auth(*mechanism))
            .collect();
        self.facts.ehlo = Some(ehlo);
        if !self.request.goal.wants_auth() {
            return Ok(());
        }
        self.log_in(session, &mechanisms).await?;
        match self.request.goal.envelope() {
            Some((from, to, message)) => self.envelope(session, from, to, message).await,
            None => Ok(()),
        }
    }

    async fn log_in(&mut self, session: &mut Secure, mechanisms: &[Mechanism]) -> Result<(), Failure> {
        let request = self.request;
        let Some((username, password)) = &request.credentials else {
            return Ok(());
        };
        self.enter(Phase::Auth);
        if !self.facts.introduces_itself_as_ses() {
            let detail =
                "the server does not introduce itself as Amazon SES, so no credentials were sent to it";
            return Err(self.failure(FailureKind::NotSes, detail));
        }
        let mut refusal = None;
        for mechanism in mechanisms {
            let attempt = session.auth(*mechanism, username, password).await?;
            let reply = attempt.reply.clone();
            self.facts.auth.push(attempt);
            if reply.code == 235 {
                return Ok(());
            }
            let again = reply.code == 535;
            refusal = Some(reply);
            if !again {
                break;
            }
        }
        match refusal {
            Some(reply) => Err(self.refuse(Phase::Auth, reply)),
            None => Err(self.failure(
                FailureKind::AuthNotOffered,
                "no common AUTH mechanism among the EHLO keywords",
            )),
        }
    }

    async fn envelope(
        &mut self,
        session: &mut Secure,
        from: &str,
        to: &str,
        message: Option<&Message>,
    ) -> Result<(), Failure> {
        self.enter(Phase::MailFrom);
        let reply = session.mail_from(from).await?;
        self.facts.mail_from = Some(reply.clone());
        if !reply.is_positive() {
            return Err(self.refuse(Phase::MailFrom, reply));
        }
        self.enter(Phase::RcptTo);
        let reply = session.rcpt_to(to).await?;
        self.facts.rcpt_to = Some(reply.clone());
        if !reply.is_positive() {
            return Err(self.refuse(Phase::RcptTo, reply));
        }
        match message {
            Some(message) => self.deliver(session, message).await,
            None => Ok(()),
        }
    }

    async fn deliver(&mut self, session: &mut Secure, message: &Message) -> Result<(), Failure> {
        self.enter(Phase::Data);
        let reply = session.data().await?;
        if reply.code != 354 {
            return Err(self.refuse(Phase::Data, reply));
        }
        self.enter(Phase::EndOfData);
        let reply = session.message(message).await?;
        self.facts.end_of_data = Some(reply.clone());
        if reply.is_positive() {
            Ok(())
        } else {
            Err(self.refuse(Phase::EndOfData, reply))
        }
    }
}

impl Ehlo {
    fn offers_auth(&self, mechanism: Mechanism) -> bool {
        let wanted = match mechanism {
            Mechanism::Plain => "PLAIN",
            Mechanism::Login => "LOGIN",
        };
        // Some servers write `AUTH=PLAIN LOGIN`.
        let lines = self
            .keywords
            .iter()
            .filter(|line| line.starts_with("AUTH ") || line.starts_with("AUTH="));
        lines
            .flat_map(|line| line.split([' ', '=']))
            .skip(1)
            .any(|word| word.eq_ignore_ascii_case(wanted))
    }
}
