//! Each factor is found where it decides, with few logins.

use super::*;

/// A world in which these circumstances fail, always.
fn deterministic(fails: impl Fn(&Attempt) -> bool, how: &TrialOutcome) -> Ran {
    run(design(limits(10)), |attempt| match fails(attempt) {
        true => how.clone(),
        false => TrialOutcome::Works,
    })
}

#[test]
fn one_address_that_fails_is_named_without_a_login() {
    let bad: IpAddr = "192.0.2.2".parse().unwrap();
    let ran = deterministic(|attempt| attempt.setup.address == Some(bad), &broken());
    let flip = ran.experiment.flip().unwrap();
    assert_eq!(
        (flip.factor, flip.failing()),
        (Factor::Address, vec!["192.0.2.2".to_owned()])
    );
    assert_eq!(flip.working(), ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(ran.experiment.logins, 0);
    assert_eq!(ran.begun.len(), 3 + 6, "three looks and three pairs");
    assert!(flip.chance < 0.016, "{}", flip.chance);
}

#[test]
fn addresses_of_one_family_that_fail_are_the_family() {
    let v6 = |attempt: &Attempt| attempt.setup.address.is_some_and(|address| address.is_ipv6());
    let ran = deterministic(v6, &broken());
    assert_eq!(claimed(&ran), Some(Factor::AddressFamily));
}

#[test]
fn the_port_is_found_with_every_port_that_works() {
    let ran = deterministic(|attempt| attempt.setup.port == 587, &broken());
    let flip = ran.experiment.flip().unwrap();
    assert_eq!((flip.factor, flip.working().len()), (Factor::Port, 2));
    assert_eq!(ran.experiment.logins, 0);
}

#[test]
fn the_smallest_number_of_connections_that_fails_is_found() {
    let ran = deterministic(|attempt| attempt.setup.connections > 3, &busy());
    let flip = ran.experiment.flip().unwrap();
    assert_eq!(
        (flip.factor, flip.failing()),
        (Factor::Concurrency, vec!["4 connections".to_owned()])
    );
    assert!(
        ran.experiment.stopped.is_none(),
        "a limit that was looked for is no throttling"
    );
}

#[test]
fn an_idle_connection_is_found() {
    let ran = deterministic(|attempt| attempt.setup.pause_ms > 0, &broken());
    assert_eq!(claimed(&ran), Some(Factor::Session));
}

#[test]
fn a_mechanism_costs_eight_logins() {
    let ran = deterministic(
        |attempt| attempt.reach == Reach::Login && attempt.setup.mechanism == Mechanism::Login,
        &refused(504, "Unrecognized authentication type"),
    );
    assert_eq!(claimed(&ran), Some(Factor::Mechanism));
    assert_eq!(ran.experiment.logins, 2 + 6, "a look at each and three pairs");
}

#[test]
fn a_budget_too_small_gives_a_hint_and_the_number_that_lacks() {
    let mut small = design(limits(5));
    small.alternatives.retain(|one| one.factor == Factor::Mechanism);
    let ran = run(small, |attempt| match attempt.setup.mechanism {
        Mechanism::Login => refused(535, "Authentication Credentials Invalid"),
        Mechanism::Plain => TrialOutcome::Works,
    });
    assert!(ran.experiment.logins <= 5);
    let Conclusion::Suggests { flip, more_logins } = &ran.experiment.conclusion else {
        panic!("{:?}", ran.experiment.conclusion);
    };
    assert_eq!(flip.factor, Factor::Mechanism);
    assert!(*more_logins >= 3, "{more_logins}");
}

#[test]
fn a_world_in_order_shows_no_difference_and_says_what_could_hide() {
    let ran = deterministic(|_| false, &broken());
    let Conclusion::NoDifference {
        works: true,
        trials,
        rarer_than: Some(rate),
    } = ran.experiment.conclusion
    else {
        panic!("{:?}", ran.experiment.conclusion);
    };
    assert_eq!(trials, 9, "one look and eight repetitions");
    assert!((0.2..0.4).contains(&rate));
}

#[test]
fn what_always_fails_is_not_tried_forever() {
    let ran = deterministic(
        |attempt| attempt.reach == Reach::Login,
        &refused(535, "Authentication Credentials Invalid"),
    );
    assert!(matches!(
        ran.experiment.conclusion,
        Conclusion::NoDifference { works: false, .. }
    ));
    assert!(ran.experiment.logins <= 4, "{}", ran.experiment.logins);
}

#[test]
fn a_login_at_one_address_that_fails_shows_in_the_repetitions() {
    let bad: IpAddr = "192.0.2.2".parse().unwrap();
    let ran = deterministic(
        |attempt| attempt.reach == Reach::Login && attempt.setup.address == Some(bad),
        &refused(454, "Temporary authentication failure"),
    );
    let flip = ran.experiment.flip().unwrap();
    assert_eq!(
        (flip.factor, flip.failing()),
        (Factor::Address, vec!["192.0.2.2".to_owned()])
    );
}

#[test]
fn a_fault_that_comes_and_goes_is_called_that_with_the_trials_that_would_tell() {
    let mut turn = 0;
    let ran = run(design(limits(10)), |attempt| {
        turn += u32::from(attempt.reach == Reach::Login);
        match attempt.reach == Reach::Login && turn % 3 == 0 {
            true => refused(454, "Temporary authentication failure"),
            false => TrialOutcome::Works,
        }
    });
    let Conclusion::Intermittent {
        failed,
        more: Some(more),
        ..
    } = ran.experiment.conclusion
    else {
        panic!("{:?}", ran.experiment.conclusion);
    };
    assert!(failed >= 1 && more > 10, "{failed} {more}");
}

#[test]
fn a_series_finds_the_mechanism_of_a_fault_that_comes_and_goes() {
    let (mut logins, mut found) = (0, design(limits(80)));
    found.alternatives.retain(|one| one.factor == Factor::Mechanism);
    let ran = run(found, |attempt| {
        logins += 1;
        match attempt.setup.mechanism == Mechanism::Plain && logins % 3 != 0 {
            true => refused(554, "no"),
            false => TrialOutcome::Works,
        }
    });
    assert_eq!(
        claimed(&ran),
        Some(Factor::Mechanism),
        "{:?}",
        ran.experiment.conclusion
    );
    assert!(
        ran.experiment
            .trials
            .iter()
            .any(|trial| trial.purpose == Purpose::Comparison)
    );
}

#[test]
fn replies_that_ask_for_less_make_the_pauses_grow_and_end_it() {
    let ran = run(design(limits(10)), |_| busy());
    assert_eq!(ran.experiment.stopped, Some(Stop::Throttled));
    let begun: Vec<u64> = ran.begun.iter().map(|(_, at)| *at).collect();
    let pauses: Vec<u64> = begun.windows(2).map(|pair| (pair[1] - pair[0]) / 1000).collect();
    assert_eq!(pauses, [5, 10, 30]);
}

#[test]
fn a_pair_that_was_taken_and_is_refused_again_and_again_ends_it() {
    let mut logins = 0;
    let ran = run(design(limits(20)), |attempt| {
        logins += u32::from(attempt.reach == Reach::Login);
        match attempt.reach == Reach::Login && logins > 1 {
            true => refused(535, "Authentication Credentials Invalid"),
            false => TrialOutcome::Works,
        }
    });
    assert_eq!(ran.experiment.stopped, Some(Stop::LockedOut));
    assert!(claimed(&ran).is_none());
}

#[test]
fn whatever_stops_it_leaves_what_is_known() {
    let mut planner = Planner::new(design(limits(10)));
    planner.stop(Stop::Interrupted);
    assert_eq!(planner.next(), None);
    let experiment = planner.experiment();
    assert_eq!(experiment.stopped, Some(Stop::Interrupted));
    assert!(matches!(experiment.conclusion, Conclusion::Nothing { .. }));
    assert!(!difference(&experiment).is_empty());
}
