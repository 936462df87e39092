//! The AWS side of the collection: which needs the AWS reads can meet, and when.

use super::Readiness;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use secrecy::SecretString;
use ses_doctor_aws::{Aws, Subject};
use ses_doctor_core::{Evidence, Fact, Need, Observation, Observed};
use ses_smtp::credential;
use ses_smtp::endpoint::SMTP_REGIONS;

/// The AWS reads of one diagnosis.
pub(crate) struct AwsSource {
    aws: Aws,
    password: Option<SecretString>,
}

impl AwsSource {
    /// Reads through `aws`; the password is compared with derived ones when the operator's own key is the SMTP key.
    pub(crate) fn new(aws: Aws, password: Option<SecretString>) -> Self {
        Self { aws, password }
    }

    /// Whether a need can be met now.
    pub(crate) fn readiness(&self, need: Need, evidence: &Evidence) -> Readiness {
        match ses_doctor_aws::can_meet(need, evidence) {
            ses_doctor_aws::Readiness::Ready => {
                let (aws, subject) = (self.aws.clone(), Subject::of(evidence));
                Readiness::Ready(async move { aws.collect(need, &subject).await }.boxed())
            }
            ses_doctor_aws::Readiness::Waits(_) => Readiness::Waits,
            ses_doctor_aws::Readiness::Cannot(_) => Readiness::Cannot,
        }
    }

    /// When the operator's own key is the SMTP key, its secret tells offline which region the password belongs to.
    pub(crate) fn operator_secret(&self, evidence: &Evidence) -> Option<BoxFuture<'static, Fact>> {
        let facts = evidence.credential.known().cloned()?;
        let key = evidence.access_key_id()?.to_owned();
        let (aws, password) = (self.aws.clone(), self.password.clone()?);
        if facts.derivation.is_some() {
            return None;
        }
        let source = evidence.credential.source.clone();
        let work = async move {
            let mut facts = facts;
            if let Some(secret) = aws.secret_of_operator(&key).await {
                facts.derivation = Some(credential::identify(&secret, &password, SMTP_REGIONS));
            }
            Fact::Credential(Observation::new(source, Timestamp::now(), Observed::Known(facts)))
        };
        Some(work.boxed())
    }
}
