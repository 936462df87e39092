//! Carrying out the actions of a plan, one file a family: reading the thing, changing it, and describing it whole for the
//! snapshot.

mod ec2;
pub(crate) mod group;
mod iam;
mod idle_key;
mod managed_policy;
mod named_policy;
mod new_access_key;
mod refusal;
mod ses;
mod stored_pair;
mod tenant;

use crate::client::Aws;
use crate::collect::vpc_endpoints::EC2;
use crate::ledger::Ledger;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{GET_CALLER_IDENTITY, LIST_POLICY_VERSIONS};
use crate::rotation::Memory;
use crate::run::Vault;
use crate::signed::{Query, Signed};
use serde_json::Value;
use ses_doctor_core::action::{Action, State};
use ses_doctor_core::fix::KnownVersion;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

/// Why a change was not seen to be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The answer was a definite no: nothing was changed, and asking again would change nothing.
    #[error("{why}")]
    Refused {
        /// The service's code; `None` where it was not a service that refused.
        code: Option<String>,
        /// The reason, and what to do.
        why: String,
    },
    /// There was no answer, or none that says: the thing itself has to be read.
    #[error("{0}")]
    Unclear(String),
    /// A gate opens later.
    #[error("{0}")]
    NotYet(String),
}

impl CallError {
    /// Refused by nobody of AWS, but by what is here.
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused {
            code: None,
            why: why.into(),
        }
    }
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
    memory: Arc<Memory>,
}

impl AwsActuator {
    /// Through these credentials, in this region.
    pub fn new(aws: Aws, region: impl Into<String>) -> Self {
        Self {
            aws,
            region: region.into(),
            memory: Arc::default(),
        }
    }

    /// The folder of the run that it works for. What is told first counts.
    pub fn keep_in(&self, folder: &Path) {
        self.memory.keep_in(folder);
    }

    /// What the run keeps of its key; `None` outside of a run.
    pub fn vault(&self) -> Option<&Vault> {
        self.memory.vault()
    }

    /// Waits before a gate that opens later, in place of ending there.
    pub fn wait_at_gates(&self) {
        self.memory.set_waiting();
    }

    /// Says that a gate was passed that is not of AWS.
    pub fn pass(&self, gate: &Action) {
        self.memory.pass(gate.resource());
    }

