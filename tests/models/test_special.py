"""Implicit equations, schedules as columns, domains of one's own: what the special forms stand
on."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from formulas_special import FORMULAS
from simulate import published

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.law.implicit import root
from bayes_scaling.models import LAWS
from bayes_scaling.models.mixtures import mixing_law, regmix_linear
from bayes_scaling.runs.columns import stack_columns


def cubic(y, a):
    return y**3 + y - a


def test_root_is_found_far_from_its_start_and_near_it():
    with float64():
        a = jnp.array([-1e9, -3.0, 0.0, 1e-8, 2.0, 1e12])
        y = np.asarray(root(cubic, -1e5, 1e5, a))
    np.testing.assert_allclose(y**3 + y, a, rtol=1e-11, atol=1e-15)


def test_roots_gradients_are_exact_to_second_order():
    """y^3 + y = a: y' = 1 / (3 y^2 + 1), y'' = -6 y y'^3, forwards, backwards, and one over the
    other."""

    def f(a):
        return root(cubic, -1e3, 1e3, a)

    with float64():
        for a in (-2.0, 0.5, 30.0):
            y = float(f(a))
            first = 1 / (3 * y**2 + 1)
            np.testing.assert_allclose([jax.grad(f)(a), jax.jacfwd(f)(a)], first, rtol=1e-12)
            np.testing.assert_allclose(jax.jacfwd(jax.grad(f))(a), -6 * y * first**3, rtol=1e-10)


@pytest.mark.parametrize("name", ["m4", "kaplan_batch"])
def test_gradients_of_implicit_laws_are_those_of_finite_differences(name):
    law, p = LAWS[name], published(LAWS[name])
    x = {key: np.asarray(values) for key, values in law.example.items()}
    with float64():
        slopes = jax.jacfwd(lambda p: law.function(x, **p))(p)
    for key, value in p.items():
        step = 1e-5 * value
        known = (
            FORMULAS[name](x, **{**p, key: value + step})
            - FORMULAS[name](x, **{**p, key: value - step})
        ) / (2 * step)
        np.testing.assert_allclose(slopes[key], known, rtol=1e-5, atol=1e-8 * np.abs(known).max())


def tissue_by_hand(lr, lam):
    """S2 after every step, by the recursion over single steps."""
    memory = total = 0.0
    for before, now in zip(lr, lr[1:]):
        memory = lam * memory + (before - now)
        total += memory
    return total


def test_pieces_stand_for_the_sum_over_single_steps():
    def shape(s):
        return 3e-4 * (0.1 + 0.9 * (1 + np.cos(np.pi * s / 6000)) / 2)

    curve = bs.annealed(bs.schedule(shape, 6000, every=20))
    steps = np.array([shape(s) for s in range(6001)])
    np.testing.assert_allclose(curve["S1"].iloc[-1], steps[:-1].sum(), rtol=1e-3)
    drop, age = stack_columns(curve, "drop")[-1], stack_columns(curve, "age")[-1]
    for lam in (0.99, 0.998, 0.9995):
        pieces = (drop * (1 - lam**age) / (1 - lam)).sum()
        np.testing.assert_allclose(pieces, tissue_by_hand(steps, lam), rtol=5e-3)


def test_curves_are_told_apart_and_their_warmup_is_fed():
    table = pd.DataFrame(
        {
            "run": ["a"] * 3 + ["b"] * 3,
            "step": [100, 200, 300] * 2,
            "lr": [2e-4, 2e-4, 2e-4, 2e-4, 1e-4, 1e-4],
        }
    )
    made = bs.annealed(table, by="run")
    np.testing.assert_allclose(made["S1"], [0.01, 0.03, 0.05, 0.01, 0.025, 0.035])
    np.testing.assert_allclose(
        stack_columns(made, "drop").sum(axis=1), [0, 0, 0, 0, 1e-4, 1e-4], atol=1e-18
    )
    np.testing.assert_allclose(
        (stack_columns(made, "drop") * stack_columns(made, "age")).sum(axis=1)[-2:], [50e-4, 150e-4]
    )
    np.testing.assert_allclose(
        (stack_columns(made, "drop") * stack_columns(made, "since")).sum(axis=1)[-2:],
        [0.0075e-4, 0.0175e-4],
        rtol=1e-9,
    )
    with pytest.raises(bs.InputError, match="name in by the columns that identify a curve"):
        bs.annealed(table)
    with pytest.raises(bs.InputError, match="no column 'eta'"):
        bs.annealed(table, by="run", lr="eta")
    with pytest.raises(bs.InputError, match="run is missing; name the curve"):
        bs.annealed(table.assign(run=None), by="run")
    twice = table.set_axis([0] * len(table))  # labels may repeat, as those of tables put together
    np.testing.assert_array_equal(bs.annealed(twice, by="run")["S1"], made["S1"])


def curves(*names):
    shapes = {
        "cosine": lambda s: 3e-5 + 2.7e-4 * (1 + np.cos(np.pi * s / 12000)) / 2,
        "flat": lambda s: 3e-4,
        "late": lambda s: 3e-4 if s <= 9000 else 3e-4 * (12500 - s) / 3500,
    }
    return bs.annealed(
        pd.concat(
            [
                bs.schedule(shapes[name], 12000, every=100, warmup=1000).assign(curve=name)
                for name in names
            ],
            ignore_index=True,
        ),
        by="curve",
    )


@pytest.mark.parametrize("law", ["lr_annealing", "multi_power"])
def test_a_laws_mean_takes_the_table_of_a_schedule(law):
    """With its column of the learning rate itself, which is no input."""
    law, table = LAWS[law], curves("late")
    mean = law.mean(table, **published(law))
    assert "lr" in table and mean.shape == (len(table),)
    np.testing.assert_array_equal(mean, law.mean(table.drop(columns="lr"), **published(law)))


def test_an_unseen_schedule_is_predicted_saved_and_told_when_it_lacks_columns(tmp_path):
    law, rng = LAWS["lr_annealing"], np.random.default_rng(0)
    seen, unseen = curves("cosine", "flat"), curves("late").iloc[5::10]
    with float64():
        true_values = [np.asarray(law.mean(table, **published(law))) for table in (seen, unseen)]
    table = seen.assign(loss=true_values[0] * np.exp(0.001 * rng.standard_normal(len(seen)))).iloc[
        5::6
    ]
    fit = bs.fit(law, table)
    assert fit.diagnosis.ok
    forecast = fit.forecast(unseen, of="mean")
    assert np.abs(forecast["median"] - true_values[1]).max() < 0.006
    assert {"drop_0", "age_31", "S1", "loss"} <= set(fit.training.columns) and len(
        fit.training
    ) == len(table)
    back = bs.load(fit.save(tmp_path / "fit.nc"))
    np.testing.assert_array_equal(back.draws(unseen), fit.draws(unseen))
    assert fit.posterior_predictive()["posterior_predictive"]["y"].shape == (4, 1000, len(table))
    with pytest.raises(bs.InputError, match="no column drop_0"):
        bs.fit(law, table.drop(columns=[f"drop_{i}" for i in range(32)]))
    still = (
        bs.annealed(bs.schedule(lambda s: 3e-4, 12000, every=100))
        .assign(loss=3.0 - 0.01 * np.arange(121))
        .iloc[1:]
    )
    with pytest.raises(bs.InputError, match="every run has the same drop"):
        bs.fit(law, still)
    with pytest.raises(bs.InputError, match="have no drop"):
        fit.forecast(unseen[["S1", "step"]])


@pytest.mark.long
def test_mixing_laws_of_ones_own_domains():
    rng, domains = np.random.default_rng(0), ["a", "b", "c", "d", "e"]
    shares = pd.DataFrame(rng.dirichlet(np.ones(5), 60), columns=[f"w_{name}" for name in domains])
    effects = dict(zip(domains, (0.5, -0.7, 0.2, -0.3)))
    law = mixing_law(domains)
    true_values = {"c": 2.0, "k": 0.9, **{f"t_{name}": value for name, value in effects.items()}}
    with float64():
        mean = np.asarray(law.mean(shares, **true_values))
    fit = bs.fit(law, shares.assign(loss=mean * np.exp(0.001 * rng.standard_normal(60))))
    assert fit.diagnosis.ok and law.name == "mixing_law(a, b, c, d, e)"
    predicted = fit.forecast(shares.iloc[:5], of="mean")
    np.testing.assert_allclose(predicted["median"], mean[:5], rtol=2e-3)
    assert mixing_law(tuple(domains)) is law
    for bad in (["a"], "abc", ["a", "a"], ["a b", "c"]):
        with pytest.raises(bs.InputError, match="domain"):
            regmix_linear(bad)


@pytest.mark.long
def test_pass_at_k_is_predicted_for_more_attempts_than_were_made():
    law, rng = LAWS["pass_at_k"], np.random.default_rng(1)
    rate = rng.beta(0.35, 2.5, 200)
    problems = pd.DataFrame({"problem": np.arange(200), "pass_rate": rng.binomial(50, rate) / 50})
    fit = bs.fit(law, problems, k=1, items=50)
    assert fit.diagnosis.ok
    forecast = fit.forecast(bs.targets(k=[1, 10, 1000]), of="mean")
    known = FORMULAS["pass_at_k"]({"k": np.array([1.0, 10.0, 1000.0])}, 0.35, 2.5)
    assert ((forecast["lower"] < known) & (known < forecast["upper"])).all()
    tries = fit.draws(bs.targets(k=[10], items=[20]))
    np.testing.assert_allclose(
        tries.mean(), fit.draws(bs.targets(k=[10]), of="mean").mean(), atol=0.03
    )
    np.testing.assert_allclose(tries * 20, np.round(tries * 20), atol=1e-9)
    with pytest.raises(bs.InputError, match="give single attempts"):
        bs.fit(law, problems, k=2, items=50)


@pytest.mark.long
def test_a_loss_and_a_count_make_a_chain_with_a_known_chance():
    loss_law, task = LAWS["chinchilla"], LAWS["task_binomial"]
    N = np.tile([1e7, 1e8, 1e9, 4e9], 5)
    runs = bs.load_runs(pd.DataFrame({"N": N, "D": N * np.repeat([5, 20, 60, 200, 600], 4)}))
    rng = np.random.default_rng(0)
    with float64():
        loss = np.asarray(loss_law.mean(runs, **published(loss_law))) * np.exp(
            0.002 * rng.standard_normal(20)
        )
        error = np.asarray(task.mean({"L": loss, "chance": 0.25}, **published(task)))
    runs = runs.assign(loss=loss, error=rng.binomial(5000, error) / 5000)
    both = bs.chain(bs.fit(loss_law, runs), bs.fit(task, runs, L="loss", chance=0.25, items=5000))
    forecast = both.forecast(bs.targets(N=[8e9], D=[1e12]))
    assert 0 < forecast["lower"].item() < forecast["upper"].item() < 0.75 and forecast.diagnosis.ok
