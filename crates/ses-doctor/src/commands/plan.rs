//! `plan`: from a diagnosis to a file that says what would put it right. It changes nothing.

use super::{Console, apply, diagnose};
use crate::args::{CodeLanguage, DiagnoseArgs, OutputFormat, PlanArgs, PlanCommand, PlanShowArgs};
use crate::commands::diagnose::SESSION_WAIT;
use crate::error::CliError;
use crate::exit::Exit;
use crate::local_file;
use crate::private_file;
use crate::render;
use jiff::Timestamp;
use ses_doctor_aws::{Aws, AwsActuator, Settings};
use ses_doctor_core::as_code::{self, Language};
use ses_doctor_core::evidence::Evidence;
use ses_doctor_core::fix::{self, Maker, Wishes};
use ses_doctor_core::plan::{Drafted, PasswordSource, Plan, Risk, Step, SymptomPath};
use ses_smtp::probe::TlsMode;
use std::path::{Path, PathBuf};

/// The program and its version, as plans name their maker.
pub(crate) const MADE_BY: &str = concat!("ses-doctor ", env!("CARGO_PKG_VERSION"));

/// Runs the command.
pub(crate) async fn run(args: PlanArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match args.command {
        Some(PlanCommand::Show(args)) => show(&args, console),
        None => make(args, console).await,
    }
}

/// A plan that was saved.
fn show(args: &PlanShowArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let plan = apply::read(&args.plan)?;
    print(&plan, args.language, args.output, None, console)?;
    Ok(Exit::Success)
}

fn print(
    plan: &Drafted,
    language: Option<CodeLanguage>,
    output: OutputFormat,
    file: Option<&Path>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let language = language.map(|language| match language {
        CodeLanguage::Cli => Language::Cli,
        CodeLanguage::Terraform => Language::Terraform,
        CodeLanguage::CloudFormation => Language::CloudFormation,
    });
    match (language, output) {
        (Some(language), _) => write!(console.out, "{}", as_code::write(plan, language))?,
        (None, OutputFormat::Json) => render::json(console.out, &plan.to_json())?,
        (None, OutputFormat::Text) => render::plan::plan(console.out, plan, file)?,
    }
    Ok(())
}

async fn make(args: PlanArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (evidence, diagnosed) = diagnose::evidence(args.diagnose, console).await?;
    let wishes = Wishes {
        source_ip: args.source_ip,
        client_source: args.client_source,
    };
    let maker = Maker {
        made_at: Timestamp::now(),
        made_by: MADE_BY.to_owned(),
        symptom_path: symptom_path(&evidence, &diagnosed),
    };
    let mut plan = fix::draft(&evidence, &wishes, maker);
    ask_around(&mut plan, &diagnosed).await;
    mend_files(&mut plan, &diagnosed.config);
    let plan = Drafted::new(plan);
    if let Some(path) = &args.out {
        let mut text = serde_json::to_vec_pretty(&plan.to_json()).map_err(std::io::Error::from)?;
        text.push(b'\n');
        private_file::write(path, &text)?;
    }
    print(
        &plan,
        args.language,
        diagnosed.output,
        args.out.as_deref(),
        console,
    )?;
    let outcome = ses_doctor_core::diagnose(&evidence).outcome;
    Ok(match plan.plan().steps.is_empty() {
        true => outcome.into(),
        false => Exit::Success,
    })
}

/// Who else uses what would change, and whether there is room for it, as AWS tells now. Nothing is asked where the evidence was
/// saved earlier; the rehearsal then tells.
async fn ask_around(plan: &mut Plan, args: &DiagnoseArgs) {
    if args.evidence.is_some() || args.offline || args.aws.no_aws || plan.steps.is_empty() {
        return;
    }
    let settings = Settings {
        region: Some(plan.target.region.clone()).filter(|region| !region.is_empty()),
        profile: args.aws.profile.clone(),
        endpoint_url: args.aws.endpoint_url.clone(),
        session_wait: SESSION_WAIT,
        ..Settings::default()
    };
    let actuator = AwsActuator::new(Aws::connect(&settings).await, &plan.target.region);
    for policy in fix::growing_policies(plan) {
        match actuator.versions(&policy).await {
            Ok(versions) => fix::make_room(plan, &policy, &versions),
            Err(why) => plan.assumptions.push(format!(
                "not read, how many versions {policy} has, of which IAM keeps {}: {why}",
                fix::KEPT_VERSIONS
            )),
        }
    }
    for step in &mut plan.steps {
        step.blast_radius.extend(actuator.reach(&step.action).await);
    }
}

/// What `lint` can mend in the client's files becomes steps, for the causes that were found; they need no request then.
fn mend_files(plan: &mut Plan, files: &[PathBuf]) {
    for repair in files.iter().filter_map(|path| local_file::repair(path)) {
        let found = |cause: &&str| plan.saw.iter().any(|saw| saw.cause == **cause);
        let causes: Vec<String> = repair
            .causes
            .iter()
            .copied()
            .filter(|cause| found(cause))
            .map(str::to_owned)
            .collect();
        if causes.is_empty() {
            continue;
        }
        plan.requests.retain(|request| !causes.contains(&request.cause));
        plan.steps.push(Step {
            causes,
            action: repair.change.into(),
            why: "mends in the client's file what is mechanical, as `ses-doctor lint --fix` does".to_owned(),
            risk: Risk::Low,
            risk_why: "the client may have to be restarted to read it again".to_owned(),
            blast_radius: vec!["every program that reads this file".to_owned()],
            proof: vec![format!("the change, with secrets masked:\n{}", repair.diff)],
        });
    }
}

/// How `apply` will try the symptom again.
fn symptom_path(evidence: &Evidence, args: &DiagnoseArgs) -> Option<SymptomPath> {
    let symptom = evidence.symptom.known()?;
    Some(SymptomPath {
        host: symptom.host.clone(),
        port: symptom.port,
        tls: symptom.tls.and_then(|tls| match tls {
            TlsMode::StartTls => Some("starttls".to_owned()),
            TlsMode::Wrapper => Some("wrapper".to_owned()),
            TlsMode::Plain => None,
        }),
        username: evidence.access_key_id().map(str::to_owned),
        password: password_source(args),
        from: symptom.from.clone(),
        to: symptom.to.clone(),
        configuration_set: symptom.configuration_set.clone(),
        tenant: symptom.tenant.clone(),
        config: args.config.iter().map(|path| absolute(path)).collect(),
        send: args.mail.send,
    })
}

/// Where the password is, the client's own before one that AWS keeps.
fn password_source(args: &DiagnoseArgs) -> Option<PasswordSource> {
    let (own, stored) = (&args.credentials, &args.stored);
    let member = stored.password_secret_key.clone();
    let file = own
        .password_file
        .as_deref()
        .map(|path| PasswordSource::File(absolute(path)));
    let variable = || own.password_env.clone().map(PasswordSource::Env);
    let secret = || {
        let (name, member) = (stored.password_secret.clone()?, member.clone());
        Some(PasswordSource::Secret { name, member })
    };
    let parameter = || {
        let (name, member) = (stored.password_parameter.clone()?, member.clone());
        Some(PasswordSource::Parameter { name, member })
    };
    file.or_else(variable).or_else(secret).or_else(parameter)
}

fn absolute(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.display().to_string()
}
