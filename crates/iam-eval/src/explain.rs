//! A decision in words, with the statements that made it as source.

use crate::context::Lookup;
use crate::decision::Decision;
use crate::document::{Condition, Effect};
use crate::evaluate::Evaluation;
use crate::excerpt::Excerpt;
use crate::layer::Layer;
use crate::span::Span;
use crate::statement::Because;
use crate::tally::Outcome;
use crate::trace::{Decider, DocumentTrace, GroupTrace, StatementTrace};
use std::fmt;

/// A decision in words, for people: what decided, as source with a pointer, and what else took part.
#[derive(Debug, Clone, Copy)]
pub struct Explanation<'e, 'a>(&'e Evaluation<'a>);

impl<'a> Evaluation<'a> {
    /// The decision in words.
    #[must_use]
    pub fn explain(&self) -> Explanation<'_, 'a> {
        Explanation(self)
    }
}

/// Statements that nearly matched, that are shown.
const NEAR_MISSES: usize = 3;

impl fmt::Display for Explanation<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.0.request();
        writeln!(
            f,
            "{}: {} on {}",
            self.0.decision(),
            request.action(),
            request.resource()
        )?;
        writeln!(f, "asked by {}", request.principal())?;
        let trace = self.0.trace();
        match self.0.decided_by() {
            Some(decider) => self.decider(f, &decider, &trace)?,
            None if self.0.decision() == Decision::Allowed => {
                writeln!(f, "\nThe root user may do everything in its own account.")?;
            }
            None => self.open(f, &trace)?,
        }
        writeln!(f, "\nTook part:")?;
        trace.iter().try_for_each(|group| took_part(f, group))
    }
}

impl Explanation<'_, '_> {
    fn decider(
        &self,
        f: &mut fmt::Formatter<'_>,
        decider: &Decider<'_>,
        trace: &[GroupTrace<'_>],
    ) -> fmt::Result {
        let layer = place(decider.layer, decider.target);
        if let (Some(document), Some((index, statement))) = (decider.document, decider.statement) {
            let verb = match statement.effect.value {
                Effect::Allow => "Allowed",
                Effect::Deny => "Denied",
            };
            let found = trace.iter().flat_map(|group| &group.documents);
            let found = found.filter(|found| std::ptr::eq(found.document, document));
            let said = found
                .flat_map(|found| &found.statements)
                .find(|said| said.index == index);
            let span = said.map_or(statement.span, |said| self.pointer(said));
            writeln!(
                f,
                "\n{verb} by statement {} of {layer}:",
                statement_name(said, index)
            )?;
            return writeln!(f, "{}", Excerpt::new(document, span));
        }
        let of_layer = |group: &&GroupTrace<'_>| {
            (group.layer, group.target) == (decider.layer, decider.target)
                && group.allows == Outcome::NotMatched
        };
        let Some(group) = trace.iter().find(of_layer) else {
            return writeln!(
                f,
                "\nNot allowed: {layer} would have to allow it, and there is none."
            );
        };
        writeln!(f, "\nNot allowed: no statement of {layer} allows it.")?;
        self.statements(f, group, "Nearest: statement", |said| said.is_near_miss())
    }

    fn open(&self, f: &mut fmt::Formatter<'_>, trace: &[GroupTrace<'_>]) -> fmt::Result {
        let possible: Vec<&str> = self.0.possible().iter().map(|decision| decision.id()).collect();
        let missing = self.0.missing_context().join(", ");
        writeln!(f, "\nIt is {}, depending on {missing}:", possible.join(" or "))?;
        for group in trace {
            self.statements(f, group, "Statement", |said| said.outcome == Outcome::Open)?;
        }
        Ok(())
    }

    /// Some statements of a group, each with what settled it.
    fn statements(
        &self,
        f: &mut fmt::Formatter<'_>,
        group: &GroupTrace<'_>,
        begin: &str,
        wanted: impl Fn(&StatementTrace<'_>) -> bool,
    ) -> fmt::Result {
        let all = group.documents.iter().flat_map(|document| {
            let statements = document.statements.iter();
            statements.map(move |said| (document, said))
        });
        for (document, said) in all.filter(|(_, said)| wanted(said)).take(NEAR_MISSES) {
            let name = statement_name(Some(said), said.index);
            let layer = place(group.layer, group.target);
            writeln!(f, "{begin} {name} of {layer} {}", self.why(said))?;
            writeln!(f, "{}", Excerpt::new(document.document, self.pointer(said)))?;
        }
        Ok(())
    }

    /// What settled a statement, as the end of a sentence.
    fn why(&self, said: &StatementTrace<'_>) -> String {
        let request = self.0.request();
        let verb = match said.outcome {
            Outcome::Open => "may match",
            Outcome::Matched | Outcome::NotMatched => "does not match",
        };
        match said.because {
            Because::AllMatch => "matches:".to_owned(),
            Because::Principal => format!("{verb} the principal {}:", request.principal()),
            Because::Action => format!("{verb} the action {}:", request.action()),
            Because::Resource => format!("{verb} the resource {}:", request.resource()),
            Because::Condition(index) => match said.statement.conditions.get(usize::from(index)) {
                Some(condition) => format!("{verb}: {}:", self.condition(condition)),
                None => format!("{verb}:"),
            },
        }
    }

    fn condition(&self, condition: &Condition) -> String {
        let key = &condition.key.value;
        if let Some(value) = condition.values.iter().find(|value| value.value.is_senseless()) {
            return format!(
                "{} can make nothing of {:?}",
                condition.operator.value,
                value.value.text()
            );
        }
        match self.0.request().context().lookup(condition.key_lower()) {
            Lookup::Absent => format!("the request has no {key}"),
            Lookup::Unknown(_) => format!("{key} is unknown"),
            Lookup::Known([value]) => format!("{key} is {value:?}"),
            Lookup::Known(values) => format!("{key} is {values:?}"),
        }
    }

    /// Where to point: at the element that settled it; in a statement that matches, at its first condition, or else at the
    /// action.
    fn pointer(&self, said: &StatementTrace<'_>) -> Span {
        let statement = said.statement;
        match (said.because, statement.conditions.first()) {
            (Because::AllMatch, Some(condition)) => condition.span,
            (Because::AllMatch, None) => {
                let matching = statement.action.matching(self.0.request().action_lower());
                matching.unwrap_or(statement.action.span)
            }
            (Because::Principal | Because::Action | Because::Resource | Because::Condition(_), _) => {
                said.span()
            }
        }
    }
}

