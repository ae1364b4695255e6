#!/bin/sh
# Makes .venv with the newest suitable Python of this machine and installs perdure into it.
#
#   tools/make_venv.sh            looks for a Python
#   PYTHON=/path tools/make_venv.sh     takes this one
#
# A candidate counts only if it really starts, is 3.11 to 3.14 and makes a virtual environment: a pyenv
# shim may start nothing, and Debian's python3 comes without venv.
set -eu
cd "$(dirname "$0")/.."

version_of() {  # prints e.g. 313; fails unless the candidate starts and is suitable
    "$1" -c 'import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.implementation.name != "cpython":
    sys.exit(1)
import venv, ensurepip
print("%d%02d" % sys.version_info[:2])' 2>/dev/null
}

candidates() {  # lines of "version path", newest first
    {
        for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
            command -v "$name" || true
        done
        ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[1-4]*/bin/python3 \
            /usr/local/bin/python3.1[1-4] /usr/bin/python3.1[1-4] 2>/dev/null || true
    } | while read -r path; do
        version=$(version_of "$path") && echo "$version $path"
    done | sort -rn -s -k1,1
}

make_venv() {  # from the first candidate that can
    if [ -n "${PYTHON:-}" ]; then
        list="$(version_of "$PYTHON") $PYTHON" || {
            echo "PYTHON=$PYTHON is not a Python 3.11 to 3.14 with venv" >&2
            exit 1
        }
    else
        list=$(candidates)
    fi
    while read -r version path; do
        [ -n "$path" ] || continue
        rm -rf .venv
        if "$path" -m venv .venv 2>/dev/null && .venv/bin/python -m pip --version >/dev/null 2>&1; then
            echo "Using $path ($(.venv/bin/python -V))"
            return 0
        fi
    done <<EOF
$list
EOF
    rm -rf .venv
    cat >&2 <<'EOF'
No suitable Python was found. perdure needs Python 3.11, 3.12, 3.13 or 3.14 (3.12 or newer is better:
current jaxlib needs it) that can make virtual environments. Looked for python3.14 ... python3.11 and
python3 on PATH and under ~/.pyenv/versions. On Debian and Ubuntu: apt install python3 python3-venv.
Or name one: make PYTHON=/path/to/python3.
EOF
    exit 1
}

make_venv
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".[test]"; then
    cat >&2 <<'EOF'

pip could not install what perdure needs (numpy, jax, jaxlib, ml_dtypes, protobuf, absl-py, rich, and
setuptools to build; for the tests pytest, pytest-xdist, pytest-cov, ruff, mypy). Its reason is above.
Without a connection to the package index: set PIP_INDEX_URL to a mirror, or PIP_NO_INDEX=1 and
PIP_FIND_LINKS to a folder with the wheels; then run make again.
EOF
    exit 1
fi
touch .venv/.installed
