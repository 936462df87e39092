//! What a policy is narrowed to, and the ARNs that follow from it.

use super::{Level, Query};
use crate::collect::identity_names;
use crate::subject::Subject;

/// What is known of the account, user and message. Whatever is not becomes a wildcard in its place of the ARN.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Twelve digits.
    pub account: Option<String>,
    /// The SMTP user's name, with its path if it has one: `team/app`. More than one where the path is not known.
    pub users: Vec<String>,
    /// The region of the SMTP endpoint.
    pub region: Option<String>,
    /// Sender and recipients.
    pub addresses: Vec<String>,
    /// The configuration set in use.
    pub configuration_set: Option<String>,
    /// The key is known to be one of that user's.
    pub owns_the_key: bool,
    /// Names of groups, with their paths. More than one where the path of one is not known.
    pub groups: Vec<String>,
    /// ARNs of managed policies.
    pub policies: Vec<String>,
    /// Identities that are known by their own names, in the region alone.
    pub identities: Vec<String>,
    /// Ids of security groups.
    pub security_groups: Vec<String>,
    /// Ids of VPC endpoints.
    pub vpc_endpoints: Vec<String>,
    /// Names or ARNs of secrets that keep a pair.
    pub secrets: Vec<String>,
    /// Names or ARNs of parameters that keep one.
    pub parameters: Vec<String>,
    /// Where a trail delivers to.
    pub buckets: Vec<S3Place>,
    /// What a query over a trail is put to.
    pub query: Query,
}

/// A bucket of S3, or some of its keys: what begins with `path` where that ends in a slash or a star, else the object of that name
/// and all that is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Place {
    /// Its name.
    pub bucket: String,
    /// Empty for all of it.
    pub path: String,
}

impl Scope {
    /// What the reads were about.
    pub fn of(subject: &Subject) -> Self {
        Self {
            account: subject.account.clone(),
            // Its path is not known for sure.
            users: subject
                .user_name
                .iter()
                .flat_map(|name| [name.clone(), format!("*/{name}")])
                .collect(),
            region: subject.region.clone(),
            addresses: [&subject.from, &subject.to]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            configuration_set: subject.configuration_set.clone(),
            ..Self::default()
        }
    }

    /// The ARNs that an action of this level is granted on.
    pub fn resources(&self, level: Level) -> Vec<String> {
        let iam = |rest: String| self.arn("iam", "", self.account(), &rest);
        let organizations = |rest: &str| self.arn("organizations", "", "*", rest);
        let account = || organizations(&format!("account/o-*/{}", self.account()));
        let unit = || organizations("ou/o-*/ou-*");
        match level {
            Level::Nothing | Level::HealthEvent | Level::Unread => vec!["*".to_owned()],
            Level::UnknownUser if !self.owns_the_key => vec![iam("user/*".to_owned())],
            Level::User | Level::AttachedUser | Level::UnknownUser if !self.users.is_empty() => self
                .users
                .iter()
                .map(|name| iam(format!("user/{name}")))
                .collect(),
            Level::User | Level::AttachedUser | Level::UnknownUser => vec![iam("user/*".to_owned())],
            Level::Group if !self.groups.is_empty() => self
                .groups
                .iter()
                .map(|name| iam(format!("group/{name}")))
                .collect(),
            Level::Group => vec![iam("group/*".to_owned())],
            Level::OwnPolicy | Level::ManagedPolicy if !self.policies.is_empty() => self.policies.clone(),
            Level::OwnPolicy => vec![iam("policy/*".to_owned())],
            Level::SecurityGroup => self.of_ec2("security-group", &self.security_groups),
            Level::VpcEndpoint => self.of_ec2("vpc-endpoint", &self.vpc_endpoints),
            Level::IdentityAndSet => [
                self.resources(Level::Identity),
                self.resources(Level::ConfigurationSet),
            ]
            .concat(),
            Level::ManagedPolicy => vec![iam("policy/*".to_owned()), self.arn("iam", "", "aws", "policy/*")],
            Level::Identity => self.identities(),
            Level::ConfigurationSet => {
                let name = self.configuration_set.as_deref().unwrap_or("*");
                let region = self.region.as_deref().unwrap_or("*");
                vec![self.arn(
                    "ses",
                    region,
                    self.account(),
                    &format!("configuration-set/{name}"),
                )]
            }
            // Secrets Manager adds six characters to a name (user guide, "What's in a Secrets Manager secret?").
            Level::Secret => self.kept("secretsmanager", &self.secrets, |name| match name {
                "*" => "secret:*".to_owned(),
                name => format!("secret:{name}-??????"),
            }),
            Level::Parameter => self.kept("ssm", &self.parameters, |name| {
                format!("parameter/{}", name.trim_start_matches('/'))
            }),
            Level::Bucket => self.trail_buckets(),
            Level::Objects => self.trail_objects(),
            Level::EncryptionKey if !self.query.trail_keys.is_empty() => self.query.trail_keys.clone(),
            Level::EncryptionKey => vec![self.arn("kms", "*", self.account(), "key/*")],
            Level::WorkGroup
            | Level::CatalogDatabase
            | Level::CatalogTable
            | Level::DeliveredObjects
            | Level::ResultsBucket
            | Level::Results
            | Level::EventDataStore
            | Level::TrailKey
            | Level::ResultsKey
            | Level::StoreKey => self.of_query(level),
            Level::OrganizationAccount => vec![account()],
            Level::OrganizationChild => vec![account(), unit()],
            Level::OrganizationalUnit => vec![unit()],
            Level::OrganizationTarget => vec![account(), unit(), organizations("root/o-*/r-*")],
            Level::ControlPolicy => vec![
                organizations("policy/o-*/*"),
                self.arn("organizations", "", "aws", "policy/*"),
            ],
        }
    }

