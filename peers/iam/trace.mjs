// Whether iam-simulate finds, too, what our evaluator says decided.
const LAYERS = {
  "identity-policy": ({ identityAnalysis }) => identityAnalysis,
  "permissions-boundary": ({ permissionBoundaryAnalysis }) => permissionBoundaryAnalysis,
  "session-policy": ({ sessionAnalysis }) => sessionAnalysis,
  "resource-policy": ({ resourceAnalysis }) => resourceAnalysis,
  "vpc-endpoint-policy": ({ endpointAnalysis }) => endpointAnalysis,
  "service-control-policy": ({ scpAnalysis }, target) =>
    scpAnalysis.ouAnalysis.find((level) => level.orgIdentifier === target),
  "resource-control-policy": ({ rcpAnalysis }, target) =>
    rcpAnalysis.ouAnalysis.find((level) => level.orgIdentifier === target),
};
// Of these iam-simulate is given one, without its name.
const NAMELESS = ["session-policy", "resource-policy"];

/** The statement that we name must have matched there; a layer that we say allows nothing must have allowed nothing. */
export function isWitnessed({ decision, decided_by: by }, analysis) {
  const layer = LAYERS[by.layer](analysis, by.target);
  if (decision === "implicit-deny") return layer === undefined || layer.allowStatements.length === 0;
  const matched = decision === "allowed" ? layer.allowStatements : layer.denyStatements;
  return matched.some(
    ({ policyId, statement }) =>
      (NAMELESS.includes(by.layer) || policyId === by.document) && statement.index() === by.index + 1,
  );
}
