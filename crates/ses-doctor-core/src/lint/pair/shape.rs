//! What user name and password are, by their shapes.

use super::Pair;
use crate::lint::Finding;
use crate::verdict::Certainty;
use ses_smtp::credential::{PasswordShape, UsernameShape};

impl Pair<'_> {
    /// What the password is.
    pub(super) fn password_shape(&self) -> Option<Finding> {
        let length = self.facts.password.length;
        let new_key =
            "derive the SMTP password from the secret access key: `ses-doctor password --region REGION`";
        let named = self.facts.username.shape == UsernameShape::AccessKeyId;
        let finding = match self.facts.password.shape {
            PasswordShape::SecretAccessKey => {
                let certainty = if named {
                    Certainty::Confirmed
                } else {
                    Certainty::Likely
                };
                let message = "the password is 40 characters long, as a secret access key is; an SMTP password derived from one has 44";
                self.on_password("raw-secret-key-as-password", certainty, message)
            }
            PasswordShape::SmtpV2 => {
                let message = "this SMTP password is of version 2, which SES has refused since 2021";
                self.on_password("sigv2-password", Certainty::Confirmed, message)
            }
            PasswordShape::AccessKeyId => {
                let message = "the password is an access key id";
                self.on_password("console-or-api-credentials-not-smtp", Certainty::Likely, message)
            }
            PasswordShape::SessionToken => {
                let message = "the password is a session token: temporary credentials cannot log in to SMTP";
                self.on_password("temporary-credentials", Certainty::Confirmed, message)
            }
            PasswordShape::TruncatedSmtp | PasswordShape::LengthenedSmtp | PasswordShape::Base64Of33Bytes => {
                let message = if length == 44 {
                    "the password has the length of an SMTP password, but does not begin as one: something was altered".to_owned()
                } else {
                    format!(
                        "the password begins as an SMTP password does, but has {length} characters in place of 44"
                    )
                };
                self.on_password("password-truncated-or-altered", Certainty::Likely, message)
            }
            PasswordShape::Other if named => {
                let message = format!(
                    "the password has {length} characters and is no SMTP password of SES, which has 44"
                );
                self.on_password("password-truncated-or-altered", Certainty::Possible, message)
            }
            PasswordShape::Empty | PasswordShape::SmtpV4 | PasswordShape::Masked | PasswordShape::Other => {
                None
            }
        };
        finding.map(|finding| finding.advice(new_key))
    }

    /// What the user name is.
    pub(super) fn username_shape(&self) -> Option<Finding> {
        let shown = &self.facts.username.shown;
        let key_id = "use the access key id (AKIA and 16 characters) that the password was derived for";
        let finding = match self
            .facts
            .username
            .mended_shape
            .unwrap_or(self.facts.username.shape)
        {
            UsernameShape::TemporaryKeyId => {
                let message =
                    format!("{shown} is the key of temporary credentials, which cannot log in to SMTP");
                self.on_username("temporary-credentials", Certainty::Confirmed, message)
            }
            UsernameShape::MailManagerIngressPoint => {
                let message = format!(
                    "{shown} is a Mail Manager ingress point, which SES's SMTP endpoint does not know"
                );
                self.on_username("mail-manager-credentials", Certainty::Confirmed, message)
            }
            UsernameShape::ConsoleSmtpUserName => {
                let message = format!("{shown} is the name of the IAM user, not the SMTP user name");
                self.on_username("iam-username-as-login", Certainty::Confirmed, message)
            }
            UsernameShape::Arn => self.on_username(
                "iam-username-as-login",
                Certainty::Likely,
                "the user name is an ARN; SMTP wants the access key id",
            ),
            UsernameShape::EmailAddress => {
                let message = "the user name is an e-mail address; SES wants the access key id";
                self.on_username("from-address-as-login", Certainty::Confirmed, message)
            }
            UsernameShape::SecretAccessKey | UsernameShape::SmtpPassword => {
                let message = "the user name has the shape of a secret";
                self.on_username("swapped-credentials", Certainty::Likely, message)
            }
            UsernameShape::NearAccessKeyId => {
                let message = format!(
                    "an access key id is AKIA and 16 capital letters and digits; this has {} characters",
                    self.facts.username.length
                );
                self.on_username("password-truncated-or-altered", Certainty::Possible, message)
            }
            UsernameShape::Other => return self.free_name(),
            UsernameShape::Empty | UsernameShape::AccessKeyId => None,
        };
        finding.map(|finding| finding.advice(key_id))
    }

    /// A user name of free form: an IAM user's beside an SMTP password, a login of another kind beside another password.
    fn free_name(&self) -> Option<Finding> {
        let key_id = "use the access key id (AKIA and 16 characters) as user name";
        let (cause, certainty, message) = match self
            .facts
            .password
            .mended_shape
            .unwrap_or(self.facts.password.shape)
        {
            PasswordShape::SmtpV4
            | PasswordShape::SmtpV2
            | PasswordShape::SecretAccessKey
            | PasswordShape::TruncatedSmtp => (
                "iam-username-as-login",
                Certainty::Likely,
                "the user name is no access key id; it may be the name of the IAM user",
            ),
            PasswordShape::Other => (
                "console-or-api-credentials-not-smtp",
                Certainty::Likely,
                "neither the user name nor the password has the form of SES SMTP credentials",
            ),
            PasswordShape::Empty
            | PasswordShape::Base64Of33Bytes
            | PasswordShape::AccessKeyId
            | PasswordShape::Masked
            | PasswordShape::SessionToken
            | PasswordShape::LengthenedSmtp => (
                "iam-username-as-login",
                Certainty::Possible,
                "the user name is no access key id; it may be the name of the IAM user",
            ),
        };
        self.on_username(cause, certainty, message)
            .map(|finding| finding.advice(key_id))
    }
}
