//! A rotation from the first look to the deletion of the old key, for every kind of place; and all that is refused.

use crate::program::{Run, RunningLab, world};
use crate::secrets::disguises;
use crate::ward::{Ward, states};
use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret;
use serde_json::Value;
use ses_lab::World;
use ses_lab::world::{Key, KeyStatus, Secret, When};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const SECRET: &str = "choir/ses-smtp";
pub(crate) const OLD: &str = "AKIAZBKLMJRIWXFZFVMO";
const IDLE: &str = "AKIAZBKLMJRI7777AAAA";

/// The ward of the scenario, and its rotation into this place.
pub(crate) fn rotate(ward: &Ward, more: &[&str]) -> Command {
    let mut command = ward.command(&["rotate"]);
    command.args(more);
    command
}

fn ward() -> Result<Ward> {
    Ward::of(RunningLab::of("healthy-secret")?)
}

fn of(world: World) -> Result<Ward> {
    Ward::of(RunningLab::serving(world)?)
}

fn into_secret(ward: &Ward, more: &[&str]) -> Result<Run> {
    let store = format!("secret:{SECRET}");
    Run::of(rotate(ward, &["--store", &store, "--output", "json"]).args(more))
}

/// The keys of the SMTP user: id and status.
pub(crate) fn keys(ward: &Ward) -> Vec<(String, KeyStatus)> {
    let user = ward.lab.lab().smtp_keys();
    user.into_iter().map(|key| (key.id, key.status)).collect()
}

/// The newest value that is kept.
pub(crate) fn newest(ward: &Ward) -> String {
    let values = ward.lab.lab().stored_values();
    values
        .last()
        .map(|value| value.expose_secret().to_owned())
        .unwrap_or_default()
}

/// No secret in what was printed, nor in what is kept of runs.
pub(crate) fn assert_silent(ward: &Ward, printed: &[&str]) {
    let mut texts: Vec<(String, String)> = printed
        .iter()
        .map(|text| ("the output".to_owned(), (*text).to_owned()))
        .collect();
    let mut folders = vec![ward.state()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                texts.push((path.display().to_string(), text));
            }
        }
    }
    let canaries = ward.lab.canaries();
    for (place, text) in texts {
        let leaked = canaries
            .iter()
            .flat_map(|canary| disguises(canary))
            .any(|form| text.contains(&form));
        assert!(!leaked, "a secret is in {place}");
    }
}

/// Whether this pair logs in.
fn logs_in(ward: &Ward, username: &str, password: &str) -> Result<bool> {
    let file = ward.folder.path().join("pair");
    std::fs::write(&file, password)?;
    let mut probe = ward.command(&["probe", "--username", username, "--password-file"]);
    let done = Run::of(
        probe
            .arg(&file)
            .args(["--region", &ward.lab.lab().world().client.region]),
    )?;
    std::fs::remove_file(file)?;
    Ok(done.code == 0)
}

#[test]
fn a_secret_gets_the_new_pair_and_the_old_key_waits_until_it_is_quiet() -> Result<()> {
    let ward = ward()?;
    let before = ward.world();
    let rehearsed = into_secret(&ward, &[])?;
    assert_eq!(
        (rehearsed.code, ward.world() == before),
        (0, true),
        "{}",
        rehearsed.stderr
    );
    let done = into_secret(&ward, &["--apply", "-vvv"])?;
    let report = done.report()?;
    assert_eq!(
        (done.code, &report["outcome"]),
        (3, &"waiting".into()),
        "{report:#}"
    );
    let new = report["rotation"]["new_key"].as_str().context("no key")?;
    assert_eq!(
        keys(&ward),
        [
            (OLD.to_owned(), KeyStatus::Active),
            (new.to_owned(), KeyStatus::Active)
        ]
    );
    let kept: Value = serde_json::from_str(&newest(&ward))?;
    assert_eq!(kept["username"], new);
    assert!(logs_in(&ward, new, kept["password"].as_str().unwrap())?);
    let run = report["run"].as_str().context("no run")?;
    let resumed = ward.run(&["runs", "resume", run])?;
    assert_eq!(resumed.code, 3, "{}", resumed.stdout);
    assert!(
        resumed.stdout.contains("is to be unused for 1 day") && resumed.stdout.contains("runs resume"),
        "{}",
        resumed.stdout
    );
    // A run that waits is in nobody's way; but a further rotation finds both keys in use.
    let other = into_secret(&ward, &["--apply"])?;
    assert!(
        other.code == 4 && other.stderr.contains("neither is idle"),
        "{}",
        other.stderr
    );
    assert_silent(
        &ward,
        &[
            &done.stdout,
            &done.stderr,
            &resumed.stdout,
            &resumed.stderr,
            &rehearsed.stdout,
        ],
    );
    let told = format!("the new key {new} was last used at");
    let looked = ward.run(&["rollback", run])?;
    assert!(looked.stdout.contains(&told), "{}", looked.stdout);
    let undone = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 0, "{}{}", undone.stdout, undone.stderr);
    assert!(undone.stderr.contains(&told), "{}", undone.stderr);
    assert_eq!(
        keys(&ward)[1],
        (new.to_owned(), KeyStatus::Inactive),
        "stored, so that it is not deleted"
    );
    let found = ward.run(&["probe", "--region", "eu-west-2", "--password-secret", SECRET])?;
    assert_eq!(found.code, 0, "the old pair is current again: {}", found.stdout);
    Ok(())
}

