//! `lab`: serve a world on loopback until it is stopped.

use super::Console;
use crate::args::{LabArgs, OutputFormat};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use miette::NamedSource;
use ses_lab::{Lab, Options, World, WorldError};
use std::sync::Arc;
use std::time::Duration;

/// Runs the command.
pub(crate) async fn run(args: &LabArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    if args.list {
        list(args.output, console)?;
        return Ok(Exit::Success);
    }
    let world = world(args)?;
    let title = world.title.clone();
    let lab = start(world, args.latency_ms).await?;
    let stop = Stop::listen()?;
    match args.output {
        OutputFormat::Json => announce_json(&lab, console)?,
        OutputFormat::Text => announce_text(&lab, &title, console)?,
    }
    console.out.flush()?;
    stop.requested().await;
    lab.stop().await;
    Ok(Exit::Success)
}

/// Ctrl-C, or the end that a script or a service manager asks for. Listened for from the moment this is made, so that
/// nobody who was told that the lab is ready can end it without its files being cleared away.
struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?],
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    async fn requested(self) {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate] = self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The world of a scenario, by name; of several, the one in which all of them are wrong.
pub(crate) fn scenarios(names: &[String]) -> Result<World, CliError> {
    let sources = names.iter().map(|name| {
        let text = ses_lab::scenario(name).ok_or_else(|| {
            CliError::usage(
                format!("there is no scenario `{name}`"),
                "`ses-doctor lab --list` names them",
            )
        })?;
        Ok((name.as_str(), text))
    });
    let sources: Vec<(&str, &str)> = sources.collect::<Result<_, CliError>>()?;
    match sources.as_slice() {
        [(name, text)] => World::parse(name, text).map_err(|error| malformed(error, name, text)),
        several => World::combine(several).map_err(|why| {
            CliError::usage(
                format!("these scenarios cannot be combined: {why}"),
                "docs/concepts/how-accuracy-is-measured.md tells which can",
            )
        }),
    }
}

/// Starts a lab.
pub(crate) async fn start(world: World, latency_ms: u64) -> Result<Lab, CliError> {
    Lab::start(world, Options::with_latency(Duration::from_millis(latency_ms)))
        .await
        .map_err(|error| CliError::Lab(error.to_string()))
}

fn world(args: &LabArgs) -> Result<World, CliError> {
    match (&args.world, &args.scenario) {
        (Some(path), _) => {
            let text =
                crate::bounded_file::read_to_string(path).map_err(|source| CliError::read(path, source))?;
            let name = path.display().to_string();
            World::parse(&name, &text).map_err(|error| malformed(error, &name, &text))
        }
        (None, names) => scenarios(names),
    }
}

fn malformed(error: WorldError, name: &str, text: &str) -> CliError {
    CliError::Content {
        what: format!("the world file has a mistake: {}", error.message),
        text: Arc::new(NamedSource::new(name, text.to_owned())),
        at: error.span.clone().map(Into::into),
        help: "docs/reference/world.md describes every key".to_owned(),
    }
}

fn list(form: OutputFormat, console: &mut Console<'_>) -> Result<(), CliError> {
    let mut entries = Vec::new();
    for (name, text) in ses_lab::scenarios() {
        let world = World::parse(name, text).map_err(|error| malformed(error, name, text))?;
        match form {
            OutputFormat::Text => writeln!(console.out, "{name:<40} {}", world.title)?,
            OutputFormat::Json => entries.push(serde_json::json!({
                "name": name, "title": world.title, "causes": world.causes,
            })),
        }
    }
    if form == OutputFormat::Json {
        render::json(console.out, &entries)?;
    }
    Ok(())
}

fn announce_text(lab: &Lab, title: &str, console: &mut Console<'_>) -> Result<(), CliError> {
    writeln!(console.out, "# {title}")?;
    for (name, value) in lab.environment() {
        writeln!(console.out, "export {name}={}", single_quoted(&value))?;
    }
    writeln!(console.out, "# {}", command_line(lab))?;
    writeln!(console.out, "# ready")?;
    if !console.quiet {
        anstream::eprintln!("The lab listens on loopback only. Ctrl-C stops it.");
    }
    Ok(())
}

fn announce_json(lab: &Lab, console: &mut Console<'_>) -> Result<(), CliError> {
    let environment: serde_json::Map<String, serde_json::Value> = lab
        .environment()
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let line = serde_json::json!({ "environment": environment, "diagnose": lab.diagnose_arguments(), "ready": true });
    writeln!(console.out, "{line}")?;
    Ok(())
}

/// The command of the person in this world, to be pasted.
fn command_line(lab: &Lab) -> String {
    let quoted = lab
        .diagnose_arguments()
        .into_iter()
        .map(|argument| quote(&argument));
    format!("ses-doctor diagnose {}", quoted.collect::<Vec<_>>().join(" "))
}

/// The same without the options that only lead to the lab.
pub(crate) fn personal_command_line(lab: &Lab) -> String {
    const OF_THE_LAB: [&str; 4] = ["--smtp-endpoint", "--tls-ca", "--dns-server", "--endpoint-url"];
    let mut arguments = lab.diagnose_arguments().into_iter();
    let mut line = vec!["ses-doctor diagnose".to_owned()];
    while let Some(argument) = arguments.next() {
        if OF_THE_LAB.contains(&argument.as_str()) {
            arguments.next();
        } else {
            line.push(quote(&argument));
        }
    }
    line.join(" ")
}

/// As a POSIX shell wants it: untouched where nothing in it is special.
fn quote(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    let is_plain = !argument.is_empty() && argument.chars().all(plain);
    if is_plain {
        argument.to_owned()
    } else {
        single_quoted(argument)
    }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
