#!/usr/bin/env bash
# Makes .venv with this package and its pinned dependencies. Usage: install.sh [PYTHON]
set -eu
found=
for candidate in ${1:-python3.13 python3.12 python3.14 python3 python}; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    found=$candidate
    break
  fi
done
if [ -z "$found" ]; then
  echo "bayes_scaling needs Python 3.12 or newer and found none as ${1:-python3.13, python3.12, python3.14, python3 or python}; install one, or name it: make PYTHON=/path/to/python" >&2
  exit 2
fi
if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "$found has no venv module; install it (on Debian: apt-get install python3-venv), or name another: make PYTHON=/path/to/python" >&2
  exit 2
fi
echo "Installing into .venv with $("$found" --version) (once; a minute or two) ..."
rm -rf .venv
"$found" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[test]'
