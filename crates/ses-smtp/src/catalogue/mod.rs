//! What the replies of SES mean. Each row says how well it is witnessed: AWS documents (developer guide,
//! "Troubleshooting Amazon SES SMTP issues"), logs in public, or nothing yet.

mod denied;
mod find;
mod meaning;
mod resource;
mod rows;

pub use find::{FoundReply, find_in_text};
pub use meaning::{Mark, Meaning, Retry};

use crate::reply::{Reply, is_enhanced_status_code};

/// What a reply means, when it is one that SES is known to send.
pub fn recognise(reply: &Reply) -> Option<Meaning> {
    let text = plain(&reply.text());
    denied::access_denied(reply.code, &text)
        .or_else(|| denied::not_verified(reply.code, &text))
        .or_else(|| resource::refused(reply.code, &text))
        .or_else(|| rows::row(reply.code, &text).map(|row| row.meaning.clone()))
        .or_else(|| meaning::success(reply.code, &text))
}

/// One space between words, and no enhanced status code in front: SES sends none, but relays add them.
fn plain(text: &str) -> String {
    let mut words = text.split_whitespace().peekable();
    words.next_if(|word| is_enhanced_status_code(word));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
