//! Regions the lab knows.

pub use ses_smtp::endpoint::SMTP_REGIONS;

/// Regions with an SES API but no SMTP endpoint: five by AWS's word, the others because nobody has seen one.
pub const API_ONLY_REGIONS: [&str; 16] = [
    "af-south-1",
    "ap-southeast-3",
    "eu-south-1",
    "il-central-1",
    "me-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-2",
    "me-central-1",
    "mx-central-1",
];

/// Whether SES offers SMTP there.
pub fn has_smtp(region: &str) -> bool {
    SMTP_REGIONS.contains(&region)
}

/// `None` for a region that exists, otherwise the sentence about the one that does not.
pub(crate) fn complaint(region: &str) -> Option<String> {
    let known = || SMTP_REGIONS.iter().chain(&API_ONLY_REGIONS).copied();
    if known().any(|candidate| candidate == region) {
        return None;
    }
    let hint = known()
        .map(|candidate| (distance(candidate, region), candidate))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, candidate)| format!("; did you mean `{candidate}`?"))
        .unwrap_or_default();
    Some(format!("`{region}` is not a region of SES{hint}"))
}

/// The edit distance of two short words.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        let mut last = i + 1;
        for (right, pair) in b.chars().zip(row.windows(2)) {
            let (Some(diagonal), Some(above)) = (pair.first(), pair.get(1)) else {
                continue;
            };
            let cost = usize::from(left != right);
            last = (diagonal + cost).min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_region_gets_the_nearest_one() {
        assert_eq!(complaint("eu-west-1"), None);
        assert_eq!(
            complaint("eu-wast-1").as_deref(),
            Some("`eu-wast-1` is not a region of SES; did you mean `eu-west-1`?")
        );
        assert_eq!(
            complaint("mars").as_deref(),
            Some("`mars` is not a region of SES")
        );
    }
}
