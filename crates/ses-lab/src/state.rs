//! The live state of a lab: what the world says, and what calls and logins have changed since.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::aws::HoldUp;
use crate::stored::Stored;
use crate::trail::Record;
use crate::world::{Account, Key, LastUsed, PropagationError, User, When, World};

/// A message that the lab's SES accepted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message {
    /// When it was accepted.
    pub at: Timestamp,
    /// The region that took it.
    pub region: String,
    /// The id in the `250 Ok` reply.
    pub id: String,
    /// The access key that logged in.
    pub access_key: String,
    /// The envelope sender.
    pub from: String,
    /// The envelope recipients.
    pub to: Vec<String>,
    /// The size of the message.
    pub size: usize,
    /// The first 64 KiB of the message.
    pub data: Vec<u8>,
}

/// A login that the lab's SES answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login {
    /// The region.
    pub region: String,
    /// The port as clients of SES know it.
    pub port: u16,
    /// The address of the endpoint.
    pub address: IpAddr,
    /// The SASL mechanism.
    pub mechanism: String,
    /// The reply code; `None` when the connection was closed instead.
    pub code: Option<u16>,
    /// When.
    pub at: Instant,
}

/// A message that was published to a topic of SNS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// ARN of the topic.
    pub topic: String,
    /// The subject.
    pub subject: Option<String>,
    /// The message.
    pub message: String,
}

/// A data point that was put to CloudWatch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Datum {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The namespace.
    pub namespace: String,
    /// The metric.
    pub name: String,
    /// Names and values of the dimensions, in their order.
    pub dimensions: Vec<(String, String)>,
    /// When.
    pub at: Timestamp,
    /// The value.
    pub value: f64,
}

/// Logins that are remembered.
const LOGIN_LIMIT: usize = 10_000;

/// What changes while a lab runs.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) accounts: Vec<Account>,
    pub(crate) stored: Vec<Stored>,
    pub(crate) trail: Vec<Record>,
    pub(crate) messages: Vec<Message>,
    pub(crate) logins: Vec<Login>,
    /// ARNs of topics of SNS.
    pub(crate) topics: Vec<String>,
    pub(crate) published: Vec<Published>,
    pub(crate) data: Vec<Datum>,
    pub(crate) recent_sends: BTreeMap<String, VecDeque<Instant>>,
    pub(crate) recent_calls: BTreeMap<String, VecDeque<Instant>>,
    /// `LookupEvents` of the last second, by account and region.
    pub(crate) recent_lookups: BTreeMap<(String, String), VecDeque<Instant>>,
    pub(crate) failures_left: BTreeMap<String, u32>,
    /// How often each call was made, for what strikes by chance.
    pub(crate) calls_made: BTreeMap<String, u64>,
    /// The accounts as they were before changes that stale reads do not see yet, oldest first.
    before: VecDeque<(Timestamp, Vec<Account>)>,
    /// Secrets of the keys that calls made.
    pub(crate) made_secrets: Vec<SecretString>,
    /// How often each action was called.
    pub(crate) calls: BTreeMap<String, u32>,
    /// The call that is held up.
    pub(crate) hold_up: Option<HoldUp>,
    /// What the operator may do; `None`: everything.
    pub(crate) operator_policies: Option<Vec<String>>,
}

/// Everything that the servers of a lab share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) start: Timestamp,
    pub(crate) world: World,
    pub(crate) latency: Duration,
    live: Mutex<Live>,
}

/// A key and who has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'a> {
    pub(crate) account: &'a Account,
    /// `None`: the root user.
    pub(crate) user: Option<&'a User>,
    pub(crate) key: &'a Key,
}

impl Shared {
    pub(crate) fn new(world: World, latency: Duration) -> Self {
        let start = Timestamp::now();
        let live = Live {
            accounts: world.account.clone(),
            stored: crate::stored::at_the_start(&world, start),
            trail: crate::trail::before_the_start(&world, start),
            messages: Vec::new(),
            logins: Vec::new(),
            topics: world.topic.clone(),
            published: Vec::new(),
            data: Vec::new(),
            recent_sends: BTreeMap::new(),
            recent_calls: BTreeMap::new(),
            recent_lookups: BTreeMap::new(),
            failures_left: world.faults.error_5xx.clone(),
            calls_made: BTreeMap::new(),
            before: VecDeque::new(),
            made_secrets: Vec::new(),
            calls: BTreeMap::new(),
            hold_up: None,
            operator_policies: world
                .operator
                .as_ref()
                .and_then(|operator| operator.policies.clone()),
        };
        Self {
            start,
            world,
            latency,
            live: Mutex::new(live),
        }
    }

    /// Everything as a read sees it that lags `seconds` behind: without the changes and events since. Keys and users that
    /// are younger than that are not there yet.
    pub(crate) fn seen_late(&self, seconds: u32) -> Self {
        let live = self.live();
        let span = SignedDuration::from_secs(i64::from(seconds));
        let then = Timestamp::now().checked_sub(span).unwrap_or(self.start);
        let earlier = live.before.iter().find(|(changed, _)| *changed > then);
        let mut accounts = earlier.map_or_else(|| live.accounts.clone(), |(_, accounts)| accounts.clone());
        let is_there = |created: When| created.resolve(self.start) <= then;
        for account in &mut accounts {
            account.user.retain(|user| is_there(user.created));
            for user in &mut account.user {
                user.key.retain(|key| is_there(key.created));
            }
        }
        let trail = live.trail.iter().filter(|record| record.at <= then).cloned();
        let late = Live {
            accounts,
            // AWS says of neither service that its reads lag.
            stored: live.stored.clone(),
            trail: trail.collect(),
            messages: Vec::new(),
            logins: Vec::new(),
            topics: live.topics.clone(),
            published: Vec::new(),
            data: live.data.clone(),
            recent_sends: BTreeMap::new(),
            recent_calls: BTreeMap::new(),
            recent_lookups: BTreeMap::new(),
            failures_left: BTreeMap::new(),
            calls_made: BTreeMap::new(),
            before: VecDeque::new(),
            made_secrets: Vec::new(),
            calls: BTreeMap::new(),
            hold_up: None,
            operator_policies: None,
        };
        Self {
            start: self.start,
            world: self.world.clone(),
            latency: self.latency,
            live: Mutex::new(late),
        }
    }

