"""Shared fixtures. Figures are drawn without a screen."""

import matplotlib
import pytest

import bayes_scaling as bs

matplotlib.use("Agg")


@pytest.fixture(scope="session")
def gadre():
    """The testbed of 104 runs."""
    return bs.load_runs("gadre2024")


@pytest.fixture(scope="session")
def small(gadre):
    """RedPajama runs of at most 411M parameters."""
    return gadre.query("dataset == 'redpajama' and N < 5e8")


@pytest.fixture(scope="session")
def loss_fit(small):
    """The over-training law on the small runs."""
    return bs.fit("over_training", small, y="loss_c4")


@pytest.fixture(scope="session")
def error_fit(small):
    """The error law on the small runs."""
    return bs.fit("perplexity_to_error", small, y="error_17", L="loss_c4")


@pytest.fixture(scope="session")
def headline():
    """The two runs that the paper foretells."""
    return bs.targets(N=[1439795200, 6889410560], D=[921468928000, 137788211200])
