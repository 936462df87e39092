//! A connection that is held in silence: it outlives the pause, or it shows how it ended.

use super::*;
use crate::reply::Phase;
use std::time::Duration;

const ALIVE: &[Step] = &[Step::Hear("NOOP"), Step::Say("250 Ok\r\n")];
const DISMISSED: &[Step] = &[Step::Say("451 4.4.2 Timeout waiting for data from client.\r\n")];
const FORGOTTEN: &[Step] = &[Step::Hear("NOOP"), Step::Hang];

async fn held(after: &[&[Step]]) -> ProbeFacts {
    let start: &[&[Step]] = &[&[GREETING], EHLO, TLS, EHLO];
    let server = serve(vec![script(&[start, after].concat())], &[HOST]).await;
    let mut request = request(&server, 587, Goal::Ehlo);
    request.hold = Some(Duration::from_millis(100));
    probe(&server, &request).await
}

#[tokio::test]
async fn a_connection_that_outlives_the_pause_is_a_success() {
    let facts = held(&[ALIVE, QUIT]).await;
    assert_eq!((facts.failure.as_ref(), facts.refusal.as_ref()), (None, None));
    assert!(dialogue(&facts).contains("-- in silence for 100ms"));
}

#[tokio::test]
async fn a_server_that_closes_for_the_silence_is_quoted() {
    let facts = held(&[DISMISSED]).await;
    let (phase, reply) = facts.refusal.unwrap();
    assert_eq!((phase, reply.code), (Phase::Idle, 451));
}

#[tokio::test]
async fn a_connection_forgotten_on_the_way_shows_at_the_command_after_the_pause() {
    let facts = held(&[FORGOTTEN]).await;
    let failure = facts.failure.unwrap();
    assert_eq!(
        (failure.phase, failure.kind),
        (Phase::Idle, FailureKind::TimedOut)
    );
    let facts = held(&[]).await;
    assert_eq!(facts.failure.unwrap().kind, FailureKind::Closed);
}
