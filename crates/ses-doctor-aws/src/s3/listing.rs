//! A page of a bucket's listing, read from XML. What does not hold together is no page: a key that went unseen would look like one
//! that is not there.

use super::Listing;
use crate::xml::Element;
use percent_encoding::percent_decode_str;

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListingPage {
    /// Objects, in the order of their keys.
    pub objects: Vec<ListedObject>,
    /// What more lies in, ending in a slash, likewise.
    pub folders: Vec<String>,
    /// How to ask for more.
    pub next: Option<String>,
}

/// An object as it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its name in the bucket.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// What tells one content from another, as the server wrote it.
    pub tag: Option<String>,
}

/// A page as it was read, not yet held to what was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page(ListingPage);

impl Page {
    /// `None` for what is no page of a listing, as far as its form tells.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let root = Element::parse(std::str::from_utf8(body).ok()?)?;
        if root.name() != "ListBucketResult" {
            return None;
        }
        let encoded = root.text_of("EncodingType").as_deref() == Some("url");
        let text = |element: &Element, name: &str| {
            let text = element.verbatim(name)?;
            if encoded { decoded(&text) } else { Some(text) }
        };
        let object = |element: &Element| {
            Some(ListedObject {
                key: text(element, "Key")?,
                size: element.text_of("Size")?.parse().ok()?,
                tag: element.text_of("ETag"),
            })
        };
        let next = match root.text_of("IsTruncated").as_deref() {
            Some("true") => Some(root.text_of("NextContinuationToken")?),
            Some("false") => None,
            _ => return None,
        };
        Some(Self(ListingPage {
            objects: root.all("Contents").map(object).collect::<Option<_>>()?,
            folders: root
                .all("CommonPrefixes")
                .map(|folder| text(folder, "Prefix"))
                .collect::<Option<_>>()?,
            next,
        }))
    }

    /// The page, if it can be the answer.
    pub(super) fn checked(self, asked: &Listing<'_>) -> Result<ListingPage, &'static str> {
        let Self(page) = self;
        let is_below = |key: &str| key.starts_with(asked.prefix);
        let is_folder =
            |folder: &String| is_below(folder) && folder.len() > asked.prefix.len() && folder.ends_with('/');
        if !page.objects.iter().all(|object| is_below(&object.key)) {
            return Err("it holds keys that were not asked for");
        }
        if !page.folders.iter().all(is_folder) {
            return Err("it holds folders that were not asked for");
        }
        if page.next.is_some() && page.next.as_deref() == asked.after {
            return Err("it ends where it began");
        }
        Ok(page)
    }
}

/// S3 writes a space as `+`, as forms do. (botocore, `_decode_list_object`.)
fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(inside: &str) -> Option<ListingPage> {
        let text = format!(
            r#"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inside}</ListBucketResult>"#
        );
        Page::read(text.as_bytes()).map(|Page(listed)| listed)
    }

    const OBJECT: &str =
        "<Contents><Key>a+b%2Bc%25/%C3%BC</Key><Size>7</Size><ETag>&quot;e&quot;</ETag></Contents>";

    #[test]
    fn keys_are_read_as_they_are_encoded() {
        let whole = page(&format!(
            "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>{OBJECT}"
        ))
        .unwrap();
        let object = ListedObject {
            key: "a b+c%/ü".to_owned(),
            size: 7,
            tag: Some("\"e\"".to_owned()),
        };
        assert_eq!((whole.objects, whole.next), (vec![object], None));
        let plain = page(&format!("<IsTruncated>false</IsTruncated>{OBJECT}")).unwrap();
        assert_eq!(plain.objects[0].key, "a+b%2Bc%25/%C3%BC");
    }

    #[test]
    fn a_page_that_lacks_something_is_no_page() {
        for inside in [
            "",
            "<IsTruncated>true</IsTruncated>",
            "<IsTruncated>false</IsTruncated><Contents><Key>a</Key></Contents>",
            "<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>x</Size></Contents>",
            "<IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents>",
            "<IsTruncated>false</IsTruncated><CommonPrefixes/>",
            "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Contents><Key>%FF</Key><Size>1</Size></Contents>",
        ] {
            assert_eq!(page(inside), None, "{inside}");
        }
        assert_eq!(Page::read(b"<Error/>"), None);
        let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
        assert_eq!(page(more).unwrap().next.as_deref(), Some("t"));
    }

    #[test]
    fn what_was_not_asked_for_is_refused() {
        let listing = |prefix| Listing {
            prefix,
            after: Some("t"),
            ..Listing::default()
        };
        let object = |key: &str| ListedObject {
            key: key.to_owned(),
            size: 0,
            tag: None,
        };
        let page = |keys: &[&str], folders: &[&str], next: Option<&str>| {
            Page(ListingPage {
                objects: keys.iter().map(|key| object(key)).collect(),
                folders: folders.iter().map(|folder| (*folder).to_owned()).collect(),
                next: next.map(str::to_owned),
            })
        };
        assert!(page(&["a/b"], &["a/c/"], None).checked(&listing("a/")).is_ok());
        assert!(page(&["b"], &[], None).checked(&listing("a/")).is_err());
        assert!(page(&[], &["a/"], None).checked(&listing("a/")).is_err());
        assert!(page(&[], &["a/c"], None).checked(&listing("a/")).is_err());
        assert!(page(&[], &[], Some("t")).checked(&listing("a/")).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_page_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Page::read(&bytes);
        }

        #[test]
        fn any_key_comes_back(key in "[a-zA-Z0-9 +=%&<>/\u{1}\u{fc}\u{1F600}]{1,40}") {
            let encoded = percent_encoding::utf8_percent_encode(&key, percent_encoding::NON_ALPHANUMERIC);
            let inside = format!(
                "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>{encoded}</Key><Size>1</Size></Contents>"
            );
            prop_assert_eq!(&page(&inside).unwrap().objects[0].key, &key);
        }
    }
}
