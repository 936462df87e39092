//! The actions of a rotation against the lab: there and back, and whose keys are left alone.

use super::*;
use crate::lab_tests::{aws, lab_of};
use ses_doctor_core::action::{
    AccessKeyDeletion, Holds, NEW_PAIR, NewAccessKey, NewKey, QuietKey, Store, StoredPair, Which,
    WritableStore,
};
use ses_lab::{Lab, World};
use tempfile::TempDir;

const SCENARIO: &str = "healthy-secret";
const USER: &str = "choir-smtp";
const OLD: &str = "AKIAZBKLMJRIWXFZFVMO";

struct Desk {
    lab: Lab,
    actuator: AwsActuator,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let text = format!("{}\n{PARAMETER}", ses_lab::scenario(SCENARIO).unwrap());
        let lab = lab_of(World::parse(SCENARIO, &text).unwrap()).await;
        let desk = Self {
            actuator: AwsActuator::new(aws(&lab).await, "eu-west-2"),
            folder: tempfile::tempdir().unwrap(),
            lab,
        };
        desk.actuator.keep_in(desk.folder.path());
        desk
    }

    /// The next process that works on the same run.
    async fn reborn(&self) -> AwsActuator {
        let actuator = AwsActuator::new(aws(&self.lab).await, "eu-west-2");
        actuator.keep_in(self.folder.path());
        actuator
    }

    fn vault(&self) -> Vault {
        Vault::of(self.folder.path())
    }

    fn keys(&self) -> usize {
        self.lab.smtp_keys().len()
    }
}

const PARAMETER: &str = r#"
[[account.parameter]]
name = "/choir/password"
region = "eu-west-2"
[[account.parameter.version]]
password = "before"
"#;

fn new_key() -> Action {
    NewAccessKey {
        user: USER.into(),
        known: vec![OLD.into()],
        before: NewKey::Absent,
        after: NewKey::Active,
    }
    .into()
}

fn pair(store: Store, holds: Holds, old: &str) -> Action {
    StoredPair {
        store,
        holds,
        region: "eu-west-2".into(),
        key: OLD.into(),
        old: Some(old.into()),
        before: Which::Old,
        after: Which::New,
    }
    .into()
}

fn secret() -> Store {
    Store::Secret {
        id: "choir/ses-smtp".into(),
        member: None,
    }
}

fn parameter() -> Store {
    Store::Parameter {
        id: "/choir/password".into(),
        member: None,
    }
}

async fn version_of(desk: &Desk, store: &Store) -> String {
    let at = stored_pair::place(store, "eu-west-2").unwrap();
    desk.actuator.aws().kept_now(&at).await.unwrap().version
}

/// Carries it out, and sees it done.
async fn does(actuator: &AwsActuator, action: &Action) {
    assert_eq!(
        actuator.read(action).await.unwrap(),
        action.before(),
        "{action:?}"
    );
    actuator.act(action).await.unwrap();
    assert_eq!(actuator.read(action).await.unwrap(), action.after(), "{action:?}");
}

#[tokio::test]
async fn a_key_is_made_kept_stored_and_taken_back() {
    let desk = Desk::new().await;
    let before = desk.lab.configuration();
    let key = new_key();
    does(&desk.actuator, &key).await;
    assert!(desk.vault().pair("eu-west-2").unwrap().is_some());
    let stored = [(secret(), Holds::Pair), (parameter(), Holds::Password)];
    let mut undo = vec![key.inverse()];
    for (store, holds) in stored {
        let gate = WritableStore {
            store: store.clone(),
            region: "eu-west-2".into(),
            before: false,
            after: true,
        };
        let version = version_of(&desk, &store).await;
        does(&desk.actuator, &gate.into()).await;
        assert_eq!(
            version_of(&desk, &store).await,
            version,
            "the trial changes nothing"
        );
        let stored = pair(store, holds, &version);
        assert!(desk.actuator.describe(&stored).await.unwrap().is_object());
        does(&desk.actuator, &stored).await;
        undo.push(stored.inverse());
    }
    // Also once the secret is gone, places that hold the new pair are known.
    desk.vault().hand_over().unwrap();
    for action in undo.iter().rev() {
        does(&desk.reborn().await, action).await;
    }
    assert_eq!(desk.lab.configuration(), before);
}

