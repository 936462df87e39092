//! The AWS side of the collection: which needs the AWS reads can meet, and when.

use super::Readiness;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use jiff::Timestamp;
use secrecy::SecretString;
use ses_doctor_aws::{Aws, Settings, Subject};
use ses_doctor_core::{Evidence, Fact, Need, Observation, Observed};
use ses_smtp::credential;
use ses_smtp::endpoint::SMTP_REGIONS;

/// The AWS reads of one diagnosis. Connecting (profile, credentials, certificates) runs beside the SMTP probe; whoever
/// needs AWS waits for it.
pub(crate) struct AwsSource {
    aws: Shared<BoxFuture<'static, Option<Aws>>>,
    password: Option<SecretString>,
}

impl AwsSource {
    /// Begins to connect. The password is compared with derived ones when the operator's own key is the SMTP key.
    pub(crate) fn connect(settings: Settings, password: Option<SecretString>) -> Self {
        let task = tokio::spawn(async move { Aws::connect(&settings).await });
        Self {
            aws: async move { task.await.ok() }.boxed().shared(),
            password,
        }
    }

    /// The same with a client that is connected already.
    pub(crate) fn of(aws: Aws, password: Option<SecretString>) -> Self {
        Self {
            aws: futures::future::ready(Some(aws)).boxed().shared(),
            password,
        }
    }

    /// Whether a need can be met now.
    pub(crate) fn readiness(&self, need: Need, evidence: &Evidence) -> Readiness {
        match ses_doctor_aws::can_meet(need, evidence) {
            ses_doctor_aws::Readiness::Ready => {
                let (aws, subject) = (self.aws.clone(), Subject::of_need(need, evidence));
                let flight = async move {
                    match aws.await {
                        Some(aws) => aws.collect(need, &subject).await,
                        None => Fact::failed(
                            need,
                            "ses-doctor",
                            Timestamp::now(),
                            "the AWS client could not be started",
                        ),
                    }
                };
                Readiness::Ready(flight.boxed())
            }
            ses_doctor_aws::Readiness::Waits(_) => Readiness::Waits,
            ses_doctor_aws::Readiness::Cannot(_) => Readiness::Cannot,
        }
    }

    /// When the operator's own key is the SMTP key, its secret tells offline which region the password belongs to.
    pub(crate) fn operator_secret(&self, evidence: &Evidence) -> Option<BoxFuture<'static, Fact>> {
        let mut facts = evidence
            .credential
            .known()
            .filter(|facts| facts.derivation.is_none())
            .cloned()?;
        let key = evidence.access_key_id()?.to_owned();
        let (aws, password) = (self.aws.clone(), self.password.clone()?);
        let source = evidence.credential.source.clone();
        let work = async move {
            let secret = match aws.await {
                Some(aws) => aws.secret_of_operator(&key).await,
                None => None,
            };
            facts.derivation = secret.map(|secret| credential::identify(&secret, &password, SMTP_REGIONS));
            Fact::Credential(Observation::new(source, Timestamp::now(), Observed::Known(facts)))
        };
        Some(work.boxed())
    }
}
