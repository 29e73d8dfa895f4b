#!/usr/bin/env bash
# Two tools that move authenticator accounts lose the period, so the codes differ.
#
# A link may have a `period` other than 30 seconds, and 6 or 8 digits from SHA-1, SHA-256 or
# SHA-512: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>. The links in which
# Google Authenticator exports accounts have no field for the period. otpa 0.0.2 converts an
# account of 60 seconds to such a link without a warning, and the link back has 30 seconds:
# <https://pypi.org/project/otpa/>. mfawesome 0.1.92 imports the algorithm and the digits but
# never the period, and then computes 6 digits from SHA-1 every 30 seconds for all accounts:
# <https://pypi.org/project/mfawesome/>. PyOTP 2.12.1 reads all links below. This affects people
# who move their accounts and delete the old ones.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 11 14 otpa otpa==0.0.2 pyotp==2.12.1
python_packages 11 14 mfawesome mfawesome==0.1.92

secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
cat > "$work/codes.py" << 'EOF'
import sys

import pyotp

for link in sys.argv[1:]:
    print(pyotp.parse_uri(link).at(1111111111))
EOF
cat > "$work/import.py" << 'EOF'
import sys
import types

from mfawesome import qrcodes, totp

totp.NTPCT = types.SimpleNamespace(time=1111111111.0)
account = qrcodes.ParseQRUrl(sys.argv[1])[0]
print(f"{account.algorithm}, {account.digits} digits, {account.period} seconds, code", totp.totpcalc(account.secret)[0])
EOF
for more in "" "&digits=8" "&algorithm=SHA256" "&period=60"; do
  link="otpauth://totp/Example:alice?secret=$secret&issuer=Example$more"
  echo "${more:-plain}: code $("$work/otpa/bin/python" "$work/codes.py" "$link")"
  export=$("$work/otpa/bin/otpa" cm "$link")
  back=$("$work/otpa/bin/otpa" ca "$export")
  echo "  otpa, there and back: code $("$work/otpa/bin/python" "$work/codes.py" "$back")"
  echo "  mfawesome: $("$work/mfawesome/bin/python" "$work/import.py" "$link" 2> "$work/log")"
done > "$work/seen"

expect << 'EOF'
plain: code 474382
  otpa, there and back: code 474382
  mfawesome: SHA1, 6 digits, 30 seconds, code 474382
&digits=8: code 73474382
  otpa, there and back: code 73474382
  mfawesome: SHA1, 8 digits, 30 seconds, code 474382
&algorithm=SHA256: code 555858
  otpa, there and back: code 555858
  mfawesome: SHA256, 6 digits, 30 seconds, code 474382
&period=60: code 725764
  otpa, there and back: code 474382
  mfawesome: SHA1, 6 digits, 30 seconds, code 474382
EOF
