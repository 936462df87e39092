//! Postfix: parameters of `main.cf`, and the entries of a password map.

use crate::entry::Value;
use std::ops::Range;

/// One entry of a map of passwords: `sasl_passwd` of Postfix, `passwd.client` of Exim.
#[derive(Debug, Clone, PartialEq)]
pub struct MapEntry {
    /// The next hop, as written: `[email-smtp.eu-west-1.amazonaws.com]:587`.
    pub key: Value,
    /// The user name.
    pub username: Option<Value>,
    /// The password: everything after the first colon (Postfix `SASL_README`).
    pub password: Option<Value>,
    /// The map's file, when the text that writes it names it.
    pub file: Option<String>,
    /// Written for Exim.
    pub exim: bool,
}

impl MapEntry {
    pub(crate) fn shift(&mut self, by: usize) {
        let parts = [
            Some(&mut self.key),
            self.username.as_mut(),
            self.password.as_mut(),
        ];
        for value in parts.into_iter().flatten() {
            value.span = value.span.start + by..value.span.end + by;
        }
    }
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// `relayhost`, `smtp_sasl_password_maps` …
    pub name: String,
    /// Where the name stands.
    pub at: Range<usize>,
    /// Its value.
    pub value: Value,
    /// Of a service in `master.cf`, or of `main.cf`.
    pub service: Option<String>,
}

/// The parameters of a Postfix that one file sets. The last assignment of a name counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Postfix {
    /// In the order of the file.
    pub parameters: Vec<Parameter>,
}

impl Postfix {
    /// The parameter of `main.cf` that counts.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        let of_main = |parameter: &&Parameter| parameter.service.is_none() && parameter.name == name;
        self.parameters.iter().rev().find(of_main)
    }

    /// Its value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.parameter(name)
            .map(|parameter| parameter.value.text().trim())
    }

    /// Whether it is `yes`.
    pub fn is_yes(&self, name: &str) -> Option<bool> {
        self.value(name).map(|value| value.eq_ignore_ascii_case("yes"))
    }
}

/// The type and the file of a map: `hash:/etc/postfix/sasl_passwd`.
pub fn map_type(maps: &str) -> Option<(&str, &str)> {
    let first = maps.split([',', ' ', '\t', '\n']).find(|part| !part.is_empty())?;
    first.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_taken_apart() {
        assert_eq!(map_type("hash:/etc/x, lmdb:/y"), Some(("hash", "/etc/x")));
        assert_eq!(map_type("static:me:secret"), Some(("static", "me:secret")));
        assert_eq!(map_type(""), None);
    }
}
