//! The mail client, as far as its words tell.

use serde::{Deserialize, Serialize};

/// A program or library that sends mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Client {
    /// Postfix's SMTP client.
    Postfix,
    /// Exim.
    Exim,
    /// sendmail.
    Sendmail,
    /// msmtp.
    Msmtp,
    /// sSMTP.
    Ssmtp,
    /// swaks.
    Swaks,
    /// Python's smtplib: Django, Flask-Mail, Airflow.
    Smtplib,
    /// nodemailer: Ghost, Strapi, n8n, Outline.
    Nodemailer,
    /// PHPMailer: WordPress, Moodle.
    PhpMailer,
    /// Symfony Mailer: Laravel since 9, Nextcloud.
    SymfonyMailer,
    /// SwiftMailer: Laravel up to 8, Mautic.
    SwiftMailer,
    /// Laminas or Zend mail: Magento.
    Laminas,
    /// Ruby's net-smtp: Rails, GitLab, Mastodon, Discourse.
    NetSmtp,
    /// Jakarta Mail and JavaMail: Keycloak, Jenkins, Spring.
    JakartaMail,
    /// Go's net/smtp and what builds on it: Alertmanager, Grafana, Gitea, listmonk.
    GoSmtp,
    /// Rust's lettre: Vaultwarden.
    Lettre,
    /// MailKit.
    MailKit,
    /// .NET's `System.Net.Mail`.
    DotNet,
    /// gen_smtp: Swoosh, Bamboo.
    GenSmtp,
    /// Perl's Net::SMTP and sendEmail.
    Perl,
    /// libcurl.
    Curl,
    /// openssl s_client.
    OpenSsl,
    /// A client of the HTTPS API.
    AwsSdk,
}

impl Client {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postfix => "Postfix",
            Self::Exim => "Exim",
            Self::Sendmail => "sendmail",
            Self::Msmtp => "msmtp",
            Self::Ssmtp => "sSMTP",
            Self::Swaks => "swaks",
            Self::Smtplib => "Python smtplib",
            Self::Nodemailer => "nodemailer",
            Self::PhpMailer => "PHPMailer",
            Self::SymfonyMailer => "Symfony Mailer",
            Self::SwiftMailer => "SwiftMailer",
            Self::Laminas => "Laminas Mail",
            Self::NetSmtp => "Ruby net-smtp",
            Self::JakartaMail => "Jakarta Mail",
            Self::GoSmtp => "Go net/smtp",
            Self::Lettre => "lettre",
            Self::MailKit => "MailKit",
            Self::DotNet => ".NET SmtpClient",
            Self::GenSmtp => "gen_smtp",
            Self::Perl => "Perl Net::SMTP",
            Self::Curl => "curl",
            Self::OpenSsl => "openssl s_client",
            Self::AwsSdk => "an AWS SDK",
        }
    }

    /// Whether a refused login ends the session, so that a `530` at MAIL FROM shows that none was tried. .NET tries its
    /// mechanisms and goes on without a login when all are refused; gen_smtp does unless told `auth: :always`
    /// (general knowledge, unsourced); curl and openssl do what they are told.
    pub fn stops_after_refused_login(self) -> bool {
        !matches!(
            self,
            Self::DotNet
                | Self::GenSmtp
                | Self::Curl
                | Self::OpenSsl
                | Self::Perl
                | Self::Swaks
                | Self::Sendmail
                | Self::Exim
        )
    }
}