impl StatementTrace<'_> {
    /// It would allow, if not for its resource or a condition.
    fn is_near_miss(&self) -> bool {
        self.statement.effect.value == Effect::Allow
            && match self.because {
                Because::Resource | Because::Condition(_) | Because::Principal => true,
                Because::AllMatch | Because::Action => false,
            }
    }
}

fn place(layer: Layer, target: Option<&str>) -> String {
    match target {
        Some(target) => format!("{} on {target}", layer.title()),
        None => layer.title().to_owned(),
    }
}

fn statement_name(said: Option<&StatementTrace<'_>>, index: usize) -> String {
    let sid = said.and_then(|said| said.statement.sid.as_ref());
    match sid.filter(|sid| !sid.value.is_empty()) {
        Some(sid) => format!("{:?}", sid.value),
        None => format!("{}", index + 1),
    }
}

fn took_part(f: &mut fmt::Formatter<'_>, group: &GroupTrace<'_>) -> fmt::Result {
    let mut said = group.documents.iter().flat_map(|document| &document.statements);
    let denies =
        said.any(|said| said.outcome == Outcome::Matched && said.statement.effect.value == Effect::Deny);
    let verdict = match (group.binds, group.allows) {
        (false, _) => "does not bind this principal",
        (true, _) if denies => "denies",
        (true, Outcome::Matched) => "allows",
        (true, Outcome::NotMatched) => "does not allow",
        (true, Outcome::Open) => "may allow",
    };
    let target = group
        .target
        .map(|target| format!(" {target}"))
        .unwrap_or_default();
    writeln!(f, "  {}{target}: {verdict}", group.layer)?;
    let mut documents = group.documents.iter().filter(|_| group.binds);
    documents.try_for_each(|document| document_line(f, document))
}

fn document_line(f: &mut fmt::Formatter<'_>, document: &DocumentTrace<'_>) -> fmt::Result {
    let of = |outcome, effect| {
        let statements = document.statements.iter();
        let matching = statements
            .filter(|said| said.outcome == outcome && said.statement.effect.value == effect)
            .map(|said| statement_name(Some(said), said.index));
        matching.collect::<Vec<_>>().join(", ")
    };
    write!(f, "    {}:", document.document.name())?;
    let mut silent = true;
    for (outcome, effect, verb) in [
        (Outcome::Matched, Effect::Deny, "denies"),
        (Outcome::Matched, Effect::Allow, "allows"),
        (Outcome::Open, Effect::Deny, "may deny"),
        (Outcome::Open, Effect::Allow, "may allow"),
    ] {
        let names = of(outcome, effect);
        if !names.is_empty() {
            write!(f, "{} statement {names} {verb}", if silent { "" } else { ";" })?;
            silent = false;
        }
    }
    writeln!(f, "{}", if silent { " nothing in it matches" } else { "" })
}

#[cfg(test)]
mod tests {
    use crate::evaluate::evaluate;
    use crate::simulation::Simulation;

    /// The example, changed here and there.
    fn explained(changes: &[(&str, &str)]) -> String {
        let mut text = include_str!("../examples/send.json").to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let simulation = Simulation::parse(&text).unwrap();
        let (policies, request) = (simulation.policies().unwrap(), simulation.request().unwrap());
        evaluate(&policies, &request).explain().to_string()
    }

    const FROM: &str = "\"ses:FromAddress\": \"alerts@example.com\",";

    #[test]
    fn every_decision_is_explained_with_its_statement() {
        insta::assert_snapshot!("allowed", explained(&[]));
        insta::assert_snapshot!("explicit-deny", explained(&[("203.0.113.7", "198.51.100.1")]));
        insta::assert_snapshot!(
            "implicit-deny",
            explained(&[("alerts@example.com", "alerts@example.org")])
        );
        insta::assert_snapshot!(
            "undetermined",
            explained(&[
                (FROM, ""),
                (
                    "\"context\"",
                    "\"unknown_context\": [\"ses:FromAddress\"], \"context\""
                )
            ])
        );
    }

    #[test]
    fn what_does_not_exist_or_does_not_bind_is_said() {
        insta::assert_snapshot!(
            "no-resource-policy",
            explained(&[("eu-west-1:111122223333", "eu-west-1:999988887777")])
        );
        let linked = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/y";
        let root = "arn:aws:iam::111122223333:root";
        insta::assert_snapshot!(
            "service-linked-role",
            explained(&[("arn:aws:iam::111122223333:user/app", linked)])
        );
        insta::assert_snapshot!(
            "root-user",
            explained(&[("arn:aws:iam::111122223333:user/app", root)])
        );
    }
}
