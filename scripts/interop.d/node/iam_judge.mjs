// Judges IAM cases from standard input with an independent simulator, one JSON object a line,
// and prints a verdict for each. The cases are those of `crates/keyward-iam/examples/decide.rs`.
import { createInterface } from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const named = (documents) => documents.map((policy, index) => ({ name: `p${index}`, policy }));

async function judge(one) {
  const account = one.resource.split(":")[4] || one.principal.split(":")[4];
  const result = await runSimulation(
    {
      request: {
        principal: one.principal,
        action: one.action,
        resource: { resource: one.resource, accountId: account },
        contextVariables: one.context,
      },
      identityPolicies: named(one.identity),
      sessionPolicy: one.session,
      permissionBoundaryPolicies: one.boundary && named([one.boundary]),
      serviceControlPolicies: (one.service_control ?? []).map((documents, index) => ({
        orgIdentifier: `level${index}`,
        policies: named(documents),
      })),
      resourceControlPolicies: [],
      resourcePolicy: one.trust,
    },
    {},
  );
  if (result.resultType === "error") {
    return `Error: ${JSON.stringify(result.errors)}`;
  }
  const analyses = result.resultType === "single" ? [result.result] : result.results;
  const ignored = analyses.flatMap((analysis) => analysis.ignoredContextKeys ?? []);
  return ignored.length > 0 ? `Error: it ignores ${ignored}` : result.overallResult;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(await judge(JSON.parse(line)));
}
