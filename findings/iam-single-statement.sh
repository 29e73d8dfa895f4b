#!/usr/bin/env bash
# Three IAM tools refuse a policy whose only statement is not in a list.
#
# The element `Statement` holds one statement or a list:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>.
# py-iam-expand 0.3.0, which writes out wildcards, refuses the first form:
# <https://pypi.org/project/py-iam-expand/>. So do pasu 0.6.3 and iamx 0.1.0, which explain
# policies: <https://pypi.org/project/pasu/>, <https://pypi.org/project/iamx/>. policyuniverse
# 1.5.1.20231109 reads both. This affects people who hand a policy of their account to a tool.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 expand py-iam-expand==0.3.0
python_packages 10 13 pasu pasu==0.6.3
python_packages 10 13 iamx iamx==0.1.0
python_packages 9 13 policyuniverse policyuniverse==1.5.1.20231109

statement='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example/*"}'
echo "{\"Version\": \"2012-10-17\", \"Statement\": [$statement]}" > "$work/list.json"
echo "{\"Version\": \"2012-10-17\", \"Statement\": $statement}" > "$work/single.json"
cat > "$work/read.py" << 'EOF'
import json
import sys

from policyuniverse.policy import Policy

with open(sys.argv[1]) as file:
    print(len(Policy(json.load(file)).statements), "statement")
EOF
export NO_COLOR=1 COLUMNS=200
for name in list single; do
  file=$work/$name.json
  echo "$name, policyuniverse: $("$work/policyuniverse/bin/python" "$work/read.py" "$file")"
  for tool in expand pasu iamx; do
    status=0
    case $tool in
      expand) "$work/expand/bin/py-iam-expand" < "$file" > "$work/log" 2>&1 || status=$? ;;
      pasu) "$work/pasu/bin/pasu" --quiet explain --file "$file" > "$work/log" 2>&1 || status=$? ;;
      iamx) "$work/iamx/bin/iamx" analyze "$file" > "$work/log" 2>&1 || status=$? ;;
    esac
    error=$(grep -m 1 -oE "(Validation error|Invalid JSON|TypeError|'Statement'|Statement must|Error).*" "$work/log" || true)
    echo "$name, ${tool/expand/py-iam-expand}: exit $status${error:+, $error}"
  done
done | sed "s#$work#FOLDER#g" > "$work/seen"

expect << 'EOF'
list, policyuniverse: 1 statement
list, py-iam-expand: exit 0
list, pasu: exit 0
list, iamx: exit 0
single, policyuniverse: 1 statement
single, py-iam-expand: exit 1, Error processing policy: 'Statement' value must be a list.
single, pasu: exit 1, Error: Validation error: 'Statement' must be a non-empty array.
single, iamx: exit 1, Error analyzing FOLDER/single.json: Statement must be an array
EOF