#[test]
fn once_it_is_quiet_the_old_key_is_switched_off_and_deleted_only_by_consent() -> Result<()> {
    let ward = ward()?;
    let done = into_secret(&ward, &["--apply", "--quiet-for", "5m"])?;
    let report = done.report()?;
    assert_eq!(done.code, 0, "{report:#}{}", done.stderr);
    assert_eq!(report["verification"]["state"], "verified");
    assert!(states(&report).iter().all(|state| *state == "done"), "{report:#}");
    assert_eq!(keys(&ward)[0], (OLD.to_owned(), KeyStatus::Inactive));
    let run = report["run"].as_str().context("no run")?;
    let finish = ["rotate", "--finish", run, "--apply"];
    let refused = ward.run(&finish)?;
    assert_eq!((refused.code, keys(&ward).len()), (4, 2));
    assert!(
        refused
            .stdout
            .contains(&format!("--allow-one-way delete-key:{OLD}")),
        "{}",
        refused.stdout
    );
    let wrong = ward.run(&[&finish[..], &["--allow-one-way", "delete-key:AKIAOTHER"]].concat())?;
    assert_eq!((wrong.code, keys(&ward).len()), (2, 2), "{}", wrong.stderr);
    let consent = format!("delete-key:{OLD}");
    for _ in 0..2 {
        let finished = ward.run(&[&finish[..], &["--allow-one-way", &consent]].concat())?;
        assert_eq!(
            (finished.code, keys(&ward).len()),
            (0, 1),
            "{}{}",
            finished.stdout,
            finished.stderr
        );
    }
    // Nothing brings the old key back now.
    let undone = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 4, "{}", undone.stdout);
    assert!(
        undone.stdout.contains("Somebody changed it after the run"),
        "{}",
        undone.stdout
    );
    for (which, more) in [(0, &[][..]), (0, &["--apply"]), (1, &["--apply"])] {
        let deletion = ward.runs()?[which]["run"].as_str().context("no run")?.to_owned();
        let undone = ward.run(&[&["rollback", &deletion][..], more].concat())?;
        // The second one found it already done.
        let expected = if which == 0 { (0, "") } else { (4, "can be undone") };
        assert_eq!(undone.code, expected.0, "{} {}", undone.stdout, undone.stderr);
        assert!(undone.stderr.contains(expected.1), "{}", undone.stderr);
    }
    assert_silent(&ward, &[&done.stdout, &done.stderr, &undone.stdout]);
    Ok(())
}

#[test]
fn with_wait_it_stays_until_the_old_key_is_quiet() -> Result<()> {
    let ward = ward()?;
    let done = into_secret(&ward, &["--apply", "--wait", "--quiet-for", "604s"])?;
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("waiting: the access key"), "{}", done.stderr);
    assert_eq!(keys(&ward)[0].1, KeyStatus::Inactive);
    Ok(())
}

