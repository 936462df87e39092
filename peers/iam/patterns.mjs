// Words that a policy may use for an action, a resource or a value of the request: most of them match it, some nearly.
// Each is a function of what the request says, so that a shrinking case keeps its meaning.
import { fc } from "./peer.mjs";
import { KEYS } from "./vocabulary.mjs";

const pick = (...weighted) =>
  fc.oneof(...weighted.map(([weight, ...choices]) => ({ weight, arbitrary: fc.constantFrom(...choices) })));

const serviceOf = (action) => action.split(":")[0];
export const actionPattern = pick(
  [4, (action) => action, () => "*", (action) => serviceOf(action) + ":*"],
  [2, (action) => action.slice(0, -3) + "*", (action) => action.toLowerCase(), (action) => action.toUpperCase()],
  [
    1,
    (action) => action.replace(/:(.)/, ":?"),
    (action) => action.replace(/:(.).*(.)$/, ":$1*$2"),
    (action) => action + "*",
  ],
  [
    2,
    () => "s3:Put*",
    (action) => action + "s",
    (action) => action.slice(0, -1),
    (action) => action + "?",
    () => "iam:*",
  ],
);

/** Changes one of the six parts of an ARN; what is no ARN stays. */
const part = (index, change) => (arn) => {
  const parts = arn.split(":");
  if (parts.length < 6) return arn;
  const fields = [...parts.slice(0, 5), parts.slice(5).join(":")];
  fields[index] = change(fields[index]);
  return fields.join(":");
};
const resourcePart = (change) => part(5, change);

export const resourcePattern = pick(
  [6, (arn) => arn, () => "*"],
  [4, part(3, () => "*"), part(4, () => "*"), resourcePart((name) => name.slice(0, -3) + "*"), resourcePart(() => "*")],
  [
    2,
    resourcePart((name) => name.replace(/.$/, "?")),
    resourcePart((name) => name.replace(/(.)[^/:]*$/, "$1*")),
    part(1, () => "*"),
  ],
  [2, (arn) => arn.replace("app", "${aws:username}"), (arn) => arn.replace("mail", "${aws:PrincipalTag/team}")],
  [
    1,
    (arn) => arn.replace("app", "${aws:PrincipalTag/absent, 'app'}"),
    (arn) => arn.replace("app", "${aws:PrincipalTag/absent}"),
  ],
  [
    1,
    resourcePart((name) => name.replace(/.$/, "${*}")),
    resourcePart((name) => name + "${aws:PrincipalTag/absent, ''}"),
  ],
  [
    2,
    resourcePart((name) => name + "x"),
    resourcePart((name) => name.slice(0, -1)),
    resourcePart((name) => name.toUpperCase()),
  ],
  [
    2,
    part(3, () => "eu-west-1"),
    part(4, () => "999999999999"),
    part(2, () => "sqs"),
    resourcePart((name) => name + "?"),
  ],
);

const EXACT = (value) => value;
const texts = [
  EXACT,
  (value) => value.slice(0, -2) + "*",
  (value) => value.replace(/.$/, "?"),
  (value) => value.toUpperCase(),
  (value) => value.replace("app", "${aws:username}"),
  (value) => value.replace("mail", "${aws:PrincipalTag/team}"),
  (value) => value.replace("app", "${aws:PrincipalTag/absent, 'app'}"),
  (value) => value.replace("e", "${aws:PrincipalTag/absent}"),
  (value) => value.replace(/[*?]/, "${*}"),
  () => "*",
  (value) => value + "x",
];
const addresses = [
  EXACT,
  () => "192.0.2.0/24",
  () => "192.0.2.16/31",
  () => "198.51.100.0/24",
  () => "192.0.2.17/32",
  () => "0.0.0.0/0",
  () => "2001:db8::/32",
  () => "2001:db8::17/128",
  () => "::/0",
  () => "2001:db8:0:0:0:0:0:17",
];
const arns = [
  EXACT,
  part(4, () => "*"),
  resourcePart((name) => name.slice(0, -2) + "*"),
  resourcePart((name) => name.replace(/.$/, "?")),
  part(4, () => "${aws:PrincipalAccount}"),
  (value) => value.replace("app", "${aws:username}"),
  resourcePart(() => "*"),
  resourcePart((name) => name.toUpperCase()),
];
const numbers = [
  EXACT,
  (value) => Number(value),
  (value) => String(Number(value) + 1),
  (value) => Number(value).toFixed(1),
  (value) => Number(value) - 0.5,
];
/** Seconds since 1970 for a date, a date for seconds. */
const otherWay = (value) =>
  /^\d+$/.test(value) ? new Date(Number(value) * 1000).toISOString() : String(Math.floor(Date.parse(value) / 1000));
const booleans = [EXACT, () => true, () => false, () => "True", () => "false"];
const BY_TYPE = {
  String: texts,
  ARN: arns,
  IPAddress: addresses,
  Numeric: numbers,
  Date: [EXACT, otherWay],
  Bool: booleans,
  Binary: [EXACT],
};

/** Turns a value near the request's into one of a condition: `render(value, type)`. */
export const valuePattern = fc
  .tuple(fc.nat(30), fc.nat(9), fc.boolean())
  .map(([change, other, mostlyOwn]) => (key, own) => {
    const { type, values } = KEYS[key];
    const base = type.replace("ArrayOf", "");
    const changes = BY_TYPE[base];
    const value = own !== undefined && (mostlyOwn || other % 2) ? own : values[other % values.length];
    // Half of the values are the plain ones.
    return changes[change < 15 ? 0 : change % changes.length](value);
  });

const OPERATORS = {
  String: [
    "StringEquals",
    "StringLike",
    "StringNotEquals",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
  ],
  ARN: ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringLike", "StringEquals"],
  IPAddress: ["IpAddress", "NotIpAddress"],
  Numeric: [
    "NumericEquals",
    "NumericLessThanEquals",
    "NumericLessThan",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericNotEquals",
  ],
  Date: [
    "DateLessThan",
    "DateGreaterThan",
    "DateLessThanEquals",
    "DateGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
  ],
  Bool: ["Bool"],
  Binary: ["BinaryEquals"],
};

/** `operatorOf(key)`: an operator of the key's type, with a set qualifier where the key has several values. */
export const operator = fc
  .record({ index: fc.nat(11), ifExists: fc.nat(3), qualifier: fc.nat(9), presence: fc.nat(11) })
  .map(({ index, ifExists, qualifier, presence }) => (key) => {
    const { type } = KEYS[key];
    if (presence === 11) return "Null";
    const names = OPERATORS[type.replace("ArrayOf", "")];
    const name = names[index % names.length] + (ifExists === 3 ? "IfExists" : "");
    const set = qualifier % 2 ? "ForAllValues:" : "ForAnyValue:";
    const qualified = type.startsWith("ArrayOf") ? qualifier < 9 : qualifier > 8;
    return qualified ? set + name : name;
  });
