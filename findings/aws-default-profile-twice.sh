#!/usr/bin/env bash
# AWS SDKs disagree on which of two default profiles counts, and the one for C++ mixes them.
#
# Only the section `[default]` may lack the word `profile` in the config file, and the page about the
# format does not forbid `[profile default]`:
# <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>. A file gets both when one tool
# writes `[default]` and another puts the word before every name. botocore 1.44.8, and with it the AWS
# CLI and boto3, uses the last section. The SDK for JavaScript (@aws-sdk/credential-provider-node
# 3.972.99), the SDK for Python v4 (smithy-aws-core 0.12.0) and the common runtime (awscrt 0.38.1) always
# use `[profile default]`. The SDK for C++ inside pyarrow 26.0.1 uses the key of `[profile default]` and
# the region of the last section, so it sends the key of one account to the region of another. This
# affects people whose tools share one file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 12 14 py botocore==1.44.8 smithy-aws-core==0.12.0 awscrt==0.38.1 pyarrow==26.0.1
npm_packages js @aws-sdk/credential-provider-node@3.972.99 @smithy/shared-ini-file-loader@4.7.2

export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
export AWS_EC2_METADATA_DISABLED=true
: > "$AWS_SHARED_CREDENTIALS_FILE"

cat > "$work/find.py" << 'EOF'
import asyncio
import http.server
import re
import threading

import botocore.session
from awscrt.auth import AwsCredentialsProvider
from pyarrow import fs
from smithy_aws_core.config import AsyncAwsConfig

signed = []


class Server(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        signed.extend(re.findall(r"Credential=(\w+)/\d+/([^/]*)/", self.headers["Authorization"]))
        self.send_response(403)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


session = botocore.session.Session()
print("  botocore:", session.get_credentials().access_key, session.get_config_variable("region"))
print("  version 4:", asyncio.run(AsyncAwsConfig.resolve()).region)
print("  common runtime:", AwsCredentialsProvider.new_profile().get_credentials().result(20).access_key_id)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
store = fs.S3FileSystem(scheme="http", endpoint_override=f"127.0.0.1:{server.server_port}",
                        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1))
try:
    store.get_file_info("bucket/object")
except OSError:
    pass
print("  C++:", *signed[0])
EOF
cat > "$work/js/find.mjs" << 'EOF'
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
const { accessKeyId } = await defaultProvider({ maxRetries: 0, timeout: 300 })();
console.log('  JavaScript:', accessKeyId, (await loadSharedConfigFiles()).configFile.default.region);
EOF
section() {
  printf '[%s]\nregion = %s\naws_access_key_id = %s\naws_secret_access_key = x\n' "$@"
}
short=$(section default eu-west-1 AKIAIOSFODNN7EXAMPLE)
long=$(section 'profile default' us-east-2 AKIAI44QH8DHBEXAMPLE)
for order in "$short"$'\n'"$long" "$long"$'\n'"$short"; do
  printf '%s\n' "$order" > "$AWS_CONFIG_FILE"
  grep '^\[' "$AWS_CONFIG_FILE" | paste -sd ' '
  "$work/py/bin/python" "$work/find.py" 2>> "$work/log"
  node --no-warnings "$work/js/find.mjs"
done > "$work/seen"

expect << 'EOF'
[default] [profile default]
  botocore: AKIAI44QH8DHBEXAMPLE us-east-2
  version 4: us-east-2
  common runtime: AKIAI44QH8DHBEXAMPLE
  C++: AKIAI44QH8DHBEXAMPLE us-east-2
  JavaScript: AKIAI44QH8DHBEXAMPLE us-east-2
[profile default] [default]
  botocore: AKIAIOSFODNN7EXAMPLE eu-west-1
  version 4: us-east-2
  common runtime: AKIAI44QH8DHBEXAMPLE
  C++: AKIAI44QH8DHBEXAMPLE eu-west-1
  JavaScript: AKIAI44QH8DHBEXAMPLE us-east-2
EOF
