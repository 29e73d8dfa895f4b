#!/usr/bin/env bash
# awacs writes one of two conditions that use the same operator.
#
# IAM requires every condition of a statement, and an operator may hold several keys:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.
# awacs 2.6.1, which troposphere uses for policies, takes a list of conditions: <https://github.com/cloudtools/awacs>. Two
# `StringEquals` with different keys leave only the last in the document, without an error or a warning. The same two as one
# dictionary, or with different operators, are all written. Here a Deny for one team in one Region becomes a Deny for everyone
# in that Region. This affects authors of policies in Python.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 20 py awacs==2.6.1

cat > "$work/write.py" << 'EOF'
import json
from awacs.aws import Condition, Deny, PolicyDocument, Statement, StringEquals, StringLike
from awacs.s3 import GetObject

team, region = ("aws:PrincipalTag/team", "red"), ("aws:RequestedRegion", "eu-west-1")
for name, condition in (
    ("two StringEquals", Condition([StringEquals(*team), StringEquals(*region)])),
    ("StringEquals and StringLike", Condition([StringEquals(*team), StringLike(*region)])),
    ("one StringEquals of a dictionary", Condition(StringEquals(dict([team, region])))),
):
    document = PolicyDocument(Version="2012-10-17", Statement=[
        Statement(Effect=Deny, Action=[GetObject], Resource=["*"], Condition=condition)])
    written = json.loads(document.to_json())["Statement"][0]["Condition"]
    print(f"{name}: {json.dumps(written, sort_keys=True)}")
EOF
"$work/py/bin/python" "$work/write.py" > "$work/seen"

expect << 'EOF'
two StringEquals: {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
StringEquals and StringLike: {"StringEquals": {"aws:PrincipalTag/team": "red"}, "StringLike": {"aws:RequestedRegion": "eu-west-1"}}
one StringEquals of a dictionary: {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:RequestedRegion": "eu-west-1"}}
EOF
