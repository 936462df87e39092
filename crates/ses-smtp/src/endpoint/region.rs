//! Regions, and which of them have an SMTP endpoint.

/// Regions whose SMTP endpoint is witnessed (nodemailer's table of well-known services). Newer regions may have one
/// too, so absence from this list proves nothing: look the host name up.
pub const SMTP_REGIONS: [&str; 19] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "us-gov-west-1",
    "us-gov-east-1",
];

/// Regions of which AWS says that SES has no SMTP endpoint there (developer guide, "Obtaining Amazon SES SMTP
/// credentials").
pub const REGIONS_WITHOUT_SMTP: [&str; 5] = [
    "af-south-1",
    "ap-southeast-3",
    "eu-south-1",
    "il-central-1",
    "me-south-1",
];

/// Whether a text has the shape of a region name: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`.
pub fn region_exists_shape(text: &str) -> bool {
    const DIRECTIONS: [&str; 9] = [
        "north",
        "south",
        "east",
        "west",
        "central",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
    ];
    let parts: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., direction, number] = parts.as_slice() else {
        return false;
    };
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let number_fits = number.len() == 1 && number.bytes().all(|byte| (b'1'..=b'9').contains(&byte));
    (2..=4).contains(&area.len())
        && letters(area)
        && middle.len() <= 1
        && middle.iter().all(|part| letters(part))
        && DIRECTIONS.contains(direction)
        && number_fits
}

/// Whether AWS's documents or a witness say that the region has an SMTP endpoint; `None` when neither does.
pub fn has_smtp(region: &str) -> Option<bool> {
    if SMTP_REGIONS.contains(&region) {
        Some(true)
    } else if REGIONS_WITHOUT_SMTP.contains(&region) {
        Some(false)
    } else {
        None
    }
}

/// The public SMTP host of a region.
pub fn smtp_host(region: &str) -> String {
    format!("email-smtp.{region}.amazonaws.com")
}

/// The region that a mistyped name most likely means: `eu-west1`, `euwest1`, `eu_west_1`, `EU-WEST-1`, `us-est-1`.
pub fn nearest_region(text: &str) -> Option<&'static str> {
    const MAX_LENGTH: usize = 24;
    let bare = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let wanted = bare(&text.to_ascii_lowercase());
    if wanted.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    let known = || SMTP_REGIONS.iter().chain(&REGIONS_WITHOUT_SMTP).copied();
    // An availability zone is its region and a letter.
    let zone = wanted.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let exact = known().find(|region| bare(region) == wanted || bare(region) == zone);
    exact.or_else(|| {
        let mut near = known().filter(|region| distance(&bare(region), &wanted) <= 1);
        let first = near.next()?;
        near.next().is_none().then_some(first)
    })
}

/// Levenshtein distance, with neighbours in each other's place counting as one.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let swapped = left.len() == right.len()
        && {
            let unlike: Vec<usize> = (0..left.len())
                .filter(|at| left.get(*at) != right.get(*at))
                .collect();
            matches!(unlike.as_slice(), [a, b] if a + 1 == *b && left.get(*a) == right.get(*b) && left.get(*b) == right.get(*a))
        };
    if swapped {
        return 1;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, (r, pair)) in right.iter().zip(row.windows(2)).enumerate() {
            let (diagonal, above) = (
                pair.first().copied().unwrap_or(0),
                pair.get(1).copied().unwrap_or(0),
            );
            let before = next.get(j).copied().unwrap_or(0);
            next.push((diagonal + usize::from(l != r)).min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_region_has_the_shape() {
        for region in SMTP_REGIONS
            .iter()
            .chain(&REGIONS_WITHOUT_SMTP)
            .chain(&["eusc-de-east-1", "mx-central-1"])
        {
            assert!(region_exists_shape(region), "{region}");
        }
        for other in [
            "",
            "eu",
            "eu-west",
            "eu-west1",
            "eu-west-0",
            "eu-west-1a",
            "a-b-c-d",
            "EU-WEST-1",
            "localhost",
        ] {
            assert!(!region_exists_shape(other), "{other}");
        }
    }

    #[test]
    fn typing_errors_lead_to_one_region() {
        for (text, region) in [
            ("eu-west1", "eu-west-1"),
            ("euwest1", "eu-west-1"),
            ("EU-WEST-1", "eu-west-1"),
            ("us-easst-1", "us-east-1"),
            ("us-esat-1", "us-east-1"),
            ("us-east-1a", "us-east-1"),
            ("eu_central_1", "eu-central-1"),
        ] {
            assert_eq!(nearest_region(text), Some(region), "{text}");
        }
        assert_eq!(nearest_region("us-est-1"), None, "east and west are as near");
        assert_eq!(nearest_region("example"), None);
    }
}
