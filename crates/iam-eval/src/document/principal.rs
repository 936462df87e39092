//! `Principal` and `NotPrincipal`.

use super::elements::whole;
use super::error::Problem;
use super::parse::Reader;
use super::{PrincipalElement, PrincipalPattern};
use crate::arn::Arn;
use crate::json::{Member, Node, Shape};
use crate::span::Spanned;

const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

pub(super) fn element(reader: &mut Reader, member: &Member<'_>, negated: bool) -> Option<PrincipalElement> {
    let node = member.value;
    let principals = match reader.taken(node.shape())? {
        Shape::String(text) if text == "*" => vec![Spanned {
            value: PrincipalPattern::Anyone,
            span: node.span,
        }],
        Shape::String(text) => {
            reader.report(node.span, Problem::BadPrincipal(text.into_owned()));
            return None;
        }
        Shape::Object(kinds) => {
            reader.unique(&kinds);
            kinds.iter().flat_map(|kind| of_kind(reader, kind)).collect()
        }
        other @ (Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Array(_)) => {
            reader.wrong_type(node.span, &member.key, "\"*\" or an object", &other);
            return None;
        }
    };
    if principals.is_empty() {
        let element = member.key.to_string();
        reader.report(node.span, Problem::Empty { element });
        return None;
    }
    Some(PrincipalElement {
        negated,
        span: whole(member),
        principals,
    })
}

fn of_kind(reader: &mut Reader, kind: &Member<'_>) -> Vec<Spanned<PrincipalPattern>> {
    if !KINDS.contains(&&*kind.key) {
        let meant = KINDS.iter().find(|known| known.eq_ignore_ascii_case(&kind.key));
        let problem = Problem::UnknownPrincipal {
            found: kind.key.to_string(),
            meant: meant.map(|meant| (*meant).to_owned()),
        };
        reader.report(kind.key_span, problem);
        return Vec::new();
    }
    let nodes = reader.one_or_more(kind.value);
    nodes
        .into_iter()
        .filter_map(|node| one(reader, &kind.key, node))
        .collect()
}

fn one(reader: &mut Reader, kind: &str, node: Node<'_>) -> Option<Spanned<PrincipalPattern>> {
    let text = reader.string(node, kind)?;
    let name: Box<str> = text.value.as_str().into();
    let value = match kind {
        "Service" => PrincipalPattern::Service(name),
        "Federated" => PrincipalPattern::Federated(name),
        "CanonicalUser" => PrincipalPattern::CanonicalUser(name),
        _ => aws(&name),
    };
    Some(Spanned {
        value,
        span: text.span,
    })
}

fn aws(name: &str) -> PrincipalPattern {
    if name == "*" {
        return PrincipalPattern::Anyone;
    }
    match Arn::parse(name) {
        Some(arn) if arn.service == "iam" && arn.resource == "root" => {
            PrincipalPattern::Account(arn.account.into())
        }
        None if name.bytes().all(|byte| byte.is_ascii_digit()) => PrincipalPattern::Account(name.into()),
        Some(_) | None => PrincipalPattern::Arn(name.into()),
    }
}
