//! Examples that a person recognises: a class is shown by one of its members that looks like what it stands for.

use super::partition::Class;
use super::trie::Trie;

/// Stands for a value that nothing is known of.
pub(super) const SOME_VALUE: &str = "some-value";
/// Stands for whatever a wildcard or a policy variable may be.
pub(super) const SOMETHING: &str = "something";

/// Replaces the examples of classes by candidates that lie in the same class, of several the first, and puts these classes in
/// front, in the order of the candidates.
pub(super) fn prefer(
    classes: &mut Vec<Class>,
    patterns: &Trie,
    candidates: impl IntoIterator<Item = String>,
) {
    let mut preferred = Vec::new();
    for example in candidates.into_iter().take(MAX_CANDIDATES) {
        if classes.is_empty() {
            break;
        }
        let matched = patterns.matched_by(&example);
        if let Some(at) = classes.iter().position(|class| class.matched == matched) {
            classes.remove(at);
            preferred.push(Class { matched, example });
        }
    }
    preferred.append(classes);
    *classes = preferred;
}

/// Looks are not worth more.
const MAX_CANDIDATES: usize = 2_000;

/// Candidates for the value of a context key.
pub(super) fn values<'a>(listed: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    std::iter::once(SOME_VALUE.to_owned()).chain(listed.map(filled))
}

/// Candidates for an action, in small letters.
pub(super) fn actions(known: &[&str], written: &[&str]) -> Vec<String> {
    let plain = written.iter().filter(|text| !text.contains(['*', '?']));
    known
        .iter()
        .chain(plain)
        .map(|text| text.to_ascii_lowercase())
        .collect()
}

/// Candidates for a resource: ARNs that the patterns lead to, and those of everyday resources.
pub(super) fn resources(written: &[&str]) -> Vec<String> {
    written
        .iter()
        .map(|text| arn(text))
        .chain(EVERYDAY.map(str::to_owned))
        .collect()
}

const EVERYDAY: [&str; 6] = [
    "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
    "arn:aws:ses:us-east-1:444455556666:identity/example.org",
    "arn:aws:ses:eu-west-1:111122223333:configuration-set/default",
    "arn:aws:s3:::amzn-s3-demo-bucket/key",
    "arn:aws:iam::111122223333:user/someone",
    "arn:aws-us-gov:ses:us-gov-west-1:111122223333:identity/example.com",
];

/// A pattern with its wildcards filled in.
pub(super) fn filled(pattern: &str) -> String {
    without_variables(pattern)
        .replace('*', SOMETHING)
        .replace('?', "x")
}

/// An ARN pattern with its wildcards filled in, each part with what fits there.
fn arn(pattern: &str) -> String {
    let pattern = without_variables(pattern);
    let parts: Vec<&str> = pattern.splitn(PLAUSIBLE.len(), ':').collect();
    let fill = |(index, plausible): (usize, &&str)| {
        let part = parts.get(index).copied().unwrap_or("*");
        match part {
            "*" => (*plausible).to_owned(),
            // Most wildcards stand for a part of a name, of a length that does not matter.
            part => part.replace('*', SOMETHING).replace('?', "x"),
        }
    };
    let filled: Vec<String> = PLAUSIBLE.iter().enumerate().map(fill).collect();
    filled.join(":")
}

const PLAUSIBLE: [&str; 6] = [
    "arn",
    "aws",
    "ses",
    "eu-west-1",
    "111122223333",
    "identity/example.com",
];

/// `${…}` replaced by something.
pub(super) fn without_variables(pattern: &str) -> String {
    let mut done = String::new();
    let mut rest = pattern;
    while let Some((before, inside)) = rest.split_once("${") {
        let Some((name, after)) = inside.split_once('}') else {
            break;
        };
        done.push_str(before);
        done.push_str(if matches!(name, "*" | "?" | "$") {
            name
        } else {
            SOMETHING
        });
        rest = after;
    }
    done.push_str(rest);
    done
}
