# Sourced from the project's root: makes or updates `.interop/venv` and sets `interop_python`.
# Refuses to install anything outside `.interop/`, except Debian's Python and its venv module, as root.

interop_python=$PWD/.interop/venv/bin/python

_interop_venv() {
  local home=$PWD/.interop parts=$PWD/scripts/interop.d wanted
  # The stamp holds what was installed last, so that a changed pin is noticed.
  wanted=$(cat "$parts/requirements.txt" "$parts/constraints.txt" | sha256sum | cut -d' ' -f1)
  if [ -x "$interop_python" ] && [ "$(cat "$home/venv.stamp" 2>/dev/null || true)" = "$wanted" ]; then
    return
  fi
  mkdir -p "$home"
  [ -x "$interop_python" ] || _interop_new_venv "$home/venv"
  "$interop_python" -m pip install --quiet --disable-pip-version-check \
    -r "$parts/requirements.txt" -c "$parts/constraints.txt"
  echo "$wanted" > "$home/venv.stamp"
}

_interop_new_venv() {
  if ! python3 -m venv "$1" 2>/dev/null; then
    # Debian keeps the module in a package of its own.
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      echo "error: python3 with its venv module is needed (Debian, Ubuntu: apt-get install python3-venv)" >&2
      exit 1
    fi
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    python3 -m venv "$1"
  fi
}

_interop_venv
