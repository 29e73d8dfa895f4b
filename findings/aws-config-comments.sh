#!/usr/bin/env bash
# Three AWS SDKs disagree on what is a comment in the shared config file.
#
# The SDKs share one config file, and an argument of `credential_process` that contains blanks is in
# double quotation marks:
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>. botocore
# 1.44.8 hands "team #1" to the command as one argument. The SDK for JavaScript
# (@aws-sdk/credential-provider-process 3.972.86) and the SDK for Python v4 (smithy-aws-core 0.12.0)
# cut the line at the number sign and fail at the open quotation mark. An indented comment under a
# setting is a comment for the first two; version 4 reads it as a second line of the value and
# refuses the region. This affects people who use one file with several SDKs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 12 20 py smithy-aws-core==0.12.0 botocore==1.44.8
npm_packages js @aws-sdk/credential-provider-process@3.972.86 @smithy/shared-ini-file-loader@4.7.2

cat > "$work/helper" << 'EOF'
#!/bin/sh
[ $# -eq 1 ] && [ "$1" = "team #1" ] || exit 1
echo '{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x"}'
EOF
chmod +x "$work/helper"
cat > "$work/config" << EOF
[profile sign]
credential_process = $work/helper "team #1"

[profile indented]
region = eu-west-1
  # Ireland
output = json
EOF
: > "$work/credentials"

cat > "$work/botocore_.py" << 'EOF'
import botocore.session

print("botocore, credential_process:",
      botocore.session.Session(profile="sign").get_credentials().access_key)
print("botocore, region:", botocore.session.Session(profile="indented").get_config_variable("region"))
EOF
cat > "$work/version_4.py" << 'EOF'
import asyncio

from smithy_aws_core.config import AsyncAwsConfig, load_config
from smithy_aws_core.identity import AWSCredentialsIdentity
from smithy_aws_core.identity.chain import ChainSetup
from smithy_aws_core.identity.chain.providers.process import ProfileCredentialProcessProvider


async def credential_process():
    setup = ChainSetup()
    setup.set_config_file(await load_config())
    setup.set_profile_name("sign")
    await ProfileCredentialProcessProvider().setup(AWSCredentialsIdentity, setup)
    return (await setup.resolvers[0].get_identity(properties={})).access_key_id


async def region():
    return (await AsyncAwsConfig.resolve(profile="indented")).region


for read in (credential_process, region):
    try:
        answer = asyncio.run(read())
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"version 4, {read.__name__}: {answer}")
EOF
cat > "$work/js/read.mjs" << 'EOF'
import { fromProcess } from '@aws-sdk/credential-provider-process';
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
let answer;
try {
  answer = (await fromProcess({ profile: 'sign' })()).accessKeyId;
} catch (error) {
  answer = `${error.name}: ${error.message.split('\n').pop() || error.message.split('\n')[0]}`;
}
console.log('JavaScript, credential_process:', answer);
console.log('JavaScript, region:', (await loadSharedConfigFiles()).configFile.indented.region);
EOF
export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
{
  "$work/py/bin/python" "$work/botocore_.py"
  node "$work/js/read.mjs"
  "$work/py/bin/python" "$work/version_4.py"
} 2> "$work/log" | sed "s#$work#FOLDER#g" > "$work/seen"

expect << 'EOF'
botocore, credential_process: AKIAIOSFODNN7EXAMPLE
botocore, region: eu-west-1
JavaScript, credential_process: CredentialsProviderError: Command failed: FOLDER/helper "team
JavaScript, region: eu-west-1
version 4, credential_process: ProcessConfigurationError: Could not parse credential process command: No closing quotation
version 4, region: ConfigValidationError: Invalid value for 'region': 'eu-west-1\n# Ireland'. Must be a valid AWS region identifier.
EOF
