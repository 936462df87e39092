//! The reference pages under `docs/reference` are made from the program. `SES_DOCTOR_BLESS=1 cargo test reference`
//! writes them anew; without it, a stale page is a red test.

use crate::program::{Run, ses_doctor};
use anyhow::Result;
use ses_doctor_core::Need;
use ses_doctor_core::causes::CAUSES;
use std::fmt::Write;
use std::path::Path;

fn page(name: &str, content: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference")
        .join(name);
    if std::env::var_os("SES_DOCTOR_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == content,
        "docs/reference/{name} is stale; run: SES_DOCTOR_BLESS=1 cargo test reference"
    );
}

#[test]
fn commands() -> Result<()> {
    let mut text =
        "# Command line\n\nMade from the program; `tests/e2e/reference.rs` keeps it true.\n".to_owned();
    describe(&mut text, &[])?;
    page("cli.md", &text);
    Ok(())
}

/// The help of a command, then that of the commands below it.
fn describe(text: &mut String, command: &[&str]) -> Result<()> {
    let help = Run::of(ses_doctor().args(command).arg("--help"))?.stdout;
    let title = [&["ses-doctor"], command].concat().join(" ");
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n## {title}\n\n```text\n{}\n```\n", lines.join("\n"))?;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    // A name stands two columns in; the text of a long one goes on below, further in.
    let names = listed.filter(|line| !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        if name != "help" {
            describe(text, &[command, &[name]].concat())?;
        }
    }
    Ok(())
}

#[test]
fn causes() -> Result<()> {
    let mut text =
        "# Causes\n\nMade from the catalogue in `ses-doctor-core`; `tests/e2e/reference.rs` keeps it true.\n"
            .to_owned();
    let mut group = None;
    for cause in CAUSES {
        if group != Some(cause.group) {
            write!(text, "\n## {}\n", cause.group.title())?;
            group = Some(cause.group);
        }
        let reads: Vec<String> = cause.reads.iter().map(|need| format!("`{need}`")).collect();
        let docs = cause.docs.replace("## ", "#### ");
        write!(
            text,
            "\n### {}\n\n{}. It judges {}.\n\n{}\n",
            cause.id,
            cause.title,
            reads.join(", "),
            docs.trim()
        )?;
    }
    page("causes.md", &text);
    Ok(())
}

#[test]
fn evidence() -> Result<()> {
    let mut text =
        "# Evidence\n\nMade from the program; `tests/e2e/reference.rs` keeps it true.\n\n".to_owned();
    text.push_str("| id | how to make it available | AWS actions used |\n|---|---|---|\n");
    for need in Need::ALL {
        let actions = ses_doctor_aws::PERMISSIONS
            .iter()
            .find(|(other, _)| other == need)
            .map(|(_, actions)| actions.join(", "));
        writeln!(
            text,
            "| `{need}` | {} | {} |",
            need.how_to_supply(),
            actions.unwrap_or_default()
        )?;
    }
    page("evidence.md", &text);
    Ok(())
}

#[test]
fn explain_schema() -> Result<()> {
    schema::<ses_doctor_core::explain::v1::Report>("explain-v1")
}

#[test]
fn lint_schema() -> Result<()> {
    schema::<ses_doctor_core::report::lint::Report>("lint-v1")
}

#[test]
fn report_schema() -> Result<()> {
    schema::<ses_doctor_core::report::v1::Report>("report-v1")
}

#[test]
fn run_schema() -> Result<()> {
    schema::<ses_doctor_core::report::run_v1::RunReport>("run-v1")
}

#[test]
fn policy_explain_schema() -> Result<()> {
    schema::<ses_doctor_core::report::policy_v1::PolicyExplanation>("policy-explain-v1")
}

#[test]
fn policy_simulate_schema() -> Result<()> {
    schema::<ses_doctor_core::report::policy_simulate_v1::Line>("policy-simulate-v1")
}

#[test]
fn policy_compare_schema() -> Result<()> {
    schema::<ses_doctor_core::report::policy_compare_v1::PolicyComparison>("policy-compare-v1")
}

#[test]
fn policy_minimize_schema() -> Result<()> {
    schema::<ses_doctor_core::report::policy_minimize_v1::PolicyMinimum>("policy-minimize-v1")
}

fn schema<T: schemars::JsonSchema>(name: &str) -> Result<()> {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(T))?;
    page(&format!("{name}.schema.json"), &format!("{schema}\n"));
    Ok(())
}

#[test]
fn permissions_schema() -> Result<()> {
    let schema = schemars::schema_for!(ses_doctor_core::report::permissions::Permissions);
    page(
        "permissions-v1.schema.json",
        &format!("{}\n", serde_json::to_string_pretty(&schema)?),
    );
    Ok(())
}

#[test]
fn reproduction_schema() -> Result<()> {
    let schema = schemars::schema_for!(ses_doctor_core::report::reproduction::Reproduction);
    page(
        "reproduction-v1.schema.json",
        &format!("{}\n", serde_json::to_string_pretty(&schema)?),
    );
    Ok(())
}
