#!/usr/bin/env bash
# Two libraries for S3 use a container's credentials only if its token is in a file.
#
# A program finds the credentials of its container by an address and a token, which is in the variable
# `AWS_CONTAINER_AUTHORIZATION_TOKEN` or in the file that `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` names:
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>. obstore 0.12.1 and
# deltalake 1.6.6, which contain the Rust crate object_store, follow the file. With the variable they do not
# ask the container's address. They turn to the metadata service of the instance instead, also where
# `AWS_EC2_METADATA_DISABLED` is `true`, and take the credentials of the instance. botocore 1.43.117 follows
# both, and leaves the metadata service alone.
#
# This affects programs in containers whose credentials come from a local server: they act as the machine, or
# fail with a message about the metadata service.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 14 py obstore==0.12.1 deltalake==1.6.6 botocore==1.43.117

export HOME=$work AWS_EC2_METADATA_DISABLED=true AWS_REGION=eu-west-1
cat > "$work/find.py" << 'EOF'
import http.server
import json
import os
import re
import sys
import threading

seen = []


class Server(http.server.BaseHTTPRequestHandler):
    """The container's server, the metadata service of an instance with a role, and S3."""

    def answer(self, status, text=""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self):
        self.answer(200, "token")

    def do_GET(self):
        keys = {"SecretAccessKey": "x", "Token": "x", "Code": "Success", "Type": "AWS-HMAC",
                "LastUpdated": "2026-01-01T00:00:00Z", "Expiration": "2100-01-01T00:00:00Z"}
        if self.path == "/container":
            allowed = self.headers.get("Authorization") == "secret"
            self.answer(200 if allowed else 401, json.dumps(keys | {"AccessKeyId": "ASIACONTAINER"}))
        elif self.path.endswith("/security-credentials/"):
            self.answer(200, "role")
        elif self.path.endswith("/security-credentials/role"):
            self.answer(200, json.dumps(keys | {"AccessKeyId": "ASIAINSTANCE"}))
        else:
            seen.extend(re.findall(r"Credential=(\w+)/", self.headers.get("Authorization", "")))
            self.answer(403)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"
os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{address}/container"
os.environ["AWS_METADATA_ENDPOINT"] = os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = address
os.environ["AWS_ENDPOINT_URL"] = address
os.environ["AWS_ALLOW_HTTP"] = "true"
name, form = sys.argv[1:]
try:
    if name == "obstore":
        import obstore.store

        obstore.head(obstore.store.S3Store("bucket"), "table")
    elif name == "deltalake":
        import deltalake

        deltalake.DeltaTable("s3://bucket/table")
    else:
        import botocore.session

        found = botocore.session.Session().get_credentials()
        seen.append(found.access_key if found else "nothing")
except Exception:
    pass  # The server refuses.
whose = {"ASIACONTAINER": "the container's", "ASIAINSTANCE": "the instance's"}
print(f"{name}, token in a {form}: {whose.get(seen[0] if seen else None, 'no credentials')}")
EOF
printf secret > "$work/token"
for name in botocore obstore deltalake; do
  AWS_CONTAINER_AUTHORIZATION_TOKEN=secret "$work/py/bin/python" "$work/find.py" "$name" variable
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$work/token "$work/py/bin/python" "$work/find.py" "$name" file
done > "$work/seen" 2> "$work/log"

expect << 'EOF'
botocore, token in a variable: the container's
botocore, token in a file: the container's
obstore, token in a variable: the instance's
obstore, token in a file: the container's
deltalake, token in a variable: the instance's
deltalake, token in a file: the container's
EOF
