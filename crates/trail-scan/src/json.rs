//! Where a JSON value ends. Nothing is checked but brackets and strings: whoever wants the value parses it.

use memchr::memchr2;

/// The offset after the value that begins at `at`; `None` when the text ends first.
pub(crate) fn end_of_value(text: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = at;
    loop {
        match text.get(at)? {
            b'"' => at = end_of_string(text, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
                continue;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            byte if depth > 0 || byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            _ => at = end_of_scalar(text, at)?,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The offset after the string that begins at `at`.
pub(crate) fn end_of_string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let found = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(found)? {
            b'"' => return Some(found + 1),
            _ => at = found + 2,
        }
    }
}

/// A number or a word ends where something else begins.
fn end_of_scalar(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let length = rest
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || b",]}:\"{[".contains(byte))?;
    // A stray bracket or comma in a value's place is a value of its own: it will not parse.
    Some(at + length.max(1))
}

/// The offset of the first byte from `at` on that is neither space nor comma.
pub(crate) fn skip_between(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && *byte != b',');
    at + length.unwrap_or(rest.len())
}

/// The offset of the first byte from `at` on that is no space.
pub(crate) fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_ascii_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            ".*".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                prop::collection::hash_map(".*", inner, 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_ends_where_serde_json_ends_it(value in json(), after in "[,\\]} \n]") {
            let text = value.to_string();
            let whole = format!("{text}{after}");
            prop_assert_eq!(end_of_value(whole.as_bytes(), 0), Some(text.len()));
        }

        #[test]
        fn any_bytes_are_survived_and_never_passed(text in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..220) {
            if let Some(end) = end_of_value(&text, at) {
                prop_assert!(end > at && end <= text.len() + 1);
            }
        }
    }

    #[test]
    fn a_value_that_is_cut_off_has_no_end() {
        for text in [r#"{"a":"b"#, r#"{"a":"b\"#, "[1,2", "12", ""] {
            assert_eq!(end_of_value(text.as_bytes(), 0), None, "{text}");
        }
    }
}
