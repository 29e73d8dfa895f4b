#!/usr/bin/env bash
# The AWS SDK for Python v4 ignores `mfa_serial` of a profile.
#
# The settings of a role in the shared config file include `mfa_serial`, the device whose code
# AssumeRole needs:
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>.
# botocore 1.44.8 asks for the code and sends it. The provider of version 4,
# aws-credentials-sts 0.4.0, reads the same profile without a warning, asks for nothing, and
# sends neither SerialNumber nor TokenCode, so a role that requires MFA denies the request. It
# also refuses a `source_profile` that has a `credential_process`, which botocore runs. This
# affects people whose roles require MFA or whose keys come from a credential helper.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 12 20 py aws-credentials-sts==0.4.0 smithy-aws-core==0.12.0 botocore==1.44.8

cat > "$work/answer.json" << 'EOF'
{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x"}
EOF
cat > "$work/config" << EOF
[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = x

[profile with-mfa]
role_arn = arn:aws:iam::123456789012:role/example
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/alice

[profile helper]
credential_process = cat $work/answer.json

[profile with-helper]
role_arn = arn:aws:iam::123456789012:role/example
source_profile = helper
EOF
: > "$work/credentials"

cat > "$work/assume.py" << 'EOF'
"""Assumes the role of each profile with both libraries, from a server on the loopback."""
import asyncio
import getpass
import http.server
import os
import threading
import urllib.parse
import warnings

warnings.simplefilter("ignore")
received = []
RESPONSE = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId>
<Arn>arn:aws:sts::123456789012:assumed-role/example/b</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2037-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


class Sts(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        received.append(dict(urllib.parse.parse_qsl(body)))
        self.send_response(200)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(RESPONSE)))
        self.end_headers()
        self.wfile.write(RESPONSE)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sts)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.server_port}"
os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
asked = []
getpass.getpass = lambda prompt="": asked.append(prompt) or "123456"


def of_botocore(profile):
    import botocore.session
    botocore.session.Session(profile=profile).get_credentials().get_frozen_credentials()


def of_version_4(profile):
    from aws_credentials_sts import ProfileAssumeRoleCredentialsResolver
    from smithy_aws_core.config import load_config

    async def resolve():
        resolver = ProfileAssumeRoleCredentialsResolver(
            profile_name=profile, config_file=await load_config())
        await resolver.get_identity(properties={})

    asyncio.run(resolve())


for profile in ("with-mfa", "with-helper"):
    for name, assume in (("botocore", of_botocore), ("version 4", of_version_4)):
        received.clear()
        asked.clear()
        try:
            assume(profile)
            sent = received[-1]
            mfa = f"SerialNumber {sent.get('SerialNumber')}, TokenCode {sent.get('TokenCode')}"
            print(f"{profile}, {name}: codes asked for: {len(asked)}, sent {sent['Action']} with {mfa}")
        except Exception as error:
            print(f"{profile}, {name}: {type(error).__name__}: {error}")
EOF
AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials \
  "$work/py/bin/python" "$work/assume.py" > "$work/seen" 2> "$work/log"

expect << 'EOF'
with-mfa, botocore: codes asked for: 1, sent AssumeRole with SerialNumber arn:aws:iam::123456789012:mfa/alice, TokenCode 123456
with-mfa, version 4: codes asked for: 0, sent AssumeRole with SerialNumber None, TokenCode None
with-helper, botocore: codes asked for: 0, sent AssumeRole with SerialNumber None, TokenCode None
with-helper, version 4: AssumeRoleConfigurationError: Source profile 'helper' has no supported credential source.
EOF
