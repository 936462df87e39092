//! From the filter to what LookupEvents is asked: it takes one attribute, the filter has many.

use ses_doctor_aws::LookupBy;
use trail_scan::{Filter, Name};

/// More values than these are not worth a look-up each: the next attribute may do with one.
const MOST_VALUES: usize = 8;

/// What each look-up asks by. Together they find everything that the filter can want; `None` asks for all events.
///
/// The kinds stand in the order in which they select: a key is one user's, a service is everybody's. Only values without
/// a star can be asked by. `Username` is the name of who called; only for IAM users that is what the filter's user means,
/// and an ARN ends in it.
pub(super) fn questions(filter: &Filter) -> Vec<Option<(LookupBy, String)>> {
    let kinds = [
        (LookupBy::AccessKey, &filter.access_keys),
        (LookupBy::UserName, &filter.users),
        (LookupBy::EventName, &filter.actions),
        (LookupBy::EventSource, &filter.sources),
    ];
    let values = kinds
        .into_iter()
        .find_map(|(by, names)| Some((by, values(by, names)?)));
    match values {
        Some((by, values)) => values.into_iter().map(|value| Some((by, value))).collect(),
        None => vec![None],
    }
}

fn values(by: LookupBy, names: &[Name]) -> Option<Vec<String>> {
    if names.is_empty() || names.len() > MOST_VALUES {
        return None;
    }
    let mut values = names.iter().map(literal).collect::<Option<Vec<_>>>()?;
    if by == LookupBy::UserName {
        for value in &mut values {
            *value = user_name(value);
        }
    }
    values.sort();
    values.dedup();
    Some(values)
}

/// `arn:aws:iam::111122223333:user/path/name` to `name`.
fn user_name(value: &str) -> String {
    let of_arn = value
        .starts_with("arn:")
        .then(|| value.rsplit('/').next())
        .flatten();
    of_arn.unwrap_or(value).to_owned()
}

/// The value, when it has no star.
pub(super) fn literal(name: &Name) -> Option<String> {
    match name.pieces() {
        [whole] => Some(whole.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(values: &[&str]) -> Vec<Name> {
        values.iter().map(|value| Name::new(value)).collect()
    }

    #[test]
    fn the_most_selective_kind_without_a_star_is_asked_by() {
        let mut filter = Filter {
            sources: vec![Name::source("ses")],
            ..Filter::default()
        };
        let one = |by, value: &str| vec![Some((by, value.to_owned()))];
        assert_eq!(
            questions(&filter),
            one(LookupBy::EventSource, "ses.amazonaws.com")
        );
        filter.actions = names(&["Get*"]);
        assert_eq!(
            questions(&filter),
            one(LookupBy::EventSource, "ses.amazonaws.com")
        );
        filter.users = names(&["arn:aws:iam::111122223333:user/mail/mailer", "mailer"]);
        assert_eq!(questions(&filter), one(LookupBy::UserName, "mailer"));
        filter.access_keys = names(&["AKIAB", "AKIAA"]);
        assert_eq!(questions(&filter).len(), 2);
        assert_eq!(questions(&Filter::default()), [None]);
    }

    #[test]
    fn too_many_values_are_not_asked_by() {
        let many: Vec<String> = (0..9).map(|number| format!("AKIA{number}")).collect();
        let filter = Filter {
            access_keys: many.iter().map(|value| Name::new(value)).collect(),
            ..Filter::default()
        };
        assert_eq!(questions(&filter), [None]);
    }
}
