#!/usr/bin/env bash
# A session of boto3-refresh-session still calls STS as the user, after it has assumed a role.
#
# boto3-refresh-session 10.0.7 replaces `boto3.Session` by one that assumes a role and renews the
# credentials: <https://pypi.org/project/boto3-refresh-session/>. Its docstrings describe `whoami()`
# as the current caller identity and `get_identity()` as the identity assumed. Both return the user.
# `client("sts")` is the user's too, because the session keeps the client that assumed the role and
# returns it to every caller with the same arguments. A client of another service, or one of STS
# with another argument, has the role.
#
# `advisory_timeout` and `mandatory_timeout` are documented as the seconds before the end at which
# the credentials are renewed. With `defer_refresh=True`, which is the default, both are ignored, and
# botocore's 900 and 600 seconds apply. boto3-assume 0.2.1 and aws-assume-role-lib 2.10.0 return
# sessions in which every client has the role.
#
# This affects programs that ask who they are before they change something, and programs that
# assume a second role from the first: the second role's trust policy sees the user.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 14 tools boto3-refresh-session==10.0.7 boto3-assume==0.2.1 aws-assume-role-lib==2.10.0 \
  boto3==1.44.8 moto==5.2.5

cat > "$work/who.py" << 'EOF'
import json
import os

import boto3
from moto import mock_aws

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1")
ROLE = "arn:aws:iam::123456789012:role/deploy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}],
}


def user_and_role():
    """Makes the user alice and the role, and returns a session of alice's."""
    iam = boto3.client("iam")
    iam.create_user(UserName="alice")
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    words = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    os.environ.update(words)
    return boto3.Session()


def who(client):
    return client.get_caller_identity()["Arn"].split(":", 5)[5]


with mock_aws():
    alice = user_and_role()

    from boto3_refresh_session import RefreshableSession

    for words in ({}, {"defer_refresh": False}):
        session = RefreshableSession(
            assume_role_kwargs={"RoleArn": ROLE}, advisory_timeout=120, mandatory_timeout=60, **words
        )
        name = f"boto3-refresh-session {words or ''}".strip()
        print(f"{name}: whoami() is {session.whoami()['Arn'].split(':', 5)[5]}")
        print(f"{name}: client('sts') is {who(session.client('sts'))}")
        print(f"{name}: client('sts', region_name=...) is {who(session.client('sts', region_name='us-east-1'))}")
        credentials = session._credentials
        print(f"{name}: renews {credentials._advisory_refresh_timeout} or {credentials._mandatory_refresh_timeout} s before the end")

    import boto3_assume

    session = boto3_assume.assume_role(alice, {"RoleArn": ROLE, "RoleSessionName": "plain"})
    print(f"boto3-assume: client('sts') is {who(session.client('sts'))}")

    import aws_assume_role_lib

    session = aws_assume_role_lib.assume_role(alice, ROLE, RoleSessionName="plain")
    print(f"aws-assume-role-lib: client('sts') is {who(session.client('sts'))}")
EOF
"$work/tools/bin/python" "$work/who.py" > "$work/seen"

expect << 'EOF'
boto3-refresh-session: whoami() is user/alice
boto3-refresh-session: client('sts') is user/alice
boto3-refresh-session: client('sts', region_name=...) is assumed-role/deploy/boto3-refresh-session
boto3-refresh-session: renews 900 or 600 s before the end
boto3-refresh-session {'defer_refresh': False}: whoami() is user/alice
boto3-refresh-session {'defer_refresh': False}: client('sts') is user/alice
boto3-refresh-session {'defer_refresh': False}: client('sts', region_name=...) is assumed-role/deploy/boto3-refresh-session
boto3-refresh-session {'defer_refresh': False}: renews 120 or 60 s before the end
boto3-assume: client('sts') is assumed-role/deploy/plain
aws-assume-role-lib: client('sts') is assumed-role/deploy/plain
EOF
