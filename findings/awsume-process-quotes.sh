#!/usr/bin/env bash
# awsume splits a `credential_process` at each blank, and prefers it to a role.
#
# "If the path or file name contains spaces, surround the complete path and file name with
# double-quotation marks (" "). If a parameter name or value contains spaces, surround that element
# with double quotation marks":
# <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>. botocore reads
# such a line so. awsume 4.5.4 splits it at each blank and keeps the quotes, so a path with a space
# is not found, and a parameter with a space arrives in two pieces with a quote each. A profile with
# `role_arn`, `source_profile` and `credential_process` is a role to botocore; awsume runs its
# program. This affects users who move between awsume and the AWS CLI with one config file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 13 venv awsume==4.5.4 boto3==1.43.6 setuptools==80.9.0

mkdir -p "$work/home/.awsume" "$work/a folder"
cat > "$work/helper" << 'EOF'
#!/bin/sh
# Answers with a key, and writes each of its parameters on a line of a file.
for parameter in "$@"; do echo "    [$parameter]"; done > "$PARAMETERS"
echo '{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}'
EOF
chmod +x "$work/helper"
cp "$work/helper" "$work/a folder/helper"
cat > "$work/config" << EOF
[profile plain]
region = eu-central-1
credential_process = $work/helper --name ours

[profile parameter]
region = eu-central-1
credential_process = $work/helper --name "our team"

[profile path]
region = eu-central-1
credential_process = "$work/a folder/helper" --name ours

[profile role]
region = eu-central-1
role_arn = arn:aws:iam::123456789012:role/ReadOnly
source_profile = plain
credential_process = $work/helper --name role
EOF
export HOME=$work/home AWS_CONFIG_FILE=$work/config AWS_SHARED_CREDENTIALS_FILE=$work/credentials
export PARAMETERS=$work/parameters AWS_EC2_METADATA_DISABLED=true
: > "$work/credentials"

cat > "$work/method.py" << 'EOF'
import sys

import botocore.session

print(botocore.session.Session(profile=sys.argv[1]).get_credentials().method)
EOF
for profile in plain parameter path role; do
  echo "$profile:"
  rm -f "$PARAMETERS"
  method=$("$work/venv/bin/python" "$work/method.py" "$profile" 2> /dev/null)
  echo "  botocore: $method"
  [ "$profile" = role ] || cat "$PARAMETERS"
  rm -f "$PARAMETERS"
  if "$work/venv/bin/awsumepy" "$profile" --show-commands > "$work/out" 2> "$work/log" &&
    grep -q AKIAIOSFODNN7EXAMPLE "$work/out"; then
    echo "  awsume: the program's key"
    cat "$PARAMETERS"
  else
    echo "  awsume: $(grep -oE "No such file or directory" "$work/log" | head -n 1)"
  fi
done > "$work/seen"

expect << 'EOF'
plain:
  botocore: custom-process
    [--name]
    [ours]
  awsume: the program's key
    [--name]
    [ours]
parameter:
  botocore: custom-process
    [--name]
    [our team]
  awsume: the program's key
    [--name]
    ["our]
    [team"]
path:
  botocore: custom-process
    [--name]
    [ours]
  awsume: No such file or directory
role:
  botocore: assume-role
  awsume: the program's key
    [--name]
    [role]
EOF
