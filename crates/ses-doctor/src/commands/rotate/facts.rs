//! What a rotation is planned from: the places as they are, the user, and its keys.

use crate::args::{RotateArgs, StoreArg, Tls};
use crate::commands::apply::DEADLINE;
use crate::commands::diagnose::SESSION_WAIT;
use crate::commands::plan::MADE_BY;
use crate::context::{Place as SmtpPlace, check_region};
use crate::env;
use crate::error::CliError;
use crate::kept_file;
use jiff::Timestamp;
use ses_doctor_aws::{Aws, AwsActuator, Settings, StoredAt};
use ses_doctor_core::action::{Holds, Store};
use ses_doctor_core::evidence::Keeper;
use ses_doctor_core::plan::{SymptomPath, Target};
use ses_doctor_core::rotation::{Place, Question};
use std::path::Path;

/// Reads all of it.
pub(super) async fn question(args: &RotateArgs) -> Result<Question, CliError> {
    let region = region(args)?;
    if args.store.is_empty() {
        return Err(CliError::usage(
            "it is not said where the new pair goes",
            "name every place that keeps the old one with --store, e.g. --store secret:prod/smtp",
        ));
    }
    let settings = Settings {
        region: Some(region.clone()),
        profile: args.aws.profile.clone(),
        endpoint_url: args.aws.endpoint_url.clone(),
        deadline: DEADLINE,
        session_wait: SESSION_WAIT,
    };
    let aws = Aws::connect(&settings).await;
    let actuator = AwsActuator::new(aws.clone(), &region);
    let account = actuator
        .account()
        .await
        .map_err(|why| unread("the account of the AWS credentials", &why))?;
    let mut places = Vec::new();
    for arg in &args.store {
        places.push(place(&aws, arg, &region).await?);
    }
    let key = args.key.clone().or_else(|| named_by(&places));
    let user = match (&args.user, &key) {
        (Some(user), _) => user.clone(),
        (None, Some(key)) => {
            let owner = aws.owner_of(key, &region).await;
            owner.map_err(|why| unread(&format!("the owner of the access key {key}"), &why))?
        }
        (None, None) => {
            return Err(CliError::usage(
                "it is not said whose key is replaced, and no place names one",
                "give --user or --key",
            ));
        }
    };
    let keys = aws.keys_of(&user, &region).await;
    let keys = keys.map_err(|why| unread(&format!("the access keys of the user {user}"), &why))?;
    refuse_own_key(&aws, &keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>()).await?;
    Ok(Question {
        target: Target {
            account: Some(account),
            region,
        },
        user,
        keys,
        key,
        places,
        prove_in: prove_in(args)?,
        quiet_for: args.quiet_for,
        username_by_hand: args.username_by_hand,
        symptom_path: symptom_path(args)?,
        made_at: Timestamp::now(),
        made_by: MADE_BY.to_owned(),
    })
}

fn unread(what: &str, why: &str) -> CliError {
    CliError::Refused {
        what: format!("{what} cannot be read: {why}"),
        help: "`ses-doctor permissions rotate` prints what a rotation has to be allowed".to_owned(),
    }
}

fn region(args: &RotateArgs) -> Result<String, CliError> {
    let region = args
        .endpoint
        .region
        .clone()
        .or_else(|| env::first_of(&env::REGION));
    let region = region.ok_or_else(|| {
        CliError::usage(
            "no region: the SMTP password differs from region to region",
            "give --region",
        )
    })?;
    check_region(&region)?;
    Ok(region)
}

fn prove_in(args: &RotateArgs) -> Result<Vec<String>, CliError> {
    for region in &args.prove_in {
        check_region(region)?;
    }
    Ok(args.prove_in.clone())
}

/// The key that the places name, if they all name one.
fn named_by(places: &[Place]) -> Option<String> {
    let mut names = places.iter().filter_map(|place| place.username.as_ref());
    let first = names.next()?;
    (ses_smtp::credential::is_access_key_id(first) && names.all(|other| other == first))
        .then(|| first.clone())
}

/// Whoever works with a key uses it by every call: it is never quiet, and in the end it locks itself out.
async fn refuse_own_key(aws: &Aws, keys: &[&str]) -> Result<(), CliError> {
    match aws.operator_key_id().await {
        Some(own) if keys.contains(&own.as_str()) => Err(CliError::Refused {
            what: format!(
                "the AWS credentials in use are the access key {own} of the very user whose key is replaced"
            ),
            help: "rotate with the credentials of somebody else, for example with --profile".to_owned(),
        }),
        Some(_) | None => Ok(()),
    }
}

async fn place(aws: &Aws, arg: &StoreArg, region: &str) -> Result<Place, CliError> {
    if let Some(region) = &arg.region {
        check_region(region)?;
    }
    let of = |store: Store, holds, old, username| Place {
        store,
        region: arg.region.clone().unwrap_or_else(|| region.to_owned()),
        holds,
        old,
        username,
    };
    let (keeper, id, member) = match &arg.store {
        Store::Stdout => return Ok(of(Store::Stdout, Holds::Pair, None, None)),
        Store::File { path, form } => {
            let path = absolute(Path::new(path))?;
            let found = kept_file::find(Path::new(&path), *form).map_err(|why| unread(&path, &why))?;
            let store = Store::File {
                path,
                form: found.form,
            };
            return Ok(of(store, Holds::Pair, found.digest, found.username));
        }
        Store::Secret { id, member } => (Keeper::SecretsManager, id, member),
        Store::Parameter { id, member } => (Keeper::ParameterStore, id, member),
    };
    let at = StoredAt {
        keeper,
        id: id.clone(),
        key: member.clone(),
        region: Some(region.to_owned()),
    };
    let kept = aws.kept_now(&at).await;
    let kept = kept.map_err(|why| unread(&arg.store.words(), &why))?;
    Ok(of(
        arg.store.clone(),
        kept.holds,
        Some(kept.version),
        kept.username,
    ))
}

/// A link is followed: its target is what is replaced. A file that is not there yet has a folder that is.
fn absolute(path: &Path) -> Result<String, CliError> {
    let found = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let found = found.map_err(|source| CliError::read(path, source))?;
    Ok(found.display().to_string())
}

/// How the endpoint is reached, for whoever resumes.
fn symptom_path(args: &RotateArgs) -> Result<Option<SymptomPath>, CliError> {
    let place = SmtpPlace::resolve(&args.endpoint)?;
    Ok(Some(SymptomPath {
        host: place.host,
        port: place.port,
        tls: match args.endpoint.tls {
            Tls::Starttls => Some("starttls".to_owned()),
            Tls::Wrapper => Some("wrapper".to_owned()),
            Tls::Auto | Tls::Plain => None,
        },
        username: None,
        password: None,
        from: None,
        to: None,
        configuration_set: None,
        tenant: None,
        config: Vec::new(),
        send: false,
    }))
}
