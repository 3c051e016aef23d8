"""Groups on paths: the density against a dense Normal, the paths against its conditional."""

import jax
import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.group_paths import paths
from bayes_scaling.inference.group_paths.density import GroupPathsDensity
from bayes_scaling.inference.group_paths.design import paths_design
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.law.pooling import build_pool

LAW = bs.find_law("power_law_floor").with_noise(bs.GroupPaths())
THETA = {
    "E_share": 0.7,
    "alpha_C": 0.2,
    "A_term": 0.8,
    "sigma": 0.01,
    "kappa": 0.05,
    "initial_sd": 0.04,
    "growth": 0.05,
    "growth_sd": 0.2,
    "rate": 0.02,
    "roughness": 0.1,
    "discrepancy": 0.015,
}


def table():
    """Three groups at four sizes, with a size missing in one and two seeds in another."""
    rng = generator(Stream.SIMULATED_TABLE, 5)
    rows = [
        {"corpus": corpus, "C": C, "loss": 1 + (C / 1e17) ** -0.1 + 0.05 * rng.standard_normal()}
        for corpus, sizes in (("a", (0, 1, 2, 3)), ("b", (0, 0, 1, 3, 3)), ("c", (1, 2, 2, 3)))
        for C in (np.array([1e17, 1e18, 3e18, 2e19])[i] for i in sizes)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def case():
    runs = bs.load_runs(table())
    data = paths_design(LAW, *grouped(build_pool(LAW, runs, "corpus"), runs, "loss", None, {}))
    density = GroupPathsDensity(LAW, 3, 4)
    steps = np.array([0.3, -1.2, 0.7])
    return runs, data, density, steps


def dense(data, steps):
    """Mean and covariance of the shared curve, of all paths, and of the runs, written out."""
    p, x = THETA, data["log_scale"]
    gap, rough = np.diff(x), np.exp(THETA["roughness"] * (x[-1] - x[:-1]))
    with float64():
        law = np.log(np.asarray(LAW.function(data["x"], **LAW.publish(p, data["ref"]))))
    moves = np.concatenate([[1.0], np.sqrt(gap) * rough]) * p["discrepancy"]
    root = np.tril(np.ones((4, 4))) * moves
    path = np.zeros((4, 4))
    path[0, 0] = p["initial_sd"] ** 2
    factor = np.exp(p["growth"] * gap + p["growth_sd"] * np.sqrt(gap) * steps)
    for k in range(3):
        path[k + 1, : k + 1] = factor[k] * path[k, : k + 1]
        path[: k + 1, k + 1] = path[k + 1, : k + 1]
        path[k + 1, k + 1] = factor[k] ** 2 * path[k, k] + (p["rate"] * rough[k]) ** 2 * gap[k]
    latent = np.kron(np.eye(3), path) + np.kron(np.ones((3, 3)), root @ root.T)
    real = data["mask"]
    cell = 4 * data["group"][real] + data["place"][real]
    noise = p["sigma"] * np.exp(p["kappa"] * np.maximum(data["u"][real], 0))
    every = latent[np.ix_(cell, cell)] + np.diag(noise**2)
    return np.tile(law, 3), latent, cell, every


def test_the_density_is_that_of_a_dense_normal(case):
    _, data, density, steps = case
    law, _, cell, covariance = dense(data, steps)
    with float64():
        ours = float(density.log_marginal(THETA, jax.numpy.asarray(steps), data))
    residual = data["z"][data["mask"]] - law[cell]
    _, log_det = np.linalg.slogdet(2 * np.pi * covariance)
    expected = -0.5 * (log_det + residual @ np.linalg.solve(covariance, residual))
    assert ours == pytest.approx(expected, rel=1e-9)


def test_paths_are_drawn_from_their_conditional(case):
    _, data, density, steps = case
    law, latent, cell, covariance = dense(data, steps)
    residual = data["z"][data["mask"]] - law[cell]
    gain = np.linalg.solve(covariance, latent[cell]).T
    mean = gain @ residual
    conditional = latent - gain @ latent[cell]
    with float64():
        theta = np.concatenate([unconstrained(density, data), steps])
    discrepancy, drawn = paths.draw_paths(density, np.tile(theta, (40_000, 1)), data, 0)
    curves = (discrepancy[:, None] + drawn).reshape(len(discrepancy), -1)
    sd = np.sqrt(np.diag(conditional))
    assert np.abs((curves.mean(axis=0) - mean) / sd).max() < 4.5 / np.sqrt(len(discrepancy))
    assert np.corrcoef(curves.T) == pytest.approx(conditional / np.outer(sd, sd), abs=0.03)
    assert curves.std(axis=0) == pytest.approx(sd, rel=0.02)


def unconstrained(density, data):
    """The point of R^size at which quantities have the values of ``THETA``."""
    from numpyro.distributions import biject_to

    priors = density.priors(data)
    return np.array(
        [float(biject_to(prior.support).inv(THETA[name])) for name, prior in priors.items()]
    )


def test_runs_within_a_tenth_of_a_size_are_at_one_place():
    runs = table().assign(C=lambda frame: frame["C"] * np.resize([1, 1.04], len(frame)))
    runs = bs.load_runs(runs)
    data = paths_design(LAW, *grouped(build_pool(LAW, runs, "corpus"), runs, "loss", None, {}))
    assert len(data["log_scale"]) == 4


def test_more_sizes_than_can_be_fitted_are_refused():
    runs = bs.load_runs(
        pd.DataFrame(
            {
                "C": np.geomspace(1e17, 1e23, 100),
                "loss": np.linspace(3, 2, 100),
                "corpus": ["a", "b"] * 50,
            }
        )
    )
    with pytest.raises(bs.InputError, match="100 distinct scales"):
        paths_design(LAW, *grouped(build_pool(LAW, runs, "corpus"), runs, "loss", None, {}))
