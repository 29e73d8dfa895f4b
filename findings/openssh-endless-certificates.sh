#!/usr/bin/env bash
# Two libraries call an OpenSSH certificate without an end expired, or cannot read it.
#
# `ssh-keygen -s` without `-V` makes a certificate that is always valid, and the format writes its
# end as the largest number of 64 bits: <https://man.openbsd.org/ssh-keygen.1#CERTIFICATES>,
# <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.certkeys>. sshpk 1.18.0 reads
# that end as `Invalid Date`, and `isExpired` returns true: <https://www.npmjs.com/package/sshpk>.
# sshkey-tools 0.12.2 stops with an OverflowError when it reads the file:
# <https://pypi.org/project/sshkey-tools/>. asyncssh 2.24.1 accepts the certificate for its
# principal. This affects programs that check which certificates of hosts and users are still
# good.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

need ssh-keygen
python_packages 10 14 tools sshkey-tools==0.12.2
python_packages 10 14 async asyncssh==2.24.1
npm_packages js sshpk@1.18.0

cd "$work"
ssh-keygen -q -t ed25519 -N '' -C authority -f authority
for name in week endless; do
  ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$name"
done
ssh-keygen -q -s authority -I example -n alice -V -1d:+7d week.pub
ssh-keygen -q -s authority -I example -n alice endless.pub

cat > js/read.cjs << 'EOF'
const fs = require('fs');
const sshpk = require('sshpk');
for (const name of ['week', 'endless']) {
  const certificate = sshpk.parseCertificate(fs.readFileSync(`${name}-cert.pub`), 'openssh');
  console.log(`sshpk, ${name}: ${certificate.isExpired() ? 'expired' : 'valid'}`);
}
EOF
cat > tools.py << 'EOF'
from sshkey_tools.cert import SSHCertificate

for name in ("week", "endless"):
    try:
        SSHCertificate.from_file(f"{name}-cert.pub")
        answer = "read"
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"sshkey-tools, {name}: {answer}")
EOF
cat > async.py << 'EOF'
import asyncssh
from asyncssh.public_key import CERT_TYPE_USER

for name in ("week", "endless"):
    asyncssh.read_certificate(f"{name}-cert.pub").validate(CERT_TYPE_USER, "alice")
    print(f"asyncssh, {name}: valid")
EOF
{
  for name in week endless; do
    ssh-keygen -L -f "$name-cert.pub" | sed -nE "s/^ *Valid: (forever|from).*/ssh-keygen, $name: \1/p"
  done
  node js/read.cjs
  tools/bin/python tools.py
  async/bin/python async.py
} > "$work/seen"

expect << 'EOF'
ssh-keygen, week: from
ssh-keygen, endless: forever
sshpk, week: valid
sshpk, endless: expired
sshkey-tools, week: read
sshkey-tools, endless: OverflowError: timestamp out of range for platform time_t
asyncssh, week: valid
asyncssh, endless: valid
EOF
