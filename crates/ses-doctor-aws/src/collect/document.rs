//! Policy documents as IAM hands them out: percent-encoded (RFC 3986), so a plus sign is a plus sign.

use percent_encoding::percent_decode_str;

/// The JSON text. Documents that are JSON already, as some stand-ins give them, are left alone.
pub(crate) fn decode(document: &str) -> Result<String, String> {
    if document.trim_start().starts_with('{') {
        return Ok(document.to_owned());
    }
    let decoded = percent_decode_str(document).decode_utf8();
    decoded
        .map(|text| text.into_owned())
        .map_err(|_| "the document is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_documents_become_json_and_a_plus_stays() {
        let encoded = "%7B%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Aa+b%22%7D";
        assert_eq!(decode(encoded).unwrap(), r#"{"Resource":"arn:aws:s3:::a+b"}"#);
    }

    #[test]
    fn json_is_left_alone_and_garbage_is_told() {
        assert_eq!(decode(r#" {"a":"%41"}"#).unwrap(), r#" {"a":"%41"}"#);
        assert!(decode("%FF").is_err());
    }
}
