//! ARN operators: each of the six parts is matched on its own, so that no `*` reaches over a colon; the sixth part is all the
//! rest. `ArnEquals` and `ArnLike` behave alike (IAM User Guide, "Amazon Resource Name (ARN) condition operators").

use crate::arn::Arn;
use crate::context::Context;
use crate::pattern::glob::{AsToken, Token, glob};
use crate::pattern::{Pattern, Piece, Resolved};
use crate::truth::Truth;

const PARTS: usize = 6;

/// A pattern over ARNs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArnPattern {
    pattern: Pattern,
    /// The pieces of its parts, where no variable can shift them.
    parts: Option<Vec<Vec<Piece>>>,
}

impl ArnPattern {
    pub(super) fn new(pattern: Pattern) -> Self {
        let tokens = pattern.pieces().iter().map(AsToken::token);
        let parts = split(tokens)
            .into_iter()
            .map(|part| part.into_iter().map(Piece::from).collect());
        let parts = (!pattern.has_variables()).then(|| parts.collect());
        Self { pattern, parts }
    }

    pub(super) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Fewer than six parts: no ARN can match.
    pub(super) fn is_senseless(&self) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.len() != PARTS)
    }

    /// None if one of the two is no ARN.
    pub(super) fn matches(&self, value: &str, context: &Context) -> Option<Truth> {
        if let Some(parts) = &self.parts {
            return all_match(parts, value).map(Truth::from);
        }
        match self.pattern.resolve(context) {
            Resolved::Nothing => Some(Truth::False),
            Resolved::Unknown(keys) => Some(Truth::Unknown(keys)),
            Resolved::Tokens(tokens) => all_match(&split(tokens), value).map(Truth::from),
        }
    }
}

/// Cuts at the first five colons; a variable's value is cut as if it had been written there.
fn split<'a>(tokens: impl IntoIterator<Item = Token<'a>>) -> Vec<Vec<Token<'a>>> {
    let mut done = Vec::with_capacity(PARTS);
    let mut part = Vec::new();
    for token in tokens {
        let Token::Literal(mut text) = token else {
            part.push(token);
            continue;
        };
        while done.len() + 1 < PARTS
            && let Some((before, after)) = text.split_once(':')
        {
            part.push(Token::Literal(before));
            done.push(std::mem::take(&mut part));
            text = after;
        }
        part.push(Token::Literal(text));
    }
    done.push(part);
    done
}

/// Whether every part matches its own.
fn all_match<T: AsToken>(parts: &[Vec<T>], value: &str) -> Option<bool> {
    let arn = Arn::parse(value)?;
    let (first, rest) = parts.split_first().filter(|(_, rest)| rest.len() + 1 == PARTS)?;
    let mut pairs = rest.iter().zip(arn.parts());
    Some(glob(first, "arn", &mut 0) && pairs.all(|(part, text)| glob(part, text, &mut 0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Syntax;

    fn matches(pattern: &str, value: &str, context: &Context) -> Option<Truth> {
        let syntax = Syntax {
            wildcards: true,
            variables: true,
        };
        ArnPattern::new(Pattern::new(pattern, syntax)).matches(value, context)
    }

    #[test]
    fn no_star_reaches_over_a_colon_but_in_the_last_part() {
        let value = "arn:aws:sns:eu-west-1:111122223333:topic:sub";
        for (pattern, truth) in [
            ("arn:aws:sns:*:*:*", Some(Truth::True)),
            ("arn:*:sns:eu-*-?:1111*:topic*", Some(Truth::True)),
            ("arn:aws:*:*:topic:sub", Some(Truth::False)),
            ("arn:aws:sns:eu-west-1:111122223333:topic", Some(Truth::False)),
            ("arn:aws:sns:*", None),
            ("*", None),
        ] {
            assert_eq!(matches(pattern, value, &Context::default()), truth, "{pattern}");
        }
        assert_eq!(matches("arn:*:*:*:*:*", "no-arn", &Context::default()), None);
    }

    #[test]
    fn a_whole_arn_may_come_out_of_a_variable() {
        let arn = "arn:aws:iam::111122223333:role/a*b";
        let context = Context::new([("aws:PrincipalArn", vec![arn.to_owned()])], []).unwrap();
        assert_eq!(matches("${aws:PrincipalArn}", arn, &context), Some(Truth::True));
        let other = "arn:aws:iam::111122223333:role/aXb";
        assert_eq!(
            matches("${aws:PrincipalArn}", other, &context),
            Some(Truth::False)
        );
        assert_eq!(matches("${aws:SourceArn}", arn, &context), Some(Truth::False));
    }
}
