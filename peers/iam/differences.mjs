// Where iam-simulate is known to decide otherwise than AWS documents. docs/concepts/differences-from-iam-simulate.md
// says for each which page of AWS settles it.
//
// A difference is a rewriting: the same request in other words, which AWS reads alike and iam-simulate does not. A
// disagreement is explained only if iam-simulate, asked in those other words, gives our answer.
import { ask } from "./oracle.mjs";
import { KEYS } from "./vocabulary.mjs";

/** Calls `change(values, condition)` for every condition; what it returns, if anything, replaces the values. */
export function changeConditions(request, change) {
  for (const { document, statement } of statementsOf(request)) {
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      for (const [key, values] of Object.entries(keys)) {
        const changed = change([values].flat(), { operator, key, document, keys });
        if (changed) keys[key] = changed;
      }
    }
  }
}

function* documentsOf(request) {
  for (const layer of ["identity_policies", "permissions_boundaries", "session_policies", "vpc_endpoint_policies"])
    yield* request[layer] ?? [];
  if (request.resource_policy) yield request.resource_policy;
  for (const layer of ["service_control_policies", "resource_control_policies"])
    for (const level of request[layer] ?? []) yield* level.policies;
}

function* statementsOf(request) {
  for (const { document } of documentsOf(request))
    for (const statement of [document.Statement].flat()) yield { document, statement };
}

const isVersion2012 = (document) => document.Version === "2012-10-17";
const baseOf = (operator) => operator.replace(/^.*:/, "").replace(/IfExists$/i, "");
const isEpoch = (value) => /^\d+$/.test(value);
const dateOf = (seconds) => new Date(Number(seconds) * 1000).toISOString();
const mapStrings = (value, change) =>
  JSON.parse(JSON.stringify(value), (_, found) => (typeof found === "string" ? change(found) : found));

function valueOf(request, name) {
  return Object.entries(request.context).find(([key]) => key.toLowerCase() === name.trim().toLowerCase())?.[1];
}

const VARIABLES = /\$\{([^}*?$][^},]*)(?:, '([^']*)')?\}/g;

/** With the values of its variables, which are no patterns; as it was, if one has none. */
function substituted(request, text) {
  if (hasNull(request, text)) return text;
  const literal = (value) => value.replace(/[*?]/g, "${$&}");
  return text.replace(VARIABLES, (_, name, byDefault) => literal(singleValue(request, name) ?? byDefault));
}

const singleValue = (request, name) => [valueOf(request, name)].find((value) => typeof value === "string");

const hasNull = (request, text) =>
  [...String(text).matchAll(VARIABLES)].some(
    ([, name, byDefault]) => (singleValue(request, name) ?? byDefault) === undefined,
  );

const NAMES = Object.fromEntries(Object.keys(KEYS).map((name) => [name.toLowerCase(), name]));

function isSpared(principal, element) {
  if (element === "*") return true;
  const listed = [element.AWS ?? []].flat();
  const account = principal.split(":")[4];
  const session = /^arn:aws:sts::\d+:assumed-role\/([^/]+)\//.exec(principal);
  const itself = listed.includes(principal);
  const itsAccount = listed.includes(account) || listed.includes(`arn:aws:iam::${account}:root`);
  const itsRole =
    session && listed.some((arn) => arn.startsWith(`arn:aws:iam::${account}:role/`) && arn.endsWith(`/${session[1]}`));
  return listed.includes("*") || (itsAccount && (session ? itsRole : itself));
}

function completed(arn) {
  const missing = 6 - arn.replaceAll(/\$\{[^}]*\}/g, "").split(":").length;
  return arn.startsWith("arn:") && missing > 0 ? arn + ":*".repeat(missing) : arn;
}

