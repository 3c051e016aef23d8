"""Point fits and bootstraps: close to the posterior, and too narrow."""

import jax
import numpy as np
from many_runs import LAW
from scipy.optimize import minimize

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.batch import stacked
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import padded
from bayes_scaling.inference.laplace import draw_candidates
from bayes_scaling.validation.point_fit import HUBER_DELTA, fit_points


def test_baselines_are_close_and_overconfident(backtest):
    """A point fit ignores the uncertainty of its parameters: narrow, with low coverage."""
    rows = backtest.summary().set_index("method")
    assert rows.loc["point", "width"] < rows.loc["bootstrap", "width"]
    assert rows.loc["point", "width"] < 0.7 * rows.loc["posterior", "width"]
    assert rows.loc["point", "in_90"] < 0.8 < rows.loc["posterior", "in_90"]
    assert rows.loc["posterior", "interval_score"] < rows.loc["point", "interval_score"]
    assert rows.loc["posterior", "log_score"] > rows.loc["point", "log_score"]
    assert abs(rows.loc["point", "bias"]) < 3


def huber(r):
    small = np.abs(r) < HUBER_DELTA
    return np.where(small, r**2 / 2, HUBER_DELTA * (np.abs(r) - HUBER_DELTA / 2)).sum()


def test_the_point_fit_minimizes_the_huber_loss(table):
    """Against SciPy, from many starts, on one table."""
    series = table.query("curve == 'c8'")
    data, density = padded(bs.design(LAW, series)), Density(LAW)
    row = {key: data[key] for key in ("x", "ref", "priors", "mask")} | {"seen": data["z"]}
    with float64():
        rows = stacked([row])
        candidates = draw_candidates(density, [jax.random.key(0)], rows)
        no_refits = np.zeros((1, 0, len(data["mask"])))
        _, residuals = fit_points(density, (candidates, rows, no_refits))
    C, z = series["C"].to_numpy() / 3e19, np.log(series["loss"].to_numpy())

    def loss(p):
        return huber(z - np.log(np.exp(p[0]) + np.exp(p[1]) * C ** -np.exp(p[2])))

    smallest = min(
        minimize(
            loss,
            [np.log(a), np.log(b), np.log(c)],
            method="Nelder-Mead",
            options={"maxiter": 4000, "fatol": 1e-12, "xatol": 1e-7},
        ).fun
        for a in (1.3, 2)
        for b in (0.5, 1.2)
        for c in (0.1, 0.3)
    )
    assert huber(np.asarray(residuals)[0][data["mask"]]) < 1.001 * smallest