#[tokio::test]
async fn a_key_whose_secret_was_lost_is_replaced_and_said() {
    let desk = Desk::new().await;
    desk.vault().announce(jiff::Timestamp::now()).unwrap();
    let iam = desk.actuator.iam();
    let lost = iam.create_access_key().user_name(USER).send().await.unwrap();
    let lost = lost.access_key.unwrap().access_key_id;
    does(&desk.actuator, &new_key()).await;
    let record = desk.vault().record().unwrap();
    assert_eq!((record.lost, desk.keys()), (vec![lost.clone()], 2));
    assert_ne!(record.key, Some(lost));
}

#[tokio::test]
async fn an_undoing_takes_the_key_whose_secret_was_lost() {
    let desk = Desk::new().await;
    let before = desk.lab.configuration();
    desk.vault().announce(jiff::Timestamp::now()).unwrap();
    let iam = desk.actuator.iam();
    iam.create_access_key().user_name(USER).send().await.unwrap();
    does(&desk.actuator, &new_key().inverse()).await;
    assert_eq!(desk.lab.configuration(), before);
}

#[tokio::test]
async fn a_key_that_somebody_else_made_is_never_touched() {
    let desk = Desk::new().await;
    let iam = desk.actuator.iam();
    let made = iam.create_access_key().user_name(USER).send().await.unwrap();
    let made = made.access_key.unwrap();
    // Before this run announced one.
    let state = desk.actuator.read(&new_key()).await.unwrap();
    assert!(
        matches!(&state, State::Word(word) if word.contains(&made.access_key_id)),
        "{state:?}"
    );
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(6);
    desk.vault().announce(later).unwrap();
    for action in [new_key(), new_key().inverse()] {
        let refused = desk.actuator.act(&action).await.unwrap_err();
        assert!(refused.to_string().contains("not made by this run"), "{refused}");
    }
    assert_eq!(desk.keys(), 2);
}

#[tokio::test]
async fn without_a_folder_no_key_is_made() {
    let desk = Desk::new().await;
    let outside = AwsActuator::new(aws(&desk.lab).await, "eu-west-2");
    assert!(outside.act(&new_key()).await.is_err());
    std::fs::create_dir(desk.folder.path().join("new-key.secret")).unwrap();
    assert!(desk.actuator.act(&new_key()).await.is_err());
    assert_eq!(desk.keys(), 1);
}

#[tokio::test]
async fn a_place_that_somebody_changed_is_not_written_over() {
    let desk = Desk::new().await;
    does(&desk.actuator, &new_key()).await;
    let stale = pair(secret(), Holds::Pair, "another-version");
    assert!(matches!(
        desk.actuator.act(&stale).await,
        Err(CallError::Refused { why, .. }) if why.contains("somebody else")
    ));
    let state = desk.actuator.read(&stale).await.unwrap();
    assert!(!state.agrees_with(&stale.before()) && state != State::Word(NEW_PAIR.into()));
}

#[tokio::test]
async fn a_gate_opens_when_the_key_is_quiet_and_a_used_key_is_not_deleted() {
    let desk = Desk::new().await;
    let gate = |seconds| -> Action {
        QuietKey {
            user: USER.into(),
            key: OLD.into(),
            seconds,
            before: false,
            after: true,
        }
        .into()
    };
    let closed = desk.actuator.act(&gate(86_400)).await.unwrap_err();
    assert!(
        matches!(&closed, CallError::NotYet(why) if why.contains("1 day")),
        "{closed}"
    );
    assert_eq!(
        desk.actuator.read(&gate(86_400)).await.unwrap(),
        gate(86_400).before()
    );
    does(&desk.actuator, &gate(60)).await;
    let deletion = |idle_for| -> Action {
        AccessKeyDeletion {
            user: USER.into(),
            key: OLD.into(),
            idle_for,
            before: true,
            after: false,
        }
        .into()
    };
    let used = desk.actuator.act(&deletion(Some(86_400))).await.unwrap_err();
    assert!(
        matches!(&used, CallError::Refused { why, .. } if why.contains("was used")),
        "{used}"
    );
    let active = desk.actuator.read(&deletion(None)).await.unwrap();
    assert!(
        !active.agrees_with(&deletion(None).before()),
        "it is to be switched off before"
    );
    does(&desk.actuator, &deletion(Some(60))).await;
    let back = desk.actuator.act(&deletion(None).inverse()).await.unwrap_err();
    assert!(matches!(back, CallError::Refused { .. }), "{back}");
}
