//! What SES decides at the end of DATA: permission, state of the account, identities, quotas.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::state::{Live, Message, Shared, uuid, within};
use crate::world::{ConfigurationSet, Enforcement, Identity, Ses, TenantStatus, World};

use super::login::Principal;
use super::permission;
use super::text;
use super::wire::{Body, MESSAGE_LIMIT};

/// An envelope and its message.
#[derive(Debug)]
pub(crate) struct Submission<'a> {
    pub(crate) region: &'a str,
    pub(crate) principal: &'a Principal,
    pub(crate) from: &'a str,
    pub(crate) to: &'a [String],
    pub(crate) body: Body,
}

/// Why SES does not take a message.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The reply of SMTP.
    pub(crate) reply: String,
    /// What IAM refused; SMTP does not tell the reason.
    pub(crate) denial: Option<Denial>,
}

/// A refusal of IAM.
#[derive(Debug)]
pub(crate) struct Denial {
    pub(crate) principal: String,
    pub(crate) resource: String,
    /// `because …` or `with an explicit deny in …`.
    pub(crate) reason: String,
}

impl<T: Into<String>> From<T> for Refusal {
    fn from(reply: T) -> Self {
        Self {
            reply: reply.into(),
            denial: None,
        }
    }
}

/// Takes or refuses the message; both ways it is a reply.
pub(crate) fn submit(shared: &Shared, submission: Submission<'_>) -> String {
    match take(shared, submission) {
        Ok(id) => format!("250 Ok {id}"),
        Err(refusal) => refusal.reply,
    }
}

/// Takes the message, and gives its id, or refuses it. The order of the checks is unsourced.
pub(crate) fn take(shared: &Shared, submission: Submission<'_>) -> Result<String, Refusal> {
    let mut live = shared.live();
    decide(&shared.world, &mut live, &submission)?;
    Ok(accept(&mut live, submission))
}

fn decide(world: &World, live: &mut Live, submission: &Submission<'_>) -> Result<(), Refusal> {
    if submission.body.size > MESSAGE_LIMIT {
        return Err(text::TOO_LONG.into());
    }
    let region = submission.region;
    let account = live
        .account(&submission.principal.account)
        .ok_or(text::LOGIN_FIRST)?;
    let ses = account.ses(region);
    let senders = senders(submission);
    let identity = identity_for(&ses, submission.from);
    let named = header(&submission.body.kept, "x-ses-configuration-set");
    let set = named.or_else(|| identity.and_then(|identity| identity.configuration_set.clone()));
    permission::check(world, account, &ses, submission, set.as_deref())?;
    if !ses.sending_enabled || ses.enforcement_status == Enforcement::Shutdown {
        return Err(text::PAUSED.into());
    }
    configuration_set(&ses, set.as_deref())?;
    if let Some(tenant) = header(&submission.body.kept, "x-ses-tenant") {
        of_tenant(&ses, &tenant, identity, set.as_deref())?;
    }
    verification(&ses, submission, &senders)?;
    mail_from(identity)?;
    Ok(quota(live, &ses, submission)?)
}

/// The addresses that must be verified: envelope sender, then `From:` if it is another one.
fn senders(submission: &Submission<'_>) -> Vec<String> {
    let mut senders = vec![submission.from.to_owned()];
    let from = header(&submission.body.kept, "from").and_then(|value| address_in(&value));
    senders.extend(from.filter(|address| !address.eq_ignore_ascii_case(submission.from)));
    senders
}

pub(crate) fn address_in(value: &str) -> Option<String> {
    let inside = match (value.rfind('<'), value.rfind('>')) {
        (Some(open), Some(close)) if open < close => value.get(open + 1..close)?,
        _ => value.trim(),
    };
    inside.contains('@').then(|| inside.trim().to_owned())
}

/// The first header of this (lower-case) name.
pub(crate) fn header(message: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let lines = text.lines().take_while(|line| !line.is_empty());
    let mut fields = lines.filter_map(|line| line.split_once(':'));
    fields
        .find(|(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}

/// The identity that SES uses for an address: the address itself before its domain before a parent domain.
pub(super) fn identity_for<'a>(ses: &'a Ses, address: &str) -> Option<&'a Identity> {
    let named = |name: &str| {
        ses.identity
            .iter()
            .find(|identity| identity.name.eq_ignore_ascii_case(name))
    };
    if let Some(identity) = named(address) {
        return Some(identity);
    }
    let mut domain = address.rsplit_once('@')?.1;
    loop {
        if let Some(identity) = named(domain) {
            return Some(identity);
        }
        domain = domain.split_once('.')?.1;
    }
}

