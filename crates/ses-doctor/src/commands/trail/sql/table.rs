//! The table over a trail's files. Its partitions follow from the names of the folders, so that none has to be added, and
//! a query reads only the folders that its conditions leave. (Athena User Guide, "create the table for CloudTrail logs
//! using partition projection", "supported types for partition projection".)

use super::condition::any;
use super::literal::{is, text};
use jiff::{SignedDuration, Timestamp};
use ses_smtp::endpoint::{REGIONS_WITHOUT_SMTP, SMTP_REGIONS};
use trail_scan::Filter;

/// Where a trail's files are. Every part has been checked: none holds a character that means something in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands::trail) struct Table {
    pub(in crate::commands::trail) database: String,
    pub(in crate::commands::trail) name: String,
    /// `s3://BUCKET/PREFIX/AWSLogs/` and the organization's id.
    pub(in crate::commands::trail) root: String,
    pub(in crate::commands::trail) accounts: Vec<String>,
    /// Regions besides those that are known.
    pub(in crate::commands::trail) regions: Vec<String>,
}

impl Table {
    /// As it stands after FROM.
    pub(in crate::commands::trail) fn quoted(&self) -> String {
        format!("\"{}\".\"{}\"", self.database, self.name)
    }

    /// Where the files of its accounts are, `s3://…/`.
    pub(in crate::commands::trail) fn folders(&self) -> impl Iterator<Item = String> {
        let accounts = self.accounts.iter();
        accounts.map(|account| format!("{}{account}/CloudTrail/", self.root))
    }

    /// The statement that makes it, if it is not there. It reads and copies nothing.
    pub(in crate::commands::trail) fn definition(&self) -> String {
        let properties = [
            ("projection.enabled", "true".to_owned()),
            ("projection.account.type", "enum".to_owned()),
            ("projection.account.values", self.accounts.join(",")),
            ("projection.region.type", "enum".to_owned()),
            ("projection.region.values", self.all_regions().join(",")),
            ("projection.day.type", "date".to_owned()),
            ("projection.day.format", "yyyy/MM/dd".to_owned()),
            ("projection.day.range", "2013/11/01,NOW+1DAYS".to_owned()),
            ("projection.day.interval", "1".to_owned()),
            ("projection.day.interval.unit", "DAYS".to_owned()),
            (
                "storage.location.template",
                format!("{}${{account}}/CloudTrail/${{region}}/${{day}}", self.root),
            ),
        ];
        let properties: Vec<String> = properties
            .iter()
            .map(|(name, value)| format!("  '{name}' = '{value}'"))
            .collect();
        format!(
            "CREATE EXTERNAL TABLE IF NOT EXISTS `{}`.`{}` (\n{COLUMNS})\n\
             PARTITIONED BY (account STRING, region STRING, day STRING)\n\
             ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n\
             STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'\n\
             OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n\
             LOCATION '{}'\nTBLPROPERTIES (\n{}\n)",
            self.database,
            self.name,
            self.root,
            properties.join(",\n")
        )
    }

    /// Which folders can hold what is wanted: an event is delivered after it happened, at most a day later, as `trail scan`
    /// takes it too.
    pub(in crate::commands::trail) fn pruning(&self, filter: &Filter) -> Vec<String> {
        let accounts = self
            .accounts
            .iter()
            .map(|account| format!("account = {}", text(account)));
        let mut wanted = vec![any(accounts.collect())];
        if !filter.regions.is_empty() {
            wanted.push(any(filter
                .regions
                .iter()
                .map(|name| is("region", name))
                .collect()));
        }
        let day = |at: Timestamp| text(&at.strftime("%Y/%m/%d").to_string());
        let later = |at: Timestamp| at.saturating_add(SignedDuration::from_hours(24)).unwrap_or(at);
        wanted.extend(filter.since.map(|at| format!("day >= {}", day(at))));
        wanted.extend(filter.until.map(|at| format!("day <= {}", day(later(at)))));
        wanted
    }

    fn all_regions(&self) -> Vec<&str> {
        let mut regions: Vec<&str> = SMTP_REGIONS
            .iter()
            .chain(&REGIONS_WITHOUT_SMTP)
            .copied()
            .collect();
        regions.extend(self.regions.iter().map(String::as_str));
        regions.sort_unstable();
        regions.dedup();
        regions
    }
}

const COLUMNS: &str = "  eventtime STRING,
  eventsource STRING,
  eventname STRING,
  awsregion STRING,
  sourceipaddress STRING,
  useragent STRING,
  errorcode STRING,
  errormessage STRING,
  requestid STRING,
  eventid STRING,
  useridentity STRUCT<
    type: STRING,
    principalid: STRING,
    arn: STRING,
    accountid: STRING,
    accesskeyid: STRING,
    username: STRING,
    invokedby: STRING,
    sessioncontext: STRUCT<
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>>>,
  requestparameters STRING,
  responseelements STRING,
  recipientaccountid STRING
";
