"""Simulated curves of an error that leave their law by a smooth discrepancy."""

import numpy as np
import pandas as pd

import bayes_scaling as bs


def dense_covariance(kernel, u, v, tau, ell):
    """The covariance of the discrepancy at u and v, written out once more."""
    gap = np.abs(np.subtract.outer(u, v)) / ell
    if kernel == "ou":
        return tau**2 * np.exp(-gap)
    return tau**2 * ((1 + 3**0.5 * gap) * np.exp(-(3**0.5) * gap))


def error_law(kernel="ou", **noise):
    """The law of the curves, with a smooth discrepancy."""
    return bs.find_law("m2").with_noise(bs.Noise(df=None, smooth=kernel, **noise))


def discrepant_curve(rng, tau, ell, sigma=0.005, points=20):
    """A curve with a discrepancy: x up to 1e5 for a fit, one within it, and two and eight times."""
    x = np.r_[np.geomspace(1e3, 1e5, points), 1.2e4, 2e5, 8e5]
    mean = 0.1 + 3 * x**-0.35
    covariance = dense_covariance("ou", np.log(x), np.log(x), tau, ell)
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(x)))
    discrepancy = root @ rng.standard_normal(len(x))
    noise = sigma * rng.standard_normal(len(x))
    return pd.DataFrame({"x": x, "error": mean * np.exp(discrepancy + noise)})


def training_curve():
    """The 20 training runs of one curve."""
    return discrepant_curve(np.random.default_rng(3), 0.03, 1.0)[:20]
