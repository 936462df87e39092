//! The user name of a login, the sender and the recipient, as far as a text shows them. A password is never taken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::SecretString;
use ses_smtp::credential::{self, UsernameFacts, UsernameShape};

/// What the text shows of who logged in.
pub(crate) fn login(text: &str) -> Option<UsernameFacts> {
    named(text).or_else(|| encoded(text)).map(|name| facts(&name))
}

fn facts(name: &str) -> UsernameFacts {
    credential::inspect(name, &SecretString::from("")).username
}

/// `username "AKIA…"`, as Symfony and others say it.
fn named(text: &str) -> Option<String> {
    const CUES: [&str; 7] = [
        "username \"",
        "user name \"",
        "user '",
        "user \"",
        "authenticating as ",
        "sasl_username=",
        "smtp_username=",
    ];
    let lower = text.to_ascii_lowercase();
    CUES.iter().find_map(|cue| {
        let at = lower.find(cue)? + cue.len();
        let rest = text.get(at..)?;
        let end = rest.find(['"', '\'', ' ', ',', '\n']).unwrap_or(rest.len());
        rest.get(..end).map(str::to_owned)
    })
}

/// The user name inside AUTH PLAIN, or after the server asked for it in AUTH LOGIN.
fn encoded(text: &str) -> Option<String> {
    let plain = text.match_indices("AUTH PLAIN ").find_map(|(at, cue)| {
        let decoded = decode(word(text.get(at + cue.len()..)?))?;
        let mut parts = decoded.split('\0');
        let name = parts.nth(1)?.to_owned();
        parts.next().map(|_| name)
    });
    plain.or_else(|| after_question(text)).or_else(|| {
        let at = text.find("AUTH LOGIN ")? + "AUTH LOGIN ".len();
        decode(word(text.get(at..)?))
    })
}

/// `334 VXNlcm5hbWU6` asks for the user name; the next line of the client answers.
fn after_question(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("VXNlcm5hbWU6")?;
    let answer = rest.split_whitespace().find(|word| decode(word).is_some())?;
    decode(answer).filter(|name| !name.eq_ignore_ascii_case("password:"))
}

fn word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn decode(word: &str) -> Option<String> {
    let trimmed = word.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD
        .decode(trimmed)
        .ok()
        .filter(|bytes| bytes.len() >= 3)?;
    let text = String::from_utf8(bytes).ok()?;
    let printable = |c: char| !c.is_control() || matches!(c, '\0' | '\n' | '\r');
    text.chars().all(printable).then_some(text)
}

/// The envelope sender; empty for the null sender.
pub(crate) fn sender(text: &str) -> Option<String> {
    angled(text, &["mail from:<", "from=<"])
        .or_else(|| after(text, "from address failed: "))
        .or_else(|| msmtp_says(text, " from="))
        .or_else(|| refused_by_smtplib(text))
}

/// The recipient.
pub(crate) fn recipient(text: &str) -> Option<String> {
    angled(text, &["to=<", "rcpt to:<"])
        .or_else(|| msmtp_says(text, " recipients="))
        .or_else(|| of_exim(text))
        .filter(|address| !address.is_empty())
}

/// The word behind a cue, as PHPMailer writes `The following From address failed: user@example.com : MAIL FROM …`.
fn after(text: &str, cue: &str) -> Option<String> {
    let at = text.to_ascii_lowercase().find(cue)? + cue.len();
    let word = word(text.get(at..)?).trim_end_matches([':', ',', ';', '.']);
    (!word.is_empty() && word.len() <= 320).then(|| word.to_owned())
}

/// msmtp's log: `host=… from=a@example.com recipients=b@example.net smtpstatus=554 …`.
fn msmtp_says(text: &str, cue: &str) -> Option<String> {
    let is_msmtp = text.contains(" recipients=") && text.contains(" from=");
    let named = after(text, cue).filter(|_| is_msmtp)?;
    // Of several recipients none is the one that a reply means.
    (!named.contains(',')).then_some(named)
}

