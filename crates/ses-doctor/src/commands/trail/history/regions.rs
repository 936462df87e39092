//! Which regions' histories are asked.

use super::question::literal;
use crate::args::HistoryArgs;
use crate::env;
use crate::error::CliError;
use ses_doctor_aws::home_of;
use ses_smtp::endpoint::{REGIONS_WITHOUT_SMTP, SMTP_REGIONS, region_exists_shape};
use trail_scan::Name;

/// The regions, each once. `configured` is the one of the profile.
pub(super) fn regions(args: &HistoryArgs, configured: Option<&str>) -> Result<Vec<String>, CliError> {
    let here = env::first_of(&env::REGION).or_else(|| configured.map(str::to_owned));
    let mut regions = if args.all_regions {
        known(here.as_deref(), &args.filter.region)
    } else if args.filter.region.is_empty() {
        here.clone().into_iter().collect()
    } else {
        named(&args.filter.region, here.as_deref())
    };
    regions.sort();
    regions.dedup();
    if let Some(strange) = regions.iter().find(|region| !region_exists_shape(region)) {
        let what = format!("`{strange}` is no region");
        return Err(CliError::usage(
            what,
            "write it as AWS does, for example eu-west-1",
        ));
    }
    if regions.is_empty() {
        return Err(CliError::usage(
            "it is not known which region's history to ask",
            "give --region, for example --region us-east-1, where IAM's events are; or --all-regions",
        ));
    }
    Ok(regions)
}

/// A pattern stands for the regions that are known.
fn named(names: &[Name], here: Option<&str>) -> Vec<String> {
    let each = names.iter().flat_map(|name| match literal(name) {
        Some(region) => vec![region],
        None => known(here, std::slice::from_ref(name)),
    });
    each.collect()
}

/// The regions of the partition that are known to have SES, as far as the filter wants them.
fn known(here: Option<&str>, wanted: &[Name]) -> Vec<String> {
    let home = home_of(here.unwrap_or_default());
    let all = SMTP_REGIONS.iter().chain(&REGIONS_WITHOUT_SMTP);
    all.filter(|region| home_of(region) == home)
        .filter(|region| wanted.is_empty() || wanted.iter().any(|name| name.matches(region)))
        .map(|region| (*region).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_and_all_stand_for_the_regions_of_the_partition() {
        let eu = named(&[Name::new("eu-central-*"), Name::new("xx-new-1")], None);
        assert_eq!(eu, ["eu-central-1", "xx-new-1"]);
        assert!(known(None, &[]).len() > 15 && !known(None, &[]).iter().any(|region| region.contains("gov")));
        assert_eq!(
            known(Some("us-gov-east-1"), &[]),
            ["us-gov-west-1", "us-gov-east-1"]
        );
    }
}
