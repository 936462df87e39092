//! Postfix: `main.cf` and `master.cf`, the password map and its compiled form, and the packages that a login takes.
//!
//! Sources: postconf(5), Postfix SASL_README and TLS_README; AWS developer guide, "Integrating Amazon SES with Postfix".

use super::{Document, Edit, Finding, MapState};
use crate::verdict::Certainty;
use client_config::{Command, Parameter, map_type};
use ses_smtp::Endpoint;

mod login;
mod map;
mod tls;

/// Judges the Postfix that the files together set up.
pub(super) fn findings(documents: &[Document]) -> Vec<Finding> {
    let host = Host { documents };
    if !host.is_there() {
        return Vec::new();
    }
    let mut found = map::findings(&host);
    if host.relays_to_ses() {
        found.extend(login::findings(&host));
        found.extend(tls::findings(&host));
    } else {
        found.extend(tls::of_incoming_mail(&host));
    }
    found.extend(package(&host));
    found
}

/// One host's Postfix, in all files.
struct Host<'a> {
    documents: &'a [Document],
}

/// A parameter and its file.
struct Set<'a> {
    file: usize,
    parameter: &'a Parameter,
}

impl Set<'_> {
    fn value(&self) -> &str {
        self.parameter.value.text().trim()
    }

    fn is_yes(&self) -> bool {
        self.value().eq_ignore_ascii_case("yes")
    }
}

impl<'a> Host<'a> {
    fn is_there(&self) -> bool {
        let reading = |document: &Document| {
            let reading = &document.reading;
            !reading.postfix.parameters.is_empty()
                || reading.maps.iter().any(|map| !map.exim)
                || self.installs("postfix").is_some()
        };
        self.documents.iter().any(reading)
    }

    /// The parameter that counts: the last file's that sets it.
    fn set(&self, name: &str) -> Option<Set<'a>> {
        let mut files = self.documents.iter().enumerate().rev();
        files.find_map(|(file, document)| {
            document
                .reading
                .postfix
                .parameter(name)
                .map(|parameter| Set { file, parameter })
        })
    }

    fn is_yes(&self, name: &str) -> bool {
        self.set(name).is_some_and(|set| set.is_yes())
    }

    /// The relay is SES, by its name or by the name of its variable.
    fn relays_to_ses(&self) -> bool {
        let names_ses = |value: &str| {
            let lower = value.to_ascii_lowercase();
            Endpoint::parse(value).is_ses_smtp()
                || (value.contains('$')
                    && lower
                        .split(|c: char| !c.is_alphanumeric())
                        .any(|word| word == "ses"))
        };
        self.set("relayhost")
            .is_some_and(|relay| names_ses(relay.value()))
    }

    fn commands(&self) -> impl Iterator<Item = (usize, &'a Command)> {
        let all = self.documents.iter().enumerate();
        all.flat_map(|(file, document)| {
            document
                .reading
                .commands
                .iter()
                .map(move |command| (file, command))
        })
    }

    fn installs(&self, package: &str) -> Option<(usize, std::ops::Range<usize>)> {
        self.commands().find_map(|(file, command)| match command {
            Command::Installs(name, span) if name == package => Some((file, span.clone())),
            Command::Installs(..)
            | Command::EchoToBase64(_)
            | Command::Postmap(_)
            | Command::Writes(..)
            | Command::EnvFile(..) => None,
        })
    }

    fn finding(
        &self,
        cause: &'static str,
        certainty: Certainty,
        set: &Set<'_>,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(
            cause,
            certainty,
            self.documents,
            set.file,
            &set.parameter.value.span,
            message,
        )
    }

    /// A line of `main.cf` behind the one of this parameter; nothing where it stands in a command.
    fn line_after(&self, set: &Set<'_>, line: &str) -> Vec<Edit> {
        let Some(document) = self.documents.get(set.file) else {
            return Vec::new();
        };
        if document.reading.format != client_config::Format::PostfixMain {
            return Vec::new();
        }
        let end = set.parameter.value.span.end;
        let rest = document.text.get(end..).unwrap_or_default();
        let at = end + rest.find('\n').unwrap_or(rest.len());
        vec![Edit {
            file: set.file,
            span: at..at,
            text: format!("\n{line}"),
        }]
    }

    /// Another value for this parameter.
    fn value_of(&self, set: &Set<'_>, text: &str) -> Vec<Edit> {
        vec![Edit {
            file: set.file,
            span: set.parameter.value.span.clone(),
            text: text.to_owned(),
        }]
    }
}

/// Postfix in an image that logs in to SES needs the mechanisms of Cyrus SASL, which are packages of their own.
fn package(host: &Host<'_>) -> Option<Finding> {
    const MODULES: [&str; 7] = [
        "libsasl2-modules",
        "cyrus-sasl",
        "cyrus-sasl-login",
        "cyrus-sasl-plain",
        "cyrus-sasl-crammd5",
        "libsasl2-2-modules",
        "cyrus-sasl-lib",
    ];
    let (file, span) = host.installs("postfix")?;
    let logs_in = host.is_yes("smtp_sasl_auth_enable") || host.set("smtp_sasl_password_maps").is_some();
    let has = MODULES.iter().any(|package| host.installs(package).is_some());
    (logs_in && !has).then(|| {
        let message = "Postfix is installed here without the mechanisms that a login takes: `no mechanism available`";
        let finding = Finding::new("postfix-missing-sasl-package", Certainty::Likely, host.documents, file, &span, message);
        finding.advice("install libsasl2-modules (Debian), cyrus-sasl-plain (Red Hat) or cyrus-sasl and cyrus-sasl-login (Alpine)")
    })
}
