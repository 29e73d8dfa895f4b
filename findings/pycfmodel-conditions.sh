#!/usr/bin/env bash
# pycfmodel and AWS evaluate conditions of IAM differently.
#
# pycfmodel reads a CloudFormation template, resolves its functions, and evaluates the conditions of
# its policies: <https://pypi.org/project/pycfmodel/>. With several values StringNotEquals is true
# only when none matches:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.
# pycfmodel 2.1.3 takes one mismatch for enough. StringLike regards case and has two wildcards, and
# ArnEquals has the same wildcards as ArnLike:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
# pycfmodel ignores case, lets a point match any character, and knows no wildcard in ArnEquals. It
# also leaves the exclamation mark of `${!aws:username}`, which Fn::Sub removes:
# <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>.
# This affects checks that build on it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py pycfmodel==2.1.3

cat > "$work/evaluate.py" << 'EOF'
from pycfmodel import parse
from pycfmodel.model.resources.properties.statement_condition import StatementCondition


def show(operator, value, actual, aws):
    found = StatementCondition.model_validate({operator: {"aws:PrincipalTag/team": value}})({"aws:PrincipalTag/team": actual})
    print(f"{operator} {value} for {actual!r}: AWS {aws}, pycfmodel {found}")


show("StringEquals", ["red", "blue"], "blue", True)
show("StringNotEquals", ["red", "blue"], "green", True)
show("StringNotEquals", ["red", "blue"], "blue", False)
show("StringNotEquals", "blue", "blue", False)
show("StringLike", "re?", "red", True)
show("StringLike", "RE?", "red", False)
show("StringLike", "r.d", "red", False)
show("ArnLike", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", True)
show("ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", True)

policy = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "s3:GetObject",
    "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::home/${!aws:username}/*"}}]}
template = parse({"Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Properties": {
    "PolicyName": "home", "Roles": ["reader"], "PolicyDocument": policy}}}}).resolve()
print("Fn::Sub:", template.Resources["Policy"].Properties.PolicyDocument.Statement[0].Resource)
EOF
"$work/py/bin/python" "$work/evaluate.py" > "$work/seen"

expect << 'EOF'
StringEquals ['red', 'blue'] for 'blue': AWS True, pycfmodel True
StringNotEquals ['red', 'blue'] for 'green': AWS True, pycfmodel True
StringNotEquals ['red', 'blue'] for 'blue': AWS False, pycfmodel True
StringNotEquals blue for 'blue': AWS False, pycfmodel False
StringLike re? for 'red': AWS True, pycfmodel True
StringLike RE? for 'red': AWS False, pycfmodel True
StringLike r.d for 'red': AWS False, pycfmodel True
ArnLike arn:aws:s3:::b* for 'arn:aws:s3:::bucket': AWS True, pycfmodel True
ArnEquals arn:aws:s3:::b* for 'arn:aws:s3:::bucket': AWS True, pycfmodel False
Fn::Sub: arn:aws:s3:::home/${!aws:username}/*
EOF
