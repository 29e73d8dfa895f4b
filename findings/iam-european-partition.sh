#!/usr/bin/env bash
# cfn-lint knows the European Sovereign Cloud as a region but not as a principal.
#
# AWS has a Region `eusc-de-east-1` with ARNs that start with `arn:aws-eusc`, which botocore
# 1.44.8 lists, and a trust policy may name the root of an account:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
# cfn-lint 1.58.0 has resource schemas for that Region and accepts such an ARN as a Resource.
# As a principal it accepts only the partitions aws, aws-cn and aws-us-gov, and reports the
# error E3530 for others, such as aws-iso. parliament 1.6.4 knows aws-iso but reports
# INVALID_ARN for aws-eusc. This affects teams that check templates and policies for these
# partitions.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py cfn-lint==1.58.0 parliament==1.6.4 setuptools==80.8.0 botocore==1.44.8

cat > "$work/read.py" << 'EOF'
import json
import os
import subprocess
import sys

import botocore.session
import parliament

session = botocore.session.get_session()


def lint(region, kind, properties):
    template = {"AWSTemplateFormatVersion": "2010-09-09",
                "Resources": {"R": {"Type": kind, "Properties": properties}}}
    answer = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "cfn-lint"), "--regions", region,
         "--format", "json"],
        input=json.dumps(template), text=True, capture_output=True)
    return ", ".join(sorted({match["Rule"]["Id"] for match in json.loads(answer.stdout)})) or "accepted"


for region in ("us-gov-west-1", "eusc-de-east-1", "us-iso-east-1"):
    partition = session.get_partition_for_region(region)
    print(f"botocore: {region} belongs to {partition}")
    grant = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:{partition}:s3:::bucket/*"}]}
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:{partition}:iam::123456789012:root"}}]}
    print(f"cfn-lint, {partition} in Resource:",
          lint(region, "AWS::IAM::ManagedPolicy", {"PolicyDocument": grant}))
    print(f"cfn-lint, {partition} in Principal:",
          lint(region, "AWS::IAM::Role", {"AssumeRolePolicyDocument": trust}))
    found = parliament.analyze_policy_string(json.dumps(grant)).findings
    print(f"parliament, {partition} in Resource:",
          ", ".join(finding.issue for finding in found) or "accepted")
EOF
"$work/py/bin/python" "$work/read.py" > "$work/seen"

expect << 'EOF'
botocore: us-gov-west-1 belongs to aws-us-gov
cfn-lint, aws-us-gov in Resource: accepted
cfn-lint, aws-us-gov in Principal: accepted
parliament, aws-us-gov in Resource: accepted
botocore: eusc-de-east-1 belongs to aws-eusc
cfn-lint, aws-eusc in Resource: accepted
cfn-lint, aws-eusc in Principal: E3530
parliament, aws-eusc in Resource: INVALID_ARN
botocore: us-iso-east-1 belongs to aws-iso
cfn-lint, aws-iso in Resource: accepted
cfn-lint, aws-iso in Principal: E3530
parliament, aws-iso in Resource: accepted
EOF
