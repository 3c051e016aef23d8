#!/usr/bin/env bash
# Builds the wheel, and for each supported Python found here installs it in an environment of its own
# and asks for a forecast from an empty folder. Pythons that are not found are named and left out.
set -eu
cd "$(dirname "$0")/.."
root=$PWD work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# find_python VERSION: the path of that Python, on the PATH or among those of pyenv
find_python() {
  local candidate
  for candidate in "python$1" $({ ls -d "$(pyenv root)/versions/$1".*/bin/"python$1"; } 2>/dev/null); do
    if "$candidate" -c "import ensurepip, sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
}

# the tree that git knows, so that nothing is left in this one
mkdir "$work/source"
git ls-files -z | xargs -0 tar c | tar x -C "$work/source"
.venv/bin/python -m pip wheel -qq --no-deps --no-build-isolation --wheel-dir "$work" "$work/source"
missing=
for version in 3.12 3.13 3.14; do
  python=$(find_python "$version")
  if [ -z "$python" ]; then
    missing="$missing $version"
    continue
  fi
  "$python" -m venv "$work/$version"
  "$work/$version/bin/python" -m pip install -qq --disable-pip-version-check \
    --constraint .ci/constraints.txt "$work"/*.whl
  mkdir "$work/empty-$version"
  (
    cd "$work/empty-$version"
    unset PYTHONPATH
    "$work/$version/bin/bayes-scaling" forecast --runs gadre2024 --where "dataset == 'redpajama' and N < 5e8" \
      --y loss_c4 --N 6.89B --D 138B --format json |
      "$work/$version/bin/python" -c "
import json, sys
import bayes_scaling
row, = json.load(sys.stdin)['forecast']
assert bayes_scaling.__file__.startswith('$work'), bayes_scaling.__file__
assert row['lower'] < 2.425 < row['upper'], row  # as measured
print('wheel: Python $version forecasts %(lower).3f to %(upper).3f from an empty folder' % row)
"
    [ -z "$(ls)" ] || { echo "wheel: the command left files: $(ls)" >&2; exit 1; }
  )
done
[ -z "$missing" ] || echo "wheel: not tried for want of Python$missing"
