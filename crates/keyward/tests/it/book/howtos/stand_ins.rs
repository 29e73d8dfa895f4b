//! Programs that the pages call, played by scripts.

use std::os::unix::fs::PermissionsExt as _;

use keyward_testkit::Home;

use crate::plugin::PLUGIN;
use crate::vault::PASS;

/// A program that notes whether it got credentials, and prints a prepared answer to its second
/// word.
pub(super) const NOTE: &str = r#"#!/bin/sh
[ -n "$AWS_SESSION_TOKEN$AWS_CONTAINER_CREDENTIALS_FULL_URI" ] && with='has credentials'
echo "${0##*/} $* ${with-has none}" >> "$HOME/started"
[ ! -e "$HOME/answers/$2" ] || cat "$HOME/answers/$2"
"#;

/// A browser: it opens an address, and those to which it is led.
const BROWSER: &str = r#"#!/usr/bin/env bash
for url; do :; done
while [ -n "$url" ]; do
  rest=${url#http://} host=${rest%%/*}
  exec 3<>"/dev/tcp/${host%:*}/${host#*:}" || exit
  printf 'GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${rest#*/}" "$host" >&3
  url=$(sed -n 's/^location: //Ip' <&3 | tr -d '\r' | head -n 1)
done
"#;

const PROGRAMS: &[(&str, &str)] = &[
    ("aws", NOTE),
    ("docker", NOTE),
    ("python", NOTE),
    ("terraform", NOTE),
    ("firefox", BROWSER),
    ("pass", PASS),
    ("age-plugin-keywardtest", PLUGIN),
    // The other machine is this one.
    ("ssh", "#!/bin/sh\nshift\nexec sh -c \"$*\"\n"),
    // Nothing is encrypted, so that nothing has to be decrypted.
    ("gpg", "#!/bin/sh\nexec cat\n"),
    (
        "age",
        "#!/bin/sh\nfor file; do :; done\nexec cat \"$file\"\n",
    ),
    // It has the vault's identity, because the page made a slot of `pass` before.
    (
        "op",
        "#!/bin/sh\nexec cat \"$HOME/.password-store/keyward/vault\"\n",
    ),
];

/// The body of an SSH key without a passphrase.
const SSH_KEY: &str = "\
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACB25JjsVnfj0WChnT8vPFlBVOJUeCT5BTmrsQnASe5AlwAAAJinuikZp7op
GQAAAAtzc2gtZWQyNTUxOQAAACB25JjsVnfj0WChnT8vPFlBVOJUeCT5BTmrsQnASe5Alw
AAAEBUFqoA/g97IA2lwqgmjaWRLfXwSDbQZesLGUNYva2RUHbkmOxWd+PRYKGdPy88WUFU
4lR4JPkFOauxCcBJ7kCXAAAAD2Ega2V5IGZvciB0ZXN0cwECAwQFBg==
";

/// Its public half.
const SSH_PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHbkmOxWd+PRYKGdPy88WUFU4lR4JPkFOauxCcBJ7kCX a\n";

/// Writes all programs into the home's `bin`.
pub(super) fn install(home: &Home) {
    for (name, text) in PROGRAMS {
        program(home, &format!("bin/{name}"), text);
    }
}

/// Writes a program below the home.
pub(super) fn program(home: &Home, name: &str, text: &str) {
    home.write(name, text);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(home.path().join(name), mode).unwrap();
}

/// Writes an SSH key where people have it.
pub(super) fn make_ssh_key(home: &Home) {
    let (name, kind) = (".ssh/id_ed25519", "OPENSSH PRIVATE KEY");
    let key = format!("-----BEGIN {kind}-----\n{SSH_KEY}-----END {kind}-----\n");
    home.write(name, &key);
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(home.path().join(name), private).unwrap();
    home.write(".ssh/id_ed25519.pub", SSH_PUBLIC);
}
