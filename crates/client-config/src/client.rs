//! Whose words a file uses. The same word means different things to different clients: `tls` is STARTTLS to Symfony and
//! TLS from the first byte to Rails.

use crate::settings::TlsChoice;

/// A mail client, or a family of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Client {
    /// Nothing tells.
    Unknown,
    /// Postfix.
    Postfix,
    /// Exim.
    Exim,
    /// sendmail.
    Sendmail,
    /// msmtp.
    Msmtp,
    /// ssmtp.
    Ssmtp,
    /// Django, Flask-Mail and others with `USE_TLS` and `USE_SSL`.
    Django,
    /// Python's smtplib.
    Smtplib,
    /// Action Mailer: Rails, GitLab, Mastodon, Discourse, Chatwoot.
    Rails,
    /// Laravel.
    Laravel,
    /// Symfony Mailer and other users of its URLs.
    Symfony,
    /// Nodemailer and the programs built on it.
    Nodemailer,
    /// PHPMailer, WordPress.
    PhpMailer,
    /// Nextcloud.
    Nextcloud,
    /// Jakarta Mail: Spring, Jenkins.
    JavaMail,
    /// Keycloak.
    Keycloak,
    /// Grafana.
    Grafana,
    /// Prometheus Alertmanager.
    Alertmanager,
    /// Go's net/smtp, gomail.
    Go,
    /// System.Net.Mail.
    DotNet,
    /// MailKit.
    MailKit,
    /// gen_smtp, Bamboo, Swoosh.
    Elixir,
    /// Gitea, Forgejo.
    Gitea,
    /// Mattermost.
    Mattermost,
    /// listmonk.
    Listmonk,
    /// Vaultwarden.
    Vaultwarden,
    /// Metabase.
    Metabase,
    /// Terraform.
    Terraform,
    /// Swift-SMTP.
    Swift,
    /// A client of the HTTPS API.
    Api,
}

/// What a client does when nothing is said of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultTls {
    /// Not known.
    Unknown,
    /// No TLS.
    Plain,
    /// STARTTLS where it is offered, on any port.
    Opportunistic,
    /// TLS from the first byte on 465, STARTTLS elsewhere.
    ByPort,
}

impl DefaultTls {
    /// As a choice; what is not known is taken to go by the port, which never contradicts it.
    pub fn choice(self) -> TlsChoice {
        match self {
            Self::Unknown | Self::ByPort => TlsChoice::ByPort,
            Self::Plain => TlsChoice::Plain,
            Self::Opportunistic => TlsChoice::StartTlsIfOffered,
        }
    }
}

impl Client {
    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "the client",
            Self::Postfix => "Postfix",
            Self::Exim => "Exim",
            Self::Sendmail => "sendmail",
            Self::Msmtp => "msmtp",
            Self::Ssmtp => "ssmtp",
            Self::Django => "Django or Flask",
            Self::Smtplib => "Python's smtplib",
            Self::Rails => "Action Mailer",
            Self::Laravel => "Laravel",
            Self::Symfony => "Symfony Mailer",
            Self::Nodemailer => "Nodemailer",
            Self::PhpMailer => "PHPMailer",
            Self::Nextcloud => "Nextcloud",
            Self::JavaMail => "Jakarta Mail",
            Self::Keycloak => "Keycloak",
            Self::Grafana => "Grafana",
            Self::Alertmanager => "Alertmanager",
            Self::Go => "Go's net/smtp",
            Self::DotNet => "System.Net.Mail",
            Self::MailKit => "MailKit",
            Self::Elixir => "gen_smtp",
            Self::Gitea => "Gitea",
            Self::Mattermost => "Mattermost",
            Self::Listmonk => "listmonk",
            Self::Vaultwarden => "Vaultwarden",
            Self::Metabase => "Metabase",
            Self::Terraform => "Terraform",
            Self::Swift => "Swift-SMTP",
            Self::Api => "the API client",
        }
    }

    /// What it does when nothing is said of TLS. Sources: the documentation and code of each project; those of Exim,
    /// sendmail, Elixir and System.Net.Mail are general knowledge.
    pub fn default_tls(self) -> DefaultTls {
        match self {
            Self::Postfix
            | Self::Msmtp
            | Self::Ssmtp
            | Self::Django
            | Self::Smtplib
            | Self::JavaMail
            | Self::Keycloak
            | Self::DotNet => DefaultTls::Plain,
            Self::Exim | Self::Sendmail | Self::Rails | Self::PhpMailer | Self::Elixir | Self::Nextcloud => {
                DefaultTls::Opportunistic
            }
            Self::Nodemailer
            | Self::Symfony
            | Self::Laravel
            | Self::Grafana
            | Self::Alertmanager
            | Self::MailKit
            | Self::Gitea => DefaultTls::ByPort,
            Self::Unknown
            | Self::Go
            | Self::Mattermost
            | Self::Listmonk
            | Self::Vaultwarden
            | Self::Metabase
            | Self::Terraform
            | Self::Swift
            | Self::Api => DefaultTls::Unknown,
        }
    }

    /// Whose words the text uses: the first telling sign counts.
    pub(crate) fn of_text(text: &str) -> Self {
        SIGNS
            .iter()
            .find(|(sign, _)| text.contains(sign))
            .map_or(Self::Unknown, |(_, client)| *client)
    }
}

