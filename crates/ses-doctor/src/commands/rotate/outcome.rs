//! How a rotation ends: the secret destroyed once every place is proven, a last login, and what is told of it.

use crate::commands::apply::Bench;
use crate::error::CliError;
use ses_doctor_aws::{Kept, Vault};
use ses_doctor_core::action::{Action, LoginProof, Store};
use ses_doctor_core::journal::{Outcome, StepState};
use ses_doctor_core::plan::Plan;
use ses_doctor_core::report::run_v1::RotationReport;
use ses_doctor_core::verification::{Verification, Verified};

/// Destroys the secret if nothing needs it any more: every place holds the pair, and every login with it was proven.
pub(crate) fn settle(bench: &Bench, kept: &Kept) -> Result<(), CliError> {
    let plan = kept.plan.plan();
    let Some(vault) = bench.actuator.aws().vault().filter(|_| plan.is_rotation()) else {
        return Ok(());
    };
    let steps = plan.steps.iter().zip(&kept.progress.steps);
    let mut needing = steps.filter(|(step, _)| {
        matches!(
            step.action,
            Action::NewAccessKey(_) | Action::LoginProof(_) | Action::StoredPair(_)
        )
    });
    let is_done =
        |state: &StepState| matches!(state, StepState::Settled(Outcome::Done | Outcome::AlreadyDone));
    if vault.holds_secret() && needing.all(|(_, state)| is_done(state)) {
        vault.hand_over()?;
    }
    Ok(())
}

/// The last login, after the old key is switched off: with what clients read.
pub(crate) async fn conclude(bench: &Bench, plan: &Plan) -> Verification {
    let kept = |proof: &&LoginProof| proof.logins.iter().all(|login| login.kept.is_some());
    let Some(proof) = plan.login_proofs().find(kept) else {
        return Verification {
            state: Verified::Verified,
            why: "the login with the new pair worked before it was handed over; no place can be read back"
                .to_owned(),
            causes: Vec::new(),
        };
    };
    let (state, why) = match bench.actuator.prove(proof).await {
        Ok(()) => (
            Verified::Verified,
            "the login with the new pair works, as every place keeps it".to_owned(),
        ),
        Err(why) => (Verified::Failed, why),
    };
    Verification {
        state,
        why,
        causes: Vec::new(),
    }
}

/// What is told of a rotation beside its steps; `None` for any other run.
pub(crate) fn report_of(kept: &Kept) -> Option<RotationReport> {
    let plan = kept.plan.plan();
    let user = plan.rotates()?.to_owned();
    let record = Vault::of(&kept.folder).record().ok()?;
    let places = plan.stored_pairs().map(|pair| &pair.store);
    Some(RotationReport {
        user,
        old_key: plan.stored_pairs().next()?.key.clone(),
        new_key: record.key,
        lost_keys: record.lost,
        waits_for: kept.progress.waits_for().map(str::to_owned),
        afterwards: places.filter_map(Store::afterwards).collect(),
    })
}
