"""Simulated series and a backtest of them."""

import pytest
from many_runs import LAW, curves

import bayes_scaling as bs


@pytest.fixture(scope="session")
def table():
    """Two dozen simulated series of twelve runs each."""
    return curves(24)


@pytest.fixture(scope="session")
def backtest(table):
    """These series, cut at two sizes, and forecasts by the true law and both baselines."""
    return bs.backtest(
        LAW, table, group="curve", cutoffs=[5e19, 2e20], baselines=("point", "bootstrap"), refits=30
    )
