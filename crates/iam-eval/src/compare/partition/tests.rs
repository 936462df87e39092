use super::*;
use crate::compare::language::{Language, Symbols, Token};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Tokens of a pattern: `*`, `?`, `^` for "no colon, any number", `_` for "one, no colon", and literals; `i` in front
/// ignores case.
fn language(pattern: &str) -> Language {
    let (either, pattern) = pattern
        .strip_prefix('i')
        .map_or((false, pattern), |rest| (true, rest));
    let token = |one| match one {
        '*' => Token::Many(Symbols::Any),
        '?' => Token::One(Symbols::Any),
        '^' => Token::Many(Symbols::NotColon),
        '_' => Token::One(Symbols::NotColon),
        literal if either => Token::One(Symbols::EitherCase(literal)),
        literal => Token::One(Symbols::Exactly(literal)),
    };
    Language::new(pattern.chars().map(token).collect())
}

/// The plain definition of matching, by trying every way.
fn matches(tokens: &[Token], text: &[char]) -> bool {
    let Some((token, after)) = tokens.split_first() else {
        return text.is_empty();
    };
    let takes_one = |symbols: &Symbols| text.first().is_some_and(|first| symbols.contains(*first));
    match token {
        Token::One(symbols) => takes_one(symbols) && matches(after, &text[1..]),
        Token::Many(symbols) => matches(after, text) || takes_one(symbols) && matches(tokens, &text[1..]),
    }
}

fn matched_by_definition(languages: &[Language], text: &str) -> Vec<usize> {
    let text: Vec<char> = text.chars().collect();
    let matched = |(index, language): (usize, &Language)| matches(language.tokens(), &text).then_some(index);
    languages.iter().enumerate().filter_map(matched).collect()
}

/// All strings of up to five of these characters; `x` and `/` stand for all characters that no pattern names.
fn short_strings() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..5 {
        let longer = |text: &String| ['a', 'A', 'b', 'B', ':', 'x', '/'].map(|one| format!("{text}{one}"));
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}

fn patterns() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("i?[ab:*?^_]{0,3}", 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_classes_are_those_that_trying_all_short_strings_finds(patterns in patterns()) {
        let languages: Vec<Language> = patterns.iter().map(|pattern| language(pattern)).collect();
        let trie = Trie::new(&languages);
        let mut shortest: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for text in short_strings() {
            let matched = matched_by_definition(&languages, &text);
            prop_assert_eq!(&matched, &trie.matched_by(&text), "{}", text);
            shortest.entry(matched).or_insert(text.chars().count());
        }
        let classes = partition(&trie).unwrap();
        let distinct: BTreeSet<&Vec<usize>> = classes.iter().map(|class| &class.matched).collect();
        prop_assert_eq!(distinct.len(), classes.len(), "each class once");
        for class in &classes {
            prop_assert_eq!(&class.matched, &matched_by_definition(&languages, &class.example));
            if let Some(length) = shortest.get(&class.matched) {
                prop_assert_eq!(class.example.chars().count(), *length, "{}", class.example);
            }
        }
        for matched in shortest.keys() {
            prop_assert!(distinct.contains(matched), "{:?} is missing", matched);
        }
    }
}

#[test]
fn the_stars_of_a_hostile_pattern_cost_no_more_than_its_length() {
    let hostile = language(&"a*".repeat(2_000));
    let trie = Trie::new(&[hostile]);
    assert_eq!(partition(&trie).unwrap().len(), 2);
    let text = "a".repeat(1_999);
    assert!(trie.matched_by(&text).is_empty());
}

#[test]
fn more_classes_than_can_be_told_apart_are_refused_not_cut_short() {
    let many: Vec<Language> = ('a'..='z').map(|one| language(&format!("*{one}*"))).collect();
    assert_eq!(partition(&Trie::new(&many)), Err(TooMany));
}

#[test]
fn long_documents_of_plain_names_are_no_trouble() {
    let names: Vec<Language> = (0..2_000)
        .map(|index| Language::literal(&format!("arn:aws:ses:eu-west-1:111122223333:identity/{index}")))
        .collect();
    assert_eq!(partition(&Trie::new(&names)).unwrap().len(), 2_001);
}
