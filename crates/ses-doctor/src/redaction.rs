//! Taking secrets out of a line that a person pasted: the pair at hand, and whatever has the shape of a secret.

use crate::collect::Pair;
use secrecy::ExposeSecret;
use ses_smtp::credential::{self, UsernameShape};
use ses_smtp::transcript::Recorder;

/// The line without secrets.
pub(crate) fn redact(line: &str, pair: Option<&Pair>) -> String {
    let line = match pair {
        Some(pair) => without_pair(line, pair),
        None => line.to_owned(),
    };
    client_log::redact(&line)
}

fn without_pair(line: &str, pair: &Pair) -> String {
    let recorder = Recorder::new();
    let password = pair.password.expose_secret();
    recorder.guard(&pair.username, password);
    recorder.guard(&pair.username, &percent_encoded(password));
    let shape = credential::inspect(&pair.username, &pair.password).username.shape;
    if matches!(
        shape,
        UsernameShape::SmtpPassword | UsernameShape::SecretAccessKey
    ) {
        recorder.guard(password, &pair.username);
    }
    recorder.redact(line)
}

fn percent_encoded(text: &str) -> String {
    text.replace('/', "%2F").replace('+', "%2B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";

    #[test]
    fn shapes_are_enough() {
        let line =
            format!("smtp://AKIAIOSFODNN7EXAMPLE:{PASSWORD}@email-smtp.eu-west-1.amazonaws.com said: 535 no");
        let redacted = redact(&line, None);
        assert!(!redacted.contains("MW5RDrX"), "{redacted}");
        assert!(
            redacted.contains("AKIAIOSFODNN7EXAMPLE") && redacted.contains("535 no"),
            "{redacted}"
        );
    }

    #[test]
    fn a_pair_of_any_shape_is_taken_out() {
        let pair = Pair {
            username: "me".into(),
            password: SecretString::from("hunter/hunter+2"),
        };
        let redacted = redact("login me:hunter%2Fhunter%2B2 or hunter/hunter+2", Some(&pair));
        assert!(!redacted.contains("hunter"), "{redacted}");
    }

    #[test]
    fn ordinary_lines_stay() {
        let line =
            "554 Message rejected: Email address is not verified. The following identities failed the check";
        assert_eq!(redact(line, None), line);
    }
}
