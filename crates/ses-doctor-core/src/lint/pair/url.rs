//! Passwords in URLs: three of four SES passwords hold a `/` or a `+`, which a URL gives another meaning (RFC 3986).

use super::{Edit, Finding, Place, Relevance};
use crate::verdict::Certainty;
use client_config::{Encoding, Field, Settings, Told};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Judges the URL that a login stands in.
pub(super) fn findings(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Option<Finding> {
    let (url, password) = (settings.url.as_ref()?, settings.password.as_ref()?);
    let cause = "password-url-encoding";
    if relevance != Relevance::Ses && url.user_information.is_none() {
        return None;
    }
    if password.value.told() == Told::Masked && relevance == Relevance::Ses {
        let message = "the password stands in a URL and is not shown: a / or + in it must be percent-encoded";
        let finding = at
            .finding(cause, Certainty::Possible, &password.value.span, message)
            .weighing(6);
        return Some(finding.advice("write / as %2F and + as %2B"));
    }
    let written = at.written(&password.value.span);
    let raw = match (written.contains("://"), password.value.encoding) {
        // The place is only known as that of the whole URL.
        (true, Encoding::Percent) => "",
        (true, Encoding::Plain | Encoding::Base64) => password.value.text(),
        (false, _) => written,
    };
    if password.value.told() != Told::Value || password.value.encoding == Encoding::Base64 {
        return None;
    }
    let ends_authority = raw.contains(['/', '?', '#', '@']);
    if ends_authority {
        let message = "a / in the password ends the host part of the URL: the client looks up a piece of the credential, or calls the URL invalid";
        let finding = at
            .finding(cause, Certainty::Confirmed, &password.value.span, message)
            .weighing(8);
        return Some(repaired(at, finding, password));
    }
    if raw.contains('+') {
        let message = "a + in the password of a URL becomes a space in programs that read it as a form";
        let finding = at.finding(cause, Certainty::Possible, &password.value.span, message);
        return Some(repaired(at, finding, password));
    }
    None
}

fn repaired(at: &Place<'_>, finding: Finding, password: &Field) -> Finding {
    if at.written(&password.value.span).contains("://") {
        return finding.advice("percent-encode the password: / as %2F, + as %2B");
    }
    let text = encoded(password.value.text());
    let systemd = at
        .document()
        .is_some_and(|document| document.reading.format == client_config::Format::Systemd);
    let text = if systemd { text.replace('%', "%%") } else { text };
    let edit = Edit {
        file: at.file,
        span: password.value.span.clone(),
        text,
    };
    finding.repair("percent-encode the password: / as %2F, + as %2B", vec![edit])
}

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encoded as a part of a URL.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_encoded() {
        assert_eq!(encoded("a/b+c=~"), "a%2Fb%2Bc%3D~");
    }
}
