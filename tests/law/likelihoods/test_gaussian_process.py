"""The Gaussian process of the smooth discrepancy, against dense formulas."""

import jax
import numpy as np
import pytest
from error_curves import dense_covariance
from scipy import stats

from bayes_scaling._core.jax_config import float64
from bayes_scaling.law.likelihoods.discrepancy_draws import draw_discrepancy
from bayes_scaling.law.likelihoods.gaussian_process import correlation
from bayes_scaling.law.likelihoods.smooth_normal import SmoothNormal

KERNELS = ("ou", "matern")
U = np.array([0.7, 3.0, 0.0, 1.2, 1.2, 2.1, 0.0, 4.0, 0.7, 0.71])  # in no order, some twice
LOC = np.linspace(1.0, 0.2, 10)
SD = 0.02 * np.exp(0.3 * U)
TAU, ELL = 0.05, 0.8
VALUE = LOC + np.random.default_rng(1).normal(0, 0.05, 10)


def dense(kernel, u, v):
    return dense_covariance(kernel, u, v, TAU, ELL)


def smooth(kernel):
    return SmoothNormal(kernel, LOC, np.log(SD), U, TAU, ELL)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_joint_density_is_the_dense_normals(kernel):
    with float64():
        ours = float(smooth(kernel).log_prob(VALUE).sum())
    expected = stats.multivariate_normal(LOC, dense(kernel, U, U) + np.diag(SD**2)).logpdf(VALUE)
    assert abs(ours - expected) < 1e-9


@pytest.mark.parametrize("kernel", KERNELS)
def test_each_term_is_the_density_given_the_smaller_runs(kernel):
    order = np.argsort(-U, kind="stable")

    def joint(rows):
        covariance = dense(kernel, U[rows], U[rows]) + np.diag(SD[rows] ** 2)
        return stats.multivariate_normal(LOC[rows], covariance).logpdf(VALUE[rows])

    expected = [joint(order[: i + 1]) - (joint(order[:i]) if i else 0.0) for i in range(len(U))]
    with float64():
        np.testing.assert_allclose(
            np.asarray(smooth(kernel).log_prob(VALUE))[order], expected, atol=1e-9
        )


@pytest.mark.parametrize("kernel", KERNELS)
def test_left_out_is_the_density_given_all_others(kernel):
    covariance = dense(kernel, U, U) + np.diag(SD**2)
    expected = []
    for i in range(len(U)):
        others = np.delete(np.arange(len(U)), i)
        weight = np.linalg.solve(covariance[np.ix_(others, others)], covariance[others, i])
        expected.append(
            stats.norm(
                LOC[i] + weight @ (VALUE - LOC)[others],
                (covariance[i, i] - weight @ covariance[others, i]) ** 0.5,
            ).logpdf(VALUE[i])
        )
    with float64():
        np.testing.assert_allclose(np.asarray(smooth(kernel).left_out(VALUE)), expected, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_prior_predictive_has_the_dense_covariance(kernel):
    with float64():
        samples = np.asarray(smooth(kernel).sample(jax.random.key(0), (40_000,)))
    expected = dense(kernel, U, U) + np.diag(SD**2)
    error = np.sqrt(
        (expected**2 + np.outer(expected.diagonal(), expected.diagonal())) / len(samples)
    )
    assert (np.abs(np.cov(samples.T) - expected) < 5 * error).all()


@pytest.mark.parametrize("kernel", KERNELS)
def test_conditional_draws_have_the_dense_mean_and_covariance(kernel):
    """Amid the runs, at a run, and beyond them, where the process returns to its prior."""
    targets, count = np.array([0.9, 1.2, -0.4, -0.4, -30.0, 5.0]), 60_000
    gain = np.linalg.solve(dense(kernel, U, U) + np.diag(SD**2), dense(kernel, U, targets)).T
    mean, covariance = (
        gain @ (VALUE - LOC),
        dense(kernel, targets, targets) - gain @ dense(kernel, U, targets),
    )
    draws = draw_discrepancy(
        np.random.default_rng(0),
        kernel,
        np.tile(VALUE - LOC, (count, 1)),
        np.tile(SD, (count, 1)),
        U,
        targets[None],
        np.full((count, 1), TAU),
        np.full((count, 1), ELL),
    )
    assert (np.abs(draws.mean(axis=0) - mean) < 5 * np.sqrt(covariance.diagonal() / count)).all()
    error = np.sqrt(
        (covariance**2 + np.outer(covariance.diagonal(), covariance.diagonal())) / count
    )
    assert (np.abs(np.cov(draws.T) - covariance) < 5 * error + 1e-9).all()
    np.testing.assert_allclose(draws[:, 2], draws[:, 3], atol=1e-6)  # equal scales share it
    np.testing.assert_allclose([mean[4], covariance[4, 4]], [0.0, TAU**2], atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_kernels_fall_from_one_to_none(kernel):
    assert correlation(kernel, 0.0) == 1 and correlation(kernel, 60.0) < 1e-20
    np.testing.assert_allclose(
        correlation(kernel, np.array([0.5, 2.0])),
        dense_covariance(kernel, np.array([0.5, 2.0]), np.zeros(1), 1.0, 1.0)[:, 0],
    )
