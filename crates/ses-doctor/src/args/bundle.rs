//! What may be typed after `bundle`.

use super::DiagnoseArgs;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Prints the report as diagnose does, and ends with its exit code.")]
pub(crate) struct BundleArgs {
    /// Archive to write, for its owner only: a tar file, compressed with gzip
    #[arg(long, value_name = "FILE.tar.gz")]
    pub(crate) out: PathBuf,
    /// Reproduction to put in: a JSON file that reproduce --out wrote
    #[arg(long, value_name = "FILE.json")]
    pub(crate) reproduction: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) diagnose: DiagnoseArgs,
}
