//! Three-valued logic, after Kleene: what depends on an unknown context key is itself unknown, unless another part settles it.

/// The unknown context keys that something depends on, as places in the request's list of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::box_collection,
    reason = "nearly every truth has none, and truths are passed by the million"
)]
pub struct Keys(Option<Box<Vec<u16>>>);

impl Keys {
    pub(crate) fn one(key: u16) -> Self {
        Self(Some(Box::new(vec![key])))
    }

    pub(crate) fn add(&mut self, key: u16) {
        let keys = self.0.get_or_insert_default();
        if let Err(at) = keys.binary_search(&key) {
            keys.insert(at, key);
        }
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        for key in other.iter() {
            self.add(key);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().flat_map(|keys| keys.iter().copied())
    }
}

/// True, false, or it depends on what is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// It depends on these keys.
    Unknown(Keys),
}

impl Truth {
    /// Both: false if either is false.
    #[must_use]
    #[inline]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, other) => other,
            (unknown, Self::True) => unknown,
            (Self::Unknown(mut keys), Self::Unknown(more)) => {
                keys.extend(&more);
                Self::Unknown(keys)
            }
        }
    }

    /// Either: true if one is true.
    #[must_use]
    #[inline]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, other) => other,
            (unknown, Self::False) => unknown,
            (Self::Unknown(mut keys), Self::Unknown(more)) => {
                keys.extend(&more);
                Self::Unknown(keys)
            }
        }
    }

    /// The opposite; what depends on something still does.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown(keys) => Self::Unknown(keys),
        }
    }

    /// Whether a value is among those listed, or for a negation is not. A listed value that cannot be compared (`None`) is not
    /// the value, and no negation holds with it; AWS does not document that case.
    pub(crate) fn listed(comparisons: impl IntoIterator<Item = Option<Self>>, negated: bool) -> Self {
        let mut sum = Self::False;
        let mut comparable = true;
        for comparison in comparisons {
            match comparison {
                Some(truth) => sum = sum.or(truth),
                None => comparable = false,
            }
            if sum == Self::True {
                break;
            }
        }
        match negated {
            false => sum,
            true if comparable => sum.negate(),
            true => Self::False,
        }
    }

    /// The first true settles it.
    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::False;
        for truth in truths {
            sum = sum.or(truth);
            if sum == Self::True {
                break;
            }
        }
        sum
    }

    /// The first false settles it.
    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut product = Self::True;
        for truth in truths {
            product = product.and(truth);
            if product == Self::False {
                break;
            }
        }
        product
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settled_half_drops_the_keys_of_the_other() {
        let unknown = || Truth::Unknown(Keys::one(3));
        assert_eq!(unknown().and(Truth::False), Truth::False);
        assert_eq!(unknown().or(Truth::True), Truth::True);
        assert_eq!(unknown().and(Truth::True), unknown());
        assert_eq!(unknown().or(Truth::False), unknown());
        let Truth::Unknown(keys) = unknown().or(Truth::Unknown(Keys::one(1))) else {
            panic!("unknown")
        };
        assert_eq!(keys.iter().collect::<Vec<_>>(), [1, 3]);
    }
}
