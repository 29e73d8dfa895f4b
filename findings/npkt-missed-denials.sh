#!/usr/bin/env bash
# npkt predicts no denial from policies that deny.
#
# npkt 1.0.1 replays CloudTrail events against a service control policy, to show what the policy would break:
# <https://pypi.org/project/npkt/>. AWS matches one character with `?`:
# <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>.
# `ArnEquals` accepts wildcards too, and a value may be a variable:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
# npkt knows none of the three, so it allows the event and reports the risk NONE. Any date beside
# `aws:CurrentTime` ends the whole replay with an error, since npkt compares a time that has a zone with one
# that has none. This affects teams that test such a policy before they attach it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 20 py npkt==1.0.1

cat > "$work/replay.py" << 'EOF'
import datetime
import json
import os
import subprocess
import sys

place = sys.argv[1]
npkt = os.path.join(os.path.dirname(sys.executable), "npkt")
yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
event = {
    "eventVersion": "1.09", "eventID": "1", "requestID": "1", "eventType": "AwsApiCall",
    "eventTime": yesterday.strftime("%Y-%m-%dT%H:%M:%SZ"), "awsRegion": "eu-west-1",
    "eventSource": "s3.amazonaws.com", "eventName": "DeleteBucket",
    "requestParameters": {"bucketName": "team-1"}, "sourceIPAddress": "203.0.113.5",
    "recipientAccountId": "123456789012",
    "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "123456789012",
                     "arn": "arn:aws:iam::123456789012:user/alice",
                     "principalId": "AIDAIOSFODNN7EXAMPLE"}}
with open(f"{place}/events.json", "w") as file:
    json.dump({"Records": [event]}, file)

user = "arn:aws:iam::*:user/alice"
for name, part in (
    ("Action s3:DeleteBucket", {}),
    ("Action s3:DeleteBucke*", {"Action": "s3:DeleteBucke*"}),
    ("Action s3:DeleteBucke?", {"Action": "s3:DeleteBucke?"}),
    ("Resource team-*", {"Resource": "arn:aws:s3:::team-*"}),
    ("Resource team-?", {"Resource": "arn:aws:s3:::team-?"}),
    ("ArnLike with a wildcard", {"Condition": {"ArnLike": {"aws:PrincipalArn": user}}}),
    ("ArnEquals with a wildcard", {"Condition": {"ArnEquals": {"aws:PrincipalArn": user}}}),
    ("a variable", {"Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}),
    ("a date", {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}}),
):
    deny = {"Sid": "Deny", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*", **part}
    allow = {"Sid": "Allow", "Effect": "Allow", "Action": "*", "Resource": "*"}
    with open(f"{place}/policy.json", "w") as file:
        json.dump({"Version": "2012-10-17", "Statement": [allow, deny]}, file)
    run = subprocess.run(
        [npkt, "simulate", f"{place}/policy.json", "--logs", f"{place}/events.json", "--format", "json"],
        capture_output=True, text=True)
    try:
        summary = json.loads(run.stdout)["summary"]
        answer = f"{summary['denied_count']} denied, risk {summary['risk_level']}"
    except ValueError:
        answer = [line for line in run.stderr.splitlines() if line.startswith("Error")][0]
    print(f"{name}: {answer}")
EOF
"$work/py/bin/python" "$work/replay.py" "$work" > "$work/seen"

expect << 'EOF'
Action s3:DeleteBucket: 1 denied, risk CRITICAL
Action s3:DeleteBucke*: 1 denied, risk CRITICAL
Action s3:DeleteBucke?: 0 denied, risk NONE
Resource team-*: 1 denied, risk CRITICAL
Resource team-?: 0 denied, risk NONE
ArnLike with a wildcard: 1 denied, risk CRITICAL
ArnEquals with a wildcard: 0 denied, risk NONE
a variable: 0 denied, risk NONE
a date: Error during analysis: can't compare offset-naive and offset-aware datetimes
EOF
