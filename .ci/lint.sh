#!/usr/bin/env bash
# What `make lint` runs after it has installed the tools. The first check that fails ends it.
set -u
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" PYRIGHT_PYTHON_IGNORE_WARNINGS=1

# check NAME REMEDY COMMAND ...
check() {
  echo "lint: $1"
  "${@:3}" || {
    echo "make lint stopped: $1 failed; $2" >&2
    exit 1
  }
}

check "ruff check" "fix the lines above, some by: .venv/bin/ruff check --fix" ruff check --quiet --output-format concise
check "ruff format" "run: .venv/bin/ruff format" ruff format --check
check "import direction" "see [tool.importlinter] in pyproject.toml" lint-imports --no-logo --no-cache
check "spelling" "words: .ci/words/dictionary.txt, exceptions: [tool.codespell] in pyproject.toml" codespell
check "words for readers" "words: .ci/words/phrases.txt, exceptions: .ci/words/exceptions.toml" \
  python .ci/check_words.py
check "types" "annotate or correct the lines above" pyright
check "strict types" "annotate or correct the lines above" pyright --project .ci/pyright-strict.json