    /// The state of a gate: passed in this process, or not.
    pub fn gate(&self, gate: &Action) -> State {
        match self.memory.is_passed(&gate.resource()) {
            true => gate.after(),
            false => gate.before(),
        }
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The way to AWS.
    pub fn aws(&self) -> &Aws {
        &self.aws
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
        self.aws.told(self.aws.within(GET_CALLER_IDENTITY, look).await)
    }

    /// The versions of a customer managed policy.
    ///
    /// # Errors
    /// When IAM does not tell.
    pub async fn versions(&self, policy: &str) -> Result<Vec<KnownVersion>, String> {
        let iam = self.iam();
        let look = self
            .aws
            .within(LIST_POLICY_VERSIONS, managed_policy::versions(&iam, policy));
        self.aws.told(look.await)
    }

    fn iam(&self) -> aws_sdk_iam::Client {
        self.aws.iam(Some(&self.region))
    }

    fn ses(&self) -> aws_sdk_sesv2::Client {
        self.aws.ses(&self.region)
    }

    fn ec2(&self) -> Signed<Query> {
        self.aws.signed(EC2, &self.region)
    }

    fn look<'a>(&'a self, action: &'a Action) -> Boxed<'a, State> {
        match action {
            Action::AccessKeyStatus(change) => Box::pin(async { iam::key_status(&self.iam(), change).await }),
            Action::UserPolicy(change) => Box::pin(named_policy::state(self, change)),
            Action::GroupPolicy(change) => Box::pin(named_policy::state(self, change)),
            Action::AttachedPolicy(change) => Box::pin(async { iam::attachment(&self.iam(), change).await }),
            Action::PolicyVersion(change) => {
                Box::pin(async { managed_policy::version(&self.iam(), change).await })
            }
            Action::DefaultVersion(change) => {
                Box::pin(async { managed_policy::default(&self.iam(), change).await })
            }
            Action::AccountSending(_) => Box::pin(async { ses::account_sending(&self.ses()).await }),
            Action::ConfigurationSetSending(change) => {
                Box::pin(async { ses::set_sending(&self.ses(), change).await })
            }
            Action::IdentityConfigurationSet(change) => {
                Box::pin(async { ses::default_set(&self.ses(), change).await })
            }
            Action::IdentityPolicy(change) => Box::pin(named_policy::state(self, change)),
            Action::TenantSending(change) => Box::pin(async { tenant::sending(&self.ses(), change).await }),
            Action::TenantResource(change) => Box::pin(async { tenant::resource(&self.ses(), change).await }),
            Action::Ingress(change) => Box::pin(async { ec2::ingress(&self.ec2(), change).await }),
            Action::EndpointPolicy(change) => {
                Box::pin(async { ec2::endpoint_policy(&self.ec2(), change).await })
            }
            Action::NewAccessKey(change) => {
                Box::pin(async { new_access_key::state(&self.iam(), change, &self.memory).await })
            }
            Action::AccessKeyDeletion(change) => {
                Box::pin(async { idle_key::state(&self.iam(), change).await })
            }
            Action::StoredPair(change) => {
                Box::pin(stored_pair::state(&self.aws, &self.region, change, &self.memory))
            }
            Action::WritableStore(_) | Action::LoginProof(_) | Action::QuietKey(_) => {
                Box::pin(async { Ok(self.gate(action)) })
            }
            Action::LocalFile(_) => Box::pin(async { Err(not_of_aws()) }),
        }
    }

    fn change<'a>(&'a self, action: &'a Action) -> Boxed<'a, ()> {
        match action {
            Action::AccessKeyStatus(change) => {
                Box::pin(async { iam::set_key_status(&self.iam(), change).await })
            }
            Action::UserPolicy(change) => Box::pin(named_policy::put(self, change)),
            Action::GroupPolicy(change) => Box::pin(named_policy::put(self, change)),
            Action::AttachedPolicy(change) => Box::pin(async { iam::attach(&self.iam(), change).await }),
            Action::PolicyVersion(change) => {
                Box::pin(async { managed_policy::put_version(&self.iam(), change).await })
            }
            Action::DefaultVersion(change) => {
                Box::pin(async { managed_policy::set_default(&self.iam(), change).await })
            }
            Action::AccountSending(change) => {
                Box::pin(async { ses::put_account_sending(&self.ses(), change).await })
            }
            Action::ConfigurationSetSending(change) => {
                Box::pin(async { ses::put_set_sending(&self.ses(), change).await })
            }
            Action::IdentityConfigurationSet(change) => {
                Box::pin(async { ses::put_default_set(&self.ses(), change).await })
            }
            Action::IdentityPolicy(change) => Box::pin(named_policy::put(self, change)),
            Action::TenantSending(change) => {
                Box::pin(async { tenant::put_sending(&self.ses(), change).await })
            }
            Action::TenantResource(change) => {
                Box::pin(async { tenant::put_resource(&self.ses(), change).await })
            }
            Action::Ingress(change) => Box::pin(async { ec2::put_ingress(&self.ec2(), change).await }),
            Action::EndpointPolicy(change) => {
                Box::pin(async { ec2::put_endpoint_policy(&self.ec2(), change).await })
            }
            Action::NewAccessKey(change) => Box::pin(new_access_key::change(
                &self.aws,
                &self.region,
                change,
                &self.memory,
            )),
            Action::AccessKeyDeletion(change) => {
                Box::pin(async { idle_key::delete(&self.iam(), change).await })
            }
            Action::StoredPair(change) => {
                Box::pin(stored_pair::change(&self.aws, &self.region, change, &self.memory))
            }
            Action::WritableStore(gate) => Box::pin(stored_pair::try_writing(&self.aws, gate)),
            Action::QuietKey(_) | Action::LoginProof(_) | Action::LocalFile(_) => {
                Box::pin(async { Err(not_of_aws()) })
            }
        }
    }

    fn whole<'a>(&'a self, action: &'a Action) -> Boxed<'a, Value> {
        match action {
            Action::AccessKeyStatus(change) => Box::pin(iam::describe_user(self, &change.user)),
            Action::UserPolicy(change) => Box::pin(iam::describe_user(self, &change.owner.user)),
            Action::GroupPolicy(change) => Box::pin(group::describe(self, &change.owner.group)),
            Action::AttachedPolicy(change) => Box::pin(iam::describe_user(self, &change.user)),
            Action::PolicyVersion(change) => {
                Box::pin(async { managed_policy::describe(&self.iam(), &change.policy).await })
            }
            Action::DefaultVersion(change) => {
                Box::pin(async { managed_policy::describe(&self.iam(), &change.policy).await })
            }
            Action::AccountSending(_) => Box::pin(async { ses::describe_account(&self.ses()).await }),
            Action::ConfigurationSetSending(change) => {
                Box::pin(async { ses::describe_set(&self.ses(), &change.name).await })
            }
            Action::IdentityConfigurationSet(change) => {
                Box::pin(async { ses::describe_identity(&self.ses(), &change.identity).await })
            }
            Action::IdentityPolicy(change) => {
                Box::pin(named_policy::describe_identity(self, &change.owner.identity))
            }
            Action::TenantSending(change) => {
                Box::pin(async { tenant::describe_sending(&self.ses(), change).await })
            }
            Action::TenantResource(change) => {
                Box::pin(async { tenant::describe_resources(&self.ses(), &change.tenant).await })
            }
            Action::Ingress(change) => {
                Box::pin(async { ec2::describe_group(&self.ec2(), &change.group).await })
            }
            Action::EndpointPolicy(change) => {
                Box::pin(async { ec2::describe_endpoint(&self.ec2(), &change.endpoint).await })
            }
            Action::NewAccessKey(change) => Box::pin(iam::describe_user(self, &change.user)),
            Action::AccessKeyDeletion(change) => Box::pin(iam::describe_user(self, &change.user)),
            Action::StoredPair(change) => {
                Box::pin(stored_pair::describe(&self.aws, &self.region, &change.store))
            }
            Action::WritableStore(_) | Action::LoginProof(_) | Action::QuietKey(_) => {
                Box::pin(async { Ok(Value::Null) })
            }
            Action::LocalFile(_) => Box::pin(async { Err(not_of_aws()) }),
        }
    }
}

/// One of many looks and changes, on the heap: together in one future they outgrow a thread's stack.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = Look<T>> + Send + 'a>>;

fn not_of_aws() -> Trouble {
    Trouble::failed("AWS has no such thing")
}

impl Actuator for AwsActuator {
    async fn read(&self, action: &Action) -> Result<State, String> {
        let look = self.aws.within(&action.resource(), self.look(action)).await;
        self.aws.told(look)
    }

    async fn act(&self, action: &Action) -> Result<(), CallError> {
        if let Action::QuietKey(gate) = action {
            idle_key::wait(&self.aws, &self.region, gate, &self.memory).await?;
            self.pass(action);
            return Ok(());
        }
        let (call, ledger) = (action.call(), Ledger::default());
        let look = ledger
            .of(self.aws.within(&call.name(), self.change(action)))
            .await;
        look.map_err(|trouble| {
            let (seen, mut why) = (ledger.seen(), self.aws.clean(&trouble.reason()));
            let code = seen.refusal.as_deref();
            if let Some(remedy) = code.and_then(|code| refusal::remedy(&call.operation, code)) {
                why.push_str("; ");
                why.push_str(remedy);
            }
            refusal::call_error(&trouble, why, &seen)
        })?;
        if action.is_gate() {
            self.pass(action);
        }
        Ok(())
    }

    async fn describe(&self, action: &Action) -> Result<Value, String> {
        let look = self.aws.within(&action.resource(), self.whole(action)).await;
        self.aws.told(look)
    }
}

#[cfg(test)]
mod rotation_tests;
#[cfg(test)]
mod tests;
