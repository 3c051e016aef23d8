"""The drift of one fit's new runs: shared by its targets, and independent of other fits'."""

import numpy as np
import pandas as pd
import pytest
from error_counts import ERROR, runs
from error_curves import training_curve
from scipy import special

import bayes_scaling as bs

FAR = pd.DataFrame({"x": [1e6, 1e7]})  # of runs up to 1e5


@pytest.fixture(scope="module")
def drifting():
    """Two fits of one law and other data, whose new runs are little but their drift."""
    table = training_curve()
    return [
        bs.fit("m2", part, noise=bs.Noise(drift=0.3), draws=1000)
        for part in (table, table.assign(error=1.02 * table["error"]))
    ]


def test_targets_of_one_fit_drift_together_and_those_of_two_fits_do_not(drifting):
    runs = [np.log(fit.draws(FAR)) for fit in drifting]
    for part in runs:
        np.testing.assert_allclose(np.corrcoef(part.T)[0, 1], 1.0, atol=0.02)
        np.testing.assert_allclose(part[:, 1].std(), 0.3 * np.log(100), rtol=0.05)
    assert abs(np.corrcoef(runs[0][:, 1], runs[1][:, 1])[0, 1]) < 4 / 4000**0.5


def test_counts_of_one_fit_drift_together():
    """The logits of two targets move by one slope; their items scatter next to nothing."""
    noise = bs.BetaBinomial(drift=0.1, phi=bs.lognormal(1e6, 0.1))
    table = runs(noise, 0, {"phi": 1e6}, items=np.full(16, 2000))
    fit = bs.fit(ERROR, table, noise=noise, draws=1000)
    to = bs.targets(C=[1e22, 1e24]).assign(items=10**6)  # of runs up to 1e20
    away = special.logit(fit.draws(to)) - special.logit(fit.draws(to, of="mean"))
    np.testing.assert_allclose(away.std(axis=0), 0.1 * np.log([1e2, 1e4]), rtol=0.05)
    assert np.corrcoef(away.T)[0, 1] > 0.99
