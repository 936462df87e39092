//! The password where AWS keeps it, as typed.

use clap::Args;

/// A secret or a parameter that keeps the password.
#[derive(Debug, Args)]
pub(crate) struct StoredArgs {
    /// Secret of Secrets Manager that keeps the password, alone or with the user name in a JSON object. Given beside a
    /// password of the client's, the two are compared
    #[arg(long, value_name = "NAME_OR_ARN", help_heading = "Credentials")]
    pub(crate) password_secret: Option<String>,
    /// Member of the JSON object that is the password, where its name is no usual one
    #[arg(long, value_name = "MEMBER", help_heading = "Credentials")]
    pub(crate) password_secret_key: Option<String>,
    /// Parameter of Systems Manager that keeps the password, likewise
    #[arg(
        long,
        value_name = "NAME_OR_ARN",
        help_heading = "Credentials",
        conflicts_with = "password_secret"
    )]
    pub(crate) password_parameter: Option<String>,
}

impl StoredArgs {
    /// Nothing that AWS keeps.
    pub(crate) fn none() -> Self {
        Self {
            password_secret: None,
            password_secret_key: None,
            password_parameter: None,
        }
    }

    /// Neither was named.
    pub(crate) fn is_empty(&self) -> bool {
        self.password_secret.is_none() && self.password_parameter.is_none()
    }
}
