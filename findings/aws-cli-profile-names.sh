#!/usr/bin/env bash
# The AWS CLI writes profiles that two SDKs do not find.
#
# The AWS CLI and the SDKs share one config file:
# <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>. `aws configure set` makes
# a missing profile of any name, and its page has no rule for the name:
# <https://docs.aws.amazon.com/cli/latest/reference/configure/set.html>. AWS CLI 1.46.3 writes a
# name with a blank in quotation marks, and one with an apostrophe or a number sign without.
# The SDK for JavaScript (@smithy/shared-ini-file-loader 4.7.2) and the SDK for Python v4
# (smithy-aws-core 0.12.0) find none of these in the config file. In the credentials file,
# JavaScript finds the last two, so it has the keys but not the region. The AWS CLI does not
# find the name with the apostrophe in the config file either, straight after it has written
# it. This affects people whose profiles are named after teams and persons.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 12 20 py awscli==1.46.3 smithy-aws-core==0.12.0
npm_packages js @smithy/shared-ini-file-loader@4.7.2

export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
cat > "$work/js/read.mjs" << 'EOF'
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
const { configFile, credentialsFile } = await loadSharedConfigFiles();
const [, , name] = process.argv;
const key = credentialsFile[name]?.aws_access_key_id ? 'a key' : 'no key';
console.log(`  JavaScript: ${configFile[name]?.region ?? 'no region'}, ${key}`);
EOF
cat > "$work/version_4.py" << 'EOF'
import asyncio
import sys

from smithy_aws_core.config import AsyncAwsConfig

try:
    answer = asyncio.run(AsyncAwsConfig.resolve(profile=sys.argv[1])).region
except Exception as error:
    answer = type(error).__name__
print(f"  version 4: {answer}")
EOF
aws=$work/py/bin/aws
for name in "team-1" "my team" "o'brien" "team#1"; do
  "$aws" configure set region eu-west-1 --profile "$name"
  "$aws" configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE --profile "$name"
  grep -E '^\[' "$AWS_CONFIG_FILE" | tail -n 1
  region=$("$aws" configure get region --profile "$name" 2> "$work/log" || true)
  key=$("$aws" configure get aws_access_key_id --profile "$name" 2> "$work/log" || true)
  [ -z "$key" ] || key="a key"
  echo "  AWS CLI: ${region:-no region}, ${key:-no key}"
  node "$work/js/read.mjs" "$name"
  "$work/py/bin/python" "$work/version_4.py" "$name"
done > "$work/seen"

expect << 'EOF'
[profile team-1]
  AWS CLI: eu-west-1, a key
  JavaScript: eu-west-1, a key
  version 4: eu-west-1
[profile 'my team']
  AWS CLI: eu-west-1, a key
  JavaScript: no region, no key
  version 4: ProfileNotFoundError
[profile o'brien]
  AWS CLI: no region, a key
  JavaScript: no region, a key
  version 4: ProfileNotFoundError
[profile team#1]
  AWS CLI: eu-west-1, a key
  JavaScript: no region, a key
  version 4: ProfileNotFoundError
EOF
