#!/usr/bin/env bash
# parliament and Principal Mapper do not start after a fresh installation.
#
# parliament 1.6.4 declares Python 3.6 and later, and no setuptools:
# <https://pypi.org/project/parliament/>. It imports `pkg_resources`, which belongs to
# setuptools. A new virtual environment has none since Python 3.12, and setuptools 82 has
# removed the module: <https://setuptools.pypa.io/en/latest/history.html>. principalmapper 1.1.5
# declares Python 3.5 and later: <https://pypi.org/project/principalmapper/>. It imports names
# from `collections` that Python 3.10 removed:
# <https://docs.python.org/3/whatsnew/3.10.html#removed>. pip installs both without a warning.
# This affects audits of IAM in CI, where every run starts from a new environment.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 12 20 bare parliament==1.6.4
python_packages 12 20 new parliament==1.6.4 setuptools==82.0.0
python_packages 12 20 old parliament==1.6.4 setuptools==80.9.0
python_packages 12 20 mapper principalmapper==1.1.5

for place in bare new old; do
  "$work/$place/bin/python" -m pip list --disable-pip-version-check 2> "$work/log" > "$work/list" || true
  setuptools=$(awk '$1 == "setuptools" { print $2 }' "$work/list")
  answer=$("$work/$place/bin/parliament" --version 2>&1 | tail -n 1 || true)
  echo "parliament, setuptools ${setuptools:-missing}: $answer"
done > "$work/seen"
answer=$("$work/mapper/bin/pmapper" --version 2>&1 | tail -n 1 || true)
echo "principalmapper: ${answer% (*}" >> "$work/seen"

expect << 'EOF'
parliament, setuptools missing: ModuleNotFoundError: No module named 'pkg_resources'
parliament, setuptools 82.0.0: ModuleNotFoundError: No module named 'pkg_resources'
parliament, setuptools 80.9.0: parliament 1.6.4
principalmapper: ImportError: cannot import name 'Mapping' from 'collections'
EOF
