//! What each kind of filter asks of a row. NULL is never what is wanted, as in the filter itself.

use super::anywhere::may_hold;
use super::literal::{is, text};
use crate::error::CliError;
use jiff::Timestamp;
use trail_scan::{Filter, Name, SourceIp};

/// How the table's columns are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands::trail) enum Schema {
    /// The table over files: the time is the text of the record.
    Files,
    /// An event data store: the time is a timestamp.
    Store,
}

const USER: &str = "userIdentity.userName";
const ARN: &str = "userIdentity.arn";
const ROLE: &str = "userIdentity.sessionContext.sessionIssuer.userName";
const ROLE_ARN: &str = "userIdentity.sessionContext.sessionIssuer.arn";

impl Schema {
    /// A column of what is selected. Lake writes NULL in some way of its own, so that there it is made empty.
    pub(super) fn column(self, at: usize, member: &str) -> String {
        let path = member.trim_start_matches('/').replace('/', ".");
        match self {
            Self::Files => format!("{path} AS c{at}"),
            Self::Store if path == "eventTime" => {
                format!("date_format(eventTime, '%Y-%m-%dT%H:%i:%sZ') AS c{at}")
            }
            Self::Store => format!("coalesce({path}, '') AS c{at}"),
        }
    }

    /// The record's own time goes to the second, and so does the filter.
    fn time(self, operator: &str, at: Timestamp) -> String {
        match self {
            Self::Files => {
                let at = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                format!("substr(eventTime, 1, 19) {operator} {}", text(&at))
            }
            Self::Store => {
                let at = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
                format!(
                    "date_trunc('second', eventTime) {operator} TIMESTAMP {}",
                    text(&at)
                )
            }
        }
    }
}

/// The conditions, all of which have to hold.
pub(in crate::commands::trail) fn conditions(
    filter: &Filter,
    schema: Schema,
) -> Result<Vec<String>, CliError> {
    if schema == Schema::Files && !filter.texts.is_empty() {
        return Err(CliError::usage(
            "--text cannot be asked of a table over files: its columns are not the text of the event",
            "filter by the members of the event, or search the files with `ses-doctor trail scan --text`",
        ));
    }
    let mut wanted = Vec::new();
    let mut add = |alternatives: Vec<String>| {
        if !alternatives.is_empty() {
            wanted.push(any(alternatives));
        }
    };
    let of = |names: &[Name], columns: &[&str]| -> Vec<String> {
        let each = names
            .iter()
            .flat_map(|name| columns.iter().map(|column| is(column, name)));
        each.collect()
    };
    add(of(&filter.access_keys, &["userIdentity.accessKeyId"]));
    add(of(&filter.error_codes, &["errorCode"]));
    add(of(&filter.sources, &["eventSource"]));
    add(of(&filter.actions, &["eventName"]));
    add(of(&filter.regions, &["awsRegion"]));
    add(of(&filter.request_ids, &["requestID", "eventID"]));
    add(filter.users.iter().flat_map(user).collect());
    add(of(&filter.roles, &[ROLE, ROLE_ARN]));
    add(filter.source_ips.iter().map(address).collect());
    add(filter.texts.iter().flat_map(|text| may_hold(text)).collect());
    let since = filter.since.map(|at| schema.time(">=", at));
    let until = filter.until.map(|at| schema.time("<", at));
    wanted.extend(since.into_iter().chain(until));
    Ok(wanted)
}

/// One of several, in brackets where there are several.
pub(super) fn any(alternatives: Vec<String>) -> String {
    match alternatives.as_slice() {
        [one] => one.clone(),
        _ => format!("({})", alternatives.join(" OR ")),
    }
}

/// The ARN of a session is no user's.
fn user(name: &Name) -> [String; 2] {
    [
        is(USER, name),
        format!("({} AND {ARN} LIKE '%:user/%')", is(ARN, name)),
    ]
}

fn address(wanted: &SourceIp) -> String {
    match wanted {
        SourceIp::Service(name) => is("sourceIPAddress", name),
        SourceIp::Network(network) => format!(
            "contains({}, TRY_CAST(sourceIPAddress AS IPADDRESS))",
            text(&network.trunc().to_string())
        ),
    }
}
