#!/usr/bin/env bash
# arnmatch does not know the ARNs that IAM and STS answer most often.
#
# arnmatch 2026.5.1 says what an ARN names, so that a program need not keep a list of formats:
# <https://pypi.org/project/arnmatch/>. The ARN of an AWS managed policy has `aws` in place of
# the account, and GetCallerIdentity answers a role's session with `assumed-role`:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>,
# <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>. arnmatch
# raises an ARNError for both, while it knows a customer's policy and a federated user. This
# affects inventories that sort the ARNs of attached policies and of callers.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 20 py arnmatch==2026.5.1

cat > "$work/match.py" << 'EOF'
from arnmatch import arnmatch

for arn in (
    "arn:aws:iam::123456789012:policy/team/Deploy",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::aws:policy/job-function/Billing",
    "arn:aws:iam::123456789012:role/team/Deploy",
    "arn:aws:sts::123456789012:assumed-role/Deploy/alice",
    "arn:aws:sts::123456789012:federated-user/bob",
):
    try:
        match = arnmatch(arn)
        answer = f"{match.resource_type}, {match.resource_id}"
    except Exception as error:
        answer = type(error).__name__
    print(f"{arn}: {answer}")
EOF
"$work/py/bin/python" "$work/match.py" > "$work/seen"

expect << 'EOF'
arn:aws:iam::123456789012:policy/team/Deploy: policy, team/Deploy
arn:aws:iam::aws:policy/AdministratorAccess: ARNError
arn:aws:iam::aws:policy/job-function/Billing: ARNError
arn:aws:iam::123456789012:role/team/Deploy: iam-role, team/Deploy
arn:aws:sts::123456789012:assumed-role/Deploy/alice: ARNError
arn:aws:sts::123456789012:federated-user/bob: federated-user, bob
EOF
