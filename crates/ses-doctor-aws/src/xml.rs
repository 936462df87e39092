//! XML answers as a tree, for services that are called without their SDK crate.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// Deeper than any answer of EC2.
const DEEPEST: usize = 32;

/// An element: its local name, the text directly in it, the elements in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// The root of a document; `None` for what is no well-formed XML.
    pub(crate) fn parse(document: &str) -> Option<Self> {
        let mut reader = Reader::from_str(document);
        let mut open: Vec<Self> = Vec::new();
        loop {
            let closed = match reader.read_event().ok()? {
                Event::Start(start) if open.len() < DEEPEST => {
                    open.push(Self::named(&start));
                    None
                }
                Event::Start(_) | Event::Eof => return None,
                Event::Empty(start) => Some(Self::named(&start)),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    Self::add(&mut open, &text.xml10_content());
                    None
                }
                Event::CData(text) => {
                    Self::add(&mut open, &text.xml10_content());
                    None
                }
                Event::GeneralRef(reference) => {
                    match reference.resolve_char_ref().ok()? {
                        Some(letter) => Self::add(&mut open, letter.encode_utf8(&mut [0; 4])),
                        None => Self::add(&mut open, resolve_predefined_entity(&reference)?),
                    }
                    None
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => None,
            };
            match (closed, open.last_mut()) {
                (Some(element), Some(parent)) => parent.children.push(element),
                (Some(root), None) => return Some(root),
                (None, _) => {}
            }
        }
    }

    fn named(start: &BytesStart<'_>) -> Self {
        Self {
            name: start.local_name().into_inner().to_owned(),
            ..Self::default()
        }
    }

    fn add(open: &mut [Self], text: &str) {
        if let Some(element) = open.last_mut() {
            element.text.push_str(text);
        }
    }

    /// The first element of this name directly in this one.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of this name; `None` when there is none or it is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The same with the space around it.
    pub(crate) fn verbatim(&self, name: &str) -> Option<String> {
        let text = &self.child(name)?.text;
        (!text.trim().is_empty()).then(|| text.clone())
    }

    /// All of it as JSON: an element is its text, or an object of lists by the names of the elements in it.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        if self.children.is_empty() {
            return self.text.clone().into();
        }
        let mut members = serde_json::Map::new();
        for child in &self.children {
            let list = members
                .entry(child.name.clone())
                .or_insert_with(|| serde_json::Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.push(child.to_json());
            }
        }
        members.into()
    }

    /// The `item`s of a list.
    pub(crate) fn items(&self, list: &str) -> impl Iterator<Item = &Self> {
        let items = self.child(list).into_iter().flat_map(|list| &list.children);
        items.filter(|child| child.name == "item")
    }

    /// Its local name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// All elements of this name directly in this one.
    pub(crate) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text directly in this element.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The first element of this name, however deep.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_texts_and_entities_are_read() {
        let text = r#"<?xml version="1.0"?><!-- c --><a:R xmlns:a="x"><set><item><p>{&quot;a&quot;:&#34;&amp;<![CDATA[<]]>"}</p></item>
            <item/></set><empty/></a:R>"#;
        let root = Element::parse(text).unwrap();
        let items: Vec<_> = root.items("set").collect();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].text_of("p").as_deref(), Some(r#"{"a":"&<"}"#));
        assert_eq!(root.text_of("empty"), None);
        assert_eq!(root.find("p").unwrap().text(), r#"{"a":"&<"}"#);
        assert_eq!(root.items("none").count(), 0);
    }

    #[test]
    fn what_is_no_xml_gives_nothing() {
        for text in [
            "",
            "{}",
            "<a>",
            "<a></b>",
            "<a>&evil;</a>",
            "</a>",
            "<a",
            "<a>&#xFFFFFFFF;</a>",
        ] {
            assert_eq!(Element::parse(text), None, "{text}");
        }
        let deep = ["<a>".repeat(100_000), "</a>".repeat(100_000)].concat();
        assert_eq!(Element::parse(&deep), None);
    }

    fn element() -> impl Strategy<Value = Element> {
        let leaf = ("[a-z][a-zA-Z]{0,8}", "[ -~]{0,20}").prop_map(|(name, text)| Element {
            name,
            text,
            children: Vec::new(),
        });
        leaf.prop_recursive(4, 24, 4, |inner| {
            let children = prop::collection::vec(inner, 0..4);
            ("[a-z][a-zA-Z]{0,8}", children).prop_map(|(name, children)| Element {
                name,
                text: String::new(),
                children,
            })
        })
    }

    fn written(element: &Element) -> String {
        let inner: String = element.children.iter().map(written).collect();
        let text = quick_xml::escape::escape(element.text.as_str());
        format!("<{0}>{text}{inner}</{0}>", element.name)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(element in element()) {
            prop_assert_eq!(Element::parse(&written(&element)), Some(element));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[<>/&;#xa-c\"'! \\-\\[\\]?]{0,60}|\\PC{0,60}") {
            let _ = Element::parse(&text);
        }
    }
}
