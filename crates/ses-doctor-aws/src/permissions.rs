//! The IAM actions that each need takes: what an operator has to be allowed, published word for word.

use ses_doctor_core::Need;

pub(crate) const GET_CALLER_IDENTITY: &str = "sts:GetCallerIdentity";
pub(crate) const GET_ACCESS_KEY_INFO: &str = "sts:GetAccessKeyInfo";
pub(crate) const GET_ACCESS_KEY_LAST_USED: &str = "iam:GetAccessKeyLastUsed";
pub(crate) const LIST_ACCESS_KEYS: &str = "iam:ListAccessKeys";
pub(crate) const LIST_USERS: &str = "iam:ListUsers";
pub(crate) const GET_USER: &str = "iam:GetUser";
pub(crate) const LIST_USER_POLICIES: &str = "iam:ListUserPolicies";
pub(crate) const GET_USER_POLICY: &str = "iam:GetUserPolicy";
pub(crate) const LIST_ATTACHED_USER_POLICIES: &str = "iam:ListAttachedUserPolicies";
pub(crate) const LIST_GROUPS_FOR_USER: &str = "iam:ListGroupsForUser";
pub(crate) const LIST_GROUP_POLICIES: &str = "iam:ListGroupPolicies";
pub(crate) const GET_GROUP_POLICY: &str = "iam:GetGroupPolicy";
pub(crate) const LIST_ATTACHED_GROUP_POLICIES: &str = "iam:ListAttachedGroupPolicies";
pub(crate) const GET_POLICY: &str = "iam:GetPolicy";
pub(crate) const GET_POLICY_VERSION: &str = "iam:GetPolicyVersion";
pub(crate) const DESCRIBE_ORGANIZATION: &str = "organizations:DescribeOrganization";
pub(crate) const DESCRIBE_ACCOUNT: &str = "organizations:DescribeAccount";
pub(crate) const DESCRIBE_ORGANIZATIONAL_UNIT: &str = "organizations:DescribeOrganizationalUnit";
pub(crate) const LIST_PARENTS: &str = "organizations:ListParents";
pub(crate) const LIST_POLICIES_FOR_TARGET: &str = "organizations:ListPoliciesForTarget";
pub(crate) const DESCRIBE_POLICY: &str = "organizations:DescribePolicy";
pub(crate) const DESCRIBE_VPC_ENDPOINTS: &str = "ec2:DescribeVpcEndpoints";
pub(crate) const DESCRIBE_SECURITY_GROUPS: &str = "ec2:DescribeSecurityGroups";
pub(crate) const SIMULATE_PRINCIPAL_POLICY: &str = "iam:SimulatePrincipalPolicy";
pub(crate) const GET_ACCOUNT_SUMMARY: &str = "iam:GetAccountSummary";
pub(crate) const GET_ACCOUNT: &str = "ses:GetAccount";
pub(crate) const GET_EMAIL_IDENTITY: &str = "ses:GetEmailIdentity";
pub(crate) const GET_CONFIGURATION_SET: &str = "ses:GetConfigurationSet";
pub(crate) const GET_TENANT: &str = "ses:GetTenant";
pub(crate) const LIST_TENANT_RESOURCES: &str = "ses:ListTenantResources";
pub(crate) const GET_REPUTATION_ENTITY: &str = "ses:GetReputationEntity";
pub(crate) const LOOKUP_EVENTS: &str = "cloudtrail:LookupEvents";
pub(crate) const DESCRIBE_EVENTS: &str = "health:DescribeEvents";
pub(crate) const DESCRIBE_EVENT_DETAILS: &str = "health:DescribeEventDetails";
pub(crate) const DESCRIBE_AFFECTED_ENTITIES: &str = "health:DescribeAffectedEntities";
pub(crate) const GET_METRIC_DATA: &str = "cloudwatch:GetMetricData";
pub(crate) const UPDATE_ACCESS_KEY: &str = "iam:UpdateAccessKey";
pub(crate) const CREATE_ACCESS_KEY: &str = "iam:CreateAccessKey";
pub(crate) const DELETE_ACCESS_KEY: &str = "iam:DeleteAccessKey";
pub(crate) const PUT_USER_POLICY: &str = "iam:PutUserPolicy";
pub(crate) const DELETE_USER_POLICY: &str = "iam:DeleteUserPolicy";
pub(crate) const ATTACH_USER_POLICY: &str = "iam:AttachUserPolicy";
pub(crate) const DETACH_USER_POLICY: &str = "iam:DetachUserPolicy";
pub(crate) const LIST_POLICY_VERSIONS: &str = "iam:ListPolicyVersions";
pub(crate) const CREATE_POLICY_VERSION: &str = "iam:CreatePolicyVersion";
pub(crate) const DELETE_POLICY_VERSION: &str = "iam:DeletePolicyVersion";
pub(crate) const SET_DEFAULT_POLICY_VERSION: &str = "iam:SetDefaultPolicyVersion";
pub(crate) const PUT_ACCOUNT_SENDING: &str = "ses:PutAccountSendingAttributes";
pub(crate) const PUT_SET_SENDING: &str = "ses:PutConfigurationSetSendingOptions";
pub(crate) const PUT_DEFAULT_SET: &str = "ses:PutEmailIdentityConfigurationSetAttributes";
pub(crate) const AUTHORIZE_INGRESS: &str = "ec2:AuthorizeSecurityGroupIngress";
pub(crate) const REVOKE_INGRESS: &str = "ec2:RevokeSecurityGroupIngress";
pub(crate) const MODIFY_VPC_ENDPOINT: &str = "ec2:ModifyVpcEndpoint";
pub(crate) const PUT_GROUP_POLICY: &str = "iam:PutGroupPolicy";
pub(crate) const DELETE_GROUP_POLICY: &str = "iam:DeleteGroupPolicy";
pub(crate) const GET_GROUP: &str = "iam:GetGroup";
pub(crate) const PUT_TENANT_STATUS: &str = "ses:UpdateReputationEntityCustomerManagedStatus";
pub(crate) const ADD_TENANT_RESOURCE: &str = "ses:CreateTenantResourceAssociation";
pub(crate) const TAKE_TENANT_RESOURCE: &str = "ses:DeleteTenantResourceAssociation";
pub(crate) const GET_IDENTITY_POLICIES: &str = "ses:GetEmailIdentityPolicies";
pub(crate) const CREATE_IDENTITY_POLICY: &str = "ses:CreateEmailIdentityPolicy";
pub(crate) const UPDATE_IDENTITY_POLICY: &str = "ses:UpdateEmailIdentityPolicy";
pub(crate) const DELETE_IDENTITY_POLICY: &str = "ses:DeleteEmailIdentityPolicy";
pub(crate) const LIST_ENTITIES_FOR_POLICY: &str = "iam:ListEntitiesForPolicy";
pub(crate) const PUBLISH: &str = "sns:Publish";
pub(crate) const PUT_METRIC_DATA: &str = "cloudwatch:PutMetricData";
pub(crate) const GET_SECRET_VALUE: &str = "secretsmanager:GetSecretValue";
pub(crate) const DESCRIBE_SECRET: &str = "secretsmanager:DescribeSecret";
pub(crate) const PUT_SECRET_VALUE: &str = "secretsmanager:PutSecretValue";
pub(crate) const UPDATE_SECRET_VERSION_STAGE: &str = "secretsmanager:UpdateSecretVersionStage";
pub(crate) const GET_PARAMETER: &str = "ssm:GetParameter";
pub(crate) const PUT_PARAMETER: &str = "ssm:PutParameter";
pub(crate) const DESCRIBE_PARAMETERS: &str = "ssm:DescribeParameters";
pub(crate) const DECRYPT: &str = "kms:Decrypt";
pub(crate) const GENERATE_DATA_KEY: &str = "kms:GenerateDataKey";
pub(crate) const VALIDATE_POLICY: &str = "access-analyzer:ValidatePolicy";
pub(crate) const CHECK_NO_NEW_ACCESS: &str = "access-analyzer:CheckNoNewAccess";
pub(crate) const CHECK_ACCESS_NOT_GRANTED: &str = "access-analyzer:CheckAccessNotGranted";

