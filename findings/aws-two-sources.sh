#!/usr/bin/env bash
# AWS SDKs use different credentials from one profile that has two sources of them.
#
# A profile may have keys and a `credential_process`, and its settings may be spread over the
# config and the credentials file, where the credentials file has precedence:
# <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>. The page has no order for
# the two sources within a profile. When both are in the config file, botocore 1.44.8 and the SDK
# for Rust inside pylance 14.0.2 run the helper, and the SDK for JavaScript
# (@aws-sdk/credential-provider-node 3.972.99), the common runtime (awscrt 0.38.1) and the SDK for
# C++ inside pyarrow 26.0.1 take the keys. When the keys are in the credentials file, only Rust
# runs the helper. A session token in the config file belongs to keys in the credentials file for
# all but botocore, and the two halves of a key in two files are a key for all but botocore. This
# affects people whose tools share one profile.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py botocore==1.44.8 awscrt==0.38.1 pyarrow==26.0.1 pylance==14.0.2
npm_packages js @aws-sdk/credential-provider-node@3.972.99

export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
export AWS_EC2_METADATA_DISABLED=true AWS_PROFILE=dev
echo '{"Version":1,"AccessKeyId":"AKIAI44QH8DHBEXAMPLE","SecretAccessKey":"x"}' > "$work/document"

cat > "$work/find.py" << 'EOF'
import http.server
import re
import threading

import botocore.session
import lance
from awscrt.auth import AwsCredentialsProvider
from pyarrow import fs

seen = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        key = re.findall(r"Credential=(\w+)/", self.headers.get("Authorization", ""))
        seen.append((key[0] if key else None, self.headers.get("x-amz-security-token")))
        self.send_response(403)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"127.0.0.1:{server.server_port}"


def find_botocore():
    found = botocore.session.Session().get_credentials().get_frozen_credentials()
    seen.append((found.access_key, found.token))


def find_common_runtime():
    found = AwsCredentialsProvider.new_profile().get_credentials().result(20)
    seen.append((found.access_key_id, found.session_token))


def find_cpp():
    store = fs.S3FileSystem(scheme="http", endpoint_override=address,
                            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1))
    store.get_file_info("bucket/object")


def find_rust():
    lance.dataset("s3://bucket/object", storage_options={
        "endpoint": f"http://{address}", "allow_http": "true", "region": "eu-west-1",
        "client_max_retries": "0"})


kinds = {"AKIAIOSFODNN7EXAMPLE": "the keys", "AKIAI44QH8DHBEXAMPLE": "the helper"}
for name, find in (("botocore", find_botocore), ("common runtime", find_common_runtime),
                   ("C++", find_cpp), ("Rust", find_rust)):
    seen.clear()
    answer = ""
    try:
        find()
    except Exception as error:
        answer = type(error).__name__
    if seen and seen[0][0]:
        answer = kinds[seen[0][0]] + (" with a token" if seen[0][1] else "")
    print(f"  {name}: {answer}")
EOF
cat > "$work/js/find.mjs" << 'EOF'
import { defaultProvider } from '@aws-sdk/credential-provider-node';
const { accessKeyId, sessionToken } = await defaultProvider({ maxRetries: 0, timeout: 300 })();
const kind = accessKeyId === 'AKIAIOSFODNN7EXAMPLE' ? 'the keys' : 'the helper';
console.log(`  JavaScript: ${kind}${sessionToken ? ' with a token' : ''}`);
EOF
id='aws_access_key_id = AKIAIOSFODNN7EXAMPLE'
secret='aws_secret_access_key = x'
helper="credential_process = cat $work/document"
look() {
  echo "$1"
  printf '%s\n' '[profile dev]' 'region = eu-west-1' "$2" > "$AWS_CONFIG_FILE"
  printf '%s\n' '[dev]' "$3" > "$AWS_SHARED_CREDENTIALS_FILE"
  "$work/py/bin/python" "$work/find.py" 2> "$work/log"
  node --no-warnings "$work/js/find.mjs"
}
{
  look "keys and a helper, both in the config file" "$id"$'\n'"$secret"$'\n'"$helper" ""
  look "a helper in the config file, keys in the credentials file" "$helper" "$id"$'\n'"$secret"
  look "a token in the config file, keys in the credentials file" "aws_session_token = x" "$id"$'\n'"$secret"
  look "the id in the config file, the secret in the credentials file" "$id" "$secret"
} > "$work/seen"

expect << 'EOF'
keys and a helper, both in the config file
  botocore: the helper
  common runtime: the keys
  C++: the keys
  Rust: the helper
  JavaScript: the keys
a helper in the config file, keys in the credentials file
  botocore: the keys
  common runtime: the keys
  C++: the keys
  Rust: the helper
  JavaScript: the keys
a token in the config file, keys in the credentials file
  botocore: the keys
  common runtime: the keys with a token
  C++: the keys with a token
  Rust: the keys with a token
  JavaScript: the keys with a token
the id in the config file, the secret in the credentials file
  botocore: PartialCredentialsError
  common runtime: the keys
  C++: the keys
  Rust: the keys
  JavaScript: the keys
EOF
