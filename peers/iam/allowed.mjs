// iam-simulate's decisions: a list of requests in our form on standard input, a list of decisions on standard output.
import { readFileSync } from "node:fs";
import { ask } from "./oracle.mjs";

const answers = [];
for (const request of JSON.parse(readFileSync(0, "utf8"))) answers.push(await ask(request));
console.log(JSON.stringify(answers.map(({ decision, refused }) => ({ decision, refused }))));
