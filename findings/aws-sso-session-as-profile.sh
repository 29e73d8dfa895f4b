#!/usr/bin/env bash
# Three tools treat a section that is not a profile as a profile.
#
# A section `[sso-session NAME]` of the config file holds the sign-in that profiles share, and
# only a section `[profile NAME]` or `[default]` is a profile:
# <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>. The command `aws
# configure sso` writes one. botocore 1.44.8 lists one profile in the file below. awsume 4.5.4
# and aws-profiler 1.1.1 list the section as a second one, and so does `awsgetsts.aws_config`
# 0.2.0: <https://pypi.org/project/awsume/>, <https://pypi.org/project/aws-profiler/>,
# <https://pypi.org/project/awsgetsts/>. awsume also completes its name, which holds a blank.
# awsp 0.5.0 leaves it out, but calls the profile that refers to it an IAM profile without
# credentials: <https://pypi.org/project/awsp/>. This affects menus and scripts that go through
# all profiles.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 12 py awsume==4.5.4 aws-profiler==1.1.1 awsgetsts==0.2.0 botocore==1.44.8
python_packages 10 12 awsp awsp==0.5.0

mkdir -p "$work/home/.aws"
cat > "$work/home/.aws/config" << 'EOF'
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[profile ops]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Ops
EOF
: > "$work/home/.aws/credentials"
export HOME=$work/home AWS_EC2_METADATA_DISABLED=true COLUMNS=200 NO_COLOR=1 PATH=$work/py/bin:$PATH
run() {
  local name=$1
  shift
  "$@" 2> "$work/log" | sed "s/^/$name: /"
}
{
  run botocore "$work/py/bin/python" -c 'import botocore.session
print(*botocore.session.Session().available_profiles, sep="\n")'
  "$work/py/bin/awsumepy" --list-profiles 2>&1 | grep -oE '^(ops|sso-session corp)' | sed 's/^/awsume: /'
  run 'awsume-autocomplete' "$work/py/bin/awsume-autocomplete" | sort
  run aws-profiler "$work/py/bin/aws-profiler" | grep -oE '^.*Checking [^[]*' | sed 's/ *Checking / /; s/\.* *$//'
  run awsgetsts "$work/py/bin/python" -c 'from awsgetsts.aws_config import list_aws_profiles
print(*list_aws_profiles(), sep="\n")'
  run awsp "$work/awsp/bin/awsp" list | grep -E 'ops|sso-session' | tr -s ' '
} > "$work/seen"

expect << 'EOF'
botocore: ops
awsume: ops
awsume: sso-session corp
awsume-autocomplete: ops
awsume-autocomplete: sso-session corp
aws-profiler: ops
aws-profiler: sso-session corp
awsgetsts: ops
awsgetsts: sso-session corp
awsp: │ ops │ IAM │ - │ no creds │
EOF
