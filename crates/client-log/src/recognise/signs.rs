//! The signs of a record: those that its phrases name, and those that follow from what stands beside them.

use super::Reading;
use crate::client::Client;
use crate::login;
use crate::marks::Mark;
use crate::sign::Sign;
use ses_smtp::catalogue::Meaning;

/// The signs, the most telling first.
pub(super) fn signs(reading: &Reading<'_>) -> Vec<Sign> {
    let about_mail = reading.is_about_mail() || reading.meaning().is_some();
    let named = reading.marks.iter().filter_map(|mark| match *mark {
        Mark::Sign(sign) => Some(sign),
        Mark::Client(_)
        | Mark::Stranger(_)
        | Mark::Side(_)
        | Mark::Worked(_)
        | Mark::Smtp
        | Mark::Mail
        | Mark::Noise => None,
    });
    let mut signs: Vec<Sign> = named.filter(|sign| about_mail || is_of_mail(*sign)).collect();
    let derived = [
        login_looked_up(reading),
        malformed_host(reading),
        php_silence(reading, &signs),
        piece_read_as_port(reading),
        cut_url(reading, &signs),
        of_sender(reading),
        silence(reading, &signs),
        erlang(reading, &signs),
        truncated(reading),
        api_wording(reading),
    ];
    signs.extend(derived.into_iter().flatten());
    signs.sort_by_key(|sign| (!sign.is_telling(), *sign));
    signs.dedup();
    without_the_lesser(signs)
}

/// The phrase speaks of mail by itself.
fn is_of_mail(sign: Sign) -> bool {
    matches!(
        sign,
        Sign::NoMechanism
            | Sign::UnencryptedConnection
            | Sign::RefusalCached
            | Sign::StartTlsNotOffered
            | Sign::WrapperRequired
            | Sign::NoGreeting
            | Sign::InvalidDsn
            | Sign::TlsVersionBySes
            | Sign::ApiSignature
            | Sign::HttpToSmtp
            | Sign::MissingCredentials
            | Sign::MapNotCompiled
    )
}

/// A general sign beside the special one that it is part of.
fn without_the_lesser(signs: Vec<Sign>) -> Vec<Sign> {
    const PARTS: [(Sign, &[Sign]); 11] = [
        (Sign::NoMechanism, &[Sign::MechanismRefused]),
        (
            Sign::NoGreeting,
            &[
                Sign::ConnectTimedOut,
                Sign::ConnectionLost,
                Sign::ReadTimedOut,
                Sign::TimedOut,
            ],
        ),
        (Sign::ReadTimedOut, &[Sign::ConnectTimedOut, Sign::TimedOut]),
        // "The operation has timed out" holds the words of the other.
        (Sign::TimedOut, &[Sign::ConnectTimedOut]),
        (Sign::HostMalformed, &[Sign::NameNotFound, Sign::ResolverFailed]),
        (Sign::NameNotFound, &[Sign::ResolverFailed]),
        (Sign::LoginLookedUp, &[Sign::NameNotFound, Sign::ResolverFailed]),
        (Sign::PasswordReadAsPort, &[Sign::InvalidDsn]),
        (
            Sign::UrlCutInPassword,
            &[Sign::InvalidDsn, Sign::NameNotFound, Sign::ResolverFailed],
        ),
        (
            Sign::CertificateName,
            &[Sign::CertificateUntrusted, Sign::HandshakeFailed],
        ),
        (Sign::TlsVersion, &[Sign::HandshakeFailed]),
    ];
    let lesser = |sign: &Sign| {
        PARTS
            .iter()
            .any(|(whole, parts)| signs.contains(whole) && parts.contains(sign))
    };
    signs.iter().copied().filter(|sign| !lesser(sign)).collect()
}

/// `getaddrinfo ENOTFOUND akia…`: the user name was taken for the host.
fn login_looked_up(reading: &Reading<'_>) -> Option<Sign> {
    const CUES: [&str; 5] = [
        "enotfound ",
        "eai_again ",
        "lookup ",
        "resolve host ",
        "unknownhostexception: ",
    ];
    let mut names = CUES.iter().filter_map(|cue| {
        let (_, rest) = reading.lower.split_once(cue)?;
        Some(rest.trim_start_matches(['"', '\'']))
    });
    names
        .any(|name| name.starts_with("akia") || name.starts_with("asia"))
        .then_some(Sign::LoginLookedUp)
}

/// `getaddrinfo ENOTFOUND https://…` or `…:587`: the field of the host holds more than its name.
fn malformed_host(reading: &Reading<'_>) -> Option<Sign> {
    const CUES: [&str; 3] = ["enotfound ", "eai_again ", "unknownhostexception: "];
    let mut names = CUES.iter().filter_map(|cue| {
        let (_, rest) = reading.lower.split_once(cue)?;
        let name = rest.trim_start_matches(['"', '\'']).split_whitespace().next()?;
        Some(name.trim_end_matches(['"', '\'', ',', ')', ':']))
    });
    let is_more = |name: &str| {
        let port = name
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        !name.contains('@') && (name.contains("://") || port)
    };
    names.any(is_more).then_some(Sign::HostMalformed)
}

