//! The things that can be observed, each with an eternal id. A cause names the needs that it still lacks; collectors
//! meet them; the same id then stands in `because` of a finding.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing to observe. Exactly one slot of [`crate::Evidence`] belongs to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// What the person told us: host, port, region, addresses, the line that the client logged.
    Symptom,
    /// What is wrong in the client's configuration files.
    ClientConfig,
    /// When the client's log first and last shows the failure, and when mail was last taken.
    ClientLog,
    /// The user name and the password, inspected offline.
    Credential,
    /// The login tried as the client makes it.
    Probe,
    /// The same login in every other region that has an SMTP endpoint.
    Regions,
    /// The login with pairs in which found damage is mended.
    Repairs,
    /// The secret of Secrets Manager, or the parameter of Systems Manager, that keeps the password.
    PasswordSource,
    /// The login with the kept pair, where the client has another one or the current version is refused.
    StoredLogins,
    /// The other SMTP ports of the same host.
    Ports,
    /// The login under varied circumstances: what flips the outcome.
    Experiment,
    /// Who the operator is (STS `GetCallerIdentity`).
    Caller,
    /// Which account owns the access key (STS `GetAccessKeyInfo`).
    KeyAccount,
    /// Which user owns the key, and when and where it was last used (IAM `GetAccessKeyLastUsed`).
    KeyLastUsed,
    /// The keys of that user (IAM `ListAccessKeys`).
    AccessKeys,
    /// The user itself, with the permissions boundary (IAM `GetUser`).
    User,
    /// The user's policies: inline, attached, of groups, and the boundary.
    Policies,
    /// Where the key's account stands in its organization, and the SCPs and RCPs attached on the way there.
    Organization,
    /// The VPC endpoints of SES SMTP in the region: policies, security groups (EC2 `DescribeVpcEndpoints`).
    VpcEndpoints,
    /// What AWS's own simulator says of the message (IAM `SimulatePrincipalPolicy`).
    Simulation,
    /// Whether the account has root access keys (IAM `GetAccountSummary`).
    AccountSummary,
    /// The SES account in the endpoint's region (SES `GetAccount`).
    SesAccount,
    /// The sender's identity in the endpoint's region (SES `GetEmailIdentity`).
    SenderIdentity,
    /// The sender's identity in the other regions.
    SenderIdentityElsewhere,
    /// The recipient's identity in the endpoint's region: the sandbox asks for it.
    RecipientIdentity,
    /// The configuration set in use (SES `GetConfigurationSet`).
    ConfigurationSet,
    /// The tenant that the client names, and what belongs to it (SES `GetTenant`, `ListTenantResources`).
    Tenant,
    /// CloudTrail events about the key and its user, SES and Organizations, in the files that were given.
    ArchivedEvents,
    /// What the key was used for, in these files.
    ArchivedUse,
    /// CloudTrail events that acted upon the key (`LookupEvents`, us-east-1).
    KeyEvents,
    /// CloudTrail events that acted upon the user (`LookupEvents`, us-east-1).
    UserEvents,
    /// CloudTrail events that acted upon the policies and groups that reach the user (`LookupEvents`, us-east-1).
    PolicyEvents,
    /// CloudTrail events of SES in the endpoint's region (`LookupEvents`).
    SesEvents,
    /// CloudTrail events of Organizations (`LookupEvents` in the management account, us-east-1).
    OrganizationEvents,
    /// CloudTrail events that acted upon the VPC endpoint or its security groups (`LookupEvents`).
    VpcEvents,
    /// CloudTrail events that wrote the secret or parameter which keeps the password (`LookupEvents`, its region).
    SecretEvents,
    /// Open and recent events of AWS Health for SES, IAM and STS, and AWS's notices to the account (`DescribeEvents`).
    HealthEvents,
    /// What CloudWatch counted of the account's sending (`GetMetricData`, namespace `AWS/SES`).
    SendingMetrics,
}

