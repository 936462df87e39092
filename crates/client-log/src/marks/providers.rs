//! The words of other providers. Facts name Gmail's, Microsoft's and Mailgun's; the rest is general knowledge, unsourced.
//! None of them is a sentence of SES.

use super::{Mark, Phrase};

const fn stranger(phrase: &'static str, name: &'static str) -> Phrase {
    (phrase, Mark::Stranger(name))
}

pub(super) const PROVIDERS: &[Phrase] = &[
    stranger("username and password not accepted", "Gmail"),
    stranger("- gsmtp", "Gmail"),
    stranger("support.google.com", "Gmail"),
    stranger("accounts.google.com", "Gmail"),
    stranger("application-specific password required", "Gmail"),
    stranger("5.7.14 ", "Gmail"),
    stranger("smtp.gmail.com", "Gmail"),
    stranger("smtp-relay.gmail.com", "Gmail"),
    stranger("5.7.3 authentication unsuccessful", "Microsoft 365"),
    stranger("5.7.139 authentication unsuccessful", "Microsoft 365"),
    stranger("5.7.57 ", "Microsoft 365"),
    stranger("5.7.60 ", "Microsoft 365"),
    stranger("smtpclientauthentication is disabled", "Microsoft 365"),
    stranger("prod.outlook.com", "Microsoft 365"),
    stranger("aka.ms/", "Microsoft 365"),
    stranger("smtp.office365.com", "Microsoft 365"),
    stranger("smtp-mail.outlook.com", "Outlook"),
    stranger("4.7.66 tls", "Microsoft 365"),
    stranger("mailgun is not loving", "Mailgun"),
    stranger("smtp.mailgun.org", "Mailgun"),
    stranger("smtp.eu.mailgun.org", "Mailgun"),
    stranger("smtp.sendgrid.net", "SendGrid"),
    stranger("bad username / password", "SendGrid"),
    stranger("the provided authorization grant is invalid", "SendGrid"),
    stranger("maximum credits exceeded", "SendGrid"),
    stranger("authenticated user is not authorized to send mail", "SendGrid"),
    stranger("smtp.mandrillapp.com", "Mandrill"),
    stranger("smtp.postmarkapp.com", "Postmark"),
    stranger("in-v3.mailjet.com", "Mailjet"),
    stranger("smtp.sparkpostmail.com", "SparkPost"),
    stranger("smtp-relay.brevo.com", "Brevo"),
    stranger("smtp-relay.sendinblue.com", "Brevo"),
    stranger("smtp.zoho.", "Zoho"),
    stranger("mailtrap.io", "Mailtrap"),
    stranger("smtp.resend.com", "Resend"),
    stranger("smtp.mail.yahoo.com", "Yahoo"),
    stranger("(#aut005)", "Yahoo"),
    stranger("too many bad auth attempts", "Yahoo"),
    stranger("error: authentication failed", "a Postfix or Dovecot server"),
    stranger("incorrect authentication data", "an Exim server"),
    stranger(
        "authentication failed: bad username",
        "a Postfix or Dovecot server",
    ),
    stranger(
        "authentication failed: ugfzc3dvcmq6",
        "a Postfix or Dovecot server",
    ),
    stranger(
        "authentication failed: vxnlcm5hbwu6",
        "a Postfix or Dovecot server",
    ),
    stranger("authentication credentials invalid (qmail", "a qmail server"),
    stranger("authorization failed (#5.7.0)", "a qmail server"),
    stranger("smtp.qq.com", "QQ Mail"),
    stranger("smtp.163.com", "NetEase"),
    stranger("smtp.fastmail.com", "Fastmail"),
    stranger("smtp.mail.me.com", "iCloud"),
    stranger("relay access denied", "a relay of another kind"),
    stranger("relaying denied", "a relay of another kind"),
    stranger("client host rejected", "a relay of another kind"),
];