#[test]
fn whatever_else_a_secret_holds_stays_as_it_is() -> Result<()> {
    let mut world = world("healthy-secret")?;
    let text = "{ \"port\": 587.0,\n \"username\":\"@USERNAME@\",  \"password\" : \"@PASSWORD@\", \"n\": 12345678901234567890123 }";
    world.account[0].secret[0].version[1].text = Some(Secret::from(text.to_owned()));
    let ward = of(world)?;
    assert_eq!(into_secret(&ward, &["--apply"])?.code, 3);
    let value = newest(&ward);
    assert!(
        value.starts_with("{ \"port\": 587.0,\n \"username\":\"AKIA")
            && value.ends_with(", \"n\": 12345678901234567890123 }"),
        "not kept to the last space"
    );
    Ok(())
}

fn write(ward: &Ward, name: &str, text: &str) -> Result<PathBuf> {
    let path = ward.folder.path().join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

fn stored_in(kind: &str, path: &Path) -> [String; 2] {
    ["--store".to_owned(), format!("{kind}:{}", path.display())]
}

#[test]
fn files_of_every_kind_and_standard_output_get_the_pair_and_files_are_put_back() -> Result<()> {
    let ward = ward()?;
    let password = ward.lab.lab().client_password().expose_secret().to_owned();
    let host = "email-smtp.eu-west-2.amazonaws.com";
    let env = format!("A=b\nSMTP_HOST={host}\nSMTP_USERNAME={OLD}\nSMTP_PASSWORD='{password}'\n");
    let map = format!("[{host}]:587 {OLD}:{password}\n");
    let manifest = format!(
        "kind: Secret\nmetadata:\n  name: mail\ndata:\n  SMTP_USERNAME: {}\n  SMTP_PASSWORD: {}\n",
        BASE64_STANDARD.encode(OLD),
        BASE64_STANDARD.encode(&password)
    );
    let files = [
        ("env", write(&ward, ".env", &env)?, env.clone()),
        ("postfix", write(&ward, "sasl_passwd", &map)?, map.clone()),
        (
            "kubernetes",
            write(&ward, "secret.yaml", &manifest)?,
            manifest.clone(),
        ),
    ];
    let mut command = rotate(&ward, &["--apply", "--store", "stdout"]);
    for (kind, path, _) in &files {
        command.args(stored_in(kind, path));
    }
    let done = Run::of(&mut command)?;
    assert_eq!(done.code, 3, "{}", done.stderr);
    let printed = |name: &str| {
        let mut lines = done.stdout.lines();
        lines.find_map(|line| line.strip_prefix(&format!("{name}=")).map(str::to_owned))
    };
    let (username, new) = (
        printed("SMTP_USERNAME").context("no user name")?,
        printed("SMTP_PASSWORD").context("no password")?,
    );
    assert!(logs_in(&ward, &username, &new)?);
    let now = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(
        now(&files[0].1),
        env.replace(OLD, &username).replace(&password, &new)
    );
    assert_eq!(
        now(&files[1].1),
        map.replace(OLD, &username).replace(&password, &new)
    );
    assert!(now(&files[2].1).contains(&BASE64_STANDARD.encode(&new)));
    for left in ["postmap", "kubectl apply"] {
        assert!(done.stdout.contains(left), "{left}: {}", done.stdout);
    }
    assert_silent(&ward, &[&done.stderr]);
    let runs = ward.runs()?;
    let run = runs[0]["run"].as_str().context("no run")?;
    let undone = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 0, "{}{}", undone.stdout, undone.stderr);
    for (_, path, before) in &files {
        assert_eq!(&now(path), before);
    }
    Ok(())
}

#[test]
fn a_parameter_with_the_password_alone_needs_a_place_for_the_user_name() -> Result<()> {
    let ward = Ward::of(RunningLab::of("healthy-parameter")?)?;
    let key = ward.lab.lab().client_username();
    let into = |more: &[&str]| {
        let places = [
            "--key",
            &key,
            "--store",
            "parameter:/ferry/smtp/password",
            "--output",
            "json",
        ];
        Run::of(rotate(&ward, &places).args(more))
    };
    let refused = into(&["--apply"])?;
    assert!(
        refused.code == 4 && refused.stderr.contains("user name"),
        "{}",
        refused.stderr
    );
    assert_eq!(keys(&ward).len(), 1);
    let before = newest(&ward);
    let done = into(&["--apply", "--username-by-hand"])?;
    let report = done.report()?;
    assert_eq!(done.code, 3, "{report:#}");
    let new = report["rotation"]["new_key"].as_str().context("no key")?;
    assert!(logs_in(&ward, new, &newest(&ward))?);
    let undone = ward.run(&["rollback", report["run"].as_str().unwrap(), "--apply"])?;
    assert_eq!(undone.code, 0, "{}{}", undone.stdout, undone.stderr);
    assert_eq!(newest(&ward), before);
    Ok(())
}

