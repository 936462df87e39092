//! The filter as SQL. Athena and CloudTrail Lake both speak Trino's dialect (Athena User Guide, "functions in engine
//! version 3"; CloudTrail User Guide, "CloudTrail Lake SQL constraints").

mod anywhere;
mod condition;
mod literal;
mod table;

use crate::error::CliError;
pub(super) use condition::{Schema, conditions};
pub(super) use table::Table;
use trail_scan::Filter;

/// The columns that a query gives, by the member of the record that each is. The filter is asked once more of what
/// comes back, so that all that it judges is there.
pub(super) const MEMBERS: [&str; 14] = [
    "/eventTime",
    "/awsRegion",
    "/eventSource",
    "/eventName",
    "/errorCode",
    "/sourceIPAddress",
    "/requestID",
    "/eventID",
    "/userIdentity/type",
    "/userIdentity/arn",
    "/userIdentity/userName",
    "/userIdentity/accessKeyId",
    "/userIdentity/sessionContext/sessionIssuer/arn",
    "/userIdentity/sessionContext/sessionIssuer/userName",
];

/// `SELECT … FROM … WHERE …`, newest first. Behind the members stands the whole event, where text anywhere in it is wanted.
/// `from` is a table's name, `first` are conditions that go before the filter's.
pub(super) fn select(
    filter: &Filter,
    schema: Schema,
    from: &str,
    first: Vec<String>,
) -> Result<String, CliError> {
    let mut wanted = first;
    wanted.extend(conditions(filter, schema)?);
    let members = MEMBERS.iter().enumerate();
    let mut columns: Vec<String> = members.map(|(at, member)| schema.column(at, member)).collect();
    if !filter.texts.is_empty() {
        columns.push(format!("{} AS c{}", anywhere::EVENT, columns.len()));
    }
    let mut sql = format!("SELECT\n  {}\nFROM {from}\n", columns.join(",\n  "));
    if !wanted.is_empty() {
        sql += &format!("WHERE {}\n", wanted.join("\n  AND "));
    }
    sql += "ORDER BY 1 DESC";
    Ok(sql)
}

#[cfg(test)]
mod tests;
