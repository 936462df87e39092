//! Queries in SQL where AWS runs them: Athena and CloudTrail Lake. Both take a statement, run it by themselves, and give
//! the rows in pages. (botocore's models of `athena` and `cloudtrail`.)

use crate::client::Aws;
use crate::outcome::{Look, Trouble, observed};
use crate::permissions::{
    ATHENA_GET_EXECUTION, ATHENA_GET_RESULTS, ATHENA_START, ATHENA_STOP, LAKE_CANCEL, LAKE_DESCRIBE,
    LAKE_GET_RESULTS, LAKE_START,
};
use crate::signed::{Json, Service};
use serde_json::{Map, Value, json};
use ses_doctor_core::Observed;

const ATHENA: Service<Json> = Service {
    id: "Athena",
    name: "athena",
    version: "2017-05-18",
    protocol: Json {
        target: "AmazonAthena",
        version: "1.1",
    },
};

const LAKE: Service<Json> = Service {
    id: "CloudTrail",
    name: "cloudtrail",
    version: "2013-11-01",
    protocol: Json {
        target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        version: "1.1",
    },
};

/// Rows of one page, at most.
const PAGE: u32 = 1000;

/// Who runs the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// Amazon Athena.
    Athena {
        /// The workgroup, whose own limits hold.
        workgroup: String,
        /// The database of the statement.
        database: String,
        /// Where Athena puts results, `s3://…`; `None` where the workgroup tells.
        output: Option<String>,
    },
    /// CloudTrail Lake.
    Lake,
}

/// How a query stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryState {
    /// Where it is in its life.
    pub phase: Phase,
    /// In AWS's words.
    pub reason: Option<String>,
    /// Bytes that were scanned so far.
    pub scanned: Option<u64>,
}

/// Where a query is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It waits or runs.
    UnderWay,
    /// The rows are there.
    Done,
    /// It failed, was cancelled, or took too long.
    Failed,
}

/// Rows, as far as they fit into one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryPage {
    /// The values of each row in the order of the columns; `None` for NULL.
    pub rows: Vec<Vec<Option<String>>>,
    /// How to ask for more.
    pub next: Option<String>,
}

impl Aws {
    /// Begins a query, and gives its id.
    pub async fn start_query(&self, engine: &Engine, region: &str, sql: &str) -> Observed<String> {
        let (action, input, id) = match engine {
            Engine::Athena {
                workgroup,
                database,
                output,
            } => {
                let mut input = json!({
                    "QueryString": sql,
                    "WorkGroup": workgroup,
                    "QueryExecutionContext": { "Database": database },
                });
                if let (Some(output), Some(fields)) = (output, input.as_object_mut()) {
                    fields.insert(
                        "ResultConfiguration".to_owned(),
                        json!({ "OutputLocation": output }),
                    );
                }
                (ATHENA_START, input, "QueryExecutionId")
            }
            Engine::Lake => (LAKE_START, json!({ "QueryStatement": sql }), "QueryId"),
        };
        let look = async {
            let answer = self.query_call(engine, region, action, &input).await?;
            let id = answer.get(id).and_then(Value::as_str).map(str::to_owned);
            id.ok_or_else(|| Trouble::failed(format!("{action} gave no id")))
        };
        observed(self.within(action, look).await, |text| self.clean(text))
    }

    /// How the query stands.
    pub async fn query_state(&self, engine: &Engine, region: &str, id: &str) -> Observed<QueryState> {
        let (action, name) = match engine {
            Engine::Athena { .. } => (ATHENA_GET_EXECUTION, "QueryExecutionId"),
            Engine::Lake => (LAKE_DESCRIBE, "QueryId"),
        };
        let look = async {
            let answer = self
                .query_call(engine, region, action, &json!({ name: id }))
                .await?;
            state(engine, &answer).ok_or_else(|| Trouble::failed(format!("{action} told no state")))
        };
        observed(self.within(action, look).await, |text| self.clean(text))
    }

