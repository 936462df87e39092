//! Everything that work on a plan needs: the way to AWS, and where runs are kept.

use crate::args::{ConnectArgs, FollowArgs, StateArgs};
use crate::commands::diagnose::SESSION_WAIT;
use crate::error::CliError;
use crate::hands::Hands;
use crate::smtp_proof::SmtpProof;
use etcetera::base_strategy::{BaseStrategy, choose_base_strategy};
use ses_doctor_aws::{Aws, AwsActuator, Patience, RunStore, Settings, look};
use ses_doctor_core::journal::RunId;
use ses_doctor_core::plan::{Checked, Drafted, Plan, Refusal, Target};
use std::path::PathBuf;
use std::time::Duration;

/// One call of AWS, with its retries.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// See the [module](self).
pub(crate) struct Bench {
    /// Who changes things.
    pub(crate) actuator: Hands,
    /// How long is waited.
    pub(crate) patience: Patience,
    folder: PathBuf,
}

impl Bench {
    /// Connects, and refuses another account than the plan's.
    pub(crate) async fn new(
        connect: &ConnectArgs,
        state: &StateArgs,
        target: &Target,
    ) -> Result<Self, CliError> {
        let settings = Settings {
            region: Some(target.region.clone()).filter(|region| !region.is_empty()),
            profile: connect.profile.clone(),
            endpoint_url: connect.endpoint_url.clone(),
            deadline: DEADLINE,
            session_wait: SESSION_WAIT,
        };
        let actuator = AwsActuator::new(Aws::connect(&settings).await, &target.region);
        if let Some(planned) = &target.account {
            refuse_other_account(&actuator, planned).await?;
        }
        Ok(Self {
            actuator: Hands::new(actuator),
            patience: Patience::default(),
            folder: folder(state)?,
        })
    }

    /// Where runs are kept.
    pub(crate) fn store(&self) -> Result<RunStore, CliError> {
        Ok(RunStore::open(&self.folder)?)
    }

    /// Who else uses each thing of a plan, as AWS tells now.
    pub(crate) async fn reach(&self, plan: &Plan) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for step in &plan.steps {
            all.push(self.actuator.aws().reach(&step.action).await);
        }
        all
    }

    /// Makes ready for what a rotation does beside calls: its logins, and its waiting.
    pub(crate) fn prepare(&self, plan: &Plan, follow: &FollowArgs, wait: bool) -> Result<(), CliError> {
        if wait {
            self.actuator.aws().wait_at_gates();
        }
        if plan.is_rotation() {
            let path = plan.symptom_path.as_ref();
            self.actuator
                .log_in_by(SmtpProof::new(&follow.endpoint, path, follow.verify_for)?);
        }
        Ok(())
    }

    /// The folder in which a run keeps what it knows of its key. What undoes a run has that of the run that it undoes.
    pub(crate) fn keep_in(&self, store: &RunStore, run: &RunId) -> Result<(), CliError> {
        let mut kept = store.load(run)?;
        while let Some(undone) = kept.progress.undoes.clone() {
            kept = store.load(&undone)?;
        }
        self.actuator.aws().keep_in(&kept.folder);
        Ok(())
    }

    /// Holds a plan against the present.
    pub(crate) async fn check(&self, drafted: Drafted, consented: &[usize]) -> Result<Checked, Refusal> {
        let actions: Vec<_> = drafted
            .plan()
            .steps
            .iter()
            .map(|step| step.action.clone())
            .collect();
        let found = look(&self.actuator, actions.iter()).await;
        drafted.check(&found, consented)
    }
}

async fn refuse_other_account(actuator: &AwsActuator, planned: &str) -> Result<(), CliError> {
    let refused = |what: String, help: &str| CliError::Refused {
        what,
        help: help.to_owned(),
    };
    match actuator.account().await {
        Ok(own) if own == planned => Ok(()),
        Ok(own) => Err(refused(
            format!("the plan is for the account {planned}, and the AWS credentials are of {own}"),
            "take the credentials of that account, for example with --profile",
        )),
        Err(why) => Err(refused(
            format!("it could not be told which account the AWS credentials are of: {why}"),
            "give AWS credentials, for example with --profile",
        )),
    }
}

/// The folder of runs: as told, else the platform's place for state, else its place for data.
pub(crate) fn folder(state: &StateArgs) -> Result<PathBuf, CliError> {
    if let Some(folder) = &state.state_dir {
        return Ok(folder.clone());
    }
    let strategy = choose_base_strategy().map_err(|error| {
        CliError::usage(
            format!("there is no home directory to keep runs in: {error}"),
            "give a folder with --state-dir",
        )
    })?;
    let base = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(base.join("ses-doctor"))
}
