// Generated requests in the form that `ses-doctor policy simulate` reads, with policies that are about the request.
import { fc } from "./peer.mjs";
import { actionPattern, operator, resourcePattern, valuePattern } from "./patterns.mjs";
import { ACCOUNT, CALLS, KEYS, OTHER_ACCOUNT, PRINCIPALS, principalElements } from "./vocabulary.mjs";

const often = fc.nat(3).map((n) => n < 3);
const rarely = fc.nat(9).map((n) => n === 9);
const several = (arbitrary, maxLength) => fc.array(arbitrary, { minLength: 1, maxLength });
const oneOrMany = (values, asList) => (values.length === 1 && !asList ? values[0] : values);

const condition = fc
  .record({
    key: fc.nat(60),
    absent: rarely,
    operator,
    values: several(valuePattern, 3),
    asList: fc.boolean(),
    lower: rarely,
    value: fc.nat(2),
  })
  .map((made) => (scene) => {
    const present = Object.keys(scene.context);
    const keys = made.absent || present.length === 0 ? scene.call.keys : present;
    const key = keys[made.key % keys.length];
    const name = made.operator(key);
    const own = [scene.context[key] ?? []].flat();
    const values =
      name === "Null"
        ? [["true", "false", true][made.value]]
        : made.values.map((value) => value(key, own[made.value % own.length]));
    return { operator: name, key: made.lower ? key.toLowerCase() : key, values: oneOrMany(values, made.asList) };
  });

/** A key may come once under an operator, in whatever case. */
function conditionBlock(conditions) {
  const block = {};
  for (const { operator: name, key, values } of conditions) {
    const keys = (block[name] ??= {});
    if (!Object.keys(keys).some((other) => other.toLowerCase() === key.toLowerCase())) keys[key] = values;
  }
  return block;
}

const statement = fc
  .record({
    allow: often,
    sid: fc.boolean(),
    actions: several(actionPattern, 2),
    notAction: rarely,
    resources: several(resourcePattern, 2),
    notResource: rarely,
    incomplete: fc.nat(29).map((n) => n === 29),
    conditions: fc.array(condition, { maxLength: 2 }),
    exceptions: fc.array(condition, { minLength: 1, maxLength: 2 }),
    asList: fc.boolean(),
    principal: fc.nat(40),
    notPrincipal: rarely,
  })
  .map((made) => (scene, index, { effect, hasPrincipal, onlyPublic, plainAction, identityBased } = {}) => {
    const rendered = { Effect: effect ?? (made.allow ? "Allow" : "Deny") };
    // A denial has conditions more often than not, and so does not decide every case.
    const conditions =
      rendered.Effect === "Deny" && made.conditions.length < 2
        ? [...made.conditions, ...made.exceptions]
        : made.conditions;
    if (made.sid) rendered.Sid = `Statement${index}`;
    if (hasPrincipal) {
      const elements = principalElements(scene.principal);
      const element = onlyPublic
        ? "*"
        : elements[(made.principal < 18 ? made.principal % 8 : made.principal) % elements.length];
      // What NotPrincipal grants to a role itself, whose requests its sessions make, AWS does not say.
      const negated =
        made.notPrincipal && !onlyPublic && (rendered.Effect === "Deny" || !scene.principal.includes(":role/"));
      rendered[negated ? "NotPrincipal" : "Principal"] = element;
    }
    const actions = made.actions.map((pattern) => pattern(scene.call.action));
    const named = plainAction ? actions.map((action) => (action === "*" ? scene.call.action : action)) : actions;
    rendered[made.notAction && !plainAction ? "NotAction" : "Action"] = oneOrMany(named, made.asList);
    const resources = made.resources.map((pattern) => pattern(scene.resource));
    if (made.incomplete && identityBased) resources[0] = incompleteArn(resources[0]);
    rendered[made.notResource ? "NotResource" : "Resource"] = oneOrMany(resources, made.asList);
    const block = conditionBlock(conditions.map((one) => one(scene)));
    if (Object.keys(block).length > 0) rendered.Condition = block;
    return rendered;
  });

/** Identity-based policies may leave the last parts of an ARN away. */
const incompleteArn = (arn) => arn.split(":").slice(0, 3).join(":");

const VERSIONS = ["2012-10-17", "2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", undefined];
const document = (maxLength) =>
  fc
    .record({ statements: several(statement, maxLength), version: fc.constantFrom(...VERSIONS), asList: often })
    .map((made) => (scene, rules = {}) => {
      const rendered = made.statements.map((one, index) => one(scene, index, rules));
      const version = rules.newest ? VERSIONS[0] : made.version;
      return {
        ...(version && { Version: version }),
        Statement: oneOrMany([...(rules.before ?? []), ...rendered], made.asList),
      };
    });

const ALLOW_ALL = { Effect: "Allow", Action: "*", Resource: "*" };
const ENDPOINT_ALLOWS_ALL = { ...ALLOW_ALL, Principal: "*" };
const FULL_ACCESS = { name: "FullAWSAccess", document: { Version: "2012-10-17", Statement: ALLOW_ALL } };
const RCP_FULL_ACCESS = {
  name: "RCPFullAWSAccess",
  document: { Version: "2012-10-17", Statement: ENDPOINT_ALLOWS_ALL },
};