/** Whether the resource policy of the same account allows the caller itself, not its account or its role. */
async function grantsDirectly({ principal, action, resource, resource_account, context, resource_policy }) {
  if (!resource_policy || principal.split(":")[4] !== resource_account) return false;
  const { analysis } = await ask({ principal, action, resource, resource_account, context, resource_policy });
  const isRole = principal.includes(":role/");
  return analysis.resourceAnalysis.allowStatements.some(
    ({ principalMatch, statement }) =>
      principalMatch === "Match" &&
      (!isRole ||
        (statement.isPrincipalStatement() && statement.principals().some((one) => one.isWildcardPrincipal()))),
  );
}

/** Each changes the request in place. */
export const DIFFERENCES = {
  /** 0.0.0.0/0 is every IPv4 address; it takes only 0.0.0.0 to be in it. */
  "all-of-ipv4": (request) =>
    changeConditions(request, (values, { operator }) => {
      if (/ipaddress$/i.test(baseOf(operator)))
        return values.flatMap((value) => (value === "0.0.0.0/0" ? ["0.0.0.0/1", "128.0.0.0/1"] : [value]));
    }),

  /** An address without a prefix is a range of one; it compares such addresses as text. */
  "single-address": (request) =>
    changeConditions(request, (values, { operator }) => {
      if (/ipaddress$/i.test(baseOf(operator)))
        return values.map((value) => (value.includes("/") ? value : `${value}/${value.includes(":") ? 128 : 32}`));
    }),

  /** Seconds since 1970 and ISO 8601 are two ways to write a date; it compares the seconds of one with the milliseconds of the other. */
  "epoch-dates": (request) => {
    for (const [key, value] of Object.entries(request.context)) {
      if (KEYS[key].type === "Date" && isEpoch(value)) request.context[key] = dateOf(value);
    }
    changeConditions(request, (values, { operator }) => {
      if (/^date/i.test(baseOf(operator))) return values.map((value) => (isEpoch(value) ? dateOf(value) : value));
    });
  },

  /** A variable may stand for the empty string; to it such a variable has no value. */
  "empty-variables": (request) => {
    const substitute = (text) =>
      text.replace(/\$\{([^},]+)(, '')?\}/g, (whole, name, byDefault) =>
        (valueOf(request, name) ?? (byDefault && "")) === "" ? "" : whole,
      );
    for (const policy of documentsOf(request))
      if (isVersion2012(policy.document)) policy.document.Statement = mapStrings(policy.document.Statement, substitute);
  },

  /** Identity-based policies may leave the last parts of an ARN away; in a NotResource it knows that only if the ARN matches. */
  "incomplete-arns-in-not-resource": (request) => {
    for (const { document } of [...(request.identity_policies ?? []), ...(request.permissions_boundaries ?? [])]) {
      for (const statement of [document.Statement].flat()) {
        if (statement.NotResource) statement.NotResource = [statement.NotResource].flat().map(completed);
      }
    }
  },

  /** In an ARN a variable is one word; it cuts the ARN at the colon of the variable. */
  "variables-in-arns": (request) =>
    changeConditions(request, (values, { operator, document }) => {
      if (!isVersion2012(document) || !/^arn/i.test(baseOf(operator))) return undefined;
      return values.map((value) => substituted(request, value));
    }),

  /** A variable without a value equals nothing, so whatever negates holds; to it nothing holds. */
  "null-variables": (request) => {
    const never = (value) => (hasNull(request, value) ? "arn:aws:never:::never" : value);
    changeConditions(request, (values, { operator, document }) => {
      if (isVersion2012(document) && /^(string|arn)not/i.test(baseOf(operator))) return values.map(never);
    });
    for (const { document, statement } of statementsOf(request)) {
      if (isVersion2012(document) && statement.NotResource)
        statement.NotResource = [statement.NotResource].flat().map(never);
    }
  },

  /**
   * Whoever a denying NotPrincipal is to spare must be listed with account, and a session with its role; and it spares
   * nobody who has a permissions boundary. To it one of them is enough.
   */
  "not-principal-needs-the-account": (request) => {
    const statements = [request.resource_policy?.document.Statement ?? []].flat();
    for (const statement of statements) {
      if (!statement.NotPrincipal || statement.Effect !== "Deny") continue;
      const spared = !request.permissions_boundaries?.length && isSpared(request.principal, statement.NotPrincipal);
      delete statement.NotPrincipal;
      statement.Principal = spared ? { AWS: "arn:aws:iam::999999999999:user/nobody" } : "*";
    }
  },

  /** A plain operator on a key that may have several values but has one: we compare that one; to it nothing holds. */
  "plain-operator-on-a-list-of-one": (request) => {
    for (const { statement } of statementsOf(request)) {
      for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
        for (const key of Object.keys(keys)) {
          const values = [valueOf(request, key) ?? []].flat();
          const isList = KEYS[NAMES[key.toLowerCase()]].type.startsWith("ArrayOf");
          if (!isList || values.length !== 1 || operator.includes(":") || operator === "Null") continue;
          const qualified = (/not/i.test(operator) ? "ForAllValues:" : "ForAnyValue:") + operator;
          // The case of a key has no meaning: written so, it comes beside a condition on the same key.
          (statement.Condition[qualified] ??= {})[key.toUpperCase()] = keys[key];
          delete keys[key];
        }
      }
    }
  },

  /** To a set operator a key that is the empty string has no value; to it it has. */
  "empty-strings-in-sets": (request) =>
    changeConditions(request, (values, { operator, key, keys }) => {
      const found = [valueOf(request, key) ?? []].flat();
      if (!operator.includes(":") || found.length === 0 || found.some((value) => value !== "")) return undefined;
      if (/^forallvalues/i.test(operator)) delete keys[key];
      else return ["never"];
    }),

  /**
   * Before version 2012-10-17 `${...}` is text; it substitutes in every version. A renaming of what looks like a variable,
   * in the request's values too, keeps the text's meaning.
   */
  "variables-before-2012": (request) => {
    const rename = (text) => text.replaceAll("${", "$[");
    const renameUnended = (text) => text.replace(/\$\{(?=[^}]*$)/g, "$[");
    request.context = mapStrings(request.context, rename);
    request.resource = rename(request.resource);
    for (const { document } of documentsOf(request)) {
      document.Statement = mapStrings(document.Statement, isVersion2012(document) ? renameUnended : rename);
    }
  },

  /** `${*}`, `${?}` and `${$}` stand for the character in every string; it knows them only where wildcards are. */
  "escapes-in-exact-operators": (request) =>
    changeConditions(request, (values, { operator, document }) => {
      if (!isVersion2012(document) || !/^string(not)?equals(ignorecase)?$/i.test(baseOf(operator))) return undefined;
      return values.map((value) => String(value).replace(/\$\{([*?$])\}/g, "$1"));
    }),

  /** What a resource policy grants to the session itself, its session policy does not limit; to it it does. */
  "direct-grants-to-sessions": async (request) => {
    if (!request.session_policies?.length || !(await grantsDirectly(request))) return;
    request.session_policies.push({
      name: "no limit",
      document: { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
    });
  },
};

/** The ids of the differences that together make iam-simulate decide as we do, or undefined. */
export async function explain(request, decision) {
  const ids = Object.keys(DIFFERENCES);
  if ((await askInOtherWords(request, ids)).decision !== decision) return undefined;
  let needed = ids;
  for (const id of ids) {
    const fewer = needed.filter((one) => one !== id);
    if ((await askInOtherWords(request, fewer)).decision === decision) needed = fewer;
  }
  return needed;
}

/** What iam-simulate answers to the same request, the differences written out. */
export async function askInOtherWords(request, ids = Object.keys(DIFFERENCES)) {
  const rewritten = structuredClone(request);
  for (const id of ids) await DIFFERENCES[id](rewritten);
  return ask(rewritten);
}
