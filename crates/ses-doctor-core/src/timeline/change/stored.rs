//! Changes of the secret or parameter that keeps the pair which was tried.

use super::Fit;
use crate::evidence::TrailEvent;
use crate::timeline::scene::Scene;

/// Another pair is written, or another version is made the current one.
pub(super) fn written(event: &TrailEvent, scene: &Scene<'_>) -> Option<Fit> {
    let source = scene.source.filter(|source| source.is_named_by(event))?;
    let did = match event.name.as_str() {
        "PutSecretValue" | "UpdateSecret" => format!("wrote the secret {}", source.name),
        "UpdateSecretVersionStage" => format!(
            "made another version of the secret {} the current one",
            source.name
        ),
        "PutParameter" => format!("wrote the parameter {}", source.name),
        _ => return None,
    };
    let exact = source.is_made_current_by(event);
    Some(Fit::breaks("the kept pair", did).exact(exact).rewrites())
}
