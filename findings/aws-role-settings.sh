#!/usr/bin/env bash
# The AWS SDK for Rust drops settings of a role, and three SDKs ask STS in different regions.
#
# A profile with `role_arn` may have `duration_seconds` and `mfa_serial`:
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>. botocore
# 1.44.8 and the SDK for JavaScript (@aws-sdk/credential-provider-node 3.972.99) send the duration.
# Without a terminal or a callback they refuse a profile that needs a code. The SDK for Rust inside
# pylance 14.0.2 sends neither the duration nor the number of the device, without a warning, so the
# session lasts an hour and a role that requires MFA denies the request:
# <https://github.com/awslabs/aws-sdk-rust/issues/527>. When the profile has no region, botocore
# refuses it, JavaScript asks STS in us-east-1, and Rust asks in the region of `source_profile`. A
# policy that allows only some regions then denies one of them. This affects people whose data
# tools share the profiles of their scripts.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py botocore==1.44.8 pylance==14.0.2
npm_packages js @aws-sdk/credential-provider-node@3.972.99

cat > "$work/answer.xml" << 'EOF'
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>x</SessionToken>
<Expiration>2060-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>
<Arn>arn:aws:sts::123456789012:assumed-role/example/example</Arn><AssumedRoleId>AROAEXAMPLE:example</AssumedRoleId>
</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>
EOF
cat > "$work/js/find.mjs" << 'EOF'
import { defaultProvider } from '@aws-sdk/credential-provider-node';
try {
  await defaultProvider({ maxRetries: 0, timeout: 300 })();
} catch (error) {
  console.log(error.name);
}
EOF
cat > "$work/botocore_.py" << 'EOF'
import botocore.session

try:
    botocore.session.Session().get_credentials().get_frozen_credentials()
except Exception as error:
    print(type(error).__name__)
EOF
cat > "$work/rust.py" << 'EOF'
import os

import lance

try:
    lance.dataset("s3://bucket/object", storage_options={
        "endpoint": os.environ["AWS_ENDPOINT_URL_STS"], "allow_http": "true", "region": "eu-west-1",
        "client_max_retries": "0"})
except (OSError, ValueError):
    pass
EOF
cat > "$work/serve.py" << 'EOF'
import http.server
import os
import re
import subprocess
import sys
import threading
import urllib.parse

place = sys.argv[1]
with open(f"{place}/answer.xml", "rb") as file:
    answer = file.read()
seen = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        region = re.search(r"Credential=\w+/\d+/([^/]*)", self.headers["Authorization"])[1]
        seen.append(f"STS in {region}, {form.get('DurationSeconds', 'no duration')}, {form.get('SerialNumber', 'no device')}")
        self.reply(200, answer)

    def do_GET(self):
        self.reply(403, b"")

    do_HEAD = do_PUT = do_GET

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = {**os.environ, "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{server.server_port}"}
for profile in ("plain", "duration", "device", "region"):
    environment["AWS_PROFILE"] = profile
    for name, command in (("botocore", [sys.executable, f"{place}/botocore_.py"]),
                          ("JavaScript", ["node", "--no-warnings", f"{place}/js/find.mjs"]),
                          ("Rust", [sys.executable, f"{place}/rust.py"])):
        seen.clear()
        run = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        print(f"{profile}, {name}: {seen[0] if seen else run.stdout.strip()}")
EOF
export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
export AWS_EC2_METADATA_DISABLED=true
: > "$AWS_SHARED_CREDENTIALS_FILE"
role=$'role_arn = arn:aws:iam::123456789012:role/example\nsource_profile = base'
device='mfa_serial = arn:aws:iam::123456789012:mfa/alice'
cat > "$AWS_CONFIG_FILE" << EOF
[profile base]
region = eu-west-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = x

[profile plain]
region = eu-west-2
$role

[profile duration]
region = eu-west-2
$role
duration_seconds = 1800

[profile device]
region = eu-west-2
$role
$device

[profile region]
$role
EOF
"$work/py/bin/python" "$work/serve.py" "$work" > "$work/seen"

expect << 'EOF'
plain, botocore: STS in eu-west-2, no duration, no device
plain, JavaScript: STS in eu-west-2, 3600, no device
plain, Rust: STS in eu-west-2, no duration, no device
duration, botocore: STS in eu-west-2, 1800, no device
duration, JavaScript: STS in eu-west-2, 1800, no device
duration, Rust: STS in eu-west-2, no duration, no device
device, botocore: EOFError
device, JavaScript: CredentialsProviderError
device, Rust: STS in eu-west-2, no duration, no device
region, botocore: NoRegionError
region, JavaScript: STS in us-east-1, 3600, no device
region, Rust: STS in eu-west-1, no duration, no device
EOF
