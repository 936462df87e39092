//! What a setting is, by the words of its name.

mod tls;

pub(crate) use tls::tls_choice;

/// What a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    Host,
    Port,
    Username,
    Password,
    /// `user:password` in one field.
    Pair,
    From,
    Region,
    Auth,
    Transport,
    ApiKeyId,
    ApiSecret,
    Tls,
}

/// Ends of names, joined and in lower case; the longer ones first within a role. A name's words are joined because
/// `smtp_user_name`, `smtpUserName` and `SMTP_USERNAME` are one word.
const ROLES: &[(&str, Role)] = &[
    ("secretaccesskey", Role::ApiSecret),
    ("awssecretkey", Role::ApiSecret),
    ("awssecret", Role::ApiSecret),
    ("sessecret", Role::ApiSecret),
    ("sessecretkey", Role::ApiSecret),
    ("accesskeyid", Role::ApiKeyId),
    ("awsaccesskey", Role::ApiKeyId),
    ("awskey", Role::ApiKeyId),
    ("seskey", Role::ApiKeyId),
    ("relayhostusername", Role::Username),
    ("relayhostpassword", Role::Password),
    ("hostuser", Role::Username),
    ("hostpassword", Role::Password),
    ("authusername", Role::Username),
    ("authidentity", Role::Username),
    ("authuser", Role::Username),
    ("authpassword", Role::Password),
    ("authpass", Role::Password),
    ("username", Role::Username),
    ("userlogin", Role::Username),
    ("user", Role::Username),
    ("login", Role::Username),
    ("smtpname", Role::Username),
    ("smtpaccesskey", Role::Username),
    ("password", Role::Password),
    ("passwd", Role::Password),
    ("pass", Role::Password),
    ("pwd", Role::Password),
    ("smtpsecret", Role::Password),
    ("smtpsecretkey", Role::Password),
    ("userpass", Role::Pair),
    ("smtpauth", Role::Auth),
    ("mailauth", Role::Auth),
    ("emailauth", Role::Auth),
    ("authentication", Role::Auth),
    ("authmethod", Role::Auth),
    ("authmechanism", Role::Auth),
    ("authprotocol", Role::Auth),
    ("authtype", Role::Auth),
    ("authmode", Role::Auth),
    ("authenabled", Role::Auth),
    ("auth", Role::Auth),
    ("smarthost", Role::Host),
    ("relayhost", Role::Host),
    ("mailhub", Role::Host),
    ("hostname", Role::Host),
    ("hosts", Role::Host),
    ("host", Role::Host),
    ("hostport", Role::Host),
    ("server", Role::Host),
    ("address", Role::Host),
    ("addr", Role::Host),
    ("relay", Role::Host),
    ("endpoint", Role::Host),
    ("domainname", Role::Host),
    ("ip", Role::Host),
    ("port", Role::Port),
    ("tlsport", Role::Port),
    ("fromaddress", Role::From),
    ("fromemail", Role::From),
    ("defaultfromemail", Role::From),
    ("defaultfrom", Role::From),
    ("serveremail", Role::From),
    ("senderemail", Role::From),
    ("senderaddress", Role::From),
    ("envelopefrom", Role::From),
    ("envelopesender", Role::From),
    ("fromaddr", Role::From),
    ("mailfrom", Role::From),
    ("from", Role::From),
    ("sender", Role::From),
    ("awsdefaultregion", Role::Region),
    ("region", Role::Region),
    ("regionname", Role::Region),
    ("mailmailer", Role::Transport),
    ("maildriver", Role::Transport),
    ("mailertype", Role::Transport),
    ("emailbackend", Role::Transport),
    ("deliverymethod", Role::Transport),
    ("mailtransport", Role::Transport),
    ("emailtransport", Role::Transport),
];

/// Ends of names that say something of TLS.
const TLS: &str = "usetls usessl enablessl enabletls usestarttls starttls enablestarttls starttlsenable \
    starttlsenabled starttlsrequired enablestarttlsauto starttlsauto requiretls ignoretls secure tls \
    ssl encryption connectionsecurity security tlstype tlsmode smtpsecure sslenable sslenabled \
    sslonconnect socketfactoryclass securesocketoptions tlsstarttls starttlspolicy forcetls \
    enforcetls istlsenabled protocol smtphandlersecure tlsonconnect usestarttlsifavailable \
    encryptiontype explicittls scheme";

/// The words of a path of names: split at signs and at changes of case.
pub(crate) fn words(path: &[String]) -> Vec<String> {
    path.iter().flat_map(|name| words_of(name)).collect()
}

fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let characters: Vec<char> = name.chars().collect();
    let mut fresh = true;
    for (at, c) in characters.iter().enumerate() {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(at + 1);
        let rises = c.is_uppercase() && before.is_some_and(|c| c.is_lowercase());
        let ends_capitals = c.is_uppercase()
            && before.is_some_and(|c| c.is_uppercase())
            && after.is_some_and(|c| c.is_lowercase());
        if fresh || rises || ends_capitals {
            words.push(String::new());
        }
        fresh = false;
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.into_iter().flat_map(|word| parted(&word)).collect()
}

/// `smtphost` of Nextcloud and others: the protocol's name apart from the rest.
fn parted(word: &str) -> Vec<String> {
    match word.strip_prefix("smtp") {
        Some(rest) if rest.len() > 2 && !rest.starts_with('d') => vec!["smtp".to_owned(), rest.to_owned()],
        Some(_) | None => vec![word.to_owned()],
    }
}

/// Whether the last words, joined, are `end`; gives how many words come before it.
pub(crate) fn words_before(words: &[String], end: &str) -> Option<usize> {
    let mut joined = String::new();
    for (count, word) in words.iter().enumerate().rev() {
        joined.insert_str(0, word);
        if joined == end {
            return Some(count);
        }
        if joined.len() > end.len() {
            return None;
        }
    }
    None
}

/// The role of a setting, and the words before those that tell it: `SMTP_HOST` is the host of `smtp`.
pub(crate) fn role(words: &[String]) -> Option<(Role, usize)> {
    let of_tls = TLS
        .split_ascii_whitespace()
        .filter_map(|end| words_before(words, end).map(|before| (Role::Tls, before)));
    let others = ROLES
        .iter()
        .filter_map(|(end, role)| words_before(words, end).map(|before| (*role, before)));
    // The most words tell the most.
    others.chain(of_tls).min_by_key(|(_, before)| *before)
}

/// Whether names speak of mail.
pub(crate) fn is_of_mail(words: &[String]) -> bool {
    const WORDS: &str =
        "ses relay relayhost sasl mta postfix smarthost notifier authinfo swaks account transport";
    words
        .iter()
        .any(|word| is_one_of(word, WORDS) || word.contains("smtp") || word.contains("mail"))
}

/// Whether a word stands in a list of words.
pub(crate) fn is_one_of(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// A word that, followed by another, sets something of a login.
pub(crate) fn is_login_word(word: &str) -> bool {
    let words = words_of(word);
    matches!(
        role(&words),
        Some((Role::Host | Role::Port | Role::Username | Role::Password, _))
    ) && (is_of_mail(&words) || words.len() == 1 || word == "tls_port")
}

/// A name that is nearly that of a user name: one letter more, less or different.
pub(crate) fn is_nearly_username(name: &str) -> bool {
    let joined: String = words_of(name).concat();
    [
        "smtpusername",
        "smtpuser",
        "mailusername",
        "emailhostuser",
        "smtplogin",
        "emailusername",
    ]
    .iter()
    .any(|known| joined != *known && one_letter_apart(&joined, known))
}

fn one_letter_apart(left: &str, right: &str) -> bool {
    let (long, short) = if left.len() >= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    if !long.is_ascii() || !short.is_ascii() || long.len() - short.len() > 1 {
        return false;
    }
    let same = long
        .bytes()
        .zip(short.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let tail = if long.len() == short.len() { same + 1 } else { same };
    long.get(same + 1..) == short.get(tail..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<Role> {
        role(&words(&[name.to_owned()])).map(|(role, _)| role)
    }

    #[test]
    fn names_of_many_programs_have_a_role() {
        for (name, expected) in [
            ("SMTP_HOST", Role::Host),
            ("EMAIL_HOST_USER", Role::Username),
            ("EMAIL_HOST_PASSWORD", Role::Password),
            ("MAIL_USERNAME", Role::Username),
            ("smtpServer", Role::Host),
            ("SMTPPort", Role::Port),
            ("smtp_smarthost", Role::Host),
            ("smtp_auth_username", Role::Username),
            ("user_name", Role::Username),
            ("SMTPSecure", Role::Tls),
            ("enable_starttls_auto", Role::Tls),
            ("AWS_SECRET_ACCESS_KEY", Role::ApiSecret),
            ("RELAYHOST_PASSWORD", Role::Password),
            ("AWS_SES_USERPASS", Role::Pair),
            ("from_address", Role::From),
        ] {
            assert_eq!(of(name), Some(expected), "{name}");
        }
        for name in ["transport", "ghost", "support", "SMTP_USERNAMEc"] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn a_misspelt_name_is_near() {
        assert!(is_nearly_username("SMTP_USERNAMEc"));
        assert!(is_nearly_username("SMTP_USRNAME"));
        assert!(!is_nearly_username("SMTP_USERNAME") && !is_nearly_username("SMTP_DOMAIN"));
    }
}
