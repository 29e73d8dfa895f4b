#!/usr/bin/env bash
# AWS SDKs disagree on the time at which the credentials of a helper expire.
#
# The output of `credential_process` has an `Expiration`, which is a time of ISO 8601. After that time
# the SDK runs the helper again:
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>. ISO 8601 allows
# an offset of hours alone, a time without seconds, the basic form without separators, and local time
# without an offset. The SDK for Rust inside pylance 14.0.2 refuses all four. botocore 1.44.8 ends
# with a TypeError at the last: <https://github.com/boto/botocore/issues/1980>. The SDK for JavaScript
# (@aws-sdk/credential-provider-node 3.972.99), the common runtime (awscrt 0.38.1) and the SDK for C++
# inside pyarrow 26.0.1 accept all of them. When the time is in the past, botocore and JavaScript
# report an error, and the other three hand out the credentials. This affects people who write a
# helper and test it with the AWS CLI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py botocore==1.44.8 awscrt==0.38.1 pyarrow==26.0.1 pylance==14.0.2
npm_packages js @aws-sdk/credential-provider-node@3.972.99

export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
export AWS_EC2_METADATA_DISABLED=true AWS_PROFILE=helper
printf '[profile helper]\nregion = eu-west-1\ncredential_process = cat %s\n' "$work/document" > "$AWS_CONFIG_FILE"
: > "$AWS_SHARED_CREDENTIALS_FILE"

cat > "$work/find.py" << 'EOF'
import http.server
import re
import threading

import botocore.session
import lance
from awscrt.auth import AwsCredentialsProvider
from pyarrow import fs

signed = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        signed.extend(re.findall(r"Credential=(\w+)/", self.headers.get("Authorization", "")))
        self.send_response(403)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"127.0.0.1:{server.server_port}"


def find_botocore():
    return botocore.session.Session().get_credentials().get_frozen_credentials().access_key


def find_common_runtime():
    return AwsCredentialsProvider.new_profile().get_credentials().result(20).access_key_id


def find_cpp():
    store = fs.S3FileSystem(scheme="http", endpoint_override=address,
                            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1))
    store.get_file_info("bucket/object")


def find_rust():
    lance.dataset("s3://bucket/object", storage_options={
        "endpoint": f"http://{address}", "allow_http": "true", "region": "eu-west-1",
        "client_max_retries": "0"})


for name, find in (("botocore", find_botocore), ("common runtime", find_common_runtime),
                   ("C++", find_cpp), ("Rust", find_rust)):
    signed.clear()
    try:
        answer = find()
    except Exception as error:
        answer = signed[0] if signed else type(error).__name__
    print(f"  {name}: {'the key' if answer == 'AKIAIOSFODNN7EXAMPLE' else answer}")
EOF
cat > "$work/js/find.mjs" << 'EOF'
import { defaultProvider } from '@aws-sdk/credential-provider-node';
try {
  await defaultProvider({ maxRetries: 0, timeout: 300 })();
  console.log('  JavaScript: the key');
} catch (error) {
  console.log(`  JavaScript: ${error.name}`);
}
EOF
for time in 2060-01-01T00:00:00Z 2060-01-01T00:00:00+00:00 2060-01-01T00:00:00+00 2060-01-01T00:00+00:00 \
  20600101T000000Z 2060-01-01T00:00:00 2020-01-01T00:00:00Z; do
  echo "$time"
  printf '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"x","SessionToken":"x","Expiration":"%s"}' \
    "$time" > "$work/document"
  "$work/py/bin/python" "$work/find.py" 2> "$work/log"
  node --no-warnings "$work/js/find.mjs"
done > "$work/seen"

expect << 'EOF'
2060-01-01T00:00:00Z
  botocore: the key
  common runtime: the key
  C++: the key
  Rust: the key
  JavaScript: the key
2060-01-01T00:00:00+00:00
  botocore: the key
  common runtime: the key
  C++: the key
  Rust: the key
  JavaScript: the key
2060-01-01T00:00:00+00
  botocore: the key
  common runtime: the key
  C++: the key
  Rust: ValueError
  JavaScript: the key
2060-01-01T00:00+00:00
  botocore: the key
  common runtime: the key
  C++: the key
  Rust: ValueError
  JavaScript: the key
20600101T000000Z
  botocore: the key
  common runtime: the key
  C++: the key
  Rust: ValueError
  JavaScript: the key
2060-01-01T00:00:00
  botocore: TypeError
  common runtime: the key
  C++: the key
  Rust: ValueError
  JavaScript: the key
2020-01-01T00:00:00Z
  botocore: RuntimeError
  common runtime: the key
  C++: the key
  Rust: the key
  JavaScript: CredentialsProviderError
EOF
