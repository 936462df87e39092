// What is unknown is never guessed: whatever our evaluator decides without the value of some keys, it decides with any
// value of them, and where it does not decide it names keys of those. Prints figures as differential.mjs does.
//
//   node unknown.mjs --binary target/debug/ses-doctor --cases 3000 --seed 1
import { parseArgs } from "node:util";

import { simulateCase } from "./cases.mjs";
import { changeConditions } from "./differences.mjs";
import { Doctor } from "./doctor.mjs";
import { fc } from "./peer.mjs";
import { KEYS } from "./vocabulary.mjs";

const { values: options } = parseArgs({
  options: { binary: { type: "string" }, cases: { type: "string", default: "3000" }, seed: { type: "string" } },
});
const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
const doctor = new Doctor(options.binary);
const figures = { seed, cases: 0, undetermined: 0, determined: 0, all_alike: 0 };
const NAMES = Object.fromEntries(Object.keys(KEYS).map((name) => [name.toLowerCase(), name]));

function keysInConditions(request) {
  const found = new Set();
  changeConditions(request, (_, { key }) => void found.add(NAMES[key.toLowerCase()]));
  return [...found];
}

/** The request with every combination of values that the keys may have, one of which is to be absent. */
function* completions(request, [key, ...others]) {
  if (key === undefined) return yield request;
  const { type, values } = KEYS[key];
  const possible = type.startsWith("ArrayOf") ? [...values.map((value) => [value]), values] : values;
  yield* completions(request, others);
  for (const value of possible)
    yield* completions({ ...request, context: { ...request.context, [key]: value } }, others);
}

async function isSound([made, picks]) {
  const candidates = keysInConditions(made);
  fc.pre(candidates.length > 0);
  const unknown = [...new Set(picks.map((pick) => candidates[pick % candidates.length]))];
  const context = Object.fromEntries(Object.entries(made.context).filter(([key]) => !unknown.includes(key)));
  const known = { ...made, context };
  const answer = await doctor.ask({ ...known, unknown_context: unknown });
  const decisions = new Set(
    (await Promise.all([...completions(known, unknown)].map((one) => doctor.ask(one)))).map((one) => one.decision),
  );
  figures.cases += 1;
  if (answer.decision === "undetermined") {
    figures.undetermined += 1;
    if (decisions.size === 1) figures.all_alike += 1;
    return (
      answer.missing_context.length > 0 &&
      answer.missing_context.every((key) => unknown.includes(NAMES[key.toLowerCase()]))
    );
  }
  figures.determined += 1;
  return decisions.size === 1 && decisions.has(answer.decision);
}

const cases = fc.tuple(simulateCase, fc.array(fc.nat(20), { minLength: 1, maxLength: 2 }));
const run = await fc.check(fc.asyncProperty(cases, isSound), { seed, numRuns: Number(options.cases) });
if (run.failed)
  console.error(
    `seed ${run.seed}, path ${run.counterexamplePath}\n${JSON.stringify(run.counterexample, null, 1)}\n${run.errorInstance}`,
  );
else console.log(JSON.stringify(figures));
const end = await doctor.close();
process.exitCode = run.failed || end !== 0 ? 1 : 0;