    /// Some rows of a query that is done.
    pub async fn query_page(
        &self,
        engine: &Engine,
        region: &str,
        id: &str,
        next: Option<&str>,
    ) -> Observed<QueryPage> {
        let (action, name, most) = match engine {
            Engine::Athena { .. } => (ATHENA_GET_RESULTS, "QueryExecutionId", "MaxResults"),
            Engine::Lake => (LAKE_GET_RESULTS, "QueryId", "MaxQueryResults"),
        };
        let mut input = json!({ name: id, most: PAGE });
        if let (Some(next), Some(fields)) = (next, input.as_object_mut()) {
            fields.insert("NextToken".to_owned(), json!(next));
        }
        let look = async {
            let answer = self.query_call(engine, region, action, &input).await?;
            page(engine, &answer, next.is_none())
                .ok_or_else(|| Trouble::failed(format!("{action} gave no rows that can be read")))
        };
        observed(self.within(action, look).await, |text| self.clean(text))
    }

    /// Stops a query, so that it scans no more.
    pub async fn stop_query(&self, engine: &Engine, region: &str, id: &str) -> Observed<()> {
        let (action, name) = match engine {
            Engine::Athena { .. } => (ATHENA_STOP, "QueryExecutionId"),
            Engine::Lake => (LAKE_CANCEL, "QueryId"),
        };
        let input = json!({ name: id });
        let look = async { self.query_call(engine, region, action, &input).await.map(|_| ()) };
        observed(self.within(action, look).await, |text| self.clean(text))
    }

    async fn query_call(&self, engine: &Engine, region: &str, action: &str, input: &Value) -> Look<Value> {
        let service = match engine {
            Engine::Athena { .. } => ATHENA,
            Engine::Lake => LAKE,
        };
        self.signed(service, region).call(action, input).await
    }
}

fn state(engine: &Engine, answer: &Value) -> Option<QueryState> {
    let (word, reason, scanned) = match engine {
        Engine::Athena { .. } => (
            "/QueryExecution/Status/State",
            "/QueryExecution/Status/StateChangeReason",
            "/QueryExecution/Statistics/DataScannedInBytes",
        ),
        Engine::Lake => ("/QueryStatus", "/ErrorMessage", "/QueryStatistics/BytesScanned"),
    };
    let phase = match answer.pointer(word)?.as_str()? {
        "QUEUED" | "RUNNING" => Phase::UnderWay,
        "SUCCEEDED" | "FINISHED" => Phase::Done,
        "FAILED" | "CANCELLED" | "TIMED_OUT" => Phase::Failed,
        _ => return None,
    };
    let reason = answer.pointer(reason).and_then(Value::as_str);
    Some(QueryState {
        phase,
        reason: reason.map(str::to_owned),
        scanned: answer.pointer(scanned).and_then(Value::as_u64),
    })
}

/// Athena's first page begins with the names of the columns.
fn page(engine: &Engine, answer: &Value, first: bool) -> Option<QueryPage> {
    let rows = match engine {
        Engine::Athena { .. } => {
            let rows = answer.pointer("/ResultSet/Rows")?.as_array()?;
            let rows = rows.iter().skip(usize::from(first));
            rows.map(athena_row).collect::<Option<Vec<_>>>()?
        }
        Engine::Lake => {
            let rows = answer.get("QueryResultRows")?.as_array()?;
            rows.iter().map(lake_row).collect::<Option<Vec<_>>>()?
        }
    };
    let next = answer.get("NextToken").and_then(Value::as_str);
    Some(QueryPage {
        rows,
        next: next.map(str::to_owned),
    })
}

fn athena_row(row: &Value) -> Option<Vec<Option<String>>> {
    let cells = row.get("Data")?.as_array()?.iter();
    Some(
        cells
            .map(|cell| {
                cell.get("VarCharValue")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            })
            .collect(),
    )
}