    fn of_ec2(&self, kind: &str, ids: &[String]) -> Vec<String> {
        let region = self.region.as_deref().unwrap_or("*");
        let arn = |id: &str| self.arn("ec2", region, self.account(), &format!("{kind}/{id}"));
        match ids {
            [] => vec![arn("*")],
            ids => ids.iter().map(|id| arn(id)).collect(),
        }
    }

    /// Every region, unless they are known: an identity that is missing here is looked for in the others.
    fn identities(&self) -> Vec<String> {
        if !self.identities.is_empty() {
            let region = self.region.as_deref().unwrap_or("*");
            let arn = |name: &String| self.arn("ses", region, self.account(), &format!("identity/{name}"));
            return self.identities.iter().map(arn).collect();
        }
        let names = self.addresses.iter().flat_map(|address| identity_names(address));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.dedup();
        if names.is_empty() {
            names.push("*".to_owned());
        }
        let arn = |name: &String| self.arn("ses", "*", self.account(), &format!("identity/{name}"));
        names.iter().map(arn).collect()
    }

    /// What was named, by ARN or by name; any, where nothing was.
    fn kept(&self, service: &str, named: &[String], rest: impl Fn(&str) -> String) -> Vec<String> {
        let region = self.region.as_deref().unwrap_or("*");
        let arn = |name: &str| match name.starts_with("arn:") {
            true => name.to_owned(),
            false => self.arn(service, region, self.account(), &rest(name)),
        };
        match named {
            [] => vec![arn("*")],
            named => named.iter().map(|name| arn(name)).collect(),
        }
    }

    fn trail_buckets(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .buckets
            .iter()
            .map(|place| self.in_s3(&place.bucket))
            .collect();
        names.dedup();
        if names.is_empty() {
            names.push(self.in_s3("*"));
        }
        names
    }

    fn trail_objects(&self) -> Vec<String> {
        if self.buckets.is_empty() {
            return vec![self.in_s3("*/*")];
        }
        let keys = self
            .buckets
            .iter()
            .flat_map(|S3Place { bucket, path }| match path.strip_suffix('*') {
                Some(beginning) => vec![format!("{bucket}/{beginning}*")],
                None if path.is_empty() || path.ends_with('/') => vec![format!("{bucket}/{path}*")],
                None => vec![format!("{bucket}/{path}"), format!("{bucket}/{path}/*")],
            });
        keys.map(|key| self.in_s3(&key)).collect()
    }

    /// The names of buckets are unique in a partition, so that their ARNs tell neither region nor account.
    pub(super) fn in_s3(&self, name: &str) -> String {
        self.arn("s3", "", "", name)
    }

    pub(super) fn account(&self) -> &str {
        self.account.as_deref().unwrap_or("*")
    }

    pub(super) fn arn(&self, service: &str, region: &str, account: &str, rest: &str) -> String {
        format!("arn:{}:{service}:{region}:{account}:{rest}", self.partition())
    }

    fn partition(&self) -> &'static str {
        match self.region.as_deref().and_then(|region| region.split_once('-')) {
            Some(("cn", _)) => "aws-cn",
            Some(("us", rest)) if rest.starts_with("gov-") => "aws-us-gov",
            Some(("eusc", _)) => "aws-eusc",
            _ => "aws",
        }
    }
}
