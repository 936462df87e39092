//! ARN operators: each of the six parts is matched on its own, so that no `*` reaches over a colon; the sixth part is all the
//! rest. `ArnEquals` and `ArnLike` behave alike (IAM User Guide, "Amazon Resource Name (ARN) condition operators").

use crate::arn::Arn;
use crate::context::Context;
use crate::pattern::{AsToken, Pattern, Piece, Resolved, Token, glob};
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

    pub(super) fn matches(&self, value: &str, context: &Context) -> Truth {
        if let Some(parts) = &self.parts {
            return all_match(parts, value).into();
        }
        match self.pattern.resolve(context) {
            Resolved::Nothing => Truth::False,
            Resolved::Unknown(keys) => Truth::Unknown(keys),
            Resolved::Tokens(tokens) => all_match(&split(tokens), value).into(),
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

/// Whether every part matches its own. `*` alone is any ARN.
fn all_match<T: AsToken>(parts: &[Vec<T>], value: &str) -> bool {
    let Some(arn) = Arn::parse(value) else {
        return false;
    };
    if let [part] = parts {
        return matches!(part.as_slice(), [only] if only.token() == Token::Many);
    }
    let [first, rest @ ..] = parts else {
        return false;
    };
    rest.len() + 1 == PARTS
        && glob(first, "arn", &mut 0)
        && rest
            .iter()
            .zip(arn.parts())
            .all(|(part, text)| glob(part, text, &mut 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Syntax;

    fn matches(pattern: &str, value: &str, context: &Context) -> Truth {
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
            ("arn:aws:sns:*:*:*", true),
            ("arn:*:sns:eu-*-?:1111*:topic*", true),
            ("*", true),
            ("arn:aws:sns:*", false),
            ("arn:aws:*:topic:sub", false),
            ("arn:aws:sns:eu-west-1:111122223333:topic", false),
        ] {
            assert_eq!(
                matches(pattern, value, &Context::default()),
                truth.into(),
                "{pattern}"
            );
        }
        assert_eq!(matches("*", "no-arn", &Context::default()), Truth::False);
    }

    #[test]
    fn a_whole_arn_may_come_out_of_a_variable() {
        let arn = "arn:aws:iam::111122223333:role/a*b";
        let context = Context::new([("aws:PrincipalArn", vec![arn.to_owned()])], []).unwrap();
        assert_eq!(matches("${aws:PrincipalArn}", arn, &context), Truth::True);
        let other = "arn:aws:iam::111122223333:role/aXb";
        assert_eq!(matches("${aws:PrincipalArn}", other, &context), Truth::False);
        assert_eq!(matches("${aws:SourceArn}", arn, &context), Truth::False);
    }
}
