// What a run has seen, so that a green one can be told from an empty one.
export class Figures {
  #cases = 0;
  #agreed = 0;
  #explained = {};
  #decisions = {};
  #operators = {};

  count(ours, theirs, differences) {
    this.#cases += 1;
    if (differences.length === 0) this.#agreed += 1;
    for (const difference of differences) add(this.#explained, difference);
    add(this.#decisions, ours.decision);
    this.#countOperators(theirs.analysis);
  }

  /** How often each operator held and did not, by what iam-simulate tells of every statement. */
  #countOperators(found) {
    if (Array.isArray(found)) found.forEach((one) => this.#countOperators(one));
    else if (found && typeof found === "object") {
      if ("conditionKeyValue" in found)
        add((this.#operators[baseOf(found.operator)] ??= {}), found.matches ? "held" : "failed");
      else for (const [name, value] of Object.entries(found)) if (name !== "statement") this.#countOperators(value);
    }
  }

  summary() {
    return {
      cases: this.#cases,
      agreed: this.#agreed,
      explained: this.#explained,
      decisions: this.#decisions,
      operators: this.#operators,
    };
  }
}

const add = (counts, name) => (counts[name] = (counts[name] ?? 0) + 1);
const baseOf = (operator) => operator.replace(/^.*:/, "").replace(/IfExists$/, "");
