#!/usr/bin/env bash
# PyOTP reads one of the labels from the examples of the Key URI Format wrongly.
#
# The format says that a literal or an encoded colon (`%3A`) parts the issuer from the account
# in a label, that neither name contains a colon, and shows a label with `%3A`:
# <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>. PyOTP 2.9.0 and otpauth
# 9.5.2 accept both forms. Since 2.10.0 PyOTP reads `%3A` as a part of the name: it reports no
# issuer and an account that contains the issuer. `provisioning_uri()` of the object then
# writes a label that names the issuer twice. This affects imports from services that encode
# the whole label.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 20 old pyotp==2.9.0
python_packages 10 20 new pyotp==2.12.1
npm_packages js otpauth@9.5.2

secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
labels=(Example:alice Example%3Aalice)

cat > "$work/read.py" << 'EOF'
import sys
import pyotp

name, secret, *labels = sys.argv[1:]
for label in labels:
    otp = pyotp.parse_uri(f"otpauth://totp/{label}?secret={secret}")
    both = pyotp.parse_uri(f"otpauth://totp/{label}?secret={secret}&issuer=Example")
    print(f"{name}, {label}: issuer {otp.issuer}, account {otp.name}")
    print(f"{name}, {label}, issuer=Example, written again: {both.provisioning_uri()}")
EOF
cat > "$work/js/read.mjs" << 'EOF'
import { URI } from 'otpauth';
const [secret, ...labels] = process.argv.slice(2);
for (const label of labels) {
  const otp = URI.parse(`otpauth://totp/${label}?secret=${secret}`);
  console.log(`otpauth 9, ${label}: issuer ${otp.issuer}, account ${otp.label}`);
}
EOF
{
  "$work/old/bin/python" "$work/read.py" "PyOTP 2.9" "$secret" "${labels[@]}"
  "$work/new/bin/python" "$work/read.py" "PyOTP 2.12" "$secret" "${labels[@]}"
  node "$work/js/read.mjs" "$secret" "${labels[@]}"
} > "$work/seen"

expect << 'EOF'
PyOTP 2.9, Example:alice: issuer Example, account alice
PyOTP 2.9, Example:alice, issuer=Example, written again: otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example
PyOTP 2.9, Example%3Aalice: issuer Example, account alice
PyOTP 2.9, Example%3Aalice, issuer=Example, written again: otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example
PyOTP 2.12, Example:alice: issuer Example, account alice
PyOTP 2.12, Example:alice, issuer=Example, written again: otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example
PyOTP 2.12, Example%3Aalice: issuer None, account Example:alice
PyOTP 2.12, Example%3Aalice, issuer=Example, written again: otpauth://totp/Example:Example%3Aalice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example
otpauth 9, Example:alice: issuer Example, account alice
otpauth 9, Example%3Aalice: issuer Example, account alice
EOF
