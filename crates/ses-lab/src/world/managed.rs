//! The few AWS managed policies that worlds attach.

/// A policy that AWS manages.
#[derive(Debug)]
pub(crate) struct AwsManaged {
    /// Its name; the ARN is `arn:aws:iam::aws:policy/NAME`.
    pub(crate) name: &'static str,
    /// The default version's number.
    pub(crate) version: &'static str,
    /// The JSON text, shortened to what matters here where AWS's list is long.
    pub(crate) document: &'static str,
}

/// The policies known.
pub(crate) const AWS_MANAGED: [AwsManaged; 6] = [
    AwsManaged {
        name: "AmazonSESFullAccess",
        version: "v1",
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ses:*"],"Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "AmazonSESReadOnlyAccess",
        version: "v2",
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ses:Get*","ses:List*","ses:BatchGetMetricData"],"Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "AWSCompromisedKeyQuarantine",
        version: "v1",
        document: FIRST_QUARANTINE,
    },
    AwsManaged {
        name: "AWSCompromisedKeyQuarantineV2",
        version: "v5",
        document: QUARANTINE,
    },
    AwsManaged {
        name: "AWSCompromisedKeyQuarantineV3",
        version: "v2",
        document: QUARANTINE,
    },
    AwsManaged {
        name: "SecurityAudit",
        version: "v60",
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","cloudtrail:LookupEvents","ses:Get*","ses:List*"],"Resource":"*"}]}"#,
    },
];

/// The SCP that AWS attaches everywhere when SCPs are switched on.
pub(crate) const FULL_ACCESS: AwsManaged = AwsManaged {
    name: "FullAWSAccess",
    version: "v1",
    document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
};

/// The RCP that AWS attaches everywhere when RCPs are switched on; it cannot be detached. Its text is general knowledge,
/// not sourced.
pub(crate) const RCP_FULL_ACCESS: AwsManaged = AwsManaged {
    name: "RCPFullAWSAccess",
    version: "v1",
    document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
};

/// What AWS attaches to the user of a key that it found in public, as of 2020. Here and below: what is denied of
/// CloudTrail, IAM, Organizations, SES and STS is whole; what is denied of other services is left out.
const FIRST_QUARANTINE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": [
    "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:ChangePassword",
    "iam:CreateAccessKey", "iam:CreateInstanceProfile", "iam:CreateLoginProfile", "iam:CreateRole",
    "iam:CreateUser", "iam:DetachUserPolicy", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy",
    "iam:UpdateAccessKey", "iam:UpdateAccountPasswordPolicy", "iam:UpdateUser",
    "organizations:CreateAccount", "organizations:CreateOrganization",
    "organizations:InviteAccountToOrganization"
], "Resource": ["*"]}]}"#;

/// The same as of October 2024: versions 2 and 3 deny alike. Of SES they deny two reads, and not the sending.
const QUARANTINE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": [
    "cloudtrail:LookupEvents", "iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:AttachRolePolicy",
    "iam:AttachUserPolicy", "iam:ChangePassword", "iam:CreateAccessKey", "iam:CreateInstanceProfile",
    "iam:CreateLoginProfile", "iam:CreatePolicyVersion", "iam:CreateRole", "iam:CreateUser",
    "iam:DeleteAccessKey", "iam:DeleteRole", "iam:DetachUserPolicy", "iam:ListUsers", "iam:PassRole",
    "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion", "iam:UpdateAccessKey", "iam:UpdateAccountPasswordPolicy",
    "iam:UpdateAssumeRolePolicy", "iam:UpdateLoginProfile", "iam:UpdateUser",
    "organizations:CreateAccount", "organizations:CreateOrganization",
    "organizations:InviteAccountToOrganization", "ses:GetSendQuota", "ses:ListIdentities",
    "sts:GetFederationToken", "sts:GetSessionToken"
], "Resource": ["*"]}]}"#;

/// The AWS managed policy with this ARN.
pub(crate) fn by_arn(arn: &str) -> Option<&'static AwsManaged> {
    let name = arn.strip_prefix("arn:aws:iam::aws:policy/")?;
    AWS_MANAGED.iter().find(|policy| policy.name == name)
}