fn is_verified(ses: &Ses, address: &str) -> bool {
    identity_for(ses, address).is_some_and(|identity| identity.verified)
}

pub(super) fn is_simulator(address: &str) -> bool {
    address.to_ascii_lowercase().ends_with("@simulator.amazonses.com")
}

fn configuration_set(ses: &Ses, name: Option<&str>) -> Result<(), String> {
    let Some(name) = name else { return Ok(()) };
    match ses.configuration_set.iter().find(|set| set.name == name) {
        None => Err(text::no_configuration_set(name)),
        Some(ConfigurationSet {
            sending_enabled: false,
            ..
        }) => Err(text::configuration_set_paused(name)),
        Some(_) => Ok(()),
    }
}

/// Everything that the message uses must be associated with the tenant (botocore model of SES v2, `SendEmail`). An identity
/// that stands for an address must be there itself; whether a domain above it would do is unsourced.
fn of_tenant(ses: &Ses, name: &str, identity: Option<&Identity>, set: Option<&str>) -> Result<(), String> {
    let tenant = ses.tenant.iter().find(|tenant| tenant.name == name);
    let tenant = tenant.ok_or_else(|| text::no_tenant(name))?;
    if tenant.status() == TenantStatus::Disabled {
        return Err(text::tenant_paused(name));
    }
    let used = [
        identity.map(|identity| format!("identity/{}", identity.name)),
        set.map(|set| format!("configuration-set/{set}")),
    ];
    let has = |used: &String| tenant.resources.iter().any(|own| own.eq_ignore_ascii_case(used));
    match used.into_iter().flatten().find(|used| !has(used)) {
        Some(stranger) => Err(text::not_of_tenant(name, &stranger)),
        None => Ok(()),
    }
}

fn verification(ses: &Ses, submission: &Submission<'_>, senders: &[String]) -> Result<(), String> {
    let mut failed: Vec<String> = senders
        .iter()
        .filter(|sender| !is_verified(ses, sender))
        .cloned()
        .collect();
    if !ses.production_access {
        let recipients = submission
            .to
            .iter()
            .filter(|to| !is_simulator(to) && !is_verified(ses, to));
        failed.extend(recipients.cloned());
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(text::not_verified(submission.region, &failed))
    }
}

fn mail_from(identity: Option<&Identity>) -> Result<(), String> {
    let Some(custom) = identity.and_then(|identity| identity.mail_from.as_ref()) else {
        return Ok(());
    };
    if custom.status != "SUCCESS" && custom.behavior_on_mx_failure == "REJECT_MESSAGE" {
        return Err(text::BAD_MAIL_FROM_DOMAIN.to_owned());
    }
    Ok(())
}

fn quota(live: &mut Live, ses: &Ses, submission: &Submission<'_>) -> Result<(), String> {
    if submission.to.iter().all(|to| is_simulator(to)) {
        return Ok(());
    }
    if ses.max_24_hour_send >= 0.0 && ses.sent_last_24_hours >= ses.max_24_hour_send {
        return Err(text::DAILY_QUOTA.to_owned());
    }
    let sends = live.recent_sends.entry(meter(submission)).or_default();
    let recent = u32::try_from(within(sends, Duration::from_secs(1))).unwrap_or(u32::MAX);
    if f64::from(recent) >= ses.max_send_rate {
        return Err(text::RATE.to_owned());
    }
    Ok(())
}

fn meter(submission: &Submission<'_>) -> String {
    format!("{} {}", submission.principal.account, submission.region)
}

fn accept(live: &mut Live, submission: Submission<'_>) -> String {
    let id = format!(
        "0107{}-{}-000000",
        crate::state::unique_id("", 12).to_ascii_lowercase(),
        uuid()
    );
    live.recent_sends
        .entry(meter(&submission))
        .or_default()
        .push_back(Instant::now());
    let ses = live
        .account_mut(&submission.principal.account)
        .and_then(|a| a.ses_mut(submission.region));
    if let Some(ses) = ses {
        ses.sent_last_24_hours += 1.0;
    }
    live.messages.push(Message {
        at: Timestamp::now(),
        region: submission.region.to_owned(),
        id: id.clone(),
        access_key: submission.principal.key.clone(),
        from: submission.from.to_owned(),
        to: submission.to.to_vec(),
        size: submission.body.size,
        data: submission.body.kept,
    });
    id
}
