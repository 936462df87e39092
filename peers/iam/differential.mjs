// Asks our evaluator and iam-simulate the same generated questions, and whether both see the same statement decide. Prints one JSON object with the figures; at a
// disagreement that is not explained, the smallest request that shows it, and exit code 1.
//
//   node differential.mjs --binary target/debug/ses-doctor --cases 20000 --seed 1
import { parseArgs } from "node:util";

import { simulateCase } from "./cases.mjs";
import { askInOtherWords, explain } from "./differences.mjs";
import { Doctor } from "./doctor.mjs";
import { Figures } from "./figures.mjs";
import { ask } from "./oracle.mjs";
import { fc } from "./peer.mjs";
import { reduce } from "./reduce.mjs";
import { isWitnessed } from "./trace.mjs";

const { values: options } = parseArgs({
  options: {
    binary: { type: "string" },
    cases: { type: "string", default: "20000" },
    seed: { type: "string" },
    path: { type: "string" },
  },
});
const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
const doctor = new Doctor(options.binary);
const figures = new Figures();

class Unexplained extends Error {}

/** What both say; the differences that explain why not the same, if anything does; whether both see what decided. */
async function compare(request) {
  const [ours, theirs] = await Promise.all([doctor.ask(request), ask(request)]);
  if (theirs.refused) throw new Error(`iam-simulate does not take the request: ${JSON.stringify(theirs.refused)}`);
  const differences = ours.decision === theirs.decision ? [] : await explain(request, ours.decision);
  const seen = async () =>
    isWitnessed(ours, theirs.analysis) || isWitnessed(ours, (await askInOtherWords(request)).analysis);
  return { ours, theirs, differences, agreed: differences !== undefined && (await seen()) };
}

async function agree(request) {
  const { ours, theirs, differences, agreed } = await compare(request);
  if (!agreed) throw new Unexplained();
  figures.count(ours, theirs, differences);
}

const run = await fc.check(fc.asyncProperty(simulateCase, agree), {
  seed,
  path: options.path,
  numRuns: Number(options.cases),
});
if (run.failed) {
  console.error(`seed ${run.seed}, path ${run.counterexamplePath}, after ${run.numRuns} cases`);
  if (!(run.errorInstance instanceof Unexplained))
    console.error(run.errorInstance, JSON.stringify(run.counterexample[0], null, 1));
  else {
    const { ours, theirs } = await compare(run.counterexample[0]);
    const request = await reduce(run.counterexample[0], async (less) => {
      if ((await ask(less)).decision !== theirs.decision) return false;
      const found = await compare(less);
      return !found.agreed && found.ours.decision === ours.decision;
    });
    console.error(
      `ours: ${JSON.stringify(ours)}\niam-simulate: ${theirs.decision}\n${JSON.stringify(request, null, 1)}`,
    );
  }
} else console.log(JSON.stringify({ seed, ...figures.summary() }));
const end = await doctor.close();
process.exitCode = run.failed || end !== 0 ? 1 : 0;