/** There in `percent` of the cases. */
const optional = (percent, arbitrary) =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary });
const open = fc.nat(4).map((n) => n > 0);
const guardrail = fc.record({ open, document: document(2) });
const level = fc.oneof(
  { weight: 3, arbitrary: fc.array(guardrail, { maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(guardrail, { maxLength: 2 }) },
);
const TARGETS = ["r-ab12", "ou-ab12-11111111", ACCOUNT];

/** Guardrails allow everything and deny something, or allow some things, as people write them. */
const named = (name, { open: allowsAll, document: made }, scene, allowAll, rules) => ({
  name,
  document: made(scene, { ...rules, before: allowsAll ? [allowAll] : [], effect: allowsAll ? "Deny" : undefined }),
});

function tree(levels, account, fullAccess, render) {
  const targets = levels.map((_, index) => (index === levels.length - 1 ? account : TARGETS[index]));
  return levels.map((policies, index) => ({
    target: targets[index],
    policies: [...fullAccess, ...policies.map((policy, at) => render(policy, `${targets[index]}/${at}`))],
  }));
}

/** Keys of the call with one value, or some where the key has several; a key may come twice, the later one counts. */
function contextOf(call, entries) {
  const context = {};
  for (const [at, index, more] of entries) {
    const key = call.keys[at % call.keys.length];
    const { type, values } = KEYS[key];
    const chosen = [...new Set([index, ...more].map((n) => values[n % values.length]))];
    context[key] = type.startsWith("ArrayOf") ? chosen : chosen[0];
  }
  return context;
}

/** One request with all that applies to it. */
export const simulateCase = fc
  .record({
    call: fc.nat(CALLS.length * 6),
    principal: fc.nat(PRINCIPALS.length - 1),
    crossAccount: fc.nat(4).map((n) => n === 4),
    context: fc.array(fc.tuple(fc.nat(60), fc.nat(9), fc.array(fc.nat(9), { maxLength: 2 })), { maxLength: 16 }),
    identity: fc.array(document(3), { minLength: 1, maxLength: 2 }),
    boundary: optional(40, guardrail),
    session: optional(40, guardrail),
    resource: optional(50, document(3)),
    endpoint: optional(20, guardrail),
    scps: optional(40, fc.array(level, { minLength: 1, maxLength: 3 })),
    rcps: optional(30, fc.array(level, { minLength: 1, maxLength: 2 })),
    withoutFullAccess: rarely,
  })
  .map((made) => render(made));

function render(made) {
  // A third of the calls is the one that a mail client makes.
  const call = CALLS[made.call < CALLS.length * 4 ? made.call % CALLS.length : made.call % 3];
  const owner = made.crossAccount ? OTHER_ACCOUNT : ACCOUNT;
  const scene = {
    call,
    principal: PRINCIPALS[made.principal],
    resource: call.resource(owner),
    context: contextOf(call, made.context),
  };
  const isSession = !scene.principal.includes(":user/");
  const request = {
    principal: scene.principal,
    action: call.action,
    resource: scene.resource,
    resource_account: owner,
    context: scene.context,
    identity_policies: made.identity.map((one, at) => ({
      name: `identity/${at}`,
      document: one(scene, { identityBased: true }),
    })),
  };
  if (made.boundary)
    request.permissions_boundaries = [named("boundary", made.boundary, scene, ALLOW_ALL, { identityBased: true })];
  // A federated user can do next to nothing without one.
  const usual =
    scene.principal.includes(":federated-user/") && !made.withoutFullAccess
      ? { open: true, document: made.identity[0] }
      : undefined;
  const session = isSession ? (made.session ?? usual) : undefined;
  if (session) request.session_policies = [named("session", session, scene, ALLOW_ALL)];
  // Every KMS key has a policy.
  const onResource = made.resource ?? (call.action.startsWith("kms:") ? made.identity[0] : undefined);
  if (onResource) request.resource_policy = { name: "resource", document: onResource(scene, { hasPrincipal: true }) };
  if (made.endpoint) {
    request.vpc_endpoint_policies = [
      named("endpoint", made.endpoint, scene, ENDPOINT_ALLOWS_ALL, { hasPrincipal: true, onlyPublic: true }),
    ];
  }
  if (made.scps) {
    const fullAccess = made.withoutFullAccess ? [] : [FULL_ACCESS];
    request.service_control_policies = tree(made.scps, ACCOUNT, fullAccess, (policy, name) =>
      named(name, policy, scene, ALLOW_ALL),
    );
  }
  if (made.rcps) {
    const rules = { hasPrincipal: true, onlyPublic: true, plainAction: true, newest: true, effect: "Deny" };
    request.resource_control_policies = tree(made.rcps, owner, [RCP_FULL_ACCESS], (policy, name) => ({
      name,
      document: policy.document(scene, rules),
    }));
  }
  return request;
}
