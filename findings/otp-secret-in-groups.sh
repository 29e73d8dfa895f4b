#!/usr/bin/env bash
# Two libraries for npm compute wrong codes from a secret that has blanks.
#
# A service often shows its secret in groups of four letters, and RFC 4648 (section 3.3) tells
# a decoder to refuse a character outside the alphabet unless a rule says to skip it:
# <https://www.rfc-editor.org/rfc/rfc4648#section-3.3>. otp-io 1.2.7 and speakeasy 2.0.0 do
# neither. They decode the blanks to other bytes and return a code without an error, each
# library a different one. otpauth 9.5.2 skips blanks and refuses hyphens, and totp-generator
# 2.0.1 refuses both: <https://www.npmjs.com/package/otp-io>,
# <https://www.npmjs.com/package/speakeasy>. This affects people who type a secret as they see
# it, since their codes never match.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages js otp-io@1.2.7 speakeasy@2.0.0 otpauth@9.5.2 totp-generator@2.0.1

cat > "$work/js/codes.mjs" << 'EOF'
import * as otpauth from 'otpauth';
import { importKey, totp } from 'otp-io';
import { hmac } from 'otp-io/crypto';
import speakeasy from 'speakeasy';
import { TOTP } from 'totp-generator';

const timestamp = 59000;
const libraries = {
  'otpauth': (secret) => new otpauth.TOTP({ secret }).generate({ timestamp }),
  'totp-generator': async (secret) => (await TOTP.generate(secret, { timestamp })).otp,
  'otp-io': (secret) => totp(hmac, { secret: importKey(secret), now: new Date(timestamp) }),
  'speakeasy': (secret) => speakeasy.totp({ secret, encoding: 'base32', time: timestamp / 1000 }),
};
for (const secret of ['JBSWY3DPEHPK3PXP', 'JBSW Y3DP EHPK 3PXP', 'JBSW-Y3DP-EHPK-3PXP']) {
  for (const [name, code] of Object.entries(libraries)) {
    let answer;
    try {
      answer = await code(secret);
    } catch (error) {
      answer = `${error.name}: ${error.message}`;
    }
    console.log(`${secret}, ${name}: ${answer}`);
  }
}
EOF
node "$work/js/codes.mjs" > "$work/seen"

expect << 'EOF'
JBSWY3DPEHPK3PXP, otpauth: 996554
JBSWY3DPEHPK3PXP, totp-generator: 996554
JBSWY3DPEHPK3PXP, otp-io: 996554
JBSWY3DPEHPK3PXP, speakeasy: 996554
JBSW Y3DP EHPK 3PXP, otpauth: 996554
JBSW Y3DP EHPK 3PXP, totp-generator: Error: Invalid base32 character in key
JBSW Y3DP EHPK 3PXP, otp-io: 941787
JBSW Y3DP EHPK 3PXP, speakeasy: 285780
JBSW-Y3DP-EHPK-3PXP, otpauth: TypeError: Invalid character found: -
JBSW-Y3DP-EHPK-3PXP, totp-generator: Error: Invalid base32 character in key
JBSW-Y3DP-EHPK-3PXP, otp-io: 941787
JBSW-Y3DP-EHPK-3PXP, speakeasy: 285780
EOF
