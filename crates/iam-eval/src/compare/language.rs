//! The languages that patterns describe: literals, `?` and `*`, with or without case, across colons or not.

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Symbols {
    /// Every character.
    Any,
    /// Every character but the colon, which divides an ARN.
    NotColon,
    /// Small ASCII letters and digits, of which the names of actions are made once their case is left out.
    Word,
    /// Small ASCII letters, digits and the hyphen, of which the prefixes of services are made.
    ServiceName,
    /// This one.
    Exactly(char),
    /// This ASCII character, in upper or lower case; for `k` the Kelvin sign too, whose lower case it is.
    EitherCase(char),
}

impl Symbols {
    /// Whether the character is one of them.
    pub(crate) fn contains(self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::NotColon => character != ':',
            Self::Word => character.is_ascii_lowercase() || character.is_ascii_digit(),
            Self::ServiceName => Self::Word.contains(character) || character == '-',
            Self::Exactly(one) => one == character,
            Self::EitherCase(one) => {
                one.eq_ignore_ascii_case(&character)
                    || (character == KELVIN && one.eq_ignore_ascii_case(&'k'))
            }
        }
    }

    /// The characters that these symbols tell apart from all others of their kind (word characters or not).
    fn distinguished(self, into: &mut Vec<char>) {
        match self {
            Self::Any | Self::Word => {}
            Self::NotColon => into.push(':'),
            Self::ServiceName => into.push('-'),
            Self::Exactly(one) => into.push(one),
            Self::EitherCase(one) => {
                into.extend([one.to_ascii_lowercase(), one.to_ascii_uppercase()]);
                into.extend(one.eq_ignore_ascii_case(&'k').then_some(KELVIN));
            }
        }
    }
}

/// The only character beyond ASCII whose lower case is one ASCII character (Unicode character database).
const KELVIN: char = '\u{212a}';

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Token {
    /// One of the symbols.
    One(Symbols),
    /// Any number of the symbols, none included.
    Many(Symbols),
}

/// What one pattern matches: the strings that its tokens describe, from end to end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Language(Vec<Token>);

impl Language {
    /// Of these tokens.
    pub(crate) fn new(tokens: Vec<Token>) -> Self {
        Self(tokens)
    }

    /// Exactly this text.
    pub(crate) fn literal(text: &str) -> Self {
        Self(
            text.chars()
                .map(|one| Token::One(Symbols::Exactly(one)))
                .collect(),
        )
    }

    /// This text in any mixture of ASCII cases.
    pub(crate) fn literal_in_either_case(text: &str) -> Self {
        Self(
            text.chars()
                .map(|one| Token::One(Symbols::EitherCase(one)))
                .collect(),
        )
    }

    /// The tokens.
    pub(crate) fn tokens(&self) -> &[Token] {
        &self.0
    }
}

/// The characters that tokens tell apart, each once.
pub(crate) fn distinguished(tokens: impl Iterator<Item = Token>) -> Vec<char> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            Token::One(symbols) | Token::Many(symbols) => symbols.distinguished(&mut found),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
