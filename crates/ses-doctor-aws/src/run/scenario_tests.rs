//! In every world of the lab that a plan cures, against the lab's own AWS APIs: the process is killed at every point of the
//! run, and what it left behind is finished, and undone, with every write made exactly once; and every write meets throttling,
//! server errors, refusals and a lost answer.

use super::*;
use crate::AwsActuator;
use crate::lab_tests::{aws, everything, lab_of, told};
use crate::lookup_budget::LookupBudget;
use jiff::Timestamp;
use ses_doctor_core::action::Action;
use ses_doctor_core::evidence::Evidence;
use ses_doctor_core::fix::{Maker, Wishes, draft, growing_policies, make_room};
use ses_doctor_core::journal::RunId;
use ses_doctor_core::plan::{Drafted, Plan};
use ses_doctor_core::rollback::rollback;
use ses_lab::world::{Faults, Refusal};
use ses_lab::{Lab, World};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// AWS, as a process sees it that is killed at one of its looks or calls.
struct Mortal<'a> {
    aws: &'a AwsActuator,
    dies_at: Option<usize>,
    point: AtomicUsize,
    dead: Notify,
}

impl<'a> Mortal<'a> {
    fn new(aws: &'a AwsActuator, dies_at: Option<usize>) -> Self {
        Self {
            aws,
            dies_at,
            point: AtomicUsize::new(0),
            dead: Notify::new(),
        }
    }

