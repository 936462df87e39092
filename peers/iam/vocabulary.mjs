// What a generated request may be about: actions and resources of SES and of services unlike it, who asks, and the
// condition keys that AWS publishes for them, each with a few values that are near each other.
const REGION = "us-east-1";
export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";

/** Types as the service authorization reference has them; a type that starts with ArrayOf has several values. */
export const KEYS = {
  "aws:CalledVia": {
    type: "ArrayOfString",
    values: ["athena.amazonaws.com", "dynamodb.amazonaws.com", "kms.amazonaws.com"],
  },
  "aws:CurrentTime": {
    type: "Date",
    values: ["2026-03-01T00:00:00Z", "2026-03-01T12:30:00Z", "2026-02-28", "2027-01-01T00:00:00Z"],
  },
  "aws:EpochTime": { type: "Date", values: ["1772323200", "1772368200", "1798761600", "0"] },
  "aws:MultiFactorAuthAge": { type: "Numeric", values: ["0", "59", "3600", "3601"] },
  "aws:MultiFactorAuthPresent": { type: "Bool", values: ["true", "false"] },
  "aws:PrincipalAccount": { type: "String", values: [ACCOUNT, OTHER_ACCOUNT] },
  "aws:PrincipalArn": {
    type: "ARN",
    values: [
      `arn:aws:iam::${ACCOUNT}:user/app`,
      `arn:aws:iam::${ACCOUNT}:role/mail/sender`,
      `arn:aws:iam::${OTHER_ACCOUNT}:user/app`,
    ],
  },
  "aws:PrincipalOrgID": { type: "String", values: ["o-a1b2c3d4e5", "o-z9y8x7w6v5"] },
  "aws:PrincipalOrgPaths": {
    type: "ArrayOfString",
    values: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", "o-a1b2c3d4e5/r-ab12/", "o-z9y8x7w6v5/r-zz99/"],
  },
  "aws:PrincipalTag/team": { type: "String", values: ["mail", "Mail", "web", "ma*l"] },
  "aws:RequestTag/stage": { type: "String", values: ["prod", "test"] },
  "aws:RequestedRegion": { type: "String", values: [REGION, "eu-west-1", "eu-central-1"] },
  "aws:ResourceTag/owner": { type: "String", values: ["mail", "web", "${aws:username}"] },
  "aws:SecureTransport": { type: "Bool", values: ["true", "false"] },
  "aws:SourceArn": { type: "ARN", values: [`arn:aws:sns:${REGION}:${ACCOUNT}:bounces`, `arn:aws:s3:::mail-archive`] },
  "aws:SourceIp": {
    type: "IPAddress",
    values: ["192.0.2.17", "192.0.2.18", "198.51.100.4", "2001:db8::17", "2001:DB8:0:0::1:17"],
  },
  "aws:SourceVpce": { type: "String", values: ["vpce-0a1b2c3d", "vpce-09f8e7d6"] },
  "aws:TagKeys": { type: "ArrayOfString", values: ["stage", "Stage", "owner", "cost"] },
  "aws:TokenIssueTime": {
    type: "Date",
    values: ["2026-03-01T00:00:00Z", "2026-02-28T23:59:59Z", "2026-03-01T00:00:00.5Z"],
  },
  "aws:UserAgent": { type: "String", values: ["aws-cli/2.15.0", "Boto3/1.40"] },
  "aws:username": { type: "String", values: ["app", "App", "web"] },
  "dynamodb:LeadingKeys": { type: "ArrayOfString", values: ["app", "web", "a*"] },
  "ec2:MetadataHttpPutResponseHopLimit": { type: "Numeric", values: ["1", "2", "64"] },
  "kms:EncryptionContextKeys": { type: "ArrayOfString", values: ["aws:ses:message-id", "aws:ses:rule-name"] },
  "s3:prefix": { type: "String", values: ["", "home/app/", "home/web/", "home/"] },
  "s3:signatureAge": { type: "Numeric", values: ["0", "600000", "600000.5"] },
  "s3:x-amz-content-sha256": { type: "Binary", values: ["QmluYXJ5", "VGV4dA=="] },
  "ses:ApiVersion": { type: "String", values: ["1", "2"] },
  "ses:FeedbackAddress": { type: "String", values: ["bounce@example.com", "bounce@bounces.example.com"] },
  "ses:FromAddress": {
    type: "String",
    values: ["app@example.com", "App@example.com", "web@example.org", "app+${x}@example.com"],
  },
  "ses:FromDisplayName": { type: "String", values: ["Example", "Example (test) [1.0]", "Mail?"] },
  "ses:Recipients": { type: "ArrayOfString", values: ["ann@example.com", "bob@example.com", "eve@example.net"] },
  "sts:ExternalId": { type: "String", values: ["9f3c", "0000"] },
};

const ALWAYS = [
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:MultiFactorAuthAge",
  "aws:MultiFactorAuthPresent",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalOrgID",
  "aws:PrincipalOrgPaths",
  "aws:PrincipalTag/team",
  "aws:RequestedRegion",
  "aws:SecureTransport",
  "aws:SourceArn",
  "aws:SourceIp",
  "aws:SourceVpce",
  "aws:TokenIssueTime",
  "aws:UserAgent",
  "aws:username",
  "aws:CalledVia",
];

