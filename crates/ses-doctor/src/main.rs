//! `ses-doctor`: from a refused Amazon SES SMTP login to its proven cause.

mod args;
mod attendance;
mod bounded_file;
mod collect;
mod commands;
mod context;
mod env;
mod error;
mod exchange;
mod exit;
mod file_in_place;
mod hands;
mod kept_file;
mod local_file;
mod log_file;
mod logged_failures;
mod masking;
mod private_file;
mod redaction;
mod render;
mod secret_input;
mod settings;
mod smtp_proof;
mod stored_password;
mod trail_archive;
mod trail_s3;

use args::{Cli, Color, Talk};
use clap::Parser;
use commands::Console;
use exit::Exit;
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    colour(cli.talk.color);
    log(&cli.talk);
    keep_names_whole();
    let exit = match run(cli) {
        Ok(exit) => exit,
        Err(error) => report_error(error),
    };
    ExitCode::from(exit.code())
}

/// Help and version are answers and go to standard output; everything else is a usage error.
fn usage(error: &clap::Error) -> ExitCode {
    // Nothing more can be done when the terminal is gone.
    let _ = error.print();
    let exit = if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Success
    };
    ExitCode::from(exit.code())
}

fn run(cli: Cli) -> Result<Exit, error::CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut out = anstream::stdout();
    let mut console = Console {
        out: &mut out,
        quiet: cli.talk.quiet,
        verbose: cli.talk.verbose,
    };
    let exit = runtime.block_on(commands::run(cli.command, &mut console));
    // A prompt or a resolver thread must not keep a finished program alive.
    runtime.shutdown_background();
    let exit = exit?;
    out.flush()?;
    Ok(exit)
}

/// Names of regions, hosts and files are not to be broken, at their hyphens or elsewhere.
fn keep_names_whole() {
    // Only a second hook is refused, and there is none.
    let _ = miette::set_hook(Box::new(|_| {
        let options = miette::MietteHandlerOpts::new()
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .break_words(false)
            // Each message tells its cause itself.
            .without_cause_chain();
        Box::new(options.build())
    }));
}

fn report_error(error: error::CliError) -> Exit {
    if let error::CliError::Output(cause) = &error
        && cause.kind() == std::io::ErrorKind::BrokenPipe
    {
        // `ses-doctor … | head` is no failure.
        return Exit::Success;
    }
    let exit = error.exit();
    anstream::eprintln!("{:?}", miette::Report::new(error));
    exit
}

fn colour(choice: Color) {
    match choice {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// Standard error takes colours, by the options, the environment and what it is.
fn is_coloured() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// Warnings by default; `-vv` tells what is done, and `SES_DOCTOR_LOG` overrides it. Only our own crates are ever heard:
/// the debug logs of the SDK and of TLS can hold secrets.
fn log(talk: &Talk) {
    let by_flag = match (talk.quiet, talk.verbose) {
        (true, _) => "error",
        (false, 0 | 1) => "warn",
        (false, 2) => "info",
        (false, _) => "debug",
    };
    let by_variable = env::first_of(&[env::LOG]).filter(|level| LEVELS.contains(&level.as_str()));
    let level = by_variable.as_deref().unwrap_or(by_flag);
    let level: LevelFilter = level.parse().unwrap_or(LevelFilter::WARN);
    let own = Targets::new().with_targets(OWN_CRATES.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured())
        .with_target(false);
    tracing_subscriber::registry().with(lines.with_filter(own)).init();
}

const OWN_CRATES: [&str; 5] = [
    "ses_doctor",
    "ses_doctor_aws",
    "ses_doctor_core",
    "ses_smtp",
    "ses_lab",
];
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
