//! From the patterns of documents, as the evaluator reads them, to languages.

use super::language::{Language, Symbols, Token};
use super::trie::Trie;
use crate::document::Condition;
use crate::operator::Comparison;
use crate::pattern::{Pattern, Piece};

/// What a pattern over actions or resources matches; a policy variable stands for anything.
pub(super) fn glob(pattern: &Pattern) -> Language {
    Language::new(
        pattern
            .pieces()
            .iter()
            .flat_map(|piece| tokens(piece, Symbols::Any))
            .collect(),
    )
}

/// Every name that an action can have, in small letters: a service prefix, a colon, letters and digits.
pub(super) fn any_action() -> Language {
    Language::new(vec![
        Token::One(Symbols::ServiceName),
        Token::Many(Symbols::ServiceName),
        Token::One(Symbols::Exactly(':')),
        Token::One(Symbols::Word),
        Token::Many(Symbols::Word),
    ])
}

/// Every ARN, and the `*` of requests for actions that know no resources.
pub(super) fn any_resource() -> [Language; 2] {
    let mut named = any_arn();
    // Partition, service and resource of a real ARN are not empty.
    let at_least_one = |symbols| [Token::One(symbols), Token::Many(symbols)];
    let colon = Token::One(Symbols::Exactly(':'));
    named.truncate("arn:".len());
    named.extend(at_least_one(Symbols::NotColon));
    named.push(colon);
    named.extend(at_least_one(Symbols::NotColon));
    named.extend([
        colon,
        Token::Many(Symbols::NotColon),
        colon,
        Token::Many(Symbols::NotColon),
        colon,
    ]);
    named.extend(at_least_one(Symbols::Any));
    [Language::new(named), Language::literal("*")]
}

/// What the values of a condition on text match, one by one. A value that can match nothing has no language. `None` when
/// the condition does not compare text, or its values depend on the request.
pub(super) fn of_condition(condition: &Condition) -> Option<Vec<Language>> {
    let comparison = condition.operator.value.comparison;
    let mut languages = Vec::new();
    for value in &condition.values {
        let text = value.value.text();
        let pattern = value.value.pattern();
        if pattern.is_some_and(Pattern::has_variables) {
            return None;
        }
        match (comparison, pattern) {
            (Comparison::StringEquals | Comparison::StringLike, Some(pattern)) => {
                languages.push(glob(pattern))
            }
            (Comparison::StringEqualsIgnoreCase, Some(pattern)) => {
                // What the case of letters beyond ASCII is, depends on what stands around them.
                let literal = literal_of(pattern);
                if !literal.is_ascii() {
                    return None;
                }
                languages.push(Language::literal_in_either_case(&literal));
            }
            (Comparison::Arn, Some(pattern)) => languages.extend(arn(pattern)),
            (Comparison::BinaryEquals, _) => languages.push(base64(text)),
            (Comparison::Bool, _) => {}
            _ => return None,
        }
    }
    if comparison == Comparison::Arn {
        // What is no ARN is not compared at all.
        languages.push(Language::new(any_arn()));
    }
    if comparison == Comparison::Bool {
        languages.extend(["true", "false"].map(Language::literal_in_either_case));
    }
    Some(languages)
}

fn tokens(piece: &Piece, wild: Symbols) -> Vec<Token> {
    match piece {
        Piece::Literal(text) => text
            .chars()
            .map(|one| Token::One(Symbols::Exactly(one)))
            .collect(),
        Piece::One => vec![Token::One(wild)],
        Piece::Many => vec![Token::Many(wild)],
        Piece::Variable(_) => vec![Token::Many(Symbols::Any)],
    }
}

/// The text of a pattern without wildcards.
fn literal_of(pattern: &Pattern) -> String {
    let literal = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.to_string()),
        Piece::One | Piece::Many | Piece::Variable(_) => None,
    };
    pattern.pieces().iter().filter_map(literal).collect()
}

/// The evaluator leaves padding out before it compares.
fn base64(text: &str) -> Language {
    let mut language = Language::literal(text.trim_end_matches('=')).tokens().to_vec();
    language.push(Token::Many(Symbols::Exactly('=')));
    Language::new(language)
}

const ARN_PARTS: usize = 6;

/// As the ARN operators match: part by part.
fn arn(pattern: &Pattern) -> Option<Language> {
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    for piece in pattern.pieces() {
        let in_last = parts.len() == ARN_PARTS;
        let wild = if in_last { Symbols::Any } else { Symbols::NotColon };
        for token in tokens(piece, wild) {
            let cuts = token == Token::One(Symbols::Exactly(':')) && parts.len() < ARN_PARTS;
            if cuts {
                parts.push(Vec::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(token);
            }
        }
    }
    let (first, rest) = parts.split_first()?;
    let is_arn = !Trie::new(&[Language::new(first.clone())])
        .matched_by("arn")
        .is_empty();
    if !is_arn || rest.len() + 1 != ARN_PARTS {
        return None;
    }
    let mut language = Language::literal("arn").tokens().to_vec();
    for part in rest {
        language.push(Token::One(Symbols::Exactly(':')));
        language.extend_from_slice(part);
    }
    Some(Language::new(language))
}

/// `arn:` and five parts, each of which may be empty.
fn any_arn() -> Vec<Token> {
    let mut tokens = Language::literal("arn").tokens().to_vec();
    for _ in 1..ARN_PARTS - 1 {
        tokens.extend([Token::One(Symbols::Exactly(':')), Token::Many(Symbols::NotColon)]);
    }
    tokens.extend([Token::One(Symbols::Exactly(':')), Token::Many(Symbols::Any)]);
    tokens
}
