//! What one kind of policy must or must not have in its statements.

use super::error::{DocumentError, DocumentErrors, Problem};
use super::{PolicyDocument, PrincipalPattern, Statement};
use crate::layer::Layer;

impl PolicyDocument {
    /// Whether a document can be a policy of this kind.
    ///
    /// # Errors
    /// The elements that this kind does not have, or lacks.
    pub fn suits(&self, layer: Layer) -> Result<(), DocumentErrors> {
        let errors: Vec<DocumentError> = self
            .statements
            .iter()
            .flat_map(|statement| unsuitable(statement, layer))
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        Err(DocumentErrors {
            name: self.name.clone(),
            text: self.text.clone(),
            errors,
        })
    }
}

fn unsuitable(statement: &Statement, layer: Layer) -> Vec<DocumentError> {
    let kind = layer.title();
    let mut errors = Vec::new();
    let mut report = |span, problem| errors.push(DocumentError { problem, span });
    let needed = |element| Problem::NeededInLayer { layer: kind, element };
    match (layer, &statement.principal) {
        (
            Layer::IdentityPolicy
            | Layer::PermissionsBoundary
            | Layer::SessionPolicy
            | Layer::ServiceControlPolicy,
            Some(principal),
        ) => {
            let element = principal.name();
            report(principal.span, Problem::NotInLayer { layer: kind, element });
        }
        (Layer::ResourceControlPolicy, Some(principal)) => {
            let anyone = |principal: &crate::span::Spanned<PrincipalPattern>| {
                principal.value == PrincipalPattern::Anyone
            };
            if principal.negated || !principal.principals.iter().all(anyone) {
                let element = "Principal other than \"*\"";
                report(principal.span, Problem::NotInLayer { layer: kind, element });
            }
        }
        (Layer::ResourcePolicy | Layer::VpcEndpointPolicy | Layer::ResourceControlPolicy, None) => {
            report(statement.span, needed("Principal"));
        }
        (_, Some(_) | None) => {}
    }
    if statement.resource.is_none() && layer != Layer::ResourcePolicy {
        report(statement.span, needed("Resource"));
    }
    errors
}
