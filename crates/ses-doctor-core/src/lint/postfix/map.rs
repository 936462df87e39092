//! The password map: its keys against the relay, and its compiled form.

use super::{Command, Edit, Finding, Host, MapState, Set, map_type};
use crate::verdict::Certainty;
use client_config::MapEntry;
use ses_smtp::Endpoint;

/// Judges the map.
pub(super) fn findings(host: &Host<'_>) -> Vec<Finding> {
    [key_differs(host), not_compiled(host)]
        .into_iter()
        .flatten()
        .collect()
}

/// Postfix looks a password up by the relay as written, and by the name of the server that it is connected to.
fn key_differs(host: &Host<'_>) -> Option<Finding> {
    let relay = host.set("relayhost")?;
    let entries: Vec<(usize, &MapEntry)> = host
        .documents
        .iter()
        .enumerate()
        .flat_map(|(file, document)| document.reading.maps.iter().map(move |entry| (file, entry)))
        .filter(|(_, entry)| !entry.exim && !entry.key.text().contains('@'))
        .collect();
    let name = Endpoint::parse(relay.value()).host;
    let matches = |key: &str| key == relay.value() || (key == name && !key.is_empty());
    if entries.iter().any(|(_, entry)| matches(entry.key.text())) {
        return None;
    }
    let (file, entry) = entries
        .iter()
        .find(|(_, entry)| is_meant(entry.key.text(), relay.value()))?;
    let literal = !relay.value().contains('$') && !entry.key.text().contains('$');
    let certainty = if literal {
        Certainty::Confirmed
    } else {
        Certainty::Likely
    };
    let message = format!(
        "the map's key {} is not the relayhost {}: Postfix finds no password and does not log in",
        entry.key.text(),
        relay.value()
    );
    let finding = Finding::new(
        "postfix-relayhost-mismatch",
        certainty,
        host.documents,
        *file,
        &entry.key.span,
        message,
    );
    let edit = Edit {
        file: *file,
        span: entry.key.span.clone(),
        text: relay.value().to_owned(),
    };
    Some(
        finding
            .repair(
                format!("write the key as {}, and run postmap", relay.value()),
                vec![edit],
            )
            .weighing(8),
    )
}

/// A key for this relay, though written otherwise: the same host, or the same variable.
fn is_meant(key: &str, relay: &str) -> bool {
    let (of_key, of_relay) = (Endpoint::parse(key), Endpoint::parse(relay));
    let bare = |text: &str| {
        text.split(['[', ']', ':'])
            .find(|part| !part.is_empty())
            .unwrap_or_default()
            .to_owned()
    };
    (of_key.is_ses_smtp() && of_relay.is_ses_smtp()) || bare(key) == bare(relay)
}

/// `hash:`, `lmdb:`, `btree:`, `cdb:` and `dbm:` are read from a compiled file that postmap(1) makes.
fn not_compiled(host: &Host<'_>) -> Option<Finding> {
    let maps = host.set("smtp_sasl_password_maps")?;
    let (kind, path) = map_type(maps.value())?;
    if !matches!(kind, "hash" | "lmdb" | "btree" | "cdb" | "dbm" | "sdbm") {
        return None;
    }
    let cause = "postfix-sasl-map-not-hashed";
    let what = format!("run `postmap {kind}:{path}` after every change, or use texthash:");
    if let Some(state) = state_on_disk(host, path) {
        let (certainty, message) = match state {
            MapState::Fresh => return None,
            MapState::Missing => (
                Certainty::Confirmed,
                format!("{path} is there, but was never compiled: Postfix cannot read it as {kind}:"),
            ),
            MapState::NotBeside => (
                Certainty::Likely,
                format!("no compiled map stands beside the file given for {path}, and {kind}: needs one"),
            ),
            MapState::Older => (
                Certainty::Confirmed,
                format!("{path} was changed after it was compiled: Postfix still uses the old password"),
            ),
        };
        return Some(host.finding(cause, certainty, &maps, message).advice(what));
    }
    if host
        .commands()
        .any(|(_, command)| matches!(command, Command::Postmap(_)))
    {
        return None;
    }
    if written_here(host, path) {
        let message = format!("{path} is written here, and nothing runs postmap on it");
        return Some(
            host.finding(cause, Certainty::Likely, &maps, message)
                .advice(what),
        );
    }
    alone(host, &maps).then(|| {
        let message = format!(
            "{kind}: is read from the compiled map that postmap makes; nothing here shows that it was made"
        );
        host.finding(cause, Certainty::Possible, &maps, message)
            .advice(what)
    })
}

fn state_on_disk(host: &Host<'_>, path: &str) -> Option<MapState> {
    let mut maps = host.documents.iter().flat_map(|document| &document.maps);
    maps.find(|map| map.path == path).map(|map| map.state)
}

fn written_here(host: &Host<'_>, path: &str) -> bool {
    host.commands()
        .any(|(_, command)| matches!(command, Command::Writes(file, _) if file == path))
}

/// The map is all that is shown of this Postfix: it is what the question is about.
fn alone(host: &Host<'_>, maps: &Set<'_>) -> bool {
    host.documents.iter().all(|document| {
        let of_login = |name: &str| name == "relayhost" || name == "smtp_sasl_auth_enable";
        !document
            .reading
            .postfix
            .parameters
            .iter()
            .any(|parameter| of_login(&parameter.name))
            && document.reading.maps.is_empty()
    }) && maps.parameter.service.is_none()
}
