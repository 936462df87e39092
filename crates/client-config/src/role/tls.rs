//! What a setting of TLS means: a switch, or a word, whose sense depends on the client.

use super::words_before;
use crate::client::Client;
use crate::settings::TlsChoice::{
    self, ByPort, NoStartTls, NoWrapper, Plain, StartTls, StartTlsIfOffered, Wrapper,
};

/// Ends of names of switches, and what they say when they are on and when they are off. `enableSsl` of System.Net.Mail
/// is STARTTLS, the only mode that it has.
const SWITCHES: &[(&str, Option<TlsChoice>, Option<TlsChoice>)] = &[
    ("ignoretls", Some(Plain), None),
    ("enablestarttlsauto", Some(StartTlsIfOffered), Some(NoStartTls)),
    ("starttlsauto", Some(StartTlsIfOffered), Some(NoStartTls)),
    ("starttlsrequired", Some(StartTls), None),
    ("usestarttlsifavailable", Some(StartTls), None),
    ("requiretls", Some(StartTls), Some(StartTlsIfOffered)),
    ("usestarttls", Some(StartTls), Some(NoStartTls)),
    ("starttls", Some(StartTls), Some(NoStartTls)),
    ("enablestarttls", Some(StartTls), Some(NoStartTls)),
    ("starttlsenable", Some(StartTls), Some(NoStartTls)),
    ("starttlsenabled", Some(StartTls), Some(NoStartTls)),
    ("explicittls", Some(StartTls), Some(NoStartTls)),
    ("sslonconnect", Some(Wrapper), Some(NoWrapper)),
    ("sslenable", Some(Wrapper), Some(NoWrapper)),
    ("sslenabled", Some(Wrapper), Some(NoWrapper)),
    ("tlsonconnect", Some(Wrapper), Some(NoWrapper)),
    ("istlsenabled", Some(Wrapper), Some(NoWrapper)),
    ("forcetls", Some(Wrapper), Some(NoWrapper)),
    ("enablessl", Some(StartTls), Some(Plain)),
    ("usessl", Some(Wrapper), Some(NoWrapper)),
    ("usetls", Some(StartTls), Some(NoStartTls)),
    ("enabletls", Some(StartTls), Some(NoStartTls)),
    ("enforcetls", Some(StartTls), Some(NoStartTls)),
];

/// Ends of names whose value is a word.
const WORDS: [&str; 8] = [
    "encryption",
    "encryptiontype",
    "connectionsecurity",
    "security",
    "tlstype",
    "tlsmode",
    "smtpsecure",
    "securesocketoptions",
];

/// Ends of short names: a switch for some clients, a word for others.
const SHORT: [&str; 5] = ["protocol", "scheme", "secure", "tls", "ssl"];

/// A value, ready to be compared.
struct Said {
    word: String,
    on: bool,
    off: bool,
}

impl Said {
    /// `PHPMailer::ENCRYPTION_SMTPS` and `SecureSocketOptions.StartTls` are their last parts.
    fn of(value: &str) -> Self {
        let lower = value.trim().to_ascii_lowercase();
        let word = lower.rsplit(['.', ':']).next().unwrap_or_default().to_owned();
        let on = super::is_one_of(&word, "true yes 1 on y always enabled require required");
        let off = word.is_empty() || super::is_one_of(&word, "false no 0 off n never none null nil disabled");
        Self { word, on, off }
    }

    fn choose(&self, on: Option<TlsChoice>, off: Option<TlsChoice>) -> Option<TlsChoice> {
        match (self.on, self.off) {
            (true, _) => on,
            (false, true) => off,
            (false, false) => None,
        }
    }
}

/// What a setting of TLS means to this client.
pub(crate) fn tls_choice(client: Client, words: &[String], value: &str) -> Option<TlsChoice> {
    let said = Said::of(value);
    let ends = |end: &str| words_before(words, end).is_some();
    if let Some(choice) = peculiar(client, &ends, &said) {
        return choice;
    }
    if let Some((_, on, off)) = SWITCHES.iter().find(|(end, ..)| ends(end)) {
        return said.choose(*on, *off);
    }
    let is_word = WORDS.iter().any(|end| ends(end));
    if is_word || SHORT.iter().any(|end| ends(end)) {
        return named(client, &said.word).or_else(|| unnamed(client, &ends, &said, is_word));
    }
    None
}

