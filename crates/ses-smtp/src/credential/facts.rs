//! What can be told of a user name and a password by looking at them. No secret is kept.

use serde::{Deserialize, Serialize};

/// What a user name looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UsernameShape {
    /// Nothing, or only white space.
    Empty,
    /// `AKIA` and 16 characters: a long-term access key id, what SES wants.
    AccessKeyId,
    /// `ASIA` and 16 characters: a temporary key id, which can never work.
    TemporaryKeyId,
    /// `inp-` and 24 characters: a Mail Manager ingress point.
    MailManagerIngressPoint,
    /// `ses-smtp-user.YYYYMMDD-HHMMSS`: the console's default name of the IAM user.
    ConsoleSmtpUserName,
    /// An e-mail address.
    EmailAddress,
    /// An ARN.
    Arn,
    /// 40 characters of a secret access key's alphabet.
    SecretAccessKey,
    /// A version 4 or 2 SMTP password.
    SmtpPassword,
    /// `AKIA` in another length or alphabet: a damaged or mistyped key id.
    NearAccessKeyId,
    /// Anything else: perhaps an IAM user name.
    Other,
}

/// What a password looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordShape {
    /// Nothing.
    Empty,
    /// 44 base64 characters, version byte 0x04.
    SmtpV4,
    /// 44 base64 characters, version byte 0x02: the algorithm that SES refuses since 2021.
    SmtpV2,
    /// 44 base64 characters with another first byte: altered, or not of SES.
    Base64Of33Bytes,
    /// 40 characters of a secret access key's alphabet.
    SecretAccessKey,
    /// An access key id.
    AccessKeyId,
    /// `****`, `••••`, `<redacted>`, `REPLACE_ME`, `${SES_PASSWORD}` …: what a form shows in place of a password, or a variable that was not expanded.
    Masked,
    /// A session token (long, starts like the tokens of STS).
    SessionToken,
    /// Starts like an SMTP password but is shorter than 44 characters.
    TruncatedSmtp,
    /// Starts like an SMTP password but is longer than 44 characters.
    LengthenedSmtp,
    /// Anything else.
    Other,
}

/// Damage that a value took on its way, each with one way to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// Spaces or tabs at an end or inside.
    Whitespace,
    /// A line feed or carriage return at the end.
    Newline,
    /// `%2F`, `%2B` not decoded.
    PercentEncoded,
    /// `+` became a space.
    PlusBecameSpace,
    /// `&#43;`, `&#x2F;`, `&amp;` …
    HtmlEntity,
    /// Quotes around the value, or a delimiter after it (`,` `;` `=`), are part of it.
    Quoted,
    /// Backslashes before `/`, `+` or quotes.
    Backslash,
    /// The value is base64 of the right one.
    Base64Encoded,
    /// Characters that look like ASCII but are not, or invisible ones.
    LookAlike,
    /// `KEY=` or `user:` in front of the value.
    Prefixed,
}

/// What is known of a user name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsernameFacts {
    /// Its shape as given.
    pub shape: UsernameShape,
    /// Safe to print: the value itself only for key ids, user names, addresses and ARNs; otherwise `<44 characters, redacted>`.
    pub shown: String,
    /// Damage found.
    pub damage: Vec<Damage>,
    /// The shape after mending, when damage was found.
    pub mended_shape: Option<UsernameShape>,
    /// Length in characters.
    pub length: usize,
}

/// What is known of a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordFacts {
    /// Its shape as given.
    pub shape: PasswordShape,
    /// Damage found, each a hypothesis with a mended value behind it.
    pub damage: Vec<Damage>,
    /// The shape after mending all of it.
    pub mended_shape: Option<PasswordShape>,
    /// Length in characters.
    pub length: usize,
}

/// What derivation from the secret access key told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Derivation {
    /// The password is the one of this region.
    Region(String),
    /// It is the old algorithm's, of this secret.
    Version2,
    /// It is the secret access key itself.
    TheSecretItself,
    /// It is of no region of this secret: another key's, or altered.
    NoMatch,
}

/// Everything that inspection tells of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialFacts {
    /// The user name.
    pub username: UsernameFacts,
    /// The password.
    pub password: PasswordFacts,
    /// User name and password stand in each other's place.
    pub swapped: bool,
    /// Only when the secret access key was at hand.
    pub derivation: Option<Derivation>,
}
