//! Condition keys and their values, as `--context KEY=VALUE` gives them.

use crate::error::CliError;

/// Reads pairs. Keys know no case, and a key that comes again has several values.
pub(super) fn read(written: &[String]) -> Result<Vec<(String, Vec<String>)>, CliError> {
    let mut context = Vec::new();
    read_into(&mut context, written)?;
    Ok(context)
}

/// Adds pairs to what is known.
pub(super) fn read_into(
    context: &mut Vec<(String, Vec<String>)>,
    written: &[String],
) -> Result<(), CliError> {
    for text in written {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => add(context, key, value.to_owned()),
            Some(_) | None => {
                return Err(CliError::usage(
                    format!("{text:?} is not KEY=VALUE"),
                    "e.g. --context aws:SourceIp=203.0.113.7",
                ));
            }
        }
    }
    Ok(())
}

/// Adds one value of a key.
pub(super) fn add(context: &mut Vec<(String, Vec<String>)>, key: &str, value: String) {
    let known = context
        .iter_mut()
        .find(|(known, _)| known.eq_ignore_ascii_case(key));
    match known {
        Some((_, values)) => values.push(value),
        None => context.push((key.to_owned(), vec![value])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_have_several_values_and_must_have_a_name() {
        let read = |written: &[&str]| read(&written.iter().map(ToString::to_string).collect::<Vec<_>>());
        let found = read(&["ses:Recipients=a@b.example", "ses:recipients=c=d"]).unwrap();
        assert_eq!(
            found,
            [(
                "ses:Recipients".to_owned(),
                vec!["a@b.example".to_owned(), "c=d".to_owned()]
            )]
        );
        assert!(read(&["ses:Recipients"]).is_err() && read(&["=x"]).is_err());
    }
}
