//! Policy documents out of files, in the forms that they come in.

use crate::error::{CliError, span_of_position};
use iam_eval::{DocumentErrors, PolicyDocument};
use miette::{NamedSource, SourceSpan};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Members that hold a document: in lists of named policies, and in answers of IAM's Get…Policy and GetPolicyVersion.
const HOLDERS: [&str; 4] = ["document", "PolicyDocument", "Document", "PolicyVersion"];
/// Members that name it.
const NAMES: [&str; 2] = ["name", "PolicyName"];

/// All documents of a file, or of every `.json` file in a folder, in the order of their names.
pub(super) fn read(path: &Path) -> Result<Vec<Arc<PolicyDocument>>, CliError> {
    let mut documents = Vec::new();
    for file in files(path)? {
        let text = text(&file)?;
        let name = file.display().to_string();
        documents.extend(parse(&name, &text)?);
    }
    Ok(documents)
}

/// The text of a file; `-` is standard input.
pub(super) fn text(path: &Path) -> Result<String, CliError> {
    let read = match path.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()),
        false => crate::bounded_file::read_to_string(path),
    };
    read.map_err(|source| CliError::read(path, source))
}

fn files(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| CliError::read(path, source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(CliError::usage(
            format!("no .json file in {}", path.display()),
            "name a policy document, or a folder with some",
        ));
    }
    Ok(files)
}

/// A document, or what holds documents.
fn parse(name: &str, text: &str) -> Result<Vec<Arc<PolicyDocument>>, CliError> {
    let listed: Result<Vec<&RawValue>, _> = serde_json::from_str(text);
    if let Ok(listed) = listed {
        let each = listed
            .iter()
            .enumerate()
            .map(|(index, one)| parse(&format!("{name}[{index}]"), one.get()));
        return Ok(each.collect::<Result<Vec<_>, _>>()?.concat());
    }
    let members: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_str(text);
    if let Ok(members) = &members {
        let own_name = NAMES.iter().find_map(|name| members.get(*name));
        let own_name = own_name.and_then(|name| serde_json::from_str::<String>(name.get()).ok());
        if let Some(held) = HOLDERS.iter().find_map(|holder| members.get(*holder)) {
            let name = own_name.unwrap_or_else(|| name.to_owned());
            // IAM's own APIs give a document as text.
            return match serde_json::from_str::<String>(held.get()) {
                Ok(text) => parse(&name, &text),
                Err(_) => parse(&name, held.get()),
            };
        }
    }
    let document = PolicyDocument::parse(name, text).map_err(|errors| malformed(&errors))?;
    Ok(vec![Arc::new(document)])
}

/// The first error with a pointer, and how many more there are.
pub(super) fn malformed(errors: &DocumentErrors) -> CliError {
    let first = errors.errors().first();
    let more = errors.errors().len().saturating_sub(1);
    let and_more = match more {
        0 => String::new(),
        1 => " (and 1 error more)".to_owned(),
        more => format!(" (and {more} errors more)"),
    };
    let what = first.map_or_else(
        || "not a policy document".to_owned(),
        |error| error.problem.to_string(),
    );
    CliError::Content {
        what: format!("{what}{and_more}"),
        text: Arc::new(NamedSource::new(errors.name(), errors.text().to_owned())),
        at: first.map(|error| SourceSpan::new(error.span.start().into(), error.span.end() - error.span.start())),
        help: "a policy document as IAM accepts it is wanted; see \"IAM JSON policy reference\" in the IAM User Guide".to_owned(),
    }
}

/// JSON that is not of the form that is wanted, with a pointer.
pub(super) fn not_json(name: &str, text: &str, error: &serde_json::Error, help: &str) -> CliError {
    CliError::Content {
        what: error.to_string(),
        text: Arc::new(NamedSource::new(name, text.to_owned())),
        at: span_of_position(text, error.line(), error.column()),
        help: help.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}"#;

    fn names(text: &str) -> Vec<String> {
        parse("file", text)
            .unwrap()
            .iter()
            .map(|document| document.name().to_owned())
            .collect()
    }

    #[test]
    fn documents_are_found_in_every_form_that_they_come_in() {
        let escaped = DOCUMENT.replace('"', "\\\"");
        for (text, expected) in [
            (DOCUMENT.to_owned(), vec!["file"]),
            (format!(r#"{{"name":"own","document":{DOCUMENT}}}"#), vec!["own"]),
            (
                format!(r#"{{"UserName":"u","PolicyName":"inline","PolicyDocument":{DOCUMENT}}}"#),
                vec!["inline"],
            ),
            (
                format!(r#"{{"PolicyVersion":{{"VersionId":"v1","Document":{DOCUMENT}}}}}"#),
                vec!["file"],
            ),
            (format!(r#"{{"document":"{escaped}"}}"#), vec!["file"]),
            (
                format!(r#"[{DOCUMENT},{{"name":"own","document":{DOCUMENT}}}]"#),
                vec!["file[0]", "own"],
            ),
            ("[]".to_owned(), vec![]),
        ] {
            assert_eq!(names(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_document_is_said_with_its_place() {
        for text in [
            "",
            "{",
            "{}",
            r#"{"document":3}"#,
            r#"[{"Statement":1}]"#,
            "\"text\"",
        ] {
            assert!(
                matches!(parse("file", text), Err(CliError::Content { .. })),
                "{text}"
            );
        }
    }
}
