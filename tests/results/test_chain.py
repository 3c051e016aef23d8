"""A chain's two outcomes have noise of their own."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

import bayes_scaling as bs

TO = bs.targets(N=[2e8, 1e9], M=[20.0, 40.0])


def fixed(fit):
    """The fit with every draw at the median, without drift, and one seed for all: noise remains."""
    posterior = {name: np.full_like(a, np.median(a)) for name, a in fit.posterior.items()}
    law = fit.law.with_noise(replace(fit.law.noise, drift=0.0))
    return replace(fit, law=law, posterior=posterior, seed=5)


@pytest.fixture(scope="module")
def parts(loss_fit, error_fit):
    """Both parts of a chain, and the parameters of each by name."""
    fits = fixed(loss_fit), fixed(error_fit)
    return fits, [{name: a.flat[0] for name, a in fit.posterior.items()} for fit in fits]


def error_at(p, loss):
    """Logit of the error law's curve."""
    return special.logit(p["epsilon"] - p["k"] * np.exp(-p["gamma"] * loss))


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_noise_of_the_error_is_independent_of_that_of_the_loss(parts, seed):
    """Rank correlation within five standard errors of none, though both fits have one seed."""
    (first, second), (_, p) = parts
    loss = first.draws(TO, seed=seed)
    noise = special.logit(bs.chain(first, second).draws(TO, seed=seed)) - error_at(p, loss)
    for one, two in zip(loss.T, noise.T):
        assert abs(stats.spearmanr(one, two).statistic) < 5 / np.sqrt(len(one))


def test_the_error_of_a_chain_scatters_by_independent_noise_of_both_laws(parts):
    """Beside pairs simulated by NumPy, Student-t in log loss and then in the logit of the error."""
    (first, second), (one, two) = parts
    rng, shape = np.random.default_rng(3), (100_000, len(TO))
    u = np.log(first.largest / TO["C"].to_numpy())
    assert (u > 0).all() and "kappa" not in two  # no extrapolation; the error's noise does not grow
    scale = one["sigma"] * np.exp(one["kappa"] * u)
    noise = [rng.standard_t(fit.law.noise.df, shape) for fit in (first, second)]
    loss = first.draws(TO, of="mean")[0] * np.exp(scale * noise[0])
    error = special.expit(error_at(two, loss) + two["sigma"] * noise[1])
    for found, known in zip(bs.chain(first, second).draws(TO).T, error.T):
        assert stats.ks_2samp(found, known).pvalue > 1e-6