    /// Whether the operator's session is still too new for AWS.
    pub(crate) fn is_too_new(&self, key: &str) -> Option<PropagationError> {
        let operator = self
            .world
            .operator
            .as_ref()
            .filter(|operator| operator.key == key)?;
        let age = Timestamp::now().duration_since(self.start).as_secs_f64();
        (age < operator.propagation_seconds).then_some(operator.propagation_error)
    }

    /// Counts a call.
    pub(crate) fn called(&self, prefix: &str, operation: &str) {
        *self
            .live()
            .calls
            .entry(format!("{prefix}:{operation}"))
            .or_default() += 1;
    }

    /// Whether a security group of a VPC endpoint on the client's way admits somebody on this TCP port.
    pub(crate) fn lets_in(&self, region: &str, port: u16) -> bool {
        let live = self.live();
        let host = self.world.client.host_name();
        let answer = self.world.dns.get(&host);
        let mut endpoints = live.accounts.iter().flat_map(|account| {
            let here = account.vpc_endpoint.iter().filter(|it| it.region == region);
            here.map(move |endpoint| (account, endpoint))
        });
        endpoints.any(|(account, endpoint)| {
            let groups = account.security_group.iter();
            let mut groups = groups.filter(|group| endpoint.security_groups.contains(&group.id));
            endpoint.is_on_the_way(&host, answer)
                && groups.any(|group| group.ingress.iter().any(|rule| rule.admits(port)))
        })
    }

    /// The live state; a panic elsewhere does not take it away.
    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// Notes the state before a change, for reads that will lag behind it.
    pub(crate) fn remember(&mut self) {
        const MOST: usize = 64;
        self.before.push_back((Timestamp::now(), self.accounts.clone()));
        if self.before.len() > MOST {
            self.before.pop_front();
        }
    }

    /// The key with this id.
    pub(crate) fn holder(&self, id: &str) -> Option<Holder<'_>> {
        self.accounts.iter().find_map(|account| {
            let key = account.key(id)?;
            Some(Holder {
                account,
                user: account.owner(id),
                key,
            })
        })
    }

    pub(crate) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(crate) fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// Notes an answered login.
    pub(crate) fn note_login(&mut self, login: Login) {
        if self.logins.len() < LOGIN_LIMIT {
            self.logins.push(login);
        }
    }

    /// Notes a successful use of a key.
    pub(crate) fn used(&mut self, id: &str, service: &str, region: &str) {
        let last_used = LastUsed {
            service: service.to_owned(),
            region: region.to_owned(),
            at: When::At(Timestamp::now()),
        };
        let keys = self.accounts.iter_mut().flat_map(|account| {
            account
                .root_key
                .iter_mut()
                .chain(account.user.iter_mut().flat_map(|user| &mut user.key))
        });
        for key in keys.filter(|key| key.id == id) {
            key.last_used = Some(last_used.clone());
        }
    }
}

/// How many of `times` are younger than `span`; forgets the others.
pub(crate) fn within(times: &mut VecDeque<Instant>, span: Duration) -> usize {
    while times.front().is_some_and(|at| at.elapsed() >= span) {
        times.pop_front();
    }
    times.len()
}

/// Random bytes; all zero in the unheard-of case that the system has none, which a lab survives.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .is_err()
    {
        tracing::warn!("the system has no random bytes");
    }
    bytes
}

/// A random UUID.
pub(crate) fn uuid() -> String {
    let hex: String = random::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32)
    )
}

/// `prefix` and `length` random characters of A-Z and 2-7, as in access key ids.
pub(crate) fn unique_id(prefix: &str, length: usize) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let random = random::<32>();
    let digit = |byte: &u8| DIGITS.get(usize::from(byte % 32)).map_or('A', |d| char::from(*d));
    prefix
        .chars()
        .chain(random.iter().take(length).map(digit))
        .collect()
}

/// A new access key id of the account: its digits tell the account, as those of AWS do (general knowledge, not sourced).
pub(crate) fn access_key_id(account: &str) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let account: u128 = account.parse().unwrap_or_default();
    let chance = u128::from(u64::from_le_bytes(random::<8>())) & 0x7f_ffff_ffff;
    let bits = (1 << 79) | (account << 39) | chance;
    let digit = |at: u32| {
        let five = usize::try_from((bits >> (75 - 5 * at)) & 31).unwrap_or_default();
        DIGITS.get(five).map_or('A', |digit| char::from(*digit))
    };
    "AKIA".chars().chain((0..16).map(digit)).collect()
}

/// Forty random characters, as in secret access keys.
pub(crate) fn fresh_secret() -> String {
    STANDARD.encode(random::<30>())
}
