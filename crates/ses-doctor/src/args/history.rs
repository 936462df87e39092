//! What may be typed after `trail history`.

use super::{ScanFormat, TrailFilterArgs};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Filters of one kind are alternatives; kinds combine. In a value, * stands for any text. AWS is asked by one of \
    them, the first that is there without a star: access key, user, action, event source; the rest is judged here, as `trail scan` \
    does. The history holds management events of the last 90 days.\n\n\
    Exit codes here: 0 everything was read, 3 not everything was, and what is missing is named on standard error, 4 nothing could \
    be read."
)]
pub(crate) struct HistoryArgs {
    /// The --region of the filter tells also which regions are asked [default: AWS_REGION, else the profile's]
    #[command(flatten)]
    pub(crate) filter: TrailFilterArgs,
    /// Ask every region that is known to have SES
    #[arg(long, help_heading = "Filters")]
    pub(crate) all_regions: bool,
    /// Keep what AWS tells in this folder, for this user alone: what is held is not asked for again, and a search that was
    /// stopped goes on
    #[arg(long, value_name = "DIR", help_heading = "Limits")]
    pub(crate) cache: Option<PathBuf>,
    /// Requests to make in each region at most; 50 events come with each, two a second
    #[arg(long, value_name = "N", default_value_t = 1200, help_heading = "Limits", value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) most_requests: u32,
    /// Form of what is printed; json gives the records unchanged, one a line
    #[arg(long, short, value_enum, default_value_t = ScanFormat::Text, help_heading = "Output")]
    pub(crate) output: ScanFormat,
    /// Write to this file, which is there once it is whole, not to standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output_file: Option<PathBuf>,
    /// AWS profile to read AWS with
    #[arg(long, help_heading = "AWS")]
    pub(crate) profile: Option<String>,
    /// Endpoint for all AWS APIs, e.g. of the lab; the SDK's own AWS_ENDPOINT_URL works too
    #[arg(long, value_name = "URL", help_heading = "AWS")]
    pub(crate) endpoint_url: Option<String>,
}
