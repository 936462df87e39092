//! What is told of a query that AWS ran: what it read, and what that costs.

use super::plural;
use crate::trail_s3::Estimate;

/// After statements that were only printed.
pub(crate) const REHEARSAL_OF_ATHENA: &str = "nothing was called. The conditions on account, region and day bound what is scanned; --estimate tells its size and price, \
     --apply runs it; a workgroup's own limit of bytes holds";

/// The same of CloudTrail Lake, which tells nothing of sizes before.
pub(crate) const REHEARSAL_OF_LAKE: &str = "nothing was called. What the query will scan is not known before: the conditions on the time bound it where there are any. \
     --apply runs it";

/// What may be done when AWS refused.
pub(crate) const PERMISSIONS: &str =
    "`ses-doctor permissions athena` and `ses-doctor permissions lake` print the policies that they need";

/// What may be done when a query failed.
pub(crate) const FAILED: &str = "without --apply the statement is printed: it can be tried in AWS's console";

/// What may be done when a limit was reached.
pub(crate) const LIMIT: &str = "narrow it with --since, --until and --region, or raise the limit";

/// Athena bills no query for less. The figure is commonly quoted; AWS's own page of prices was not read.
const LEAST: u64 = 10_000_000;

/// What will be read, as far as listings tell.
pub(crate) fn before(estimate: &Estimate, price: f64) -> String {
    let Estimate {
        objects,
        bytes,
        incomplete,
    } = estimate;
    let least = if incomplete.is_some() { "at least " } else { "" };
    let why = incomplete
        .as_ref()
        .map(|why| format!(" ({why})"))
        .unwrap_or_default();
    format!(
        "to be read: {least}{}, {}{why}; {least}about {:.4} USD at {price} USD for 10^12 bytes",
        plural(*objects, "file"),
        indicatif::HumanBytes(*bytes),
        cost(*bytes, price)
    )
}

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

/// Events of a store that do not tell all of themselves.
pub(crate) fn without_json(events: u64) -> String {
    format!(
        "NOT SEARCHED: {} of the store without JSON that can be read, where the text of --text may be; the other filters hold for {}",
        plural(events, "event"),
        if events == 1 { "it" } else { "them" }
    )
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

    #[test]
    fn what_is_to_be_read_is_told_before_and_called_the_least_where_more_may_be() {
        let whole = Estimate {
            objects: 2,
            bytes: 3_000_000_000_000,
            incomplete: None,
        };
        let told = before(&whole, 5.0);
        assert_eq!(
            told,
            "to be read: 2 files, 2.73 TiB; about 15.0000 USD at 5 USD for 10^12 bytes"
        );
        let part = Estimate {
            incomplete: Some("s3:ListBucket was denied".to_owned()),
            ..Estimate::default()
        };
        assert!(
            before(&part, 5.0)
                .starts_with("to be read: at least 0 files, 0 B (s3:ListBucket was denied); at least")
        );
    }
}
