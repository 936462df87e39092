//! A session that AWS does not know yet, in the lab.

use crate::lab_tests::{aws, everything, lab_of, told};
use ses_doctor_core::Need;
use ses_doctor_core::evidence::Evidence;
use ses_lab::World;
use ses_lab::world::PropagationError;
use std::time::{Duration, Instant};

const SCENARIO: &str = "healthy-fresh-session";

fn world(seconds: f64, error: PropagationError) -> World {
    let mut world = World::parse(SCENARIO, ses_lab::scenario(SCENARIO).unwrap()).unwrap();
    let operator = world.operator.as_mut().unwrap();
    operator.propagation_seconds = seconds;
    operator.propagation_error = error;
    world
}

async fn collected(world: World) -> Evidence {
    let lab = lab_of(world).await;
    everything(&aws(&lab).await, told(&lab)).await
}

#[tokio::test]
async fn a_session_that_becomes_known_is_waited_for() {
    for error in [PropagationError::UnknownKey, PropagationError::Denied] {
        let evidence = collected(world(1.5, error)).await;
        let keys = &evidence.access_keys;
        assert!(keys.known().is_some(), "{error:?}: {keys:?}");
        let used = &evidence.key_last_used;
        let waited = used
            .waited
            .as_ref()
            .unwrap_or_else(|| panic!("{error:?}: {used:?}"));
        assert!(waited.tries > 0 && waited.waited_ms >= 500, "{waited:?}");
        assert!(!waited.first_answer.is_empty());
        assert!(used.denied.is_empty(), "{used:?}");
    }
}

#[tokio::test]
async fn what_is_refused_to_a_session_that_is_known_is_refused_at_once() {
    let mut world = world(0.0, PropagationError::Denied);
    world.faults.denied = vec!["cloudtrail:*".to_owned(), "ses:*".to_owned()];
    let begun = Instant::now();
    let evidence = collected(world).await;
    assert_eq!(evidence.denied(Need::KeyEvents), ["cloudtrail:LookupEvents"]);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}
