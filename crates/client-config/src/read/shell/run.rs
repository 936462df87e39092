//! What single commands set.

use super::{Found, Word, target, variable};
use crate::command::Command;
use crate::entry::{Quoting, Value};
use crate::read::dotenv::assignment;
use crate::read::postfix::map_entry;

/// Short options of mail commands, and the settings that they are. swaks(1), sendEmail.
const SHORT: [(&str, &str); 10] = [
    ("-s", "server"),
    ("-au", "username"),
    ("-ap", "password"),
    ("-xu", "username"),
    ("-xp", "password"),
    ("-p", "port"),
    ("-f", "from"),
    ("-tls", "starttls"),
    ("-tlsc", "tls_on_connect"),
    ("--tls-on-connect", "tls_on_connect"),
];

/// Commands of one line, up to a sign between commands.
pub(super) fn pipeline(source: &str, words: &[Word], found: &mut Found) {
    let commands: Vec<&[Word]> = words
        .split(|word| matches!(word.text.as_str(), "|" | "||" | "&&" | ";" | "&"))
        .collect();
    for (index, command) in commands.iter().enumerate() {
        let next = commands.get(index + 1).and_then(|next| next.first());
        one(source, command, next, found);
    }
}

fn one(source: &str, words: &[Word], next: Option<&Word>, found: &mut Found) {
    const BEFORE: [&str; 9] = ["sudo", "RUN", "$", "#", "then", "do", "else", "-", "command:"];
    let skip = words
        .iter()
        .take_while(|word| BEFORE.contains(&word.text.as_str()))
        .count();
    let words = words.get(skip..).unwrap_or_default();
    let Some(first) = words.first() else { return };
    let rest = words.get(1..).unwrap_or_default();
    match first.text.rsplit('/').next().unwrap_or_default() {
        "export" | "env" | "declare" | "local" | "ARG" | "set" => variables(source, rest, found),
        "ENV" => image_variables(source, rest, found),
        "docker" | "podman" | "nerdctl" | "kubectl" => container(source, rest, found),
        "postconf" => postconf(source, rest, found),
        "echo" | "printf" => echo(source, first, rest, next, found),
        "base64" if rest.iter().any(|word| word.text == "<<<") => {
            found.commands.push(Command::EchoToBase64(first.span.clone()));
        }
        "postmap" => found.commands.push(Command::Postmap(first.span.clone())),
        "apt-get" | "apt" | "apk" | "yum" | "dnf" | "zypper" | "microdnf" => {
            let packages = rest.iter().filter(|word| !word.text.starts_with('-'));
            found
                .commands
                .extend(packages.map(|word| Command::Installs(word.text.clone(), word.span.clone())));
        }
        "swaks" | "sendemail" | "sendEmail" | "msmtp" | "curl" | "mailx" => mail_command(first, rest, found),
        _ => {
            variables(source, words, found);
            flags(rest, found);
        }
    }
}

/// Leading `KEY=value` words.
fn variables(source: &str, words: &[Word], found: &mut Found) {
    for (key, place, value) in words.iter().map_while(|word| variable(source, word)) {
        found.add(&[], &key, place, value);
    }
}

/// `ENV A=1 B=2`, and the old `ENV A all the rest`.
fn image_variables(source: &str, words: &[Word], found: &mut Found) {
    match words {
        [key, first, .., last] if !key.text.contains('=') => old_form(source, key, first, last, found),
        [key, only] if !key.text.contains('=') => old_form(source, key, only, only, found),
        _ => variables(source, words, found),
    }
}

fn old_form(source: &str, key: &Word, first: &Word, last: &Word, found: &mut Found) {
    let span = first.span.start..last.span.end;
    let text = source.get(span.clone()).unwrap_or_default();
    found.add(
        &[],
        &key.text,
        key.span.clone(),
        Value::new(text, span, first.quoting),
    );
}