impl Need {
    /// The state of SES in the operator's account. It decides upon the message only if the key is of that account.
    pub const OF_SES: &'static [Self] = &[
        Self::SesAccount,
        Self::SenderIdentity,
        Self::SenderIdentityElsewhere,
        Self::RecipientIdentity,
        Self::ConfigurationSet,
        Self::Tenant,
    ];

    /// Every need, in the order of the report.
    pub const ALL: &'static [Self] = &[
        Self::Symptom,
        Self::ClientConfig,
        Self::ClientLog,
        Self::Credential,
        Self::Probe,
        Self::Regions,
        Self::Repairs,
        Self::PasswordSource,
        Self::StoredLogins,
        Self::Ports,
        Self::Experiment,
        Self::Caller,
        Self::KeyAccount,
        Self::KeyLastUsed,
        Self::AccessKeys,
        Self::User,
        Self::Policies,
        Self::Organization,
        Self::VpcEndpoints,
        Self::Simulation,
        Self::AccountSummary,
        Self::SesAccount,
        Self::SenderIdentity,
        Self::SenderIdentityElsewhere,
        Self::RecipientIdentity,
        Self::ConfigurationSet,
        Self::Tenant,
        Self::KeyEvents,
        Self::UserEvents,
        Self::PolicyEvents,
        Self::SesEvents,
        Self::OrganizationEvents,
        Self::VpcEvents,
        Self::SecretEvents,
        Self::ArchivedEvents,
        Self::ArchivedUse,
        Self::HealthEvents,
        Self::SendingMetrics,
    ];

    /// The evidence id in reports. Kebab-case after the source's name; it never changes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Symptom => "symptom",
            Self::ClientConfig => "client.config",
            Self::ClientLog => "client.log",
            Self::Credential => "credential",
            Self::Probe => "smtp.probe",
            Self::Regions => "smtp.regions",
            Self::Repairs => "smtp.repairs",
            Self::PasswordSource => "password.source",
            Self::StoredLogins => "smtp.stored-logins",
            Self::Ports => "smtp.ports",
            Self::Experiment => "smtp.experiment",
            Self::Caller => "sts.caller-identity",
            Self::KeyAccount => "sts.access-key-account",
            Self::KeyLastUsed => "iam.access-key-last-used",
            Self::AccessKeys => "iam.access-keys",
            Self::User => "iam.user",
            Self::Policies => "iam.policies",
            Self::Organization => "organizations.path",
            Self::VpcEndpoints => "ec2.vpc-endpoints",
            Self::Simulation => "iam.simulation",
            Self::AccountSummary => "iam.account-summary",
            Self::SesAccount => "ses.account",
            Self::SenderIdentity => "ses.sender-identity",
            Self::SenderIdentityElsewhere => "ses.sender-identity-elsewhere",
            Self::RecipientIdentity => "ses.recipient-identity",
            Self::ConfigurationSet => "ses.configuration-set",
            Self::Tenant => "ses.tenant",
            Self::KeyEvents => "cloudtrail.key-events",
            Self::UserEvents => "cloudtrail.user-events",
            Self::PolicyEvents => "cloudtrail.policy-events",
            Self::SesEvents => "cloudtrail.ses-events",
            Self::OrganizationEvents => "cloudtrail.organization-events",
            Self::VpcEvents => "cloudtrail.vpc-events",
            Self::SecretEvents => "cloudtrail.secret-events",
            Self::ArchivedEvents => "cloudtrail.archived-events",
            Self::ArchivedUse => "cloudtrail.archived-use",
            Self::HealthEvents => "health.events",
            Self::SendingMetrics => "cloudwatch.sending",
        }
    }

    /// The needs whose answers it may take to know what to ask for this one: the user's name, the account, the sender's
    /// identity. Without them it stays open too.
    pub fn follows(self) -> &'static [Self] {
        match self {
            Self::AccessKeys => &[Self::KeyLastUsed, Self::KeyEvents],
            Self::User | Self::Policies | Self::UserEvents => {
                &[Self::KeyLastUsed, Self::AccessKeys, Self::KeyEvents, Self::Caller]
            }
            Self::PolicyEvents => &[
                Self::KeyLastUsed,
                Self::AccessKeys,
                Self::KeyEvents,
                Self::Caller,
                Self::Policies,
            ],
            Self::OrganizationEvents => &[Self::Organization, Self::KeyAccount, Self::Caller],
            Self::VpcEvents => &[Self::VpcEndpoints],
            Self::Organization => &[Self::KeyAccount, Self::Caller],
            Self::Simulation => &[
                Self::KeyAccount,
                Self::SenderIdentity,
                Self::SesAccount,
                Self::User,
            ],
            Self::ConfigurationSet => &[Self::SenderIdentity],
            Self::StoredLogins | Self::SecretEvents => &[Self::PasswordSource],
            Self::Symptom
            | Self::ClientConfig
            | Self::ClientLog
            | Self::SesEvents
            | Self::Credential
            | Self::Probe
            | Self::Regions
            | Self::Repairs
            | Self::Ports
            | Self::Caller
            | Self::KeyAccount
            | Self::KeyLastUsed
            | Self::VpcEndpoints
            | Self::AccountSummary
            | Self::SesAccount
            | Self::SenderIdentity
            | Self::SenderIdentityElsewhere
            | Self::RecipientIdentity
            | Self::KeyEvents
            | Self::Experiment
            | Self::Tenant
            | Self::PasswordSource
            | Self::ArchivedEvents
            | Self::ArchivedUse
            | Self::HealthEvents
            | Self::SendingMetrics => &[],
        }
    }

    /// What a person does to make it available.
    pub fn how_to_supply(self) -> &'static str {
        match self {
            Self::Symptom => {
                "give the line that the client logged with --error, and the client's --host and --port"
            }
            Self::ClientConfig => "give the client's configuration files with --config",
            Self::ClientLog => "give the client's log with --log",
            Self::ArchivedEvents | Self::ArchivedUse => {
                "give CloudTrail's files with --trail, and the key with --username"
            }
            Self::Credential => "give --username and --password-file, --password-env or --password-stdin",
            Self::Probe => "run where the SMTP endpoint can be reached, with --username and a password",
            Self::Regions => "allow the login to be tried in other regions (leave out --no-region-sweep)",
            Self::Repairs => "allow mended passwords to be tried (leave out --no-repairs)",
            Self::PasswordSource => {
                "name the secret with --password-secret or the parameter with --password-parameter, and allow \
                 secretsmanager:GetSecretValue and secretsmanager:DescribeSecret, or ssm:GetParameter and \
                 ssm:DescribeParameters, to the operator, with kms:Decrypt where a key of your own encrypts it"
            }
            Self::StoredLogins => "allow the kept pair to be tried (leave out --no-repairs)",
            Self::Ports => "run on the host where the mail client runs",
            Self::Experiment => "run with --experiment on the host where the mail client runs",
            Self::Caller => "give AWS credentials, for example with --profile (no permission is needed)",
            Self::KeyAccount => {
                "give AWS credentials that may call sts:GetAccessKeyInfo, for example with --profile"
            }
            Self::KeyLastUsed => "allow iam:GetAccessKeyLastUsed to the operator",
            Self::AccessKeys => "allow iam:ListAccessKeys to the operator",
            Self::User => "allow iam:GetUser to the operator",
            Self::Policies => {
                "allow iam:ListUserPolicies, iam:GetUserPolicy, iam:ListAttachedUserPolicies, iam:ListGroupsForUser, \
                 iam:ListGroupPolicies, iam:GetGroupPolicy, iam:ListAttachedGroupPolicies, iam:GetPolicy and \
                 iam:GetPolicyVersion to the operator"
            }
            Self::Organization => {
                "give AWS credentials of the organization's management account or of a delegated administrator, with \
                 organizations:DescribeOrganization, organizations:ListParents, organizations:ListPoliciesForTarget and \
                 organizations:DescribePolicy"
            }
            Self::VpcEndpoints => {
                "allow ec2:DescribeVpcEndpoints and ec2:DescribeSecurityGroups to the operator"
            }
            Self::Simulation => "allow iam:SimulatePrincipalPolicy to the operator, and give --from",
            Self::AccountSummary => "allow iam:GetAccountSummary to the operator",
            Self::SesAccount => "allow ses:GetAccount to the operator",
            Self::SenderIdentity | Self::SenderIdentityElsewhere => {
                "allow ses:GetEmailIdentity to the operator, and give --from"
            }
            Self::RecipientIdentity => "allow ses:GetEmailIdentity to the operator, and give --to",
            Self::ConfigurationSet => "allow ses:GetConfigurationSet to the operator",
            Self::KeyEvents
            | Self::UserEvents
            | Self::PolicyEvents
            | Self::SesEvents
            | Self::VpcEvents
            | Self::SecretEvents => "allow cloudtrail:LookupEvents to the operator",
            Self::OrganizationEvents => {
                "give AWS credentials of the organization's management account, with cloudtrail:LookupEvents"
            }
            Self::Tenant => {
                "allow ses:GetTenant, ses:ListTenantResources and ses:GetReputationEntity to the operator, and give --tenant"
            }
            Self::HealthEvents => {
                "allow health:DescribeEvents, health:DescribeEventDetails and health:DescribeAffectedEntities to the operator; \
                 the account needs a support plan with the AWS Health API"
            }
            Self::SendingMetrics => "allow cloudwatch:GetMetricData to the operator",
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
