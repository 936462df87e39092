//! What the evidence says of the login, read in one place so that every cause starts from the same reading.

use super::{Evidence, LoginOutcome, Reported};
use crate::experiment::{Factor, Flip, Purpose, Trial};
use crate::need::Need;
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::credential::{Derivation, PasswordShape, UsernameShape};
use ses_smtp::endpoint::Endpoint;
use ses_smtp::probe::{Failure, ProbeFacts};
use ses_smtp::reply::{Phase, Reply};

/// A reply that refused something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The evidence that holds it: [`Need::Probe`] or [`Need::Symptom`].
    pub basis: Need,
    /// The phase in which it came, when known.
    pub phase: Option<Phase>,
    /// The reply.
    pub reply: Reply,
    /// What SES means by it, when it is a reply of SES.
    pub meaning: Option<Meaning>,
}

/// How far the login got, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login<'a> {
    /// `235` in our own probe.
    Accepted,
    /// A refusing reply: in our own probe, or in the client's log when nothing was probed.
    Refused(Refusal),
    /// The probe never got an answer to AUTH.
    NotReached(&'a Failure),
    /// The probe reached the endpoint, but there was no pair to log in with.
    NotTried,
    /// Neither probed nor told.
    Unknown,
}

impl Evidence {
    /// How far the login got. Our own probe counts before the client's log: it is newer and whole.
    pub fn login(&self) -> Login<'_> {
        match self.probe.known() {
            Some(probe) => login_of(probe),
            None => self.reported_refusal().map_or(Login::Unknown, Login::Refused),
        }
    }

    /// The basis on which SES refused the pair with the one 535 that it has for most causes.
    pub fn credentials_refused(&self) -> Option<Need> {
        match self.login() {
            Login::Refused(Refusal {
                meaning: Some(Meaning::CredentialsInvalid),
                basis,
                ..
            }) => Some(basis),
            Login::Refused(_) | Login::Accepted | Login::NotReached(_) | Login::NotTried | Login::Unknown => {
                None
            }
        }
    }

    /// The pair works: our own probe got `235`.
    pub fn login_accepted(&self) -> bool {
        matches!(self.login(), Login::Accepted)
    }

    /// The refusing reply that the client logged.
    pub fn reported_refusal(&self) -> Option<Refusal> {
        let reported = self.reported()?;
        let reply = reported.reply.clone()?;
        let meaning = catalogue::recognise(&reply);
        (reply.code >= 400).then_some(Refusal {
            basis: Need::Symptom,
            phase: reported.phase,
            reply,
            meaning,
        })
    }

    /// Every refusal known: of the probe first, then of the client's log.
    pub fn refusals(&self) -> Vec<Refusal> {
        let probed = self.probe.known().and_then(probe_refusal);
        probed.into_iter().chain(self.reported_refusal()).collect()
    }

    /// The first refusal whose meaning satisfies `is`.
    pub fn refusal_meaning(&self, is: impl Fn(&Meaning) -> bool) -> Option<Refusal> {
        self.refusals()
            .into_iter()
            .find(|refusal| refusal.meaning.as_ref().is_some_and(&is))
    }

    /// The line that the client logged.
    pub fn reported(&self) -> Option<&Reported> {
        self.symptom.known()?.reported.as_ref()
    }

    /// The host that the client connects to, classified.
    pub fn endpoint(&self) -> Option<Endpoint> {
        let symptom = self.symptom.known()?;
        (!symptom.host.is_empty()).then(|| Endpoint::parse(&symptom.host))
    }

    /// The region of the endpoint: of the host name, else as the person told.
    pub fn region(&self) -> Option<String> {
        let of_host = self.endpoint().and_then(|endpoint| endpoint.region);
        of_host.or_else(|| self.symptom.known()?.region.clone())
    }

    /// The shape of the user name, when one was given.
    pub fn username_shape(&self) -> Option<UsernameShape> {
        Some(self.credential.known()?.username.shape)
    }

    /// The shape of the password, when one was given.
    pub fn password_shape(&self) -> Option<PasswordShape> {
        Some(self.credential.known()?.password.shape)
    }

    /// The access key id used as user name, when it is one (also a temporary one).
    pub fn access_key_id(&self) -> Option<&str> {
        let username = &self.credential.known()?.username;
        match username.shape {
            UsernameShape::AccessKeyId | UsernameShape::TemporaryKeyId => Some(&username.shown),
            UsernameShape::Empty
            | UsernameShape::MailManagerIngressPoint
            | UsernameShape::ConsoleSmtpUserName
            | UsernameShape::EmailAddress
            | UsernameShape::Arn
            | UsernameShape::SecretAccessKey
            | UsernameShape::SmtpPassword
            | UsernameShape::NearAccessKeyId
            | UsernameShape::Other => None,
        }
    }

    /// User name and password both have the shape that SES wants: the pair is wrong for a reason that cannot be seen.
    pub fn shapes_are_right(&self) -> bool {
        self.username_shape() == Some(UsernameShape::AccessKeyId)
            && self.password_shape() == Some(PasswordShape::SmtpV4)
    }

    /// The region that the password was made for, when derivation or a login elsewhere proved it.
    pub fn password_region(&self) -> Option<(String, Need)> {
        if let Some(Derivation::Region(region)) = self.credential.known().and_then(|c| c.derivation.as_ref())
        {
            return Some((region.clone(), Need::Credential));
        }
        let swept = self.regions.known().into_iter().flatten();
        let mut accepted = swept.filter(|login| login.outcome == LoginOutcome::Accepted);
        if let Some(login) = accepted.next() {
            return Some((login.region.clone(), Need::Regions));
        }
        let mut trials = self.experiment.known()?.trials.iter();
        let elsewhere = trials.find(|trial| is_elsewhere(trial))?;
        Some((elsewhere.setup.region.clone()?, Need::Experiment))
    }

    /// The factor that decides the outcome, when an experiment settled one.
    pub fn flip(&self) -> Option<&Flip> {
        self.experiment.known()?.flip()
    }
}

fn login_of(probe: &ProbeFacts) -> Login<'_> {
    if probe.auth.iter().any(|attempt| attempt.reply.code == 235) {
        return Login::Accepted;
    }
    match (probe_refusal(probe), &probe.failure) {
        (Some(refusal), _) => Login::Refused(refusal),
        (None, Some(failure)) => Login::NotReached(failure),
        (None, None) => Login::NotTried,
    }
}

/// The refusal that ended the probe: a recorded one, else the reply to the last AUTH.
fn probe_refusal(probe: &ProbeFacts) -> Option<Refusal> {
    let of_auth = probe
        .auth
        .last()
        .map(|attempt| (Phase::Auth, attempt.reply.clone()));
    let (phase, reply) = probe
        .refusal
        .clone()
        .or(of_auth)
        .filter(|(_, reply)| reply.code >= 400)?;
    let meaning = catalogue::recognise(&reply);
    Some(Refusal {
        basis: Need::Probe,
        phase: Some(phase),
        reply,
        meaning,
    })
}

/// A login that was taken in a region other than the client's. The client's own circumstances are among the trials of the
/// factor too.
fn is_elsewhere(trial: &Trial) -> bool {
    trial.factor == Some(Factor::Region) && trial.purpose == Purpose::Screening && trial.outcome.works()
}
