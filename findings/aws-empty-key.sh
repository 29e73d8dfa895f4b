#!/usr/bin/env bash
# boto3 uses an empty key, where the AWS SDK for JavaScript runs the profile's program.
#
# A profile may have `credential_process` in the config file:
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>. Tools that make the
# credentials file from a form or a template leave `aws_access_key_id =` without a value. The page about the
# file format has no rule for an empty value:
# <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>. botocore 1.44.5, and with it boto3,
# uses the empty key: it finds credentials whose id is empty, and never runs the program. The SDK for
# JavaScript (@aws-sdk/credential-provider-ini 3.972.99) accepts no empty value for a key, and runs the
# program. This affects people whose scripts use both.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 14 py botocore==1.44.5
npm_packages js @aws-sdk/credential-provider-node@3.972.99

export AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
export AWS_EC2_METADATA_DISABLED=true AWS_PROFILE=dev
document='{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}'
printf '%s\n' "$document" > "$work/document"
printf '[profile dev]\nregion = eu-west-1\ncredential_process = cat %s\n' "$work/document" > "$AWS_CONFIG_FILE"

cat > "$work/find.py" << 'EOF'
import botocore.session

found = botocore.session.Session(profile="dev").get_credentials()
print(f"  boto3: {found.method if found else 'nothing'}, id {found.access_key if found else ''!r}")
EOF
cat > "$work/js/find.mjs" << 'EOF'
import { defaultProvider } from '@aws-sdk/credential-provider-node';
try {
  const found = await defaultProvider({ maxRetries: 0, timeout: 300 })();
  console.log(`  JavaScript: id '${found.accessKeyId}'`);
} catch (error) {
  console.log(`  JavaScript: ${error.name}`);
}
EOF
look() {
  echo "$1"
  "$work/py/bin/python" "$work/find.py"
  node --no-warnings "$work/js/find.mjs"
}
{
  : > "$AWS_SHARED_CREDENTIALS_FILE"
  look "no section in the credentials file"
  printf '[dev]\naws_access_key_id =\naws_secret_access_key =\n' > "$AWS_SHARED_CREDENTIALS_FILE"
  look "a section with empty keys"
} > "$work/seen"

expect << 'EOF'
no section in the credentials file
  boto3: custom-process, id 'AKIAIOSFODNN7EXAMPLE'
  JavaScript: id 'AKIAIOSFODNN7EXAMPLE'
a section with empty keys
  boto3: shared-credentials-file, id ''
  JavaScript: id 'AKIAIOSFODNN7EXAMPLE'
EOF