    /// A process that is killed never goes on from here.
    async fn live(&self) {
        if Some(self.point.fetch_add(1, Ordering::SeqCst)) == self.dies_at {
            self.dead.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

impl Actuator for Mortal<'_> {
    async fn read(&self, action: &Action) -> Result<State, String> {
        self.live().await;
        let state = self.aws.read(action).await;
        self.live().await;
        state
    }

    async fn act(&self, action: &Action) -> Result<(), CallError> {
        self.live().await;
        let answer = self.aws.act(action).await;
        self.live().await;
        answer
    }

    async fn describe(&self, action: &Action) -> Result<serde_json::Value, String> {
        self.aws.describe(action).await
    }
}

fn quick() -> Patience {
    Patience {
        first_wait: Duration::from_millis(1),
        looks: 3,
        looks_if_unclear: 2,
        calls: 3,
    }
}

/// What the person of a world tells, since no evidence does.
fn wishes() -> Wishes {
    Wishes {
        source_ip: Some("198.51.100.40".parse().unwrap()),
        client_source: Some("10.60.0.0/16".to_owned()),
    }
}

fn maker() -> Maker {
    Maker {
        made_at: Timestamp::now(),
        made_by: "test".into(),
        symptom_path: None,
    }
}

/// A world in which versions of policies have no numbers, and no order: what is made again after its deletion has another one.
fn without_numbers(configuration: &str) -> Vec<&str> {
    let is_number = |line: &&str| {
        let line = line.trim();
        line.starts_with("version:") || line.starts_with("number:")
    };
    let mut lines: Vec<&str> = configuration.lines().filter(|line| !is_number(line)).collect();
    lines.sort_unstable();
    lines
}

/// The call of an action as the lab names it.
fn call_of(action: &Action) -> String {
    action.call().name().replace("sesv2:", "ses:")
}

/// A lab with the plan that cures its world, a folder for runs, and the hands.
struct Ward {
    lab: Lab,
    plan: Plan,
    aws: AwsActuator,
    folder: tempfile::TempDir,
    before: String,
}

impl Ward {
    async fn of(world: World) -> Self {
        let ward = Self::around(world).await;
        let aws = aws(&ward.lab)
            .await
            .with_lookups(LookupBudget::of(Duration::ZERO));
        let evidence = everything(&aws, told(&ward.lab)).await;
        let plan = draft(&evidence, &wishes(), maker());
        assert!(!plan.steps.is_empty(), "{}: no step", ward.lab.world().title);
        let mut plan = plan;
        for policy in growing_policies(&plan) {
            make_room(&mut plan, &policy, &ward.aws.versions(&policy).await.unwrap());
        }
        Self { plan, ..ward }
    }

    /// With nothing planned yet.
    async fn around(world: World) -> Self {
        let lab = lab_of(world).await;
        let region = lab.world().client.region.clone();
        Self {
            plan: draft(&Evidence::default(), &wishes(), maker()),
            aws: AwsActuator::new(aws(&lab).await, region),
            folder: tempfile::tempdir().unwrap(),
            before: lab.configuration(),
            lab,
        }
    }

    fn store(&self) -> RunStore {
        RunStore::open(self.folder.path()).unwrap()
    }

    async fn checked(&self, plan: &Plan) -> Checked {
        let found = look(&self.aws, plan.steps.iter().map(|step| &step.action)).await;
        let all: Vec<usize> = (1..=plan.steps.len()).collect();
        Drafted::new(plan.clone()).check(&found, &all).unwrap()
    }

    /// The writes that AWS was asked for since the last time.
    fn writes(&self) -> BTreeMap<String, u32> {
        let mut calls = self.lab.calls();
        let reads = ["Get", "List", "Describe"];
        calls.retain(|call, _| {
            let name = call.rsplit(':').next().unwrap_or_default();
            !reads.iter().any(|verb| name.starts_with(verb))
        });
        self.lab.permit(None);
        calls
    }

    /// How often each call is to be made by a whole run.
    fn once_each(plan: &Plan) -> BTreeMap<String, u32> {
        let mut calls = BTreeMap::new();
        for step in &plan.steps {
            *calls.entry(call_of(&step.action)).or_default() += 1;
        }
        calls
    }

    /// A process begins the run, and is killed at this point; `true` when it came to its end before.
    async fn first_life(&self, dies_at: Option<usize>) -> (RunId, bool) {
        let checked = self.checked(&self.plan).await;
        let (run, mut journal) = self
            .store()
            .begin(&checked, None, &serde_json::Value::Null)
            .unwrap();
        let mortal = Mortal::new(&self.aws, dies_at);
        let patience = quick();
        let lived = tokio::select! {
            finish = carry_out(&checked, &[], &mut journal, &mortal, &patience) => {
                assert_eq!(finish.unwrap(), Finish::Done);
                true
            }
            () = mortal.dead.notified() => false,
        };
        (run, lived)
    }

    async fn resume(&self, run: &RunId) -> Finish {
        let store = self.store();
        let kept = store.load(run).unwrap();
        let checked = self.checked(kept.plan.plan()).await;
        let mut journal = store.reopen(run).unwrap();
        carry_out(&checked, &kept.progress.steps, &mut journal, &self.aws, &quick())
            .await
            .unwrap()
    }

    /// Undoes a run, and finds the very world that was there before.
    async fn undo(&self, run: &RunId, what: &str) {
        let store = self.store();
        let kept = store.load(run).unwrap();
        let undo = rollback(kept.plan.plan(), &kept.progress, Timestamp::now(), "test");
        let checked = self.checked(&undo).await;
        let (_, mut journal) = store
            .begin(&checked, Some(run), &serde_json::Value::Null)
            .unwrap();
        let finish = carry_out(&checked, &[], &mut journal, &self.aws, &quick()).await;
        assert_eq!(finish.unwrap(), Finish::Done, "{what}");
        let after = self.lab.configuration();
        let is_same = match kept
            .plan
            .plan()
            .steps
            .iter()
            .any(|step| step.action.one_way().is_some())
        {
            true => without_numbers(&after) == without_numbers(&self.before),
            false => after == self.before,
        };
        assert!(is_same, "{what}: another world than before");
        self.lab.reset_accounts();
    }

    async fn survives(&self, name: &str) {
        let wanted = Self::once_each(&self.plan);
        self.writes();
        let (run, lived) = self.first_life(None).await;
        assert!(lived && self.writes() == wanted, "{name}");
        let after = self.lab.configuration();
        self.undo(&run, name).await;
        for finish in [true, false] {
            for point in 0.. {
                let what = format!("{name}, killed at point {point}, finished: {finish}");
                self.writes();
                let (run, lived) = self.first_life(Some(point)).await;
                if finish {
                    assert_eq!(self.resume(&run).await, Finish::Done, "{what}");
                    assert_eq!(self.writes(), wanted, "{what}");
                    assert!(self.lab.configuration() == after, "{what}: another world");
                }
                self.undo(&run, &what).await;
                if lived {
                    assert!(point >= 4 * self.plan.steps.len(), "{what}");
                    break;
                }
            }
        }
    }
}

/// The worlds that AWS's answers alone tell how to cure; the others that calls to AWS cure are gone through by
/// `tests/e2e/recovery.rs`.
const CURED: [&str; 13] = [
    "api-version-condition",
    "configuration-set-not-permitted",
    "configuration-set-paused",
    "explicit-deny",
    "from-address-condition",
    "identity-policy-deny",
    "ip-condition",
    "key-inactive",
    "missing-send-permission",
    "recipient-not-permitted-in-sandbox",
    "sending-disabled",
    "tenant-resource-missing",
    "unsupported-condition-key",
];

fn world(name: &str) -> World {
    World::parse(name, ses_lab::scenario(name).unwrap()).unwrap()
}

/// The stack of a process's main thread, on which the program itself makes its plans.
const STACK: usize = 8 << 20;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .unwrap()
}

fn alone(test: impl Future<Output = ()> + Send + 'static) {
    runtime().block_on(async { tokio::spawn(test).await.unwrap() });
}

/// In all worlds at once.
fn in_all<F: Future<Output = ()> + Send + 'static>(each: impl Fn(&'static str) -> F) {
    let runtime = runtime();
    let mut tasks = tokio::task::JoinSet::new();
    for name in CURED {
        tasks.spawn_on(Box::pin(each(name)), runtime.handle());
    }
    runtime.block_on(tasks.join_all());
}

