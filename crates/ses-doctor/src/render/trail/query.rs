//! What is told of a query that AWS ran: what it read, and what that costs.

use super::plural;

/// After statements that were only printed.
pub(crate) const REHEARSAL: &str = "nothing was called. What the query will scan is not known before: the conditions on account, region and day bound it \
     where there are any. --apply runs it; a workgroup's own limit of bytes holds";

/// What may be done when AWS refused.
pub(crate) const PERMISSIONS: &str =
    "what Athena and CloudTrail Lake need to be allowed stands in docs/guides/which-cloudtrail-search.md";

/// What may be done when a query failed.
pub(crate) const FAILED: &str = "without --apply the statement is printed: it can be tried in AWS's console";

/// What may be done when a limit was reached.
pub(crate) const LIMIT: &str = "narrow it with --since, --until and --region, or raise the limit";

/// Athena bills no query for less. The figure is commonly quoted; AWS's own page of prices was not read.
const LEAST: u64 = 10_000_000;

/// One line about the whole.
pub(crate) fn done(events: u64, scanned: Option<u64>, price: f64) -> String {
    let events = plural(events, "event");
    match scanned {
        None => format!("{events}; AWS does not tell how much was scanned"),
        Some(bytes) => format!(
            "{events}; {} scanned, about {:.4} USD at {price} USD for 10^12 bytes and 10 MB at least (list prices; yours may differ)",
            indicatif::HumanBytes(bytes),
            cost(bytes, price)
        ),
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
fn cost(bytes: u64, price: f64) -> f64 {
    bytes.max(LEAST) as f64 / 1e12 * price
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_told_with_what_it_stands_on() {
        let told = done(2, Some(3_000_000_000_000), 5.0);
        assert!(
            told.starts_with("2 events; 2.73 TiB scanned, about 15.0000 USD at 5 USD"),
            "{told}"
        );
        assert!(done(1, Some(0), 5.0).contains("about 0.0001 USD"));
        assert!(done(1, None, 5.0).contains("does not tell"));
    }
}
