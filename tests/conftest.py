"""Fixtures for all tests. Figures need no screen."""

import os
from importlib import import_module
from itertools import count
from pathlib import Path

import jax
import matplotlib
import pytest

import bayes_scaling as bs
from bayes_scaling._core.stored_programs import clear_programs
from bayes_scaling.cli.main import main

matplotlib.use("Agg")
os.environ["BAYES_SCALING_PROGRESS"] = "off"  # of the tests' processes and notebooks too
MEMORY_MAPS, tests_done = Path("/proc/self/maps"), count(1)
MAX_MAPS = 30_000  # a process may have some 65,000, of which compiled programs take many


@pytest.fixture(autouse=True)
def drop_compiled_programs():
    """Drop compiled programs long before the process runs out of memory maps."""
    yield
    if next(tests_done) % 10 or not MEMORY_MAPS.exists():
        return
    if MEMORY_MAPS.read_bytes().count(b"\n") > MAX_MAPS:
        jax.clear_caches()
        clear_programs()


@pytest.fixture(scope="session")
def gadre():
    """The 104 runs of Gadre et al. (2024)."""
    return bs.load_runs("gadre2024")


@pytest.fixture(scope="session")
def small(gadre):
    """RedPajama runs of at most 411M parameters."""
    return gadre.query("dataset == 'redpajama' and N < 5e8")


@pytest.fixture(scope="session")
def loss_fit(small):
    """The over-training law on the small runs."""
    return bs.fit("over_training", small, y="loss_c4")


@pytest.fixture(scope="session")
def error_fit(small):
    """The error law on the small runs."""
    return bs.fit("perplexity_to_error", small, y="error_17", L="loss_c4")


@pytest.fixture(scope="session")
def headline():
    """The two runs that the paper predicts."""
    return bs.targets(N=[1439795200, 6889410560], D=[921468928000, 137788211200])


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder; return its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def refused(run, tmp_path, monkeypatch):
    """Run a command that must be refused in one line that holds the words.

    Nothing may be sampled before, and no file may be left.
    """

    def call(arguments, *words):
        monkeypatch.setattr(
            import_module("bayes_scaling.results.fitting"),
            "sample",
            lambda *_, **__: pytest.fail("sampled"),
        )
        before = sorted(tmp_path.rglob("*"))
        code, out, err = run(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert err.startswith("bayes-scaling") and all(word in err for word in words), err
        assert sorted(tmp_path.rglob("*")) == before

    return call
