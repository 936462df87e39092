//! What each fuzz target does with its input. The tests of `ses-smtp` run the same functions over the seeds and over
//! random input, so that they cannot rot.

use secrecy::{ExposeSecret as _, SecretString};
use ses_smtp::reply::{MAX_LINES, ReplyParser};
use ses_smtp::{Endpoint, Reply, SmtpEndpoints};

/// Bytes of a server, in pieces whose size the first byte tells. How they are cut must make no difference.
pub(crate) fn reply(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let whole = replies(bytes, bytes.len().max(1));
    let pieces = replies(bytes, usize::from(*size).max(1));
    assert_eq!(whole, pieces);
}

/// Replies up to the first error.
fn replies(bytes: &[u8], size: usize) -> Vec<Reply> {
    let mut parser = ReplyParser::new();
    let mut found = Vec::new();
    for piece in bytes.chunks(size) {
        parser.push(piece);
        loop {
            match parser.take() {
                Ok(Some(reply)) => {
                    assert!((200..600).contains(&reply.code) && reply.lines.len() <= MAX_LINES);
                    found.push(reply);
                }
                Ok(None) => break,
                Err(_) => return found,
            }
        }
    }
    found
}

/// A log line of a client.
pub(crate) fn catalogue_text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(found) = ses_smtp::find_in_text(&text)
        && let Some(meaning) = ses_smtp::recognise(&found.reply)
    {
        let _ = (meaning.retry(), meaning.mark(), meaning.expected_phase());
    }
    let _ = ses_smtp::recognise(&Reply {
        code: 554,
        lines: vec![text.into_owned()],
    });
}

/// A host field. Its clean host is clean.
pub(crate) fn endpoint(data: &[u8]) {
    let endpoint = Endpoint::parse(&String::from_utf8_lossy(data));
    let _ = (
        endpoint.suggestion(),
        endpoint.acceptable_names(),
        endpoint.to_string(),
    );
}

/// A user name and a password, divided by the first zero byte. No secret may be seen in the facts.
pub(crate) fn credential_inspect(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (username, password) = text.split_once('\0').unwrap_or((&text, ""));
    let password = SecretString::from(password);
    let facts = ses_smtp::inspect(username, &password);
    let sound = |value: &str| value.len() == 44 && value.starts_with('B');
    for repair in ses_smtp::repairs(username, &password) {
        assert!(repair.username.starts_with("AKIA") && sound(repair.password.expose_secret()));
        assert!(!format!("{facts:?}").contains(repair.password.expose_secret()));
    }
}

/// Mappings, one a line.
pub(crate) fn smtp_endpoints(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(map) = SmtpEndpoints::parse(text.lines()) {
        for region in map.regions() {
            assert!(map.lookup(region, 587).is_some());
        }
    }
}
