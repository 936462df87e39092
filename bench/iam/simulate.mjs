// iam-simulate on a request: decisions a second, each with its explanation, for as many seconds as told.
//   node simulate.mjs validated|unvalidated REQUEST.json SECONDS
import { readFileSync } from "node:fs";

import { simulationOf } from "../../peers/iam/oracle.mjs";
import { iamSimulate } from "../../peers/iam/peer.mjs";

const [kind, file, seconds] = process.argv.slice(2);
const simulation = simulationOf(JSON.parse(readFileSync(file, "utf8")));
const decide = {
  validated: async () => (await iamSimulate.runSimulation(simulation, {})).overallResult,
  unvalidated: async () => iamSimulate.runUnsafeSimulation(simulation, {}),
}[kind];
const NAMES = { Allowed: "allowed", ExplicitlyDenied: "explicit-deny", ImplicitlyDenied: "implicit-deny" };

/** Seconds that this thread has had the processor. */
const onProcessor = () => Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e9;

const decision = await decide();
const started = performance.now();
const before = onProcessor();
let decisions = 0;
do {
  for (let n = 0; n < 10; n++, decisions++) if ((await decide()) !== decision) throw new Error("another decision");
} while (performance.now() - started < Number(seconds) * 1000);
const perSecond = decisions / (onProcessor() - before);
console.log(JSON.stringify({ decision: NAMES[decision], per_second: perSecond }));
