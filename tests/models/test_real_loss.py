"""Laws of loss on measured runs: what the sources publish, found again."""

import formulas_loss
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64

# Porian et al. 2024: exponent of the best size by step of correction, on RefinedWeb
# (weighted fits of the authors' code)
PORIAN = {
    "reproduction": 0.8353,
    "last_layer": 0.7065,
    "short_warmup": 0.6020,
    "matched_decay": 0.5715,
    "tuned": 0.4969,
}
# runs within this factor of the lowest one make a budget's curve; 2.6 and 5 give the same answers
AROUND = 3.5


def table(name):
    """A bundled table, or a skip where this copy has none."""
    try:
        return bs.load_runs(name)
    except bs.InputError:
        pytest.skip(f"the table {name} is not bundled")


@pytest.mark.long
@pytest.mark.parametrize("corpus", ["stack_v2_python", "pile"])
def test_parallel_streams_are_worth_what_was_published(corpus):
    """arXiv 2505.10475: E, the exponent and k of both corpora inside the 90% intervals."""
    fit = bs.fit("parallel_scaling", table("chen2025").query("corpus == @corpus"), y="loss")
    assert fit.diagnosis.ok
    for name, value in fit.law.published[corpus].values.items():
        low, high = np.quantile(fit.flat(name)[name], [0.05, 0.95])
        assert low < value < high, name


@pytest.mark.parametrize("corpus", ["stack_v2_python", "pile"])
def test_parallel_published_values_are_the_huber_fit(corpus):
    runs = table("chen2025").query("corpus == @corpus")
    published = bs.find_law("parallel_scaling").published[corpus].values
    x = {name: runs[name].to_numpy(float) for name in ("N", "P")}
    start = np.array([published["E"], np.log(published["A"]), published["k"], published["alpha_N"]])

    def residuals(p):  # A by its logarithm
        mean = formulas_loss.FORMULAS["parallel_scaling"](x, p[0], np.exp(p[1]), p[2], p[3])
        return np.log(mean) - np.log(runs["loss"])

    assert len(runs) == 24
    found = least_squares(
        residuals,
        1.05 * start,
        loss="huber",
        f_scale=1e-3,
        x_scale=np.abs(start),
        xtol=1e-14,
        ftol=1e-14,
    ).x
    np.testing.assert_allclose(found, start, rtol=0.01)


def allocation(runs):
    """Best size by budget with its error, each from the runs around the budget's lowest; a budget
    whose lowest run is at an end is left out."""
    rows = []
    for C, budget in runs.groupby("C"):
        lowest = budget["N"][budget["loss"].idxmin()]
        near = budget[np.abs(np.log(budget["N"] / lowest)) < np.log(AROUND)]
        if len(near) < 4 or lowest in (budget["N"].min(), budget["N"].max()):
            continue
        fit = bs.fit("isoflop", near[["N", "loss"]], y="loss")
        assert fit.diagnosis.ok
        low, middle, high = np.quantile(np.log(fit.flat("N_opt")["N_opt"]), [0.16, 0.5, 0.84])
        rows.append(
            {"C": C, "N_opt": np.exp(middle), "N_opt_se": np.exp(middle) * (high - low) / 2}
        )
    return pd.DataFrame(rows)


def exponent(optima):
    """Posterior draws of the exponent of the best size."""
    fit = bs.fit("compute_optimal_allocation", optima, y="N_opt", se="N_opt_se")
    assert fit.diagnosis.ok
    return fit.flat("a")["a"]


@pytest.mark.long
def test_best_size_from_the_authors_optima():
    """Their weighted fits lie inside the 90% intervals of the law on their best sizes and
    errors."""
    optima = table("porian2024_optima").query("dataset == 'refinedweb'")
    for setting, value in PORIAN.items():
        low, high = np.quantile(exponent(optima[optima["setting"] == setting]), [0.05, 0.95])
        assert low < value < high, setting


@pytest.mark.long
def test_best_size_from_the_isoflop_losses_themselves():
    """All five published exponents inside the 95% intervals, in their order."""
    runs = table("porian2024").query("dataset == 'refinedweb'")
    draws = {setting: exponent(allocation(runs[runs["setting"] == setting])) for setting in PORIAN}
    inside = {
        setting: bool(np.quantile(a, 0.025) < PORIAN[setting] < np.quantile(a, 0.975))
        for setting, a in draws.items()
    }
    assert all(inside.values()), inside
    middles = [np.median(draws[setting]) for setting in PORIAN]
    assert middles == sorted(middles, reverse=True)
    for first, second in (
        ("reproduction", "last_layer"),
        ("last_layer", "short_warmup"),
        ("matched_decay", "tuned"),
    ):
        assert np.quantile(draws[first], 0.05) > np.quantile(draws[second], 0.95)


def test_frontier_published_values_are_least_squares_on_the_lowest_losses():
    runs = table("porian2024").query("dataset == 'refinedweb' and setting == 'tuned'")
    lowest = runs.groupby("C")["loss"].min()
    p = bs.find_law("loss_frontier").published["refinedweb, tuned"].values

    def residuals(q):
        return np.log(q[0] + q[1] * (lowest.index.to_numpy() / 1e18) ** -q[2]) - np.log(
            lowest.to_numpy()
        )

    start = np.array([p["E"], p["A"] * 1e18 ** -p["alpha_C"], p["alpha_C"]])
    np.testing.assert_allclose(
        least_squares(residuals, start, x_scale=np.abs(start), xtol=1e-12, ftol=1e-12).x,
        start,
        rtol=1e-3,
    )


def test_multi_power_published_values_meet_the_curves():
    """RMSE below 0.01 nats over all nine schedules (0.006, 0.007 and 0.008); with the authors' own
    L0, which holds the warm-up's rise, it is 0.11 to 0.16."""
    law = bs.find_law("multi_power")
    made = bs.annealed(table("luo2025"), by=["N", "schedule"]).drop(columns="lr")
    for size, N in (("25M", 25e6), ("100M", 100e6), ("400M", 400e6)):
        curves = made[made["N"] == N]
        error = (
            np.asarray(law.mean(curves, **law.published[size].values)) - curves["loss"].to_numpy()
        )
        assert len(curves) > 2000 and (error**2).mean() ** 0.5 < 0.01, size


def test_frontier_of_chinchilla_is_chinchilla_at_its_optimum():
    law, frontier = bs.find_law("chinchilla"), bs.find_law("loss_frontier")
    values = law.published["Besiroglu 2024, 240 points"].values
    C = np.array([1e19, 1e22, 1e25])
    N = np.exp(np.linspace(np.log(1e7), np.log(1e14), 40001))[:, None]
    with float64():
        lowest = np.asarray(law.mean({"N": N, "D": C / (6 * N)}, **values)).min(axis=0)
        ours = np.asarray(
            frontier.mean({"C": C}, **frontier.published["chinchilla's frontier"].values)
        )
    np.testing.assert_allclose(ours, lowest, rtol=1e-5)
