"""Of curves that cross twice the crossover is the last: the order beyond it lasts."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

import bayes_scaling as bs

M = 20.0


def twice_crossed(early, late):
    """Parameters of two curves of compute, M = 20, that are equal at ``early`` and ``late``.

    A curve is E + A C^-eta with A = a M^eta + b M^-eta; the first has the greater exponent.
    """
    eta, E, A = (0.2, 0.1), 1.0, 80.0
    size = A * early ** -eta[1] - A * late ** -eta[1]
    steep = size / (early ** -eta[0] - late ** -eta[0])
    floor = E + A * late ** -eta[1] - steep * late ** -eta[0]
    one = {"E": floor, "eta": np.full_like(floor, eta[0]), "A": steep}
    two = {
        "E": np.full_like(floor, E),
        "eta": np.full_like(floor, eta[1]),
        "A": np.full_like(floor, A),
    }
    return one, two


def with_draws(fit, p):
    """The fit with these draws of its curve."""
    own = {"E": p["E"], "eta": p["eta"]}
    own |= {"a": p["A"] / 2 * M ** -p["eta"], "b": p["A"] / 2 * M ** p["eta"]}
    shape = fit.posterior["E"].shape
    return replace(fit, posterior=fit.posterior | {k: v.reshape(shape) for k, v in own.items()})


def curve(p, log_c, i):
    return p["E"][i] + p["A"][i] * np.exp(-p["eta"][i] * log_c)


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_the_last_of_two_crossings_counts(loss_fit, better):
    """Draws whose curves cross at 2e19 FLOPs and once more between 1e21 and 1e22."""
    late = np.geomspace(1e21, 1e22, loss_fit.posterior["E"].size)
    one, two = twice_crossed(np.full_like(late, 2e19), late)

    def gap(log_c):
        return curve(one, log_c, 0) - curve(two, log_c, 0)

    roots = [brentq(gap, np.log(low), np.log(high)) for low, high in ((1e18, 2e20), (2e20, 1e23))]
    np.testing.assert_allclose(np.exp(roots), [2e19, 1e21], rtol=1e-6)
    fits = {"one": with_draws(loss_fit, one), "two": with_draws(loss_fit, two)}
    with pytest.warns(bs.FitWarning):  # of draws that are no sampler's
        made = bs.compare(fits, bs.targets(C=1e22, M=M), within=(1e17, 1e23), better=better)
        part = bs.compare(fits, bs.targets(C=1e20, M=M), within=(1e17, 2e20), better=better)
    last, only = made.crossovers.iloc[0], part.crossovers.iloc[0]
    ends = last[["lower", "C", "upper"]].astype(float)
    np.testing.assert_allclose(ends, np.quantile(late, [0.05, 0.5, 0.95]), rtol=0.01)
    np.testing.assert_allclose(only["C"], 2e19, rtol=0.01)
    first_is_better = (gap(np.log(1e23)) < 0) == (better == "lower")
    assert last["p_none"] == only["p_none"] == 0
    assert last["p_better_beyond"] == float(first_is_better)
    assert only["p_better_beyond"] == float(not first_is_better)
