#!/usr/bin/env bash
# An option of Polars decides whose AWS keys it uses, although the option has nothing to do with keys.
#
# Polars 2.1.0 asks boto3 for credentials if boto3 is installed, so it follows `AWS_PROFILE`:
# <https://github.com/pola-rs/polars/pull/19677>. It assumes that a name in `storage_options` which
# it does not expect is an access key, and then leaves boto3 out. Its reader in Rust takes the first
# key of `~/.aws/credentials`, in any section, and no session token. Options about the payload, the
# checksum or HTTP have this effect; the region and the address do not. They are options of object_store:
# <https://docs.rs/object_store/latest/object_store/aws/enum.AmazonS3ConfigKey.html>. No warning is
# printed. `credential_provider=polars.CredentialProviderAWS()` keeps the profile.
#
# This affects people with keys of several accounts in that file: one more option, and the program
# reads and writes in another account.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 14 py polars==2.1.0 boto3==1.43.117

export HOME=$work AWS_PROFILE=dev AWS_EC2_METADATA_DISABLED=true
mkdir "$work/.aws"
printf '%s\n' '[profile dev]' 'region = eu-west-1' "credential_process = cat $work/document" > "$work/.aws/config"
printf '%s\n' '[other]' 'aws_access_key_id = AKIAI44QH8DHBEXAMPLE' 'aws_secret_access_key = x' > "$work/.aws/credentials"
echo '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"x"}' > "$work/document"

cat > "$work/find.py" << 'EOF'
import http.server
import os
import re
import threading

import polars

seen = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        seen.extend(re.findall(r"Credential=(\w+)/", self.headers.get("Authorization", "")))
        self.send_response(403)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.server_port}"
os.environ["AWS_ALLOW_HTTP"] = "true"

owners = {"AKIAIOSFODNN7EXAMPLE": "of the profile", "AKIAI44QH8DHBEXAMPLE": "of another profile"}


def look(name, **words):
    seen.clear()
    try:
        polars.scan_parquet("s3://bucket/table.parquet", **words).collect()
    except Exception:
        pass  # The server refuses.
    print(f"{name}: the key {owners[seen[0]]}")


look("no options")
for option, value in (("aws_region", "eu-west-1"), ("aws_virtual_hosted_style_request", "false"),
                      ("aws_unsigned_payload", "true"), ("aws_checksum_algorithm", "sha256"),
                      ("aws_allow_http", "true")):
    look(option, storage_options={option: value})
look("aws_allow_http and a provider", storage_options={"aws_allow_http": "true"},
     credential_provider=polars.CredentialProviderAWS())
EOF
"$work/py/bin/python" -W ignore "$work/find.py" > "$work/seen" 2> "$work/log"

expect << 'EOF'
no options: the key of the profile
aws_region: the key of the profile
aws_virtual_hosted_style_request: the key of the profile
aws_unsigned_payload: the key of another profile
aws_checksum_algorithm: the key of another profile
aws_allow_http: the key of another profile
aws_allow_http and a provider: the key of the profile
EOF
