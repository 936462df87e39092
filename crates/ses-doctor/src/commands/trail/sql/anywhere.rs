//! Text anywhere in an event, asked of the column of an event data store that holds the event as JSON. (CloudTrail User Guide,
//! "Supported SQL schemas for event data stores": `eventJson`.) A row that is wanted is never left out; one that is not may come, since the
//! filter is asked once more of the event itself.

use super::literal::text;

/// The column, and what it is in a row without it.
pub(super) const EVENT: &str = "coalesce(eventJson, '')";

/// Whether the text may be in the event. One whose JSON is not there comes too, so that it is counted and not passed over.
pub(super) fn may_hold(wanted: &str) -> [String; 3] {
    let holds = |part: &str| format!("strpos(eventJson, {}) > 0", text(part));
    let (part, escape) = match plain_part(wanted) {
        // Its characters are written as they are, or as `\u00XX` (RFC 8259, section 7).
        Some(part) => (part, "\\u"),
        None => (wanted, "\\"),
    };
    [holds(part), holds(escape), "eventJson IS NULL".to_owned()]
}

/// The longest part of which no character has a short escape.
fn plain_part(text: &str) -> Option<&str> {
    let short = |character: char| character.is_control() || "\"\\/".contains(character);
    let parts = text.split(short).filter(|part| !part.is_empty());
    parts.max_by_key(|part| part.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the condition says of an event, as SQL would.
    fn holds(event: &str, wanted: &str) -> bool {
        may_hold(wanted).iter().any(|condition| {
            let part = condition
                .strip_prefix("strpos(eventJson, '")
                .and_then(|rest| rest.strip_suffix("') > 0"));
            part.is_some_and(|part| event.contains(&part.replace("''", "'")))
        })
    }

    #[test]
    fn a_text_that_has_one_spelling_is_asked_for_whole() {
        assert_eq!(
            may_hold("o'neil"),
            [
                "strpos(eventJson, 'o''neil') > 0",
                "strpos(eventJson, '\\u') > 0",
                "eventJson IS NULL"
            ]
        );
        assert!(may_hold("a/mailer")[0].contains("'mailer'"));
        assert!(may_hold("\"\\")[1].contains("'\\'"));
    }

    proptest! {
        #[test]
        fn no_event_that_holds_the_text_is_left_out(
            before in "[ -~\n\u{e9}]{0,5}", wanted in "[ -~\n\t\u{e9}]{1,6}", written in prop::collection::vec(0u8..3, 6)
        ) {
            // Each character in one of the ways that JSON has for it.
            let mut value = serde_json::Value::from(before).to_string();
            value.pop();
            for (character, way) in wanted.chars().zip(written) {
                let usual = serde_json::Value::from(character.to_string()).to_string();
                match (way, character) {
                    (0, _) => value += &format!("\\u{:04x}", u32::from(character)),
                    (1, '/') => value += "\\/",
                    _ => value += usual.trim_start_matches('"').strip_suffix('"').unwrap_or("\\\""),
                }
            }
            let event = format!("{{\"name\":{value}\"}}");
            let read: serde_json::Value = serde_json::from_str(&event).unwrap();
            prop_assert!(read["name"].as_str().unwrap().ends_with(&wanted), "{event}");
            prop_assert!(holds(&event, &wanted), "{event}");
        }
    }
}