/// `-e K=V`, `--env K=V`, `--env=K=V`, `--env-file F`, `--from-literal=K=V`.
fn container(source: &str, words: &[Word], found: &mut Found) {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let joined = ["--env=", "--from-literal=", "-e="]
            .iter()
            .find(|flag| word.text.starts_with(**flag));
        if let Some(flag) = joined {
            let inner = Word {
                text: word.text.get(flag.len()..).unwrap_or_default().to_owned(),
                span: word.span.start + flag.len()..word.span.end,
                quoting: word.quoting,
            };
            let value = variable(source, &inner);
            found
                .entries
                .extend(value.map(|(key, name, value)| crate::entry::Entry {
                    path: vec![key],
                    name,
                    value,
                }));
        } else if matches!(word.text.as_str(), "-e" | "--env" | "--from-literal") {
            if let Some((key, place, value)) = words.next().and_then(|word| variable(source, word)) {
                found.add(&[], &key, place, value);
            }
        } else if word.text == "--env-file"
            && let Some(file) = words.next()
        {
            found
                .commands
                .push(Command::EnvFile(file.text.clone(), file.span.clone()));
        }
    }
}

/// `postconf -e 'name = value' …`
fn postconf(source: &str, words: &[Word], found: &mut Found) {
    let scope = ["postconf".to_owned()];
    for word in words.iter().filter(|word| !word.text.starts_with('-')) {
        let raw = source.get(word.span.clone()).unwrap_or_default();
        if let Some((key, value)) = raw.split_once('=') {
            let (key, value) = (key.trim(), value.trim());
            let span = crate::entry::span_of(source, value);
            let value = Value::new(value.trim_matches(['"', '\'']), span, word.quoting);
            found.add(&scope, key, crate::entry::span_of(source, key), value);
        }
    }
}

/// `echo … > file` and `echo … | base64`.
fn echo(source: &str, first: &Word, words: &[Word], next: Option<&Word>, found: &mut Found) {
    let is_echo = first.text.ends_with("echo");
    let without_newline = words
        .iter()
        .any(|word| word.text == "-n" || word.text == "-ne" || word.text == "-en");
    if next.is_some_and(|next| next.text.ends_with("base64")) {
        if is_echo && !without_newline {
            found.commands.push(Command::EchoToBase64(first.span.clone()));
        }
        return;
    }
    let Some(file) = target(words) else { return };
    let content = words
        .iter()
        .take_while(|word| !word.text.starts_with('>'))
        .filter(|word| !word.text.starts_with('-'));
    found
        .commands
        .push(Command::Writes(file.text.clone(), file.span.clone()));
    for word in content {
        let raw = source.get(word.span.clone()).unwrap_or_default();
        if file.text.contains("sasl") || file.text.contains("passwd") {
            let mut entry = map_entry(source, raw);
            if let Some(entry) = &mut entry {
                entry.file = Some(file.text.clone());
            }
            found.maps.extend(entry);
        } else if let Some((key, value)) = assignment(source, raw) {
            let scope: &[String] = if file.text.ends_with("main.cf") {
                &["postconf".to_owned()]
            } else {
                &[]
            };
            found.add(scope, key, crate::entry::span_of(source, key), value);
        }
    }
}

/// Options of a command that sends mail.
fn mail_command(command: &Word, words: &[Word], found: &mut Found) {
    let scope = [command.text.clone()];
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).filter(|next| !next.text.starts_with('-'));
        if let Some((_, key)) = SHORT.iter().find(|(flag, _)| *flag == word.text) {
            let value = match (*key, next) {
                ("starttls" | "tls_on_connect", _) => Value::new("true", word.span.clone(), Quoting::Bare),
                (_, Some(next)) => Value::new(next.text.clone(), next.span.clone(), next.quoting),
                (_, None) => continue,
            };
            found.add(&scope, key, word.span.clone(), value);
        }
    }
    flags(words, found);
}

/// `--name value` and `--name=value`.
fn flags(words: &[Word], found: &mut Found) {
    let scope = ["flags".to_owned()];
    for (at, word) in words.iter().enumerate() {
        let Some(flag) = word.text.strip_prefix("--") else {
            continue;
        };
        if let Some((key, value)) = flag.split_once('=') {
            let start = word.span.end.saturating_sub(value.len());
            found.add(
                &scope,
                key,
                word.span.clone(),
                Value::new(value, start..word.span.end, word.quoting),
            );
        } else if let Some(next) = words.get(at + 1).filter(|next| !next.text.starts_with('-')) {
            let value = Value::new(next.text.clone(), next.span.clone(), next.quoting);
            found.add(&scope, flag, word.span.clone(), value);
        }
    }
}
