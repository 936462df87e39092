//! A text that is ready to be sent to whoever can change what we cannot.

use crate::cause::{Group, Remedy};
use crate::diagnosis::Judged;
use crate::evidence::Evidence;
use crate::permission::send;
use crate::plan::Request;

/// The remedy of a cause that no step cures.
pub(super) fn by_remedy(evidence: &Evidence, judged: &Judged) -> Request {
    let remedy = (judged.cause.remedy)(evidence);
    write(evidence, judged, recipient(judged), &asked(&remedy))
}

/// A cause that a step could cure, but not this time: `why` says what is missing.
pub(super) fn because(evidence: &Evidence, judged: &Judged, to: &str, why: &str) -> Request {
    let remedy = (judged.cause.remedy)(evidence);
    let text = format!("No step was planned for this: {why}.\n\n{}", asked(&remedy));
    write(evidence, judged, to, &text)
}

/// The key belongs to another account than the one that was read, or nobody could tell.
pub(super) fn elsewhere(evidence: &Evidence, judged: &Judged) -> Request {
    let owner = evidence.key_account.known();
    let to = owner.map_or_else(
        || "whoever administers the account of the key".to_owned(),
        |account| format!("whoever administers the account {account}"),
    );
    let why = match evidence.caller.known() {
        Some(caller) => format!(
            "the AWS credentials at hand are of the account {}, which does not own the key",
            caller.account
        ),
        None => "there are no AWS credentials at hand that could make the change".to_owned(),
    };
    because(evidence, judged, &to, &why)
}

fn recipient(judged: &Judged) -> &'static str {
    match (judged.cause.id, judged.cause.group) {
        ("scp-deny" | "rcp-deny", _) => "an administrator of the organization",
        ("permission-boundary", _) => "the owner of the permissions boundary",
        ("identity-policy-deny" | "cross-account-identity-header", _) => "the owner of the SES identity",
        ("account-paused" | "sandbox-recipient" | "daily-quota" | "rate-throttled", _) => {
            "AWS, by the owner of the account"
        }
        (_, Group::Permission | Group::Account) => "whoever administers the account",
        (_, Group::Credentials | Group::Client) => "whoever runs the mail client",
        (_, Group::Transport) => "whoever runs the network between the client and SES",
    }
}

fn asked(remedy: &Remedy) -> String {
    let steps = remedy.steps.iter().map(|step| match &step.command {
        Some(command) => format!("\n- {}:\n    {command}", step.text),
        None => format!("\n- {}", step.text),
    });
    format!(
        "What is asked for: {}.{}",
        remedy.summary,
        steps.collect::<String>()
    )
}

fn write(evidence: &Evidence, judged: &Judged, to: &str, asked: &str) -> Request {
    let cause = judged.cause;
    let concerned = match send::send(evidence) {
        Some(send) => format!(
            "\nConcerned: {} in the account {}, region {}.",
            send.principal,
            send.account,
            evidence.region().unwrap_or_default()
        ),
        None => String::new(),
    };
    let seen = judged.finding.because.iter().filter_map(|need| {
        let exhibit = evidence.exhibit(*need)?;
        let at = exhibit
            .observed_at
            .map(|at| format!(", at {at}"))
            .unwrap_or_default();
        Some(format!("\n- {need}: {}{at}", exhibit.source))
    });
    let seen: String = seen.collect();
    Request {
        cause: cause.id.to_owned(),
        to: to.to_owned(),
        text: format!(
            "{}.{concerned}\n\nWhat shows it: {}.{seen}\n\n{asked}\n",
            cause.title,
            judged.finding.why.trim_end_matches('.')
        ),
    }
}
