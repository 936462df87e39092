//! XML: web.config, Spring beans, Jenkins. Elements with text, attributes, and `name`/`value` or `key`/`value` pairs.

use super::Found;
use crate::entry::{Quoting, Value, span_of};
use crate::reading::Problem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::ops::Range;

/// Reads it; what the parser refuses ends the reading and is said.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    let mut reader = Reader::from_str(text);
    let mut scope: Vec<String> = Vec::new();
    // The `name` or `key` of the element whose text comes next.
    let mut named: Option<String>;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                scope.push(local_name(&element));
                named = attributes(text, &element, &scope, &mut found);
                let content = content(text, reader.buffer_position());
                element_text(text, content, &scope, named.as_deref(), &mut found);
            }
            Ok(Event::Empty(element)) => {
                scope.push(local_name(&element));
                attributes(text, &element, &scope, &mut found);
                scope.pop();
            }
            Ok(Event::End(_)) => {
                scope.pop();
            }
            Ok(Event::Eof) => return found,
            Ok(_) => {}
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(0);
                found.problems.push(Problem {
                    at,
                    what: format!("this is no valid XML: {error}"),
                });
                return found;
            }
        }
    }
}

fn local_name(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

/// What stands between an element's begin and the next tag; entities are still in it.
fn content(text: &str, begin: u64) -> &str {
    let rest = usize::try_from(begin).ok().and_then(|begin| text.get(begin..));
    let content = rest.unwrap_or_default();
    content.split('<').next().unwrap_or_default().trim()
}

fn element_text(text: &str, content: &str, scope: &[String], named: Option<&str>, found: &mut Found) {
    let span = span_of(text, content);
    if content.is_empty() || span.is_empty() {
        return;
    }
    let value = Value::new(unescaped(content), span.clone(), Quoting::Bare);
    let (key, scope) = match (named, scope.split_last()) {
        (Some(name), _) => (name.to_owned(), scope.to_vec()),
        (None, Some((last, rest))) => (last.clone(), rest.to_vec()),
        (None, None) => return,
    };
    let path: Vec<String> = key.split('.').map(str::to_owned).collect();
    if let Some((key, inner)) = path.split_last() {
        let scope: Vec<String> = scope.iter().chain(inner).cloned().collect();
        found.add(&scope, key, span, value);
    }
}

/// Adds the attributes; gives the name that the element's text belongs to.
fn attributes(text: &str, element: &BytesStart<'_>, scope: &[String], found: &mut Found) -> Option<String> {
    let (mut name, mut value) = (None, None);
    for attribute in element.attributes().with_checks(false).flatten() {
        let key = attribute.key.local_name().as_ref().to_owned();
        let raw = &*attribute.value;
        let span = span_of(text, raw);
        let held = Value::new(unescaped(raw), span.clone(), Quoting::Double);
        match key.as_str() {
            "name" | "key" => name = Some((held.text().to_owned(), span)),
            "value" => value = Some(held),
            _ => found.add(scope, &key, place_of_name(&span, &key), held),
        }
    }
    if let (Some((name, place)), Some(value)) = (&name, value) {
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        if let Some((key, inner)) = path.split_last() {
            let scope: Vec<String> = scope.iter().chain(inner).cloned().collect();
            found.add(&scope, key, place.clone(), value);
        }
        return None;
    }
    name.map(|(name, _)| name)
}

/// An attribute's name stands right before `="`.
fn place_of_name(value: &Range<usize>, key: &str) -> Range<usize> {
    let end = value.start.saturating_sub(2);
    end.saturating_sub(key.len())..end
}

fn unescaped(raw: &str) -> String {
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_properties_and_text_become_entries() {
        let text = "<c><network host=\"h\" port=\"587\"/><add key=\"Smtp.User\" value=\"u&amp;v\"/>\
                    <bean><property name=\"host\" value=\"i\"/><prop key=\"mail.smtp.auth\">true</prop></bean><smtpHost>j</smtpHost></c>";
        let found = read(text);
        let shown: Vec<String> = found
            .entries
            .iter()
            .map(|e| format!("{}={}", e.path.join("/"), e.value.text()))
            .collect();
        assert_eq!(
            shown,
            [
                "c/network/host=h",
                "c/network/port=587",
                "c/add/Smtp/User=u&v",
                "c/bean/property/host=i",
                "c/bean/prop/mail/smtp/auth=true",
                "c/smtpHost=j",
            ]
        );
        assert_eq!(text.get(found.entries[0].value.span.clone()).unwrap(), "h");
    }

    #[test]
    fn broken_xml_is_read_as_far_as_it_goes() {
        let found = read("<c><network host=\"h\"/></d>");
        assert_eq!((found.entries.len(), found.problems.len()), (1, 1));
    }
}
