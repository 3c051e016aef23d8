"""Simulated series and a backtest of them."""

import numpy as np
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


@pytest.fixture(scope="session")
def curve():
    """One simulated series of twelve runs."""
    return curves(1).drop(columns="curve")


@pytest.fixture(scope="session")
def curve_fit(curve):
    """Its fit."""
    return bs.fit(LAW, curve, draws=2000)


@pytest.fixture(scope="session")
def outlier_fit(curve):
    """The fit with one run 6% off and Normal noise, which does not discount outliers."""
    outlier = curve.assign(loss=lambda t: t["loss"] * np.where(np.arange(len(t)) == 10, 1.06, 1.0))
    return bs.fit(LAW.with_noise(bs.Noise(df=None, grows=False)), outlier, draws=2000)
