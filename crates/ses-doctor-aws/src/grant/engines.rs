//! What `trail athena` and `trail lake` take: their own calls, and what Athena then calls with the permissions of whoever asked.
//!
//! Which resource each action is checked for stands in AWS's Service Authorization Reference, "Actions, resources, and condition
//! keys for" Amazon Athena, AWS Glue, Amazon S3, AWS CloudTrail and AWS Key Management Service. What Athena calls for a statement
//! stands in the Athena User Guide: "Configure access to databases and tables in the AWS Glue Data Catalog", "Control access to
//! Amazon S3 from Athena", "AWS managed policy: AmazonAthenaFullAccess", "Encryption at rest". None of it was tried against AWS.
//!
//! An action stands here once for each thing that it is granted on: reading the trail is not reading the results.

use super::Calls::{AtMost, Each, OnBehalf};
use super::Level::{
    Bucket, CatalogDatabase, CatalogTable, DeliveredObjects, EventDataStore, Results, ResultsBucket,
    ResultsKey, StoreKey, TrailKey, WorkGroup,
};
use super::Use::{Comfort, Conclusion, OnceNamed};
use super::{Action, Calls, Level, Use};
use crate::permissions::*;

const fn of(level: Level, name: &'static str, calls: Calls, tells: &'static str, use_: Use) -> Action {
    Action {
        name,
        level,
        calls,
        tells,
        use_,
    }
}

const ATHENA_ITSELF: Calls = OnBehalf("Athena");
const LAKE_ITSELF: Calls = OnBehalf("CloudTrail");

/// A query that is under way.
const LOOK: Calls = Each("look at a query that is under way");

/// Rows in an answer.
const PAGE: Calls = Each("1,000 events that are found");

const KEY_OF_THE_TRAIL: &str =
    "it is asked for only where a KMS key of your own encrypts the trail's files: name it by --trail-key";
const KEY_OF_THE_RESULTS: &str =
    "it is asked for only where a KMS key of your own encrypts the results: name it by --results-key";
const KEY_OF_THE_STORE: &str =
    "it is asked for only where a KMS key of your own encrypts the event data store: name it by --store-key";
const NOT_DOCUMENTED_AS_NEEDED: &str =
    "AWS's examples grant it for the bucket of results; that a query needs it is documented nowhere";

/// Of `trail athena`, also with `--estimate`.
pub(super) const ATHENA: &[Action] = &[
    of(
        WorkGroup,
        ATHENA_START,
        AtMost(2),
        "the id of the query: first of the one that makes the table",
        Conclusion,
    ),
    of(
        WorkGroup,
        ATHENA_GET_EXECUTION,
        LOOK,
        "whether it is done, and what it has scanned",
        Conclusion,
    ),
    of(WorkGroup, ATHENA_GET_RESULTS, PAGE, "the events", Conclusion),
    of(
        WorkGroup,
        ATHENA_STOP,
        AtMost(1),
        "nothing: it stops a query that has reached --max-bytes or --deadline",
        Conclusion,
    ),
    of(
        Bucket,
        LIST_BUCKET,
        Each(
            "folder that is entered and 1,000 files, for the estimate; and then by Athena with your permissions",
        ),
        "how many files and bytes the query will read; it shows the names of everything in the bucket",
        Conclusion,
    ),
    of(
        CatalogDatabase,
        GLUE_GET_DATABASE,
        ATHENA_ITSELF,
        "that the table's database is there; Athena also looks at the one called `default`",
        Conclusion,
    ),
    of(
        CatalogTable,
        GLUE_GET_TABLE,
        ATHENA_ITSELF,
        "the table's columns, and where its files are",
        Conclusion,
    ),
    of(
        CatalogTable,
        GLUE_CREATE_TABLE,
        ATHENA_ITSELF,
        "nothing: it makes the table; `--existing-table` here and there goes without, once it is there",
        Conclusion,
    ),
    of(
        CatalogTable,
        GLUE_GET_PARTITIONS,
        ATHENA_ITSELF,
        "the partitions of a table",
        Comfort(
            "partitions of the table that is made here are projected, not kept in the catalog; one that was made otherwise takes it",
        ),
    ),
    of(
        Bucket,
        GET_BUCKET_LOCATION,
        ATHENA_ITSELF,
        "the region of the trail's bucket",
        Conclusion,
    ),
    of(
        DeliveredObjects,
        GET_OBJECT,
        ATHENA_ITSELF,
        "the files of the trail",
        Conclusion,
    ),
    of(
        ResultsBucket,
        GET_BUCKET_LOCATION,
        ATHENA_ITSELF,
        "the region of the bucket of results",
        Conclusion,
    ),
    of(
        ResultsBucket,
        LIST_BUCKET,
        ATHENA_ITSELF,
        "what is in the bucket of results",
        Conclusion,
    ),
    of(
        Results,
        GET_OBJECT,
        ATHENA_ITSELF,
        "the results, as they are fetched",
        Conclusion,
    ),
    of(
        Results,
        PUT_OBJECT,
        ATHENA_ITSELF,
        "nothing: it keeps the results, which hold the events that were found",
        Conclusion,
    ),
    of(
        Results,
        ABORT_MULTIPART_UPLOAD,
        ATHENA_ITSELF,
        "nothing: it takes back large results that did not come to their end",
        Conclusion,
    ),
    of(
        ResultsBucket,
        LIST_UPLOADS,
        ATHENA_ITSELF,
        "results that are being uploaded",
        Comfort(NOT_DOCUMENTED_AS_NEEDED),
    ),
    of(
        Results,
        LIST_UPLOAD_PARTS,
        ATHENA_ITSELF,
        "their parts",
        Comfort(NOT_DOCUMENTED_AS_NEEDED),
    ),
    of(
        TrailKey,
        DECRYPT,
        ATHENA_ITSELF,
        "the decryption of the trail's files",
        OnceNamed(KEY_OF_THE_TRAIL),
    ),
    of(
        ResultsKey,
        DECRYPT,
        ATHENA_ITSELF,
        "the decryption of the results",
        OnceNamed(KEY_OF_THE_RESULTS),
    ),
    of(
        ResultsKey,
        GENERATE_DATA_KEY,
        ATHENA_ITSELF,
        "nothing: it encrypts the results",
        OnceNamed(KEY_OF_THE_RESULTS),
    ),
];

/// Of `trail lake`. That its queries take both actions of KMS where the store has a key stands in the CloudTrail User Guide,
/// "Configure AWS KMS key policies for CloudTrail".
pub(super) const LAKE: &[Action] = &[
    of(
        EventDataStore,
        LAKE_START,
        AtMost(1),
        "the id of the query",
        Conclusion,
    ),
    of(
        EventDataStore,
        LAKE_DESCRIBE,
        LOOK,
        "whether it is done, and what it has scanned",
        Conclusion,
    ),
    of(EventDataStore, LAKE_GET_RESULTS, PAGE, "the events", Conclusion),
    of(
        EventDataStore,
        LAKE_CANCEL,
        AtMost(1),
        "nothing: it stops a query that has reached --max-bytes or --deadline",
        Conclusion,
    ),
    of(
        StoreKey,
        DECRYPT,
        LAKE_ITSELF,
        "the decryption of the store and of the results",
        OnceNamed(KEY_OF_THE_STORE),
    ),
    of(
        StoreKey,
        GENERATE_DATA_KEY,
        LAKE_ITSELF,
        "nothing: it encrypts the results",
        OnceNamed(KEY_OF_THE_STORE),
    ),
];
