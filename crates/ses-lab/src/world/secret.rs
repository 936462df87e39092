//! Secrets and submitted values of a world: never printed, even though they are made up.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

/// A secret of the world; its `Debug` form shows nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct Secret(SecretString);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The secret in the wrapper that the credential functions take.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

/// What a person typed into a login field: a plain string, or a table that says how it came about.
///
/// `{ derive = "eu-west-1", key = "AKIA…" }` · `{ derive_v2 = true, key = "AKIA…" }` · `{ secret_of = "AKIA…" }` ·
/// `{ literal = "…" }`; `secret = "…"` stands in for `key` where the key no longer exists; `damage = [..]` in order.
#[derive(Clone, Debug, Default)]
pub struct Submitted {
    /// The SMTP password (version 4) of `key` or `secret` for this region.
    pub derive: Option<String>,
    /// The SMTP password by the old algorithm.
    pub derive_v2: bool,
    /// The raw secret access key of this key.
    pub secret_of: Option<String>,
    /// These very characters.
    pub literal: Option<Secret>,
    /// The access key that is derived from.
    pub key: Option<String>,
    /// The secret that is derived from, where the key is not in the world (any more).
    pub secret: Option<Secret>,
    /// What happened to the value on its way into the client.
    pub damage: Vec<Damage>,
}

/// One way in which a value is spoilt between the console and the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Damage {
    /// `\n` at the end.
    TrailingNewline,
    /// `\r\n` at the end.
    Crlf,
    /// A space in front.
    LeadingSpace,
    /// A space at the end.
    TrailingSpace,
    /// Everything that is not unreserved in a URL is `%XX`.
    PercentEncoded,
    /// `+` became a space, as form decoding does.
    PlusToSpace,
    /// `+` became `&#43;` and `/` became `&#x2F;`.
    HtmlEntity,
    /// Double quotes around the value.
    Quoted,
    /// A backslash before `/` and `+`.
    BackslashEscaped,
    /// Base64 once too often.
    Base64,
    /// The last four characters are missing.
    Truncated,
    /// A Latin letter became its Cyrillic or full-width twin.
    LookAlike,
    /// One character in the middle is another one.
    Altered,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    derive: Option<String>,
    #[serde(default)]
    derive_v2: bool,
    secret_of: Option<String>,
    literal: Option<Secret>,
    key: Option<String>,
    secret: Option<Secret>,
    #[serde(default)]
    damage: Vec<Damage>,
}

struct SubmittedVisitor;

impl<'de> Visitor<'de> for SubmittedVisitor {
    type Value = Submitted;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string, or a table with `derive`, `derive_v2`, `secret_of` or `literal`")
    }

    fn visit_str<E>(self, value: &str) -> Result<Submitted, E> {
        Ok(Submitted {
            literal: Some(Secret::from(value.to_owned())),
            ..Submitted::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Submitted, A::Error> {
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Submitted {
            derive: table.derive,
            derive_v2: table.derive_v2,
            secret_of: table.secret_of,
            literal: table.literal,
            key: table.key,
            secret: table.secret,
            damage: table.damage,
        })
    }
}

impl<'de> Deserialize<'de> for Submitted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SubmittedVisitor)
    }
}
