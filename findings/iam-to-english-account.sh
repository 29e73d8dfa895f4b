#!/usr/bin/env bash
# iam-to-english reports a change where only the spelling of an account differs.
#
# A trust policy may name an account by its number or by the ARN that ends in `:root`. Both mean
# every identity of the account that its own policies allow, and the ARN is not limited to the root
# user:
# <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
# The same page says that a service may store the number as the ARN. Then a policy in a file and the
# same policy read back from AWS have different spellings.
#
# iam-to-english 1.0.0 explains policies and compares two of them by meaning:
# <https://pypi.org/project/iam-to-english/>. It sees through another order and another case of an
# action. For the two spellings of an account it reports one grant as added and one as removed. Its
# explanation says that "the root of account 123456789012" can assume the role, and a policy with
# both spellings has two principals. @cloud-copilot/iam-policy 0.1.109 finds one account in both.
#
# This affects reviewers of trust policies. They see a change where there is none, and an account
# with thousands of identities looks like its root user alone.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 20 english iam-to-english==1.0.0
npm_packages js @cloud-copilot/iam-policy@0.1.109

trust() {
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":%s},"Action":"%s"}]}' "$1" "$2"
}
number='"123456789012"'
arn='"arn:aws:iam::123456789012:root"'
trust "$number" sts:AssumeRole > "$work/number.json"
trust "$arn" sts:AssumeRole > "$work/arn.json"
trust "$arn" sts:assumerole > "$work/case.json"
trust "[$number,$arn]" sts:AssumeRole > "$work/both.json"

cat > "$work/js/accounts.mjs" << 'EOF'
import { readFileSync } from 'node:fs';
import { loadPolicy } from '@cloud-copilot/iam-policy';
const policy = loadPolicy(JSON.parse(readFileSync(process.argv[2])));
const principals = policy.statements()[0].principals();
const accounts = principals.map((one) => one.isAccountPrincipal() && one.accountId());
console.log(`@cloud-copilot/iam-policy: ${principals.length} principals, accounts ${[...new Set(accounts)]}`);
EOF

english() {
  "$work/english/bin/iam-to-english" "$@" | grep -E '^  (#|[-+])|^ +root|No semantic' || true
}
cd "$work"
{
  echo "the number, then the ARN:"
  english number.json --diff arn.json
  echo "the ARN, then the ARN with another case of the action:"
  english arn.json --diff case.json
  echo "the number:"
  english number.json
  echo "the ARN:"
  english arn.json
  echo "both:"
  english both.json
  node js/accounts.mjs both.json
} > "$work/seen"

expect << 'EOF'
the number, then the ARN:
  + Assume an IAM role (sts:AssumeRole) [for AWS:arn:aws:iam::123456789012:root], on (no Resource element)
  - Assume an IAM role (sts:AssumeRole) [for AWS:123456789012], on (no Resource element)
the ARN, then the ARN with another case of the action:
No semantic changes detected between the policies.
the number:
  #1: AWS account 123456789012 can assume this role.
the ARN:
  #1: The root of account 123456789012 can assume this role.
both:
  #1: AWS account 123456789012 or the root of account 123456789012 can assume this role.
@cloud-copilot/iam-policy: 2 principals, accounts 123456789012
EOF
