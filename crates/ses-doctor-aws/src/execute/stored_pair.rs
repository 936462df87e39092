//! The pair in Secrets Manager and in the Parameter Store.

use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::rotation::Memory;
use crate::stored_password::StoredAt;
use secrecy::ExposeSecret;
use serde_json::Value;
use ses_doctor_core::action::{State, Store, StoredPair, Which, WritableStore};
use ses_doctor_core::evidence::Keeper;

/// The secret or parameter; other places are not of AWS.
pub(super) fn place(store: &Store, region: &str) -> Look<StoredAt> {
    let (keeper, id, key) = match store {
        Store::Secret { id, member } => (Keeper::SecretsManager, id, member),
        Store::Parameter { id, member } => (Keeper::ParameterStore, id, member),
        Store::File { .. } | Store::Stdout => return Err(super::not_of_aws()),
    };
    Ok(StoredAt {
        keeper,
        id: id.clone(),
        key: key.clone(),
        region: Some(region.to_owned()),
    })
}

pub(super) async fn state(aws: &Aws, region: &str, pair: &StoredPair, memory: &Memory) -> Look<State> {
    let record = memory.record()?;
    let is_new = |username: Option<&str>, password: Option<&secrecy::SecretString>| {
        username.is_none_or(|username| record.is_username(username))
            && password.is_none_or(|password| record.is_password(&pair.region, password.expose_secret()))
    };
    place(&pair.store, region)?.state(aws, pair, is_new).await
}

pub(super) async fn change(aws: &Aws, region: &str, pair: &StoredPair, memory: &Memory) -> Look<()> {
    let at = place(&pair.store, region)?;
    match pair.after {
        Which::Old => at.restore(aws, pair.old.as_deref().unwrap_or_default()).await,
        Which::New => {
            let new = memory.open_vault()?.pair(&pair.region);
            let new = new.map_err(|error| Trouble::failed(error.to_string()))?;
            let (username, password) = new.ok_or_else(|| Trouble::Denied {
                action: "the change".to_owned(),
                message: "the secret of the new key is not kept any more: plan a new rotation".to_owned(),
            })?;
            at.renew(aws, pair, (&username, &password)).await
        }
    }
}

pub(super) async fn try_writing(aws: &Aws, gate: &WritableStore) -> Look<()> {
    place(&gate.store, &gate.region)?.try_writing(aws).await
}

pub(super) async fn describe(aws: &Aws, region: &str, store: &Store) -> Look<Value> {
    place(store, region)?.described(aws).await
}
