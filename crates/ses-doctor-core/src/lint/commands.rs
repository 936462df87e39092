//! What scripts and container images do to credentials.

use super::{Finding, Place};
use crate::verdict::Certainty;
use client_config::{Command, Field, Quoting};

/// Judges the commands of one file.
pub(super) fn findings(at: &Place<'_>) -> Vec<Finding> {
    let Some(document) = at.document() else {
        return Vec::new();
    };
    let one = |command: &Command| match command {
        Command::EchoToBase64(span) => {
            let message =
                "echo adds a line break, and base64 keeps it: the program gets a password that ends in one";
            let finding = at.finding("password-whitespace-or-newline", Certainty::Likely, span, message);
            vec![finding.advice("use printf %s, or echo -n")]
        }
        Command::EnvFile(file, _) => quoted_values(at, file),
        Command::Postmap(_) | Command::Writes(..) | Command::Installs(..) => Vec::new(),
    };
    document.reading.commands.iter().flat_map(one).collect()
}

/// `docker run --env-file` takes a line as it is, quotes and all.
fn quoted_values(at: &Place<'_>, env_file: &str) -> Vec<Finding> {
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut found = Vec::new();
    for (file, document) in at.documents.iter().enumerate() {
        if base(&document.reading.name) != base(env_file) {
            continue;
        }
        let fields = document
            .reading
            .settings
            .iter()
            .flat_map(|settings| [&settings.host, &settings.username, &settings.password]);
        let quoted = |field: &&Field| matches!(field.value.quoting, Quoting::Double | Quoting::Single);
        for field in fields.flatten().filter(quoted) {
            let message = format!("docker's --env-file keeps quotes as a part of {}", field.name);
            let finding = Finding::new(
                "password-shell-or-env-quoting",
                Certainty::Likely,
                at.documents,
                file,
                &field.value.span,
                message,
            );
            let outer = field.value.span.start.saturating_sub(1)..field.value.span.end + 1;
            let bare = document
                .text
                .get(field.value.span.clone())
                .unwrap_or_default()
                .to_owned();
            let edit = super::Edit {
                file,
                span: outer,
                text: bare,
            };
            found.push(finding.repair("write the value without quotes", vec![edit]));
        }
    }
    found
}
