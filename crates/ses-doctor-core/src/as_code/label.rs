//! Names of resources within a file: made of what the things are called, unique, and such as the language takes.

use std::collections::BTreeSet;

/// The labels that are taken.
#[derive(Default)]
pub(super) struct Labels(BTreeSet<String>);

impl Labels {
    /// `mailer_send`, for Terraform.
    pub(super) fn snake(&mut self, names: &[String]) -> String {
        let words = words(names).join("_").to_ascii_lowercase();
        let starts_well = words.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let label = if starts_well { words } else { format!("r_{words}") };
        self.unique(label, "_")
    }

    /// `UserPolicyMailerSend`, for CloudFormation, which allows 255 letters and digits.
    pub(super) fn camel(&mut self, kind: &str, names: &[String]) -> String {
        let kind = kind.rsplit("::").next().unwrap_or(kind);
        let words = words(names);
        let words = words.iter().map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        let label: String = std::iter::once(kind.to_owned()).chain(words).collect();
        self.unique(label.chars().take(200).collect(), "N")
    }

    fn unique(&mut self, label: String, between: &str) -> String {
        let numbered = (2_u32..).map(|number| format!("{label}{between}{number}"));
        let free = std::iter::once(label.clone())
            .chain(numbered)
            .find(|label| !self.0.contains(label));
        let free = free.unwrap_or(label);
        self.0.insert(free.clone());
        free
    }
}

fn words(names: &[String]) -> Vec<String> {
    let words = names
        .iter()
        .flat_map(|name| name.split(|letter: char| !letter.is_ascii_alphanumeric()));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_such_as_the_languages_take_and_differ() {
        let mut labels = Labels::default();
        let names = |one: &str, other: &str| [one.to_owned(), other.to_owned()];
        assert_eq!(
            labels.snake(&names("app@example.com", "ses-send")),
            "app_example_com_ses_send"
        );
        assert_eq!(
            labels.snake(&names("app.example.com", "ses_send")),
            "app_example_com_ses_send_2"
        );
        assert_eq!(labels.snake(&names("1st", "")), "r_1st");
        assert_eq!(labels.snake(&names("é", "")), "r_");
        let kind = "AWS::IAM::UserPolicy";
        assert_eq!(
            labels.camel(kind, &names("app", "ses-send")),
            "UserPolicyAppSesSend"
        );
        assert_eq!(
            labels.camel(kind, &names("app", "sesSend")),
            "UserPolicyAppSesSendN2"
        );
        assert_eq!(labels.camel(kind, &names("", "")), "UserPolicy");
    }
}
