// A conversation with one running `ses-doctor policy simulate`: a request a line, a decision a line.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Doctor {
  #waiting = [];
  #ended;

  constructor(binary) {
    this.child = spawn(binary, ["policy", "simulate", "--output", "json", "-"], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.child.stdout }).on("line", (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line)),
    );
    this.#ended = new Promise((resolve) => this.child.on("close", (code, signal) => resolve(signal ?? code)));
    this.#ended.then((end) =>
      this.#waiting
        .splice(0)
        .forEach(({ reject }) => reject(new Error(`ses-doctor ended with ${end} before it answered`))),
    );
  }

  ask(request) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.child.stdin.write(JSON.stringify(request) + "\n");
    });
  }

  async close() {
    this.child.stdin.end();
    return this.#ended;
  }
}
