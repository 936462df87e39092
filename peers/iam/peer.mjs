// The packages of npm that the tests of policies run against, out of .peers/node_modules (see peers/install).
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const modules = process.env.PEERS_MODULES ?? fileURLToPath(new URL("../../.peers/node_modules", import.meta.url));
const require = createRequire(modules + "/");

/** AGPL-3.0: run beside us as an oracle, never copied, never shipped. */
export const iamSimulate = require("@cloud-copilot/iam-simulate");
export const fc = require("fast-check");
