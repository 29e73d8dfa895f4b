#!/usr/bin/env bash
# otplib 12 for npm changes the secret before it computes a code.
#
# RFC 6238 computes a code from the shared secret as it is:
# <https://www.rfc-editor.org/rfc/rfc6238>. otplib 12.0.1 repeats a short secret until it has 20,
# 32 or 64 bytes, as its README says under "Length of Secrets":
# <https://www.npmjs.com/package/otplib/v/12.0.1>. A secret of 128 bits, the minimum of RFC 4226,
# therefore results in a wrong code with the default settings of `totp`, while `hotp` of the same
# package returns the right one. Against the README, `authenticator` leaves a secret of 20 bytes
# alone for SHA-256 and pads it for SHA-512. otplib 13.5.0 pads nothing, so a service that moves
# from 12 to 13 refuses the users who hold a padded secret.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages old otplib@12.0.1
npm_packages new otplib@13.5.0 otpauth@9.5.2

cat > "$work/old/codes.js" << 'EOF'
const { totp, hotp, authenticator } = require('otplib');
const show = (...cells) => console.log(cells.join(' '));
const at = { digits: 8, epoch: 59000 };
totp.options = { ...at };
hotp.options = { digits: 8 };
show('16-byte secret, SHA-1: otplib 12 totp', totp.generate('1234567890123456'));
show('16-byte secret, SHA-1: otplib 12 hotp', hotp.generate('1234567890123456', 1));
for (const algorithm of ['sha1', 'sha256', 'sha512']) {
  totp.options = { ...at, algorithm };
  authenticator.options = { ...at, algorithm };
  show('20-byte secret,', algorithm + ': otplib 12 totp', totp.generate('12345678901234567890'),
    'authenticator', authenticator.generate('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'));
}
EOF
cat > "$work/new/codes.mjs" << 'EOF'
import { generateSync } from 'otplib';
import { TOTP } from 'otpauth';
const show = (name, secret, algorithm) => console.log(name + ':',
  'otplib 13', generateSync({ secret, algorithm, digits: 8, epoch: 59 }),
  'otpauth', new TOTP({ secret, algorithm, digits: 8 }).generate({ timestamp: 59000 }));
show('16-byte secret, sha1', 'GEZDGNBVGY3TQOJQGEZDGNBVGY', 'sha1');
for (const algorithm of ['sha1', 'sha256', 'sha512'])
  show('20-byte secret, ' + algorithm, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', algorithm);
EOF
(node "$work/old/codes.js" && node "$work/new/codes.mjs") > "$work/seen"

expect << 'EOF'
16-byte secret, SHA-1: otplib 12 totp 80121142
16-byte secret, SHA-1: otplib 12 hotp 23970934
20-byte secret, sha1: otplib 12 totp 94287082 authenticator 94287082
20-byte secret, sha256: otplib 12 totp 46119246 authenticator 32247374
20-byte secret, sha512: otplib 12 totp 90693936 authenticator 90693936
16-byte secret, sha1: otplib 13 23970934 otpauth 23970934
20-byte secret, sha1: otplib 13 94287082 otpauth 94287082
20-byte secret, sha256: otplib 13 32247374 otpauth 32247374
20-byte secret, sha512: otplib 13 69342147 otpauth 69342147
EOF
