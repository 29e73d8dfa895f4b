#!/usr/bin/env bash
# Three libraries misread keys that OpenSSH makes and lines that its server takes.
#
# `ssh-keygen -Z` encrypts a private key with any cipher of `ssh -Q cipher`:
# <https://man.openbsd.org/ssh-keygen.1#Z>. sshpk 1.18.0 reads the default, AES in counter mode, and
# refuses AES-GCM and ChaCha20-Poly1305, whose tags it takes for excess bytes:
# <https://www.npmjs.com/package/sshpk>. sshkey-tools 0.12.2 computes another fingerprint than
# ssh-keygen for a key in a FIDO2 device, and keeps the first word of a comment:
# <https://pypi.org/project/sshkey-tools/>. py3sshpubkeys 3.4.1 refuses `verify-required` and a
# command with quotation marks, both in the list of the server:
# <https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT>,
# <https://pypi.org/project/py3sshpubkeys/>. This affects programs that check the keys which
# people hand in.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

need ssh-keygen
python_packages 10 14 tools sshkey-tools==0.12.2
python_packages 10 14 keys py3sshpubkeys==3.4.1
npm_packages js sshpk@1.18.0

cd "$work"
ciphers="aes256-ctr aes256-gcm@openssh.com chacha20-poly1305@openssh.com"
for cipher in $ciphers; do
  ssh-keygen -q -t ed25519 -N example -Z "$cipher" -C 'alice of sales' -f "$cipher"
done
cat > device.py << 'EOF'
import base64
import struct
import sys

with open(sys.argv[1]) as file:
    key = base64.b64decode(file.read().split()[1])[-32:]
fields = (b"sk-ssh-ed25519@openssh.com", key, b"ssh:")
line = base64.b64encode(b"".join(struct.pack(">I", len(field)) + field for field in fields)).decode()
print(fields[0].decode(), line, "alice of sales")
EOF
keys/bin/python device.py aes256-ctr.pub > device.pub
cp aes256-ctr.pub plain.pub

cat > js/read.cjs << 'EOF'
const fs = require('fs');
const sshpk = require('sshpk');
for (const cipher of process.argv.slice(2)) {
  let answer;
  try {
    answer = sshpk.parsePrivateKey(fs.readFileSync(cipher), 'ssh', { passphrase: 'example' }).type;
  } catch (error) {
    answer = error.message;
  }
  console.log(`sshpk, ${cipher}: ${answer}`);
}
EOF
cat > tools.py << 'EOF'
import subprocess

from sshkey_tools.keys import PublicKey

for name in ("plain", "device"):
    shown = subprocess.run(["ssh-keygen", "-l", "-f", f"{name}.pub"], capture_output=True, text=True).stdout
    key = PublicKey.from_file(f"{name}.pub")
    same = "as ssh-keygen" if key.get_fingerprint() == shown.split()[1] else "another"
    print(f"sshkey-tools, {name}: fingerprint {same}, comment {key.comment.decode().strip()!r}")
EOF
cat > keys.py << 'EOF'
import sshpubkeys

with open("plain.pub") as file:
    line = file.read()
for options in ("restrict", 'command="true"', r'command="echo \"one two\""', "no-touch-required", "verify-required"):
    try:
        sshpubkeys.SSHKey(f"{options} {line}", strict=True).parse()
        answer = "read"
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"py3sshpubkeys, {options}: {answer}")
EOF
{
  # shellcheck disable=SC2086
  node js/read.cjs $ciphers
  tools/bin/python tools.py
  keys/bin/python keys.py
} > "$work/seen"

expect << 'EOF'
sshpk, aes256-ctr: ed25519
sshpk, aes256-gcm@openssh.com: Failed to parse (unnamed) as a valid ssh format key: excess bytes left after key
sshpk, chacha20-poly1305@openssh.com: Failed to parse (unnamed) as a valid ssh format key: excess bytes left after key
sshkey-tools, plain: fingerprint as ssh-keygen, comment 'alice'
sshkey-tools, device: fingerprint another, comment 'alice'
py3sshpubkeys, restrict: read
py3sshpubkeys, command="true": read
py3sshpubkeys, command="echo \"one two\"": MalformedDataError: Unable to decode the key
py3sshpubkeys, no-touch-required: read
py3sshpubkeys, verify-required: UnknownOptionNameError: verify-required is an unrecognized option name.
EOF