/// `SMTPSenderRefused: (501, b'…', 'user@example.com')`
fn refused_by_smtplib(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("SMTPSenderRefused")?;
    let (inside, _) = rest.split_once("')")?;
    let (_, named) = inside.rsplit_once('\'')?;
    (named.len() <= 320 && !named.contains(char::is_whitespace)).then(|| named.to_owned())
}

/// Exim marks a recipient with `**` (failed), `==` (deferred), `=>` or `->` (delivered), after the message's id (Exim
/// specification, "Log files").
fn of_exim(text: &str) -> Option<String> {
    let (_, rest) = [" ** ", " == ", " => ", " -> "]
        .iter()
        .find_map(|mark| text.split_once(mark))
        .or_else(|| Some(("", text.strip_prefix("** ").or_else(|| text.strip_prefix("== "))?)))?;
    let is_exim = [" R=", " T="].iter().all(|field| rest.contains(field));
    let named = word(rest).trim_matches(['<', '>']);
    (is_exim && named.contains('@') && named.len() <= 320).then(|| named.to_owned())
}

fn angled(text: &str, cues: &[&str]) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    cues.iter().find_map(|cue| {
        let hits = lower.match_indices(cue).filter(|(at, _)| {
            let before = lower.get(..*at).and_then(|before| before.chars().next_back());
            before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
        });
        let at = hits.map(|(at, _)| at).last()? + cue.len();
        let (address, _) = text.get(at..)?.split_once('>')?;
        (address.len() <= 320 && !address.contains(char::is_whitespace)).then(|| address.to_owned())
    })
}

/// The word, or what stands before its `@`, is an access key id: SES's user name, where an address is due.
pub fn is_login(word: &str) -> bool {
    let local = word.split('@').next().unwrap_or(word);
    matches!(
        facts(local).shape,
        UsernameShape::AccessKeyId | UsernameShape::TemporaryKeyId | UsernameShape::NearAccessKeyId
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_name_is_read_and_the_password_is_not() {
        let shape = |text: &str| login(text).map(|facts| facts.shape);
        assert_eq!(
            shape("Failed to authenticate on SMTP server with username \"me@example.com\" using"),
            Some(UsernameShape::EmailAddress)
        );
        assert_eq!(
            shape("C: AUTH PLAIN AEFLSUFJT1NGT0ROTjdFWEFNUExFAHNlY3JldA=="),
            Some(UsernameShape::AccessKeyId)
        );
        let dialogue = "S: 334 VXNlcm5hbWU6\nC: c2VzLXNtdHAtdXNlci4yMDI0MDkwMy0xNDAyMTE=\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0";
        assert_eq!(shape(dialogue), Some(UsernameShape::ConsoleSmtpUserName));
        assert_eq!(shape("535 Authentication Credentials Invalid"), None);
    }

    #[test]
    fn senders_and_recipients_are_told() {
        let text = "Q: from=<>, size=1\nQ: to=<a@example.com>, orig_to=<root>, said: 501";
        assert_eq!(sender(text).as_deref(), Some(""));
        assert_eq!(recipient(text).as_deref(), Some("a@example.com"));
        for (text, from, to) in [
            (
                "The following From address failed: AKIAIOSFODNN7EXAMPLE : MAIL FROM command failed,Invalid MAIL FROM address provided,501",
                Some("AKIAIOSFODNN7EXAMPLE"),
                None,
            ),
            (
                "host=h tls=on from=a@example.com recipients=b@example.net smtpstatus=554 smtpmsg='554 x'",
                Some("a@example.com"),
                Some("b@example.net"),
            ),
            (
                "smtplib.SMTPSenderRefused: (501, b'Invalid MAIL FROM address provided', 'app')",
                Some("app"),
                None,
            ),
            (
                "2024-03-01 10:00:00 1pXabc-0001AB-CD ** b@example.net R=smart T=smtp H=h: 554 x",
                None,
                Some("b@example.net"),
            ),
            ("a ** b@example.net c", None, None),
        ] {
            assert_eq!(sender(text).as_deref(), from, "{text}");
            assert_eq!(recipient(text).as_deref(), to, "{text}");
        }
        assert!(is_login("AKIAIOSFODNN7EXAMPLE") && !is_login("me@example.com"));
    }
}
