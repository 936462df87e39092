//! User name and password: their shapes, and the damage that they take in files.

use super::{Edit, Finding, Place, Relevance};
use crate::verdict::Certainty;
use client_config::{Client, Encoding, Field, Quoting, Settings};
use secrecy::{ExposeSecret as _, SecretString};
use ses_smtp::credential::{CredentialFacts, Damage, PasswordShape, UsernameShape, inspect};
use ses_smtp::{EndpointKind, repairs};

mod shape;
mod unsaid;
mod url;
mod written;

use unsaid::{not_told, sender, switched_off};

/// Judges the pair of one login.
pub(super) fn findings(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Vec<Finding> {
    let mut found = not_told(at, settings, relevance);
    found.extend(url::findings(at, settings, relevance));
    found.extend(written::findings(at, settings, relevance));
    found.extend(switched_off(at, settings, relevance));
    found.extend(sender(at, settings, relevance));
    if relevance != Relevance::Ses || settings.client == Client::Api || is_mail_manager(settings) {
        return found;
    }
    let text = |field: &Option<Field>| {
        field
            .as_ref()
            .and_then(Field::told)
            .unwrap_or_default()
            .to_owned()
    };
    let (username, password) = (
        text(&settings.username),
        SecretString::from(text(&settings.password)),
    );
    let facts = inspect(&username, &password);
    let pair = Pair {
        at,
        settings,
        facts: &facts,
        username: &username,
        password: &password,
    };
    if facts.swapped {
        found.extend(pair.swapped());
        return found;
    }
    let damage = pair.damage();
    let of_password = if damage.is_empty() {
        pair.password_shape()
    } else {
        None
    };
    found.extend(damage);
    found.extend(of_password);
    found.extend(pair.username_shape());
    found
}

fn is_mail_manager(settings: &Settings) -> bool {
    settings
        .endpoint()
        .is_some_and(|endpoint| endpoint.kind == EndpointKind::MailManager)
}

struct Pair<'a> {
    at: &'a Place<'a>,
    settings: &'a Settings,
    facts: &'a CredentialFacts,
    username: &'a str,
    password: &'a SecretString,
}

impl Pair<'_> {
    fn on_username(
        &self,
        cause: &'static str,
        certainty: Certainty,
        message: impl Into<String>,
    ) -> Option<Finding> {
        let field = self.settings.username.as_ref()?;
        Some(self.at.finding(cause, certainty, &field.value.span, message))
    }

    fn on_password(
        &self,
        cause: &'static str,
        certainty: Certainty,
        message: impl Into<String>,
    ) -> Option<Finding> {
        let field = self.settings.password.as_ref()?;
        Some(
            self.at
                .finding(cause, certainty, &field.value.span, message)
                .weighing(6),
        )
    }

    fn swapped(&self) -> Option<Finding> {
        let message = "the access key id stands where the password belongs, and the password where the user name belongs";
        let finding = self.on_username("swapped-credentials", Certainty::Confirmed, message)?;
        let (user, password) = (self.settings.username.as_ref()?, self.settings.password.as_ref()?);
        let plain = user.value.encoding == Encoding::Plain && password.value.encoding == Encoding::Plain;
        let edit = |into: &Field, from: &Field| Edit {
            file: self.at.file,
            span: into.value.span.clone(),
            text: self.at.written(&from.value.span).to_owned(),
        };
        let edits = vec![edit(user, password), edit(password, user)];
        Some(if plain {
            finding.repair("exchange the two values", edits)
        } else {
            finding.advice("exchange the two values")
        })
    }

    /// Damage with a right value behind it.
    fn damage(&self) -> Vec<Finding> {
        let right_username = self.facts.username.mended_shape == Some(UsernameShape::AccessKeyId);
        let right_password = self.facts.password.mended_shape == Some(PasswordShape::SmtpV4);
        let fields = [
            (
                &self.settings.username,
                &self.facts.username.damage,
                right_username,
                "user name",
            ),
            (
                &self.settings.password,
                &self.facts.password.damage,
                right_password,
                "password",
            ),
        ];
        let one = |(field, damage, right, called): (&Option<Field>, &Vec<Damage>, bool, &str)| {
            let (field, first) = (field.as_ref()?, damage.first()?);
            let cause = cause_of(*first);
            let certainty = if right {
                self.certainty_of(field, *first)
            } else {
                Certainty::Possible
            };
            let finding = self.at.finding(
                cause,
                certainty,
                &field.value.span,
                format!("there is {} in the {called}", describe(*first)),
            );
            Some(self.mended(finding.weighing(7), field, called == "password"))
        };
        fields.into_iter().filter_map(one).collect()
    }

    /// What several programs take off by themselves is only possible.
    fn certainty_of(&self, field: &Field, damage: Damage) -> Certainty {
        let bare = field.value.quoting == Quoting::Bare && field.value.encoding == Encoding::Plain;
        let properties = self
            .at
            .document()
            .is_some_and(|d| d.reading.format == client_config::Format::Properties);
        let at_edge = matches!(damage, Damage::Newline | Damage::Whitespace);
        if at_edge && bare && !properties {
            Certainty::Possible
        } else if damage == Damage::Base64Encoded
            || (damage == Damage::Newline && field.value.quoting == Quoting::Block)
        {
            Certainty::Likely
        } else {
            Certainty::Confirmed
        }
    }

    /// The repair puts the right value in place of the damaged one.
    fn mended(&self, finding: Finding, field: &Field, is_password: bool) -> Finding {
        let repairs = repairs(self.username, self.password);
        let best = repairs.first().filter(|repair| !repair.swapped);
        let value = best.map(|repair| {
            if is_password {
                repair.password.expose_secret()
            } else {
                repair.username.as_str()
            }
        });
        // Without a user name there is no pair to mend, but the password alone can be.
        let alone = ses_smtp::repairs("AKIAIOSFODNN7EXAMPLE", self.password);
        let value = value.or_else(|| {
            alone
                .first()
                .filter(|_| is_password)
                .map(|repair| repair.password.expose_secret())
        });
        let what = "write the value without it";
        let Some(value) = value.filter(|_| field.value.quoting != Quoting::Block) else {
            return finding.advice(what);
        };
        let text = match field.value.encoding {
            Encoding::Plain => value.to_owned(),
            Encoding::Base64 => written::base64(value),
            Encoding::Percent => url::encoded(value),
        };
        finding.repair(
            what,
            vec![Edit {
                file: self.at.file,
                span: field.value.span.clone(),
                text,
            }],
        )
    }
}

fn cause_of(damage: Damage) -> &'static str {
    match damage {
        Damage::Whitespace | Damage::Newline => "password-whitespace-or-newline",
        Damage::PercentEncoded | Damage::PlusBecameSpace | Damage::HtmlEntity => "password-url-encoding",
        Damage::Quoted | Damage::Backslash | Damage::Prefixed => "password-shell-or-env-quoting",
        Damage::Base64Encoded => "base64-error",
        Damage::LookAlike => "password-truncated-or-altered",
    }
}

fn describe(damage: Damage) -> &'static str {
    match damage {
        Damage::Whitespace => "a blank",
        Damage::Newline => "a line break",
        Damage::PercentEncoded => "percent-encoding that nothing decodes",
        Damage::PlusBecameSpace => "a space where a + was",
        Damage::HtmlEntity => "an HTML entity",
        Damage::Quoted => "a quote or a delimiter, as part of the value,",
        Damage::Backslash => "a backslash",
        Damage::Prefixed => "a name or user name before the value",
        Damage::Base64Encoded => "one base64 encoding too many",
        Damage::LookAlike => "a character that only looks like the right one",
    }
}
