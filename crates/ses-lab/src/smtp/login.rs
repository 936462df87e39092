//! Whether a pair logs in, as SES decides it.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::password::{version_2, version_4};
use crate::state::{Holder, Shared};
use crate::world::{Endpoint, KeyStatus};

use super::text;

/// Who has logged in.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    pub(crate) account: String,
    pub(crate) user: String,
    pub(crate) key: String,
}

/// Takes or refuses a pair; the refusal is the reply.
///
/// That root keys and keys with the status `Expired` get the common 535 is unsourced.
pub(crate) fn login(
    shared: &Shared,
    endpoint: &Endpoint,
    username: &str,
    password: &str,
) -> Result<Principal, &'static str> {
    if endpoint.fault_454 {
        return Err(text::AUTH_UNAVAILABLE);
    }
    let mut live = shared.live();
    let principal = {
        let holder = live.holder(username).ok_or(text::CREDENTIALS_INVALID)?;
        check(shared, endpoint, holder, password)?
    };
    live.used(&principal.key, "ses", &endpoint.region);
    Ok(principal)
}

fn check(
    shared: &Shared,
    endpoint: &Endpoint,
    holder: Holder<'_>,
    password: &str,
) -> Result<Principal, &'static str> {
    let Holder { account, user, key } = holder;
    let user = user.ok_or(text::CREDENTIALS_INVALID)?;
    let age = Timestamp::now().duration_since(key.created.resolve(shared.start));
    let unknown_yet = age.as_secs() < endpoint.propagation_seconds;
    if key.status != KeyStatus::Active || key.id.starts_with("ASIA") || unknown_yet {
        return Err(text::CREDENTIALS_INVALID);
    }
    if password == version_2(key.secret.secret()).expose_secret() {
        return Err(text::SIGNATURE_2);
    }
    if password != version_4(key.secret.secret(), &endpoint.region).expose_secret() {
        return Err(text::CREDENTIALS_INVALID);
    }
    if !account.ses(&endpoint.region).subscribed {
        return Err(text::NOT_SUBSCRIBED);
    }
    Ok(Principal {
        account: account.id.clone(),
        user: user.name.clone(),
        key: key.id.clone(),
    })
}
