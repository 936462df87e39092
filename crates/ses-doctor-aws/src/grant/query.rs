//! What a query over a trail is put to: the part of a scope that only `trail athena` and `trail lake` have.

use super::{Level, S3Place, Scope};

/// The table of a query, where its results go, and the keys that encrypt. Whatever is not known becomes a wildcard in its place of
/// the ARN, but for keys, which are granted only once they are named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The workgroup of Athena.
    pub workgroup: Option<String>,
    /// The database of the table.
    pub database: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// It is there, and need not be made.
    pub existing_table: bool,
    /// The event data store: its id or ARN.
    pub store: Option<String>,
    /// ARNs of the keys of the trail's files.
    pub trail_keys: Vec<String>,
    /// ARNs of the keys of the results.
    pub results_keys: Vec<String>,
    /// ARNs of the keys of the event data store.
    pub store_keys: Vec<String>,
    /// See [`Scope::with_results`].
    pub(super) results: Option<S3Place>,
}

/// Whoever may write results there could write over what CloudTrail has delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the results would lie where the trail delivers")]
pub struct ResultsInTrail;

/// What a bucket of results is called that Athena has made by itself. (Athena User Guide, "Work with query results and recent
/// queries"; AmazonAthenaFullAccess.) No other bucket may be written to until it is named.
const OF_ATHENA: &str = "aws-athena-query-results-*";

/// The folder that every trail delivers to. (CloudTrail User Guide, "Finding your CloudTrail log files".)
const DELIVERED: &str = "AWSLogs/";

impl Scope {
    /// The same, with the place of the results. The trail's places have to be known before.
    ///
    /// # Errors
    ///
    /// When the right to write results would reach what the trail delivers.
    pub fn with_results(mut self, results: S3Place) -> Result<Self, ResultsInTrail> {
        let own = folder(&results.path);
        let meets = |trail: &S3Place| {
            let delivered = delivered(&trail.path);
            trail.bucket == results.bucket && (delivered.starts_with(&own) || own.starts_with(&delivered))
        };
        if self.buckets.iter().any(meets) {
            return Err(ResultsInTrail);
        }
        self.query.results = Some(results);
        Ok(self)
    }

    /// The place of the results is not known.
    pub fn has_no_results(&self) -> bool {
        self.query.results.is_none()
    }

    /// The ARNs of the levels that only queries have; none for others.
    pub(super) fn of_query(&self, level: Level) -> Vec<String> {
        let Query {
            workgroup,
            store,
            trail_keys,
            results_keys,
            store_keys,
            results,
            ..
        } = &self.query;
        let results_bucket = results.as_ref().map_or(OF_ATHENA, |place| &place.bucket);
        match level {
            Level::WorkGroup => vec![self.here("athena", &format!("workgroup/{}", or_any(workgroup)))],
            Level::CatalogDatabase => self.database(),
            Level::CatalogTable => self.table(),
            Level::DeliveredObjects => self.delivered_objects(),
            Level::ResultsBucket => vec![self.in_s3(results_bucket)],
            Level::Results => {
                let folder = results.as_ref().map(|place| folder(&place.path));
                vec![self.in_s3(&format!("{results_bucket}/{}*", folder.unwrap_or_default()))]
            }
            Level::EventDataStore => match store.as_deref() {
                Some(arn) if arn.starts_with("arn:") => vec![arn.to_owned()],
                id => vec![self.here("cloudtrail", &format!("eventdatastore/{}", id.unwrap_or("*")))],
            },
            Level::TrailKey => trail_keys.clone(),
            Level::ResultsKey => results_keys.clone(),
            Level::StoreKey => store_keys.clone(),
            Level::Nothing
            | Level::Unread
            | Level::HealthEvent
            | Level::User
            | Level::AttachedUser
            | Level::UnknownUser
            | Level::Group
            | Level::ManagedPolicy
            | Level::OwnPolicy
            | Level::Identity
            | Level::IdentityAndSet
            | Level::SecurityGroup
            | Level::VpcEndpoint
            | Level::ConfigurationSet
            | Level::Secret
            | Level::Parameter
            | Level::EncryptionKey
            | Level::OrganizationAccount
            | Level::OrganizationChild
            | Level::OrganizationalUnit
            | Level::OrganizationTarget
            | Level::ControlPolicy
            | Level::Bucket
            | Level::Objects => Vec::new(),
        }
    }

    /// Glue checks a thing together with all that it lies in, and Athena looks at the database `default` whichever one is meant.
    fn database(&self) -> Vec<String> {
        let database = or_any(&self.query.database);
        let mut arns = vec![
            self.here("glue", "catalog"),
            self.here("glue", &format!("database/{database}")),
        ];
        if !["default", "*"].contains(&database) {
            arns.push(self.here("glue", "database/default"));
        }
        arns
    }

    fn table(&self) -> Vec<String> {
        let (database, table) = (or_any(&self.query.database), or_any(&self.query.table));
        vec![
            self.here("glue", "catalog"),
            self.here("glue", &format!("database/{database}")),
            self.here("glue", &format!("table/{database}/{table}")),
        ]
    }

    /// What CloudTrail delivers, and not what other services put beside it.
    fn delivered_objects(&self) -> Vec<String> {
        let within = |root: String| self.in_s3(&format!("{root}*/CloudTrail/*"));
        if self.buckets.is_empty() {
            return vec![within(format!("*/{DELIVERED}"))];
        }
        let root = |place: &S3Place| format!("{}/{}", place.bucket, delivered(&place.path));
        self.buckets.iter().map(|place| within(root(place))).collect()
    }

    fn here(&self, service: &str, rest: &str) -> String {
        let region = self.region.as_deref().unwrap_or("*");
        self.arn(service, region, self.account(), rest)
    }
}

/// As `trail athena` takes it: with `AWSLogs` at its end or without.
fn delivered(path: &str) -> String {
    let above = path.trim_end_matches('/');
    let above = above
        .strip_suffix(DELIVERED.trim_end_matches('/'))
        .unwrap_or(above);
    format!("{}{DELIVERED}", folder(above))
}

/// What keys in a folder begin with.
fn folder(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!("{}/", path.trim_end_matches('/')),
    }
}

fn or_any(name: &Option<String>) -> &str {
    name.as_deref().unwrap_or("*")
}