/// The IAM actions that `policy compare --access-analyzer` takes. None of them reads or changes anything of the account:
/// they judge the documents that are sent along. AWS bills the last two by the call.
pub const ACCESS_ANALYZER_PERMISSIONS: &[&str] =
    &[VALIDATE_POLICY, CHECK_NO_NEW_ACCESS, CHECK_ACCESS_NOT_GRANTED];

/// The IAM actions that `rotate` takes; those of a secret or parameter only where the pair is kept in one. Deleting keys is for
/// a key whose secret was lost, for an idle key that makes place, and for `rotate --finish`.
pub(crate) const ROTATION_PERMISSIONS: &[&str] = &[
    GET_CALLER_IDENTITY,
    GET_ACCESS_KEY_LAST_USED,
    LIST_ACCESS_KEYS,
    CREATE_ACCESS_KEY,
    UPDATE_ACCESS_KEY,
    DELETE_ACCESS_KEY,
    GET_SECRET_VALUE,
    DESCRIBE_SECRET,
    PUT_SECRET_VALUE,
    UPDATE_SECRET_VERSION_STAGE,
    GET_PARAMETER,
    PUT_PARAMETER,
    DESCRIBE_PARAMETERS,
    GENERATE_DATA_KEY,
];

/// The IAM actions that `apply` takes for the fixes of a plan, its looks before and after, what is exported beforehand, and the way
/// back. What a rotation takes besides is in [`ROTATION_PERMISSIONS`].
pub(crate) const APPLY_PERMISSIONS: &[&str] = &[
    GET_CALLER_IDENTITY,
    GET_ACCESS_KEY_LAST_USED,
    LIST_ACCESS_KEYS,
    UPDATE_ACCESS_KEY,
    LIST_GROUPS_FOR_USER,
    LIST_USER_POLICIES,
    GET_USER_POLICY,
    LIST_ATTACHED_USER_POLICIES,
    PUT_USER_POLICY,
    DELETE_USER_POLICY,
    ATTACH_USER_POLICY,
    DETACH_USER_POLICY,
    GET_GROUP,
    LIST_GROUP_POLICIES,
    GET_GROUP_POLICY,
    PUT_GROUP_POLICY,
    DELETE_GROUP_POLICY,
    LIST_ENTITIES_FOR_POLICY,
    LIST_POLICY_VERSIONS,
    GET_POLICY_VERSION,
    CREATE_POLICY_VERSION,
    DELETE_POLICY_VERSION,
    SET_DEFAULT_POLICY_VERSION,
    GET_ACCOUNT,
    PUT_ACCOUNT_SENDING,
    GET_CONFIGURATION_SET,
    PUT_SET_SENDING,
    GET_EMAIL_IDENTITY,
    PUT_DEFAULT_SET,
    GET_IDENTITY_POLICIES,
    CREATE_IDENTITY_POLICY,
    UPDATE_IDENTITY_POLICY,
    DELETE_IDENTITY_POLICY,
    GET_REPUTATION_ENTITY,
    PUT_TENANT_STATUS,
    LIST_TENANT_RESOURCES,
    ADD_TENANT_RESOURCE,
    TAKE_TENANT_RESOURCE,
    DESCRIBE_SECURITY_GROUPS,
    AUTHORIZE_INGRESS,
    REVOKE_INGRESS,
    DESCRIBE_VPC_ENDPOINTS,
    MODIFY_VPC_ENDPOINT,
];

