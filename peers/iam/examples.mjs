// For every difference a request that shows it: iam-simulate must decide otherwise than we, and as we in the other words.
// One that no longer shows it is to be taken out of differences.mjs. Prints one JSON object with what it saw.
//
//   node examples.mjs --binary target/debug/ses-doctor
import { parseArgs } from "node:util";

import { DIFFERENCES } from "./differences.mjs";
import { Doctor } from "./doctor.mjs";
import { ask } from "./oracle.mjs";

const USER = "arn:aws:iam::111122223333:user/app";
const SESSION = "arn:aws:sts::111122223333:assumed-role/sender/i-0a1b2c3d";
const ANY = { Action: "ses:*", Resource: "*" };
const ALLOW = { Effect: "Allow", ...ANY };
const document = (Statement, Version = "2012-10-17") => ({ name: "policy", document: { Version, Statement } });

const asking = (policies, { principal = USER, context = {} } = {}) => ({
  principal,
  action: "ses:SendRawEmail",
  resource: "arn:aws:ses:us-east-1:111122223333:identity/example.com",
  resource_account: "111122223333",
  context,
  ...policies,
});

/** Allowed if the condition holds. */
const allowedIf = (Condition, context, version) =>
  asking({ identity_policies: [document({ ...ALLOW, Condition }, version)] }, { context });
/** What the resource policy of the same account alone says. */
const onResource = (statement, more = {}) => ({ resource_policy: document({ ...ANY, ...statement }), ...more });

const EXAMPLES = {
  "all-of-ipv4": allowedIf({ IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }, { "aws:SourceIp": "192.0.2.17" }),
  "single-address": allowedIf(
    { IpAddress: { "aws:SourceIp": "2001:db8:0:0:0:0:0:17" } },
    { "aws:SourceIp": "2001:db8::17" },
  ),
  "epoch-dates": allowedIf(
    { DateGreaterThan: { "aws:CurrentTime": "1798761600" } },
    { "aws:CurrentTime": "2026-03-01T00:00:00Z" },
  ),
  "incomplete-arns-in-not-resource": asking({
    identity_policies: [document({ Effect: "Allow", Action: "*", NotResource: "arn:aws:sqs" })],
  }),
  "empty-variables": allowedIf(
    { StringEquals: { "aws:UserAgent": "mailer${aws:PrincipalTag/version, ''}" } },
    { "aws:UserAgent": "mailer" },
  ),
  "variables-in-arns": allowedIf(
    { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:${aws:PrincipalAccount}:*" } },
    { "aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:bounces", "aws:PrincipalAccount": "111122223333" },
  ),
  "null-variables": allowedIf(
    { StringNotEquals: { "ses:FromAddress": "${aws:PrincipalTag/address}" } },
    { "ses:FromAddress": "app@example.com" },
  ),
  "not-principal-needs-the-account": asking({
    identity_policies: [document(ALLOW)],
    ...onResource({ Effect: "Deny", NotPrincipal: { AWS: USER } }),
  }),
  "plain-operator-on-a-list-of-one": allowedIf(
    { StringLike: { "ses:Recipients": "*@example.com" } },
    { "ses:Recipients": ["ann@example.com"] },
  ),
  "empty-strings-in-sets": allowedIf(
    { "ForAllValues:StringEquals": { "aws:PrincipalTag/team": "mail" } },
    { "aws:PrincipalTag/team": "" },
  ),
  "variables-before-2012": allowedIf(
    { StringEquals: { "aws:UserAgent": "${aws:username}" } },
    { "aws:UserAgent": "app", "aws:username": "app" },
    "2008-10-17",
  ),
  "escapes-in-exact-operators": allowedIf(
    { StringEquals: { "ses:FromDisplayName": "Mail${?}" } },
    { "ses:FromDisplayName": "Mail?" },
  ),
  "direct-grants-to-sessions": asking(
    onResource(
      { Effect: "Allow", Principal: { AWS: SESSION } },
      { session_policies: [document({ ...ALLOW, Action: "s3:*" })] },
    ),
    { principal: SESSION },
  ),
};

const { values: options } = parseArgs({ options: { binary: { type: "string" } } });
const doctor = new Doctor(options.binary);
const seen = {};
for (const id of new Set([...Object.keys(DIFFERENCES), ...Object.keys(EXAMPLES)])) {
  const example = EXAMPLES[id];
  const rewritten = structuredClone(example);
  await DIFFERENCES[id](rewritten);
  seen[id] = {
    ours: (await doctor.ask(example)).decision,
    theirs: (await ask(example)).decision,
    in_other_words: (await ask(rewritten)).decision,
  };
}
console.log(JSON.stringify(seen));
await doctor.close();
