#!/usr/bin/env bash
# tomlkit gives the comment above a table to the table before it.
#
# "TOML Kit is a 1.0.0-compliant TOML library. It includes a parser that preserves all comments,
# indentations, whitespace and internal element ordering": <https://tomlkit.readthedocs.io>. A
# comment above a table header describes that table. When a program deletes a table, its comment
# should go with it, or stay, and the comments of other tables should not change. tomlkit 0.15.2
# deletes the comment of the next table and keeps that of the deleted one, so that the next table
# has the wrong comment. Comments of single keys stay where they are. This affects programs that
# maintain a file which people comment, such as a list of users and roles: "keep until May" then
# stands at the wrong entry.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 14 venv tomlkit==0.15.2

"$work/venv/bin/python" - << 'EOF' > "$work/seen"
import tomlkit

ROLES = """\
# The file's own comment.

# Anna leaves in May.
[anna]
mfa = true

# Ben needs the archive.
[ben]
mfa = true

# Carl may read all.
[carl]
mfa = true
"""

for name in ("anna", "ben", "carl"):
    document = tomlkit.parse(ROLES)
    assert document.as_string() == ROLES
    del document[name]
    print(f"without {name}:")
    for line in document.as_string().splitlines():
        if line.startswith(("#", "[")):
            print(f"  {line}")
EOF

expect << 'EOF'
without anna:
  # The file's own comment.
  # Anna leaves in May.
  [ben]
  # Carl may read all.
  [carl]
without ben:
  # The file's own comment.
  # Anna leaves in May.
  [anna]
  # Ben needs the archive.
  [carl]
without carl:
  # The file's own comment.
  # Anna leaves in May.
  [anna]
  # Ben needs the archive.
  [ben]
  # Carl may read all.
EOF
