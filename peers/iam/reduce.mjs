// Takes from a request whatever it can do without, while `shows(request)` still holds. fast-check shrinks what it
// generated; this also drops what the generator always writes.

/** What a policy and a level of SCPs cannot be without. */
const FRAME = ["name", "document", "target", "policies"];

/** Every request that has one member or element less. */
function* smaller(value) {
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    if (value.length === 1) yield value[0];
    for (const [index, element] of value.entries()) for (const less of smaller(element)) yield value.with(index, less);
  } else if (value && typeof value === "object") {
    const droppable = Object.keys(value).filter((name) => !FRAME.includes(name));
    for (const name of droppable) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    for (const [name, member] of Object.entries(value))
      for (const less of smaller(member)) yield { ...value, [name]: less };
  }
}

const REQUIRED = ["principal", "action", "resource", "resource_account", "context"];

export async function reduce(request, shows) {
  for (const less of smaller(request)) {
    if (REQUIRED.every((name) => name in less) && (await shows(less).catch(() => false))) return reduce(less, shows);
  }
  return request;
}
