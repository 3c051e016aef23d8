"""A highest-density interval holds the probability that was asked for, and no shorter one does."""

from dataclasses import replace

import pytest

import bayes_scaling as bs


@pytest.mark.parametrize("count", [37, 60])
@pytest.mark.parametrize("prob", [0.5, 0.683, 0.9])
def test_an_interval_of_highest_density_is_the_shortest_that_holds_enough(loss_fit, count, prob):
    """By brute force over all pairs of draws, of a fit with few of them."""
    few = replace(loss_fit, posterior={k: a[:1, :count] for k, a in loss_fit.posterior.items()})
    to = bs.targets(N=[1e9, 7e9], M=[20.0, 20.0])
    table, draws = few.intervals(to, prob, "run", "hdi", 0), few.draws(to)
    for x, low, high in zip(draws.T, table["lower"], table["upper"]):
        inside = ((x >= x[:, None, None]) & (x <= x[None, :, None])).sum(axis=-1)
        widths = (x - x[:, None])[inside >= prob * count]
        assert ((low <= x) & (x <= high)).sum() >= prob * count
        assert high - low == pytest.approx(widths.min(), rel=1e-12)