pub(crate) const ATHENA_START: &str = "athena:StartQueryExecution";
pub(crate) const ATHENA_GET_EXECUTION: &str = "athena:GetQueryExecution";
pub(crate) const ATHENA_GET_RESULTS: &str = "athena:GetQueryResults";
pub(crate) const ATHENA_STOP: &str = "athena:StopQueryExecution";
pub(crate) const LAKE_START: &str = "cloudtrail:StartQuery";
pub(crate) const LAKE_DESCRIBE: &str = "cloudtrail:DescribeQuery";
pub(crate) const LAKE_GET_RESULTS: &str = "cloudtrail:GetQueryResults";
pub(crate) const LAKE_CANCEL: &str = "cloudtrail:CancelQuery";

pub(crate) const LIST_BUCKET: &str = "s3:ListBucket";
pub(crate) const GET_OBJECT: &str = "s3:GetObject";

// What Athena calls with the permissions of whoever asked it.
pub(crate) const GLUE_GET_DATABASE: &str = "glue:GetDatabase";
pub(crate) const GLUE_GET_TABLE: &str = "glue:GetTable";
pub(crate) const GLUE_CREATE_TABLE: &str = "glue:CreateTable";
pub(crate) const GLUE_GET_PARTITIONS: &str = "glue:GetPartitions";
pub(crate) const GET_BUCKET_LOCATION: &str = "s3:GetBucketLocation";
pub(crate) const PUT_OBJECT: &str = "s3:PutObject";
pub(crate) const ABORT_MULTIPART_UPLOAD: &str = "s3:AbortMultipartUpload";
pub(crate) const LIST_UPLOADS: &str = "s3:ListBucketMultipartUploads";
pub(crate) const LIST_UPLOAD_PARTS: &str = "s3:ListMultipartUploadParts";

