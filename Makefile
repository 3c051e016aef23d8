# Everything needs only make and Python >= 3.12; `make PYTHON=/path/to/python` chooses one.
BIN := .venv/bin
SHARED := -n auto --maxprocesses 4 --dist worksteal

.PHONY: help install forecast lint test test-all docs bench clean

help:
	@echo "make forecast   the main job on the bundled data: figures printed, a plot and a report in out/"
	@echo "make lint       style, types, the direction of imports, and words"
	@echo "make test       the tests, under 12 minutes on two cores"
	@echo "make test-all   the long statistical checks too"
	@echo "make docs       the documentation as a site in out/site, every program in it run"
	@echo "make bench      held-out accuracy on the bundled data, and the engine's cost, compared with other tools"
	@echo "make install    a virtual environment in .venv (the others do this when it is missing)"

install: .venv/installed

.venv/installed: pyproject.toml .ci/constraints.txt
	@bash .ci/install.sh $(PYTHON)
	@touch $@

forecast: install
	@$(BIN)/python -m bayes_scaling.cli.showcase

.venv/lint: .venv/installed
	@echo "Installing what the code is checked with (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[lint]'
	@touch $@

lint: .venv/lint
	@bash .ci/lint.sh

test: install
	@$(BIN)/python -m pytest -q $(SHARED)

test-all: install
	@$(BIN)/python -m pytest -q -m "" $(SHARED)

.venv/docs: .venv/installed
	@echo "Installing what the documentation is built with (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[docs]'
	@touch $@

docs: .venv/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --config-file .ci/docs/mkdocs.yml
	@echo "open out/site/index.html"

.venv/bench: .venv/installed
	@echo "Installing what the benchmarks compare with (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[bench]'
	@touch $@

bench: .venv/bench
	@$(BIN)/python tests/bench/testbeds.py
	@$(BIN)/python tests/bench/decisions.py
	@$(BIN)/python tests/bench/forecasts.py
	@$(BIN)/python tests/bench/errors.py
	@$(BIN)/python tests/bench/pooled.py
	@$(BIN)/python tests/bench/interaction.py
	@$(BIN)/python tests/bench/rolling.py
	@$(BIN)/python tests/bench/curves.py
	@$(BIN)/python tests/bench/engine.py
	@$(BIN)/python tests/bench/tasks.py
	@$(BIN)/python tests/bench/scalebench.py
	@$(BIN)/python tests/bench/farseer.py

clean:
	rm -rf .venv build dist out *.egg-info
