#!/usr/bin/env bash
# PyOTP 2.12 refuses to read secrets that services have already issued.
#
# The Key URI Format, which authenticator apps follow, sets no minimum for a secret and no
# longest period, and the secret of its first example has 80 bits:
# <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>. PyOTP 2.11.2 and
# otpauth 9.5.2 read such addresses. PyOTP 2.12.1 raises an error below 112 bits and above 120
# seconds, even in `parse_uri`, which only reads:
# <https://github.com/pyauth/pyotp/blob/main/Changes.rst>. otplib 13.5.0 draws the line at 128
# bits instead, so a secret of 120 bits works in one of the two. This affects programs that
# compute codes with secrets that another party chose.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 20 old pyotp==2.11.2
python_packages 10 20 new pyotp==2.12.1
npm_packages js otplib@13.5.0 otpauth@9.5.2

cat > "$work/read.py" << 'EOF'
import sys
import pyotp

for bits, secret, period in (
    (80, "JBSWY3DPEHPK3PXP", 30),
    (120, "GEZDGNBVGY3TQOJQGEZDGNBV", 30),
    (160, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 30),
    (160, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 300),
):
    uri = f"otpauth://totp/alice?secret={secret}&period={period}"
    try:
        answer = pyotp.parse_uri(uri).at(59)
    except ValueError as error:
        answer = f"ValueError: {error}"
    print(f"{sys.argv[1]}, {bits} bits, {period} s: {answer}")
EOF
cat > "$work/js/read.mjs" << 'EOF'
import { generateSync } from 'otplib';
import { URI } from 'otpauth';
for (const [bits, secret, period] of [
  [80, 'JBSWY3DPEHPK3PXP', 30],
  [120, 'GEZDGNBVGY3TQOJQGEZDGNBV', 30],
  [160, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 30],
  [160, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 300],
]) {
  let answer;
  try {
    answer = generateSync({ secret, period, epoch: 59 });
  } catch (error) {
    answer = 'error: ' + error.message;
  }
  console.log(`otplib 13, ${bits} bits, ${period} s: ${answer}`);
  const read = URI.parse(`otpauth://totp/alice?secret=${secret}&period=${period}`);
  console.log(`otpauth 9, ${bits} bits, ${period} s: ${read.generate({ timestamp: 59000 })}`);
}
EOF
{
  "$work/old/bin/python" "$work/read.py" "PyOTP 2.11"
  "$work/new/bin/python" "$work/read.py" "PyOTP 2.12"
  node "$work/js/read.mjs"
} > "$work/seen"

expect << 'EOF'
PyOTP 2.11, 80 bits, 30 s: 996554
PyOTP 2.11, 120 bits, 30 s: 617190
PyOTP 2.11, 160 bits, 30 s: 287082
PyOTP 2.11, 160 bits, 300 s: 755224
PyOTP 2.12, 80 bits, 30 s: ValueError: Secrets must be at least 112 bits after decoding
PyOTP 2.12, 120 bits, 30 s: 617190
PyOTP 2.12, 160 bits, 30 s: 287082
PyOTP 2.12, 160 bits, 300 s: ValueError: interval must be positive and at most 120 seconds
otplib 13, 80 bits, 30 s: error: Secret must be at least 16 bytes (128 bits), got 10 bytes
otpauth 9, 80 bits, 30 s: 996554
otplib 13, 120 bits, 30 s: error: Secret must be at least 16 bytes (128 bits), got 15 bytes
otpauth 9, 120 bits, 30 s: 617190
otplib 13, 160 bits, 30 s: 287082
otpauth 9, 160 bits, 30 s: 287082
otplib 13, 160 bits, 300 s: 755224
otpauth 9, 160 bits, 300 s: 755224
EOF