/// Signs of clients, the more telling before the others.
const SIGNS: &[(&str, Client)] = &[
    ("gitlab_rails", Client::Rails),
    ("action_mailer", Client::Rails),
    ("smtp_settings", Client::Rails),
    ("enable_starttls", Client::Rails),
    ("ENABLE_STARTTLS", Client::Rails),
    ("ENABLE_START_TLS", Client::Rails),
    ("SMTP_OPENSSL_VERIFY_MODE", Client::Rails),
    ("DISCOURSE_SMTP", Client::Rails),
    ("SMTP_ADDRESS", Client::Rails),
    ("SMTP_LOGIN", Client::Rails),
    ("smtp_smarthost", Client::Alertmanager),
    ("smtp_auth_username", Client::Alertmanager),
    ("smarthost:", Client::Alertmanager),
    ("GF_SMTP_", Client::Grafana),
    ("startTLS_policy", Client::Grafana),
    ("grafana", Client::Grafana),
    ("SMTPHandler", Client::Smtplib),
    ("smtplib", Client::Smtplib),
    ("SecureSocketOptions", Client::MailKit),
    ("MailKit", Client::MailKit),
    ("NetworkCredential", Client::DotNet),
    ("SmtpClient(", Client::DotNet),
    ("<mailSettings", Client::DotNet),
    ("EnableSsl", Client::DotNet),
    ("enableSsl", Client::DotNet),
    ("gomail", Client::Go),
    ("smtp.PlainAuth", Client::Go),
    ("smtp.SendMail", Client::Go),
    ("Swoosh", Client::Elixir),
    ("Bamboo", Client::Elixir),
    ("gen_smtp", Client::Elixir),
    ("tlsMode:", Client::Swift),
    ("spring.mail", Client::JavaMail),
    ("mail.smtp.", Client::JavaMail),
    ("mail.transport.", Client::JavaMail),
    ("hudson.tasks.Mailer", Client::JavaMail),
    ("JavaMailSender", Client::JavaMail),
    ("starttls.enable", Client::JavaMail),
    ("smtpServer", Client::Keycloak),
    ("keycloak", Client::Keycloak),
    ("createTransport", Client::Nodemailer),
    ("nodemailer", Client::Nodemailer),
    ("requireTLS", Client::Nodemailer),
    ("ignoreTLS", Client::Nodemailer),
    ("mail__options", Client::Nodemailer),
    ("->SMTPSecure", Client::PhpMailer),
    ("->SMTPAuth", Client::PhpMailer),
    ("isSMTP()", Client::PhpMailer),
    ("PHPMailer", Client::PhpMailer),
    ("WPMS_", Client::PhpMailer),
    ("wp_mail", Client::PhpMailer),
    ("mail_smtphost", Client::Nextcloud),
    ("mail_smtpsecure", Client::Nextcloud),
    ("MAIL_ENCRYPTION", Client::Laravel),
    ("MAIL_MAILER", Client::Laravel),
    ("MAIL_DRIVER", Client::Laravel),
    ("MAIL_SCHEME", Client::Laravel),
    ("env('MAIL_", Client::Laravel),
    ("MAILER_DSN", Client::Symfony),
    ("ses+smtp", Client::Symfony),
    ("EMAIL_USE_TLS", Client::Django),
    ("EMAIL_USE_SSL", Client::Django),
    ("EMAIL_HOST_USER", Client::Django),
    ("EMAIL_BACKEND", Client::Django),
    ("MAIL_USE_TLS", Client::Django),
    ("MAIL_USE_SSL", Client::Django),
    ("EMAIL__USE_TLS", Client::Django),
    ("EMAIL_HOST =", Client::Django),
    ("SMTP_SECURITY", Client::Vaultwarden),
    ("MB_EMAIL", Client::Metabase),
    ("ConnectionSecurity", Client::Mattermost),
    ("tls_type", Client::Listmonk),
    ("PROTOCOL = smtp", Client::Gitea),
    ("SMTP_ADDR", Client::Gitea),
    ("tls_starttls", Client::Msmtp),
    ("mailhub", Client::Ssmtp),
    ("UseSTARTTLS", Client::Ssmtp),
    ("driver = smtp", Client::Exim),
    ("RELAYHOST", Client::Postfix),
    ("SMART_HOST", Client::Sendmail),
    ("AWS_SES_HOST", Client::Postfix),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_the_client() {
        assert_eq!(Client::of_text("SMTP_ADDRESS=h\nSMTP_PORT=465"), Client::Rails);
        assert_eq!(
            Client::of_text("nodemailer.createTransport({})"),
            Client::Nodemailer
        );
        assert_eq!(Client::of_text("host: h"), Client::Unknown);
    }
}
