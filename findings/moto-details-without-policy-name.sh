#!/usr/bin/env bash
# An account's details from moto lack what IAM says about managed policies and deleted users.
#
# `GetAccountAuthorizationDetails` returns each managed policy with `PolicyName`, as in the example of
# <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>. If a user
# is deleted, IAM writes the user's unique id (`AIDA…`) into trust policies in place of the ARN:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>. With
# moto 5.2.5 the element `PolicyName` is missing from `Policies`, while `ListPolicies` of the same
# server has it. The trust policy keeps the ARN of the deleted user, so a test cannot see what IAM
# would write there. This affects tests of tools that read saved details.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 14 py 'moto[iam,sts]==5.2.5' boto3==1.44.5

cat > "$work/look.py" << 'EOF'
import json
import os

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1")
import boto3
from moto import mock_aws

STATEMENT = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}


def trust(arn):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": arn}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


with mock_aws():
    iam = boto3.client("iam")
    iam.create_policy(
        PolicyName="Lists", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
    )
    user = iam.create_user(UserName="alice")["User"]
    iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=trust(user["Arn"]))
    iam.delete_user(UserName="alice")
    details = iam.get_account_authorization_details(Filter=["LocalManagedPolicy", "Role"])
    policy = details["Policies"][0]
    print("ListPolicies:", iam.list_policies(Scope="Local")["Policies"][0].get("PolicyName"))
    print("details, ARN:", policy["Arn"].rpartition("/")[2])
    print("details, PolicyName:", policy.get("PolicyName"))
    principal = details["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]
    print("trust after the deletion:", "the ARN" if principal == user["Arn"] else "another text")
EOF
"$work/py/bin/python" -W ignore "$work/look.py" > "$work/seen"

expect << 'EOF'
ListPolicies: Lists
details, ARN: Lists
details, PolicyName: None
trust after the deletion: the ARN
EOF
