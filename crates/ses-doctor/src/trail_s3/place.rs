//! Where in S3: what `s3://BUCKET/…` means.

use crate::error::CliError;
use std::io;
use trail_scan::Source;

/// A place in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) bucket: String,
    pub(super) named: Named,
}

/// What is named in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// An object, or everything below it.
    Name(String),
    /// Everything below: nothing, or a name that ends in a slash.
    Folder(String),
    /// Everything that begins so.
    Beginning(String),
}

impl Named {
    /// What all keys that are meant begin with.
    pub(super) fn prefix(&self) -> &str {
        let (Self::Name(prefix) | Self::Folder(prefix) | Self::Beginning(prefix)) = self;
        prefix
    }
}

impl Place {
    /// Reads `s3://BUCKET`, `s3://BUCKET/NAME` or `s3://BUCKET/BEGINNING*`; `None` for what is no place in S3.
    pub(crate) fn read(text: &str) -> Option<Result<Self, CliError>> {
        let rest = text.strip_prefix("s3://")?;
        let (bucket, name) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self::of(bucket, name).ok_or_else(|| {
            CliError::usage(
                format!("`{text}` is no place in S3"),
                "write s3://BUCKET, s3://BUCKET/PREFIX, or s3://BUCKET/BEGINNING* with a star at the end only",
            )
        }))
    }

    /// The place, where no way leads to S3.
    pub(crate) fn barred(&self) -> Source {
        let name = format!("s3://{}/{}", self.bucket, self.named.prefix());
        Source::Barred(name, io::Error::other("there is no way to S3"))
    }

    fn of(bucket: &str, name: &str) -> Option<Self> {
        // The letters of bucket names, also of the oldest. (Amazon S3 User Guide, "General purpose bucket naming rules".)
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if bucket.len() < 3 || !bucket.bytes().all(fits) {
            return None;
        }
        let named = match name.strip_suffix('*') {
            Some(beginning) => Named::Beginning(beginning.to_owned()),
            None if name.is_empty() || name.ends_with('/') => Named::Folder(name.to_owned()),
            None => Named::Name(name.to_owned()),
        };
        let bucket = bucket.to_owned();
        (!named.prefix().contains('*')).then_some(Self { bucket, named })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Option<(String, Named)> {
        let place = Place::read(text)?.ok()?;
        Some((place.bucket, place.named))
    }

    #[test]
    fn a_place_is_an_object_a_folder_or_a_beginning() {
        let bucket = "a-trail".to_owned();
        for (text, expected) in [
            ("s3://a-trail", Named::Folder(String::new())),
            ("s3://a-trail/", Named::Folder(String::new())),
            ("s3://a-trail/logs/", Named::Folder("logs/".to_owned())),
            ("s3://a-trail//a b+%2F", Named::Name("/a b+%2F".to_owned())),
            (
                "s3://a-trail/AWSLogs/1/eu-*",
                Named::Beginning("AWSLogs/1/eu-".to_owned()),
            ),
            ("s3://a-trail/*", Named::Beginning(String::new())),
        ] {
            assert_eq!(named(text), Some((bucket.clone(), expected)), "{text}");
        }
        assert!(Place::read("logs").is_none() && Place::read("S3:/x").is_none());
        for wrong in [
            "s3://",
            "s3:///x",
            "s3://ab",
            "s3://a-trail:80/x",
            "s3://a-trail/a*b",
            "s3://ü-trail",
        ] {
            assert!(Place::read(wrong).unwrap().is_err(), "{wrong}");
        }
    }
}