/// The IAM actions that `trail scan` takes of a bucket; decrypting only where the trail encrypts with a key of the account's own.
pub const TRAIL_BUCKET_PERMISSIONS: &[&str] = &[LIST_BUCKET, GET_OBJECT, DECRYPT];

/// The IAM actions that `trail history` takes.
pub const TRAIL_HISTORY_PERMISSIONS: &[&str] = &[LOOKUP_EVENTS];

/// The IAM actions of each need that AWS can meet, all of them reads.
///
/// `sts:GetCallerIdentity` needs no permission. [`Need::PasswordSource`] takes the actions of the service that was named, for that
/// secret or parameter alone, and `kms:Decrypt` where a key of the account's own encrypts it. `iam:ListUsers` is only called when `iam:GetAccessKeyLastUsed` was
/// denied, to find the key's user in another way. `health:DescribeAffectedEntities` is only called for notices to the
/// account. Of Organizations, the last two give names and spare steps; the rest
/// suffices without them.
pub const PERMISSIONS: &[(Need, &[&str])] = &[
    (Need::Caller, &[GET_CALLER_IDENTITY]),
    (Need::KeyAccount, &[GET_ACCESS_KEY_INFO]),
    (Need::KeyLastUsed, &[GET_ACCESS_KEY_LAST_USED]),
    (Need::AccessKeys, &[LIST_ACCESS_KEYS, LIST_USERS]),
    (Need::User, &[GET_USER]),
    (
        Need::Policies,
        &[
            LIST_USER_POLICIES,
            GET_USER_POLICY,
            LIST_ATTACHED_USER_POLICIES,
            LIST_GROUPS_FOR_USER,
            LIST_GROUP_POLICIES,
            GET_GROUP_POLICY,
            LIST_ATTACHED_GROUP_POLICIES,
            GET_POLICY,
            GET_POLICY_VERSION,
            GET_USER,
        ],
    ),
    (
        Need::Organization,
        &[
            DESCRIBE_ORGANIZATION,
            LIST_PARENTS,
            LIST_POLICIES_FOR_TARGET,
            DESCRIBE_POLICY,
            DESCRIBE_ACCOUNT,
            DESCRIBE_ORGANIZATIONAL_UNIT,
        ],
    ),
    (
        Need::VpcEndpoints,
        &[DESCRIBE_VPC_ENDPOINTS, DESCRIBE_SECURITY_GROUPS],
    ),
    (Need::Simulation, &[SIMULATE_PRINCIPAL_POLICY]),
    (Need::AccountSummary, &[GET_ACCOUNT_SUMMARY]),
    (Need::SesAccount, &[GET_ACCOUNT]),
    (Need::SenderIdentity, &[GET_EMAIL_IDENTITY]),
    (Need::SenderIdentityElsewhere, &[GET_EMAIL_IDENTITY]),
    (Need::RecipientIdentity, &[GET_EMAIL_IDENTITY]),
    (Need::ConfigurationSet, &[GET_CONFIGURATION_SET]),
    (
        Need::Tenant,
        &[GET_TENANT, LIST_TENANT_RESOURCES, GET_REPUTATION_ENTITY],
    ),
    (
        Need::PasswordSource,
        &[
            GET_SECRET_VALUE,
            DESCRIBE_SECRET,
            GET_PARAMETER,
            DESCRIBE_PARAMETERS,
            DECRYPT,
        ],
    ),
    (Need::KeyEvents, &[LOOKUP_EVENTS]),
    (Need::UserEvents, &[LOOKUP_EVENTS]),
    (Need::PolicyEvents, &[LOOKUP_EVENTS, LIST_GROUPS_FOR_USER]),
    (Need::SesEvents, &[LOOKUP_EVENTS]),
    (Need::OrganizationEvents, &[LOOKUP_EVENTS]),
    (Need::VpcEvents, &[LOOKUP_EVENTS]),
    (Need::SecretEvents, &[LOOKUP_EVENTS]),
    (
        Need::HealthEvents,
        &[
            DESCRIBE_EVENTS,
            DESCRIBE_EVENT_DETAILS,
            DESCRIBE_AFFECTED_ENTITIES,
        ],
    ),
    (Need::SendingMetrics, &[GET_METRIC_DATA]),
];

