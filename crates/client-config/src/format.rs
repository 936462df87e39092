//! Which format a text is in: by the name of its file first, then by its looks.

mod looks;

use looks::by_content;

/// A format that has a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `KEY=value` lines.
    Dotenv,
    /// YAML: Compose, Kubernetes, Helm values, Alertmanager …
    Yaml,
    /// TOML.
    Toml,
    /// JSON, also with comments.
    Json,
    /// XML.
    Xml,
    /// `[section]` and `key = value`.
    Ini,
    /// Java properties.
    Properties,
    /// Terraform.
    Terraform,
    /// A systemd unit.
    Systemd,
    /// Postfix's `main.cf`.
    PostfixMain,
    /// Postfix's `master.cf`.
    PostfixMaster,
    /// Postfix's `sasl_passwd`.
    PasswordMap,
    /// Exim's `passwd.client`.
    EximPasswords,
    /// `sendmail.mc`, `authinfo`.
    Sendmail,
    /// `key value` lines: msmtprc, ssmtp.conf, Exim's transports, monit.
    Words,
    /// A shell script or pasted commands.
    Shell,
    /// A Dockerfile.
    Dockerfile,
    /// Program text of any language.
    Code,
}

impl Format {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dotenv => "dotenv",
            Self::Yaml => "yaml",
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Ini => "ini",
            Self::Properties => "properties",
            Self::Terraform => "terraform",
            Self::Systemd => "systemd",
            Self::PostfixMain => "postfix-main",
            Self::PostfixMaster => "postfix-master",
            Self::PasswordMap => "password-map",
            Self::EximPasswords => "exim-passwords",
            Self::Sendmail => "sendmail",
            Self::Words => "words",
            Self::Shell => "shell",
            Self::Dockerfile => "dockerfile",
            Self::Code => "code",
        }
    }

    /// The format of a file with this name and text.
    pub fn of(name: &str, text: &str) -> Self {
        let base = name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(name)
            .to_ascii_lowercase();
        by_name(&base, text).unwrap_or_else(|| by_content(text))
    }
}

fn by_name(base: &str, text: &str) -> Option<Format> {
    let whole = [
        ("main.cf", Format::PostfixMain),
        ("master.cf", Format::PostfixMaster),
        ("passwd.client", Format::EximPasswords),
        ("msmtprc", Format::Words),
        (".msmtprc", Format::Words),
        ("ssmtp.conf", Format::Words),
        ("revaliases", Format::Words),
        ("authinfo", Format::Sendmail),
        ("values.yaml", Format::Yaml),
    ];
    let endings = [
        (".mc", Format::Sendmail),
        (".yaml", Format::Yaml),
        (".yml", Format::Yaml),
        (".toml", Format::Toml),
        (".json", Format::Json),
        (".jsonc", Format::Json),
        (".json5", Format::Json),
        (".xml", Format::Xml),
        (".config", Format::Xml),
        (".ini", Format::Ini),
        (".properties", Format::Properties),
        (".tf", Format::Terraform),
        (".tfvars", Format::Terraform),
        (".hcl", Format::Terraform),
        (".service", Format::Systemd),
        (".sh", Format::Shell),
        (".bash", Format::Shell),
        (".dockerfile", Format::Dockerfile),
    ];
    const PROGRAMS: [&str; 22] = [
        ".js", ".mjs", ".cjs", ".ts", ".tsx", ".php", ".rb", ".py", ".go", ".java", ".kt", ".cs", ".ex",
        ".exs", ".swift", ".pl", ".scala", ".rs", ".groovy", ".vb", ".clj", ".erb",
    ];
    let found = whole
        .iter()
        .find(|(name, _)| *name == base)
        .map(|(_, format)| *format);
    let found = found.or_else(|| {
        endings
            .iter()
            .find(|(end, _)| base.ends_with(end))
            .map(|(_, format)| *format)
    });
    match found {
        Some(_) => found,
        None if PROGRAMS.iter().any(|end| base.ends_with(end)) => Some(Format::Code),
        None if base.contains("sasl_passwd") || base.contains("sasl-passwd") => Some(Format::PasswordMap),
        None if base.starts_with("dockerfile") || base.starts_with("containerfile") => {
            Some(Format::Dockerfile)
        }
        None if base == ".env" || base.starts_with(".env.") || base.ends_with(".env") || base == "env" => {
            // Names of `.env` files are also given to shell scripts.
            Some(if text.starts_with("#!") {
                Format::Shell
            } else {
                Format::Dotenv
            })
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide() {
        for (name, format) in [
            ("/etc/postfix/main.cf", Format::PostfixMain),
            ("sasl_passwd", Format::PasswordMap),
            (".env.production", Format::Dotenv),
            ("docker-compose.yml", Format::Yaml),
            ("appsettings.json", Format::Json),
            ("Dockerfile", Format::Dockerfile),
            ("web.config", Format::Xml),
            ("settings.py", Format::Code),
            ("mail.tf", Format::Terraform),
        ] {
            assert_eq!(Format::of(name, ""), format, "{name}");
        }
    }

    #[test]
    fn texts_without_a_name_are_told_by_their_looks() {
        for (text, format) in [
            ("SMTP_HOST=h\nSMTP_PORT=587\n", Format::Dotenv),
            (
                "MAILER_DSN=ses+smtp://$A:$B@default?region=eu-west-1",
                Format::Dotenv,
            ),
            ("docker run -e A=1 \\\n  x", Format::Shell),
            ("smtpd_tls_security_level = none", Format::PostfixMain),
            (
                "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
                Format::PostfixMain,
            ),
            (
                "[email-smtp.eu-west-1.amazonaws.com]:587 AKIA:pw",
                Format::PasswordMap,
            ),
            (
                "*.google.com:user:password      # before\n*.gmail.com:user:password",
                Format::EximPasswords,
            ),
            ("smtp:\n  enabled: true\n  host: h:587\n", Format::Yaml),
            ("global:\n  smtp_smarthost: 'h:25'\n", Format::Yaml),
            (
                "[handler_x]\nclass = handlers.SMTPHandler\nargs = (('h', 587), 'f')\n",
                Format::Ini,
            ),
            ("[smtp]\nhost = \"h\"\nport = 587\n", Format::Toml),
            ("spring.mail.host=h\nspring.mail.port=587\n", Format::Properties),
            ("$mail->Host = 'h';\n$mail->Port = 587;", Format::Code),
            (
                "config.action_mailer.smtp_settings = {\n  address: 'h',\n  port: 25\n}",
                Format::Code,
            ),
            ("resource \"aws_iam_user\" \"x\" {\n}", Format::Terraform),
            ("{\"smtp\": {\"host\": \"h\"}}", Format::Json),
            ("<configuration><mailSettings/></configuration>", Format::Xml),
            ("account ses\nhost h\nport 587\n", Format::Words),
        ] {
            assert_eq!(Format::of("config.txt", text), format, "{text}");
        }
    }
}
