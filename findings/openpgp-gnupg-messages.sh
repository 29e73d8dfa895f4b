#!/usr/bin/env bash
# Two OpenPGP libraries for Python refuse messages that GnuPG writes and reads.
#
# A cleartext signature does not cover blanks at the end of a line, and its line endings count as CR
# LF: <https://www.rfc-editor.org/rfc/rfc9580#section-7.2>. PGPy 0.6.0 calls such a signature bad when
# a line ends in a blank or the file comes from Windows: <https://pypi.org/project/PGPy/>. It also
# refuses a message to a hidden recipient, whose key id is zero (section 5.1.8):
# <https://github.com/SecurityInnovation/PGPy/pull/179>. pysequoia 0.1.35 calls a message malformed
# whose compression is BZip2, one of the four methods of section 9.4:
# <https://pypi.org/project/pysequoia/>. OpenPGP.js 6.3.2 reads all messages. This affects programs
# that accept signed files and encrypted secrets from people who use GnuPG.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

need gpg
python_packages 9 12 pgpy PGPy==0.6.0 cryptography==46.0.7
python_packages 10 14 sequoia pysequoia==0.1.35
npm_packages js openpgp@6.3.2

export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gnupg() {
  gpg --batch --quiet --armor --pinentry-mode loopback --passphrase '' --trust-model always "$@" 2>> "$work/log"
}
cd "$work"
gnupg --quick-generate-key alice@example.com ed25519 sign never
fingerprint=$(gnupg --with-colons --list-keys alice@example.com | awk -F: '/^fpr/ { print $10; exit }')
gnupg --quick-add-key "$fingerprint" cv25519 encrypt never
gnupg --export "$fingerprint" > public.asc
gnupg --export-secret-keys "$fingerprint" > secret.asc
printf 'one\ntwo\n' | gnupg --clearsign > signed-plain.asc
printf 'one  \ntwo\n' | gnupg --clearsign > signed-blanks.asc
printf 'one\r\ntwo\r\n' | gnupg --clearsign > signed-cr-lf.asc
printf 'hello' | gnupg --encrypt --recipient "$fingerprint" > encrypted-plain.asc
printf 'hello' | gnupg --encrypt --hidden-recipient "$fingerprint" > encrypted-hidden.asc
printf 'hello' | gnupg --encrypt --recipient "$fingerprint" --compress-algo bzip2 > encrypted-bzip2.asc

cat > gnupg.sh << 'EOF'
for file in signed-*.asc; do
  gpg --batch --quiet --verify "$file" && echo "GnuPG, $file: good" || echo "GnuPG, $file: bad"
done
for file in encrypted-*.asc; do
  echo "GnuPG, $file: $(gpg --batch --quiet --decrypt "$file")"
done
EOF
cat > pgpy_.py << 'EOF'
import glob
import warnings

warnings.simplefilter("ignore")
import pgpy

public, secret = pgpy.PGPKey.from_file("public.asc")[0], pgpy.PGPKey.from_file("secret.asc")[0]
for file in sorted(glob.glob("signed-*.asc")):
    good = public.verify(pgpy.PGPMessage.from_file(file))
    print(f"PGPy, {file}: {'good' if good else 'bad'}")
for file in sorted(glob.glob("encrypted-*.asc")):
    try:
        answer = secret.decrypt(pgpy.PGPMessage.from_file(file)).message.decode()
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"PGPy, {file}: {answer}")
EOF
cat > sequoia_.py << 'EOF'
import glob

import pysequoia

certificate, secret = pysequoia.Cert.from_file("public.asc"), pysequoia.Tsk.from_file("secret.asc")
for file in sorted(glob.glob("signed-*.asc")):
    with open(file, "rb") as text:
        found = pysequoia.verify(text.read(), store=lambda _: [certificate])
    print(f"pysequoia, {file}: {'good' if found.valid_sigs else 'bad'}")
for file in sorted(glob.glob("encrypted-*.asc")):
    try:
        with open(file, "rb") as text:
            answer = bytes(pysequoia.decrypt(text.read(), decryptor=secret.decryptor()).bytes).decode()
    except RuntimeError as error:
        answer = str(error).splitlines()[0]
    print(f"pysequoia, {file}: {answer}")
EOF
cat > js/read.mjs << 'EOF'
import fs from 'node:fs';
import * as openpgp from 'openpgp';
const read = (name) => fs.readFileSync(name, 'utf8');
const verificationKeys = await openpgp.readKey({ armoredKey: read('public.asc') });
const decryptionKeys = await openpgp.readPrivateKey({ armoredKey: read('secret.asc') });
const files = fs.readdirSync('.').sort();
for (const file of files.filter((name) => name.startsWith('signed-'))) {
  const message = await openpgp.readCleartextMessage({ cleartextMessage: read(file) });
  const { signatures } = await openpgp.verify({ message, verificationKeys });
  console.log(`OpenPGP.js, ${file}: ${await signatures[0].verified ? 'good' : 'bad'}`);
}
for (const file of files.filter((name) => name.startsWith('encrypted-'))) {
  const message = await openpgp.readMessage({ armoredMessage: read(file) });
  console.log(`OpenPGP.js, ${file}: ${(await openpgp.decrypt({ message, decryptionKeys })).data}`);
}
EOF
{
  bash gnupg.sh 2>> "$work/log"
  node js/read.mjs
  pgpy/bin/python pgpy_.py 2>> "$work/log"
  sequoia/bin/python sequoia_.py
} | sed 's/\.asc//' > "$work/seen"
gpgconf --kill gpg-agent

expect << 'EOF'
GnuPG, signed-blanks: good
GnuPG, signed-cr-lf: good
GnuPG, signed-plain: good
GnuPG, encrypted-bzip2: hello
GnuPG, encrypted-hidden: hello
GnuPG, encrypted-plain: hello
OpenPGP.js, signed-blanks: good
OpenPGP.js, signed-cr-lf: good
OpenPGP.js, signed-plain: good
OpenPGP.js, encrypted-bzip2: hello
OpenPGP.js, encrypted-hidden: hello
OpenPGP.js, encrypted-plain: hello
PGPy, signed-blanks: bad
PGPy, signed-cr-lf: bad
PGPy, signed-plain: good
PGPy, encrypted-bzip2: hello
PGPy, encrypted-hidden: PGPError: Cannot decrypt the provided message with this key
PGPy, encrypted-plain: hello
pysequoia, signed-blanks: good
pysequoia, signed-cr-lf: good
pysequoia, signed-plain: good
pysequoia, encrypted-bzip2: Malformed Message: Malformed OpenPGP message
pysequoia, encrypted-hidden: hello
pysequoia, encrypted-plain: hello
EOF