/// Each cell is an object of its own, with the column's name.
fn lake_row(row: &Value) -> Option<Vec<Option<String>>> {
    let value = |cell: &Map<String, Value>| cell.values().next().and_then(Value::as_str).map(str::to_owned);
    row.as_array()?
        .iter()
        .map(|cell| cell.as_object().map(value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, aws};

    fn athena() -> Engine {
        Engine::Athena {
            workgroup: "primary".to_owned(),
            database: "default".to_owned(),
            output: Some("s3://results/".to_owned()),
        }
    }

    #[tokio::test]
    async fn athena_is_asked_as_its_model_says() {
        let (aws, calls) = aws(|call| match call.action.as_str() {
            "StartQueryExecution" => Answer::ok(r#"{"QueryExecutionId":"q-1"}"#),
            "GetQueryExecution" => Answer::ok(
                r#"{"QueryExecution":{"Status":{"State":"SUCCEEDED"},"Statistics":{"DataScannedInBytes":42}}}"#,
            ),
            _ => Answer::ok(
                r#"{"ResultSet":{"Rows":[{"Data":[{"VarCharValue":"a"},{"VarCharValue":"b"}]},{"Data":[{"VarCharValue":"1"},{}]}]},"NextToken":"n"}"#,
            ),
        });
        let id = aws.start_query(&athena(), "eu-west-1", "SELECT 1").await;
        assert_eq!(id, Observed::Known("q-1".to_owned()));
        let state = aws.query_state(&athena(), "eu-west-1", "q-1").await;
        let done = QueryState {
            phase: Phase::Done,
            reason: None,
            scanned: Some(42),
        };
        assert_eq!(state, Observed::Known(done));
        let page = aws.query_page(&athena(), "eu-west-1", "q-1", None).await;
        let rows = vec![vec![Some("1".to_owned()), None]];
        let next = Some("n".to_owned());
        assert_eq!(page, Observed::Known(QueryPage { rows, next }));
        let body: Value = serde_json::from_str(&calls.all()[0].body).unwrap();
        assert_eq!(body["ResultConfiguration"]["OutputLocation"], "s3://results/");
        assert_eq!(calls.all()[0].host, "athena.eu-west-1.amazonaws.com");
    }

    #[tokio::test]
    async fn lake_is_asked_as_its_model_says_and_what_cannot_be_read_is_told() {
        let (aws, calls) = aws(|call| match call.action.as_str() {
            "StartQuery" => Answer::ok(r#"{"QueryId":"q-2"}"#),
            "DescribeQuery" => Answer::ok(r#"{"QueryStatus":"TIMED_OUT","ErrorMessage":"too long"}"#),
            _ if call.nth == 0 => {
                Answer::ok(r#"{"QueryResultRows":[[{"eventtime":"t"},{"eventname":"n"}]]}"#)
            }
            _ => Answer::ok(r#"{"QueryResultRows":[3]}"#),
        });
        let id = aws.start_query(&Engine::Lake, "us-east-1", "SELECT 1").await;
        assert_eq!(id, Observed::Known("q-2".to_owned()));
        let state = aws.query_state(&Engine::Lake, "us-east-1", "q-2").await;
        assert!(matches!(
            state,
            Observed::Known(QueryState {
                phase: Phase::Failed,
                reason: Some(_),
                ..
            })
        ));
        let page = aws.query_page(&Engine::Lake, "us-east-1", "q-2", None).await;
        let rows = vec![vec![Some("t".to_owned()), Some("n".to_owned())]];
        assert_eq!(page, Observed::Known(QueryPage { rows, next: None }));
        let bad = aws.query_page(&Engine::Lake, "us-east-1", "q-2", Some("x")).await;
        assert!(matches!(bad, Observed::Failed { .. }), "{bad:?}");
        assert_eq!(calls.all()[0].host, "cloudtrail.us-east-1.amazonaws.com");
    }
}
