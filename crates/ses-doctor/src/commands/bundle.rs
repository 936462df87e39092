//! `bundle`: everything that a diagnosis saw, redacted, as one archive for whoever is to help.

mod archive;
mod content;

use super::{Console, diagnose};
use crate::args::BundleArgs;
use crate::error::{CliError, span_of_position};
use crate::exit::Exit;
use crate::private_file;
use miette::NamedSource;
use ses_doctor_core::report::reproduction::{Reproduction, SCHEMA};
use std::path::Path;
use std::sync::Arc;

/// Runs the command.
pub(crate) async fn run(args: BundleArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let reproduction = args.reproduction.as_deref().map(reproduction).transpose()?;
    let output = args.diagnose.output;
    let answered = diagnose::answer(args.diagnose, console).await?;
    let files = content::files(&answered, reproduction.as_ref())?;
    let packed = archive::pack(&files)?;
    private_file::write(&args.out, &packed)?;
    if !console.quiet {
        anstream::eprintln!("{} files in {}", files.len(), args.out.display());
    }
    diagnose::print(&answered, output, console)?;
    Ok(answered.outcome.into())
}

/// Read as what it must be, so that nothing else gets into the archive.
fn reproduction(path: &Path) -> Result<Reproduction, CliError> {
    let text = crate::bounded_file::read_to_string(path).map_err(|source| CliError::read(path, source))?;
    let wrong = |what: String, text: String, at| CliError::Content {
        what,
        text: Arc::new(NamedSource::new(path.display().to_string(), text)),
        at,
        help: "--reproduction wants a file whose name ends in .json that `ses-doctor reproduce --out` wrote"
            .to_owned(),
    };
    match serde_json::from_str::<Reproduction>(&text) {
        Ok(found) if found.schema == SCHEMA => Ok(found),
        Ok(found) => Err(wrong(
            format!("a reproduction of the form `{}`, not `{SCHEMA}`", found.schema),
            text,
            None,
        )),
        Err(error) => {
            let at = span_of_position(&text, error.line(), error.column());
            Err(wrong(format!("not a reproduction: {error}"), text, at))
        }
    }
}
