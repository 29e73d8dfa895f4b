#!/usr/bin/env bash
# Two linters accept a service control policy that is too long for AWS.
#
# Every character of a service control policy counts towards its largest size, 5,120
# characters. Only the console removes blanks before it saves a policy:
# <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>,
# <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
# scp-lint 0.2.3 and npkt 1.0.1 measure the document without its blanks, so an indented file
# of 7,811 characters passes: <https://pypi.org/project/scp-lint/>. They report the error E010
# only when the compact form is too long. This affects pipelines that hand the file
# to the AWS CLI or an SDK as it is.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 20 scp scp-lint==0.2.3
python_packages 10 20 npkt npkt==1.0.1

cat > "$work/write.py" << 'EOF'
import json
import sys

place = sys.argv[1]
def policy(roles):
    arns = [f"arn:aws:iam::*:role/administrators/{number:04}" for number in range(roles)]
    return {"Version": "2012-10-17", "Statement": [{
        "Sid": "Guard", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": arns}}}]}
for name, roles, options in (
    ("indented", 80, {"indent": 8}),
    ("compact", 80, {"separators": (",", ":")}),
    ("long", 160, {"separators": (",", ":")}),
):
    with open(f"{place}/{name}.json", "w") as file:
        file.write(json.dumps(policy(roles), **options))
EOF
"$work/scp/bin/python" "$work/write.py" "$work"
for name in indented compact long; do
  echo "$name: $(wc -c < "$work/$name.json") characters"
  for lint in scp/bin/scp-lint "npkt/bin/npkt lint"; do
    status=0
    # shellcheck disable=SC2086
    found=$("$work"/$lint "$work/$name.json" | grep -oE '[EW]01[0-9]' || true)
    echo "$name, $(basename ${lint%% *}): ${found:-nothing about the size}"
  done
done > "$work/seen"

expect << 'EOF'
indented: 7811 characters
indented, scp-lint: nothing about the size
indented, npkt: nothing about the size
compact: 3522 characters
compact, scp-lint: nothing about the size
compact, npkt: nothing about the size
long: 6882 characters
long, scp-lint: E010
long, npkt: E010
EOF
