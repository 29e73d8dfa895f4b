#!/usr/bin/env bash
# aws-guardrails refuses a principal that CloudFormation computes.
#
# The full and the short form of an intrinsic function mean the same:
# <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>. A
# JSON template has only the full form. aws-guardrails 0.1.0 checks the policies in templates:
# <https://pypi.org/project/aws-guardrails/>. It accepts `!Sub` as a principal, and reports the error IAM017 for the
# same `Fn::Sub` and for `!Join`. It reads a `Fn::If` in the list of statements as a statement without an effect.
# cfn-lint 1.58.0 finds no error in any of them. This affects pipelines with JSON templates, since an error fails the
# run.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py aws-guardrails==0.1.0 cfn-lint==1.58.0

cat > "$work/check.py" << 'EOF'
import os
import re
import subprocess
import sys

place = sys.argv[1]
programs = os.path.dirname(sys.executable)
template = """Parameters: {Two: {Type: String}}
Conditions: {Both: !Equals [!Ref Two, "yes"]}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
        - STATEMENT
"""
trust = 'Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: %s}'
arn = '"arn:${AWS::Partition}:iam::${AWS::AccountId}:root"'
pieces = '["", ["arn:aws:iam::", !Ref "AWS::AccountId", ":root"]]'
plain = "{%s}" % (trust % '"123456789012"')
for name, statement in (
    ("!Sub", "{%s}" % (trust % f"!Sub {arn}")),
    ("Fn::Sub", "{%s}" % (trust % ('{"Fn::Sub": %s}' % arn))),
    ("!Join", "{%s}" % (trust % f"!Join {pieces}")),
    ("Fn::If", '{"Fn::If": [Both, %s, !Ref "AWS::NoValue"]}' % plain),
):
    path = os.path.join(place, "template.yaml")
    with open(path, "w") as file:
        file.write(template.replace("STATEMENT", statement))
    for command in (["aws-guardrails", "validate", path], ["cfn-lint", path]):
        run = subprocess.run([os.path.join(programs, command[0]), *command[1:]], capture_output=True, text=True)
        codes = re.findall(r"ERROR (IAM\d+)|^(E\d+) ", run.stdout, re.MULTILINE)
        codes = [one or other for one, other in codes]
        print(f"{name}, {command[0]}: {' '.join(codes) or 'no error'}")
EOF
"$work/py/bin/python" "$work/check.py" "$work" > "$work/seen"

expect << 'EOF'
!Sub, aws-guardrails: no error
!Sub, cfn-lint: no error
Fn::Sub, aws-guardrails: IAM017
Fn::Sub, cfn-lint: no error
!Join, aws-guardrails: IAM017
!Join, cfn-lint: no error
Fn::If, aws-guardrails: IAM008 IAM010 IAM011 IAM024
Fn::If, cfn-lint: no error
EOF
