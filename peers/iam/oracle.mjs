// What iam-simulate answers to a request in our form.
import { iamSimulate } from "./peer.mjs";

const DECISIONS = { Allowed: "allowed", ExplicitlyDenied: "explicit-deny", ImplicitlyDenied: "implicit-deny" };

const policies = (list) => (list ?? []).map(({ name, document }) => ({ name, policy: document }));
const statements = (document) => [document.Statement].flat();

/** RCPFullAWSAccess is on every target and cannot be taken off; iam-simulate adds it and refuses another Allow. */
const isDenying = ({ document }) => statements(document).every(({ Effect }) => Effect === "Deny");

const tree = (levels, keep = () => true) =>
  (levels ?? []).map(({ target, policies: list }) => ({
    orgIdentifier: target,
    policies: policies(list.filter(keep)),
  }));

/** It takes one session policy: several are one, as all of them must be read together. */
const together = (list) =>
  list?.length > 0 && { Version: "2012-10-17", Statement: list.flatMap(({ document }) => statements(document)) };

export function simulationOf(request) {
  return {
    request: {
      principal: request.principal === "*" ? iamSimulate.anonymousPrincipal : request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource_account },
      contextVariables: request.context ?? {},
    },
    identityPolicies: policies(request.identity_policies),
    permissionBoundaryPolicies: request.permissions_boundaries && policies(request.permissions_boundaries),
    sessionPolicy: together(request.session_policies) || undefined,
    resourcePolicy: request.resource_policy?.document,
    vpcEndpointPolicies: request.vpc_endpoint_policies && policies(request.vpc_endpoint_policies),
    serviceControlPolicies: tree(request.service_control_policies),
    resourceControlPolicies: tree(request.resource_control_policies, isDenying),
    additionalSettings: { s3: { bucketAbacEnabled: true } },
  };
}

/** `{ decision, analysis }`, or `{ refused }` where it does not take the request. */
export async function ask(request) {
  const answer = await iamSimulate.runSimulation(simulationOf(request), {});
  if (answer.resultType !== "single") return { refused: answer.errors ?? answer.resultType };
  const { analysis, ignoredContextKeys } = answer.result;
  if (ignoredContextKeys.length > 0) return { refused: { ignoredContextKeys } };
  return { decision: DECISIONS[answer.overallResult], analysis };
}
