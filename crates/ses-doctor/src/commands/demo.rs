//! `demo`: a broken world, the command of the person in it, and the diagnosis, without an AWS account.

use super::{Console, lab};
use crate::args::{DemoArgs, OutputFormat};
use crate::error::CliError;
use crate::exit::Exit;
use ses_lab::Lab;
use tokio::process::Command;

/// What the person's own AWS settings would add to the world of the lab.
const FOREIGN: [&str; 8] = [
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
];

/// Runs the command. The diagnosis is a process of its own with nothing but a command line and an environment: it
/// cannot know that it talks to a lab.
pub(crate) async fn run(args: &DemoArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let world = lab::scenarios(&args.scenario)?;
    let story = format!("{}. {}", world.title, world.story.trim());
    let lab = lab::start(world, 0).await?;
    if args.output == OutputFormat::Text {
        introduce(&story, &lab, console)?;
    }
    console.out.flush()?;
    let status = diagnosis(args, &lab, console)?
        .status()
        .await
        .map_err(|error| CliError::Lab(error.to_string()))?;
    lab.stop().await;
    Ok(match status.code() {
        // Whatever it found, the demo did what it was asked for.
        Some(0 | 1 | 3) => Exit::Success,
        Some(2) => Exit::Usage,
        Some(_) | None => Exit::CouldNotRun,
    })
}

const WIDTH: usize = 100;

fn introduce(story: &str, lab: &Lab, console: &mut Console<'_>) -> Result<(), CliError> {
    let words: Vec<&str> = story.split_whitespace().collect();
    let text = format!("A world on loopback, without AWS. {}", words.join(" "));
    writeln!(console.out, "{}\n", textwrap::fill(&text, WIDTH))?;
    writeln!(
        console.out,
        "The command of the person in it (shortened by what only the lab needs):"
    )?;
    writeln!(console.out, "  {}\n", lab::personal_command_line(lab))?;
    Ok(())
}

fn diagnosis(args: &DemoArgs, lab: &Lab, console: &Console<'_>) -> Result<Command, CliError> {
    let program = std::env::current_exe().map_err(|error| CliError::Lab(error.to_string()))?;
    let mut command = Command::new(program);
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
        .envs(lab.environment())
        .arg("diagnose")
        .args(lab.diagnose_arguments());
    if args.output == OutputFormat::Json {
        command.args(["--output", "json"]);
    }
    if console.quiet {
        command.arg("--quiet");
    }
    for _ in 0..console.verbose {
        command.arg("-v");
    }
    command.kill_on_drop(true);
    Ok(command)
}
