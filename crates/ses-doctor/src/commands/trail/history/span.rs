//! Which part of the time has been read: seconds, in stretches that neither touch nor overlap.

use serde::{Deserialize, Serialize};

/// From and to, both included, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What has been read, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Covered(Vec<Span>);

impl Covered {
    /// This stretch has been read too. One that ends before it begins adds nothing.
    pub(super) fn add(&mut self, span: Span) {
        if span.from > span.to {
            return;
        }
        let touches =
            |other: &Span| other.from <= span.to.saturating_add(1) && span.from <= other.to.saturating_add(1);
        let (joined, mut apart): (Vec<Span>, Vec<Span>) = self.0.iter().partition(|other| touches(other));
        apart.push(Span {
            from: joined.iter().map(|other| other.from).fold(span.from, i64::min),
            to: joined.iter().map(|other| other.to).fold(span.to, i64::max),
        });
        apart.sort_unstable();
        self.0 = apart;
    }

    /// What of `within` has not been read, newest first.
    pub(super) fn gaps(&self, within: Span) -> Vec<Span> {
        let mut gaps = Vec::new();
        let mut to = within.to;
        for read in self.0.iter().rev() {
            if read.to < to {
                gaps.push(Span {
                    from: read.to.saturating_add(1).max(within.from),
                    to,
                });
            }
            to = to.min(read.from.saturating_sub(1));
        }
        gaps.push(Span {
            from: within.from,
            to,
        });
        gaps.retain(|gap| gap.from <= gap.to);
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(from: i64, to: i64) -> Span {
        Span { from, to }
    }

    #[test]
    fn stretches_that_touch_are_one_and_gaps_are_what_is_left() {
        let mut covered = Covered::default();
        assert_eq!(covered.gaps(span(0, 9)), [span(0, 9)]);
        covered.add(span(2, 3));
        covered.add(span(7, 8));
        covered.add(span(5, 4));
        assert_eq!(covered.gaps(span(0, 9)), [span(9, 9), span(4, 6), span(0, 1)]);
        covered.add(span(4, 6));
        assert_eq!(covered, Covered(vec![span(2, 8)]));
        assert_eq!(covered.gaps(span(3, 7)), []);
    }

    proptest! {
        #[test]
        fn a_second_is_in_a_gap_or_has_been_read(read in prop::collection::vec((0_i64..60, 0_i64..60), 0..12), from in 0_i64..60, to in 0_i64..60) {
            let mut covered = Covered::default();
            for (from, to) in &read {
                covered.add(span(*from, *to));
            }
            let gaps = covered.gaps(span(from, to));
            for second in 0..60 {
                let has_been_read = read.iter().any(|(from, to)| (from..=to).contains(&&second));
                let open = (from..=to).contains(&second) && !has_been_read;
                prop_assert_eq!(gaps.iter().any(|gap| (gap.from..=gap.to).contains(&second)), open);
            }
            prop_assert!(gaps.windows(2).all(|two| two[1].to < two[0].from));
        }
    }
}