/// Settings with a meaning that only one client gives them; `Some(None)` when it says nothing.
fn peculiar(client: Client, ends: &dyn Fn(&str) -> bool, said: &Said) -> Option<Option<TlsChoice>> {
    if ends("starttlspolicy") {
        return Some(Some(match said.word.as_str() {
            "mandatorystarttls" => StartTls,
            "nostarttls" => Plain,
            _ => ByPort,
        }));
    }
    if ends("smtphandlersecure") {
        return Some(Some(Plain));
    }
    if ends("socketfactoryclass") {
        return Some(said.word.contains("ssl").then_some(Wrapper));
    }
    if ends("tlsstarttls") && client == Client::Msmtp {
        return Some(said.choose(Some(StartTls), Some(Wrapper)));
    }
    // Alertmanager starts TLS only when it has to.
    if ends("requiretls") && client == Client::Alertmanager {
        return Some(said.choose(Some(StartTls), Some(Plain)));
    }
    if ends("usetls") && client == Client::Ssmtp {
        return Some(said.choose(Some(Wrapper), Some(NoWrapper)));
    }
    None
}

/// Words that mean the same to all clients, and `tls`, which does not.
fn named(client: Client, word: &str) -> Option<TlsChoice> {
    match word {
        "ssl" | "ssl/tls" | "smtps" | "wrapper" | "implicit" | "force_tls" | "forcetls" | "sslonconnect"
        | "encryption_smtps" | "requiretls" => Some(Wrapper),
        "starttls" | "smtp+starttls" | "requirestarttls" | "encryption_starttls" => Some(StartTls),
        "starttlswhenavailable" | "if_available" | "normal" | "opportunistic" => Some(StartTlsIfOffered),
        "auto" => Some(ByPort),
        "ignoretls" => Some(Plain),
        "tls" if matches!(client, Client::Mattermost | Client::Listmonk) => Some(Wrapper),
        "tls" => Some(StartTls),
        _ => None,
    }
}

/// Switches under short names, and words that mean "none". `tls: true` of an unknown client may mean either.
fn unnamed(client: Client, ends: &dyn Fn(&str) -> bool, said: &Said, is_word: bool) -> Option<TlsChoice> {
    if ends("protocol") || ends("scheme") {
        return None;
    }
    // An empty SMTPSecure still lets PHPMailer use STARTTLS where it is offered.
    if said.off && matches!(client, Client::PhpMailer | Client::Nextcloud) {
        return Some(StartTlsIfOffered);
    }
    if said.off && client == Client::Laravel {
        return Some(ByPort);
    }
    if is_word {
        return said.off.then_some(Plain);
    }
    if ends("tls") && client == Client::Elixir {
        return match said.word.as_str() {
            "always" => Some(StartTls),
            "never" => Some(NoStartTls),
            _ => None,
        };
    }
    if ends("tls") && client == Client::Msmtp {
        return said.choose(Some(StartTls), Some(Plain));
    }
    if ends("ssl") || client == Client::Rails {
        return said.choose(Some(Wrapper), Some(NoWrapper));
    }
    if ends("secure") {
        return said.choose(Some(Wrapper), Some(StartTlsIfOffered));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::words;

    #[test]
    fn the_same_word_means_different_things() {
        let tls = ["tls".to_owned()];
        assert_eq!(tls_choice(Client::Rails, &tls, "true"), Some(TlsChoice::Wrapper));
        assert_eq!(
            tls_choice(Client::Elixir, &tls, "always"),
            Some(TlsChoice::StartTls)
        );
        assert_eq!(tls_choice(Client::Unknown, &tls, "true"), None);
        let secure = ["secure".to_owned()];
        assert_eq!(
            tls_choice(Client::Nodemailer, &secure, "true"),
            Some(TlsChoice::Wrapper)
        );
        let kind = words(&["tls_type".to_owned()]);
        assert_eq!(
            tls_choice(Client::Listmonk, &kind, "TLS"),
            Some(TlsChoice::Wrapper)
        );
        let smtp_secure = words(&["SMTPSecure".to_owned()]);
        assert_eq!(
            tls_choice(Client::PhpMailer, &smtp_secure, "PHPMailer::ENCRYPTION_SMTPS"),
            Some(TlsChoice::Wrapper)
        );
    }
}