#[test]
fn killed_at_any_point_in_any_world_a_run_is_finished_and_undone_and_no_write_is_made_twice() {
    in_all(|name| async move { Ward::of(world(name)).await.survives(name).await });
}

/// A managed policy of the account denies, and all its places for versions are taken.
fn full_policy() -> World {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../ses-doctor/tests/worlds/denied-by-a-full-managed-policy.toml"
    );
    World::read(path.as_ref()).unwrap()
}

#[test]
fn where_all_places_for_versions_are_taken_the_oldest_goes_and_a_kill_at_any_point_loses_nothing() {
    alone(async {
        let ward = Ward::of(full_policy()).await;
        let calls: Vec<String> = ward.plan.steps.iter().map(|step| call_of(&step.action)).collect();
        assert_eq!(
            calls,
            [
                "iam:DeletePolicyVersion",
                "iam:CreatePolicyVersion",
                "iam:SetDefaultPolicyVersion"
            ]
        );
        ward.survives("full managed policy").await;
    });
}

#[test]
fn a_plan_that_makes_no_room_is_refused_before_anything_changes() {
    alone(async {
        let ward = Ward::of(full_policy()).await;
        let mut plan = ward.plan.clone();
        plan.steps.remove(0);
        if let Action::PolicyVersion(version) = &mut plan.steps[0].action {
            version.in_place_of = None;
        }
        let found = look(&ward.aws, plan.steps.iter().map(|step| &step.action)).await;
        let refusal = Drafted::new(plan).check(&found, &[]).unwrap_err();
        assert!(
            refusal.drift[0].found.words().contains("without room"),
            "{refusal:?}"
        );
        assert!(ward.lab.configuration() == ward.before);
    });
}

/// The same plan in a world whose writes fail as `faults` says.
async fn carried_out(name: &str, fault: impl Fn(&mut Faults, &str)) -> (Ward, RunId, Finish) {
    let planned = Ward::of(world(name)).await;
    let mut broken = world(name);
    for step in &planned.plan.steps {
        let inverse = step.action.inverse();
        for action in [&step.action, &inverse] {
            fault(&mut broken.faults, &call_of(action));
        }
    }
    let ward = Ward {
        plan: planned.plan,
        ..Ward::around(broken).await
    };
    let checked = ward.checked(&ward.plan).await;
    let (run, mut journal) = ward
        .store()
        .begin(&checked, None, &serde_json::Value::Null)
        .unwrap();
    let finish = carry_out(&checked, &[], &mut journal, &ward.aws, &quick()).await;
    (ward, run, finish.unwrap())
}

#[test]
fn throttling_and_server_errors_at_every_write_of_any_world_are_got_over() {
    in_all(|name| async move {
        let (ward, run, finish) = carried_out(name, |faults, call| {
            faults.error_5xx.insert(call.to_owned(), 2);
            faults.throttle.insert(call.to_owned(), 1);
        })
        .await;
        assert_eq!(finish, Finish::Done, "{name}");
        ward.undo(&run, name).await;
    });
}

#[test]
fn a_definite_no_of_any_kind_is_asked_for_once_and_written_down_with_its_code() {
    in_all(|name| async move {
        for refusal in [
            Refusal::LimitExceeded,
            Refusal::EntityAlreadyExists,
            Refusal::MalformedPolicyDocument,
            Refusal::NoSuchEntity,
            Refusal::ValidationError,
            Refusal::ConcurrentModification,
        ] {
            let what = format!("{name}, {refusal:?}");
            let (ward, run, finish) = carried_out(name, |faults, call| {
                faults.refused.insert(call.to_owned(), refusal);
            })
            .await;
            assert!(
                matches!(finish, Finish::Stopped { step: 1, .. }),
                "{what}: {finish:?}"
            );
            assert_eq!(ward.writes().values().sum::<u32>(), 1, "{what}: asked again");
            let kept = ward.store().load(&run).unwrap();
            // SES has other words for what is there or is not: by status and code they are a no all the same.
            let code = format!("{refusal:?}");
            assert!(
                matches!(&kept.progress.steps[0], StepState::Settled(Outcome::NotDone { code: Some(of), .. }) if *of == code),
                "{what}: {:?}",
                kept.progress.steps
            );
            assert!(ward.lab.configuration() == ward.before, "{what}");
            ward.undo(&run, &what).await;
        }
    });
}

#[test]
fn a_write_that_is_refused_or_fails_for_good_leaves_any_world_as_it_was() {
    in_all(|name| async move {
        let denied = carried_out(name, |faults, call| faults.denied.push(call.to_owned()));
        let failing = carried_out(name, |faults, call| {
            faults.error_5xx.insert(call.to_owned(), 1000);
        });
        for (ward, run, finish) in <[_; 2]>::from(futures::join!(denied, failing)) {
            assert!(
                matches!(finish, Finish::Stopped { step: 1, .. }),
                "{name}: {finish:?}"
            );
            assert!(ward.lab.configuration() == ward.before, "{name}");
            ward.undo(&run, name).await;
        }
    });
}
