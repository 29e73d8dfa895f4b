# shellcheck shell=bash
# Shared by the scripts of this folder: pinned installs into the caller's temporary folder `$work`, and
# the comparison. Nothing outside that folder is written, except by the package clients' own caches.

# The person's own AWS, PGP and Python settings must not decide what a script sees.
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(AWS|GNUPG|PYTHON)' || true)

# Ends the script without a verdict. $1 says why.
skipped() {
  echo "SKIPPED: $1"
  exit 0
}

# Skips the script unless every named tool is installed.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" > /dev/null || skipped "$tool is not installed"
  done
}

# Finds a Python from version 3.$1 to 3.$2, makes a virtual environment of it in
# $work/$3, installs the remaining arguments there from PyPI and prints the versions.
python_packages() {
  local least=$1 most=$2 place=$work/$3 candidate
  shift 3
  for candidate in python3 python3.{9..20} "${HOME:-/}"/.pyenv/versions/3.*/bin/python3; do
    "$candidate" -c "import sys; sys.exit(not ($least <= sys.version_info[1] <= $most))" \
      2> /dev/null || continue
    "$candidate" -m venv "$place" > "$work/log" 2>&1 || continue
    [ $# -eq 0 ] || "$place/bin/python" -m pip install --quiet --disable-pip-version-check "$@" \
      > "$work/log" 2>&1 || skipped "PyPI did not deliver $*: $(tail -n 1 "$work/log")"
    echo "Python $("$place/bin/python" -c 'import platform; print(platform.python_version())'), PyPI: ${*:-nothing}"
    return
  done
  skipped "no Python from 3.$least to 3.$most with the venv module is installed"
}

# Installs the remaining arguments from npm into $work/$1 and prints their versions.
npm_packages() {
  local place=$work/$1
  shift
  need node npm
  mkdir -p "$place"
  npm install --prefix "$place" --no-audit --no-fund --ignore-scripts --loglevel=error "$@" \
    > "$work/log" 2>&1 || skipped "npm did not deliver $*: $(grep -m 1 -i "error" "$work/log" || tail -n 1 "$work/log")"
  echo "Node.js $(node --version), npm: $*"
}

# Prints $work/seen and compares it with the lines on standard input, which are
# the lines seen when the finding was written. Exits 1 when they differ.
expect() {
  cat > "$work/described"
  cat "$work/seen"
  if diff -u --label described --label seen "$work/described" "$work/seen" > "$work/difference"; then
    echo "UNCHANGED: the behaviour is as described."
  else
    echo "CHANGED: the behaviour is no longer as described."
    cat "$work/difference"
    exit 1
  fi
}