/// A second key of the user, last used so long ago.
fn with_second_key(used: Option<&str>) -> Result<World> {
    let mut world = world("healthy-secret")?;
    let user = &mut world.account[0].user[0];
    let mut second: Key = user.key[0].clone();
    second.id = IDLE.to_owned();
    second.secret = Secret::from("6Rj6r1KC68Bbw3ysfDTRPYPVwDYg5sUwEqTQhw9I".to_owned());
    second.created = When::try_from("-400d".to_owned()).map_err(|error| anyhow::anyhow!("{error}"))?;
    match (used, &mut second.last_used) {
        (Some(used), Some(last)) => {
            last.at = When::try_from(used.to_owned()).map_err(|error| anyhow::anyhow!("{error}"))?;
        }
        (_, last) => *last = None,
    }
    user.key.push(second);
    Ok(world)
}

#[test]
fn with_both_places_taken_the_idle_key_goes_by_consent_only() -> Result<()> {
    for used in [None, Some("-30d")] {
        let ward = of(with_second_key(used)?)?;
        let refused = into_secret(&ward, &["--apply"])?;
        assert_eq!((refused.code, keys(&ward).len()), (4, 2), "{}", refused.stdout);
        let steps = refused.report()?;
        assert!(states(&steps).contains(&"needs-consent"), "{steps:#}");
        let consent = format!("delete-key:{IDLE}");
        let done = into_secret(&ward, &["--apply", "--allow-one-way", &consent])?;
        assert_eq!(done.code, 3, "{}{}", done.stdout, done.stderr);
        let ids: Vec<String> = keys(&ward).into_iter().map(|(id, _)| id).collect();
        assert!(
            ids[0] == OLD && ids.len() == 2 && !ids.contains(&IDLE.to_owned()),
            "{ids:?}"
        );
    }
    Ok(())
}

#[test]
fn two_keys_in_use_are_left_alone() -> Result<()> {
    let ward = of(with_second_key(Some("-2h"))?)?;
    let consent = format!("delete-key:{IDLE}");
    let refused = into_secret(&ward, &["--apply", "--allow-one-way", &consent])?;
    assert_eq!((refused.code, keys(&ward).len()), (4, 2));
    for words in [OLD, IDLE, "last used", "neither is idle"] {
        assert!(refused.stderr.contains(words), "{words}: {}", refused.stderr);
    }
    Ok(())
}

#[test]
fn no_key_is_made_that_no_place_would_take() -> Result<()> {
    let mut denied = world("healthy-secret")?;
    denied.faults.denied = vec!["secretsmanager:PutSecretValue".to_owned()];
    let ward = of(denied)?;
    let before = ward.world();
    let run = into_secret(&ward, &["--apply"])?;
    assert_eq!(run.code, 5, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("PutSecretValue"), "{}", run.stdout);
    assert!(!ward.lab.lab().calls().contains_key("iam:CreateAccessKey"));
    assert_eq!(ward.world(), before);
    let gone = ward.folder.path().join("gone").join(".env");
    let store = format!("env:{}", gone.display());
    let run = Run::of(&mut rotate(&ward, &["--key", OLD, "--apply", "--store", &store]))?;
    assert_eq!(run.code, 5, "{}{}", run.stdout, run.stderr);
    assert!(!ward.lab.lab().calls().contains_key("iam:CreateAccessKey"));
    Ok(())
}

#[test]
fn a_new_key_is_waited_for_and_one_that_never_logs_in_is_taken_back() -> Result<()> {
    let slow = |seconds: u32| {
        let smtp = format!("\n[[smtp]]\nregion = \"eu-west-2\"\npropagation_seconds = {seconds}\n");
        Ward::of(RunningLab::changed("healthy-secret", |text| {
            format!("{text}{smtp}")
        })?)
    };
    let ward = slow(3)?;
    assert_eq!(into_secret(&ward, &["--apply"])?.code, 3);
    let ward = slow(3_000)?;
    let before = ward.world();
    let run = into_secret(&ward, &["--apply", "--verify-for", "1"])?;
    let report = run.report()?;
    assert_eq!(
        (run.code, &report["outcome"]),
        (5, &"rolled-back".into()),
        "{report:#}"
    );
    assert!(run.stdout.contains("refuses the new pair"), "{}", run.stdout);
    assert_eq!(ward.world(), before);
    assert_silent(&ward, &[&run.stdout, &run.stderr]);
    Ok(())
}