/// Symfony Mailer and SwiftMailer write `Connection to "…" timed out` when they wait for a reply; a connection that cannot
/// be made they call not established.
fn php_silence(reading: &Reading<'_>, signs: &[Sign]) -> Option<Sign> {
    let client = matches!(
        reading.client(),
        Some(Client::SymfonyMailer | Client::SwiftMailer)
    );
    let (_, after) = reading.lower.split_once("connection to ")?;
    let waited = after
        .split_whitespace()
        .nth(1)
        .is_some_and(|word| word == "timed");
    let established = !reading.lower.contains("could not be established");
    (client && waited && established && signs.contains(&Sign::ConnectTimedOut)).then_some(Sign::ReadTimedOut)
}

/// Python's and Go's messages show the piece that they took for a port.
fn piece_read_as_port(reading: &Reading<'_>) -> Option<Sign> {
    const CUES: [&str; 3] = ["to integer value as '", "invalid port \":", "invalid port \""];
    let piece = CUES.iter().find_map(|cue| {
        let at = reading.lower.find(cue)? + cue.len();
        reading.text.get(at..)
    })?;
    let mut characters = piece.chars();
    // An SMTP password begins with B and one of A to P: its first byte is 4.
    let like_password =
        characters.next() == Some('B') && characters.next().is_some_and(|next| ('A'..='P').contains(&next));
    let masked = piece.starts_with("<redacted");
    Some(if like_password || masked {
        Sign::PasswordReadAsPort
    } else {
        Sign::InvalidDsn
    })
}

/// The URL in the text has a `/`, `#` or `?` before its last `@`, and the client complains of the URL or of a host.
fn cut_url(reading: &Reading<'_>, signs: &[Sign]) -> Option<Sign> {
    let complained = [Sign::InvalidDsn, Sign::NameNotFound, Sign::ResolverFailed]
        .iter()
        .any(|sign| signs.contains(sign));
    let mut urls = reading.text.match_indices("://").filter_map(|(at, mark)| {
        let rest = reading.text.get(at + mark.len()..)?;
        rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'))
            .next()
    });
    let cut = urls.any(|url| {
        url.rsplit_once('@')
            .is_some_and(|(user, _)| user.contains(['/', '#', '?']))
    });
    (complained && cut).then_some(Sign::UrlCutInPassword)
}

fn of_sender(reading: &Reading<'_>) -> Option<Sign> {
    let meaning = reading.meaning();
    if let Some(Meaning::NotVerified { identities, .. }) = &meaning {
        return identities
            .iter()
            .any(|name| login::is_login(name))
            .then_some(Sign::LoginAsSender);
    }
    if let Some(Meaning::AccessDenied { resource, .. }) = &meaning {
        let identity = resource.rsplit_once("identity/").map(|(_, identity)| identity);
        return identity
            .is_some_and(login::is_login)
            .then_some(Sign::LoginAsSender);
    }
    let at_sender = matches!(
        meaning,
        Some(Meaning::InvalidMailFrom | Meaning::AuthRequired | Meaning::InvalidAddress)
    );
    let sender = login::sender(reading.text).filter(|_| at_sender)?;
    if sender.is_empty() {
        return Some(Sign::NullSender);
    }
    login::is_login(&sender).then_some(Sign::LoginAsSender)
}

/// smtplib waits for a greeting in plaintext, and says so in these words.
fn silence(reading: &Reading<'_>, signs: &[Sign]) -> Option<Sign> {
    let silent = reading
        .lower
        .contains("connection unexpectedly closed: timed out")
        || (signs.contains(&Sign::ConnectTimedOut) && reading.lower.contains("greeting"))
        || (signs.contains(&Sign::ReadTimedOut) && awaits_greeting(reading));
    silent.then_some(Sign::NoGreeting)
}

/// The port says nothing before TLS, or Jakarta Mail is opening the conversation.
fn awaits_greeting(reading: &Reading<'_>) -> bool {
    matches!(reading.place.port, Some(465 | 2465)) || reading.lower.contains("smtptransport.openserver")
}

/// Elixir prints charlists as `~c"…"` since 1.15, which is of the age of OTP 26, whose TLS checks certificates unless told
/// otherwise and finds no roots by itself (gen_smtp issue 328).
fn erlang(reading: &Reading<'_>, signs: &[Sign]) -> Option<Sign> {
    let failed = signs.contains(&Sign::HandshakeFailed) && reading.lower.contains("tls_failed");
    let recent =
        reading.text.contains("~c\"") || reading.lower.contains("otp 26") || reading.lower.contains("otp 27");
    (failed && recent && reading.client() == Some(Client::GenSmtp)).then_some(Sign::ErlangTlsFailed)
}

/// The last line is `S: 4`, the beginning of a reply.
fn truncated(reading: &Reading<'_>) -> Option<Sign> {
    let last = reading
        .text
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty())?;
    let rest = last
        .strip_prefix("S:")
        .or_else(|| last.strip_prefix("<-"))
        .map(str::trim)?;
    let begun = rest.len() < 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    begun.then_some(Sign::TruncatedReply)
}

/// The API writes `perform: ses:…`, SMTP quotes the action.
fn api_wording(reading: &Reading<'_>) -> Option<Sign> {
    let of_api = reading.lower.contains("is not authorized to perform: ses:");
    (of_api && !reading.code_is_written()).then_some(Sign::ApiCall)
}
