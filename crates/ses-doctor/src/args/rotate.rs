//! Options of `rotate`.

use super::{ConnectArgs, EndpointArgs, GuardArgs, OutputFormat, SettingsArgs, StateArgs};
use clap::Args;
use ses_doctor_core::action::{FileForm, Store};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes here: 0 done (or: it could be done), 3 the new pair is in use and the old key still has to be quiet \
                  for a while: go on with `runs resume`, 4 refused: nothing was changed, 5 failed and rolled back, 6 failed and \
                  not rolled back."
)]
pub(crate) struct RotateArgs {
    /// IAM user whose key is replaced [default: the owner of --key, or of the key that the places name]
    #[arg(long, value_name = "NAME", help_heading = "Key")]
    pub(crate) user: Option<String>,
    /// Access key that gives way [default: the one that the places name, else the user's key that was used last]
    #[arg(long, value_name = "KEY_ID", help_heading = "Key")]
    pub(crate) key: Option<String>,
    /// Where the new pair goes. KIND:WHERE is secret:NAME_OR_ARN or parameter:NAME_OR_ARN (with #MEMBER where the password's
    /// member of the JSON object has no usual name), env:FILE, kubernetes:FILE, postfix:FILE (made where there is none), file:FILE
    /// (any configuration that `lint` reads), or stdout. REGION= in front if the password is another region's. Repeatable
    #[arg(long, value_name = "[REGION=]KIND:WHERE", value_parser = place, help_heading = "Places")]
    pub(crate) store: Vec<StoreArg>,
    /// The new user name, which is the new key's id, is given to the clients by hand: no place keeps it
    #[arg(long, help_heading = "Places")]
    pub(crate) username_by_hand: bool,
    /// Prove the login in this region too. Repeatable
    #[arg(long, value_name = "REGION", help_heading = "Proof")]
    pub(crate) prove_in: Vec<String>,
    /// How long a refused login with the new pair is tried again, in seconds: SES may not know a new key at once
    #[arg(long, value_name = "SECONDS", default_value_t = 180, help_heading = "Proof",
          value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub(crate) verify_for: u64,
    /// How long the old key has to be unused before it is switched off: 90m, 24h, 7d. Longer than the longest pause between two
    /// messages of any client
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = seconds, help_heading = "Old key")]
    pub(crate) quiet_for: u64,
    /// Stay until the old key is quiet; without this, the run ends there and `runs resume` goes on
    #[arg(long, help_heading = "Old key")]
    pub(crate) wait: bool,
    /// Delete the old key of a rotation that is done, in place of rotating; one-way
    #[arg(long, value_name = "RUN", help_heading = "Old key",
          conflicts_with_all = ["user", "key", "store", "prove_in", "username_by_hand", "wait"])]
    pub(crate) finish: Option<String>,
    /// Really do it; without this, everything is read and checked, and nothing is changed
    #[arg(long)]
    pub(crate) apply: bool,
    /// Write the plan to this file, for `apply`
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Consent to a one-way step, by its number in the plan, or as delete-key:KEY_ID or delete-version:POLICY:VERSION. Repeatable
    #[arg(long, value_name = "STEP", help_heading = "Guards")]
    pub(crate) allow_one_way: Vec<String>,
    #[command(flatten)]
    pub(crate) guards: GuardArgs,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Count the rotation in CloudWatch, as `apply --metric` does
    #[arg(long, help_heading = "Notices")]
    pub(crate) metric: bool,
    /// Commit the snapshot to this git repository before the first change
    #[arg(long, value_name = "FOLDER", help_heading = "State")]
    pub(crate) snapshot_repo: Option<PathBuf>,
    /// Leave what was done in place, even if a step or the verification fails
    #[arg(long, help_heading = "Proof")]
    pub(crate) no_rollback: bool,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    #[command(flatten)]
    pub(crate) aws: ConnectArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

/// A place, and the region of its password where it is not the rotation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoreArg {
    pub(crate) region: Option<String>,
    pub(crate) store: Store,
}

/// `[REGION=]KIND:WHERE`.
fn place(text: &str) -> Result<StoreArg, String> {
    let (region, rest) = match text.split_once('=') {
        Some((region, rest)) if ses_smtp::endpoint::region_exists_shape(region) => {
            (Some(region.to_owned()), rest)
        }
        Some(_) | None => (None, text),
    };
    let (kind, at) = rest.split_once(':').unwrap_or((rest, ""));
    if at.is_empty() && kind != "stdout" {
        return Err("write it as KIND:WHERE, e.g. secret:prod/smtp".to_owned());
    }
    let kept = || {
        let (id, member) = match at.split_once('#') {
            Some((id, member)) => (id, Some(member.to_owned())),
            None => (at, None),
        };
        (id.to_owned(), member.filter(|member| !member.is_empty()))
    };
    let file = |form| Store::File {
        path: at.to_owned(),
        form,
    };
    let store = match kind {
        "secret" => {
            let (id, member) = kept();
            Store::Secret { id, member }
        }
        "parameter" => {
            let (id, member) = kept();
            Store::Parameter { id, member }
        }
        "env" => file(Some(FileForm::Env)),
        "kubernetes" => file(Some(FileForm::Kubernetes)),
        "postfix" => file(Some(FileForm::Postfix)),
        "file" => file(None),
        "stdout" if at.is_empty() => Store::Stdout,
        _ => {
            return Err(
                "the kinds are secret, parameter, env, kubernetes, postfix, file and stdout".to_owned(),
            );
        }
    };
    Ok(StoreArg { region, store })
}

/// `90s`, `30m`, `24h`, `7d`.
fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "write it as 90s, 30m, 24h or 7d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .ok_or_else(wrong)?;
    const LONGEST: u64 = 365 * 86_400;
    let seconds = number.saturating_mul(factor);
    if seconds > LONGEST {
        return Err("a year is the longest".to_owned());
    }
    Ok(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_kind_and_where() {
        let of = |text: &str| place(text).unwrap();
        assert_eq!(
            of("secret:prod/smtp#relay").store,
            Store::Secret {
                id: "prod/smtp".into(),
                member: Some("relay".into())
            }
        );
        let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/smtp-AbCdEf";
        let there = of(&format!("us-east-1=secret:{arn}"));
        assert_eq!(there.region.as_deref(), Some("us-east-1"));
        assert_eq!(there.store.words(), format!("the secret {arn}"));
        assert_eq!(of("stdout").store, Store::Stdout);
        assert_eq!(
            of("file:a=b.env").store,
            Store::File {
                path: "a=b.env".into(),
                form: None
            }
        );
        for bad in ["", "secret", "secret:", "vault:x", "stdout:x", "/etc/msmtprc"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_a_unit() {
        let told = ["0s", "90m", "24h", "7d"].map(|text| seconds(text).unwrap());
        assert_eq!(told, [0, 5_400, 86_400, 604_800]);
        for bad in ["", "24", "h", "-1h", "1.5h", "400d", "99999999999999999999d", "é"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
