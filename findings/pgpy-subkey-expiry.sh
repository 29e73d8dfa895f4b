#!/usr/bin/env bash
# PGPy knows when a primary key expires but not when a subkey does.
#
# `PGPKey.expires_at` is documented as the time when a key expires, or None when it never does,
# and a subkey is a PGPKey too: <https://pgpy.readthedocs.io/en/latest/api.html>. PGPy 0.6.0
# returns the right time for a primary key. For a subkey it returns None, although GnuPG and
# OpenPGP.js 6.3.2 read the time from the same file (RFC 9580, section 5.2.3.13). This affects
# programs that warn before a key that was handed in expires, since they encrypt to the subkey.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

need gpg
npm_packages js openpgp@6.3.2
python_packages 9 12 py PGPy==0.6.0 cryptography==50.0.2

export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gnupg() {
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' "$@" 2>> "$work/log"
}
gnupg --quick-generate-key alice@example.com rsa2048 sign 2036-01-01
fingerprint=$(gnupg --with-colons --list-keys | awk -F: '/^fpr/ { print $10; exit }')
gnupg --quick-add-key "$fingerprint" rsa2048 encrypt 2034-01-01
gnupg --armor --export "$fingerprint" > "$work/key.asc"

cat > "$work/js/expiry.mjs" << 'EOF'
import fs from 'node:fs';
import * as openpgp from 'openpgp';
const key = await openpgp.readKey({ armoredKey: fs.readFileSync(process.argv[2], 'utf8') });
const year = (time) => time.getUTCFullYear();
console.log('OpenPGP.js, primary key:', year(await key.getExpirationTime()));
console.log('OpenPGP.js, subkey:', year(await key.subkeys[0].getExpirationTime()));
EOF
cat > "$work/expiry.py" << 'EOF'
import sys
import warnings

warnings.simplefilter("ignore")
import pgpy

key, _ = pgpy.PGPKey.from_file(sys.argv[1])
for name, each in [("primary key", key)] + [("subkey", subkey) for subkey in key.subkeys.values()]:
    print(f"PGPy, {name}: {each.expires_at and each.expires_at.year}")
EOF
{
  gnupg --with-colons --list-keys | "$work/py/bin/python" -c '
import datetime, sys
for line in sys.stdin:
    record, *_ = fields = line.split(":")
    if record in ("pub", "sub"):
        year = datetime.datetime.fromtimestamp(int(fields[6]), datetime.timezone.utc).year
        print("GnuPG,", "primary key:" if record == "pub" else "subkey:", year)'
  node "$work/js/expiry.mjs" "$work/key.asc"
  "$work/py/bin/python" "$work/expiry.py" "$work/key.asc" 2>> "$work/log"
} > "$work/seen"
gpgconf --kill gpg-agent

expect << 'EOF'
GnuPG, primary key: 2036
GnuPG, subkey: 2034
OpenPGP.js, primary key: 2036
OpenPGP.js, subkey: 2034
PGPy, primary key: 2036
PGPy, subkey: None
EOF
