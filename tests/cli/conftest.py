"""Fixtures of the command line's tests."""

import pytest
from command_lines import TABLE
from floor_runs import runs


@pytest.fixture
def table(tmp_path):
    """Options that name a table of twelve runs, a law and a target."""
    TABLE.to_csv(tmp_path / "runs.csv", index=False)
    return ["--runs", "runs.csv", "--law", "chinchilla", "--N", "1e9", "--D", "1e10"]


@pytest.fixture
def curve(tmp_path):
    """A table of runs of a power law with a floor."""
    runs(0).to_csv(tmp_path / "curve.csv", index=False)
