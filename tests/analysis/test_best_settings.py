"""Best learning rates, batch sizes and mixtures of domains."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.models import LAWS
from bayes_scaling.models.mixture_additive import mixture_size

TRUE = {"E": 1.6, "A": 300.0, "alpha_N": 0.33, "C_a": 1.2, "C_b": 0.4, "C_c": 0.8}
TRUE |= {"gamma_a": 0.3, "gamma_b": 0.3, "gamma_c": 0.3}


def best_by_hand(helps, gamma):
    """Of equal exponents: fractions in proportion to C^(1 / (1 - gamma))."""
    parts = np.asarray(helps) ** (1 / (1 - gamma))
    return parts / parts.sum()


@pytest.fixture(scope="module")
def mixtures():
    rng, law = np.random.default_rng(0), mixture_size(["a", "b", "c"])
    runs = pd.DataFrame(rng.dirichlet(np.ones(3), 60), columns=["w_a", "w_b", "w_c"])
    runs["N"] = np.repeat([1e8, 3e8, 9e8], 20)
    with float64():
        mean = np.asarray(law.mean(runs, **TRUE))
    runs["loss"] = mean * np.exp(0.001 * rng.standard_normal(60))
    return bs.fit(law, runs, chains=2, draws=200)


def test_the_best_mixture_covers_that_of_the_true_values(mixtures):
    found = bs.plan.best_mixture(mixtures)
    known = best_by_hand([1.2, 0.4, 0.8], 0.3)
    table = found.choice
    np.testing.assert_allclose(table["fraction"].sum(), 1.0)
    assert (table["lower"] < known).all() and (known < table["upper"]).all()
    np.testing.assert_allclose(table["fraction"], known, atol=0.03)
    assert 0 <= found.excess < 0.005 and not found.beyond and "Best mixture: a " in str(found)
    np.testing.assert_allclose(found.draws.sum(axis=1), 1.0)


def test_targets_are_weighted(mixtures):
    both = {"one": mixtures, "two": mixtures}
    weighted = bs.plan.best_mixture(both, weights={"one": 1.0, "two": 3.0})
    np.testing.assert_allclose(
        weighted.choice["fraction"], bs.plan.best_mixture(mixtures).choice["fraction"], atol=1e-4
    )
    with pytest.raises(bs.InputError, match="weight of two is missing"):
        bs.plan.best_mixture(both, weights={"one": 1.0})
    with pytest.raises(bs.InputError, match="all weights are 0"):
        bs.plan.best_mixture(both, weights={"one": 0.0, "two": 0.0})


def test_a_mixture_outside_those_that_were_tried_has_a_caution(mixtures):
    narrow = mixtures.training.query("w_a < 0.4")
    fit = bs.fit(mixtures.law, narrow, y="loss", chains=2, draws=100)
    found = bs.plan.best_mixture(fit)
    assert found.beyond == ["a"] and "outside the mixtures" in str(found)


def test_best_settings_are_those_of_the_published_form():
    law = LAWS["lr_batch"]
    values = law.published["li2026_lr_bsz, fitted here"].values
    rng, design = np.random.default_rng(0), pd.DataFrame({k: v for k, v in law.example.items()})
    with float64():
        mean = np.asarray(law.mean(design, **values))
    runs = design.assign(loss=mean * np.exp(0.001 * rng.standard_normal(len(design))))
    fit = bs.fit(law, runs, chains=2, draws=150)
    row = bs.plan.best_settings(fit, bs.targets(N=[1e9], D=[1e11])).iloc[0]
    lr = values["eta_0"] * 1e9 ** values["a"] * 1e11 ** values["b"]
    batch = values["B_0"] * 1e11 ** values["c"]
    assert (
        row["lr_lower"] < lr < row["lr_upper"] and row["batch_lower"] < batch < row["batch_upper"]
    )
    # no setting is better than the optimum of the curve
    x = {"N": 1e9, "D": 1e11}
    with float64():
        grid = [
            float(law.mean({**x, "lr": lr * i, "batch": batch * j}, **values))
            for i in (0.9, 1.0, 1.1)
            for j in (0.9, 1.0, 1.1)
        ]
    assert int(np.argmin(grid)) == 4
    np.testing.assert_allclose(row["loss"], grid[4], rtol=0.003)


def test_other_laws_are_refused(mixtures):
    with pytest.raises(bs.InputError, match="needs a fit of lr_batch"):
        bs.plan.best_settings(mixtures, bs.targets(N=[1e9], D=[1e11]))
    runs = bs.load_runs("li2026_sparsity")
    other = bs.fit("sparse_upcycling", runs, y="loss", chains=1, draws=20)
    with pytest.raises(bs.InputError, match="needs fits of mixture_additive"):
        bs.plan.best_mixture(other)
