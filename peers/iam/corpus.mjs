// Asks iam-simulate the cases of crates/iam-eval/corpus, AWS's own published examples among them. Prints one JSON object:
// how many agree, which differences explain others, what iam-simulate cannot be asked, and whatever is left.
//
//   node corpus.mjs --corpus crates/iam-eval/corpus
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { explain } from "./differences.mjs";
import { ask } from "./oracle.mjs";

const { values: options } = parseArgs({ options: { corpus: { type: "string" }, binary: { type: "string" } } });
const found = { cases: 0, agreed: 0, explained: {}, not_compared: {}, unexplained: [] };

/** iam-simulate takes for a call only the keys that AWS lists for it: others are asked under another name of the same type. */
const RENAMED = { "s3:max-keys": "aws:MultiFactorAuthAge", "x:bytes": "aws:PrincipalTag/bytes" };

/** Every value as text, keys that the call knows, and the account of the ARN or of the caller where a case does not say. */
function complete(request) {
  const account = (arn) => arn.split(":")[4];
  const known = JSON.parse(
    Object.entries(RENAMED).reduce((text, [key, other]) => text.replaceAll(key, other), JSON.stringify(request)),
  );
  const context = Object.fromEntries(
    Object.entries(known.context ?? {}).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );
  return { resource_account: account(known.resource) || account(known.principal), ...known, context };
}

/** What docs/concepts/differences-from-iam-simulate.md says is not compared. */
function notCompared(
  { principal, resource, permissions_boundaries, vpc_endpoint_policies, resource_control_policies, context },
  expect,
) {
  const statements = (policies) => (policies ?? []).flatMap(({ document }) => document.Statement);
  if (expect.decision === "undetermined") return "what is unknown";
  if (principal.endsWith(":root")) return "the root user";
  if (principal.endsWith(".amazonaws.com")) return "services as callers";
  if (principal.includes("AWSServiceRoleFor")) return "service-linked roles";
  if (permissions_boundaries?.length > 1) return "several boundaries";
  if (Array.isArray(context["aws:SourceIp"])) return "several values of a key that has one";
  if (resource !== "*" && resource.includes("*")) return "a star in the name of a resource";
  if (statements(vpc_endpoint_policies).some(({ Principal }) => Principal !== "*"))
    return "endpoint policies for particular principals";
  const rcps = (resource_control_policies ?? []).flatMap(({ policies }) => statements(policies));
  if (rcps.some(({ Effect, Action }) => Effect === "Deny" && Action === "*")) return "an RCP that denies every action";
  return undefined;
}

async function judge(request, expect) {
  const theirs = await ask(request).catch((error) => ({ refused: error.message }));
  if (theirs.decision === expect.decision) return { agreed: true };
  const differences = theirs.refused ? undefined : await explain(request, expect.decision);
  return { differences, theirs: theirs.decision ?? JSON.stringify(theirs.refused) };
}

for (const file of readdirSync(options.corpus).sort()) {
  for (const { name, request: asked, expect } of JSON.parse(readFileSync(`${options.corpus}/${file}`, "utf8"))) {
    found.cases += 1;
    const request = complete(asked);
    const reason = notCompared(request, expect);
    const { agreed, differences, theirs } = reason ? {} : await judge(request, expect);
    const title = `${file}: ${name}`;
    if (reason) (found.not_compared[reason] ??= []).push(title);
    else if (agreed) found.agreed += 1;
    else if (differences) (found.explained[differences.join(" and ")] ??= []).push(title);
    else found.unexplained.push(`${title}: ${expect.decision}, iam-simulate: ${theirs}`);
  }
}
console.log(JSON.stringify(found));
