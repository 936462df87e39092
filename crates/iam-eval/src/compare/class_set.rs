//! A set of classes of one dimension, as bits.

/// Some of a fixed number of classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassSet {
    words: Box<[u64]>,
}

const BITS: usize = 64;

impl ClassSet {
    /// The classes, of `count` that there are, for which the question is answered with yes.
    pub(crate) fn of(count: usize, mut is_in: impl FnMut(usize) -> bool) -> Self {
        let word = |word: usize| {
            let first = word * BITS;
            let bits = (first..count.min(first + BITS)).filter(|&class| is_in(class));
            bits.fold(0, |set, class| set | (1_u64 << (class - first)))
        };
        Self {
            words: (0..count.div_ceil(BITS)).map(word).collect(),
        }
    }

    /// Whether none is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The lowest class in it.
    pub(crate) fn first(&self) -> Option<usize> {
        let (index, word) = self.words.iter().enumerate().find(|(_, word)| **word != 0)?;
        Some(index * BITS + usize::try_from(word.trailing_zeros()).ok()?)
    }

    /// Whether all of it is in the other.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.pairs(other).all(|(ours, theirs)| ours & !theirs == 0)
    }

    /// Whether any class is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.pairs(other).any(|(ours, theirs)| ours & theirs != 0)
    }

    /// What is in both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            words: self.pairs(other).map(|(ours, theirs)| ours & theirs).collect(),
        }
    }

    /// What is in either.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self {
            words: self.pairs(other).map(|(ours, theirs)| ours | theirs).collect(),
        }
    }

    /// What is in this one only.
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self {
            words: self.pairs(other).map(|(ours, theirs)| ours & !theirs).collect(),
        }
    }

    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (u64, u64)> + 'a {
        let theirs = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter().copied().zip(theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave_as_sets_across_words() {
        let even = ClassSet::of(130, |class| class % 2 == 0);
        let late = ClassSet::of(130, |class| class >= 127);
        assert_eq!(even.first(), Some(0));
        assert_eq!(late.first(), Some(127));
        assert_eq!(even.and(&late), ClassSet::of(130, |class| class == 128));
        assert_eq!(
            late.without(&even),
            ClassSet::of(130, |class| class == 127 || class == 129)
        );
        assert_eq!(late.or(&even).without(&even), late.without(&even));
        assert!(even.and(&late).is_within(&even) && even.meets(&late) && !late.is_within(&even));
        assert!(ClassSet::of(130, |_| false).is_empty() && ClassSet::of(0, |_| true).first().is_none());
    }
}
