//! The two replies that carry names: a denial by IAM and a list of unverified identities.

use super::Meaning;

/// Both wordings: of SMTP, with backtick and apostrophe, and of the API, with a reason behind.
///
/// ``554 Access denied: User `ARN' is not authorized to perform `ses:SendRawEmail' on resource `ARN'``
/// `User: ARN is not authorized to perform: ses:SendRawEmail on resource: ARN because no … policy allows …`
pub(super) fn access_denied(code: u16, text: &str) -> Option<Meaning> {
    if code != 554 {
        return None;
    }
    let (before, after) = text.split_once(" is not authorized to perform")?;
    let (_, user) = before
        .rsplit_once([' ', '`', '\'', '"'])
        .filter(|(_, user)| !user.is_empty())
        .or_else(|| quoted_at_end(before))?;
    let (action, rest) = name(after)?;
    let (resource, rest) = rest
        .split_once("on resource")
        .and_then(|(_, rest)| name(rest))
        .unwrap_or(("", rest));
    let reason = rest.trim_matches([' ', '.', ':', '\'', '`']);
    Some(Meaning::AccessDenied {
        user_arn: user.trim_matches(QUOTES).to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    })
}

const QUOTES: [char; 5] = ['`', '\'', '"', ':', ' '];

fn quoted_at_end(text: &str) -> Option<(&str, &str)> {
    text.trim_end_matches(['\'', '`', '"'])
        .rsplit_once([' ', '`', '\'', '"'])
}

/// The word behind quotes and colons, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let start = text.trim_start_matches(QUOTES);
    let end = start.find(['\'', '`', '"', ' ']).unwrap_or(start.len());
    let (word, rest) = start.split_at_checked(end)?;
    // A log may escape the quote behind it.
    let word = word.trim_end_matches(['.', '\\']);
    (!word.is_empty()).then_some((word, rest))
}

/// `Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: a, b`
pub(super) fn not_verified(code: u16, text: &str) -> Option<Meaning> {
    if code != 554 || !text.to_ascii_lowercase().contains("is not verified") {
        return None;
    }
    let Some((_, list)) = text.split_once("in region ") else {
        return Some(Meaning::NotVerified {
            region: None,
            identities: Vec::new(),
            truncated: false,
        });
    };
    let (region, names) = list.split_once(':').unwrap_or((list, ""));
    let cut = |name: &str| name.contains("...") || name.contains('…');
    let names = || names.split(',').map(str::trim).filter(|name| !name.is_empty());
    Some(Meaning::NotVerified {
        region: Some(region.trim().to_ascii_lowercase()),
        identities: names().filter(|name| !cut(name)).map(str::to_owned).collect(),
        truncated: names().any(cut),
    })
}
