//! Numbers, compared exactly.

use std::fmt;

/// A decimal with up to 18 digits on either side of its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(i128);

const FRACTION: usize = 18;

impl Number {
    /// `-12`, `3.5`; nothing for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let plain = |part: &str| part.len() <= FRACTION && part.bytes().all(|byte| byte.is_ascii_digit());
        let whole_trimmed = whole.trim_start_matches('0');
        if whole.is_empty() || !plain(whole_trimmed) || !plain(fraction) {
            return None;
        }
        let scaled: i128 = format!("0{whole_trimmed}{fraction:0<FRACTION$}").parse().ok()?;
        Some(Self(if negative { -scaled } else { scaled }))
    }

    /// In units of 10⁻¹⁸.
    pub(crate) fn scaled(self) -> i128 {
        self.0
    }

    /// From units of 10⁻¹⁸.
    pub(crate) fn of_scaled(scaled: i128) -> Self {
        Self(scaled)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.0.unsigned_abs(), width = FRACTION + 1);
        let (whole, fraction) = digits
            .split_at_checked(digits.len() - FRACTION)
            .unwrap_or((&digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let number = |text| Number::parse(text).unwrap();
        assert_eq!(number("10"), number("10.00"));
        assert_eq!(number("-0"), number("0"));
        assert_eq!(number("007"), number("+7"));
        assert!(number("9007199254740993") > number("9007199254740992"));
        assert!(number("0.1") < number("0.10000000000000001"));
        assert!(number("-2") < number("-1.5"));
    }

    #[test]
    fn a_number_is_printed_as_it_would_be_written() {
        for text in ["0", "-2", "7.5", "-0.000000000000000001", "123456789012345678"] {
            let number = Number::parse(text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(Number::of_scaled(number.scaled()), number);
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "ten",
            "1e3",
            "1,5",
            "--1",
            ".5",
            "0x10",
            "1.2.3",
            " 1",
            "1234567890123456789",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }
}
