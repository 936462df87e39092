//! Carrying out the actions of a plan, one file a family: reading the thing, changing it, and describing it whole for the
//! snapshot.

mod ec2;
mod iam;
mod managed_policy;
mod ses;

use crate::client::Aws;
use crate::collect::vpc_endpoints::EC2;
use crate::outcome::Judge;
use crate::outcome::{Look, Trouble};
use crate::permissions::GET_CALLER_IDENTITY;
use serde_json::Value;
use ses_doctor_core::action::{Action, State};

/// Why a change was not seen to be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The answer was no: nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// There was no answer, or none that says: the thing itself has to be read.
    #[error("{0}")]
    Unclear(String),
}

/// Who reads and changes things. The engine of runs knows no other way to the world.
pub trait Actuator: Sync {
    /// The present state of the thing that an action changes.
    fn read(&self, action: &Action) -> impl Future<Output = Result<State, String>> + Send;

    /// Carries the action out. Whether that worked is told by reading, not by the answer.
    fn act(&self, action: &Action) -> impl Future<Output = Result<(), CallError>> + Send;

    /// The thing with everything around it that a person would want to have kept.
    fn describe(&self, action: &Action) -> impl Future<Output = Result<Value, String>> + Send;
}

/// The things that AWS has.
#[derive(Debug, Clone)]
pub struct AwsActuator {
    aws: Aws,
    region: String,
}

impl AwsActuator {
    /// Through these credentials, in this region.
    pub fn new(aws: Aws, region: impl Into<String>) -> Self {
        Self {
            aws,
            region: region.into(),
        }
    }

    /// AWS.
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The region of SES.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The account that the credentials belong to.
    ///
    /// # Errors
    /// When STS does not tell.
    pub async fn account(&self) -> Result<String, String> {
        let sts = self.aws.sts(Some(&self.region));
        let look = async {
            let answer = sts.get_caller_identity().send().await;
            let account = answer.judge(GET_CALLER_IDENTITY)?.account;
            account.ok_or_else(|| Trouble::failed("STS named no account"))
        };
        self.told(self.aws.within(GET_CALLER_IDENTITY, look).await)
    }

    fn told<T>(&self, look: Look<T>) -> Result<T, String> {
        look.map_err(|trouble| self.aws.clean(&trouble.reason()))
    }

    fn iam(&self) -> aws_sdk_iam::Client {
        self.aws.iam(Some(&self.region))
    }

    async fn look(&self, action: &Action) -> Look<State> {
        let (ses, ec2) = (
            || self.aws.ses(&self.region),
            || self.aws.signed(EC2, &self.region),
        );
        match action {
            Action::AccessKeyStatus(change) => iam::key_status(&self.iam(), change).await,
            Action::UserPolicy(change) => iam::user_policy(&self.iam(), change).await,
            Action::AttachedPolicy(change) => iam::attachment(&self.iam(), change).await,
            Action::PolicyVersion(change) => managed_policy::version(&self.iam(), change).await,
            Action::DefaultVersion(change) => managed_policy::default(&self.iam(), change).await,
            Action::AccountSending(_) => ses::account_sending(&ses()).await,
            Action::ConfigurationSetSending(change) => ses::set_sending(&ses(), change).await,
            Action::IdentityConfigurationSet(change) => ses::default_set(&ses(), change).await,
            Action::Ingress(change) => ec2::ingress(&ec2(), change).await,
            Action::EndpointPolicy(change) => ec2::endpoint_policy(&ec2(), change).await,
            Action::LocalFile(_) => Err(not_of_aws()),
        }
    }

    async fn change(&self, action: &Action) -> Look<()> {
        let (ses, ec2) = (
            || self.aws.ses(&self.region),
            || self.aws.signed(EC2, &self.region),
        );
        match action {
            Action::AccessKeyStatus(change) => iam::set_key_status(&self.iam(), change).await,
            Action::UserPolicy(change) => iam::put_user_policy(&self.iam(), change).await,
            Action::AttachedPolicy(change) => iam::attach(&self.iam(), change).await,
            Action::PolicyVersion(change) => managed_policy::put_version(&self.iam(), change).await,
            Action::DefaultVersion(change) => managed_policy::set_default(&self.iam(), change).await,
            Action::AccountSending(change) => ses::put_account_sending(&ses(), change).await,
            Action::ConfigurationSetSending(change) => ses::put_set_sending(&ses(), change).await,
            Action::IdentityConfigurationSet(change) => ses::put_default_set(&ses(), change).await,
            Action::Ingress(change) => ec2::put_ingress(&ec2(), change).await,
            Action::EndpointPolicy(change) => ec2::put_endpoint_policy(&ec2(), change).await,
            Action::LocalFile(_) => Err(not_of_aws()),
        }
    }

    async fn whole(&self, action: &Action) -> Look<Value> {
        let (ses, ec2) = (
            || self.aws.ses(&self.region),
            || self.aws.signed(EC2, &self.region),
        );
        match action {
            Action::AccessKeyStatus(change) => iam::describe_user(&self.iam(), &change.user).await,
            Action::UserPolicy(change) => iam::describe_user(&self.iam(), &change.user).await,
            Action::AttachedPolicy(change) => iam::describe_user(&self.iam(), &change.user).await,
            Action::PolicyVersion(change) => managed_policy::describe(&self.iam(), &change.policy).await,
            Action::DefaultVersion(change) => managed_policy::describe(&self.iam(), &change.policy).await,
            Action::AccountSending(_) => ses::describe_account(&ses()).await,
            Action::ConfigurationSetSending(change) => ses::describe_set(&ses(), &change.name).await,
            Action::IdentityConfigurationSet(change) => {
                ses::describe_identity(&ses(), &change.identity).await
            }
            Action::Ingress(change) => ec2::describe_group(&ec2(), &change.group).await,
            Action::EndpointPolicy(change) => ec2::describe_endpoint(&ec2(), &change.endpoint).await,
            Action::LocalFile(_) => Err(not_of_aws()),
        }
    }
}

fn not_of_aws() -> Trouble {
    Trouble::failed("AWS has no such thing")
}

impl Actuator for AwsActuator {
    async fn read(&self, action: &Action) -> Result<State, String> {
        let look = self.aws.within(&action.resource(), self.look(action)).await;
        self.told(look)
    }

    async fn act(&self, action: &Action) -> Result<(), CallError> {
        let look = self.aws.within(&action.call().name(), self.change(action)).await;
        look.map_err(|trouble| {
            let why = self.aws.clean(&trouble.reason());
            match trouble {
                Trouble::Missing | Trouble::Denied { .. } => CallError::Refused(why),
                Trouble::Failed { .. } => CallError::Unclear(why),
            }
        })
    }

    async fn describe(&self, action: &Action) -> Result<Value, String> {
        let look = self.aws.within(&action.resource(), self.whole(action)).await;
        self.told(look)
    }
}

#[cfg(test)]
mod tests;
