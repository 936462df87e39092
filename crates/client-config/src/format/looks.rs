//! What a text without a telling name looks like.

use super::Format;

/// Texts without a telling name: pasted ones, `*.conf`, `*.cnf`, `*.txt`.
pub(super) fn by_content(text: &str) -> Format {
    let start = text.trim_start();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let share = |is: &dyn Fn(&str) -> bool| {
        let count = lines.iter().filter(|line| is(line)).count();
        count * 2 > lines.len() && count > 0
    };
    let any = |is: &dyn Fn(&str) -> bool| lines.iter().any(|line| is(line));
    if start.starts_with("<?xml")
        || (start.starts_with('<') && start.contains("</"))
        || (start.starts_with('<') && start.contains("/>"))
    {
        Format::Xml
    } else if start.starts_with('{') && is_json(start) {
        Format::Json
    } else if any(&is_terraform) {
        Format::Terraform
    } else if start.starts_with("#!") || any(&is_command) {
        if any(&|line| line.starts_with("FROM ")) {
            Format::Dockerfile
        } else {
            Format::Shell
        }
    } else if share(&is_postfix) {
        Format::PostfixMain
    } else if share(&is_password_map) {
        Format::PasswordMap
    } else if share(&is_exim_password) {
        Format::EximPasswords
    } else if any(&|line| line.starts_with("define(`") || line.starts_with("AuthInfo:")) {
        Format::Sendmail
    } else if any(&|line| line == "[Service]") {
        Format::Systemd
    } else if share(&is_variable) {
        Format::Dotenv
    } else {
        of_structure(text, &lines)
    }
}

fn of_structure(text: &str, lines: &[&str]) -> Format {
    let has_section = lines.iter().any(|line| is_section(line));
    if has_section {
        let (_, errors) = toml::de::DeTable::parse_recoverable(text);
        return if errors.is_empty() {
            Format::Toml
        } else {
            Format::Ini
        };
    }
    let share = |is: fn(&str) -> bool| {
        let count = lines.iter().filter(|line| is(line)).count();
        count * 2 > lines.len() && count > 0
    };
    if share(is_property) {
        Format::Properties
    } else if is_yaml(text) {
        Format::Yaml
    } else if share(is_words) && !lines.iter().any(|line| line.contains(['(', '{', ';'])) {
        Format::Words
    } else {
        Format::Code
    }
}

fn is_json(text: &str) -> bool {
    text.trim_end().ends_with('}') && text.contains("\":")
}

fn is_terraform(line: &str) -> bool {
    [
        "resource \"",
        "output \"",
        "variable \"",
        "provider \"",
        "data \"",
        "module \"",
        "locals {",
        "terraform {",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

fn is_command(line: &str) -> bool {
    const STARTS: [&str; 19] = [
        "docker ",
        "podman ",
        "export ",
        "postconf ",
        "echo ",
        "printf ",
        "kubectl ",
        "sudo ",
        "RUN ",
        "FROM ",
        "ENV ",
        "swaks ",
        "curl ",
        "apt-get ",
        "apk ",
        "cat >",
        "cat <<",
        "postmap ",
        "sendemail ",
    ];
    STARTS.iter().any(|start| line.starts_with(start)) || line.starts_with("$ ")
}

fn is_postfix(line: &str) -> bool {
    const PREFIXES: [&str; 9] = [
        "smtp_",
        "smtpd_",
        "relayhost",
        "sender_dependent_",
        "mynetworks",
        "myhostname",
        "mydestination",
        "inet_",
        "smtputf8",
    ];
    let Some((key, _)) = line.split_once('=') else {
        return false;
    };
    let key = key.trim();
    !key.contains([' ', '.'])
        && key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && (PREFIXES.iter().any(|prefix| key.starts_with(prefix))
            && (key.contains("_sasl_")
                || key.contains("_tls_")
                || !key.starts_with("smtp_")
                || key.contains("_use_tls")
                || key.contains("relay")))
}

fn is_password_map(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(key), Some(pair), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let host = key
        .trim_start_matches('[')
        .split([']', ':'])
        .next()
        .unwrap_or_default();
    pair.contains(':')
        && !pair.contains("://")
        && !key.ends_with(':')
        && (key.starts_with('[') || host.contains('.'))
        && !key.contains('=')
}

fn is_exim_password(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let parts: Vec<&str> = line.splitn(3, ':').collect();
    matches!(parts.as_slice(), [host, user, password] if (host.contains('.') || *host == "*") && !host.contains([' ', '=', '"', '\'', '{'])
        && !user.is_empty() && !password.is_empty() && !user.contains([' ', '/']) && !password.contains(' '))
}

fn is_variable(line: &str) -> bool {
    let line = line.strip_prefix("- ").unwrap_or(line);
    line.split_once('=').is_some_and(|(key, value)| {
        let named = !key.is_empty()
            && key.bytes().all(|byte| {
                byte.is_ascii_uppercase()
                    || byte.is_ascii_digit()
                    || byte == b'_'
                    || byte.is_ascii_lowercase()
            });
        let shouts = key.bytes().any(|byte| byte.is_ascii_uppercase());
        named && shouts && !key.ends_with(' ') && !value.starts_with(['>', '=', ' ', '{', '['])
    })
}

fn is_section(line: &str) -> bool {
    line.starts_with('[')
        && line.ends_with(']')
        && line.len() > 2
        && !line.contains(['"', '\'', ',', '=', '@'])
}

fn is_property(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| {
        let key = key.trim();
        key.matches('.').count() >= 1
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            && !key.contains("config.")
    })
}

fn is_words(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let key = words.next().unwrap_or_default();
    let named = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (named
        && words
            .next()
            .is_some_and(|word| !word.starts_with(['=', ':', '{'])))
        || (line.contains('=') && !line.contains(' '))
}

/// More than half of the lines are `key: value`, `key:` or `- item`, and none is of a program.
fn is_yaml(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .collect();
    let of_tree = |line: &&&str| {
        let line = line.trim();
        let item = line.strip_prefix("- ").unwrap_or(line);
        let key = item.split(':').next().unwrap_or_default();
        let named = !key.is_empty()
            && key
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-./'\" ".contains(&b));
        (item.contains(": ") || item.ends_with(':')) && named || line.starts_with("- ") || line == "---"
    };
    let of_program = |line: &&&str| {
        line.trim_end().ends_with([';', ',', '{', '(']) || line.contains("=>") || line.contains(" = ")
    };
    lines.iter().filter(of_tree).count() * 2 > lines.len() && !lines.iter().any(|line| of_program(&line))
}