/// The actions of one need; none when AWS cannot meet it.
pub(crate) fn actions_of(need: Need) -> &'static [&'static str] {
    PERMISSIONS
        .iter()
        .find(|(of, _)| *of == need)
        .map_or(&[], |(_, actions)| actions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const NOT_OF_AWS: [Need; 12] = [
        Need::Symptom,
        Need::ClientConfig,
        Need::ClientLog,
        Need::ArchivedEvents,
        Need::ArchivedUse,
        Need::Credential,
        Need::Probe,
        Need::Regions,
        Need::Repairs,
        Need::StoredLogins,
        Need::Ports,
        Need::Experiment,
    ];

    #[test]
    fn every_need_is_either_published_or_not_of_aws() {
        for need in Need::ALL {
            assert_eq!(actions_of(*need).is_empty(), NOT_OF_AWS.contains(need), "{need}");
        }
        let published: BTreeSet<_> = PERMISSIONS.iter().map(|(need, _)| need).collect();
        assert_eq!(published.len(), PERMISSIONS.len(), "a need is published twice");
    }

    #[test]
    fn nothing_published_can_change_anything() {
        let actions = PERMISSIONS.iter().flat_map(|(_, actions)| *actions);
        for action in actions {
            let verb = action.split(':').nth(1).unwrap();
            assert!(
                ["Get", "List", "Lookup", "Describe", "Simulate", "Decrypt"]
                    .iter()
                    .any(|read| verb.starts_with(read)),
                "{action}"
            );
        }
    }

    #[test]
    fn the_advice_of_core_names_only_published_actions() {
        for (need, actions) in PERMISSIONS {
            for word in need
                .how_to_supply()
                .split([' ', ','])
                .filter(|word| word.contains(':'))
            {
                assert!(actions.contains(&word), "{need}: {word}");
            }
        }
    }
}
