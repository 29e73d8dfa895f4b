#!/usr/bin/env bash
# Two OpenPGP libraries list the Brainpool curves and cannot use them as installed.
#
# OpenPGP.js lists brainpoolP256r1 among its curves for Node.js:
# <https://github.com/openpgpjs/openpgpjs#performance>. Version 6.3.2 loads `eckey-utils` to
# check the signatures of such a key, but names it only as a development dependency, so `npm
# install openpgp` installs a library that refuses the key. PGPy lists the curve too:
# <https://pgpy.readthedocs.io/en/latest/api.html>. PGPy 0.6.0 accepts any newer release of
# cryptography, but its class for the curve is incomplete under 50.0.2. GnuPG makes the key and
# uses it. This affects programs that encrypt secrets to keys that people hand in.
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
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --trust-model always "$@" 2>> "$work/log"
}
for curve in brainpoolP256r1 nistp256; do
  gnupg --quick-generate-key "$curve@example.com" "$curve" sign never
  fingerprint=$(gnupg --with-colons --list-keys "$curve@example.com" | awk -F: '/^fpr/ { print $10; exit }')
  gnupg --quick-add-key "$fingerprint" "$curve" encrypt never
  gnupg --armor --export "$fingerprint" > "$work/$curve.asc"
done

cat > "$work/js/encrypt.mjs" << 'EOF'
import fs from 'node:fs';
import * as openpgp from 'openpgp';
for (const curve of ['nistp256', 'brainpoolP256r1']) {
  const encryptionKeys = await openpgp.readKey({ armoredKey: fs.readFileSync(`${process.argv[2]}/${curve}.asc`, 'utf8') });
  let answer = 'encrypted';
  try {
    await openpgp.encrypt({ message: await openpgp.createMessage({ text: 'hello' }), encryptionKeys });
  } catch (error) {
    answer = error.message.split('\n')[0].replace(/key [0-9a-f]{16}/, 'key');
  }
  console.log(`OpenPGP.js, ${curve}: ${answer}`);
}
EOF
cat > "$work/encrypt.py" << 'EOF'
import sys
import warnings

warnings.simplefilter("ignore")
import pgpy

for curve in ("nistp256", "brainpoolP256r1"):
    try:
        key, _ = pgpy.PGPKey.from_file(f"{sys.argv[1]}/{curve}.asc")
        key.encrypt(pgpy.PGPMessage.new("hello"))
        answer = "encrypted"
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"PGPy, {curve}: {answer}")
EOF
{
  for curve in nistp256 brainpoolP256r1; do
    echo hello | gnupg --recipient "$curve@example.com" --encrypt | gnupg --decrypt \
      | sed "s/^/GnuPG, $curve: encrypted and decrypted /"
  done
  node "$work/js/encrypt.mjs" "$work"
  "$work/py/bin/python" "$work/encrypt.py" "$work" 2>> "$work/log"
} > "$work/seen"
gpgconf --kill gpg-agent

expect << 'EOF'
GnuPG, nistp256: encrypted and decrypted hello
GnuPG, brainpoolP256r1: encrypted and decrypted hello
OpenPGP.js, nistp256: encrypted
OpenPGP.js, brainpoolP256r1: Error encrypting message: Could not find valid self-signature in key: Cannot find module 'eckey-utils'
PGPy, nistp256: encrypted
PGPy, brainpoolP256r1: TypeError: Can't instantiate abstract class BrainpoolP256R1 with abstract method group_order
EOF