const SES = ["ses:ApiVersion", "ses:FeedbackAddress", "ses:FromAddress", "ses:FromDisplayName", "ses:Recipients"];
const ses = (resource) => (account) => `arn:aws:ses:${REGION}:${account}:${resource}`;
const arn = (service, resource) => (account) => `arn:aws:${service}:${REGION}:${account}:${resource}`;

/** `resource` is a function of the account that owns it; `keys` are those beside the ones of every request. */
export const CALLS = [
  { action: "ses:SendRawEmail", resource: ses("identity/example.com"), keys: SES },
  { action: "ses:SendRawEmail", resource: ses("identity/app@example.com"), keys: SES },
  { action: "ses:SendRawEmail", resource: ses("configuration-set/main"), keys: SES },
  { action: "ses:SendEmail", resource: ses("identity/example.com"), keys: [...SES, "aws:ResourceTag/owner"] },
  {
    action: "ses:CreateEmailIdentity",
    resource: ses("identity/example.org"),
    keys: ["aws:RequestTag/stage", "aws:TagKeys", "ses:ApiVersion"],
  },
  { action: "ses:GetAccount", resource: () => "*", keys: ["ses:ApiVersion"] },
  { action: "ses:GetSendQuota", resource: () => "*", keys: ["ses:ApiVersion"] },
  {
    action: "s3:GetObject",
    resource: () => "arn:aws:s3:::mail-archive/home/app/2026 (1).eml",
    keys: ["s3:signatureAge", "s3:x-amz-content-sha256"],
  },
  { action: "s3:ListBucket", resource: () => "arn:aws:s3:::mail-archive", keys: ["s3:prefix", "s3:signatureAge"] },
  { action: "s3:ListAllMyBuckets", resource: () => "*", keys: ["s3:signatureAge"] },
  { action: "sqs:SendMessage", resource: arn("sqs", "bounces"), keys: ["aws:ResourceTag/owner"] },
  { action: "sns:Publish", resource: arn("sns", "bounces"), keys: ["aws:ResourceTag/owner"] },
  {
    action: "dynamodb:GetItem",
    resource: arn("dynamodb", "table/mail"),
    keys: ["dynamodb:LeadingKeys", "aws:ResourceTag/owner"],
  },
  {
    action: "iam:TagRole",
    resource: (account) => `arn:aws:iam::${account}:role/mail/sender`,
    keys: ["aws:RequestTag/stage", "aws:TagKeys"],
  },
  {
    action: "ec2:StartInstances",
    resource: arn("ec2", "instance/i-0a1b2c3d"),
    keys: ["ec2:MetadataHttpPutResponseHopLimit"],
  },
  { action: "lambda:InvokeFunction", resource: arn("lambda", "function:send"), keys: ["aws:ResourceTag/owner"] },
  { action: "logs:PutLogEvents", resource: arn("logs", "log-group:/mail/send:log-stream:a"), keys: [] },
  {
    action: "kms:Decrypt",
    resource: arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    keys: ["kms:EncryptionContextKeys"],
  },
  {
    action: "sts:AssumeRole",
    resource: (account) => `arn:aws:iam::${account}:role/mail/sender`,
    keys: ["sts:ExternalId", "aws:RequestTag/stage"],
  },
  {
    action: "secretsmanager:GetSecretValue",
    resource: arn("secretsmanager", "secret:smtp/app-AbCdEf"),
    keys: ["aws:ResourceTag/owner"],
  },
].map((call) => ({ ...call, keys: [...call.keys, ...ALWAYS] }));

export const PRINCIPALS = [
  `arn:aws:iam::${ACCOUNT}:user/app`,
  `arn:aws:iam::${ACCOUNT}:user/apps/mail/app`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/sender/i-0a1b2c3d`,
  `arn:aws:iam::${ACCOUNT}:role/mail/sender`,
  `arn:aws:sts::${ACCOUNT}:federated-user/app`,
];

/** The values of the Principal element that a resource policy may name, some of which are the caller. */
export function principalElements(caller) {
  return [
    { AWS: caller },
    "*",
    { AWS: "*" },
    { AWS: ACCOUNT },
    { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    { AWS: roleOf(caller) ?? caller },
    { AWS: [caller, `arn:aws:iam::${OTHER_ACCOUNT}:root`] },
    { AWS: [`arn:aws:iam::${ACCOUNT}:root`, caller] },
    { AWS: OTHER_ACCOUNT },
    { AWS: `arn:aws:iam::${ACCOUNT}:user/web` },
    { Service: "ses.amazonaws.com" },
    { AWS: `arn:aws:iam::${ACCOUNT}:user/web`, Service: ["ses.amazonaws.com"] },
  ];
}

/** The role whose session this is. Its path is not in the session's ARN. */
function roleOf(caller) {
  const session = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(caller);
  return session && `arn:aws:iam::${session[1]}:role/mail/${session[2]}`;
}