#[test]
fn throttling_and_server_errors_are_got_over_and_no_key_is_made_twice() -> Result<()> {
    let mut broken = world("healthy-secret")?;
    for call in [
        "iam:CreateAccessKey",
        "iam:ListAccessKeys",
        "iam:GetAccessKeyLastUsed",
        "secretsmanager:PutSecretValue",
        "secretsmanager:GetSecretValue",
    ] {
        broken.faults.error_5xx.insert(call.to_owned(), 2);
    }
    let ward = of(broken)?;
    let run = into_secret(&ward, &["--apply"])?;
    assert_eq!(
        (run.code, keys(&ward).len()),
        (3, 2),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert_eq!(ward.lab.lab().made_secrets().len(), 1);
    Ok(())
}

#[test]
fn a_place_that_changed_meanwhile_is_not_written_over() -> Result<()> {
    let ward = ward()?;
    let plan = ward.plan_file().display().to_string();
    assert_eq!(into_secret(&ward, &["--out", &plan])?.code, 0);
    let first = ward.apply(&["--apply", "--output", "json"])?;
    assert_eq!(first.code, 3, "{}{}", first.stdout, first.stderr);
    let again = ward.apply(&["--apply", "--output", "json"])?;
    assert_eq!(again.code, 4, "{}", again.stdout);
    assert!(states(&again.report()?).contains(&"drifted"), "{}", again.stdout);
    assert_eq!(keys(&ward).len(), 2);
    Ok(())
}

#[test]
fn the_printed_policy_is_enough_for_all_of_it() -> Result<()> {
    let ward = ward()?;
    let mut printed = ward.command(&["permissions", "rotate", "--output", "json", "--secret", SECRET]);
    printed.args([
        "--account",
        "621317737553",
        "--user",
        "choir-smtp",
        "--region",
        "eu-west-2",
    ]);
    let printed = Run::of(&mut printed)?.report()?;
    let policies = printed["policies"].as_array().context("policies")?;
    assert!(!printed.to_string().contains("ssm:"), "{printed:#}");
    ward.lab.lab().permit(Some(
        policies
            .iter()
            .map(|policy| policy["document"].to_string())
            .collect(),
    ));
    let done = into_secret(&ward, &["--apply", "--quiet-for", "5m"])?;
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let report = done.report()?;
    let run = report["run"].as_str().context("no run")?;
    let undone = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 0, "{}{}", undone.stdout, undone.stderr);
    Ok(())
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_or_a_refusal_with_a_remedy() -> Result<()> {
    let ward = ward()?;
    let operator = ward
        .lab
        .lab()
        .world()
        .operator
        .as_ref()
        .context("operator")?
        .key
        .clone();
    let missing = ward.folder.path().join("missing").display().to_string();
    let file = format!("file:{missing}");
    for (more, code, words) in [
        (&["--key", OLD][..], 2, "--store"),
        (&["--store", "vault:x"], 2, "the kinds are"),
        (&["--store", "secret:none/such"], 4, "none/such"),
        (&["--store", &file], 4, "no such file"),
        (&["--store", "stdout"], 2, "--user or --key"),
        (&["--store", "stdout", "--key", &operator], 4, "very user"),
        (&["--store", "stdout", "--user", "nobody"], 4, "nobody"),
        (
            &["--store", "stdout", "--key", OLD, "--apply", "--output", "json"],
            2,
            "both be JSON",
        ),
        (&["--finish", "20260101T000000Z-aaaaaaaa"], 4, "no run"),
        (&["--store", "stdout", "--quiet-for", "soon"], 2, "24h"),
    ] {
        let run = Run::of(&mut rotate(&ward, more))?;
        assert_eq!(run.code, code, "{more:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(words), "{more:?}: {}", run.stderr);
    }
    assert_eq!(keys(&ward).len(), 1);
    Ok(())
}
