//! Partitions, told from region names.

/// The region in which the partition of `region` keeps IAM: its API, its CloudTrail events and an STS that is always on.
///
/// IAM events are recorded in us-east-1 (CloudTrail user guide); the other partitions' home regions follow the SDK's
/// endpoint rules and are general knowledge, not sourced.
pub fn home_of(region: &str) -> &'static str {
    const HOMES: [(&str, &str); 3] = [
        ("us-gov-", "us-gov-west-1"),
        ("cn-", "cn-north-1"),
        ("eusc-", "eusc-de-east-1"),
    ];
    HOMES
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("us-east-1", |(_, home)| home)
}

/// Both regions belong to one partition.
pub(crate) fn same_partition(one: &str, other: &str) -> bool {
    home_of(one) == home_of(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_lives_in_the_home_region_of_the_partition() {
        assert_eq!(home_of("eu-west-1"), "us-east-1");
        assert_eq!(home_of("us-gov-east-1"), "us-gov-west-1");
        assert_eq!(home_of("cn-northwest-1"), "cn-north-1");
        assert!(!same_partition("us-gov-west-1", "us-west-1"));
    }
}
