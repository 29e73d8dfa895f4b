#!/usr/bin/env bash
# sarif-tools reads a SARIF result only when it repeats what it could refer to.
#
# SARIF 2.1.0 lets a result give its rule by `ruleIndex` or `rule.id` instead of `ruleId`, its
# text by `message.id` with arguments, and its file by an index into `artifacts` (sections
# 3.27, 3.11 and 3.4): <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
# sarif-tools 3.0.5 prints the message's key instead of its text, `{0}` instead of the
# argument, and `-` instead of the file. At a result without `ruleId` it stops with a
# KeyError, so the whole report has no summary. This affects pipelines that summarise or
# compare reports of a writer that does not repeat itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 13 py sarif-tools==3.0.5

cat > "$work/read.py" << 'EOF'
import copy
import json
import os
import subprocess
import sys

place = sys.argv[1]
base = {"version": "2.1.0", "runs": [{
    "tool": {"driver": {"name": "tool", "rules": [
        {"id": "R1", "messageStrings": {"m": {"text": "user {0} has no MFA"}}}]}},
    "artifacts": [{"location": {"uri": "users.json"}}],
    "results": [{
        "ruleId": "R1", "ruleIndex": 0, "level": "error",
        "message": {"text": "user alice has no MFA"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "users.json", "index": 0},
                                            "region": {"startLine": 3}}}]}]}]}
for name, change in (
    ("all written out", {}),
    ("text by message.id", {"message": {"id": "m", "arguments": ["alice"]}}),
    ("text with an argument", {"message": {"text": "user {0} has no MFA", "arguments": ["alice"]}}),
    ("file by index", {"locations": [{"physicalLocation": {
        "artifactLocation": {"index": 0}, "region": {"startLine": 3}}}]}),
    ("rule by ruleIndex", {"ruleId": None}),
    ("rule by rule.id", {"ruleId": None, "ruleIndex": None, "rule": {"id": "R1"}}),
):
    document = copy.deepcopy(base)
    result = document["runs"][0]["results"][0]
    result.update(change)
    for key in [key for key, value in result.items() if value is None]:
        del result[key]
    with open(os.path.join(place, "report.sarif"), "w") as report:
        json.dump(document, report)
    answer = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "sarif"), "csv",
         os.path.join(place, "report.sarif"), "-o", os.path.join(place, "report.csv")],
        capture_output=True, text=True)
    if answer.returncode == 0:
        print(f"{name}: {open(os.path.join(place, 'report.csv')).read().splitlines()[1]}")
    else:
        print(f"{name}: {answer.stderr.strip().splitlines()[-1]}")
EOF
"$work/py/bin/python" "$work/read.py" "$work" > "$work/seen"

expect << 'EOF'
all written out: tool,error,R1,user alice has no MFA,users.json,3
text by message.id: tool,error,R1,m,users.json,3
text with an argument: tool,error,R1,user {0} has no MFA,users.json,3
file by index: tool,error,R1,user alice has no MFA,-,3
rule by ruleIndex: KeyError: 'ruleId'
rule by rule.id: KeyError: 'ruleId'
EOF
