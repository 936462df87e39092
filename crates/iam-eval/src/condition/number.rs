//! Numbers, compared exactly.

/// A decimal with up to 18 digits on either side of its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(i128);

const FRACTION: usize = 18;

impl Number {
    /// `-12`, `3.5`; nothing for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
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
